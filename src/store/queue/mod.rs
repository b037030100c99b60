//! Jobs that outlive the process: what was put is run, at least once, whatever happens to who put it or who runs it.
//!
//! A job has a *lane*, an agent or a chat space: lanes are served in turn, so that a busy or broken one keeps no other
//! waiting. It may have an *order*, a user: jobs of one order run one after another, in the order in which they were put,
//! and a later one waits while an earlier one waits for its next attempt. It has a *key*, and what has the same key as a
//! job of the last 14 days is not put again.
//!
//! Who runs jobs [leases](Queue::lease) them, renews the lease while they run, and [ends](Queue::end) them. When it dies,
//! the lease runs out and the job is leased again, so what a job does must do no harm when it is done twice. What a job
//! sets off beyond the process belongs into jobs of its own, put in the same transaction that ends this one
//! ([`End::Done`]): then it happens if and only if the job has ended.
//!
//! No person is in a column but in the payload, and that is emptied when the job is done: order and key are hashes
//! ([`fingerprint`]), and lane, kind, origin and the words for what went wrong are the program's.

mod entry;
mod job;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::watch;

use super::StoreError;
pub use entry::{Action, Depth, Entry, Filter, State};
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(super) use job::time_at;
pub use job::{End, Job, JobTicket, Lane, Leased, NewJob, Put, Wanted, fingerprint};
pub(super) use job::{check_sizes, conflicting_key, content_of};

/// How long a job that is done keeps others with its key from being put. Google delivers again for 7 days.
pub const KEPT_DONE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// How long a job that is dead or in quarantine waits for somebody to look at it.
pub const KEPT_FAILED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The largest payload, in bytes.
pub const MAX_PAYLOAD: usize = 1024 * 1024;

/// Something that keeps jobs. [`Store::queue`](super::Store::queue) gives it.
///
/// Every call may be dropped at any moment; what was asked may then be done or not.
pub trait Queue: fmt::Debug + Send + Sync {
    /// Puts the jobs, all or none, and says of each in turn what became of it. When this answers, they are as safe as the
    /// store is. Putting the same twice is harmless.
    ///
    /// # Errors
    ///
    /// [`StoreError::TooLarge`] above [`MAX_PAYLOAD`]; or when the store is away or full.
    fn put(&self, jobs: Vec<NewJob>) -> BoxFuture<'_, Result<Vec<Put>, StoreError>>;

    /// Takes jobs that are due, lanes in turn, of each lane the longest due first.
    ///
    /// # Errors
    ///
    /// When the store is away.
    fn lease(&self, wanted: Wanted) -> BoxFuture<'_, Result<Leased, StoreError>>;

    /// Begins the job's lease anew, from now. Who runs it should do so at a third of the lease.
    ///
    /// # Errors
    ///
    /// [`StoreError::Superseded`] when somebody else has leased it since, or it has ended; or when the store is away.
    fn extend(&self, ticket: JobTicket, lease: Duration) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Says what became of the job. A job is done when this has answered, and not before. Doing it twice is harmless.
    ///
    /// # Errors
    ///
    /// [`StoreError::Superseded`] when the job is no longer the ticket's; or when the store is away or full.
    fn end(&self, ticket: JobTicket, end: End) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Changes whenever something was put or ended by this process.
    fn news(&self) -> watch::Receiver<u64>;

    /// How often to look for what other processes put; none if there are no others.
    fn poll(&self) -> Option<Duration>;

    /// The jobs that fit, by number, from the one after `after` on, at most `limit`.
    ///
    /// # Errors
    ///
    /// When the store is away.
    fn list(&self, filter: Filter, after: i64, limit: usize)
    -> BoxFuture<'_, Result<Vec<Entry>, StoreError>>;

    /// The job of that number with its payload, which may hold a person's words.
    ///
    /// # Errors
    ///
    /// When the store is away.
    fn show(&self, id: i64) -> BoxFuture<'_, Result<Option<(Entry, Bytes)>, StoreError>>;

    /// Does that to the jobs of these numbers where it can be done, and says to how many it was.
    ///
    /// # Errors
    ///
    /// When the store is away.
    fn act(&self, ids: Vec<i64>, action: Action) -> BoxFuture<'_, Result<u64, StoreError>>;

    /// How much there is in each lane that has something not done.
    ///
    /// # Errors
    ///
    /// When the store is away.
    fn depth(&self) -> BoxFuture<'_, Result<Vec<Depth>, StoreError>>;

    /// Forgets a small batch of what is past its keeping, and says how many. Stores do this on their own.
    ///
    /// # Errors
    ///
    /// When the store is away.
    fn forget(&self) -> BoxFuture<'_, Result<u64, StoreError>>;
}
