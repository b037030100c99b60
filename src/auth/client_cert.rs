//! A client certificate: from the handshake, or from the header in which a proxy that ended TLS passes it on.

use std::net::IpAddr;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;

use super::certificate::{Certificate, Subject};
use super::{Evidence, Reason, only};

/// The first and the last line of a certificate in PEM.
const PEM: (&str, &str) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");

/// A client certificate for one of these subjects.
///
/// Dialogflow's certificate is the same for all agents: it proves that Google calls, not that your agent does. Put another
/// check beside it.
#[derive(Clone, Debug)]
pub struct ClientCert {
    subjects: Vec<Subject>,
    forwarded: Option<Forwarded>,
}

/// How a proxy that ended TLS, and asked for the client's certificate there, passes it on.
#[derive(Clone, Debug)]
pub struct Forwarded {
    /// The header with the certificate. Two ways of writing it are read: base64 of the DER between colons (RFC 9440; Google
    /// Cloud's `client_cert_leaf`), and PEM with `%` escapes (nginx's `$ssl_client_escaped_cert`, Envoy's
    /// `%DOWNSTREAM_PEER_CERT%`, AWS).
    pub header: String,
    /// Who passes it on. From any other address the header is not believed.
    pub proxies: Vec<IpNet>,
    /// A header and its value, by which the proxy says that it found the certificate good; for proxies that also pass on
    /// those that they did not.
    pub verified: Option<(String, String)>,
}

/// Why a client certificate does not pass. Goes to the log, never to the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The handshake brought none.
    #[error("no client certificate")]
    Missing,
    /// One in a header is believed only when a proxy sends it.
    #[error("the call does not come from a proxy that may pass a certificate on in `{0}`")]
    NotFromProxy(String),
    /// The proxy did not find it good.
    #[error("the proxy does not say in `{0}` that it found the client certificate good")]
    NotVerified(String),
    /// There is none in the header, or more than one.
    #[error(
        "the `{0}` header is neither base64 of a certificate between colons nor one certificate as escaped PEM"
    )]
    Unreadable(String),
    /// It does not hold yet.
    #[error("the client certificate is not yet valid")]
    NotYetValid,
    /// It does not hold any more.
    #[error("the client certificate has expired")]
    Expired,
    /// It is good, and somebody else's.
    #[error("the client certificate is for none of the configured subjects")]
    OfAnother,
}

impl Fault {
    /// A short name for counting.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Missing => "certificate_missing",
            Self::NotFromProxy(_) => "certificate_not_from_proxy",
            Self::NotVerified(_) => "certificate_not_verified",
            Self::Unreadable(_) => "certificate_unreadable",
            Self::NotYetValid => "certificate_not_yet_valid",
            Self::Expired => "certificate_expired",
            Self::OfAnother => "certificate_of_another",
        }
    }
}

impl ClientCert {
    /// Takes a certificate for any of these subjects, shown in the handshake. That it leads to a trusted root is for the
    /// handshake to see.
    #[must_use]
    pub fn new(subjects: Vec<Subject>) -> Self {
        Self {
            subjects,
            forwarded: None,
        }
    }

    /// Takes the certificate from a proxy's header instead, and never from the handshake, where it would be the proxy's own.
    #[must_use]
    pub fn forwarded(self, forwarded: Forwarded) -> Self {
        Self {
            forwarded: Some(forwarded),
            ..self
        }
    }

    /// Whether the certificate is for one of the subjects and holds `now`.
    ///
    /// # Errors
    ///
    /// When it is not.
    pub fn accepts(&self, certificate: &Certificate, now: SystemTime) -> Result<(), Fault> {
        if now < certificate.not_before {
            return Err(Fault::NotYetValid);
        }
        if now > certificate.not_after {
            return Err(Fault::Expired);
        }
        if certificate
            .subjects
            .iter()
            .any(|subject| self.subjects.contains(subject))
        {
            Ok(())
        } else {
            Err(Fault::OfAnother)
        }
    }

