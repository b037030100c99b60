//! TLS: who the server is and whom it lets connect, from files that may change while it serves.
//!
//! `files` reads them, `clients` looks at client certificates, `watch` takes changed files up.

mod clients;
mod files;
mod watch;

use std::any::Any;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};

use self::clients::Clients;
use self::files::{Files, Material};
use crate::auth::{Certificate, ClientCert, Subject};
use crate::config;

pub use files::TlsError;

/// Who the server is, and whom it lets connect: what the files held when they were last good.
pub(super) struct Identity {
    files: Files,
    material: RwLock<Arc<Material>>,
    client_cert: Option<ClientCert>,
    expects_dialogflow: bool,
}

impl Identity {
    /// Reads the files. None without a certificate in the settings.
    pub(super) fn load(settings: &config::Tls) -> Result<Option<Arc<Self>>, TlsError> {
        let Some(files) = Files::of(settings) else {
            return Ok(None);
        };
        let identity = Self {
            material: RwLock::new(Arc::new(files.read()?)),
            files,
            client_cert: settings.client_cert(),
            expects_dialogflow: settings.client_subjects.contains(&Subject::of_dialogflow()),
        };
        identity.material().tell(identity.expects_dialogflow);
        if settings
            .client_subjects
            .contains(&Subject::of_dialogflow_before())
            && !identity.expects_dialogflow
        {
            tracing::warn!(
                "`server.tls.client_subjects`: `CN=*.dialogflow.com` is what Dialogflow shows until 2026-12-01 and no \
                 longer: add `CN=Google LLC`"
            );
        }
        Ok(Some(Arc::new(identity)))
    }

    fn material(&self) -> Arc<Material> {
        Arc::clone(&self.material.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn take_up(&self, material: Material) {
        *self.material.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(material);
    }

    /// Takes up changed files, for ever.
    pub(super) async fn keep_current(self: Arc<Self>) {
        watch::keep_current(&self).await;
    }

    /// What TLS goes by: versions 1.2 and 1.3. The server adds HTTP/1.1, and offers no HTTP/2.
    pub(super) fn config(self: Arc<Self>) -> ServerConfig {
        let builder = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13, &TLS12])
            .expect("aws-lc-rs has cipher suites for both versions");
        if self.material().client_roots.is_none() {
            return builder.with_no_client_auth().with_cert_resolver(self);
        }
        let clients = Arc::new(Clients::new(Arc::clone(&self)));
        let mut config = builder
            .with_client_cert_verifier(clients)
            .with_cert_resolver(self);
        // A session taken up again would bring its old client certificate with it, whatever became of that one or of the
        // roots since.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        config
    }
}

/// The one crypto provider of the program.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.material().key))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Identity")
    }
}

/// Keeps a connection's client certificate for its requests.
pub(super) fn remember_client(connection: &dyn Any, extensions: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TlsStream<TcpStream>>() else {
        return;
    };
    let (_, session) = stream.get_ref();
    let leaf = session.peer_certificates().and_then(|chain| chain.first());
    // One that cannot be read is none; the gate then says so.
    if let Some(certificate) = leaf.and_then(|leaf| Certificate::from_der(leaf).ok()) {
        extensions.insert(certificate);
    }
}
