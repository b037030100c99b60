//! Who is told of what happens, so as to count it.

use std::time::Duration;

use super::Answered;

/// Somebody who is told of each turn and each piece of late work. It is told where turns run, so nothing in it may wait.
pub trait Witness: Send + Sync {
    /// A turn has its answer.
    fn turn(&self, told: &Told<'_>);

    /// Something became of late work (`kind` is `work`) or an effect that must happen once (`effect`).
    fn work(&self, kind: &'static str, what: LateWork);
}

/// What is told of a turn.
#[derive(Debug)]
pub struct Told<'a> {
    /// The intent's display name, as the call has it: anything.
    pub intent: &'a str,
    /// The answer.
    pub answered: &'a Answered,
    /// From the arrival of the call to its answer.
    pub elapsed: Duration,
    /// What was left of the handler's time.
    pub left: Duration,
    /// How much time the handler had.
    pub time: Duration,
}

/// What became of late work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateWork {
    /// It was begun here.
    Begun,
    /// It was under way, and the turn waits for it too.
    Joined,
    /// It was done before, and the turn got its result.
    PickedUp,
    /// It was begun by a process that died: nobody knows what became of it.
    Lost,
    /// It was not begun, because the store did not answer.
    StoreAway,
    /// It is done.
    Done,
    /// It failed.
    Failed,
    /// It panicked.
    Panicked,
}

impl LateWork {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Begun,
        Self::Joined,
        Self::PickedUp,
        Self::Lost,
        Self::StoreAway,
        Self::Done,
        Self::Failed,
        Self::Panicked,
    ];

    /// It in a word or two.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Joined => "joined",
            Self::PickedUp => "picked up",
            Self::Lost => "lost",
            Self::StoreAway => "store away",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Panicked => "panicked",
        }
    }
}
