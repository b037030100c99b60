//! Claims and jobs in an SQLite file: they outlive the process and a power cut, on one machine.
//!
//! One task writes, see `writer`; four connections read. The file is in WAL mode with `synchronous=FULL`: what was
//! answered is on the disk. Several processes may share the file; they see each other's changes by polling.

mod file;
mod job_statements;
mod jobs;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{Row, query};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::changes::Changes;
use super::claim::{found, micros};
use super::{Claim, Found, GRACE, Key, Lapse, Queue, Store, StoreError, Terms, Ticket, check_size};
use file::File;
use writer::Writer;

/// How often one who waits looks for what another process did. What this process did is told at once.
const POLL: Duration = Duration::from_millis(100);

/// How often the store forgets what is past its time.
const SWEEPS: Duration = Duration::from_secs(30);

/// How many rows are forgotten in one go.
const BATCH: i64 = 500;

/// How many may read at once.
const READERS: u32 = 4;

const CLAIM: &str = "
    INSERT INTO claims (kind, hash, ticket, once, until) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (kind, hash) DO UPDATE
    SET ticket = excluded.ticket, once = excluded.once, until = excluded.until, result = NULL
    WHERE claims.until <= ?6 AND (claims.result IS NOT NULL OR claims.once = 0)";
const RENEW: &str =
    "UPDATE claims SET until = ?4 WHERE kind = ?1 AND hash = ?2 AND ticket = ?3 AND result IS NULL";
const FINISH: &str =
    "UPDATE claims SET result = ?4, until = ?5 WHERE kind = ?1 AND hash = ?2 AND ticket = ?3";
const RELEASE: &str = "DELETE FROM claims WHERE kind = ?1 AND hash = ?2 AND ticket = ?3 AND result IS NULL";
const LOOK: &str = "SELECT once, until, result FROM claims WHERE kind = ?1 AND hash = ?2";
const NOTE: &str =
    "INSERT INTO notes (hash, text) VALUES (?1, ?2) ON CONFLICT (hash) DO UPDATE SET text = excluded.text";
const NOTED: &str = "SELECT text FROM notes WHERE hash = ?1";
const SWEEP: &str = "
    DELETE FROM claims WHERE rowid IN (
        SELECT rowid FROM claims WHERE until <= ?1 AND (result IS NOT NULL OR once = 0) ORDER BY until LIMIT ?2)";

/// A store in an SQLite file.
#[derive(Debug)]
pub struct Sqlite {
    file: File,
    readers: SqlitePool,
    writer: Writer,
    changes: Changes,
    /// Counts up when jobs were put or ended.
    news: watch::Sender<u64>,
    /// Sweeping, which ends with the store.
    _background: JoinSet<()>,
}

impl Sqlite {
    /// Opens the file, or makes it, readable to nobody but its owner. Its folder must be there.
    ///
    /// # Errors
    ///
    /// When the file cannot be used, is something else's, or was written by a newer version.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let file = File::at(path);
        let connection = file.prepare().await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .test_before_acquire(false)
            .connect_lazy_with(file.options().pragma("query_only", "ON"));
        let writer = Writer::start(file.clone(), connection);
        let mut background = JoinSet::new();
        background.spawn(sweep_from_time_to_time(writer.clone()));
        Ok(Self {
            file,
            readers,
            writer,
            changes: Changes::default(),
            news: watch::Sender::new(0),
            _background: background,
        })
    }

    async fn look_at(&self, key: &Key) -> Result<Found, StoreError> {
        let row = query(LOOK)
            .bind(key.kind().number())
            .bind(&key.hash()[..])
            .fetch_optional(&self.readers)
            .await
            .and_then(|row| row.as_ref().map_or(Ok(Found::Free), found_in));
        row.map_err(|error| self.file.away(&error))
    }

    /// Writes for a ticket, and says whether there was anything to write.
    async fn write(
        &self,
        statement: &'static str,
        ticket: &Ticket,
        values: impl FnOnce() -> (Option<Bytes>, Option<i64>) + Send + 'static,
    ) -> Result<bool, StoreError> {
        let ticket = ticket.clone();
        let rows = self.writer.write(move |connection| {
            async move {
                let (result, until) = values();
                let mut query = query(statement)
                    .bind(ticket.key.kind().number())
                    .bind(ticket.key.hash().to_vec())
                    .bind(ticket.number);
                if let Some(result) = result {
                    query = query.bind(Vec::from(result));
                }
                if let Some(until) = until {
                    query = query.bind(until);
                }
                Ok(query.execute(connection).await?.rows_affected() > 0)
            }
            .boxed()
        })?;
        rows.await
    }
}

impl Store for Sqlite {
    fn claim<'a>(&'a self, key: &'a Key, terms: Terms) -> BoxFuture<'a, Result<Claim, StoreError>> {
        async move {
            let ticket = Ticket::draw(key);
            // Reserved before the claim is made: whatever becomes of the caller, the claim can be given back.
            let mut unanswered = Unanswered(Some((self.writer.reserve()?, ticket.clone())));
            let claim = self
                .writer
                .write(move |connection| claim(connection, ticket, terms).boxed())?
                .await;
            unanswered.0 = None;
            claim
        }
        .boxed()
    }

