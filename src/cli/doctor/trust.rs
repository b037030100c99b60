//! Whom the doctor trusts, and what it keeps of a handshake to tell of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Whom to trust.
pub(super) struct Roots {
    provider: Arc<CryptoProvider>,
    /// The authorities that this machine knows; none if it knows none.
    public: Option<Arc<WebPkiServerVerifier>>,
    /// Those given by hand.
    own: Option<Arc<WebPkiServerVerifier>>,
}

impl Roots {
    /// Whether nobody at all is trusted.
    pub(super) fn is_empty(&self) -> bool {
        self.public.is_none() && self.own.is_none()
    }

    pub(super) fn provider(&self) -> &Arc<CryptoProvider> {
        &self.provider
    }

    /// This machine's authorities, and beside them `own`.
    ///
    /// # Errors
    ///
    /// When none of `own` can be an authority.
    pub(super) fn load(
        provider: &Arc<CryptoProvider>,
        own: Vec<CertificateDer<'static>>,
    ) -> Result<Self, String> {
        let verifier = |certificates: Vec<CertificateDer<'static>>| {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(certificates);
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
                .build()
                .ok()
        };
        let is_given = !own.is_empty();
        let own = verifier(own);
        if is_given && own.is_none() {
            return Err("--ca: none of the certificates can be a root".to_owned());
        }
        Ok(Self {
            provider: Arc::clone(provider),
            public: verifier(rustls_native_certs::load_native_certs().certs),
            own,
        })
    }
}

/// Verifies a server's certificate, and keeps it to tell of it.
#[derive(Debug)]
pub(super) struct Examiner {
    provider: Arc<CryptoProvider>,
    public: Option<Arc<WebPkiServerVerifier>>,
    own: Option<Arc<WebPkiServerVerifier>>,
    seen: Mutex<Seen>,
}

/// What a server showed.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Its certificates, its own first.
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// Only an authority given by hand vouches for it.
    pub(super) by_own_alone: bool,
    /// Its own certificate is for the host that was asked for.
    pub(super) fits_host: bool,
}

impl Examiner {
    pub(super) fn new(roots: &Roots) -> Self {
        Self {
            provider: Arc::clone(&roots.provider),
            public: roots.public.clone(),
            own: roots.own.clone(),
            seen: Mutex::default(),
        }
    }

    pub(super) fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Examiner {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verify = |verifier: &Option<Arc<WebPkiServerVerifier>>| match verifier {
            Some(verifier) => verifier.verify_server_cert(end_entity, intermediates, host, ocsp, now),
            None => Err(CertificateError::UnknownIssuer.into()),
        };
        let by_public = verify(&self.public);
        let is_public = by_public.is_ok();
        let verdict = if is_public || self.own.is_none() {
            by_public
        } else {
            verify(&self.own)
        };
        let chain = std::iter::once(end_entity).chain(intermediates);
        let fits_host = ParsedCertificate::try_from(end_entity)
            .and_then(|certificate| rustls::client::verify_server_name(&certificate, host))
            .is_ok();
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Seen {
            chain: chain
                .map(|certificate| certificate.clone().into_owned())
                .collect(),
            by_own_alone: !is_public && verdict.is_ok(),
            fits_host,
        };
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// Shows our certificate, if we have one, and keeps that it was asked for.
#[derive(Debug)]
pub(super) struct Asked {
    certificate: Option<Arc<CertifiedKey>>,
    was_asked: AtomicBool,
}

impl Asked {
    pub(super) fn new(certificate: Option<Arc<CertifiedKey>>) -> Self {
        Self {
            certificate,
            was_asked: AtomicBool::new(false),
        }
    }

    pub(super) fn was_asked(&self) -> bool {
        self.was_asked.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for Asked {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.was_asked.store(true, Ordering::Relaxed);
        self.certificate.clone()
    }

    fn has_certs(&self) -> bool {
        true
    }
}
