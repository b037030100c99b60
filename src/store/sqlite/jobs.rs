//! Jobs in the same file. The writer does what changes them, so no two leases are taken at once by one process, and none by
//! two while a transaction holds the file's lock.

use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, QueryBuilder, Row, Sqlite as Engine, query, query_scalar};
use tokio::sync::watch;

use super::job_statements::{
    AGAIN, BRING_FORWARD, DEPTH, DONE, DROP, ENTRY, EXTEND, FAILED, FORGET, HEADS, LANES, LEASE, PUT,
    PUT_OFF, RETRY,
};
use super::{Sqlite, now};
use crate::store::claim::micros;
use crate::store::queue::{
    Action, Depth, End, Entry, Filter, Job, JobTicket, KEPT_DONE, KEPT_FAILED, Lane, Leased, NewJob, Put,
    Queue, State, Wanted, check_sizes, conflicting_key, content_of, time_at,
};
use crate::store::{StoreError, random_number};

/// How often to look for what other processes put.
const POLL: Duration = Duration::from_secs(1);

/// How many are forgotten in one go.
const BATCH: i64 = 500;

impl Queue for Sqlite {
    fn put(&self, jobs: Vec<NewJob>) -> BoxFuture<'_, Result<Vec<Put>, StoreError>> {
        async move {
            check_sizes(&jobs)?;
            let put = self
                .writer
                .write(|connection| put_all(connection, jobs).boxed())?
                .await?;
            self.tell();
            Ok(put)
        }
        .boxed()
    }

    fn lease(&self, wanted: Wanted) -> BoxFuture<'_, Result<Leased, StoreError>> {
        async move {
            self.writer
                .write(|connection| lease(connection, wanted).boxed())?
                .await
        }
        .boxed()
    }

    fn extend(&self, ticket: JobTicket, time: Duration) -> BoxFuture<'_, Result<(), StoreError>> {
        async move {
            let extended = self.writer.write(move |connection| {
                async move {
                    let query = of_ticket(EXTEND, ticket).bind(now() + micros(time));
                    Ok(query.execute(connection).await?.rows_affected() > 0)
                }
                .boxed()
            })?;
            extended.await?.then_some(()).ok_or(StoreError::Superseded)
        }
        .boxed()
    }

    fn end(&self, ticket: JobTicket, how: End) -> BoxFuture<'_, Result<(), StoreError>> {
        async move {
            if let End::Done(follow_ups) = &how {
                check_sizes(follow_ups)?;
            }
            let ended = self
                .writer
                .write(move |connection| end(connection, ticket, how).boxed())?;
            let ended = ended.await?;
            self.tell();
            ended.then_some(()).ok_or(StoreError::Superseded)
        }
        .boxed()
    }

    fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    fn poll(&self) -> Option<Duration> {
        Some(POLL)
    }

    fn list(
        &self,
        filter: Filter,
        after: i64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        async move {
            let mut list = QueryBuilder::<Engine>::new(format!("SELECT {ENTRY} FROM jobs WHERE id > "));
            list.push_bind(after);
            if let Some(lane) = &filter.lane {
                list.push(" AND lane = ").push_bind(lane.as_str());
            }
            if !filter.states.is_empty() {
                let mut states = list.push(" AND state IN (").separated(", ");
                for state in &filter.states {
                    states.push_bind(state.number());
                }
                list.push(")");
            }
            if let Some(age) = filter.older_than {
                list.push(" AND put_at <= ").push_bind(now() - micros(age));
            }
            list.push(" ORDER BY id LIMIT ")
                .push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
            let rows = list.build().fetch_all(&self.readers).await;
            let entries = rows.and_then(|rows| rows.iter().map(entry).collect());
            entries.map_err(|error| self.file.away(&error))
        }
        .boxed()
    }

    fn show(&self, id: i64) -> BoxFuture<'_, Result<Option<(Entry, Bytes)>, StoreError>> {
        async move {
            let show = AssertSqlSafe(format!("SELECT {ENTRY}, payload FROM jobs WHERE id = ?1"));
            let row = query(show).bind(id).fetch_optional(&self.readers).await;
            let shown = |row: SqliteRow| Ok((entry(&row)?, row.try_get::<Vec<u8>, _>("payload")?.into()));
            row.and_then(|row| row.map(shown).transpose())
                .map_err(|error| self.file.away(&error))
        }
        .boxed()
    }

    fn act(&self, ids: Vec<i64>, action: Action) -> BoxFuture<'_, Result<u64, StoreError>> {
        async move {
            let acted = self
                .writer
                .write(move |connection| act(connection, ids, action).boxed())?;
            let acted = acted.await?;
            self.tell();
            Ok(acted)
        }
        .boxed()
    }

    fn depth(&self) -> BoxFuture<'_, Result<Vec<Depth>, StoreError>> {
        async move {
            let rows = query(DEPTH).fetch_all(&self.readers).await;
            let depths = rows.and_then(|rows| rows.iter().map(depth).collect());
            depths.map_err(|error| self.file.away(&error))
        }
        .boxed()
    }

    fn forget(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        async move { forget(&self.writer)?.await }.boxed()
    }
}