    fn renew<'a>(&'a self, ticket: &'a Ticket, lease: Duration) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            let until = move || (None, Some(now() + micros(lease)));
            let renewed = self.write(RENEW, ticket, until).await?;
            renewed.then_some(()).ok_or(StoreError::Superseded)
        }
        .boxed()
    }

    fn finish<'a>(
        &'a self,
        ticket: &'a Ticket,
        result: Bytes,
        keep: Duration,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            check_size(&result)?;
            let values = move || (Some(result), Some(now() + micros(keep)));
            let finished = self.write(FINISH, ticket, values).await?;
            self.changes.tell(&ticket.key);
            finished.then_some(()).ok_or(StoreError::Superseded)
        }
        .boxed()
    }

    fn release<'a>(&'a self, ticket: &'a Ticket) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            self.write(RELEASE, ticket, || (None, None)).await?;
            self.changes.tell(&ticket.key);
            Ok(())
        }
        .boxed()
    }

    fn look<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Found, StoreError>> {
        self.look_at(key).boxed()
    }

    fn wait<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Found, StoreError>> {
        self.changes.settled(key, POLL, || self.look_at(key)).boxed()
    }

    fn sweep(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        async move { sweep(&self.writer)?.await }.boxed()
    }

    fn note(&self, hash: [u8; 32], text: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        async move {
            check_size(&text)?;
            let written = self.writer.write(move |connection| {
                async move {
                    let note = query(NOTE).bind(hash.to_vec()).bind(text.to_vec());
                    note.execute(connection).await.map(drop)
                }
                .boxed()
            })?;
            written.await
        }
        .boxed()
    }

    fn noted(&self, hash: [u8; 32]) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        async move {
            let row = query(NOTED)
                .bind(hash.to_vec())
                .fetch_optional(&self.readers)
                .await;
            let text = row.and_then(|row| row.map(|row| row.try_get::<Vec<u8>, _>(0)).transpose());
            text.map(|text| text.map(Bytes::from))
                .map_err(|error| self.file.away(&error))
        }
        .boxed()
    }

    fn queue(self: Arc<Self>) -> Arc<dyn Queue> {
        self
    }
}

/// A claim that its caller has not heard of yet. Dropped like that, it is given back: the writer does things in the order
/// they came, so after the claim itself.
struct Unanswered(Option<(writer::Place, Ticket)>);

impl Drop for Unanswered {
    fn drop(&mut self) {
        if let Some((place, ticket)) = self.0.take() {
            place.write(move |connection| async move { execute(connection, RELEASE, &ticket).await }.boxed());
        }
    }
}

async fn execute(
    connection: &mut SqliteConnection,
    statement: &'static str,
    ticket: &Ticket,
) -> sqlx::Result<u64> {
    let query = query(statement)
        .bind(ticket.key.kind().number())
        .bind(&ticket.key.hash()[..])
        .bind(ticket.number);
    Ok(query.execute(connection).await?.rows_affected())
}

async fn claim(connection: &mut SqliteConnection, ticket: Ticket, terms: Terms) -> sqlx::Result<Claim> {
    let (kind, hash, now) = (ticket.key.kind().number(), ticket.key.hash().to_vec(), now());
    let claimed = query(CLAIM)
        .bind(kind)
        .bind(&hash)
        .bind(ticket.number)
        .bind(terms.lapse == Lapse::Loses)
        .bind(now + micros(terms.lease))
        .bind(now)
        .execute(&mut *connection)
        .await?;
    if claimed.rows_affected() > 0 {
        return Ok(Claim::Mine(ticket));
    }
    let row = query(LOOK).bind(kind).bind(&hash).fetch_one(connection).await?;
    Ok(match found_in(&row)? {
        Found::Done(result) => Claim::Done(result),
        Found::Lost => Claim::Lost,
        // Free: its time was over just between the two statements.
        Found::Running(_) | Found::Free => Claim::Running,
    })
}

fn found_in(row: &SqliteRow) -> sqlx::Result<Found> {
    let until: i64 = row.try_get("until")?;
    Ok(found(row.try_get("once")?, until - now(), row.try_get("result")?))
}

fn sweep(writer: &Writer) -> Result<BoxFuture<'static, Result<u64, StoreError>>, StoreError> {
    writer.write(|connection| {
        async move {
            let query = query(SWEEP).bind(now() - micros(GRACE)).bind(BATCH);
            Ok(query.execute(connection).await?.rows_affected())
        }
        .boxed()
    })
}

/// Sweeps in batches. Each is a job of its own that takes its turn among the others.
async fn sweep_from_time_to_time(writer: Writer) {
    loop {
        tokio::time::sleep(SWEEPS).await;
        while let Ok(rows) = sweep(&writer) {
            if rows.await != Ok(BATCH.unsigned_abs()) {
                break;
            }
        }
        while let Ok(rows) = jobs::forget(&writer) {
            if rows.await != Ok(BATCH.unsigned_abs()) {
                break;
            }
        }
    }
}

/// Microseconds since 1970. The machine's clock, because the file outlives every other.
fn now() -> i64 {
    micros(SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default())
}
