//! The files: certificate, key and roots, each fault with its mend.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_lc_rs::digest;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys, RootCertStore};

use super::provider;
use super::watch::Stamps;
use crate::auth::{Certificate, SSL_COM_ROOT_SHA256, Subject};
use crate::config;

/// Somebody should have put a new certificate in place when the old one has no longer to go than this.
const ENDS_SOON: Duration = Duration::from_secs(14 * DAY);

const DAY: u64 = 24 * 60 * 60;

/// Why the files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file is not there, or not for us.
    #[error("`{setting}`: cannot read {path}: {source}; is it in place, and may this user read it?")]
    Unreadable {
        /// The setting that names it.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file has no certificate in it.
    #[error(
        "`{setting}`: {path} holds no certificate in PEM (`-----BEGIN CERTIFICATE-----`); if it is DER, \
         `openssl x509 -inform der -in FILE` writes it as PEM"
    )]
    NoCertificate {
        /// The setting that names it.
        setting: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// A certificate in the file is broken.
    #[error(
        "`{setting}`: certificate {place} in {path} cannot be used: {cause}; `openssl x509 -in FILE -text` shows what it is"
    )]
    BadCertificate {
        /// The setting that names it.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// Which of its certificates, counted from 1.
        place: usize,
        /// What is wrong with it.
        cause: String,
    },
    /// The file has no private key in it.
    #[error(
        "`server.tls.key`: {path} holds no private key in PEM (`-----BEGIN PRIVATE KEY-----`); if it is DER, \
         `openssl pkey -inform der -in FILE` writes it as PEM"
    )]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The key is encrypted.
    #[error(
        "`server.tls.key`: the key in {path} has a passphrase, and nobody is there to give it; \
         `openssl pkey -in FILE -out NEW` writes it without one"
    )]
    Passphrase {
        /// The file.
        path: PathBuf,
    },
    /// The key is of a kind that TLS has no use for, or broken.
    #[error(
        "`server.tls.key`: the key in {path} cannot be used: expected RSA of 2048 bits or more, ECDSA, or Ed25519"
    )]
    BadKey {
        /// The file.
        path: PathBuf,
    },
    /// The key is another certificate's.
    #[error(
        "`server.tls.key`: the key in {key} does not belong to the first certificate in {cert}; put the server's own \
         certificate first and the intermediates after it, and the key that it was made with beside it"
    )]
    Mismatch {
        /// The file with the certificate.
        cert: PathBuf,
        /// The file with the key.
        key: PathBuf,
    },
}

/// Where everything lies.
#[derive(Clone, Debug)]
pub(super) struct Files {
    cert: PathBuf,
    key: PathBuf,
    client_ca: Option<PathBuf>,
}

/// What the files hold, ready for use.
pub(super) struct Material {
    /// The server's certificate with its key.
    pub(super) key: Arc<CertifiedKey>,
    /// The roots that client certificates must lead to.
    pub(super) client_roots: Option<Arc<dyn ClientCertVerifier>>,
    /// As the files were.
    pub(super) stamps: Stamps,
    /// The server's certificate, read.
    certificate: Certificate,
    /// Whether the root above Dialogflow's certificate is among the roots.
    knows_dialogflow: bool,
}

impl Files {
    pub(super) fn of(settings: &config::Tls) -> Option<Self> {
        let (cert, key) = settings.cert.clone().zip(settings.key.clone())?;
        Some(Self {
            cert,
            key,
            client_ca: settings.client_ca.clone(),
        })
    }

