//! Google's keys, kept here so that no call waits for Google while its key is known.
//!
//! One task asks Google, [`Keys::keep_fresh`], and so never twice at a time: ahead of the end of the keys' life, again and
//! again while Google is out of reach, and when a call names a key that nobody knows, once a minute at most. The old keys
//! stay until there are new ones.

use std::convert::Infallible;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use aws_lc_rs::signature::ParsedPublicKey;
use reqwest::{Client, Url};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout_at};

use super::Fault;
use super::fetch::{self, Ring};

/// Where Google publishes the keys of its ID tokens.
pub const GOOGLE: &str = "https://www.googleapis.com/oauth2/v3/certs";

/// How long a call waits for a key that is not here: Dialogflow waits 5 s for the whole answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Unknown keys make us ask Google once in this time, so that tokens of fancy cannot make us a nuisance.
const BETWEEN_EARLY: Duration = Duration::from_secs(60);

/// The longest pause after a failure; the first is a second, and each is twice the one before.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// So many calls may wait for keys at a time. More would take the seats of calls whose key is known.
const MAX_WAITING: usize = 256;

/// The keys that ID tokens are verified with.
pub struct Keys {
    url: Url,
    client: Client,
    ring: RwLock<Ring>,
    round: watch::Sender<Round>,
    waiting: Semaphore,
    fetched: AtomicU64,
    failed: AtomicU64,
}

/// Where the asking stands.
#[derive(Clone, Copy)]
struct Round {
    /// Google is being asked, or is about to be.
    pending: bool,
    /// How often an answer, or none, has come.
    done: u64,
    /// When an unknown key last was the reason.
    early: Option<Instant>,
}

/// Why there can be no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The address is none.
    #[error("expected a URL such as {GOOGLE}")]
    NotAUrl,
    /// Whoever can change the answer on its way can let anybody in.
    #[error(
        "expected https, or http on this machine only: whoever changes the keys on their way lets anybody in"
    )]
    NotSafe,
    /// The system cannot do TLS, mostly for want of certificates.
    #[error("cannot prepare for https: {0}; are the CA certificates of the system installed?")]
    Client(reqwest::Error),
}

impl Keys {
    /// The keys that are published at `url`, once [`Self::keep_fresh`] runs.
    ///
    /// # Errors
    ///
    /// When `url` is not https, or http on a loopback host; and when the system has no CA certificates.
    pub fn new(url: &str) -> Result<Self, KeysError> {
        let url = Url::parse(url).map_err(|_| KeysError::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if is_this_machine(&url) => {}
            _ => return Err(KeysError::NotSafe),
        }
        let client = fetch::client(&url).map_err(KeysError::Client)?;
        Ok(Self {
            url,
            client,
            ring: RwLock::default(),
            // The first round is as good as begun: a call that comes before it waits for it.
            round: watch::Sender::new(Round {
                pending: true,
                done: 0,
                early: None,
            }),
            waiting: Semaphore::new(MAX_WAITING),
            fetched: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        })
    }

