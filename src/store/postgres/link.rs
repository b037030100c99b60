//! The connections to the database. When they break, calls fail at once until one task has found the database again.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::query::Query;
use sqlx::{ConnectOptions, Connection, Postgres};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::address;
use super::schema::{self, Refused};
use crate::store::StoreError;

/// How many statements may run at once.
const CONNECTIONS: u32 = 8;

/// How long a statement may take, with the wait for a connection.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long opening the store may take, with the wait for another instance that makes the tables.
const OPENING: Duration = Duration::from_secs(15);

/// A connection that was idle for longer is looked at before it is used: the database may have been restarted.
const IDLE: Duration = Duration::from_secs(1);

/// The pauses between looks for a database that is away: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// The connections to one database.
pub(super) struct Link {
    options: PgConnectOptions,
    place: String,
    runtime: Handle,
    state: watch::Sender<State>,
    /// When a statement last succeeded.
    well: Mutex<Instant>,
}

/// A statement with its values, as often as it is needed.
pub(super) trait Question:
    Fn() -> Query<'static, Postgres, PgArguments> + Send + Sync + 'static
{
}

impl<Q: Fn() -> Query<'static, Postgres, PgArguments> + Send + Sync + 'static> Question for Q {}

/// How the database stands.
#[derive(Clone)]
enum State {
    /// It answers. The number counts up each time it was found.
    Up(u64, PgPool),
    /// A connection broke, and whether that is all is being found out, which calls wait for.
    Checking,
    /// It does not answer.
    Away(String),
}

/// Only the place: the options hold the password.
impl fmt::Debug for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Link")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl Link {
    pub(super) async fn open(url: &str) -> Result<Self, StoreError> {
        let options = address::options(url)?;
        let place = address::place(&options);
        let cannot_open = |why: String| StoreError::Open {
            place: place.clone(),
            why,
        };
        let prepare = async {
            let mut connection = options.connect().await?;
            schema::migrate(&mut connection).await?;
            connection.close().await?;
            Ok(())
        };
        match timeout(OPENING, prepare).await {
            Ok(Ok(())) => {}
            Ok(Err(Refused::Sql(error))) => return Err(cannot_open(address::in_words(&error))),
            Ok(Err(Refused::Newer(found))) => {
                return Err(StoreError::Newer {
                    place,
                    found,
                    known: schema::KNOWN,
                });
            }
            Err(_late) => {
                return Err(cannot_open(format!(
                    "it did not answer in {} s",
                    OPENING.as_secs()
                )));
            }
        }
        let (state, _) = watch::channel(State::Up(0, pool(&options)));
        Ok(Self {
            options,
            place,
            runtime: Handle::current(),
            state,
            well: Mutex::new(Instant::now()),
        })
    }

    pub(super) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// The runtime that connections live on, whatever thread a caller is on.
    pub(super) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    pub(super) fn away(&self, why: &str) -> StoreError {
        StoreError::Away {
            place: self.place.clone(),
            why: why.to_owned(),
        }
    }

    /// Whether a question would be put, as far as is known.
    pub(super) fn is_up(&self) -> bool {
        matches!(*self.state.borrow(), State::Up(..))
    }

    /// Asks the database, for at most one row. The question is put to its end even if the caller goes away, and may be
    /// put twice, when a connection breaks.
    pub(super) async fn ask(self: &Arc<Self>, question: impl Question) -> Result<Option<PgRow>, StoreError> {
        let link = Arc::clone(self);
        let asked = self.runtime.spawn(async move {
            if let ControlFlow::Break(answer) = link.try_to_ask(&question).await {
                return answer;
            }
            match link.try_to_ask(&question).await {
                ControlFlow::Break(answer) => answer,
                ControlFlow::Continue(error) => Err(error),
            }
        });
        asked
            .await
            .unwrap_or_else(|_| Err(self.away("the program is ending")))
    }

    /// Asks once. Goes on with the error when it may be otherwise the next time.
    async fn try_to_ask(
        self: &Arc<Self>,
        question: &impl Question,
    ) -> ControlFlow<Result<Option<PgRow>, StoreError>, StoreError> {
        let (number, pool) = match timeout(PATIENCE, self.pool()).await {
            Ok(Ok(pool)) => pool,
            Ok(Err(error)) => return ControlFlow::Break(Err(error)),
            Err(_late) => return ControlFlow::Break(Err(self.away("it does not answer"))),
        };
        let (why, is_slow) = match timeout(PATIENCE, ask_on(&pool, question)).await {
            Ok(Ok(answer)) => {
                *self.well.lock().expect("no panics under this lock") = Instant::now();
                return ControlFlow::Break(Ok(answer));
            }
            Ok(Err(error)) if is_conflict(&error) => {
                return ControlFlow::Continue(self.away(&error.to_string()));
            }
            Ok(Err(error)) if !is_loss(&error) => {
                return ControlFlow::Break(Err(self.away(&error.to_string())));
            }
            Ok(Err(error)) => (error.to_string(), matches!(error, sqlx::Error::PoolTimedOut)),
            Err(_late) => (format!("no answer in {} s", PATIENCE.as_secs()), true),
        };
        let well = *self.well.lock().expect("no panics under this lock");
        if is_slow && well.elapsed() < PATIENCE {
            // Others are answered: it is busy, and connecting anew would make it busier.
            return ControlFlow::Break(Err(self.away(&why)));
        }
        if is_slow {
            self.lost(number, State::Away(why.clone()));
            return ControlFlow::Break(Err(self.away(&why)));
        }
        self.lost(number, State::Checking);
        ControlFlow::Continue(self.away(&why))
    }

    /// The pool, as soon as it is known whether there is one.
    async fn pool(&self) -> Result<(u64, PgPool), StoreError> {
        let mut state = self.state.subscribe();
        let known = state.wait_for(|state| !matches!(state, State::Checking)).await;
        match &*known.expect("the link holds the sender") {
            State::Up(number, pool) => Ok((*number, pool.clone())),
            State::Away(why) => Err(self.away(why)),
            State::Checking => Err(self.away("it is being looked for")),
        }
    }

    /// Looks for the database, if it was last found that often and nobody looks yet. Calls that come meanwhile do as the
    /// state says.
    fn lost(self: &Arc<Self>, number: u64, meanwhile: State) {
        let is_news = self.state.send_if_modified(|state| {
            let is_news = matches!(state, State::Up(up, _) if *up == number);
            if is_news {
                *state = meanwhile;
            }
            is_news
        });
        if is_news {
            self.runtime.spawn(find_again(Arc::downgrade(self), number));
        }
    }
}

