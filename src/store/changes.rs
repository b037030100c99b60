//! Waiting for a key to change without asking all the time.

use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::{Found, Key, StoreError};

/// The shortest time between two looks, where the end of a lease is near.
const BREATH: Duration = Duration::from_millis(2);

/// Who waits for which key, in this process.
#[derive(Debug, Default)]
pub(super) struct Changes {
    waiting: Mutex<HashMap<Key, Arc<Notify>>>,
}

impl Changes {
    /// Wakes who waits for the key.
    pub(super) fn tell(&self, key: &Key) {
        if let Some(told) = self.waiting().get(key) {
            told.notify_waiters();
        }
    }

    /// Wakes everybody, as when news may have been missed.
    #[cfg(feature = "postgres")]
    pub(super) fn tell_all(&self) {
        self.waiting().values().for_each(|told| told.notify_waiters());
    }

    /// How the key stands when it is no longer running. It is looked at when told of a change, when the lease should have
    /// run out, and every `poll`, for changes that nobody here is told of.
    pub(super) async fn settled<F>(
        &self,
        key: &Key,
        poll: Duration,
        look: impl Fn() -> F,
    ) -> Result<Found, StoreError>
    where
        F: Future<Output = Result<Found, StoreError>>,
    {
        let waiting = self.wait_for(key);
        loop {
            let mut told = pin!(waiting.told.notified());
            // From here on it hears: a change between the look and the wait is not missed.
            told.as_mut().enable();
            match look().await? {
                Found::Running(left) => drop(timeout(left.min(poll).max(BREATH), told).await),
                settled => return Ok(settled),
            }
        }
    }

    fn wait_for(&self, key: &Key) -> Waiting<'_> {
        let told = Arc::clone(self.waiting().entry(*key).or_default());
        Waiting {
            changes: self,
            key: *key,
            told,
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Key, Arc<Notify>>> {
        self.waiting.lock().expect("no panics under this lock")
    }
}

/// One who waits. The last for a key to go takes the key out.
struct Waiting<'a> {
    changes: &'a Changes,
    key: Key,
    told: Arc<Notify>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut waiting = self.changes.waiting();
        // One for the map, one here.
        if Arc::strong_count(&self.told) == 2 {
            waiting.remove(&self.key);
        }
    }
}