    /// All of them.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        [&self.cert, &self.key]
            .into_iter()
            .chain(&self.client_ca)
            .map(PathBuf::as_path)
    }

    /// Reads all of them. Blocks.
    pub(super) fn read(&self) -> Result<Material, TlsError> {
        // Looked at first: a change from here on is then seen as one.
        let stamps = Stamps::of(self.paths());
        let (key, certificate) = self.read_key()?;
        let roots = self.client_ca.as_deref().map(read_roots).transpose()?;
        let (client_roots, knows_dialogflow) = roots.unzip();
        Ok(Material {
            key: Arc::new(key),
            client_roots,
            certificate,
            knows_dialogflow: knows_dialogflow.unwrap_or_default(),
            stamps,
        })
    }

    fn read_key(&self) -> Result<(CertifiedKey, Certificate), TlsError> {
        let setting = "server.tls.cert";
        let chain = read_certificates(setting, &self.cert)?;
        let path = self.key.clone();
        let text = read("server.tls.key", &path)?;
        // `-----BEGIN ENCRYPTED PRIVATE KEY-----`, or in the old form `Proc-Type: 4,ENCRYPTED`.
        if text.windows(9).any(|window| window == b"ENCRYPTED") {
            return Err(TlsError::Passphrase { path });
        }
        let Ok(key) = PrivateKeyDer::from_pem_slice(&text) else {
            return Err(TlsError::NoKey { path });
        };
        let broken = |cause: String| TlsError::BadCertificate {
            setting,
            path: self.cert.clone(),
            place: 1,
            cause,
        };
        let leaf = Certificate::from_der(&chain[0]).map_err(|error| broken(error.to_string()))?;
        match CertifiedKey::from_der(chain, key, &provider()) {
            Ok(key) => Ok((key, leaf)),
            Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => Err(TlsError::Mismatch {
                cert: self.cert.clone(),
                key: path,
            }),
            Err(Error::InvalidCertificate(cause)) => Err(broken(cause.to_string())),
            Err(_) => Err(TlsError::BadKey { path }),
        }
    }
}

/// The roots, and whether the one above Dialogflow's certificate is among them.
fn read_roots(path: &Path) -> Result<(Arc<dyn ClientCertVerifier>, bool), TlsError> {
    let setting = "server.tls.client_ca";
    let mut roots = RootCertStore::empty();
    let mut knows_dialogflow = false;
    for (place, root) in (1..).zip(read_certificates(setting, path)?) {
        knows_dialogflow |= digest::digest(&digest::SHA256, &root).as_ref() == SSL_COM_ROOT_SHA256;
        roots.add(root).map_err(|error| TlsError::BadCertificate {
            setting,
            path: path.to_owned(),
            place,
            cause: error.to_string(),
        })?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .expect("there is a root, and no revocation list");
    Ok((verifier, knows_dialogflow))
}

fn read(setting: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    let unreadable = |source| TlsError::Unreadable {
        setting,
        path: path.to_owned(),
        source,
    };
    std::fs::read(path).map_err(unreadable)
}

/// The certificates in a file: at least one.
fn read_certificates(setting: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = read(setting, path)?;
    let certificates: Result<Vec<_>, _> = (1..)
        .zip(CertificateDer::pem_slice_iter(&text))
        .map(|(place, certificate)| {
            certificate.map_err(|error| TlsError::BadCertificate {
                setting,
                path: path.to_owned(),
                place,
                cause: error.to_string(),
            })
        })
        .collect();
    let certificates = certificates?;
    if certificates.is_empty() {
        return Err(TlsError::NoCertificate {
            setting,
            path: path.to_owned(),
        });
    }
    Ok(certificates)
}

impl Material {
    /// When the server's certificate ends, for the log.
    pub(super) fn end(&self) -> String {
        jiff::Timestamp::try_from(self.certificate.not_after)
            .map_or_else(|_| "far away".to_owned(), |end| end.to_string())
    }

    /// Warns of what will go wrong with good files too.
    pub(super) fn tell(&self, expects_dialogflow: bool) {
        self.tell_of_time();
        if !self
            .certificate
            .subjects
            .iter()
            .any(|name| matches!(name, Subject::Dns(_) | Subject::Ip(_)))
        {
            tracing::warn!(
                "`server.tls.cert`: the certificate names no host as a subject alternative name, so Dialogflow will not \
                 take it: have one made that does"
            );
        }
        if expects_dialogflow && !self.knows_dialogflow {
            tracing::warn!(
                "`server.tls.client_ca`: SSL.com Root Certification Authority RSA is not in it, so Dialogflow's own \
                 certificate will be refused: add the root whose SHA-256 fingerprint begins with 85:66:6A:56"
            );
        }
    }

    /// Warns of the server's certificate's end.
    pub(super) fn tell_of_time(&self) {
        let now = SystemTime::now();
        let end = self.end();
        match self.certificate.not_after.duration_since(now) {
            Err(_) => tracing::error!(
                "`server.tls.cert`: the certificate ended at {end}, so nobody can call: put a new one in place"
            ),
            Ok(left) if left < ENDS_SOON => {
                let days = left.as_secs() / DAY;
                tracing::warn!(
                    days,
                    "`server.tls.cert`: the certificate ends in {days} days, at {end}: put a new one in place, it is \
                     taken up without a restart"
                );
            }
            Ok(_) => {}
        }
        if now < self.certificate.not_before {
            tracing::error!(
                "`server.tls.cert`: the certificate is not yet valid: is this machine's clock right?"
            );
        }
    }
}
