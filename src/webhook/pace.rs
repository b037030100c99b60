//! How quick a handler has proved, and so where its life begins.
//!
//! Handing every turn to another thread and back costs 40 % of the throughput, and most handlers are done in microseconds. So
//! a handler whose polls have proved short, many in a row, gets its first poll on the thread that serves HTTP; only one that
//! has to wait then moves to the threads for handlers. The price is that a handler which is quick for long and blocks after
//! all blocks that HTTP thread once. It never gets the chance again.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

/// So many short polls in a row earn a handler its first poll on the HTTP thread.
const PROOF: u32 = 32;

/// A poll up to this is short: no other turn on the thread notices it.
const SHORT: Duration = Duration::from_millis(1);

/// A handler that held an HTTP thread for longer than this loses the right to it for good.
const OVERSTAY: Duration = Duration::from_millis(5);

/// The record of one handler.
#[derive(Debug, Default)]
pub(super) struct Pace {
    short_in_a_row: AtomicU32,
    overstayed: AtomicBool,
}

impl Pace {
    /// Whether the handler may have its first poll on the HTTP thread.
    pub(super) fn is_quick(&self) -> bool {
        self.short_in_a_row.load(Ordering::Relaxed) >= PROOF && !self.overstayed.load(Ordering::Relaxed)
    }

    /// Notes a poll on the threads for handlers.
    pub(super) fn note(&self, took: Duration) {
        if took > SHORT {
            self.short_in_a_row.store(0, Ordering::Relaxed);
        } else if self.short_in_a_row.load(Ordering::Relaxed) < PROOF {
            self.short_in_a_row.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes a first poll on an HTTP thread. True: the handler has just lost the right to it.
    pub(super) fn note_on_http_thread(&self, took: Duration) -> bool {
        self.note(took);
        took > OVERSTAY && !self.overstayed.swap(true, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proved() -> Pace {
        let pace = Pace::default();
        (0..PROOF).for_each(|_| pace.note(SHORT));
        pace
    }

    #[test]
    fn a_handler_is_quick_once_its_polls_have_been_short_many_times_in_a_row() {
        let pace = Pace::default();
        for _ in 1..PROOF {
            pace.note(SHORT);
        }
        assert!(!pace.is_quick());
        pace.note(SHORT * 2);
        for _ in 1..PROOF {
            pace.note(SHORT);
        }
        assert!(!pace.is_quick(), "a long poll begins the count anew");
        pace.note(SHORT);
        assert!(pace.is_quick());
    }

    #[test]
    fn one_that_is_a_little_slow_must_prove_itself_again() {
        let pace = proved();
        assert!(!pace.note_on_http_thread(SHORT * 2));
        assert!(!pace.is_quick());
        (0..PROOF).for_each(|_| pace.note(SHORT));
        assert!(pace.is_quick());
    }

    #[test]
    fn one_that_overstays_is_told_once_and_never_quick_again() {
        let pace = proved();
        assert!(pace.note_on_http_thread(OVERSTAY * 2));
        assert!(!pace.note_on_http_thread(OVERSTAY * 2));
        (0..PROOF).for_each(|_| pace.note(SHORT));
        assert!(!pace.is_quick());
    }
}
