//! Claims and jobs in PostgreSQL: they outlive the machine, and every instance sees them.
//!
//! What is done is one statement in one round trip, and doing it twice is harmless, so a statement whose connection broke
//! is sent again. `link` keeps the connections and mends them; `listen` hears what other instances finish.

mod address;
mod job_statements;
mod jobs;
mod link;
mod listen;
mod pool;
mod schema;
mod statements;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Row, query};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use super::changes::Changes;
use super::claim::{found, micros};
use super::{Claim, Found, GRACE, Key, Lapse, Queue, Store, StoreError, Terms, Ticket, check_size};
use link::Link;
use statements::{CLAIM, FINISH, LOOK, MARK_WAITED, NOTE, NOTED, RELEASE, RENEW, SWEEP};

/// How often one who waits looks for what it was not told of, as when the listener's connection was just broken, or
/// where a pooler between us and the database passes no notifications.
const POLL: Duration = Duration::from_secs(1);

/// How often the store forgets what is past its time.
const SWEEPS: Duration = Duration::from_secs(30);

/// How many rows are forgotten in one go.
const BATCH: i64 = 500;

/// After which times a claim that its caller never heard of is given back, when the database was away meanwhile.
const GIVING_BACK: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(20),
];

/// A store in a PostgreSQL database. It keeps up to nine connections: eight for statements, one to listen.
#[derive(Debug)]
pub struct Postgres {
    link: Arc<Link>,
    changes: Arc<Changes>,
    /// Counts up when this process put or ended jobs.
    news: watch::Sender<u64>,
    /// Listening and sweeping, which end with the store.
    _background: JoinSet<()>,
}

impl Postgres {
    /// Connects and brings the schema up to the newest version, in the first schema of the connection's `search_path`.
    /// What the URL leaves out, PostgreSQL's own variables and password file give, as for its own tools.
    ///
    /// # Errors
    ///
    /// When the URL cannot be followed, the database does not let us in, or was set up by a newer version.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let link = Arc::new(Link::open(url).await?);
        let changes = Arc::new(Changes::default());
        let mut background = JoinSet::new();
        background.spawn(listen::tell_what_others_do(
            link.options().clone(),
            Arc::clone(&changes),
        ));
        background.spawn(sweep_from_time_to_time(Arc::clone(&link)));
        Ok(Self {
            link,
            changes,
            news: watch::Sender::new(0),
            _background: background,
        })
    }

    /// Does something to the ticket's row, and says whether it is still the ticket's.
    async fn change(
        &self,
        statement: &'static str,
        ticket: &Ticket,
        result: Option<Bytes>,
        time: Option<Duration>,
    ) -> Result<bool, StoreError> {
        let ticket = ticket.clone();
        let question = move || {
            let mut query = of_ticket(statement, &ticket);
            if let Some(result) = &result {
                query = query.bind(result.to_vec());
            }
            if let Some(time) = time {
                query = query.bind(micros(time));
            }
            query
        };
        Ok(self.link.ask(question).await?.is_some())
    }

    async fn look_at(&self, key: &Key) -> Result<Found, StoreError> {
        let key = *key;
        let row = self.link.ask(move || of_key(LOOK, &key)).await?;
        let found = row.as_ref().map_or(Ok(Found::Free), found_in);
        found.map_err(|error| self.link.away(&error.to_string()))
    }

    /// As [`look_at`](Self::look_at), and lets the row's owner know that somebody waits.
    async fn look_and_wait(&self, key: &Key) -> Result<Found, StoreError> {
        let waited = *key;
        self.link.ask(move || of_key(MARK_WAITED, &waited)).await?;
        // Only now: what was finished before the mark is seen here, what is finished after it is told.
        self.look_at(key).await
    }
}

type Query = sqlx::query::Query<'static, sqlx::Postgres, PgArguments>;

fn of_key(statement: &'static str, key: &Key) -> Query {
    query(statement)
        .bind(key.kind().number())
        .bind(key.hash().to_vec())
}

fn of_ticket(statement: &'static str, ticket: &Ticket) -> Query {
    of_key(statement, &ticket.key).bind(ticket.number)
}

impl Store for Postgres {
    fn claim<'a>(&'a self, key: &'a Key, terms: Terms) -> BoxFuture<'a, Result<Claim, StoreError>> {
        async move {
            let claim = claim(Arc::clone(&self.link), Ticket::draw(key), terms);
            let unanswered = Unanswered {
                task: Some(self.link.runtime().spawn(claim)),
                link: Arc::clone(&self.link),
            };
            unanswered.answer().await
        }
        .boxed()
    }

