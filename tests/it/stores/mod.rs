//! Stores: acceptance suites that all of them run, for claims and for jobs, and what each of them survives.

/// A suite for one engine: how its runtime is, and how a test gets a place.
macro_rules! engine {
    ($engine:ident, $runtime:meta, $place:expr, [$($test:ident)*]) => {
        mod $engine {
            use crate::stores::places::Place;

            $(
                #[$runtime]
                async fn $test() {
                    let place: Option<Place> = $place.await;
                    if let Some(place) = place {
                        super::$test(&place).await;
                    }
                }
            )*
        }
    };
}

/// A suite for all engines.
macro_rules! engines {
    ($tests:tt) => {
        engine!(
            memory,
            tokio::test(start_paused = true),
            async { Some(crate::stores::places::Place::memory()) },
            $tests
        );
        engine!(
            sqlite,
            tokio::test(flavor = "multi_thread"),
            async { Some(crate::stores::places::Place::sqlite()) },
            $tests
        );
        engine!(
            postgres,
            tokio::test(flavor = "multi_thread"),
            crate::stores::places::Place::postgres(),
            $tests
        );
    };
}

mod acceptance;
mod away;
mod jobs;
mod killed;
mod opening;
mod operators;
pub mod places;
pub mod proxy;
mod sweeping;

use flowhook::store::{Claim, Key, Kind, Store, StoreError, Terms, Ticket};
use std::time::Duration;
use tokio::time::Instant;

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A lease that does not run out during a test.
const LONG: Duration = Duration::from_secs(3_600);

/// A lease that does.
const SHORT: Duration = Duration::from_millis(300);

/// The key of that kind and number, as `holder.rs` makes it too.
fn key(kind: Kind, number: u64) -> Key {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&number.to_le_bytes());
    Key::new(kind, hash)
}

/// Claims a key that must be free.
async fn take(store: &dyn Store, key: &Key, terms: Terms) -> Ticket {
    match store.claim(key, terms).await.unwrap() {
        Claim::Mine(ticket) => ticket,
        other => panic!("{key:?} is not free but {other:?}"),
    }
}

/// The answer of a store that may be too busy for all at once, as a machine that runs all tests may be.
async fn answered<T, F>(ask: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, StoreError>>,
{
    let began = Instant::now();
    loop {
        match ask().await {
            Err(error) if error.is_transient() && began.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            answer => return answer.unwrap(),
        }
    }
}

/// Tries until it gives something, for as long as anything may take.
pub async fn until<T>(mut attempt: impl AsyncFnMut() -> Option<T>) -> T {
    let trying = async {
        loop {
            if let Some(done) = attempt().await {
                return done;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, trying)
        .await
        .expect("it never came")
}