    pub(super) fn admits(&self, evidence: &Evidence<'_>) -> Result<(), Reason> {
        match &self.forwarded {
            None => self.accepts(evidence.certificate.ok_or(Fault::Missing)?, evidence.now)?,
            Some(forwarded) => self.accepts(&forwarded.certificate(evidence)?, evidence.now)?,
        }
        Ok(())
    }
}

impl Forwarded {
    fn certificate(&self, evidence: &Evidence<'_>) -> Result<Certificate, Reason> {
        if !evidence.peer.is_some_and(|peer| self.is_from_proxy(peer)) {
            return Err(Fault::NotFromProxy(self.header.clone()).into());
        }
        if let Some((name, right)) = &self.verified
            && !only(evidence.headers, name)?.eq_ignore_ascii_case(right.as_bytes())
        {
            return Err(Fault::NotVerified(name.clone()).into());
        }
        let value = only(evidence.headers, &self.header)?;
        let unreadable = || Reason::from(Fault::Unreadable(self.header.clone()));
        let der = std::str::from_utf8(value)
            .ok()
            .and_then(read_value)
            .ok_or_else(unreadable)?;
        Certificate::from_der(&der).map_err(|_| unreadable())
    }

    fn is_from_proxy(&self, peer: IpAddr) -> bool {
        // A socket for IPv6 shows callers by IPv4 as ::ffff:192.0.2.1.
        let peer = peer.to_canonical();
        self.proxies.iter().any(|network| network.contains(&peer))
    }
}

/// The DER in a header's value.
fn read_value(value: &str) -> Option<Vec<u8>> {
    let value = value.trim();
    if let Some(rest) = value.strip_prefix(':') {
        return STANDARD.decode(rest.strip_suffix(':')?).ok();
    }
    let text = unescape(value)?;
    let base64 = text.trim().strip_prefix(PEM.0)?.strip_suffix(PEM.1)?;
    // A second certificate would leave its lines in here, which are no base64.
    STANDARD
        .decode(base64.split_ascii_whitespace().collect::<String>())
        .ok()
}

