//! `[store]`: what outlives a turn or the process.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use super::{Secrets, SettingsError, value};

/// What outlives a turn or the process.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// Where: `memory:`, `sqlite:PATH` or `postgres://..`. It may hold a password, and may lie in a file.
    url: Secrets,
    /// How long a turn waits for the store at a time.
    #[serde(deserialize_with = "value::duration")]
    pub budget: Duration,
    /// Whether channels may be opened though the store is `memory:`, which loses what was acknowledged when the program ends.
    #[serde(deserialize_with = "value::switch")]
    pub may_lose_messages: bool,
}

impl Store {
    /// The URL of a store beyond this process; none for `memory:`.
    #[must_use]
    pub fn url_beyond_memory(&self) -> Option<&str> {
        let url = self.url.lines().next().unwrap_or_default().trim();
        (url != "memory:").then_some(url)
    }

    /// Takes the URL that lies in a file into memory.
    pub(super) fn read_file(&mut self) -> Result<(), SettingsError> {
        let mut faults = Vec::new();
        self.url.read_files("store.url", &mut faults);
        if faults.is_empty() && self.url.lines().count() > 1 {
            faults.push("`store.url`: one URL is wanted, there are several".to_owned());
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(SettingsError(faults))
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Store")
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}
