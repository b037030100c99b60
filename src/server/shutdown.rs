//! Stopping: no new turns, but an answer for everyone who is already in.

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};

use super::House;

/// How long connections get to take the last answers, of the time that stopping may take.
pub(super) const FOR_CONNECTIONS: Duration = Duration::from_secs(1);

/// How far the program is from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Serving,
    /// No new turns; those that run go on.
    Stopping,
    /// Turns that still run are given up.
    Over,
}

/// Done when the program is told to stop: by SIGTERM, or by Ctrl-C. Says by which.
pub async fn told_to_stop() -> &'static str {
    let mut terminate = signal(SignalKind::terminate()).expect("the process may listen for signals");
    let mut interrupt = signal(SignalKind::interrupt()).expect("the process may listen for signals");
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "Ctrl-C",
    }
}

impl House {
    /// A seat for one turn; none when all are taken.
    pub(super) fn seat(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.seats).try_acquire_owned().ok()
    }

    /// How many turns run now.
    pub(super) fn turns_running(&self) -> usize {
        (self.all_seats as usize).saturating_sub(self.seats.available_permits())
    }

    /// Why no calls are taken; none if they are.
    pub(super) fn trouble(&self) -> Option<&'static str> {
        if self.is_stopping() {
            return Some("stopping");
        }
        (!self.webhook.is_responsive()).then_some("handlers block as many threads as there are")
    }

    pub(super) fn is_stopping(&self) -> bool {
        *self.phase.borrow() != Phase::Serving
    }

    /// Done when turns that still run are given up.
    pub(super) async fn is_over(&self) {
        let mut phase = self.phase.subscribe();
        // The sender is the house's own, so this never fails.
        let _ = phase.wait_for(|phase| *phase == Phase::Over).await;
    }
}

/// Lets running turns finish while new calls get 503. Turns that are not done in time, or when the program is told to stop
/// once more, get 503 too. Then the connections end. All that takes `grace` at most.
pub(super) async fn drain(house: &House, server: ServerHandle, grace: Duration, why: &str) {
    house.phase.send_replace(Phase::Stopping);
    tracing::info!("stopping: {why}");
    let until = Instant::now() + grace.saturating_sub(FOR_CONNECTIONS);
    let last_turn = async {
        if timeout_at(until, house.seats.acquire_many(house.all_seats))
            .await
            .is_err()
        {
            tracing::warn!("turns are still running: their time is up");
        }
        if !house.webhook.finish_work(until).await {
            tracing::warn!(
                "late work is given up: of effects that must happen once, nobody will know whether they did"
            );
        }
    };
    tokio::select! {
        () = last_turn => {}
        again = told_to_stop() => tracing::info!("stopping at once: {again} again"),
    }
    house.phase.send_replace(Phase::Over);
    server.stop(true).await;
    tracing::info!("stopped");
}
