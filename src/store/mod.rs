//! What outlives a turn or the process: claims on keys, and jobs, in memory, in SQLite or in PostgreSQL.
//!
//! There are two primitives. One is the [`queue`] of jobs, with a page of its own; the other is the claim.
//!
//! Who wants to do something once *claims* a key. The first gets a [`Ticket`] and does the work;
//! whoever comes meanwhile is told that it is running and may [wait](Store::wait); whoever comes later gets the result.
//! A claim has a lease, which its owner renews. When the owner dies, the lease runs out, and the [`Terms`] say what that
//! means: the key is free again, or nobody knows whether the work was done and the key is never given out again.
//!
//! Beside them are notes, each a small text under a hash, kept until it is replaced: whether somebody wants to be written to.
//!
//! A store's keys are hashes. Results are bytes that it does not look into, and keeps as they are: what names stand in them, it
//! holds.
//!
//! [`open`] gives the store that a URL names. All stores do the same, and one acceptance suite in `tests/it/stores`
//! holds them to it; they differ in what they outlive:
//!
//! | URL | outlives | shared by |
//! | --- | --- | --- |
//! | `memory:` | a turn | one process |
//! | `sqlite:PATH` | the process and a power cut | the processes of one machine |
//! | `postgres://..` | the machine | every instance |

mod changes;
mod claim;
mod error;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
pub mod queue;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;

pub use claim::{Claim, Found, Key, Kind, Lapse, Terms, Ticket};
pub use error::StoreError;
pub use memory::{Limits, Memory};
#[cfg(feature = "postgres")]
pub use postgres::Postgres;
pub use queue::Queue;
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;

/// The largest result that a store takes, in bytes.
pub const MAX_RESULT: usize = 1024 * 1024;

/// How long after its lease ran out a claim's owner may still finish or renew it, if nobody else has claimed the key. At
/// least that: forgetting is a matter of sweeping.
pub const GRACE: Duration = Duration::from_secs(60);

/// Something that keeps claims.
///
/// Every call may be dropped at any moment, as when its time is up. A claim that was dropped before it was answered is
/// given back as soon as the store can.
pub trait Store: fmt::Debug + Send + Sync {
    /// Takes the key, or says how it stands.
    ///
    /// # Errors
    ///
    /// When the store is away or full.
    fn claim<'a>(&'a self, key: &'a Key, terms: Terms) -> BoxFuture<'a, Result<Claim, StoreError>>;

    /// Begins the ticket's lease anew, from now. Its owner should do so at a third of the lease.
    ///
    /// # Errors
    ///
    /// [`StoreError::Superseded`] when the key is no longer the ticket's, or its work is finished; or when the store is
    /// away.
    fn renew<'a>(&'a self, ticket: &'a Ticket, lease: Duration) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Writes the result down, for everybody who asks within `keep` from now; then the key is forgotten. Doing it twice
    /// is harmless, so it may be tried again after a failure.
    ///
    /// # Errors
    ///
    /// [`StoreError::Superseded`] when the key is no longer the ticket's; [`StoreError::TooLarge`] above [`MAX_RESULT`];
    /// or when the store is away or full.
    fn finish<'a>(
        &'a self,
        ticket: &'a Ticket,
        result: Bytes,
        keep: Duration,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Gives the key back unfinished, so that it may be claimed at once. If it is no longer the ticket's, nothing happens.
    ///
    /// # Errors
    ///
    /// When the store is away.
    fn release<'a>(&'a self, ticket: &'a Ticket) -> BoxFuture<'a, Result<(), StoreError>>;

    /// How the key stands.
    ///
    /// # Errors
    ///
    /// When the store is away.
    fn look<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Found, StoreError>>;

    /// How the key stands once it is no longer running: finished, given back, or its lease run out. There is no limit to
    /// the time this takes; the caller has one.
    ///
    /// # Errors
    ///
    /// When the store is away.
    fn wait<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Found, StoreError>>;

