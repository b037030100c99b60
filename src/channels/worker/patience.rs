//! How often and how long a failing job is tried again.

use std::borrow::Cow;
use std::time::Duration;

use crate::store::queue::{End, Job};

/// How often and how long jobs of a kind are tried.
///
/// Between two attempts goes a random time, up to one that doubles from attempt to attempt (full jitter), so that what
/// failed together does not come back together. It is stored with the job, so it holds across a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// After how many attempts it is given up.
    pub attempts: u32,
    /// How long after it was put it is given up.
    pub age: Duration,
    /// The longest pause after the first attempt.
    pub first: Duration,
    /// The longest pause of all.
    pub longest: Duration,
    /// How long one attempt may take.
    pub attempt: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 20,
            age: Duration::from_secs(24 * 60 * 60),
            first: Duration::from_secs(1),
            longest: Duration::from_secs(10 * 60),
            attempt: Duration::from_secs(60),
        }
    }
}

/// Why a job failed, and what is to be done about it.
#[derive(Debug, PartialEq, Eq)]
pub struct Failed {
    why: Cow<'static, str>,
    then: Then,
}

#[derive(Debug, PartialEq, Eq)]
enum Then {
    Again(Duration),
    Dead,
    Quarantined,
}

impl Failed {
    /// Something that may be well next time. The word says what, for operators: in it is no person, no address, no secret.
    #[must_use]
    pub fn again(why: impl Into<Cow<'static, str>>) -> Self {
        Self::again_after(Duration::ZERO, why)
    }

    /// The same, but not before so much time has passed, as a `Retry-After` says.
    #[must_use]
    pub fn again_after(time: Duration, why: impl Into<Cow<'static, str>>) -> Self {
        Self {
            why: why.into(),
            then: Then::Again(time),
        }
    }

    /// Something that no further attempt mends.
    #[must_use]
    pub fn for_good(why: impl Into<Cow<'static, str>>) -> Self {
        Self {
            why: why.into(),
            then: Then::Dead,
        }
    }

    /// Something that this program does not understand, and a newer one may.
    #[must_use]
    pub fn not_understood(why: impl Into<Cow<'static, str>>) -> Self {
        Self {
            why: why.into(),
            then: Then::Quarantined,
        }
    }

    /// What went wrong.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// What becomes of the job.
    pub(in crate::channels) fn end(self, job: &Job, patience: &Patience) -> End {
        let why = self.why.into_owned();
        match self.then {
            Then::Again(_) if patience.is_over(job) => End::Dead(why),
            Then::Again(time) => End::Again {
                after: time + patience.pause(job.attempts),
                why,
            },
            Then::Dead => End::Dead(why),
            Then::Quarantined => End::Quarantined(why),
        }
    }
}

impl Patience {
    fn is_over(&self, job: &Job) -> bool {
        job.attempts >= self.attempts || job.age() >= self.age
    }

    /// A random pause after so many attempts.
    fn pause(&self, attempts: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        let longest = self.first.saturating_mul(doubled).min(self.longest);
        longest.mul_f64(random_share())
    }
}

/// A random number from 0 to 1.
pub(in crate::channels) fn random_share() -> f64 {
    let mut bytes = [0; 4];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system has random numbers");
    f64::from(u32::from_ne_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_are_random() {
        let patience = Patience::default();
        for (attempts, longest) in [(1, 1), (2, 2), (5, 16), (10, 512), (11, 600), (4_000, 600)] {
            let longest = Duration::from_secs(longest);
            let pauses: Vec<_> = (0..200).map(|_| patience.pause(attempts)).collect();
            assert!(pauses.iter().all(|pause| *pause <= longest), "{attempts}");
            // Of 200 even draws, one in the lower and one in the upper quarter: fails once in 10 to the 24.
            assert!(pauses.iter().any(|pause| *pause < longest / 4));
            assert!(pauses.iter().any(|pause| *pause > longest * 3 / 4));
        }
    }
}
