//! Claims and jobs in the memory of one process, bounded in number and in bytes.

mod job_rows;
mod job_table;
mod jobs;

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use hashbrown::HashTable;
use slab::Slab;
use tokio::time::Instant;

use super::changes::Changes;
use super::{Claim, Found, GRACE, Key, Lapse, Queue, Store, StoreError, Terms, Ticket, check_size};
use job_rows::Jobs;

/// How much is forgotten at once, so that nobody waits long for the lock.
const BATCH: usize = 64;

/// How many notes a store in memory takes.
const NOTES: usize = 100_000;

/// How much a store in memory may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many claims. One takes about 200 bytes beside its result.
    pub claims: usize,
    /// How many bytes of results.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            claims: 100_000,
            bytes: 64 * 1024 * 1024,
        }
    }
}

/// A store in memory.
///
/// When it is full, the oldest results go first, before their time. What runs never goes, and neither does the result of
/// a claim on terms of [`Lapse::Loses`]: forgetting it would let the effect happen again. When nothing can go, claims are
/// refused with [`StoreError::Full`].
#[derive(Debug)]
pub struct Memory {
    shelf: Mutex<Shelf>,
    changes: Changes,
    jobs: Mutex<Jobs>,
    notes: Mutex<HashMap<[u8; 32], Bytes>>,
}

impl Memory {
    /// An empty store with these bounds.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            shelf: Mutex::new(Shelf::new(limits)),
            changes: Changes::default(),
            jobs: Mutex::default(),
            notes: Mutex::default(),
        }
    }

    /// How many claims and how many bytes of results it holds.
    #[must_use]
    pub fn holds(&self) -> Limits {
        self.with(|shelf, _| Limits {
            claims: shelf.claims.len(),
            bytes: shelf.bytes,
        })
    }

    /// What [`Store::claim`] gives, without waiting for it: nothing here has to be waited for.
    ///
    /// # Errors
    ///
    /// When the store is full.
    pub fn claim_now(&self, key: &Key, terms: Terms) -> Result<Claim, StoreError> {
        self.with(|shelf, now| shelf.claim(key, terms, now))
    }

    /// Does what [`Store::finish`] does, without waiting for it.
    ///
    /// # Errors
    ///
    /// Those of [`Store::finish`].
    pub fn finish_now(&self, ticket: &Ticket, result: Bytes, keep: Duration) -> Result<(), StoreError> {
        self.with(|shelf, now| shelf.finish(ticket, result, after(now, keep)))?;
        self.changes.tell(&ticket.key);
        Ok(())
    }

    /// Does what [`Store::release`] does, without waiting for it.
    pub fn release_now(&self, ticket: &Ticket) {
        self.with(|shelf, _| shelf.release(ticket));
        self.changes.tell(&ticket.key);
    }

    fn with<T>(&self, act: impl FnOnce(&mut Shelf, Instant) -> T) -> T {
        let mut shelf = self.shelf.lock().expect("no panics under this lock");
        let now = Instant::now();
        shelf.forget(now);
        act(&mut shelf, now)
    }
}

impl Store for Memory {
    fn claim<'a>(&'a self, key: &'a Key, terms: Terms) -> BoxFuture<'a, Result<Claim, StoreError>> {
        async move { self.claim_now(key, terms) }.boxed()
    }

    fn renew<'a>(&'a self, ticket: &'a Ticket, lease: Duration) -> BoxFuture<'a, Result<(), StoreError>> {
        async move { self.with(|shelf, now| shelf.renew(ticket, after(now, lease))) }.boxed()
    }

