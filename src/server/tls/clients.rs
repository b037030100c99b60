//! Client certificates, looked at in the handshake: who has none, or not the right one, gets no further.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use tokio::time::Instant;

use super::Identity;
use crate::auth::Certificate;
use crate::auth::client_cert::Fault;

/// The log gets no more than one line in this time about refused certificates; anybody can cause them.
const QUIET: Duration = Duration::from_secs(10);

/// Holds client certificates against the roots, and then against the subjects.
///
/// The gate asks for the subject too. It is asked here first so that a stranger's request is not even read, and because
/// Dialogflow shows the older of its two certificates only to a server that refuses the newer one in the handshake.
pub(super) struct Clients {
    identity: Arc<Identity>,
    refused: Mutex<Refused>,
}

#[derive(Default)]
struct Refused {
    last_told: Option<Instant>,
    untold: u64,
}

impl Clients {
    pub(super) fn new(identity: Arc<Identity>) -> Self {
        Self {
            identity,
            refused: Mutex::default(),
        }
    }

    /// The roots as they are now.
    fn roots(&self) -> Arc<dyn ClientCertVerifier> {
        let roots = self.identity.material().client_roots.clone();
        roots.expect("roots that are set are read with the certificate, each time")
    }

    fn tell(&self, why: impl fmt::Display) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.last_told.is_some_and(|last| last.elapsed() < QUIET) {
            refused.untold += 1;
            return;
        }
        let untold = std::mem::take(&mut refused.untold);
        refused.last_told = Some(Instant::now());
        drop(refused);
        tracing::warn!(
            outcome = "not admitted",
            untold,
            "refused a client certificate in the handshake: {why}"
        );
    }
}

/// Why, and how to mend it where it is ours to mend.
fn in_words(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "it leads to no root in `server.tls.client_ca`, or the intermediates did not come with it"
                .to_owned()
        }
        Error::InvalidCertificate(CertificateError::BadSignature) => {
            "it names a root in `server.tls.client_ca`, or an intermediate, that has not signed it".to_owned()
        }
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            Fault::Expired.to_string()
        }
        Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => Fault::NotYetValid.to_string(),
        Error::InvalidCertificate(
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. },
        ) => "it is not meant for clients".to_owned(),
        other => other.to_string(),
    }
}

impl ClientCertVerifier for Clients {
    /// None: then a client shows whatever it has. The roots' names could not change with the file.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let verified = self
            .roots()
            .verify_client_cert(leaf, intermediates, now)
            .inspect_err(|error| self.tell(in_words(error)))?;
        let Some(client_cert) = &self.identity.client_cert else {
            return Ok(verified);
        };
        let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_secs());
        let certificate = Certificate::from_der(leaf).map_err(|error| {
            self.tell(error);
            CertificateError::BadEncoding
        })?;
        client_cert.accepts(&certificate, moment).map_err(|reason| {
            self.tell(format_args!("{reason}; they are in `server.tls.client_subjects`"));
            CertificateError::ApplicationVerificationFailure
        })?;
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.roots()
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.roots()
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.roots().supported_verify_schemes()
    }
}

impl fmt::Debug for Clients {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clients")
    }
}
