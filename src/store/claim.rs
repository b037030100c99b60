//! What a claim is made of: the key, the terms, the ticket, and how a key may stand.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use bytes::Bytes;

/// What keys are for. Keys of two kinds never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A call that Dialogflow may send again.
    Replay,
    /// Work that a later turn picks up.
    Work,
    /// An effect that must not happen twice.
    Once,
}

impl Kind {
    /// The kind as databases know it. These numbers are in files: never change one.
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(super) fn number(self) -> i16 {
        match self {
            Self::Replay => 1,
            Self::Work => 2,
            Self::Once => 3,
        }
    }
}

/// What is claimed: a kind, and a hash of whatever names the thing. The store must not know the name itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    kind: Kind,
    hash: [u8; 32],
}

impl Key {
    /// The key of that kind and hash. The hash must be of a kind that nobody can invert or force, such as SHA-256.
    #[must_use]
    pub fn new(kind: Kind, hash: [u8; 32]) -> Self {
        Self { kind, hash }
    }

    /// What it is for.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The hash it was made of.
    #[must_use]
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }
}

/// Eight bytes of the hash spread keys over a table as well as all of them.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.hash[..8]);
    }
}

/// Four bytes of the hash tell keys apart in a test's output, and tell nothing else.
impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.hash;
        write!(formatter, "{:?} {a:02x}{b:02x}{c:02x}{d:02x}..", self.kind)
    }
}

/// On what terms a key is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How long the claim stands unless it is renewed.
    pub lease: Duration,
    /// What it means when the lease runs out.
    pub lapse: Lapse,
}

/// What it means that a lease ran out before the work was finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lapse {
    /// Whoever asks next may do the work.
    Frees,
    /// Nobody knows whether the work was done, so nobody may do it again: [`Claim::Lost`], for good.
    Loses,
}

impl Terms {
    /// For work that may be begun again when its owner dies.
    #[must_use]
    pub fn leased(lease: Duration) -> Self {
        Self {
            lease,
            lapse: Lapse::Frees,
        }
    }

    /// For work that must not be begun twice, whatever happens to its owner.
    #[must_use]
    pub fn once(lease: Duration) -> Self {
        Self {
            lease,
            lapse: Lapse::Loses,
        }
    }
}

/// The proof of having claimed a key. No two claims have the same, so one that is superseded can do no harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub(super) key: Key,
    pub(super) number: i64,
}

impl Ticket {
    /// A ticket that nobody else has. Its number is drawn here and not in the database, so that a statement whose answer
    /// was lost with the connection can be sent again.
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(super) fn draw(key: &Key) -> Self {
        Self {
            key: *key,
            number: super::random_number(),
        }
    }

    /// The key it is for.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }
}

/// What who claims a key gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The key: do the work, then [finish](super::Store::finish) or [release](super::Store::release) it.
    Mine(Ticket),
    /// Somebody else is at it.
    Running,
    /// It is done, with this result.
    Done(Bytes),
    /// Somebody was at it, on terms of [`Lapse::Loses`], and the lease ran out. Only that claim's owner can still change
    /// this, by finishing or releasing it late.
    Lost,
}

/// How a key stands for who does not claim it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nobody has it.
    Free,
    /// Somebody is at it, with so much left of the lease.
    Running(Duration),
    /// It is done, with this result.
    Done(Bytes),
    /// As [`Claim::Lost`].
    Lost,
}

/// A time as databases take it. Longer than a century is a century, so that adding it to a clock never fails.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(super) fn micros(time: Duration) -> i64 {
    const CENTURY: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);
    i64::try_from(time.min(CENTURY).as_micros()).expect("a century in microseconds fits")
}

/// How a row stands that has so many microseconds left, or is so many past its time.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(super) fn found(once: bool, left: i64, result: Option<Vec<u8>>) -> Found {
    let left = u64::try_from(left).unwrap_or(0);
    match (left > 0, result) {
        (true, Some(result)) => Found::Done(result.into()),
        (true, None) => Found::Running(Duration::from_micros(left)),
        (false, None) if once => Found::Lost,
        (false, _) => Found::Free,
    }
}