    fn finish<'a>(
        &'a self,
        ticket: &'a Ticket,
        result: Bytes,
        keep: Duration,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        async move { self.finish_now(ticket, result, keep) }.boxed()
    }

    fn release<'a>(&'a self, ticket: &'a Ticket) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            self.release_now(ticket);
            Ok(())
        }
        .boxed()
    }

    fn look<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Found, StoreError>> {
        async move { Ok(self.with(|shelf, now| shelf.look(key, now))) }.boxed()
    }

    fn wait<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Found, StoreError>> {
        // Nobody else changes anything here, so there is nothing to poll for.
        let look = || ready(Ok(self.with(|shelf, now| shelf.look(key, now))));
        self.changes.settled(key, Duration::MAX, look).boxed()
    }

    fn sweep(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        async move { Ok(self.with(|shelf, now| shelf.forget(now)) as u64) }.boxed()
    }

    fn note(&self, hash: [u8; 32], text: Bytes) -> BoxFuture<'_, Result<(), StoreError>> {
        async move {
            check_size(&text)?;
            let mut notes = self.notes.lock().expect("no panics under this lock");
            if notes.len() >= NOTES && !notes.contains_key(&hash) {
                return Err(StoreError::Full);
            }
            notes.insert(hash, text);
            Ok(())
        }
        .boxed()
    }

    fn noted(&self, hash: [u8; 32]) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        async move {
            let notes = self.notes.lock().expect("no panics under this lock");
            Ok(notes.get(&hash).cloned())
        }
        .boxed()
    }

    fn queue(self: Arc<Self>) -> Arc<dyn Queue> {
        self
    }
}

/// That much later, or a century later where that would be longer.
fn after(now: Instant, time: Duration) -> Instant {
    now + time.min(Duration::from_secs(100 * 366 * 24 * 60 * 60))
}

#[derive(Debug)]
struct Entry {
    key: Key,
    number: i64,
    lapse: Lapse,
    /// When the lease runs out; when finished, when the result is forgotten.
    until: Instant,
    result: Option<Finished>,
}

#[derive(Debug)]
struct Finished {
    bytes: Bytes,
    /// Counts up from result to result.
    order: i64,
}

impl Entry {
    /// When it may be forgotten, if ever.
    fn ends(&self) -> Option<Instant> {
        match (&self.result, self.lapse) {
            (Some(_), _) => Some(self.until),
            (None, Lapse::Frees) => Some(self.until + GRACE),
            (None, Lapse::Loses) => None,
        }
    }

    /// Its place among what may go early.
    fn early(&self) -> Option<i64> {
        let finished = self.result.as_ref().filter(|_| self.lapse == Lapse::Frees);
        finished.map(|finished| finished.order)
    }

    fn bytes(&self) -> usize {
        self.result.as_ref().map_or(0, |result| result.bytes.len())
    }
}

/// The claims, and three lists of the places where they lie: by key, by when they end, and by when they were finished.
#[derive(Debug)]
struct Shelf {
    limits: Limits,
    claims: Slab<Entry>,
    /// The keys themselves stand in the claims alone, else they took most of the memory.
    places: HashTable<usize>,
    hasher: RandomState,
    ends: BTreeSet<(Instant, usize)>,
    finished: BTreeSet<(i64, usize)>,
    bytes: usize,
    /// The last number that a ticket or a result got.
    last: i64,
}

impl Shelf {
    fn new(limits: Limits) -> Self {
        Self {
            limits,
            claims: Slab::new(),
            places: HashTable::new(),
            hasher: RandomState::new(),
            ends: BTreeSet::new(),
            finished: BTreeSet::new(),
            bytes: 0,
            last: 0,
        }
    }

    fn next(&mut self) -> i64 {
        self.last += 1;
        self.last
    }

    fn place(&self, key: &Key) -> Option<usize> {
        let is_its = |place: &usize| self.claims[*place].key == *key;
        self.places.find(self.hasher.hash_one(key), is_its).copied()
    }

    fn look(&self, key: &Key, now: Instant) -> Found {
        let Some(place) = self.place(key) else {
            return Found::Free;
        };
        let entry = &self.claims[place];
        match (&entry.result, entry.lapse) {
            (Some(finished), _) if entry.until > now => Found::Done(finished.bytes.clone()),
            (None, _) if entry.until > now => Found::Running(entry.until - now),
            (None, Lapse::Loses) => Found::Lost,
            _ => Found::Free,
        }
    }

