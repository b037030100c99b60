//! The handshake: who the server says it is, who vouches for it, and whether it asks who we are.

use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use rustls::client::ResolvesClientCert;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::ServerName;
use rustls::sign::CertifiedKey;
use rustls::{AlertDescription, ClientConfig, Error, ProtocolVersion};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::certificate::{Facts, Shown, ends_soon, faults};
use super::report::{Finding, Layer};
use super::target::Target;
use super::trust::{Asked, Examiner, Roots, Seen};

/// What came of a handshake.
pub(super) struct Secured {
    pub(super) findings: Vec<Finding>,
    pub(super) stream: Option<TlsStream<TcpStream>>,
}

/// Shakes hands.
pub(super) async fn secure(
    stream: TcpStream,
    target: &Target,
    roots: &Roots,
    certificate: Option<Arc<CertifiedKey>>,
    until: Instant,
) -> Secured {
    let failed = |finding| Secured {
        findings: vec![finding],
        stream: None,
    };
    if roots.is_empty() {
        let says = "this machine knows no certificate authority, so nothing can be verified";
        return failed(
            Finding::failed(Layer::Tls, says)
                .mend("install its package of authorities (ca-certificates), or give one with --ca"),
        );
    }
    let Ok(name) = ServerName::try_from(target.host.clone()) else {
        let says = format!("`{}` is no name that a certificate can have", target.host);
        return failed(Finding::failed(Layer::Tls, says));
    };
    let has_certificate = certificate.is_some();
    let (examiner, asked) = (Arc::new(Examiner::new(roots)), Arc::new(Asked::new(certificate)));
    let config = ClientConfig::builder_with_provider(Arc::clone(roots.provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has the cipher suites of TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&examiner) as Arc<dyn ServerCertVerifier>)
        .with_client_cert_resolver(Arc::clone(&asked) as Arc<dyn ResolvesClientCert>);
    let shaking = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let outcome = timeout_at(until, shaking).await;

    let (seen, was_asked) = (examiner.seen(), asked.was_asked());
    let facts = seen.chain.first().and_then(Facts::read);
    let now = Timestamp::now();
    let (mut findings, stream) = match outcome {
        Ok(Ok(stream)) => (vec![done(&stream, &seen, facts.as_ref(), now)], Some(stream)),
        Ok(Err(error)) => {
            let findings = match tls_error(&error) {
                Some(Error::InvalidCertificate(error)) => faults(&Shown {
                    facts: facts.as_ref(),
                    sent: seen.chain.len(),
                    host: &target.host,
                    fits_host: seen.fits_host,
                    error,
                    now,
                }),
                Some(error) => vec![refusal(error, was_asked, has_certificate)],
                None => vec![broken(&error)],
            };
            (findings, None)
        }
        Err(_) => (vec![late()], None),
    };
    if stream.is_some() {
        findings.extend(facts.and_then(|facts| ends_soon(&facts, now)));
    }
    if seen.by_own_alone {
        let says = "only the authority given with --ca vouches for the certificate";
        findings.push(
            Finding::warning(Layer::Tls, says)
                .because("Dialogflow ES takes no own authority, and would end the call here")
                .mend("have a public authority issue the certificate before the agent is to call"),
        );
    }
    if was_asked {
        findings.push(question(has_certificate));
    }
    Secured { findings, stream }
}

fn done(stream: &TlsStream<TcpStream>, seen: &Seen, facts: Option<&Facts>, now: Timestamp) -> Finding {
    let version = match stream.get_ref().1.protocol_version() {
        Some(ProtocolVersion::TLSv1_2) => "1.2",
        _ => "1.3",
    };
    let certificate = facts.map_or_else(
        || "cannot be read, and verifies".to_owned(),
        |facts| format!("is {}", facts.in_words(now)),
    );
    let length = seen.chain.len();
    Finding::fine(
        Layer::Tls,
        format!("TLS {version}, a chain of {length}; the certificate {certificate}"),
    )
}

fn question(has_certificate: bool) -> Finding {
    if has_certificate {
        let says = "the server asks for a client certificate, and was shown the one given";
        return Finding::note(Layer::Tls, says);
    }
    Finding::note(
        Layer::Tls,
        "the server asks for a client certificate, and was shown none",
    )
    .because("Dialogflow would show Google's; give one with --client-cert if the call fails without")
}

fn late() -> Finding {
    Finding::failed(Layer::Tls, "the handshake was not done in time")
        .because("what listens there waits for something else than TLS, or is overloaded")
        .mend("see that the URL has the port of the HTTPS server")
}

