//! What is measured of a server in a round, and what is made of all rounds: medians, and ratios to Flowhook.

use std::time::Duration;

/// One round of one server.
#[derive(Clone, Default)]
pub struct Round {
    /// Calls answered in a second, as fast as it can.
    pub throughput: f64,
    /// What each of them took of the processor, in µs.
    pub processor_us: f64,
    /// How long calls at the fixed rate took from when they were due, in µs: half of them at most so long.
    pub p50_us: f64,
    /// 99 of 100.
    pub p99_us: f64,
    /// 999 of 1,000.
    pub p999_us: f64,
    /// Memory once it has answered, in MiB.
    pub idle_mib: f64,
    /// Memory after it was asked as fast as it can, in MiB.
    pub loaded_mib: f64,
    /// From its start to its first answer, in ms.
    pub first_answer_ms: f64,
    /// Calls that were refused, or not answered.
    pub errors: u64,
    /// Whether it answered as many calls as it was asked at the fixed rate.
    pub holds: bool,
    /// How many processors the server kept busy while it was asked as fast as it can.
    pub busy: f64,
    /// How many it had.
    pub processors: usize,
    /// What part of its time the busiest thread of the load worked meanwhile.
    pub load_busy: f64,
}

impl Round {
    /// Whether the load could not ask for as much as the server could have answered.
    pub fn is_limited_by_load(&self) -> bool {
        self.load_busy > 0.95 && self.busy < 0.95 * self.processors as f64
    }

    /// Whether neither the server nor the load could work all the time, as one of them does on a quiet machine.
    pub fn is_crowded(&self) -> bool {
        self.load_busy < 0.85 && self.busy < 0.85
    }
}

/// Something to be compared.
pub struct Figure {
    /// Its name at the head of a column.
    pub name: &'static str,
    /// Its value in a round.
    pub of: fn(&Round) -> f64,
}

/// All of them, in the order of the table.
pub const FIGURES: [Figure; 8] = [
    Figure {
        name: "requests/s",
        of: |round| round.throughput,
    },
    Figure {
        name: "processor µs/request",
        of: |round| round.processor_us,
    },
    Figure {
        name: "p50 µs",
        of: |round| round.p50_us,
    },
    Figure {
        name: "p99 µs",
        of: |round| round.p99_us,
    },
    Figure {
        name: "p99.9 µs",
        of: |round| round.p999_us,
    },
    Figure {
        name: "memory idle, MiB",
        of: |round| round.idle_mib,
    },
    Figure {
        name: "after load, MiB",
        of: |round| round.loaded_mib,
    },
    Figure {
        name: "start to first answer, ms",
        of: |round| round.first_answer_ms,
    },
];

impl Figure {
    /// The median over the rounds.
    pub fn median(&self, rounds: &[Round]) -> f64 {
        median(rounds.iter().map(self.of))
    }

    /// How often the others' value goes into Flowhook's: the median of each round's own ratio, so that what the machine did in a round
    /// falls on both.
    pub fn ratio(&self, flowhook: &[Round], other: &[Round]) -> f64 {
        median(
            flowhook
                .iter()
                .zip(other)
                .map(|(ours, theirs)| (self.of)(ours) / (self.of)(theirs)),
        )
    }
}

/// The one in the middle, or between the two in the middle; not a number where there are none.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let (Some(low), Some(high)) = (
        values.get(values.len().saturating_sub(1) / 2),
        values.get(values.len() / 2),
    ) else {
        return f64::NAN;
    };
    f64::midpoint(*low, *high)
}

/// The time that this part of the calls took at most, in µs; of sorted times.
pub fn percentile_us(sorted: &[Duration], part: f64) -> f64 {
    let rank = (sorted.len() as f64 * part).ceil() as usize;
    let found = sorted.get(rank.saturating_sub(1));
    found.map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
}
