//! The pool of connections: one piece of work on one of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::query::Query;

/// How many statements may run at once.
const CONNECTIONS: u32 = 8;

/// How long to wait for one of the connections.
const PATIENCE: Duration = Duration::from_secs(1);

/// A connection that was idle for longer is looked at before it is used: the database may have been restarted.
const IDLE: Duration = Duration::from_secs(1);

/// A statement with its values, as often as it is needed.
pub(super) trait Question:
    Fn() -> Query<'static, Postgres, PgArguments> + Send + Sync + 'static
{
}

impl<Q: Fn() -> Query<'static, Postgres, PgArguments> + Send + Sync + 'static> Question for Q {}

/// What is done with a connection, as often as it is needed. A transaction that is dropped is rolled back.
pub(super) trait Work<T>:
    for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + Sync + 'static
{
}

impl<T, W> Work<T> for W where
    W: for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + Sync + 'static
{
}

/// Connections that are made when they are needed.
#[derive(Clone)]
pub(super) struct Pool(PgPool);

impl Pool {
    pub(super) fn new(options: &PgConnectOptions) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .before_acquire(|connection, idle| {
                Box::pin(async move {
                    if idle.idle_for > IDLE {
                        sqlx::Connection::ping(connection).await?;
                    }
                    Ok(true)
                })
            });
        Self(pool.connect_lazy_with(options.clone()))
    }

    /// Does the work. From the moment that the database may act on it, `is_heard` is set.
    pub(super) async fn run<T>(&self, work: &impl Work<T>, is_heard: &AtomicBool) -> sqlx::Result<T> {
        let mut used = Used(Some(self.0.acquire().await?));
        let connection = used.0.as_deref_mut().expect("it was just put there");
        is_heard.store(true, Ordering::Relaxed);
        let answer = work(connection).await;
        if answer.as_ref().err().is_none_or(|error| !is_loss(error)) {
            drop(used.0.take());
        }
        answer
    }
}

/// A connection in the middle of something. Dropped like that, it is closed instead of given back: the pool would wait
/// for it to come to an end, which a broken one never does.
struct Used(Option<PoolConnection<Postgres>>);

impl Drop for Used {
    fn drop(&mut self) {
        drop(self.0.take().map(PoolConnection::detach));
    }
}

/// Whether the connection is of no use any more. The codes are PostgreSQL's: class 08 connection, 57P the server stops,
/// 53300 too many connections, 25006 the server became a standby.
pub(super) fn is_loss(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            code.starts_with("08") || code.starts_with("57P") || ["53300", "25006"].contains(&&*code)
        }),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}

/// Whether two statements were in each other's way, under a stricter isolation than the usual.
pub(super) fn is_conflict(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| ["40001", "40P01"].contains(&&*code))
}
