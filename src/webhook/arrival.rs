//! When a call came in, and the name it goes by in the log.

use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;

use super::Trace;

/// How many hexadecimal digits a request id has.
const DIGITS: usize = 16;

/// The arrival of a call.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// From when on Dialogflow's patience is counted.
    pub at: Instant,
    /// The trace that the call belongs to, where its caller names one.
    pub trace: Option<Trace>,
    id: [u8; DIGITS],
}

impl Arrival {
    /// A call that comes in now.
    #[must_use]
    pub fn now() -> Self {
        static ARRIVED: AtomicU64 = AtomicU64::new(0);
        static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        let number = KEY.hash_one(ARRIVED.fetch_add(1, Ordering::Relaxed));
        let mut id = [0; DIGITS];
        write!(&mut id[..], "{number:016x}").expect("16 digits have room");
        Self {
            at: Instant::now(),
            trace: None,
            id,
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
        std::str::from_utf8(&self.id).expect("digits are ASCII")
    }
}
