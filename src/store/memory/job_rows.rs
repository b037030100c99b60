//! Rows of jobs, and the lists of their numbers: by key, by order, by lane and time, and by when they are forgotten.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::SystemTime;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::store::StoreError;
use crate::store::queue::{JobTicket, Lane, NewJob, State};

/// How many jobs it holds. When it is full, the oldest that are done are forgotten.
const JOBS: usize = 100_000;

/// How many bytes of payloads it holds. A job that is done has none.
const BYTES: usize = 64 * 1024 * 1024;

/// How many jobs are forgotten at once.
const BATCH: usize = 64;

#[derive(Debug)]
pub(super) struct Row {
    pub(super) job: NewJob,
    pub(super) content: [u8; 32],
    pub(super) state: State,
    pub(super) attempts: u32,
    pub(super) put_at: SystemTime,
    pub(super) put: Instant,
    pub(super) until: Instant,
    pub(super) number: i64,
    pub(super) why: Option<String>,
}

impl Row {
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Waiting | State::Running)
    }
}

/// The jobs, and lists of their numbers: by key, by order, by lane and time, by time of forgetting.
#[derive(Debug)]
pub(super) struct Jobs {
    pub(super) rows: BTreeMap<i64, Row>,
    pub(super) keys: HashMap<[u8; 32], i64>,
    pub(super) orders: HashMap<[u8; 32], BTreeSet<i64>>,
    pub(super) lanes: BTreeMap<Lane, BTreeSet<(Instant, i64)>>,
    pub(super) ended: BTreeSet<(Instant, i64)>,
    pub(super) bytes: usize,
    pub(super) last: i64,
    pub(super) news: watch::Sender<u64>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            keys: HashMap::new(),
            orders: HashMap::new(),
            lanes: BTreeMap::new(),
            ended: BTreeSet::new(),
            bytes: 0,
            last: 0,
            news: watch::Sender::new(0),
        }
    }
}

impl Jobs {
    pub(super) fn take_if(&mut self, ticket: JobTicket, fits: impl Fn(&Row) -> bool) -> Option<Row> {
        let row = self.rows.get(&ticket.id)?;
        (row.number == ticket.number && fits(row))
            .then(|| self.take(ticket.id))
            .flatten()
    }

    pub(super) fn set(&mut self, id: i64, row: Row) {
        if row.is_open() {
            let lane = self.lanes.entry(row.job.lane.clone()).or_default();
            lane.insert((row.until, id));
            if let Some(order) = row.job.order {
                self.orders.entry(order).or_default().insert(id);
            }
        } else {
            self.ended.insert((row.until, id));
        }
        self.rows.insert(id, row);
    }

    /// Takes a row out of every list but that of keys.
    pub(super) fn take(&mut self, id: i64) -> Option<Row> {
        let row = self.rows.remove(&id)?;
        if !row.is_open() {
            self.ended.remove(&(row.until, id));
            return Some(row);
        }
        if let Some(lane) = self.lanes.get_mut(&row.job.lane) {
            lane.remove(&(row.until, id));
            if lane.is_empty() {
                self.lanes.remove(&row.job.lane);
            }
        }
        if let Some(order) = row.job.order
            && let Some(all) = self.orders.get_mut(&order)
        {
            all.remove(&id);
            if all.is_empty() {
                self.orders.remove(&order);
            }
        }
        Some(row)
    }

    pub(super) fn remove(&mut self, id: i64) {
        if let Some(row) = self.take(id) {
            self.keys.remove(&row.job.key);
            self.bytes -= row.job.payload.len();
        }
    }

    /// Room for so many more, by forgetting what is done.
    pub(super) fn make_room(&mut self, jobs: usize, bytes: usize) -> Result<(), StoreError> {
        while self.rows.len() + jobs > JOBS {
            let mut ended = self.ended.iter().map(|(_, id)| *id);
            let done = ended.find(|id| self.rows[id].state == State::Done);
            self.remove(done.ok_or(StoreError::Full)?);
        }
        if self.bytes + bytes > BYTES {
            return Err(StoreError::Full);
        }
        Ok(())
    }

    pub(super) fn forget(&mut self, now: Instant) -> usize {
        for forgotten in 0..BATCH {
            match self.ended.first() {
                Some(&(until, id)) if until <= now => self.remove(id),
                _ => return forgotten,
            }
        }
        BATCH
    }
}
