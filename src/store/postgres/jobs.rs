//! Jobs in the same database. Leases are taken by one instance after another, under a lock, so that two never run jobs of
//! one order at once.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection, Row, query};
use tokio::sync::watch;

use super::job_statements::{
    AGAIN, BRING_FORWARD, CONTENTS, DEPTH, DONE, DROP, ENTRY, EXTEND, FAILED, FORGET, HEADS, LANES, LEASE,
    LIST, LOCK, PUT, RETRY,
};
use super::link::Link;
use super::{BATCH, Postgres, Query};
use crate::store::claim::micros;
use crate::store::queue::{
    Action, Depth, End, Entry, Filter, Job, JobTicket, KEPT_DONE, KEPT_FAILED, Lane, Leased, NewJob, Put,
    Queue, State, Wanted, check_sizes, conflicting_key, content_of, time_at,
};
use crate::store::{StoreError, random_number};

/// How often to look for what other instances put.
const POLL: Duration = Duration::from_secs(1);

impl Queue for Postgres {
    fn put(&self, jobs: Vec<NewJob>) -> BoxFuture<'_, Result<Vec<Put>, StoreError>> {
        async move {
            check_sizes(&jobs)?;
            let put = self
                .link
                .run(move |connection| put_all(connection, jobs.clone()).boxed());
            let put = put.await?;
            self.tell();
            Ok(put)
        }
        .boxed()
    }

    fn lease(&self, wanted: Wanted) -> BoxFuture<'_, Result<Leased, StoreError>> {
        async move {
            let leased = self
                .link
                .run(move |connection| lease(connection, wanted.clone()).boxed());
            Ok(leased.await?)
        }
        .boxed()
    }

    fn extend(&self, ticket: JobTicket, lease: Duration) -> BoxFuture<'_, Result<(), StoreError>> {
        async move {
            let extended = self
                .link
                .ask(move || of_ticket(EXTEND, ticket).bind(micros(lease)));
            extended.await?.map(drop).ok_or(StoreError::Superseded)
        }
        .boxed()
    }

    fn end(&self, ticket: JobTicket, how: End) -> BoxFuture<'_, Result<(), StoreError>> {
        async move {
            if let End::Done(follow_ups) = &how {
                check_sizes(follow_ups)?;
            }
            let ended = self
                .link
                .run(move |connection| end(connection, ticket, how.clone()).boxed());
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
            let list = self.link.run(move |connection| {
                let states: Vec<_> = filter.states.iter().map(|state| state.number()).collect();
                let list = query(LIST)
                    .bind(after)
                    .bind(filter.lane.as_ref().map(|lane| lane.as_str().to_owned()))
                    .bind(states)
                    .bind(filter.older_than.map(micros))
                    .bind(i64::try_from(limit).unwrap_or(i64::MAX));
                async move { list.fetch_all(connection).await?.iter().map(entry).collect() }.boxed()
            });
            Ok(list.await?)
        }
        .boxed()
    }

    fn show(&self, id: i64) -> BoxFuture<'_, Result<Option<(Entry, Bytes)>, StoreError>> {
        async move {
            let row = self.link.ask(move || query(ENTRY).bind(id)).await?;
            let shown = |row: PgRow| Ok((entry(&row)?, row.try_get::<Vec<u8>, _>("payload")?.into()));
            self.read(row.map(shown).transpose())
        }
        .boxed()
    }

    fn act(&self, ids: Vec<i64>, action: Action) -> BoxFuture<'_, Result<u64, StoreError>> {
        async move {
            let acted = self
                .link
                .run(move |connection| act(connection, ids.clone(), action).boxed());
            let acted = acted.await?;
            self.tell();
            Ok(acted)
        }
        .boxed()
    }

    fn depth(&self) -> BoxFuture<'_, Result<Vec<Depth>, StoreError>> {
        async move {
            let depths = self.link.run(|connection| {
                async move {
                    query(DEPTH)
                        .fetch_all(connection)
                        .await?
                        .iter()
                        .map(depth)
                        .collect()
                }
                .boxed()
            });
            Ok(depths.await?)
        }
        .boxed()
    }

    fn forget(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        forget(&self.link).boxed()
    }
}

impl Postgres {
    fn tell(&self) {
        self.news.send_modify(|news| *news += 1);
    }

    fn read<T>(&self, read: sqlx::Result<T>) -> Result<T, StoreError> {
        read.map_err(|error| self.link.away(&error.to_string()))
    }
}

pub(super) async fn forget(link: &Arc<Link>) -> Result<u64, StoreError> {
    let row = link.ask(|| query(FORGET).bind(BATCH)).await?;
    let rows = row.map_or(Ok(0), |row| row.try_get::<i64, _>("rows"));
    rows.map(i64::unsigned_abs)
        .map_err(|error| link.away(&error.to_string()))
}

