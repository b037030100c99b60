//! What a job is made of: before it is put, while it is leased, and how it ends.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;

use super::{MAX_PAYLOAD, StoreError};

/// The most characters of a lane, an origin or a word for what went wrong.
const LONGEST: usize = 200;

/// A hash of these parts, in that order, which nobody can invert or force: SHA-256. No two lists of parts have the same.
#[must_use]
pub fn fingerprint(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let digest = context.finish();
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// Whether all payloads are of a size that a queue takes.
pub(in crate::store) fn check_sizes(jobs: &[NewJob]) -> Result<(), StoreError> {
    let sizes = jobs.iter().map(|job| job.payload.len());
    match sizes.max() {
        Some(bytes) if bytes > MAX_PAYLOAD => Err(StoreError::TooLarge { bytes }),
        _ => Ok(()),
    }
}

/// What tells a payload from another, to know a repetition from a contradiction.
pub(in crate::store) fn content_of(payload: &[u8]) -> [u8; 32] {
    fingerprint(&[payload])
}

/// The key under which a job is kept whose own is taken by another payload.
pub(in crate::store) fn conflicting_key(key: &[u8; 32], content: &[u8; 32]) -> [u8; 32] {
    fingerprint(&[key, content])
}

/// The time so many microseconds after 1970.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(in crate::store) fn time_at(micros: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(micros).unwrap_or_default())
}

/// Whose jobs these are: an agent, or a chat space. Never a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane(String);

impl Lane {
    /// The lane of that name. Of a longer one, 200 characters are kept; control characters become `?`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(plain(name))
    }

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A text that every database takes, and no more of it than a line. PostgreSQL has no character 0.
fn plain(text: &str) -> String {
    let characters = text.chars().take(LONGEST);
    characters
        .map(|letter| if letter.is_control() { '?' } else { letter })
        .collect()
}

/// A job to be put.
#[derive(Clone)]
pub struct NewJob {
    pub(in crate::store) kind: &'static str,
    pub(in crate::store) lane: Lane,
    pub(in crate::store) key: [u8; 32],
    pub(in crate::store) payload: Bytes,
    pub(in crate::store) order: Option<[u8; 32]>,
    pub(in crate::store) origin: String,
    pub(in crate::store) after: Duration,
    pub(in crate::store) quarantined: Option<String>,
}

impl NewJob {
    /// A job of a kind, such as `rbm.event`, by which its handler is found. The key is a [`fingerprint`] of what makes it
    /// this job and no other: of two jobs with one key and one payload, only the first is put. If the payload differs, the
    /// second is put into quarantine, with the word `conflict`.
    #[must_use]
    pub fn new(kind: &'static str, lane: Lane, key: [u8; 32], payload: impl Into<Bytes>) -> Self {
        Self {
            kind,
            lane,
            key,
            payload: payload.into(),
            order: None,
            origin: String::new(),
            after: Duration::ZERO,
            quarantined: None,
        }
    }

    /// One after another with all jobs of that order, which is a [`fingerprint`] of a user, say. It is forgotten when the
    /// job is done.
    #[must_use]
    pub fn in_order(mut self, order: [u8; 32]) -> Self {
        self.order = Some(order);
        self
    }

    /// Where it came from, in a word for operators: the name of an endpoint.
    #[must_use]
    pub fn from(mut self, origin: &str) -> Self {
        self.origin = plain(origin);
        self
    }

    /// Not before so much time has passed.
    #[must_use]
    pub fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }

    /// Not to be run, but kept until somebody has looked at it. The word says why.
    #[must_use]
    pub fn quarantined(mut self, why: &str) -> Self {
        self.quarantined = Some(plain(why));
        self
    }
}

/// Without the payload, which may hold a person's words.
impl fmt::Debug for NewJob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NewJob")
            .field("kind", &self.kind)
            .field("lane", &self.lane)
            .field("quarantined", &self.quarantined)
            .finish_non_exhaustive()
    }
}

