//! A store that is measured: how long it takes, and how often it fails.

use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{One, Seconds};
use crate::store::queue::{Action, Depth, End, Entry, Filter, JobTicket, Leased, NewJob, Put, Queue, Wanted};
use crate::store::{Claim, Found, Key, Store, StoreError, Terms, Ticket};

/// What a store is asked for. Waiting for others is not timed, for it says nothing of the store.
pub(super) const OPERATIONS: [&str; 15] = [
    "claim", "renew", "finish", "release", "look", "wait", "sweep", "note", "put", "lease", "extend", "end",
    "list", "act", "depth",
];

/// What is counted of each operation.
#[derive(Clone, Debug)]
pub(super) struct Operations {
    pub(super) duration: Family<One, Histogram, Seconds>,
    pub(super) faults: Family<One, Counter>,
}

impl Operations {
    /// The same call, measured. One that is dropped before it is answered has failed: nobody waits for a store without end.
    fn measure<'a, T: Send + 'a>(
        &'a self,
        operation: &'static str,
        asked: BoxFuture<'a, Result<T, StoreError>>,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        async move {
            let mut pending = Pending {
                operations: self,
                operation,
                since: Instant::now(),
                has_failed: true,
            };
            let said = asked.await;
            // Of two who wanted the same one was late: that is how a store works.
            pending.has_failed = !matches!(said, Ok(_) | Err(StoreError::Superseded));
            said
        }
        .boxed()
    }
}

/// A call that was not answered yet.
struct Pending<'a> {
    operations: &'a Operations,
    operation: &'static str,
    since: Instant,
    has_failed: bool,
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        let labels = [("operation", self.operation)];
        let took: Duration = self.since.elapsed();
        self.operations
            .duration
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
        if self.has_failed {
            self.operations.faults.get_or_create(&labels).inc();
        }
    }
}

/// A store, or its queue, that is measured.
#[derive(Debug)]
pub(super) struct Measured<S: ?Sized> {
    inner: Arc<S>,
    operations: Operations,
}

impl<S: ?Sized> Measured<S> {
    pub(super) fn new(inner: Arc<S>, operations: Operations) -> Self {
        Self { inner, operations }
    }
}

impl Store for Measured<dyn Store> {
    fn claim<'a>(&'a self, key: &'a Key, terms: Terms) -> BoxFuture<'a, Result<Claim, StoreError>> {
        self.operations.measure("claim", self.inner.claim(key, terms))
    }

    fn renew<'a>(&'a self, ticket: &'a Ticket, lease: Duration) -> BoxFuture<'a, Result<(), StoreError>> {
        self.operations.measure("renew", self.inner.renew(ticket, lease))
    }

    fn finish<'a>(
        &'a self,
        ticket: &'a Ticket,
        result: Bytes,
        keep: Duration,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.operations
            .measure("finish", self.inner.finish(ticket, result, keep))
    }

    fn release<'a>(&'a self, ticket: &'a Ticket) -> BoxFuture<'a, Result<(), StoreError>> {
        self.operations.measure("release", self.inner.release(ticket))
    }

    fn look<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Found, StoreError>> {
        self.operations.measure("look", self.inner.look(key))
    }

    /// Waits for others, who may take as long as they want.
    fn wait<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Found, StoreError>> {
        async move {
            let said = self.inner.wait(key).await;
            if said.is_err() {
                self.operations
                    .faults
                    .get_or_create(&[("operation", "wait")])
                    .inc();
            }
            said
        }
        .boxed()
    }

    fn sweep(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.operations.measure("sweep", self.inner.sweep())
    }

    fn note(&self, hash: [u8; 32], text: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        self.operations.measure("note", self.inner.note(hash, text))
    }

    fn noted(&self, hash: [u8; 32]) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        self.operations.measure("look", self.inner.noted(hash))
    }

    fn queue(self: Arc<Self>) -> Arc<dyn Queue> {
        let inner = Arc::clone(&self.inner).queue();
        Arc::new(Measured::new(inner, self.operations.clone()))
    }
}

impl Queue for Measured<dyn Queue> {
    fn put(&self, jobs: Vec<NewJob>) -> BoxFuture<'_, Result<Vec<Put>, StoreError>> {
        self.operations.measure("put", self.inner.put(jobs))
    }

    fn lease(&self, wanted: Wanted) -> BoxFuture<'_, Result<Leased, StoreError>> {
        self.operations.measure("lease", self.inner.lease(wanted))
    }

    fn extend(&self, ticket: JobTicket, lease: Duration) -> BoxFuture<'_, Result<(), StoreError>> {
        self.operations
            .measure("extend", self.inner.extend(ticket, lease))
    }

    fn end(&self, ticket: JobTicket, end: End) -> BoxFuture<'_, Result<(), StoreError>> {
        self.operations.measure("end", self.inner.end(ticket, end))
    }

    fn news(&self) -> watch::Receiver<u64> {
        self.inner.news()
    }

    fn poll(&self) -> Option<Duration> {
        self.inner.poll()
    }

    fn list(
        &self,
        filter: Filter,
        after: i64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        self.operations
            .measure("list", self.inner.list(filter, after, limit))
    }

    fn show(&self, id: i64) -> BoxFuture<'_, Result<Option<(Entry, Bytes)>, StoreError>> {
        self.operations.measure("list", self.inner.show(id))
    }

    fn act(&self, ids: Vec<i64>, action: Action) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.operations.measure("act", self.inner.act(ids, action))
    }

    fn depth(&self) -> BoxFuture<'_, Result<Vec<Depth>, StoreError>> {
        self.operations.measure("depth", self.inner.depth())
    }

    fn forget(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.operations.measure("sweep", self.inner.forget())
    }
}
