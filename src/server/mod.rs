//! HTTP: the only place that knows actix-web.
//!
//! `routes` has every route on one page. A call of Dialogflow's goes through `turn`: is there a seat, may the caller in,
//! is the body whole, what does the webhook say. `shutdown` lets nobody go without an answer.

mod body;
mod problem;
mod routes;
mod shutdown;
mod turn;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use actix_web::{App, HttpServer, web};
use tokio::sync::Semaphore;

use crate::auth::{Gate, Refusals};
use crate::config::Settings;
use crate::webhook::Webhook;

pub use shutdown::told_to_stop;

/// Who answers, in the `server` header of every answer: what stands in front of us, and answers in our place, has another.
const SERVER: &str = "flowhook";

/// What every request needs.
struct House {
    webhook: Webhook,
    gate: Gate,
    refusals: Refusals,
    seats: Semaphore,
    all_seats: u32,
    stopping: AtomicBool,
    max_body: usize,
    body_timeout: Duration,
    paths: Vec<String>,
}

/// Serves until `stop` is done, then lets running turns finish. Blocks the thread, with a runtime of its own.
///
/// `ready` is told the addresses once calls are accepted: with port 0 in the settings, the port that was found.
///
/// # Errors
///
/// When the address cannot be had.
pub fn serve(
    settings: &Settings,
    webhook: Webhook,
    gate: Gate,
    ready: impl FnOnce(&[SocketAddr]),
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let limits = &settings.server;
    // A semaphore has no more seats than this.
    let all_seats = limits
        .max_turns
        .min(Semaphore::MAX_PERMITS.min(u32::MAX as usize));
    let house = Arc::new(House {
        webhook,
        gate,
        refusals: Refusals::default(),
        seats: Semaphore::new(all_seats),
        all_seats: u32::try_from(all_seats).unwrap_or(u32::MAX),
        stopping: AtomicBool::new(false),
        max_body: limits.max_body,
        body_timeout: limits.body_timeout,
        paths: settings.webhook.paths.clone(),
    });
    actix_web::rt::System::new().block_on(async {
        let shared = web::Data::from(Arc::clone(&house));
        let mut server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .configure(|config| routes::configure(config, &shared.paths))
        })
        .client_request_timeout(limits.head_timeout)
        .shutdown_timeout(limits.shutdown_grace.as_secs())
        .disable_signals();
        if limits.http_threads > 0 {
            server = server.workers(limits.http_threads);
        }
        let server = server.bind(limits.address)?;
        ready(&server.addrs());
        let server = server.run();
        let handle = server.handle();
        let serving = actix_web::rt::spawn(server);
        tokio::select! {
            () = stop => {}
            never = house.gate.keep_keys_fresh() => match never {},
            never = settings.auth.keep_secrets_fresh(&house.gate) => match never {},
        }
        shutdown::drain(&house, handle, limits.shutdown_grace).await;
        serving.await.map_err(io::Error::other)?
    })
}