/// What became of a job that was to be put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is in the queue, with this number.
    New(i64),
    /// It was there already, to be run, or done within the last 14 days.
    Again,
    /// Another payload has its key. It is in quarantine, with this number.
    Conflict(i64),
}

/// What who runs jobs wants.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Of which kinds. What is of another kind stays where it is.
    pub kinds: Vec<String>,
    /// How many at most.
    pub jobs: usize,
    /// How many of one lane may run at a time, by all who run jobs.
    pub per_lane: usize,
    /// For how long.
    pub lease: Duration,
    /// The lane that was served last: those after it come first.
    pub after: Option<Lane>,
}

impl Wanted {
    /// How many of a lane may be leased in which so many run.
    pub(in crate::store) fn room(&self, running: usize) -> usize {
        self.per_lane.saturating_sub(running).min(self.jobs)
    }

    /// Brings lanes, which come by name, into the order in which they are served: those after the one that was served last are first.
    pub(in crate::store) fn next_first<Name: AsRef<str>, T>(&self, lanes: &mut [(Name, T)]) {
        if let Some(last) = &self.after {
            let next = lanes.partition_point(|(lane, _)| lane.as_ref() <= last.as_str());
            lanes.rotate_left(next);
        }
    }

    /// The jobs to lease: the first of each lane, then the second of each, up to as many as are wanted.
    pub(in crate::store) fn in_turn<Name>(&self, lanes: &[(Name, Vec<i64>)]) -> Vec<i64> {
        let longest = lanes.iter().map(|(_, heads)| heads.len()).max();
        let places = 0..longest.unwrap_or_default();
        let turns = places.flat_map(|place| lanes.iter().filter_map(move |(_, heads)| heads.get(place)));
        turns.take(self.jobs).copied().collect()
    }
}

/// What is due, and when to ask again.
#[derive(Debug, Default)]
pub struct Leased {
    /// The jobs, lanes in turn.
    pub jobs: Vec<Job>,
    /// The time until the next job is due, if no news comes before; none if nothing waits.
    pub next: Option<Duration>,
}

/// The proof of having leased a job. No two leases have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JobTicket {
    pub(in crate::store) id: i64,
    pub(in crate::store) number: i64,
}

impl JobTicket {
    /// The job's number.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }
}

/// A job that is leased, to be run.
#[derive(Clone)]
pub struct Job {
    /// With what it is ended.
    pub ticket: JobTicket,
    /// What it is.
    pub kind: String,
    /// Whose.
    pub lane: Lane,
    /// Where it came from.
    pub origin: String,
    /// The key it was put with, of which ids can be made that are the same at each attempt.
    pub key: [u8; 32],
    /// How often it was leased, this time included.
    pub attempts: u32,
    /// When it was put.
    pub put_at: SystemTime,
    /// What is to be done.
    pub payload: Bytes,
}

impl Job {
    /// How long ago it was put.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.put_at.elapsed().unwrap_or_default()
    }
}

/// Without the payload, which may hold a person's words.
impl fmt::Debug for Job {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Job")
            .field("id", &self.ticket.id)
            .field("kind", &self.kind)
            .field("lane", &self.lane)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// What became of a job that ran.
#[derive(Clone, Debug)]
pub enum End {
    /// It is done, and these are put with it, both or neither. Those whose key is taken are left out, whatever their
    /// payload is.
    Done(Vec<NewJob>),
    /// It failed and is to be tried again.
    Again {
        /// After so much time.
        after: Duration,
        /// What went wrong, in a word or two without a person in it.
        why: String,
    },
    /// It failed for good.
    Dead(String),
    /// It is not understood, and kept until somebody has looked at it.
    Quarantined(String),
    /// It was not run, or not to its end, for a reason that is not its own. It is due at once, and this attempt is not
    /// counted.
    Released,
}

impl End {
    /// The word for what went wrong, as it is kept.
    pub(in crate::store) fn why(&self) -> Option<String> {
        match self {
            Self::Again { why, .. } | Self::Dead(why) | Self::Quarantined(why) => Some(plain(why)),
            Self::Done(_) | Self::Released => None,
        }
    }
}