impl Sqlite {
    fn tell(&self) {
        self.news.send_modify(|news| *news += 1);
    }
}

pub(super) fn forget(
    writer: &super::Writer,
) -> Result<BoxFuture<'static, Result<u64, StoreError>>, StoreError> {
    writer.write(|connection| {
        async move {
            let query = query(FORGET).bind(now()).bind(BATCH);
            Ok(query.execute(connection).await?.rows_affected())
        }
        .boxed()
    })
}

async fn put_all(connection: &mut SqliteConnection, jobs: Vec<NewJob>) -> sqlx::Result<Vec<Put>> {
    let mut all = Vec::with_capacity(jobs.len());
    for mut job in jobs {
        let content = content_of(&job.payload);
        if let Some(id) = put(connection, &job, &content).await? {
            all.push(Put::New(id));
            continue;
        }
        let first = query_scalar::<_, Vec<u8>>("SELECT content FROM jobs WHERE key = ?1").bind(&job.key[..]);
        if first.fetch_one(&mut *connection).await? == content {
            all.push(Put::Again);
            continue;
        }
        job.key = conflicting_key(&job.key, &content);
        let put = put(connection, &job.quarantined("conflict"), &content).await?;
        all.push(put.map_or(Put::Again, Put::Conflict));
    }
    Ok(all)
}

/// Puts one, and gives its number if its key was free.
async fn put(
    connection: &mut SqliteConnection,
    job: &NewJob,
    content: &[u8; 32],
) -> sqlx::Result<Option<i64>> {
    let now = now();
    let (state, until) = match job.quarantined {
        Some(_) => (State::Quarantined, now + micros(KEPT_FAILED)),
        None => (State::Waiting, now + micros(job.after)),
    };
    let put = query(PUT)
        .bind(job.lane.as_str())
        .bind(job.kind)
        .bind(&job.origin)
        .bind(&job.key[..])
        .bind(&content[..])
        .bind(job.order.as_ref().map(|order| &order[..]))
        .bind(state.number())
        .bind(now)
        .bind(until)
        .bind(&job.quarantined)
        .bind(&job.payload[..])
        .execute(connection)
        .await?;
    Ok((put.rows_affected() > 0).then(|| put.last_insert_rowid()))
}

async fn lease(connection: &mut SqliteConnection, wanted: Wanted) -> sqlx::Result<Leased> {
    let now = now();
    let kinds = serde_json::to_string(&wanted.kinds).expect("a list of texts is JSON");
    let rows = query(LANES).bind(now).fetch_all(&mut *connection).await?;
    let mut lanes = Vec::with_capacity(rows.len());
    let mut next: Option<i64> = None;
    for row in rows {
        let lane = row.try_get::<String, _>("lane")?;
        let running = usize::try_from(row.try_get::<i64, _>("running")?).unwrap_or_default();
        let times = [row.try_get::<Option<i64>, _>("due")?, row.try_get("lapses")?];
        next = times.into_iter().flatten().chain(next).min();
        let room = wanted.room(running);
        if room > 0 {
            let heads = query_scalar::<_, i64>(HEADS)
                .bind(&lane)
                .bind(now)
                .bind(&kinds)
                .bind(i64::try_from(room).unwrap_or(i64::MAX))
                .fetch_all(&mut *connection)
                .await?;
            lanes.push((lane, heads));
        }
    }
    wanted.next_first(&mut lanes);
    let mut jobs = Vec::new();
    for id in wanted.in_turn(&lanes) {
        let number = random_number();
        let row = query(LEASE)
            .bind(id)
            .bind(number)
            .bind(now + micros(wanted.lease))
            .fetch_one(&mut *connection)
            .await?;
        jobs.push(job(&row, number)?);
    }
    let next = next.map(|until| Duration::from_micros(u64::try_from(until - now).unwrap_or_default()));
    Ok(Leased { jobs, next })
}