    fn renew<'a>(&'a self, ticket: &'a Ticket, lease: Duration) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            let renewed = self.change(RENEW, ticket, None, Some(lease)).await?;
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
            let finished = self.change(FINISH, ticket, Some(result), Some(keep)).await?;
            self.changes.tell(&ticket.key);
            finished.then_some(()).ok_or(StoreError::Superseded)
        }
        .boxed()
    }

    fn release<'a>(&'a self, ticket: &'a Ticket) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            self.change(RELEASE, ticket, None, None).await?;
            self.changes.tell(&ticket.key);
            Ok(())
        }
        .boxed()
    }

    fn look<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Found, StoreError>> {
        self.look_at(key).boxed()
    }

    fn wait<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Found, StoreError>> {
        self.changes
            .settled(key, POLL, || self.look_and_wait(key))
            .boxed()
    }

    fn sweep(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        sweep(&self.link).boxed()
    }

    fn note(&self, hash: [u8; 32], text: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        async move {
            check_size(&text)?;
            let note = move || query(NOTE).bind(hash.to_vec()).bind(text.to_vec());
            Ok(self.link.ask(note).await.map(drop)?)
        }
        .boxed()
    }

    fn noted(&self, hash: [u8; 32]) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        async move {
            let row = self.link.ask(move || query(NOTED).bind(hash.to_vec())).await?;
            let text = row.map(|row| row.try_get::<Vec<u8>, _>(0)).transpose();
            text.map(|text| text.map(Bytes::from))
                .map_err(|error| self.link.away(&error.to_string()))
        }
        .boxed()
    }

    fn queue(self: Arc<Self>) -> Arc<dyn Queue> {
        self
    }
}

async fn claim(link: Arc<Link>, ticket: Ticket, terms: Terms) -> Result<Claim, StoreError> {
    let asked = ticket.clone();
    let question = move || {
        of_ticket(CLAIM, &asked)
            .bind(terms.lapse == Lapse::Loses)
            .bind(micros(terms.lease))
    };
    match link.ask(question).await {
        Ok(Some(row)) => claim_in(&row, &ticket).map_err(|error| link.away(&error.to_string())),
        Ok(None) => Ok(Claim::Running),
        Err(miss) => {
            if miss.is_heard {
                let runtime = link.runtime().clone();
                runtime.spawn(give_back(link, ticket));
            }
            Err(miss.error)
        }
    }
}

fn claim_in(row: &PgRow, ticket: &Ticket) -> sqlx::Result<Claim> {
    if row.try_get("mine")? {
        return Ok(Claim::Mine(ticket.clone()));
    }
    Ok(match found_in(row)? {
        Found::Done(result) => Claim::Done(result),
        Found::Lost => Claim::Lost,
        Found::Running(_) | Found::Free => Claim::Running,
    })
}

/// A claim that its caller has not heard of yet. Dropped like that, it is given back.
struct Unanswered {
    task: Option<JoinHandle<Result<Claim, StoreError>>>,
    link: Arc<Link>,
}

impl Unanswered {
    async fn answer(mut self) -> Result<Claim, StoreError> {
        let task = self.task.as_mut().expect("it is asked once");
        let answer = task.await;
        self.task = None;
        answer.unwrap_or_else(|_| Err(self.link.away("the program is ending")))
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            let link = Arc::clone(&self.link);
            self.link.runtime().spawn(async move {
                if let Ok(Ok(Claim::Mine(ticket))) = task.await {
                    give_back(link, ticket).await;
                }
            });
        }
    }
}

async fn give_back(link: Arc<Link>, ticket: Ticket) {
    for wait in GIVING_BACK {
        sleep(wait).await;
        let ticket = ticket.clone();
        // Not there: the claim may still be on its way to the database, so it is asked again.
        if let Ok(Some(_)) = link.ask(move || of_ticket(RELEASE, &ticket)).await {
            return;
        }
    }
}

fn found_in(row: &PgRow) -> sqlx::Result<Found> {
    Ok(found(
        row.try_get("once")?,
        row.try_get("left_us")?,
        row.try_get("result")?,
    ))
}

async fn sweep(link: &Arc<Link>) -> Result<u64, StoreError> {
    let row = link.ask(|| query(SWEEP).bind(micros(GRACE)).bind(BATCH)).await?;
    let rows = row.map_or(Ok(0), |row| row.try_get::<i64, _>("rows"));
    rows.map(i64::unsigned_abs)
        .map_err(|error| link.away(&error.to_string()))
}

async fn sweep_from_time_to_time(link: Arc<Link>) {
    loop {
        sleep(SWEEPS).await;
        while sweep(&link).await.is_ok_and(|rows| rows == BATCH.unsigned_abs()) {}
        while jobs::forget(&link)
            .await
            .is_ok_and(|rows| rows == BATCH.unsigned_abs())
        {}
    }
}
