//! Group commit: what comes while the store writes is written together next. A commit costs one flush of the disk, or one
//! round trip, however much is in it.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::store::queue::{NewJob, Put, Queue};

/// Why nothing more is taken.
pub(super) const FULL: &str = "too much waits to be stored";

/// How many are written together.
const BATCH: usize = 128;

/// How many such groups are on their way at a time.
const GROUPS: usize = 4;

/// The way into the queue.
#[derive(Debug)]
pub(super) struct Inbox(mpsc::Sender<Waiting>);

struct Waiting {
    job: NewJob,
    caller: oneshot::Sender<Result<Put, &'static str>>,
}

impl Inbox {
    pub(super) fn start(queue: Arc<dyn Queue>, places: usize, runtime: &Handle) -> Self {
        let (inbox, waiting) = mpsc::channel(places.max(1));
        runtime.spawn(write_all(queue, waiting));
        Self(inbox)
    }

    pub(super) fn has_room(&self) -> bool {
        self.0.capacity() > 0
    }

    /// Puts the job, and says what became of it, or why nothing did.
    pub(super) async fn put(&self, job: NewJob) -> Result<Put, &'static str> {
        let (caller, outcome) = oneshot::channel();
        self.0.try_send(Waiting { job, caller }).map_err(|_| FULL)?;
        outcome.await.unwrap_or(Err("the program is ending"))
    }
}

/// Writes until nobody can ask for it any more.
async fn write_all(queue: Arc<dyn Queue>, mut waiting: mpsc::Receiver<Waiting>) {
    let mut groups = JoinSet::new();
    loop {
        if groups.len() == GROUPS {
            groups.join_next().await;
        }
        while groups.try_join_next().is_some() {}
        let mut group = Vec::new();
        if waiting.recv_many(&mut group, BATCH).await == 0 {
            break;
        }
        groups.spawn(write(Arc::clone(&queue), group));
    }
    while groups.join_next().await.is_some() {}
}

async fn write(queue: Arc<dyn Queue>, group: Vec<Waiting>) {
    let (jobs, callers): (Vec<_>, Vec<_>) = group.into_iter().map(|one| (one.job, one.caller)).unzip();
    let written = queue.put(jobs).await;
    if let Err(error) = &written {
        tracing::warn!("events were not stored: {error}");
    }
    for (place, caller) in callers.into_iter().enumerate() {
        let put = written.as_ref().map_err(|_| "the store is away or full");
        // Who called may be gone.
        let _ = caller.send(put.map(|put| put[place]));
    }
}
