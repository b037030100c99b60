//! Refused calls in the log: the first at once, then how many, so that no caller can fill it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Answer, Endpoint, Product};

/// How often refusals of one kind are told.
const EVERY: Duration = Duration::from_secs(10);

/// What was refused since it was last told.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<HashMap<Refused, (Instant, u64)>>);

/// At which endpoint, and why.
type Refused = (Product, String, &'static str);

impl Tally {
    pub(super) fn tell(&self, endpoint: &Endpoint, answer: &Answer) {
        let (kind, mend) = match answer {
            Answer::Kept => return,
            Answer::Proof(_) => {
                tracing::info!(
                    endpoint = endpoint.name(),
                    product = endpoint.product().path(),
                    "proved to Google whose webhook this is"
                );
                return;
            }
            Answer::NotACall(why) => (
                *why,
                "nothing, if it is not Google that calls: others find such addresses too",
            ),
            Answer::Forbidden => (
                "it does not carry this webhook's token",
                "compare `client_token` with the console's; while the token changes, give both",
            ),
            Answer::Unavailable(why) => (*why, "Google will deliver it again"),
        };
        let Some(untold) = self.count(endpoint, kind) else {
            return;
        };
        tracing::warn!(
            endpoint = endpoint.name(),
            product = endpoint.product().path(),
            untold,
            mend,
            "refused a call: {kind}"
        );
    }

    /// How many were not told since the last that was; none if this one is not to be told either.
    fn count(&self, endpoint: &Endpoint, kind: &'static str) -> Option<u64> {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let refused = (endpoint.product(), endpoint.name().to_owned(), kind);
        match tally.get_mut(&refused) {
            Some((told, untold)) if now - *told < EVERY => {
                *untold += 1;
                None
            }
            Some(last) => Some(std::mem::replace(last, (now, 0)).1),
            None => {
                tally.insert(refused, (now, 0));
                Some(0)
            }
        }
    }
}
