//! `[queue]`: how much of what channels bring is run at a time.

use std::time::Duration;

use serde::Deserialize;

use super::{SettingsError, value};
use crate::channels::worker::Pace;

/// Running what channels bring.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// How many events may wait to be stored.
    #[serde(deserialize_with = "value::number")]
    pub inbox: usize,
    /// How many jobs this program runs at a time.
    #[serde(deserialize_with = "value::number")]
    pub jobs: usize,
    /// How many jobs of one agent or chat space run at a time, in all instances that share the store.
    #[serde(deserialize_with = "value::number")]
    pub per_lane: usize,
    /// How long after an instance has died others run its jobs.
    #[serde(deserialize_with = "value::duration")]
    pub lease: Duration,
}

impl Queue {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        if self.inbox == 0 || self.jobs == 0 || self.per_lane == 0 || self.lease.is_zero() {
            let fault = "`queue.inbox`, `.jobs`, `.per_lane` and `.lease`: expected more than nothing, else no event would be kept or run";
            return Err(SettingsError(vec![fault.to_owned()]));
        }
        // Each place may hold a call of 256 KiB, and the channel behind has no more than this by far.
        if self.inbox > 1_000_000 {
            let fault = "`queue.inbox`: expected 1000000 at most";
            return Err(SettingsError(vec![fault.to_owned()]));
        }
        // Each job has a thread, and the runtime has 512 for such.
        if self.jobs > 256 {
            let fault = "`queue.jobs`: expected 256 at most";
            return Err(SettingsError(vec![fault.to_owned()]));
        }
        Ok(())
    }

    /// How much the worker runs at a time.
    #[must_use]
    pub fn pace(&self) -> Pace {
        Pace {
            jobs: self.jobs,
            per_lane: self.per_lane,
            lease: self.lease,
        }
    }
}
