//! Group commit: one task does all the writing, and whatever waits while it commits goes into the next transaction
//! together. A transaction costs one flush of the disk, however much is in it.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use sqlx::query;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::mpsc::{OwnedPermit, Receiver, Sender, channel};
use tokio::sync::oneshot;

use super::file::File;
use crate::store::StoreError;

/// How much may wait to be written. Each claim keeps a second place until it is answered. Results that wait are their
/// callers', not copies.
const QUEUE: usize = 16_384;

/// How much goes into one transaction, so that the first in it does not wait long for the last.
const BATCH: usize = 256;

/// Something to write, and its caller.
trait Job: Send {
    /// Does it, within a transaction.
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<()>>;

    /// Tells the caller how the transaction ended.
    fn tell(self: Box<Self>, committed: Result<(), StoreError>);
}

/// The way to the task that writes. It ends when all of these are gone.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    jobs: Sender<Box<dyn Job>>,
    file: Arc<File>,
}

/// A place in the queue that is kept for its holder.
pub(super) struct Place(OwnedPermit<Box<dyn Job>>);

impl Writer {
    pub(super) fn start(file: File, connection: SqliteConnection) -> Self {
        let (jobs, queue) = channel(QUEUE);
        tokio::spawn(write_all(file.clone(), connection, queue));
        Self {
            jobs,
            file: Arc::new(file),
        }
    }

    /// Puts work in the queue, at once; it is done in that order, whether or not the outcome is waited for.
    pub(super) fn write<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + 'static,
    ) -> Result<BoxFuture<'static, Result<T, StoreError>>, StoreError> {
        let outcome = self.reserve()?.write(work);
        let file = Arc::clone(&self.file);
        Ok(Box::pin(async move {
            outcome
                .await
                .unwrap_or_else(|_| Err(file.away_because("the program is ending")))
        }))
    }

    /// A place in the queue.
    pub(super) fn reserve(&self) -> Result<Place, StoreError> {
        let place = self.jobs.clone().try_reserve_owned().map_err(|_| {
            self.file
                .away_because("too much waits to be written: the disk is slower than the callers")
        });
        place.map(Place)
    }
}

impl Place {
    pub(super) fn write<T: Send + 'static>(
        self,
        work: impl for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, StoreError>> {
        let (caller, outcome) = oneshot::channel();
        self.0.send(Box::new(Pending {
            work: Some(work),
            value: None,
            caller,
        }));
        outcome
    }
}

struct Pending<T, W> {
    work: Option<W>,
    value: Option<T>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Job for Pending<T, W>
where
    T: Send,
    W: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send,
{
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<()>> {
        Box::pin(async move {
            if let Some(work) = self.work.take() {
                self.value = Some(work(connection).await?);
            }
            Ok(())
        })
    }

    fn tell(self: Box<Self>, committed: Result<(), StoreError>) {
        let Self { value, caller, .. } = *self;
        let value = committed.map(|()| value.expect("all of a batch is done before it is committed"));
        // Nobody may be waiting any more.
        drop(caller.send(value));
    }
}

/// Writes until nobody can ask for it any more.
async fn write_all(file: File, connection: SqliteConnection, mut queue: Receiver<Box<dyn Job>>) {
    let mut connection = Some(connection);
    let mut batch = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        let committed = commit(&file, &mut connection, &mut batch)
            .await
            .map_err(|error| file.away(&error));
        if let Err(error) = &committed {
            tracing::warn!("{error}");
            // Whatever state it is in: closing it rolls back, and the next batch opens another.
            connection = None;
        }
        for job in batch.drain(..) {
            job.tell(committed.clone());
        }
    }
}

/// Does the jobs in one transaction. When one fails, none is done: they can only fail for a reason that they share, such
/// as a full disk.
async fn commit(
    file: &File,
    connection: &mut Option<SqliteConnection>,
    batch: &mut [Box<dyn Job>],
) -> sqlx::Result<()> {
    let connection = match connection {
        Some(connection) => connection,
        none => none.insert(file.connect().await?),
    };
    query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    for job in batch {
        job.run(connection).await?;
    }
    query("COMMIT").execute(connection).await?;
    Ok(())
}
