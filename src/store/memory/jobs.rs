//! Jobs in memory: the queue of a program that may lose messages, and of tests.

use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Memory;
use super::job_rows::Jobs;
use crate::store::StoreError;
use crate::store::queue::{Action, Depth, End, Entry, Filter, JobTicket, Leased, NewJob, Put, Queue, Wanted};

impl Queue for Memory {
    fn put(&self, jobs: Vec<NewJob>) -> BoxFuture<'_, Result<Vec<Put>, StoreError>> {
        async move { self.with_jobs(|all, now| all.put(jobs, now)) }.boxed()
    }

    fn lease(&self, wanted: Wanted) -> BoxFuture<'_, Result<Leased, StoreError>> {
        async move { Ok(self.with_jobs(|all, now| all.lease(&wanted, now))) }.boxed()
    }

    fn extend(&self, ticket: JobTicket, lease: Duration) -> BoxFuture<'_, Result<(), StoreError>> {
        async move { self.with_jobs(|all, now| all.extend(ticket, lease, now)) }.boxed()
    }

    fn end(&self, ticket: JobTicket, end: End) -> BoxFuture<'_, Result<(), StoreError>> {
        async move { self.with_jobs(|all, now| all.end(ticket, end, now)) }.boxed()
    }

    fn news(&self) -> watch::Receiver<u64> {
        self.with_jobs(|all, _| all.news())
    }

    fn poll(&self) -> Option<Duration> {
        None
    }

    fn list(
        &self,
        filter: Filter,
        after: i64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        async move { Ok(self.with_jobs(|all, now| all.list(&filter, after, limit, now))) }.boxed()
    }

    fn show(&self, id: i64) -> BoxFuture<'_, Result<Option<(Entry, Bytes)>, StoreError>> {
        async move { Ok(self.with_jobs(|all, now| all.show(id, now))) }.boxed()
    }

    fn act(&self, ids: Vec<i64>, action: Action) -> BoxFuture<'_, Result<u64, StoreError>> {
        async move {
            Ok(self.with_jobs(|all, now| {
                let done = ids.iter().filter(|id| all.act(**id, action, now));
                done.count() as u64
            }))
        }
        .boxed()
    }

    fn depth(&self) -> BoxFuture<'_, Result<Vec<Depth>, StoreError>> {
        async move { Ok(self.with_jobs(|all, now| all.depth(now))) }.boxed()
    }

    fn forget(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        async move { Ok(self.with_jobs(|all, now| all.forget(now)) as u64) }.boxed()
    }
}

impl Memory {
    fn with_jobs<T>(&self, act: impl FnOnce(&mut Jobs, Instant) -> T) -> T {
        let mut jobs = self.jobs.lock().expect("no panics under this lock");
        let now = Instant::now();
        jobs.forget(now);
        act(&mut jobs, now)
    }
}
