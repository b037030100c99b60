//! The store that turns share: in the memory of this process, and beyond it where one is configured. A store beyond the
//! process may be away; no turn waits for it longer than its budget, and what can do without it does.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tracing::{Instrument, Span};

use crate::store::{Claim, Found, Key, Kind, Limits, Memory, Store, StoreError, Terms};

/// How often at the most the log tells that the store is away.
const COMPLAIN_EVERY: Duration = Duration::from_secs(60);

/// How much is kept of calls, for their repetitions: a minute at 80 turns a second. Beyond that the oldest answers go early, and
/// Dialogflow repeats a call within seconds. So a busy program needs some four megabytes for this, and not twenty times as much.
const CALLS: Limits = Limits {
    claims: 5_000,
    bytes: 4 * 1024 * 1024,
};

/// The stores of a webhook, and what is under way beside its turns.
pub(super) struct Shared {
    /// Calls and their answers, in this process. Apart from the rest, which they would push out.
    pub(super) calls: Memory,
    /// Work and effects, in this process.
    near: Memory,
    /// Beyond it.
    pub(super) far: Option<Far>,
    /// How many pieces of work are under way.
    under_way: watch::Sender<usize>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            calls: Memory::new(CALLS),
            near: Memory::new(Limits::default()),
            far: None,
            under_way: watch::Sender::new(0),
        }
    }
}

impl Shared {
    /// With a store beyond the process.
    pub(super) fn with(far: Far) -> Self {
        Self {
            far: Some(far),
            ..Self::default()
        }
    }

    /// Notes that something is under way, until what is returned is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Piece {
        self.under_way.send_modify(|pieces| *pieces += 1);
        Piece(Arc::clone(self))
    }

    /// How many pieces of work are under way.
    pub(super) fn under_way(&self) -> usize {
        *self.under_way.borrow()
    }

    /// Done when nothing is under way any more.
    pub(super) async fn is_idle(&self) {
        let mut under_way = self.under_way.subscribe();
        // The sender is this one's own, so this never fails.
        let _ = under_way.wait_for(|pieces| *pieces == 0).await;
    }

    /// Claims a key where all instances see it. Where the store beyond the process is away, here, if `even_here`. What was
    /// claimed here stays here until it is forgotten.
    pub(super) async fn claim(
        &self,
        key: &Key,
        terms: Terms,
        even_here: bool,
    ) -> Result<(Claim, &dyn Store), StoreError> {
        let is_known_here = self.near.look(key).await? != Found::Free;
        let Some(far) = self.far.as_ref().filter(|_| !is_known_here) else {
            return Ok((self.near.claim(key, terms).await?, &self.near));
        };
        match far.within_budget(far.store().claim(key, terms)).await {
            Ok(claim) => Ok((claim, far.store())),
            Err(_) if even_here => Ok((self.near.claim(key, terms).await?, &self.near)),
            Err(error) => Err(error),
        }
    }

    /// How a key stands once it is no longer running: where all instances see it, or here if it was claimed here.
    pub(super) async fn settled(&self, key: &Key) -> Result<Found, StoreError> {
        match (&self.far, self.near.look(key).await?) {
            (Some(far), Found::Free) => far.store().wait(key).await,
            _ => self.near.wait(key).await,
        }
    }
}

/// Something under way.
pub(super) struct Piece(Arc<Shared>);

impl Drop for Piece {
    fn drop(&mut self) {
        self.0.under_way.send_modify(|pieces| *pieces -= 1);
    }
}

/// A store beyond the process.
pub(super) struct Far {
    store: Arc<dyn Store>,
    budget: Duration,
    started: Instant,
    /// Milliseconds after the start, when the log may tell again that the store is away.
    complain_from: AtomicU64,
}

impl Far {
    pub(super) fn new(store: Arc<dyn Store>, budget: Duration) -> Self {
        Self {
            store,
            budget,
            started: Instant::now(),
            complain_from: AtomicU64::new(0),
        }
    }

    pub(super) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// What the store says, if it says it within its budget.
    pub(super) async fn within_budget<T>(
        &self,
        asked: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        // What is written down after the answer belongs to no turn any more.
        let span = match Span::current() {
            turn if turn.is_disabled() => turn,
            _ => tracing::info_span!(target: "flowhook::span", "store"),
        };
        let asked = timeout(self.budget, asked).instrument(span);
        let said = asked.await.unwrap_or_else(|_| {
            let why = format!("it did not answer within {:?}", self.budget);
            Err(StoreError::Away {
                place: "as set by `store.url`".to_owned(),
                why,
            })
        });
        said.inspect_err(|error| self.complain(error))
    }

    fn complain(&self, why: &StoreError) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let from = self.complain_from.load(Ordering::Relaxed);
        let next = now.saturating_add(u64::try_from(COMPLAIN_EVERY.as_millis()).unwrap_or(u64::MAX));
        let is_mine = now >= from
            && self
                .complain_from
                .compare_exchange(from, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if is_mine {
            tracing::warn!(
                mend = "bring the store back; turns are answered meanwhile",
                "what other instances did is not known: {why}"
            );
        }
    }
}

/// The key of something that has these parts. Nobody can tell the parts from it, or find others with the same key.
pub(super) fn key(kind: Kind, parts: &[&[u8]]) -> Key {
    let mut hash = Context::new(&SHA256);
    for part in parts {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let hash = hash.finish();
    Key::new(kind, hash.as_ref().try_into().expect("SHA-256 has 32 bytes"))
}