/// Looks for the database until it is there. New connections replace all that there were: some may be dead and not know.
async fn find_again(link: Weak<Link>, number: u64) {
    let (mut pause, longest) = PAUSES;
    let mut is_away = false;
    while let Some(link) = link.upgrade() {
        let why = match timeout(PATIENCE, meet(&link.options)).await {
            Ok(Ok(())) => {
                if is_away {
                    tracing::info!("the store, {}, is back", link.place);
                }
                link.state
                    .send_replace(State::Up(number + 1, pool(&link.options)));
                return;
            }
            Ok(Err(error)) => address::in_words(&error),
            Err(_late) => "it does not answer".to_owned(),
        };
        if !is_away {
            tracing::warn!("{}; looking for it until it is back", link.away(&why));
            is_away = true;
        }
        link.state.send_replace(State::Away(why));
        drop(link);
        // Instances that lost it together do not all come back at once.
        let share = 500 + u32::from(rand_byte()) * 2;
        sleep(pause * share / 1_000).await;
        pause = (pause * 2).min(longest);
    }
}

fn rand_byte() -> u8 {
    let mut byte = [0];
    aws_lc_rs::rand::fill(&mut byte).expect("the system has random numbers");
    byte[0]
}

async fn meet(options: &PgConnectOptions) -> sqlx::Result<()> {
    let mut connection = options.connect().await?;
    connection.ping().await?;
    connection.close().await
}

fn pool(options: &PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE / 2)
        .test_before_acquire(false)
        .before_acquire(|connection, idle| {
            Box::pin(async move {
                if idle.idle_for > IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options.clone())
}

async fn ask_on(pool: &PgPool, question: &impl Question) -> sqlx::Result<Option<PgRow>> {
    let mut used = Used(Some(pool.acquire().await?));
    let connection = used.0.as_deref_mut().expect("it was just put there");
    let answer = question().fetch_optional(connection).await;
    let is_well = answer.as_ref().err().is_none_or(|error| !is_loss(error));
    if is_well {
        drop(used.0.take());
    }
    answer
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
fn is_loss(error: &sqlx::Error) -> bool {
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
fn is_conflict(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| ["40001", "40P01"].contains(&&*code))
}
