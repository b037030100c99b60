//! Who is calling: evidence in, a decision out. Nothing here answers HTTP.
//!
//! A [`Gate`] has sets of checks. All checks of a set must pass, and a call is admitted when one set passes. `basic` and
//! `header` compare with a `secret`, `id_token` verifies what Google has signed, and `refusal` says why somebody is not let in.

mod basic;
mod certificate;
pub mod client_cert;
mod header;
pub mod id_token;
mod refusal;
mod secret;

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use futures_util::future::join_all;

pub use basic::Basic;
pub use certificate::{Certificate, CertificateError, SSL_COM_ROOT_SHA256, Subject, SubjectError};
pub use client_cert::ClientCert;
pub use header::Header;
pub use id_token::IdToken;
pub use refusal::{Reason, Refusal, Refusals};
pub use secret::Secret;

use self::id_token::Keys;

/// What a caller shows.
pub struct Evidence<'a> {
    /// The request's headers.
    pub headers: &'a dyn Headers,
    /// The client certificate that the handshake found good.
    pub certificate: Option<&'a Certificate>,
    /// The address that the connection comes from.
    pub peer: Option<IpAddr>,
    /// The time of the call.
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
    /// An ID token of Google's.
    IdToken(IdToken),
    /// A client certificate.
    ClientCert(ClientCert),
}

/// Decides who gets in.
#[derive(Debug)]
pub struct Gate {
    sets: RwLock<Arc<[Vec<Check>]>>,
    /// What is asked of everybody, beside one of the sets.
    certificate: Option<ClientCert>,
}

/// How HTTP lets a caller authenticate (RFC 9110, 11.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// User name and password.
    Basic,
    /// A token.
    Bearer,
}

impl Gate {
    /// A gate that admits whoever passes all checks of one of the sets. Sets without checks do not count; a gate without
    /// any admits everybody.
    #[must_use]
    pub fn new(sets: Vec<Vec<Check>>) -> Self {
        Self {
            sets: RwLock::new(in_order(sets)),
            certificate: None,
        }
    }

    /// Goes by other sets from the next call on. A gate that had checks never opens by that: sets without any check are
    /// not taken.
    pub fn replace(&self, sets: Vec<Vec<Check>>) {
        let sets = in_order(sets);
        if !sets.is_empty() {
            *self.sets.write().unwrap_or_else(PoisonError::into_inner) = sets;
        }
    }

    fn sets(&self) -> Arc<[Vec<Check>]> {
        Arc::clone(&self.sets.read().unwrap_or_else(PoisonError::into_inner))
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
        let sets = self.sets();
        let is_certificate = |check: &Check| matches!(check, Check::ClientCert(_));
        let some_set = sets.iter().any(|checks| checks.iter().all(is_certificate));
        some_set || (sets.is_empty() && self.certificate.is_some())
    }

    /// Whether everybody gets in.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.sets().is_empty() && self.certificate.is_none()
    }

    /// The schemes of the `Authorization` header by which one may get in; none where only other headers count.
    #[must_use]
    pub fn schemes(&self) -> Vec<Scheme> {
        let sets = self.sets();
        let schemes = sets.iter().flatten().filter_map(|check| match check {
            Check::Basic(_) => Some(Scheme::Basic),
            Check::IdToken(_) => Some(Scheme::Bearer),
            Check::Header(_) | Check::ClientCert(_) => None,
        });
        let mut schemes: Vec<_> = schemes.collect();
        schemes.sort_unstable();
        schemes.dedup();
        schemes
    }

    /// All keys that ID tokens are verified with, each once.
    #[must_use]
    pub fn keys(&self) -> Vec<Arc<Keys>> {
        let mut all: Vec<Arc<Keys>> = Vec::new();
        for check in self.sets().iter().flatten() {
            if let Check::IdToken(token) = check
                && !all.iter().any(|keys| Arc::ptr_eq(keys, token.keys()))
            {
                all.push(Arc::clone(token.keys()));
            }
        }
        all
    }

    /// How often Google's keys were fetched, and how often that failed.
    #[must_use]
    pub fn key_refreshes(&self) -> (u64, u64) {
        self.keys()
            .iter()
            .map(|keys| keys.refreshes())
            .fold((0, 0), |(fetched, failed), (more, worse)| {
                (fetched + more, failed + worse)
            })
    }

    /// Keeps Google's keys at hand for as long as it is polled. One task does, beside those that serve.
    pub async fn keep_keys_fresh(&self) -> Infallible {
        let keys = self.keys();
        join_all(keys.iter().map(|keys| keys.keep_fresh())).await;
        std::future::pending().await
    }

    /// Whether a caller who shows this gets in. It waits only where an ID token names a key that is not known yet, and
    /// then for 2 s at most.
    ///
    /// # Errors
    ///
    /// When no set of checks passes.
    pub async fn admits(&self, evidence: &Evidence<'_>) -> Result<(), Refusal> {
        if let Some(certificate) = &self.certificate {
            certificate
                .admits(evidence)
                .map_err(|reason| Refusal(vec![reason]))?;
        }
        let sets = self.sets();
        if sets.is_empty() {
            return Ok(());
        }
        let mut reasons = Vec::new();
        for checks in sets.iter() {
            match pass(checks, evidence).await {
                Ok(()) => return Ok(()),
                Err(reason) => reasons.push(reason),
            }
        }
        Err(Refusal(reasons))
    }
}

/// The sets that have checks. Tokens come last: they are dear, and whoever lacks the secrets beside them needs none.
fn in_order(sets: Vec<Vec<Check>>) -> Arc<[Vec<Check>]> {
    let mut sets: Vec<_> = sets.into_iter().filter(|checks| !checks.is_empty()).collect();
    for checks in &mut sets {
        checks.sort_by_key(|check| matches!(check, Check::IdToken(_)));
    }
    sets.into()
}

/// Whether all checks of a set pass. All secrets are compared, even after a wrong one, so that the time does not tell which.
async fn pass(checks: &[Check], evidence: &Evidence<'_>) -> Result<(), Reason> {
    let mut passed = Ok(());
    for check in checks {
        let this = match check {
            Check::Basic(basic) => basic.admits(evidence.headers),
            Check::Header(header) => header.admits(evidence.headers),
            Check::ClientCert(certificate) => certificate.admits(evidence),
            Check::IdToken(_) if passed.is_err() => return passed,
            // Boxed, so that calls without tokens do not carry the room that they need.
            Check::IdToken(token) => Box::pin(token.admits(evidence)).await,
        };
        passed = passed.and(this);
    }
    passed
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
    use futures_util::FutureExt;

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
        let decided = gate.admits(&evidence).now_or_never();
        decided
            .expect("nothing waits where no token is asked for")
            .map_err(|refusal| refusal.to_string())
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
