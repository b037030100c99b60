//! When a call came in, and the name it goes by in the log.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;

use super::Trace;
use super::digits::Digits;

/// The arrival of a call.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// From when on Dialogflow's patience is counted.
    pub at: Instant,
    /// The trace that the call belongs to, where its caller names one.
    pub trace: Option<Trace>,
    id: Digits,
}

impl Arrival {
    /// A call that comes in now.
    #[must_use]
    pub fn now() -> Self {
        static ARRIVED: AtomicU64 = AtomicU64::new(0);
        static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        let number = KEY.hash_one(ARRIVED.fetch_add(1, Ordering::Relaxed));
        Self {
            at: Instant::now(),
            trace: None,
            id: Digits::of(number),
        }
    }

    /// The same, in that trace.
    #[must_use]
    pub fn in_trace(mut self, trace: Option<Trace>) -> Self {
        self.trace = trace;
        self
    }

    /// Its request id: 16 hexadecimal digits, other ones in each process.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_str()
    }
}