/// What rustls says, inside an error of the connection.
fn tls_error(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

/// What rustls says, somewhere inside an error of a call.
pub(super) fn tls_error_within<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
    let mut error = Some(error);
    while let Some(one) = error {
        if let Some(found) = one.downcast_ref::<io::Error>().and_then(tls_error) {
            return Some(found);
        }
        error = one.source();
    }
    None
}

/// A handshake that one of the two sides ended.
pub(super) fn refusal(error: &Error, was_asked: bool, has_shown: bool) -> Finding {
    use AlertDescription::{
        AccessDenied, BadCertificate, CertificateExpired, CertificateRequired, CertificateUnknown,
        HandshakeFailure, ProtocolVersion, UnknownCA, UnrecognisedName, UnsupportedCertificate,
    };
    let alert = match error {
        Error::AlertReceived(alert) => *alert,
        Error::InvalidMessage(_) => {
            return Finding::failed(Layer::Tls, "what answers on that port does not speak TLS")
                .because("it is plain HTTP, or another protocol")
                .mend(
                    "see that the URL has the port of the HTTPS server, or put TLS in front of the program",
                );
        }
        other => {
            return Finding::failed(Layer::Tls, format!("the handshake failed: {other}"))
                .because("the server speaks only old versions of TLS, or breaks its rules")
                .mend("let it speak TLS 1.2 or 1.3 with ECDHE and AES-GCM");
        }
    };
    match (alert, has_shown) {
        (CertificateRequired, false) => no_certificate(),
        (HandshakeFailure | BadCertificate | AccessDenied, false) if was_asked => no_certificate(),
        (
            CertificateRequired | HandshakeFailure | BadCertificate | AccessDenied | UnknownCA | CertificateExpired
            | CertificateUnknown | UnsupportedCertificate,
            true,
        ) => Finding::failed(Layer::Tls, format!("the server refuses the client certificate ({alert:?})"))
            .because("it is expired, is not of an authority that the server trusts, or has another subject than it wants")
            .mend(
                "compare with the server's authorities and subjects (Flowhook: server.tls.client_ca and \
                 server.tls.client_subjects)",
            ),
        (UnrecognisedName, _) => Finding::failed(Layer::Tls, "the server knows no host of that name")
            .because("the load balancer or tunnel has no certificate or route for it")
            .mend("add the host there, or use the name that it knows"),
        (ProtocolVersion | HandshakeFailure, _) => {
            Finding::failed(Layer::Tls, format!("the server ends the handshake ({alert:?})"))
                .because("it speaks no version or cipher that Dialogflow and the doctor have, or knows no such host")
                .mend("let it speak TLS 1.2 or 1.3 with ECDHE and AES-GCM, and know the host")
        }
        _ => Finding::failed(Layer::Tls, format!("the server ends the connection ({alert:?})"))
            .mend("its own log says why"),
    }
}

fn no_certificate() -> Finding {
    Finding::failed(
        Layer::Tls,
        "the server wants a client certificate, and was shown none",
    )
    .because("mutual TLS is on; Dialogflow shows Google's certificate to a server that asks")
    .mend("give the doctor one that the server trusts, with --client-cert and --client-key")
}

fn broken(error: &io::Error) -> Finding {
    let finding = Finding::failed(
        Layer::Tls,
        format!("the connection ended during the handshake: {error}"),
    );
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => finding
            .because("the port speaks no TLS, or a firewall or load balancer has no service for the name")
            .mend("see that the URL has the port of the HTTPS server, and that the name is known there"),
        _ => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_that_fails_has_its_cause() {
        use AlertDescription::*;
        for (error, was_asked, has_shown, says) in [
            (
                Error::AlertReceived(CertificateRequired),
                true,
                false,
                "the server wants a client certificate",
            ),
            (
                Error::AlertReceived(HandshakeFailure),
                true,
                false,
                "the server wants a client certificate",
            ),
            (
                Error::AlertReceived(HandshakeFailure),
                false,
                false,
                "the server ends the handshake",
            ),
            (
                Error::AlertReceived(UnknownCA),
                true,
                true,
                "the server refuses the client certificate (UnknownCA)",
            ),
            (
                Error::AlertReceived(UnrecognisedName),
                false,
                false,
                "the server knows no host of that name",
            ),
            (
                Error::AlertReceived(ProtocolVersion),
                false,
                false,
                "the server ends the handshake",
            ),
            (
                Error::AlertReceived(InternalError),
                false,
                false,
                "the server ends the connection (InternalError)",
            ),
            (
                Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType),
                false,
                false,
                "what answers on that port does not speak TLS",
            ),
            (
                Error::PeerSentOversizedRecord,
                false,
                false,
                "the handshake failed",
            ),
        ] {
            let finding = refusal(&error, was_asked, has_shown);
            assert!(finding.says.starts_with(says), "{finding:?}");
        }
    }
}
