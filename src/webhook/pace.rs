//! How quick a handler has proved, and so where its life begins.
//!
//! Handing every turn to another thread and back costs 40 % of the throughput, and most handlers are done in microseconds. So
//! a handler whose polls have proved short, many in a row, gets its first poll on the thread that serves HTTP; only one that
//! has to wait then moves to the threads for handlers. The price is that a handler which is quick for long and blocks after
//! all holds up the HTTP threads that it is begun on within those first five milliseconds. It loses the right to that, and has to
//! be short many times as often in a row to get it back: the machine may have held it up, and not the handler the machine. After a few
//! times it gets no further chance.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// So many short polls in a row earn a handler its first poll on the HTTP thread: at first, and after each time that it overstayed.
const PROOFS: [u32; 4] = [32, 1_000, 32_000, 1_000_000];

/// A poll up to this is short: no other turn on the thread notices it.
const SHORT: Duration = Duration::from_millis(1);

/// A handler that held an HTTP thread for longer than this loses the right to it.
const OVERSTAY: Duration = Duration::from_millis(5);

/// The record of one handler.
#[derive(Debug)]
pub(super) struct Pace {
    since: Instant,
    short_in_a_row: AtomicU32,
    /// How many times it lost the right.
    overstayed: AtomicUsize,
    /// How many of its first polls are under way on HTTP threads.
    here: AtomicU32,
    /// Microseconds after `since` at which there was the first of them.
    here_from: AtomicU64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            since: Instant::now(),
            short_in_a_row: AtomicU32::default(),
            overstayed: AtomicUsize::default(),
            here: AtomicU32::default(),
            here_from: AtomicU64::default(),
        }
    }
}

impl Pace {
    /// For code that is never polled on an HTTP thread.
    pub(super) fn apart() -> Self {
        Self {
            overstayed: AtomicUsize::new(PROOFS.len()),
            ..Self::default()
        }
    }

    /// Whether the handler may have its first poll on the HTTP thread. Not while another of its polls overstays there.
    pub(super) fn is_quick(&self) -> bool {
        let has_proved = self
            .needed()
            .is_some_and(|needed| self.short_in_a_row.load(Ordering::Relaxed) >= needed);
        if !has_proved {
            return false;
        }
        let from = Duration::from_micros(self.here_from.load(Ordering::Relaxed));
        self.here.load(Ordering::Relaxed) == 0 || self.since.elapsed() < from + OVERSTAY
    }

    /// How many short polls in a row it needs. None: it has no chance.
    fn needed(&self) -> Option<u32> {
        PROOFS.get(self.overstayed.load(Ordering::Relaxed)).copied()
    }

    /// Notes a poll on the threads for handlers.
    pub(super) fn note(&self, took: Duration) {
        if took > SHORT {
            self.short_in_a_row.store(0, Ordering::Relaxed);
        } else if self
            .needed()
            .is_some_and(|needed| self.short_in_a_row.load(Ordering::Relaxed) < needed)
        {
            self.short_in_a_row.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes that a first poll on an HTTP thread begins.
    pub(super) fn begin_on_http_thread(&self) {
        if self.here.fetch_add(1, Ordering::Relaxed) == 0 {
            let from = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.here_from.store(from, Ordering::Relaxed);
        }
    }

    /// Notes the end of such a poll. True: the handler has just lost the right to it.
    pub(super) fn end_on_http_thread(&self, took: Duration) -> bool {
        self.here.fetch_sub(1, Ordering::Relaxed);
        if took <= OVERSTAY {
            self.note(took);
            return false;
        }
        // Of several polls that overstay together, the first takes the right away.
        let proved = self.short_in_a_row.swap(0, Ordering::Relaxed);
        let loses = self.needed().is_some_and(|needed| proved >= needed);
        if loses {
            self.overstayed.fetch_add(1, Ordering::Relaxed);
        }
        loses
    }

    /// Takes the right to a first poll on an HTTP thread away for good.
    pub(super) fn bar(&self) {
        self.overstayed.store(PROOFS.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A first poll on an HTTP thread that took so long; whether the handler lost the right to it.
    fn poll(pace: &Pace, took: Duration) -> bool {
        pace.begin_on_http_thread();
        pace.end_on_http_thread(took)
    }

    fn be_short(pace: &Pace, times: u32) {
        (0..times).for_each(|_| pace.note(SHORT));
    }

    fn proved() -> Pace {
        let pace = Pace::default();
        be_short(&pace, PROOFS[0]);
        pace
    }

    #[test]
    fn a_handler_is_quick_once_its_polls_have_been_short_many_times_in_a_row() {
        let pace = Pace::default();
        be_short(&pace, PROOFS[0] - 1);
        assert!(!pace.is_quick());
        pace.note(SHORT * 2);
        be_short(&pace, PROOFS[0] - 1);
        assert!(!pace.is_quick(), "a long poll begins the count anew");
        pace.note(SHORT);
        assert!(pace.is_quick());
    }

    #[test]
    fn one_that_is_a_little_slow_must_prove_itself_again() {
        let pace = proved();
        assert!(!poll(&pace, SHORT * 2));
        assert!(!pace.is_quick());
        be_short(&pace, PROOFS[0]);
        assert!(pace.is_quick());
    }

    #[tokio::test(start_paused = true)]
    async fn while_one_poll_overstays_no_other_is_begun_there() {
        let pace = proved();
        pace.begin_on_http_thread();
        assert!(pace.is_quick());
        tokio::time::advance(OVERSTAY * 2).await;
        assert!(!pace.is_quick());
        pace.end_on_http_thread(SHORT);
        assert!(pace.is_quick());
    }

    #[test]
    fn one_that_overstays_is_told_once_and_earns_the_right_ever_harder_until_it_has_no_chance() {
        let pace = Pace::default();
        for needed in PROOFS {
            be_short(&pace, needed - 1);
            assert!(!pace.is_quick());
            be_short(&pace, 1);
            assert!(pace.is_quick());
            pace.begin_on_http_thread();
            assert!(poll(&pace, OVERSTAY * 2));
            assert!(!pace.is_quick());
            // It was under way beside the other, and takes nothing more away.
            assert!(!pace.end_on_http_thread(OVERSTAY * 2));
        }
        be_short(&pace, PROOFS[3] * 2);
        assert!(!pace.is_quick());
    }

    #[test]
    fn one_that_is_barred_has_no_chance() {
        let pace = proved();
        pace.bar();
        be_short(&pace, PROOFS[3]);
        assert!(!pace.is_quick());
    }
}