    fn claim(&mut self, key: &Key, terms: Terms, now: Instant) -> Result<Claim, StoreError> {
        match self.look(key, now) {
            Found::Running(_) => return Ok(Claim::Running),
            Found::Done(result) => return Ok(Claim::Done(result)),
            Found::Lost => return Ok(Claim::Lost),
            Found::Free => {}
        }
        // What is left of a claim whose time is over.
        if let Some(place) = self.place(key) {
            self.remove(place);
        }
        self.make_room(1, 0)?;
        let ticket = Ticket {
            key: *key,
            number: self.next(),
        };
        self.insert(Entry {
            key: *key,
            number: ticket.number,
            lapse: terms.lapse,
            until: after(now, terms.lease),
            result: None,
        });
        Ok(Claim::Mine(ticket))
    }

    fn renew(&mut self, ticket: &Ticket, until: Instant) -> Result<(), StoreError> {
        let place = self.running(ticket).ok_or(StoreError::Superseded)?;
        self.unlist(place);
        self.claims[place].until = until;
        self.list(place);
        Ok(())
    }

    fn finish(&mut self, ticket: &Ticket, bytes: Bytes, until: Instant) -> Result<(), StoreError> {
        check_size(&bytes)?;
        let place = self.held(ticket).ok_or(StoreError::Superseded)?;
        // Out of the lists, so that it does not make room for itself.
        self.unlist(place);
        let room = self.make_room(0, bytes.len());
        if room.is_ok() {
            let order = self.next();
            let entry = &mut self.claims[place];
            (entry.until, entry.result) = (until, Some(Finished { bytes, order }));
        }
        self.list(place);
        room
    }

    fn release(&mut self, ticket: &Ticket) {
        if let Some(place) = self.running(ticket) {
            self.remove(place);
        }
    }

    /// Where the claim of a ticket lies, unless somebody else has it by now.
    fn held(&self, ticket: &Ticket) -> Option<usize> {
        self.place(&ticket.key)
            .filter(|place| self.claims[*place].number == ticket.number)
    }

    fn running(&self, ticket: &Ticket) -> Option<usize> {
        self.held(ticket)
            .filter(|place| self.claims[*place].result.is_none())
    }

    fn insert(&mut self, entry: Entry) {
        let hash = self.hasher.hash_one(entry.key);
        let place = self.claims.insert(entry);
        let hash_at = |place: &usize| self.hasher.hash_one(self.claims[*place].key);
        self.places.insert_unique(hash, place, hash_at);
        self.list(place);
    }

    fn remove(&mut self, place: usize) {
        self.unlist(place);
        let entry = self.claims.remove(place);
        let hash = self.hasher.hash_one(entry.key);
        if let Ok(listed) = self.places.find_entry(hash, |other| *other == place) {
            listed.remove();
        }
    }

    fn list(&mut self, place: usize) {
        let entry = &self.claims[place];
        if let Some(end) = entry.ends() {
            self.ends.insert((end, place));
        }
        if let Some(order) = entry.early() {
            self.finished.insert((order, place));
        }
        self.bytes += entry.bytes();
    }

    /// Takes it out of the lists by time.
    fn unlist(&mut self, place: usize) {
        let entry = &self.claims[place];
        if let Some(end) = entry.ends() {
            self.ends.remove(&(end, place));
        }
        if let Some(order) = entry.early() {
            self.finished.remove(&(order, place));
        }
        self.bytes -= entry.bytes();
    }

    /// Room for so many more claims and bytes, by forgetting the oldest results.
    fn make_room(&mut self, claims: usize, bytes: usize) -> Result<(), StoreError> {
        while self.claims.len() + claims > self.limits.claims || self.bytes + bytes > self.limits.bytes {
            let (_, oldest) = *self.finished.first().ok_or(StoreError::Full)?;
            self.remove(oldest);
        }
        Ok(())
    }

    /// Forgets a batch of what is past its time, and says how many.
    fn forget(&mut self, now: Instant) -> usize {
        for forgotten in 0..BATCH {
            match self.ends.first() {
                Some(&(end, place)) if end <= now => self.remove(place),
                _ => return forgotten,
            }
        }
        BATCH
    }
}