    /// Forgets a small batch of what is past its time, and says how many. Stores do this on their own.
    ///
    /// # Errors
    ///
    /// When the store is away.
    fn sweep(&self) -> BoxFuture<'_, Result<u64, StoreError>>;

    /// Writes a small text down under that hash, in place of what was there. It is kept until something else is written.
    ///
    /// # Errors
    ///
    /// [`StoreError::TooLarge`] above [`MAX_RESULT`]; or when the store is away or full.
    fn note(&self, hash: [u8; 32], text: Bytes) -> BoxFuture<'_, Result<(), StoreError>>;

    /// What was written down last under that hash.
    ///
    /// # Errors
    ///
    /// When the store is away.
    fn noted(&self, hash: [u8; 32]) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>>;

    /// The jobs in the same place.
    fn queue(self: Arc<Self>) -> Arc<dyn Queue>;
}

/// Whether a result or a note is of a size that a store takes.
fn check_size(bytes: &Bytes) -> Result<(), StoreError> {
    match bytes.len() {
        bytes if bytes > MAX_RESULT => Err(StoreError::TooLarge { bytes }),
        _ => Ok(()),
    }
}

/// A number that nobody else has drawn.
fn random_number() -> i64 {
    let mut number = [0; 8];
    aws_lc_rs::rand::fill(&mut number).expect("the system has random numbers");
    i64::from_ne_bytes(number)
}

/// The store that a URL names: `memory:`, `sqlite:PATH`, or `postgres://..`. What runs in the background, such as writing
/// to SQLite, runs on the tokio runtime that this is called on, which must outlive the store.
///
/// # Errors
///
/// When the URL names no store, its engine is not compiled in, or it cannot be opened. The URL, which may hold a
/// password, is not in the error.
pub async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    let Some((scheme, rest)) = url.trim().split_once(':') else {
        return Err(StoreError::NoScheme);
    };
    match scheme {
        "memory" if rest.trim_matches('/').is_empty() => Ok(Arc::new(Memory::new(Limits::default()))),
        "memory" => Err(StoreError::Address(
            "`memory:` takes nothing after the colon".into(),
        )),
        "sqlite" => open_sqlite(rest).await,
        "postgres" | "postgresql" => open_postgres(url.trim()).await,
        _ => Err(StoreError::UnknownScheme),
    }
}

#[cfg(feature = "sqlite")]
async fn open_sqlite(path: &str) -> Result<Arc<dyn Store>, StoreError> {
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path == ":memory:" {
        let why = "`sqlite:` needs the path of a file, such as `sqlite:/var/lib/flowhook/store.db`; \
                   for a store in memory say `memory:`";
        return Err(StoreError::Address(why.into()));
    }
    Ok(Arc::new(Sqlite::open(path.as_ref()).await?))
}

#[cfg(not(feature = "sqlite"))]
async fn open_sqlite(_: &str) -> Result<Arc<dyn Store>, StoreError> {
    Err(StoreError::NotCompiledIn("sqlite"))
}

#[cfg(feature = "postgres")]
async fn open_postgres(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(Postgres::open(url).await?))
}

#[cfg(not(feature = "postgres"))]
async fn open_postgres(_: &str) -> Result<Arc<dyn Store>, StoreError> {
    Err(StoreError::NotCompiledIn("postgres"))
}

#[cfg(all(test, not(feature = "postgres"), not(feature = "sqlite")))]
mod tests {
    use super::open;

    #[tokio::test]
    async fn an_engine_that_is_not_compiled_in_is_named_with_how_to_get_it() {
        for (url, engine) in [
            ("sqlite:store.db", "sqlite"),
            ("postgres://localhost/x", "postgres"),
            ("postgresql://localhost/x", "postgres"),
        ] {
            let error = open(url).await.unwrap_err().to_string();
            let why = format!(
                "this program was built without the `{engine}` engine: build it with `--features {engine}`, or say `memory:`"
            );
            assert_eq!(error, why);
        }
        open("memory:").await.unwrap();
    }
}