/// Text without its `%` escapes. A `+` stays one: base64 has it, and AWS does not escape it.
fn unescape(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    use super::*;
    use crate::auth::{Check, Gate, Headers};

    struct Sent(Vec<(&'static str, String)>);

    impl Headers for Sent {
        fn all<'a>(&'a self, name: &str) -> Box<dyn Iterator<Item = &'a [u8]> + 'a> {
            let name = name.to_owned();
            let named = self.0.iter().filter(move |(sent, _)| *sent == name);
            Box::new(named.map(|(_, value)| value.as_bytes()))
        }
    }

    const PROXY: Option<&str> = Some("192.0.2.7");

    /// A certificate for that common name, good in 2026.
    fn certificate(name: &str) -> rcgen::Certificate {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2026, 12, 31);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap()
    }

    fn colons(certificate: &rcgen::Certificate) -> String {
        format!(":{}:", STANDARD.encode(certificate.der()))
    }

    /// As nginx and Envoy write it; AWS leaves `+`, `=` and `/` as they are.
    fn escaped(pem: &str, and_base64: bool) -> String {
        let pem = pem.replace(' ', "%20").replace('\n', "%0A");
        if and_base64 {
            pem.replace('+', "%2B").replace('=', "%3D").replace('/', "%2f")
        } else {
            pem
        }
    }

    fn by_header(verified: Option<(&str, &str)>) -> ClientCert {
        ClientCert::new(vec![Subject::of_dialogflow()]).forwarded(Forwarded {
            header: "client-cert".to_owned(),
            proxies: ["192.0.2.0/28", "2001:db8::/32"]
                .map(|network| network.parse().unwrap())
                .to_vec(),
            verified: verified.map(|(name, value)| (name.to_owned(), value.to_owned())),
        })
    }

    fn decide(check: ClientCert, peer: Option<&str>, sent: &[(&'static str, String)]) -> Result<(), String> {
        decide_at(check, peer, sent, SystemTime::from(date_time_ymd(2026, 6, 1)))
    }

    fn decide_at(
        check: ClientCert,
        peer: Option<&str>,
        sent: &[(&'static str, String)],
        now: SystemTime,
    ) -> Result<(), String> {
        let headers = Sent(sent.to_vec());
        let peer = peer.map(|address| address.parse().unwrap());
        let evidence = Evidence {
            headers: &headers,
            certificate: None,
            peer,
            now,
        };
        Gate::new(vec![vec![Check::ClientCert(check)]])
            .admits(&evidence)
            .now_or_never()
            .unwrap()
            .map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn a_proxy_may_pass_the_certificate_on_in_either_way_of_writing() {
        let google = certificate("Google LLC");
        for value in [
            colons(&google),
            escaped(&google.pem(), true),
            escaped(&google.pem(), false),
        ] {
            for peer in ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::9"] {
                let sent = [("client-cert", value.clone())];
                assert_eq!(
                    decide(by_header(None), Some(peer), &sent),
                    Ok(()),
                    "{peer} {value}"
                );
            }
        }
    }

    #[test]
    fn nobody_else_may() {
        let sent = [("client-cert", colons(&certificate("Google LLC")))];
        for peer in [
            None,
            Some("192.0.2.16"),
            Some("127.0.0.1"),
            Some("::1"),
            Some("::ffff:192.0.2.16"),
        ] {
            assert_eq!(
                decide(by_header(None), peer, &sent),
                Err(
                    "the call does not come from a proxy that may pass a certificate on in `client-cert`"
                        .into()
                )
            );
        }
    }

    #[test]
    fn a_header_that_is_not_one_certificate_is_refused() {
        let google = certificate("Google LLC");
        let right = colons(&google);
        let pem = escaped(&google.pem(), true);
        for wrong in [
            String::new(),
            "::".to_owned(),
            ":".to_owned(),
            right[1..].to_owned(),
            right[..right.len() - 1].to_owned(),
            format!("{right}, {right}"),
            format!("{right};verified"),
            format!(":{}:", STANDARD.encode(b"CN=Google LLC")),
            right.replacen("MII", "MIIB", 1),
            pem.replace("%0A", "%0"),
            pem.replace("%0A", "%"),
            pem.replace("%0A", "%+A"),
            pem.replace("CERTIFICATE", "PRIVATE%20KEY"),
            format!("{pem}{pem}"),
            "-----BEGIN%20CERTIFICATE----------END%20CERTIFICATE-----".to_owned(),
            "CN=Google LLC".to_owned(),
            "%FF".to_owned(),
        ] {
            let refused = decide(by_header(None), PROXY, &[("client-cert", wrong.clone())]).unwrap_err();
            assert!(
                refused.starts_with("the `client-cert` header is neither"),
                "{wrong}: {refused}"
            );
        }
        let twice = [("client-cert", right.clone()), ("client-cert", right)];
        assert_eq!(
            decide(by_header(None), PROXY, &twice),
            Err("more than one `client-cert` header".into())
        );
        assert_eq!(
            decide(by_header(None), PROXY, &[]),
            Err("no `client-cert` header".into())
        );
    }

    #[test]
    fn the_certificate_of_another_and_one_out_of_its_time_are_refused() {
        let other = [("client-cert", colons(&certificate("mallory.example")))];
        assert_eq!(
            decide(by_header(None), PROXY, &other),
            Err("the client certificate is for none of the configured subjects".into())
        );
        let google = [("client-cert", colons(&certificate("Google LLC")))];
        let at = |moment: SystemTime| decide_at(by_header(None), PROXY, &google, moment);
        let (first, last) = (
            SystemTime::from(date_time_ymd(2026, 1, 1)),
            SystemTime::from(date_time_ymd(2026, 12, 31)),
        );
        let second = Duration::from_secs(1);
        assert_eq!((at(first), at(last)), (Ok(()), Ok(())));
        assert_eq!(
            at(first - second),
            Err("the client certificate is not yet valid".into())
        );
        assert_eq!(
            at(last + second),
            Err("the client certificate has expired".into())
        );
    }

    #[test]
    fn a_proxy_that_passes_on_bad_certificates_must_say_that_this_one_is_good() {
        let check = || by_header(Some(("client-cert-verified", "true")));
        let certificate = ("client-cert", colons(&certificate("Google LLC")));
        let verified = |value: &str| ("client-cert-verified", value.to_owned());
        assert_eq!(
            decide(check(), PROXY, &[certificate.clone(), verified("True")]),
            Ok(())
        );
        assert_eq!(
            decide(check(), PROXY, &[certificate.clone(), verified("false")]),
            Err(
                "the proxy does not say in `client-cert-verified` that it found the client certificate good"
                    .into()
            )
        );
        assert_eq!(
            decide(check(), PROXY, std::slice::from_ref(&certificate)),
            Err("no `client-cert-verified` header".into())
        );
        assert_eq!(
            decide(check(), PROXY, &[certificate, verified("true"), verified("true")]),
            Err("more than one `client-cert-verified` header".into())
        );
    }

    #[test]
    fn a_header_does_not_stand_in_for_the_handshake() {
        let sent = [("client-cert", colons(&certificate("Google LLC")))];
        let handshake = ClientCert::new(vec![Subject::of_dialogflow()]);
        assert_eq!(
            decide(handshake, PROXY, &sent),
            Err("no client certificate".into())
        );
    }

    #[test]
    fn a_gate_may_ask_for_a_certificate_whichever_way_a_caller_comes() {
        let google = ClientCert::new(vec![Subject::of_dialogflow()]);
        let alone = Gate::new(Vec::new()).and_certificate(google.clone());
        assert!(!alone.is_open() && alone.trusts_certificate_alone());
        let basic = || {
            vec![Check::Basic(crate::auth::Basic::new(vec![
                crate::auth::Secret::new("user:password"),
            ]))]
        };
        let both = Gate::new(vec![basic(), basic()]).and_certificate(google);
        assert!(!both.is_open() && !both.trusts_certificate_alone());
        // printf 'user:password' | base64
        let headers = Sent(vec![("authorization", "Basic dXNlcjpwYXNzd29yZA==".to_owned())]);
        let now = SystemTime::from(date_time_ymd(2026, 6, 1));
        let evidence = |certificate| Evidence {
            headers: &headers,
            certificate,
            peer: None,
            now,
        };
        let refused = both
            .admits(&evidence(None))
            .now_or_never()
            .unwrap()
            .unwrap_err()
            .to_string();
        assert_eq!(refused, "no client certificate");
        let shown = Certificate::from_der(certificate("Google LLC").der()).unwrap();
        assert_eq!(
            both.admits(&evidence(Some(&shown))).now_or_never().unwrap(),
            Ok(())
        );
    }

    #[test]
    fn no_garbled_certificate_or_header_makes_it_panic_or_gets_in() {
        let google = certificate("Google LLC");
        let mallory = certificate("mallory.example");
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..GARBLED {
            // As DER: the names of another stay those of another, or nobody's.
            let mut der = mallory.der().to_vec();
            for _ in 0..random.usize(1..4) {
                let place = random.usize(..der.len());
                der[place] = random.u8(..);
            }
            if let Ok(read) = Certificate::from_der(&der) {
                assert!(!read.subjects.contains(&Subject::of_dialogflow()));
            }
            // As a header.
            let mut value = if random.bool() {
                colons(&google)[..90].to_owned()
            } else {
                escaped(&google.pem(), true)[..90].to_owned()
            };
            let place = random.usize(..value.len());
            value.replace_range(
                place..=place,
                ["%", ":", "-", "+", "=", "\u{e9}", "%0", " "][random.usize(..8)],
            );
            assert!(decide(by_header(None), PROXY, &[("client-cert", value)]).is_err());
        }
    }

    const GARBLED: usize = 20_000;
}