    /// Whether these are the keys at `url`.
    #[must_use]
    pub fn are_at(&self, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| url == self.url)
    }

    /// Asks Google whenever there is a reason to, for as long as it is polled. One task does.
    pub async fn keep_fresh(&self) -> Infallible {
        let mut failures = 0;
        loop {
            self.round.send_modify(|round| round.pending = true);
            let pause = match fetch::fetch(&self.client, &self.url).await {
                Ok((ring, fresh_for)) => {
                    self.fetched.fetch_add(1, Ordering::Relaxed);
                    let ids = ring.len();
                    // The old ring goes after the lock does.
                    let _old = std::mem::replace(
                        &mut *self.ring.write().unwrap_or_else(PoisonError::into_inner),
                        ring,
                    );
                    if failures > 0 {
                        tracing::info!(failures, "fetched the keys for ID tokens after all: {ids}");
                    } else {
                        tracing::debug!(
                            fresh_s = fresh_for.as_secs(),
                            "fetched the keys for ID tokens: {ids}"
                        );
                    }
                    failures = 0;
                    // A fifth of their life is left for the failures of whoever is asked.
                    fresh_for.mul_f32(0.8)
                }
                Err(error) => {
                    failures += 1;
                    self.failed.fetch_add(1, Ordering::Relaxed);
                    self.tell(failures, &error);
                    Duration::from_secs(1 << (failures - 1).min(6)).min(LONGEST_PAUSE)
                }
            };
            let mut rounds = self.round.subscribe();
            self.round.send_modify(|round| {
                round.pending = false;
                round.done += 1;
            });
            tokio::select! {
                () = sleep(pause) => {}
                _ = rounds.wait_for(|round| round.pending) => {}
            }
        }
    }

    /// The first failure of a row is logged, then the second, the fourth, the eighth, ...
    fn tell(&self, failures: u32, error: &fetch::FetchError) {
        if !failures.is_power_of_two() {
            return;
        }
        let host = self.url.host_str().unwrap_or_default();
        if self.is_empty() {
            tracing::error!(
                failures,
                "cannot fetch the keys for ID tokens from {host}, and no token passes: {error}"
            );
        } else {
            tracing::warn!(
                failures,
                "cannot fetch the keys for ID tokens from {host}, so the old ones stay: {error}"
            );
        }
    }

    /// The key of that id: at once where it is here, else when Google was asked, if it may be asked now.
    pub(super) async fn find(&self, id: &str) -> Result<Arc<ParsedPublicKey>, Fault> {
        if let Some(key) = self.held(id) {
            return Ok(key);
        }
        self.wait_for(id).await.ok_or_else(|| {
            if self.is_empty() {
                Fault::NoKeys
            } else {
                Fault::UnknownKey
            }
        })
    }

    async fn wait_for(&self, id: &str) -> Option<Arc<ParsedPublicKey>> {
        // The header has no id, or one that no document of Google's would have.
        if id.is_empty() || id.len() > 256 {
            return None;
        }
        let _place = self.waiting.try_acquire().ok()?;
        let deadline = Instant::now() + PATIENCE;
        let mut rounds = self.round.subscribe();
        loop {
            let before = *rounds.borrow_and_update();
            if let Some(key) = self.held(id) {
                return Some(key);
            }
            if !before.pending && !self.begin_early() {
                return None;
            }
            let done = rounds.wait_for(|round| round.done > before.done);
            timeout_at(deadline, done).await.ok()?.ok()?;
        }
    }

    /// Has Google asked now, unless an unknown key was the reason for that less than a minute ago.
    fn begin_early(&self) -> bool {
        let now = Instant::now();
        let mut is_pending = false;
        self.round.send_if_modified(|round| {
            let may = round
                .early
                .is_none_or(|early| now.duration_since(early) >= BETWEEN_EARLY);
            is_pending = round.pending || may;
            if round.pending || !may {
                return false;
            }
            (round.pending, round.early) = (true, Some(now));
            true
        });
        is_pending
    }

    fn held(&self, id: &str) -> Option<Arc<ParsedPublicKey>> {
        self.ring
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    }

    /// Whether the key of that id is here.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.held(id).is_some()
    }

    /// How often the keys were fetched, and how often that failed.
    #[must_use]
    pub fn refreshes(&self) -> (u64, u64) {
        (
            self.fetched.load(Ordering::Relaxed),
            self.failed.load(Ordering::Relaxed),
        )
    }

    /// Whether no keys have come so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ring
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Keys at {}", self.url.host_str().unwrap_or_default())
    }
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_by_https_or_from_this_machine() {
        for url in [
            GOOGLE,
            "http://127.0.0.1:9000/certs",
            "http://localhost/certs",
            "http://[::1]:1/",
        ] {
            assert!(Keys::new(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "certs",
            "http://www.googleapis.com/oauth2/v3/certs",
            "http://localhost.example/",
            "file:///certs",
        ] {
            assert!(Keys::new(url).is_err(), "{url}");
        }
    }
}
