//! Who is calling: evidence in, a decision out. Nothing here answers HTTP.
//!
//! A [`Gate`] has sets of checks. All checks of a set must pass, and a call is admitted when one set passes.

mod basic;
mod certificate;
pub mod client_cert;
mod header;
mod secret;

use std::fmt;
use std::net::IpAddr;
use std::time::SystemTime;

pub use basic::Basic;
pub use certificate::{Certificate, CertificateError, SSL_COM_ROOT_SHA256, Subject, SubjectError};
pub use client_cert::ClientCert;
pub use header::Header;
pub use secret::Secret;

/// What a caller shows.
pub struct Evidence<'a> {
    /// The request's headers.
    pub headers: &'a dyn Headers,
    /// The client certificate that the handshake found good.
    pub certificate: Option<&'a Certificate>,
    /// The address that the connection comes from.
    pub peer: Option<IpAddr>,
    /// What time it is.
    pub now: SystemTime,
}

/// The headers of a request, whatever holds them.
pub trait Headers {
    /// Every value of the header of that name; names are compared without regard to case.
    fn all<'a>(&'a self, name: &str) -> Box<dyn Iterator<Item = &'a [u8]> + 'a>;
}

/// One thing that a caller must show.
#[derive(Debug)]
pub enum Check {
    /// User name and password.
    Basic(Basic),
    /// A header with a secret in it.
    Header(Header),
    /// A client certificate.
    ClientCert(ClientCert),
}

impl Check {
    fn admits(&self, evidence: &Evidence<'_>) -> Result<(), Reason> {
        match self {
            Self::Basic(basic) => basic.admits(evidence.headers),
            Self::Header(header) => header.admits(evidence.headers),
            Self::ClientCert(certificate) => certificate.admits(evidence),
        }
    }
}

/// Why a check did not pass. Goes to the log, never to the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Nothing of the kind was shown.
    #[error("no `{0}` header")]
    Missing(String),
    /// It was shown more than once, so that two readers could see two different callers.
    #[error("more than one `{0}` header")]
    Repeated(String),
    /// An `Authorization` header of another scheme, or one that cannot be read.
    #[error("the `authorization` header is not Basic with base64 of `user:password`")]
    NotBasic,
    /// The secret is another one.
    #[error("the `{0}` header holds none of the configured values")]
    Wrong(String),
    /// The client certificate is not one that may pass.
    #[error(transparent)]
    Certificate(#[from] client_cert::Fault),
}

/// A call that is not admitted: for each set of checks, why.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal(Vec<Reason>);

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, reason) in self.0.iter().enumerate() {
            if place > 0 {
                formatter.write_str("; or ")?;
            }
            reason.fmt(formatter)?;
        }
        Ok(())
    }
}

/// Decides who gets in.
#[derive(Debug)]
pub struct Gate {
    sets: Vec<Vec<Check>>,
    /// What is asked of everybody, beside one of the sets.
    certificate: Option<ClientCert>,
}

impl Gate {
    /// A gate that admits whoever passes all checks of one of the sets. Sets without checks do not count; a gate without
    /// any admits everybody.
    #[must_use]
    pub fn new(sets: Vec<Vec<Check>>) -> Self {
        Self {
            sets: sets.into_iter().filter(|checks| !checks.is_empty()).collect(),
            certificate: None,
        }
    }

    /// The gate that asks for this certificate too, whichever way a caller comes.
    #[must_use]
    pub fn and_certificate(self, certificate: ClientCert) -> Self {
        Self {
            certificate: Some(certificate),
            ..self
        }
    }

    /// Whether a certificate alone gets somebody in. Dialogflow's proves Google, not the agent.
    #[must_use]
    pub fn trusts_certificate_alone(&self) -> bool {
        let is_certificate = |check: &Check| matches!(check, Check::ClientCert(_));
        let some_set = self.sets.iter().any(|checks| checks.iter().all(is_certificate));
        some_set || (self.sets.is_empty() && self.certificate.is_some())
    }

    /// Whether everybody gets in.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.sets.is_empty() && self.certificate.is_none()
    }

    /// Whether a caller who shows this gets in.
    ///
    /// # Errors
    ///
    /// When no set of checks passes.
    pub fn admits(&self, evidence: &Evidence<'_>) -> Result<(), Refusal> {
        if let Some(certificate) = &self.certificate {
            certificate
                .admits(evidence)
                .map_err(|reason| Refusal(vec![reason]))?;
        }
        let mut reasons = Vec::new();
        for checks in &self.sets {
            match checks.iter().try_for_each(|check| check.admits(evidence)) {
                Ok(()) => return Ok(()),
                Err(reason) => reasons.push(reason),
            }
        }
        if self.sets.is_empty() {
            Ok(())
        } else {
            Err(Refusal(reasons))
        }
    }
}