fn of_ticket(statement: &'static str, ticket: JobTicket) -> Query {
    query(statement).bind(ticket.id).bind(ticket.number)
}

async fn put_all(connection: &mut PgConnection, jobs: Vec<NewJob>) -> sqlx::Result<Vec<Put>> {
    let contents: Vec<_> = jobs.iter().map(|job| content_of(&job.payload)).collect();
    let mut transaction = connection.begin().await?;
    let put = put(&mut transaction, &jobs, &contents).await?;
    let taken: Vec<_> = (0..jobs.len()).filter(|place| put[*place].is_none()).collect();
    if taken.is_empty() {
        transaction.commit().await?;
        return Ok(put.into_iter().flatten().map(Put::New).collect());
    }
    let keys: Vec<_> = taken.iter().map(|place| jobs[*place].key.to_vec()).collect();
    let first = query(CONTENTS).bind(keys).fetch_all(&mut *transaction).await?;
    let is_same = |place: usize| {
        let of_key = first
            .iter()
            .find(|row| row.get::<&[u8], _>("key") == jobs[place].key);
        of_key.is_none_or(|row| row.get::<&[u8], _>("content") == contents[place])
    };
    let conflicting: Vec<_> = taken.into_iter().filter(|place| !is_same(*place)).collect();
    let renamed: Vec<_> = conflicting
        .iter()
        .map(|place| {
            let mut job = jobs[*place].clone().quarantined("conflict");
            job.key = conflicting_key(&job.key, &contents[*place]);
            job
        })
        .collect();
    let renamed_contents: Vec<_> = conflicting.iter().map(|place| contents[*place]).collect();
    let kept = self::put(&mut transaction, &renamed, &renamed_contents).await?;
    transaction.commit().await?;
    let mut all: Vec<_> = put
        .into_iter()
        .map(|id| id.map_or(Put::Again, Put::New))
        .collect();
    for (place, id) in conflicting.into_iter().zip(kept) {
        all[place] = id.map_or(Put::Again, Put::Conflict);
    }
    Ok(all)
}

/// Puts them, and gives the number of each whose key was free.
async fn put(
    connection: &mut PgConnection,
    jobs: &[NewJob],
    contents: &[[u8; 32]],
) -> sqlx::Result<Vec<Option<i64>>> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    fn column<T>(jobs: &[NewJob], value: impl Fn(&NewJob) -> T) -> Vec<T> {
        jobs.iter().map(value).collect()
    }
    let state = |job: &NewJob| match job.quarantined {
        Some(_) => (State::Quarantined.number(), micros(KEPT_FAILED)),
        None => (State::Waiting.number(), micros(job.after)),
    };
    let put = query(PUT)
        .bind(column(jobs, |job| job.lane.as_str().to_owned()))
        .bind(column(jobs, |job| job.kind))
        .bind(column(jobs, |job| job.origin.clone()))
        .bind(column(jobs, |job| job.key.to_vec()))
        .bind(
            contents
                .iter()
                .map(|content| content.to_vec())
                .collect::<Vec<_>>(),
        )
        .bind(column(jobs, |job| job.order.map(|order| order.to_vec())))
        .bind(column(jobs, |job| state(job).0))
        .bind(column(jobs, |job| state(job).1))
        .bind(column(jobs, |job| job.quarantined.clone()))
        .bind(column(jobs, |job| job.payload.to_vec()))
        .fetch_all(connection)
        .await?;
    let mut ids = vec![None; jobs.len()];
    for row in put {
        let key: &[u8] = row.try_get("key")?;
        // Of two with one key, the first was put.
        if let Some(place) = jobs.iter().position(|job| job.key == key) {
            ids[place] = Some(row.try_get("id")?);
        }
    }
    Ok(ids)
}

async fn lease(connection: &mut PgConnection, wanted: Wanted) -> sqlx::Result<Leased> {
    let mut transaction = connection.begin().await?;
    query(LOCK).execute(&mut *transaction).await?;
    let (mut lanes, mut next) = (Vec::new(), None);
    for row in query(LANES).fetch_all(&mut *transaction).await? {
        let running = usize::try_from(row.try_get::<i64, _>("running")?).unwrap_or_default();
        next = row
            .try_get::<Option<i64>, _>("next_us")?
            .into_iter()
            .chain(next)
            .min();
        let room = wanted.room(running);
        if room > 0 {
            lanes.push((
                row.try_get::<String, _>("lane")?,
                i64::try_from(room).unwrap_or(i64::MAX),
            ));
        }
    }
    wanted.next_first(&mut lanes);
    let (lanes, rooms): (Vec<_>, Vec<_>) = lanes.into_iter().unzip();
    let heads = query(HEADS)
        .bind(lanes)
        .bind(rooms)
        .bind(wanted.kinds)
        .bind(i64::try_from(wanted.jobs).unwrap_or(i64::MAX));
    let heads = heads.fetch_all(&mut *transaction).await?;
    let ids: Vec<i64> = heads
        .iter()
        .map(|row| row.try_get("id"))
        .collect::<Result<_, _>>()?;
    let mut jobs = Vec::new();
    if !ids.is_empty() {
        let tickets: Vec<_> = ids.iter().map(|_| random_number()).collect();
        let lease = query(LEASE).bind(ids).bind(tickets).bind(micros(wanted.lease));
        let mut rows = lease.fetch_all(&mut *transaction).await?;
        rows.sort_by_key(|row| row.get::<i64, _>("place"));
        jobs = rows.iter().map(job).collect::<Result<_, _>>()?;
    }
    transaction.commit().await?;
    let next = next.map(|left| Duration::from_micros(u64::try_from(left).unwrap_or_default()));
    Ok(Leased { jobs, next })
}

