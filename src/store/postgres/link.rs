//! The connections to the database. When they break, calls fail at once until one task has found the database again.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{ConnectOptions, Connection};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::address;
use super::pool::{self, Pool, Question, Work};
use super::schema::{self, Refused};
use crate::store::{StoreError, random_number};

/// How long a statement may take, with the wait for a connection.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long opening the store may take, with the wait for another instance that makes the tables.
const OPENING: Duration = Duration::from_secs(15);

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

/// A question that got no answer.
pub(super) struct Miss {
    pub(super) error: StoreError,
    /// Whether the database may have done what it was asked all the same.
    pub(super) is_heard: bool,
}

impl From<Miss> for StoreError {
    fn from(miss: Miss) -> Self {
        miss.error
    }
}

/// Whether to ask again.
enum Missed {
    /// At once, on another connection.
    Broken(Miss),
    /// Not now.
    For(Miss),
}

/// How the database stands.
#[derive(Clone)]
enum State {
    /// It answers. The number counts up each time it was found.
    Up(u64, Pool),
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
        let (state, _) = watch::channel(State::Up(0, Pool::new(&options)));
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

    /// Asks the database, for at most one row. The question is put to its end even if the caller goes away, and may be
    /// put twice, when a connection breaks.
    pub(super) async fn ask(self: &Arc<Self>, question: impl Question) -> Result<Option<PgRow>, Miss> {
        self.run(move |connection| {
            let question = question();
            async move { question.fetch_optional(connection).await }.boxed()
        })
        .await
    }

    /// Does some work with the database. It is done to its end even if the caller goes away, and may be done twice, when a
    /// connection breaks.
    pub(super) async fn run<T: Send + 'static>(self: &Arc<Self>, work: impl Work<T>) -> Result<T, Miss> {
        let link = Arc::clone(self);
        let asked = self.runtime.spawn(async move {
            match link.run_once(&work).await {
                Err(Missed::Broken(first)) => match link.run_once(&work).await {
                    Err(Missed::Broken(second) | Missed::For(second)) => Err(Miss {
                        is_heard: first.is_heard || second.is_heard,
                        ..second
                    }),
                    Ok(done) => Ok(done),
                },
                Err(Missed::For(miss)) => Err(miss),
                Ok(done) => Ok(done),
            }
        });
        let ending = |_| Err(self.miss("the program is ending".into(), true));
        asked.await.unwrap_or_else(ending)
    }

    async fn run_once<T>(self: &Arc<Self>, work: &impl Work<T>) -> Result<T, Missed> {
        let (number, pool) = match timeout(PATIENCE, self.pool()).await {
            Ok(pool) => pool.map_err(Missed::For)?,
            Err(_late) => return Err(Missed::For(self.miss("it does not answer".into(), false))),
        };
        let began = Instant::now();
        let is_heard = AtomicBool::new(false);
        let (why, is_slow) = match timeout(PATIENCE, pool.run(work, &is_heard)).await {
            Ok(Ok(done)) => {
                *self.well() = Instant::now();
                return Ok(done);
            }
            Ok(Err(error)) if pool::is_conflict(&error) => {
                return Err(Missed::Broken(self.miss(error.to_string(), false)));
            }
            Ok(Err(error)) if !pool::is_loss(&error) => {
                return Err(Missed::For(self.miss(error.to_string(), false)));
            }
            Ok(Err(error)) => (
                address::in_words(&error),
                matches!(error, sqlx::Error::PoolTimedOut),
            ),
            Err(_late) => (format!("no answer in {} s", PATIENCE.as_secs()), true),
        };
        let miss = self.miss(why.clone(), is_heard.into_inner());
        if !is_slow {
            self.lost(number, State::Checking);
            return Err(Missed::Broken(miss));
        }
        // If others were answered meanwhile, it is only busy, and connecting anew would make it busier.
        if *self.well() < began {
            self.lost(number, State::Away(why));
        }
        Err(Missed::For(miss))
    }

    fn miss(&self, why: String, is_heard: bool) -> Miss {
        Miss {
            error: self.away(&why),
            is_heard,
        }
    }

    fn well(&self) -> MutexGuard<'_, Instant> {
        self.well.lock().expect("no panics under this lock")
    }

    /// The pool, as soon as it is known whether there is one.
    async fn pool(&self) -> Result<(u64, Pool), Miss> {
        let mut state = self.state.subscribe();
        let known = state.wait_for(|state| !matches!(state, State::Checking)).await;
        match &*known.expect("the link holds the sender") {
            State::Up(number, pool) => Ok((*number, pool.clone())),
            State::Away(why) => Err(self.miss(why.clone(), false)),
            State::Checking => Err(self.miss("it is being looked for".into(), false)),
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
                    .send_replace(State::Up(number + 1, Pool::new(&link.options)));
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
        let [chance, ..] = random_number().to_ne_bytes();
        let share = 500 + u32::from(chance) * 2;
        sleep(pause * share / 1_000).await;
        pause = (pause * 2).min(longest);
    }
}

async fn meet(options: &PgConnectOptions) -> sqlx::Result<()> {
    let mut connection = options.connect().await?;
    connection.ping().await?;
    connection.close().await
}