/// The one value of a header.
fn only<'a>(headers: &'a dyn Headers, name: &str) -> Result<&'a [u8], Reason> {
    let mut values = headers.all(name);
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        (None, _) => Err(Reason::Missing(name.to_owned())),
        (Some(_), Some(_)) => Err(Reason::Repeated(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sent(Vec<(&'static str, &'static str)>);

    impl Headers for Sent {
        fn all<'a>(&'a self, name: &str) -> Box<dyn Iterator<Item = &'a [u8]> + 'a> {
            let name = name.to_owned();
            let named = self
                .0
                .iter()
                .filter(move |(sent, _)| sent.eq_ignore_ascii_case(&name));
            Box::new(named.map(|(_, value)| value.as_bytes()))
        }
    }

    fn decide(gate: &Gate, sent: &[(&'static str, &'static str)]) -> Result<(), String> {
        let headers = Sent(sent.to_vec());
        let evidence = Evidence {
            headers: &headers,
            certificate: None,
            peer: None,
            now: SystemTime::now(),
        };
        gate.admits(&evidence).map_err(|refusal| refusal.to_string())
    }

    fn basic(credentials: &[&str]) -> Check {
        Check::Basic(Basic::new(
            credentials.iter().map(|text| Secret::new(text)).collect(),
        ))
    }

    fn header(name: &str, values: &[&str]) -> Check {
        Check::Header(Header::new(
            name,
            values.iter().map(|text| Secret::new(text)).collect(),
        ))
    }

    // printf 'user:pässword' | base64
    const RIGHT: &str = "Basic dXNlcjpww6Rzc3dvcmQ=";

    #[test]
    fn basic_takes_the_right_credentials_and_nothing_else() {
        let gate = Gate::new(vec![vec![basic(&["user:pässword", "next:password"])]]);
        for right in [
            RIGHT,
            "basic dXNlcjpww6Rzc3dvcmQ=",
            "BASIC  dXNlcjpww6Rzc3dvcmQ",
            "Basic bmV4dDpwYXNzd29yZA==",
        ] {
            assert_eq!(decide(&gate, &[("Authorization", right)]), Ok(()), "{right}");
        }
        for (sent, reason) in [
            (vec![], "no `authorization` header"),
            (
                vec![("authorization", "Bearer x")],
                "the `authorization` header is not Basic with",
            ),
            (
                vec![("authorization", "Basic")],
                "the `authorization` header is not Basic with",
            ),
            (
                vec![("authorization", "Basic %%%")],
                "the `authorization` header is not Basic with",
            ),
            (
                vec![("authorization", "Basic dXNlcjpwYXNzd29yZA==")],
                "the `authorization` header holds none",
            ),
            (
                vec![("authorization", "Basic ")],
                "the `authorization` header holds none",
            ),
            (
                vec![("authorization", RIGHT), ("Authorization", RIGHT)],
                "more than one `authorization`",
            ),
        ] {
            let refused = decide(&gate, &sent).unwrap_err();
            assert!(refused.starts_with(reason), "{sent:?}: {refused}");
        }
    }

    #[test]
    fn every_header_of_a_set_must_be_there_once_and_right() {
        let gate = Gate::new(vec![vec![
            header("X-Api-Key", &["old", "new"]),
            header("x-agent", &["a"]),
        ]]);
        let right = [("x-api-key", "new"), ("X-Agent", "a")];
        assert_eq!(decide(&gate, &right), Ok(()));
        assert_eq!(decide(&gate, &right[..1]), Err("no `x-agent` header".into()));
        assert_eq!(
            decide(&gate, &[right[0], right[1], ("x-agent", "a")]),
            Err("more than one `x-agent` header".into())
        );
        assert!(decide(&gate, &[("x-api-key", "new"), ("x-agent", "b")]).is_err());
        assert!(decide(&gate, &[("x-api-key", "newer"), ("x-agent", "a")]).is_err());
    }

    #[test]
    fn one_set_that_passes_is_enough() {
        let gate = Gate::new(vec![
            vec![basic(&["user:pässword"]), header("x-agent", &["a"])],
            vec![header("x-api-key", &["secret"])],
        ]);
        assert_eq!(
            decide(&gate, &[("authorization", RIGHT), ("x-agent", "a")]),
            Ok(())
        );
        assert_eq!(decide(&gate, &[("x-api-key", "secret")]), Ok(()));
        assert_eq!(
            decide(&gate, &[("authorization", RIGHT)]),
            Err("no `x-agent` header; or no `x-api-key` header".into())
        );
    }

    #[test]
    fn a_gate_without_checks_is_open() {
        assert_eq!(decide(&Gate::new(vec![vec![]]), &[]), Ok(()));
    }

    #[test]
    fn no_secret_shows_when_a_gate_is_printed() {
        let gate = Gate::new(vec![vec![
            basic(&["user:password"]),
            header("x-api-key", &["secret"]),
        ]]);
        let printed = format!("{gate:?}");
        assert!(
            !printed.contains("password") && !printed.contains("secret"),
            "{printed}"
        );
    }
}