fn job(row: &PgRow) -> sqlx::Result<Job> {
    Ok(Job {
        ticket: JobTicket {
            id: row.try_get("id")?,
            number: row.try_get("ticket")?,
        },
        kind: row.try_get("kind")?,
        lane: Lane::new(row.try_get("lane")?),
        origin: row.try_get("origin")?,
        key: row.try_get::<Vec<u8>, _>("key")?.try_into().unwrap_or_default(),
        attempts: attempts(row)?,
        put_at: time_at(row.try_get("put_us")?),
        payload: row.try_get::<Vec<u8>, _>("payload")?.into(),
    })
}

fn attempts(row: &PgRow) -> sqlx::Result<u32> {
    Ok(u32::try_from(row.try_get::<i32, _>("attempts")?).unwrap_or_default())
}

/// Ends a job, and says whether it was still the ticket's.
async fn end(connection: &mut PgConnection, ticket: JobTicket, end: End) -> sqlx::Result<bool> {
    let why = end.why();
    let statement = match end {
        End::Done(follow_ups) => {
            let contents: Vec<_> = follow_ups.iter().map(|job| content_of(&job.payload)).collect();
            let mut transaction = connection.begin().await?;
            let done = of_ticket(DONE, ticket).bind(micros(KEPT_DONE));
            if done.fetch_optional(&mut *transaction).await?.is_none() {
                return Ok(false);
            }
            put(&mut transaction, &follow_ups, &contents).await?;
            transaction.commit().await?;
            return Ok(true);
        }
        End::Again { after, .. } => of_ticket(AGAIN, ticket).bind(micros(after)).bind(why).bind(0_i32),
        End::Released => of_ticket(AGAIN, ticket).bind(0_i64).bind(why).bind(1_i32),
        End::Dead(_) => failed(ticket, State::Dead, why),
        End::Quarantined(_) => failed(ticket, State::Quarantined, why),
    };
    Ok(statement.fetch_optional(connection).await?.is_some())
}

fn failed(ticket: JobTicket, state: State, why: Option<String>) -> Query {
    of_ticket(FAILED, ticket)
        .bind(micros(KEPT_FAILED))
        .bind(state.number())
        .bind(why)
}

async fn act(connection: &mut PgConnection, ids: Vec<i64>, action: Action) -> sqlx::Result<u64> {
    let mut transaction = connection.begin().await?;
    query(BRING_FORWARD)
        .bind(ids.clone())
        .execute(&mut *transaction)
        .await?;
    let statement = match action {
        Action::Retry => query(RETRY).bind(ids),
        Action::Drop => query(DROP).bind(ids).bind(micros(KEPT_DONE)),
    };
    let acted = statement.execute(&mut *transaction).await?.rows_affected();
    transaction.commit().await?;
    Ok(acted)
}

fn entry(row: &PgRow) -> sqlx::Result<Entry> {
    Ok(Entry {
        id: row.try_get("id")?,
        lane: Lane::new(row.try_get("lane")?),
        kind: row.try_get("kind")?,
        origin: row.try_get("origin")?,
        state: State::numbered(row.try_get("state")?),
        attempts: attempts(row)?,
        put_at: time_at(row.try_get("put_us")?),
        until: time_at(row.try_get("until_us")?),
        why: row.try_get("why")?,
        bytes: usize::try_from(row.try_get::<i32, _>("bytes")?).unwrap_or_default(),
    })
}

fn depth(row: &PgRow) -> sqlx::Result<Depth> {
    let count = |name: &str| row.try_get::<i64, _>(name).map(i64::unsigned_abs);
    let oldest = row.try_get::<Option<i64>, _>("oldest_us")?;
    Ok(Depth {
        lane: Lane::new(row.try_get("lane")?),
        waiting: count("waiting")?,
        running: count("running")?,
        dead: count("dead")?,
        quarantined: count("quarantined")?,
        oldest: oldest.map(|age| Duration::from_micros(u64::try_from(age).unwrap_or_default())),
    })
}
