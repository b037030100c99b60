//! `[server.tls]`: who the server is, and whom it lets connect.

use std::path::PathBuf;

use serde::Deserialize;

use super::{SettingsError, client_cert, value};
use crate::auth::{ClientCert, Subject};

/// HTTPS of the server's own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate and the intermediates above it, in PEM. None: plain HTTP.
    #[serde(deserialize_with = "value::path")]
    pub cert: Option<PathBuf>,
    /// The certificate's private key, in PEM.
    #[serde(deserialize_with = "value::path")]
    pub key: Option<PathBuf>,
    /// The roots that a client certificate must lead to, in PEM. None: no client certificate is asked for.
    #[serde(deserialize_with = "value::path")]
    pub client_ca: Option<PathBuf>,
    /// For whom a client certificate must be. Empty: for anybody whom the roots vouch for.
    #[serde(deserialize_with = "client_cert::subjects")]
    pub client_subjects: Vec<Subject>,
}

impl Tls {
    /// Finds settings that lack another one.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let lacks = |set: bool, key: &str, other: &str| {
            set.then(|| format!("`server.tls.{key}`: needs `server.tls.{other}` beside it"))
        };
        let (cert, key, client_ca) = (self.cert.is_some(), self.key.is_some(), self.client_ca.is_some());
        let faults = [
            lacks(cert && !key, "cert", "key"),
            lacks(key && !cert, "key", "cert"),
            lacks(client_ca && !cert, "client_ca", "cert"),
            lacks(
                !self.client_subjects.is_empty() && !client_ca,
                "client_subjects",
                "client_ca",
            ),
        ];
        let faults: Vec<_> = faults.into_iter().flatten().collect();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(SettingsError(faults))
        }
    }

    /// What every connection's client certificate is held against, beside the roots.
    #[must_use]
    pub fn client_cert(&self) -> Option<ClientCert> {
        let subjects = self.client_subjects.clone();
        (!subjects.is_empty()).then(|| ClientCert::new(subjects))
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Settings;

    fn faults(toml: &str) -> String {
        Settings::from_toml(toml).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn a_setting_that_needs_another_one_says_so() {
        for (toml, fault) in [
            (
                "cert = 'c'",
                "`server.tls.cert`: needs `server.tls.key` beside it",
            ),
            ("key = 'k'", "`server.tls.key`: needs `server.tls.cert` beside it"),
            (
                "client_ca = 'r'",
                "`server.tls.client_ca`: needs `server.tls.cert` beside it",
            ),
            (
                "cert = 'c'\nkey = 'k'\nclient_subjects = 'CN=Google LLC'",
                "`server.tls.client_subjects`: needs `server.tls.client_ca` beside it",
            ),
            (
                "client_subjects = ['Google LLC']",
                "flowhook.toml: `server.tls.client_subjects`: expected `CN=Google LLC`, or an alternative name: \
                 `DNS:name`, `URI:uri`, `email:address` or `IP:address`",
            ),
        ] {
            assert_eq!(faults(&format!("[server.tls]\n{toml}")), fault);
        }
    }

    #[test]
    fn only_roots_with_subjects_close_the_gate() {
        let tls = "[server.tls]\ncert = 'c'\nkey = 'k'\nclient_ca = 'r'\n";
        let gate = |more: &str| {
            Settings::from_toml(&format!("{tls}{more}"))
                .unwrap()
                .gate()
                .unwrap()
        };
        assert!(gate("").is_open());
        let alone = gate("client_subjects = 'CN=Google LLC, DNS:agent.example.com'");
        assert!(!alone.is_open() && alone.trusts_certificate_alone());
        let beside = gate("client_subjects = ['CN=Google LLC']\n[auth]\nbasic = 'user:password'");
        assert!(!beside.trusts_certificate_alone());
    }
}
