//! HTTP: the only place that knows actix-web.
//!
//! `routes` has every route on one page. A call of Dialogflow's goes through `turn`: is there a seat, may the caller in,
//! is the body whole, what does the webhook say. One of another channel goes through `event`. `tls` says who we are, and asks callers who they are, before any of it.
//! `shutdown` lets nobody go without an answer. `admin` is a second address, for operators.

mod admin;
mod body;
mod event;
mod problem;
mod routes;
mod shutdown;
mod tls;
mod turn;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::HeaderValue;
use actix_web::{App, HttpServer, web};
use tokio::sync::{Semaphore, watch};

use crate::auth::{Gate, Refusals};
use crate::channels::intake::Intake;
use crate::config::Settings;
use crate::webhook::Webhook;

pub use admin::Inside;
pub use shutdown::told_to_stop;
pub use tls::TlsError;

use self::shutdown::{FOR_CONNECTIONS, Phase};
use self::tls::Identity;

/// How many TLS handshakes may be under way on one thread. As many as there may be connections: were it fewer, that many
/// silent callers would keep everybody else waiting until their time is up.
const HANDSHAKES: usize = 25_000;

/// Why nothing can be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be had, or the system is out of something.
    #[error(transparent)]
    Listen(#[from] io::Error),
    /// The address for operators cannot be had.
    #[error("`admin.bind`: cannot listen on {0}: {1}")]
    Admin(SocketAddr, io::Error),
    /// The certificate, its key or the roots cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// For the log's filter: the HTTP parser quotes what callers send, which may be a secret.
pub const SILENCED: &str = "actix_http=off";

/// Who answers, in the `server` header of every answer: what stands in front of us, and answers in our place, has another.
static SERVER: HeaderValue = HeaderValue::from_static("flowhook");

/// What every request needs.
struct House {
    webhook: Webhook,
    intake: Option<Arc<Intake>>,
    gate: Gate,
    refusals: Refusals,
    seats: Arc<Semaphore>,
    all_seats: u32,
    phase: watch::Sender<Phase>,
    /// Whether only callers on this machine may in, because nothing is set that says who else may.
    is_for_this_machine: bool,
    max_body: usize,
    body_timeout: Duration,
    paths: Vec<String>,
    inside: Inside,
}

/// Serves until `stop` is done, which says why for the log, then lets running turns finish. Blocks the thread, with a runtime of its own.
///
/// Where there is an intake, its endpoints are open too: `/rbm/NAME` and `/business-messages/NAME`.
///
/// Operators find what is `inside` on `admin.bind`, where that is set.
///
/// `ready` is told the addresses once calls are accepted: with port 0 in the settings, the port that was found.
///
/// # Errors
///
/// When the address cannot be had, or the files of `[server.tls]` cannot be used.
pub fn serve(
    settings: &Settings,
    webhook: Webhook,
    intake: Option<Arc<Intake>>,
    gate: Gate,
    inside: Inside,
    ready: impl FnOnce(&[SocketAddr]),
    stop: impl Future<Output = &'static str>,
) -> Result<(), ServeError> {
    let limits = &settings.server;
    let identity = Identity::load(&limits.tls)?;
    // A semaphore has no more seats than this.
    let all_seats = limits
        .max_turns
        .min(Semaphore::MAX_PERMITS.min(u32::MAX as usize));
    let is_for_this_machine = gate.is_open() && !settings.auth.open;
    let house = Arc::new(House {
        webhook,
        intake: intake.clone(),
        gate,
        refusals: Refusals::default(),
        seats: Arc::new(Semaphore::new(all_seats)),
        all_seats: u32::try_from(all_seats).unwrap_or(u32::MAX),
        phase: watch::Sender::new(Phase::Serving),
        is_for_this_machine,
        max_body: limits.max_body,
        body_timeout: limits.body_timeout,
        paths: settings.webhook.paths.clone(),
        inside,
    });
    actix_web::rt::System::new().block_on(async {
        let shared = web::Data::from(Arc::clone(&house));
        let mut server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .configure(|config| routes::configure(config, &shared.paths))
        })
        .client_request_timeout(limits.head_timeout)
        .tls_handshake_timeout(limits.head_timeout)
        .max_connections(limits.max_connections_a_thread())
        .max_connection_rate(HANDSHAKES)
        // Before `bind`, else it is never called.
        .on_connect(tls::remember_client)
        .shutdown_timeout(FOR_CONNECTIONS.as_secs())
        .disable_signals();
        if limits.http_threads > 0 {
            server = server.workers(limits.http_threads);
        }
        let server = match &identity {
            Some(identity) => server.bind_rustls_0_23(limits.address, Arc::clone(identity).config())?,
            None => server.bind(limits.address)?,
        };
        // Ends with the runtime.
        if let Some(identity) = identity {
            actix_web::rt::spawn(identity.keep_current());
        }
        let admin = settings
            .admin
            .address
            .map(|address| {
                admin::bind(address, Arc::clone(&house)).map_err(|error| ServeError::Admin(address, error))
            })
            .transpose()?;
        ready(&server.addrs());
        let admin = admin.map(|(admin, handle, addresses)| {
            let address = addresses.first().copied();
            let address = address.map(tracing::field::display);
            tracing::info!(address, "operators are answered on `admin.bind`");
            (actix_web::rt::spawn(admin), handle)
        });
        let server = server.run();
        let handle = server.handle();
        let serving = actix_web::rt::spawn(server);
        let why = tokio::select! {
            why = stop => why,
            never = house.gate.keep_keys_fresh() => match never {},
            never = settings.auth.keep_secrets_fresh(&house.gate) => match never {},
            never = keep_tokens_fresh(settings, intake.as_ref()) => match never {},
        };
        shutdown::drain(&house, handle, limits.shutdown_grace, why).await;
        serving.await.map_err(io::Error::other)??;
        // Last, so that operators can watch the end.
        if let Some((admin, handle)) = admin {
            handle.stop(true).await;
            admin.await.map_err(io::Error::other)??;
        }
        Ok(())
    })
}

async fn keep_tokens_fresh(settings: &Settings, intake: Option<&Arc<Intake>>) -> Infallible {
    match intake {
        Some(intake) => settings.keep_tokens_fresh(intake).await,
        None => std::future::pending().await,
    }
}