fn job(row: &SqliteRow, number: i64) -> sqlx::Result<Job> {
    Ok(Job {
        ticket: JobTicket {
            id: row.try_get("id")?,
            number,
        },
        kind: row.try_get("kind")?,
        lane: Lane::new(row.try_get("lane")?),
        origin: row.try_get("origin")?,
        key: row.try_get::<Vec<u8>, _>("key")?.try_into().unwrap_or_default(),
        attempts: row.try_get("attempts")?,
        put_at: time_at(row.try_get("put_at")?),
        payload: row.try_get::<Vec<u8>, _>("payload")?.into(),
    })
}

fn of_ticket(
    statement: &'static str,
    ticket: JobTicket,
) -> sqlx::query::Query<'static, Engine, sqlx::sqlite::SqliteArguments> {
    query(statement).bind(ticket.id).bind(ticket.number)
}

/// Ends a job, and says whether it was still the ticket's.
async fn end(connection: &mut SqliteConnection, ticket: JobTicket, end: End) -> sqlx::Result<bool> {
    let why = end.why();
    match end {
        End::Done(follow_ups) => {
            let done = of_ticket(DONE, ticket).bind(now() + micros(KEPT_DONE));
            if done.execute(&mut *connection).await?.rows_affected() == 0 {
                return Ok(false);
            }
            for job in &follow_ups {
                put(connection, job, &content_of(&job.payload)).await?;
            }
            Ok(true)
        }
        End::Again { after, .. } => again(connection, ticket, after, why, 0).await,
        End::Released => again(connection, ticket, Duration::ZERO, why, 1).await,
        End::Dead(_) => failed(connection, ticket, State::Dead, why).await,
        End::Quarantined(_) => failed(connection, ticket, State::Quarantined, why).await,
    }
}

/// Lets it wait for so long, with what comes later in its order. So many of its attempts do not count.
async fn again(
    connection: &mut SqliteConnection,
    ticket: JobTicket,
    after: Duration,
    why: Option<String>,
    uncounted: i64,
) -> sqlx::Result<bool> {
    let until = now() + micros(after);
    let again = of_ticket(AGAIN, ticket).bind(until).bind(why).bind(uncounted);
    let Some(row) = again.fetch_optional(&mut *connection).await? else {
        return Ok(false);
    };
    if let Some(ordered) = row.try_get::<Option<Vec<u8>>, _>("ordered")? {
        let put_off = query(PUT_OFF).bind(ordered).bind(until);
        put_off.execute(connection).await?;
    }
    Ok(true)
}

async fn failed(
    connection: &mut SqliteConnection,
    ticket: JobTicket,
    state: State,
    why: Option<String>,
) -> sqlx::Result<bool> {
    let failed = of_ticket(FAILED, ticket)
        .bind(now() + micros(KEPT_FAILED))
        .bind(state.number())
        .bind(why);
    Ok(failed.execute(connection).await?.rows_affected() > 0)
}

async fn act(connection: &mut SqliteConnection, ids: Vec<i64>, action: Action) -> sqlx::Result<u64> {
    let now = now();
    let (statement, time) = match action {
        Action::Retry => (RETRY, now),
        Action::Drop => (DROP, now + micros(KEPT_DONE)),
    };
    let mut acted = 0;
    for id in ids {
        query(BRING_FORWARD)
            .bind(id)
            .bind(now)
            .execute(&mut *connection)
            .await?;
        let one = query(statement)
            .bind(id)
            .bind(time)
            .execute(&mut *connection)
            .await?;
        acted += one.rows_affected();
    }
    Ok(acted)
}

fn entry(row: &SqliteRow) -> sqlx::Result<Entry> {
    Ok(Entry {
        id: row.try_get("id")?,
        lane: Lane::new(row.try_get("lane")?),
        kind: row.try_get("kind")?,
        origin: row.try_get("origin")?,
        state: State::numbered(row.try_get("state")?),
        attempts: row.try_get("attempts")?,
        put_at: time_at(row.try_get("put_at")?),
        until: time_at(row.try_get("until")?),
        why: row.try_get("why")?,
        bytes: usize::try_from(row.try_get::<i64, _>("bytes")?).unwrap_or_default(),
    })
}

fn depth(row: &SqliteRow) -> sqlx::Result<Depth> {
    let count = |name: &str| row.try_get::<i64, _>(name).map(i64::unsigned_abs);
    let oldest = row.try_get::<Option<i64>, _>("oldest")?;
    Ok(Depth {
        lane: Lane::new(row.try_get("lane")?),
        waiting: count("waiting")?,
        running: count("running")?,
        dead: count("dead")?,
        quarantined: count("quarantined")?,
        oldest: oldest.map(|put| Duration::from_micros(u64::try_from(now() - put).unwrap_or_default())),
    })
}
