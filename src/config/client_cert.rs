//! `[auth.client_cert]`: a client certificate as one of a way's checks.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::value;
use crate::auth::client_cert::Forwarded;
use crate::auth::{self, Subject};

/// A client certificate that a caller must show, in the handshake or to a proxy.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientCert {
    /// For whom it must be: any of these. Empty: no certificate is wanted.
    #[serde(deserialize_with = "subjects")]
    pub subjects: Vec<Subject>,
    /// The header in which a proxy passes the certificate on. Empty: it comes from the handshake.
    pub header: String,
    /// The proxies that may.
    #[serde(deserialize_with = "networks")]
    pub proxies: Vec<IpNet>,
    /// `name: value` of the header in which the proxy says that it found the certificate good.
    pub verified: String,
}

impl ClientCert {
    /// Whether the certificate must come by the handshake.
    pub(super) fn needs_handshake(&self) -> bool {
        !self.subjects.is_empty() && self.header.is_empty()
    }

    /// The check, if there is one.
    pub(super) fn check(&self, section: &str, faults: &mut Vec<String>) -> Option<auth::ClientCert> {
        let Self {
            subjects,
            header,
            proxies,
            verified,
        } = self;
        let mut fault = |key: &str, text: &str| faults.push(format!("`{section}.client_cert.{key}`: {text}"));
        if subjects.is_empty() {
            if !(header.is_empty() && proxies.is_empty() && verified.is_empty()) {
                fault(
                    "subjects",
                    "expected whom the certificate must be for, such as `CN=Google LLC`",
                );
            }
            return None;
        }
        let check = auth::ClientCert::new(subjects.clone());
        if header.is_empty() {
            if !(proxies.is_empty() && verified.is_empty()) {
                fault(
                    "header",
                    "expected the name of the header in which the proxy passes the certificate on",
                );
            }
            return Some(check);
        }
        if !value::is_header_name(header) {
            fault("header", "expected the name of a header, such as `x-client-cert`");
        }
        if proxies.is_empty() {
            fault(
                "proxies",
                "expected the addresses of the proxy, else anybody could send the header",
            );
        }
        if proxies.iter().any(|network| network.prefix_len() == 0) {
            fault(
                "proxies",
                "expected the addresses of the proxy, not those of everybody",
            );
        }
        let said = match verified
            .split_once(':')
            .map(|(name, value)| (name.trim(), value.trim()))
        {
            Some((name, value)) if value::is_header_name(name) && !value.is_empty() => {
                Some((name.to_ascii_lowercase(), value.to_owned()))
            }
            None if verified.is_empty() => None,
            _ => {
                fault(
                    "verified",
                    "expected `name: value`, such as `x-client-cert-chain-verified: true`",
                );
                None
            }
        };
        Some(check.forwarded(Forwarded {
            header: header.to_ascii_lowercase(),
            proxies: proxies.clone(),
            verified: said,
        }))
    }
}

/// A list of subjects, also written as one text with commas in it.
pub(super) fn subjects<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<Subject>, D::Error> {
    let list = value::list(value)?;
    list.iter()
        .map(|text| text.parse().map_err(D::Error::custom))
        .collect()
}

/// A list of networks, also written as one text with commas in it. An address alone is a network of one.
fn networks<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<IpNet>, D::Error> {
    let read = |text: &String| {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map_err(|_| {
            D::Error::custom("expected networks or addresses, such as `130.211.0.0/22` or `10.0.0.7`")
        })
    };
    value::list(value)?.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use crate::config::Settings;

    fn faults(toml: &str) -> String {
        match Settings::from_toml(&format!("[auth.client_cert]\n{toml}")) {
            Ok(settings) => settings.gate().map(|_| ()).unwrap_err().to_string(),
            Err(error) => error.to_string(),
        }
    }

    const GOOGLE: &str = "subjects = 'CN=Google LLC'";

    #[test]
    fn a_certificate_from_a_proxy_closes_the_gate() {
        let by_proxy =
            format!("{GOOGLE}\nheader = 'X-Client-Cert-Leaf'\nproxies = '130.211.0.0/22, 10.0.0.7'");
        for toml in [
            format!("[auth.client_cert]\n{by_proxy}\nverified = 'X-Client-Cert-Chain-Verified: true'"),
            format!("[[auth.or]]\n[auth.or.client_cert]\n{by_proxy}"),
        ] {
            let gate = Settings::from_toml(&toml).unwrap().gate().unwrap();
            assert!(!gate.is_open() && gate.trusts_certificate_alone());
        }
    }

    #[test]
    fn what_would_let_the_wrong_ones_in_or_nobody_is_refused() {
        for (toml, fault) in [
            (
                "header = 'x-cert'",
                "`auth.client_cert.subjects`: expected whom the certificate must be for",
            ),
            (
                &format!("{GOOGLE}\nheader = 'x-cert'"),
                "`auth.client_cert.proxies`: expected the addresses of the proxy, else anybody",
            ),
            (
                &format!("{GOOGLE}\nheader = 'x-cert'\nproxies = ['0.0.0.0/0']"),
                "`auth.client_cert.proxies`: expected the addresses of the proxy, not those of everybody",
            ),
            (
                &format!("{GOOGLE}\nproxies = '10.0.0.7'"),
                "`auth.client_cert.header`: expected the name of the header in which",
            ),
            (
                &format!("{GOOGLE}\nheader = 'x cert'\nproxies = '10.0.0.7'"),
                "`auth.client_cert.header`: expected the name of a header",
            ),
            (
                &format!("{GOOGLE}\nheader = 'x-cert'\nproxies = '10.0.0.7'\nverified = 'true'"),
                "`auth.client_cert.verified`: expected `name: value`",
            ),
            (
                &format!("{GOOGLE}\nheader = 'x-cert'\nproxies = 'proxy.example.com'"),
                "flowhook.toml: `auth.client_cert.proxies`: expected networks or addresses",
            ),
            (
                GOOGLE,
                "`auth.client_cert.subjects`: needs `server.tls.client_ca`",
            ),
        ] {
            let found = faults(toml);
            assert!(found.starts_with(fault), "{toml}: {found}");
        }
    }
}
