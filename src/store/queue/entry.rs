//! Jobs as operators see them: no payload, no person.

use std::time::{Duration, SystemTime};

use super::Lane;

/// Where a job is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// To be run: now, or at its next attempt.
    Waiting,
    /// Leased.
    Running,
    /// Done, or dropped. Only its key is kept.
    Done,
    /// Given up.
    Dead,
    /// Not understood, or contradicting another.
    Quarantined,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Running,
        Self::Done,
        Self::Dead,
        Self::Quarantined,
    ];

    /// The state in a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Quarantined => "quarantined",
        }
    }

    /// The state as databases know it. These numbers are in files: never change one.
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(in crate::store) fn number(self) -> i16 {
        match self {
            Self::Waiting => 1,
            Self::Running => 2,
            Self::Done => 3,
            Self::Dead => 4,
            Self::Quarantined => 5,
        }
    }

    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(in crate::store) fn numbered(number: i16) -> Self {
        let known = Self::ALL.into_iter().find(|state| state.number() == number);
        // A state of a newer version: it is not ours to run.
        known.unwrap_or(Self::Quarantined)
    }
}

/// A job in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number. Later jobs have higher ones.
    pub id: i64,
    /// Whose.
    pub lane: Lane,
    /// What it is.
    pub kind: String,
    /// Where it came from.
    pub origin: String,
    /// Where it is in its life.
    pub state: State,
    /// How often it was leased.
    pub attempts: u32,
    /// When it was put.
    pub put_at: SystemTime,
    /// Waiting: when it is due. Running: when its lease runs out. Else when it is forgotten.
    pub until: SystemTime,
    /// What went wrong last.
    pub why: Option<String>,
    /// How large its payload is.
    pub bytes: usize,
}

/// Which jobs. The default is all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this lane.
    pub lane: Option<Lane>,
    /// In one of these states; in any if there is none.
    pub states: Vec<State>,
    /// Put so long ago, or longer.
    pub older_than: Option<Duration>,
}

/// What an operator does to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Run it anew, with all its attempts: what waits, is dead, or is in quarantine.
    Retry,
    /// Never run it: its payload is emptied, and its key is kept as that of one that is done. What runs or is done stays as it is.
    Drop,
}

/// How much there is in a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Depth {
    /// Which.
    pub lane: Lane,
    /// To be run.
    pub waiting: u64,
    /// Running.
    pub running: u64,
    /// Given up.
    pub dead: u64,
    /// In quarantine.
    pub quarantined: u64,
    /// How long ago the oldest that waits or runs was put.
    pub oldest: Option<Duration>,
}
