//! Running jobs: fairly, in order, again when they fail, and once more when the program died over one.
//!
//! ```
//! # async fn example(store: std::sync::Arc<dyn flowhook::store::Store>) {
//! use flowhook::channels::worker::{Failed, Pace, Patience, Worker};
//! use std::time::Duration;
//!
//! let worker = Worker::new(store.queue(), Pace::default()).on("greeting", Patience::default(), |job| async move {
//!     let name = std::str::from_utf8(&job.payload).map_err(|_| Failed::not_understood("not text"))?;
//!     println!("hello, {name}");
//!     // What is to follow is put in the same transaction that ends this job.
//!     Ok(Vec::new())
//! });
//! worker.run(std::future::pending(), Duration::from_secs(5)).await;
//! # }
//! ```

mod attempt;
mod patience;

use std::collections::HashMap;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::store::StoreError;
use crate::store::queue::{Job, Lane, Leased, NewJob, Queue, Wanted};
use attempt::attempt;
pub(super) use patience::random_share;
pub use patience::{Failed, Patience};

/// How long to wait for a store that is away before it is asked again.
const AWAY: Duration = Duration::from_secs(1);

/// What running a job gives: the jobs that follow, or why it failed.
pub type Ran = Result<Vec<NewJob>, Failed>;

/// How much is run at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How many jobs this program runs at a time.
    pub jobs: usize,
    /// How many of one lane run at a time, in all programs that share the store.
    pub per_lane: usize,
    /// For how long a job is this program's unless it says that it still is, which it does at a third of the time. So
    /// long after a program has died its jobs are run by others.
    pub lease: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            jobs: 64,
            per_lane: 8,
            lease: Duration::from_secs(30),
        }
    }
}

/// How jobs of one kind are run.
pub(super) struct Kind {
    pub(super) patience: Patience,
    pub(super) run: Box<dyn Fn(Job) -> BoxFuture<'static, Ran> + Send + Sync>,
}

/// Runs the jobs of the kinds that it was told of. What is of another kind stays in the queue.
///
/// A job may be run twice: when the program dies, or loses the store, between what it did and its end. So its effects must
/// be such that twice is as good as once, by ids that are made of the job's [key](Job::key).
///
/// Each attempt has a thread, so one that blocks is in nobody's way. One that does not give its thread back when its time
/// is up keeps its place, and with it the place in its lane.
pub struct Worker {
    queue: Arc<dyn Queue>,
    pace: Pace,
    kinds: HashMap<&'static str, Arc<Kind>>,
}

impl fmt::Debug for Worker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<_> = self.kinds.keys().collect();
        formatter
            .debug_struct("Worker")
            .field("pace", &self.pace)
            .field("kinds", &kinds)
            .finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker that knows no kind yet.
    #[must_use]
    pub fn new(queue: Arc<dyn Queue>, pace: Pace) -> Self {
        Self {
            queue,
            pace,
            kinds: HashMap::new(),
        }
    }

    /// Runs jobs of that kind with `run`, and tries again with that patience.
    #[must_use]
    pub fn on<F>(
        mut self,
        kind: &'static str,
        patience: Patience,
        run: impl Fn(Job) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Ran> + Send + 'static,
    {
        let run = Box::new(move |job| run(job).boxed());
        self.kinds.insert(kind, Arc::new(Kind { patience, run }));
        self
    }

    /// Whether it knows any kind.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Runs jobs until `stop` is done. Then nothing new is begun, what runs has `grace` to end, and what has not ended by
    /// then is given back to the queue.
    pub async fn run(self, stop: impl Future<Output = ()>, grace: Duration) {
        let mut news = self.queue.news();
        let given_up = watch::Sender::new(false);
        let mut attempts = JoinSet::new();
        let mut stop = pin!(stop);
        let mut last = None;
        let mut is_away = false;
        loop {
            // From here on it hears: what is put between the look and the wait is not missed.
            news.mark_unchanged();
            while attempts.try_join_next().is_some() {}
            let room = self.pace.jobs.saturating_sub(attempts.len());
            let next = if room == 0 {
                None
            } else {
                match self.lease(room, last.clone()).await {
                    Ok(leased) => {
                        if std::mem::take(&mut is_away) {
                            tracing::info!("jobs are run again");
                        }
                        last = leased.jobs.last().map(|job| job.lane.clone()).or(last);
                        for job in leased.jobs {
                            self.begin(job, &given_up, &mut attempts);
                        }
                        [leased.next, self.queue.poll()].into_iter().flatten().min()
                    }
                    Err(error) => {
                        if !std::mem::replace(&mut is_away, true) {
                            tracing::warn!("no job is run: {error}");
                        }
                        Some(AWAY)
                    }
                }
            };
            tokio::select! {
                () = &mut stop => break,
                _ = news.changed(), if room > 0 => {}
                Some(_) = attempts.join_next() => {}
                () = sleep(next.unwrap_or(Duration::MAX)), if next.is_some() => {}
                else => {}
            }
        }
        let all_ended = async { while attempts.join_next().await.is_some() {} };
        if timeout(grace, all_ended).await.is_err() {
            tracing::warn!("{} jobs are still running, and given back", attempts.len());
            given_up.send_replace(true);
            let given_back = async { while attempts.join_next().await.is_some() {} };
            let _ = timeout(AWAY, given_back).await;
        }
    }

    async fn lease(&self, jobs: usize, after: Option<Lane>) -> Result<Leased, StoreError> {
        let wanted = Wanted {
            kinds: self.kinds.keys().map(|kind| (*kind).to_owned()).collect(),
            jobs,
            per_lane: self.pace.per_lane,
            lease: self.pace.lease,
            after,
        };
        self.queue.lease(wanted).await
    }

    fn begin(&self, job: Job, given_up: &watch::Sender<bool>, attempts: &mut JoinSet<()>) {
        let kind = self.kinds.get(&*job.kind).expect("only known kinds are leased");
        attempts.spawn(attempt(
            Arc::clone(&self.queue),
            Arc::clone(kind),
            job,
            self.pace.lease,
            given_up.subscribe(),
        ));
    }
}
