//! Stopping: no new turns, but an answer for everyone who is already in.

use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::SemaphorePermit;
use tokio::time::timeout;

use super::House;

/// Done when the program is told to stop: by SIGTERM, or by Ctrl-C.
pub async fn told_to_stop() {
    let mut terminate = signal(SignalKind::terminate()).expect("the process may listen for signals");
    let mut interrupt = signal(SignalKind::interrupt()).expect("the process may listen for signals");
    tokio::select! {
        _ = terminate.recv() => tracing::info!("stopping: SIGTERM"),
        _ = interrupt.recv() => tracing::info!("stopping: Ctrl-C"),
    }
}

impl House {
    /// A seat for one turn; none when all are taken or the server is stopping.
    pub(super) fn seat(&self) -> Option<SemaphorePermit<'_>> {
        if self.is_stopping() {
            None
        } else {
            self.seats.try_acquire().ok()
        }
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}

/// Lets running turns finish while new calls get 503, then ends the connections. Takes `grace` at most.
pub(super) async fn drain(house: &House, server: ServerHandle, grace: Duration) {
    house.stopping.store(true, Ordering::Release);
    // All seats are free once the last turn has its answer.
    if timeout(grace, house.seats.acquire_many(house.all_seats))
        .await
        .is_err()
    {
        tracing::warn!("stopping although turns are still running: their time is up");
    }
    server.stop(true).await;
    tracing::info!("stopped");
}
