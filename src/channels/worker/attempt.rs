//! One attempt at a job: run on a thread, kept leased, and ended.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::{Failed, Kind, Ran};
use crate::store::StoreError;
use crate::store::queue::{End, Job, JobTicket, Queue};

/// The pauses between tries to write down how a job ended, while the store is away.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// Why an attempt was told to stop.
#[derive(Clone, Copy, PartialEq)]
enum Told {
    /// Somebody else has the job.
    Superseded,
    /// Its time is up.
    TooLong,
    /// The program ends.
    Stopping,
}

pub(super) async fn attempt(
    queue: Arc<dyn Queue>,
    kind: Arc<Kind>,
    job: Job,
    lease: Duration,
    mut given_up: watch::Receiver<bool>,
) {
    if job.attempts > kind.patience.attempts {
        // The program died over it each time, or lost it.
        let end = End::Dead("ended the program, or took it too long".to_owned());
        return write_down(&*queue, &job, end).await;
    }
    let (leave, left) = oneshot::channel::<()>();
    let mut leave = Some(leave);
    let running = {
        let (kind, job, handle) = (Arc::clone(&kind), job.clone(), Handle::current());
        spawn_blocking(move || handle.block_on(run(&kind, job, left)))
    };
    tokio::pin!(running);
    let mut told = None;
    let ran = {
        let superseded = keep(&*queue, job.ticket, lease);
        let time = sleep(kind.patience.attempt);
        tokio::pin!(superseded, time);
        loop {
            let now = tokio::select! {
                ran = &mut running => break ran,
                () = &mut superseded, if told != Some(Told::Superseded) => Told::Superseded,
                () = &mut time, if told.is_none() => Told::TooLong,
                _ = given_up.wait_for(|given_up| *given_up), if told.is_none() => Told::Stopping,
            };
            told = Some(now);
            // It is dropped where it waits. One that blocks keeps its thread, and so its place in the lane.
            leave = None;
        }
    };
    drop(leave);
    let end = match (ran, told) {
        (Ok(Some(Ok(follow_ups))), _) => End::Done(follow_ups),
        (Ok(Some(Err(failed))), _) => failed.end(&job, &kind.patience),
        (Ok(None), Some(Told::Superseded)) => return,
        (Ok(None), Some(Told::Stopping)) => End::Released,
        (Ok(None), _) => Failed::again("took too long").end(&job, &kind.patience),
        (Err(_panic), _) => Failed::again("panicked").end(&job, &kind.patience),
    };
    write_down(&*queue, &job, end).await;
}

/// Runs the job until it is told to leave.
async fn run(kind: &Kind, job: Job, left: oneshot::Receiver<()>) -> Option<Ran> {
    tokio::select! {
        ran = (kind.run)(job) => Some(ran),
        _ = left => None,
    }
}

/// Keeps the job leased, until somebody else has it.
async fn keep(queue: &dyn Queue, ticket: JobTicket, lease: Duration) {
    loop {
        sleep(lease / 3).await;
        if queue.extend(ticket, lease).await == Err(StoreError::Superseded) {
            return;
        }
    }
}

/// Writes down how the job ended. If that cannot be done, its lease runs out, and it is run again.
async fn write_down(queue: &dyn Queue, job: &Job, end: End) {
    tell(job, &end);
    let mut pauses = PAUSES.iter();
    loop {
        match queue.end(job.ticket, end.clone()).await {
            Ok(()) | Err(StoreError::Superseded) => return,
            Err(error) if error.is_transient() => match pauses.next() {
                Some(pause) => sleep(*pause).await,
                None => {
                    tracing::warn!(job = job.ticket.id(), lane = %job.lane, "job {} will be run again: {error}", job.ticket.id());
                    return;
                }
            },
            Err(error) => {
                let dead = End::Dead(format!("cannot be ended: {error}"));
                tell(job, &dead);
                drop(queue.end(job.ticket, dead).await);
                return;
            }
        }
    }
}

fn tell(job: &Job, end: &End) {
    let (id, lane, kind, attempts) = (job.ticket.id(), &job.lane, &*job.kind, job.attempts);
    let age_ms = u64::try_from(job.age().as_millis()).unwrap_or(u64::MAX);
    match end {
        End::Done(_) => tracing::debug!(job = id, %lane, kind, attempts, age_ms, "job {id} is done"),
        End::Again { after, why } => tracing::warn!(
            job = id, %lane, kind, attempts, age_ms, "job {id} failed: {why}; again in {after:.1?}"
        ),
        End::Dead(why) => tracing::error!(
            job = id, %lane, kind, attempts, age_ms, mend = format!("flowhook queue show {id}, then retry or drop"),
            "job {id} is given up: {why}"
        ),
        End::Quarantined(why) => tracing::error!(
            job = id, %lane, kind, attempts, age_ms, mend = format!("flowhook queue show {id}, then retry or drop"),
            "job {id} is in quarantine: {why}"
        ),
        End::Released => tracing::info!(job = id, %lane, kind, attempts, age_ms, "job {id} is given back"),
    }
}
