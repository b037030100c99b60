//! Why a call is not admitted: for the log in full, for the caller only whether it could be at all; and how often.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::client_cert;
use super::id_token::Fault;

/// Why a check did not pass. Goes to the log, never to the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Nothing of the kind was shown.
    #[error("no `{0}` header")]
    Missing(String),
    /// It was shown more than once, so that two readers could see two different callers.
    #[error("more than one `{0}` header")]
    Repeated(String),
    /// An `Authorization` header of another scheme, or one that cannot be read.
    #[error("the `authorization` header is not Basic with base64 of `user:password`")]
    NotBasic,
    /// The secret is another one.
    #[error("the `{0}` header holds none of the configured values")]
    Wrong(String),
    /// The ID token is not one that may pass.
    #[error(transparent)]
    Token(#[from] Fault),
    /// The client certificate is not one that may pass.
    #[error(transparent)]
    Certificate(#[from] client_cert::Fault),
}

impl Reason {
    /// Whether the caller is who they say, and still may not call.
    fn is_not_allowed(&self) -> bool {
        matches!(self, Self::Token(fault) if fault.is_not_allowed())
    }

    /// A short name for counting.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Missing(_) => "missing",
            Self::Repeated(_) => "repeated",
            Self::NotBasic => "not_basic",
            Self::Wrong(_) => "wrong",
            Self::Token(fault) => fault.kind(),
            Self::Certificate(fault) => fault.kind(),
        }
    }

    /// How much of what was asked for was there; of several ways in, the one that was meant is told.
    fn nearness(&self) -> u8 {
        match self {
            Self::Missing(_) | Self::Certificate(client_cert::Fault::Missing) => 0,
            Self::NotBasic | Self::Token(Fault::NotBearer) => 1,
            reason if reason.is_not_allowed() => 3,
            _ => 2,
        }
    }
}

/// A call that is not admitted: for each set of checks, why.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal(pub(super) Vec<Reason>);

impl Refusal {
    /// Whether the call came with a genuine token of Google's that is not allowed here. All others have no credentials, or
    /// wrong ones.
    #[must_use]
    pub fn is_not_allowed(&self) -> bool {
        self.0.iter().any(Reason::is_not_allowed)
    }

    /// A short name for counting: of the way in that came nearest.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        // Of several that are as near, the first.
        let nearest = self.0.iter().rev().max_by_key(|reason| reason.nearness());
        nearest.map_or("missing", Reason::kind)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, reason) in self.0.iter().enumerate() {
            if place > 0 {
                formatter.write_str("; or ")?;
            }
            reason.fmt(formatter)?;
        }
        Ok(())
    }
}

/// So many refusals of a kind are told at once; after that, one in each [`REGAINED`].
const AT_ONCE: u32 = 10;

/// How long it takes until one more may be told.
const REGAINED: Duration = Duration::from_secs(1);

/// Counts refusals by kind, and says which of them the log should tell: whoever knocks without end must not fill it.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<BTreeMap<&'static str, Tally>>);

#[derive(Debug)]
struct Tally {
    refused: u64,
    untold: u64,
    left: u32,
    since: Instant,
}

impl Refusals {
    /// Counts a refusal. If it is to be told, so many of its kind were not told before it.
    pub fn count(&self, refusal: &Refusal) -> Option<u64> {
        let now = Instant::now();
        let mut tallies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = tallies.entry(refusal.kind()).or_insert(Tally {
            refused: 0,
            untold: 0,
            left: AT_ONCE,
            since: now,
        });
        tally.refused += 1;
        while tally.left < AT_ONCE && now.duration_since(tally.since) >= REGAINED {
            tally.left += 1;
            tally.since += REGAINED;
        }
        if tally.left == AT_ONCE {
            tally.since = now;
        }
        if tally.left == 0 {
            tally.untold += 1;
            return None;
        }
        tally.left -= 1;
        Some(std::mem::take(&mut tally.untold))
    }

    /// How often calls were refused, by kind.
    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, u64)> {
        let tallies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tallies
            .iter()
            .map(|(kind, tally)| (*kind, tally.refused))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn refusals_without_end_are_all_counted_and_told_once_a_second() {
        let refusals = Refusals::default();
        let missing = Refusal(vec![Reason::Missing("x-api-key".into())]);
        let burst: Vec<_> = (0..1_000).filter_map(|_| refusals.count(&missing)).collect();
        assert_eq!(burst, [0; 10]);
        tokio::time::advance(Duration::from_secs(1)).await;
        let told: Vec<_> = (0..100).filter_map(|_| refusals.count(&missing)).collect();
        assert_eq!(told, [990]);
        let other = Refusal(vec![Reason::Wrong("x-api-key".into())]);
        assert_eq!(refusals.count(&other), Some(0));
        tokio::time::advance(Duration::from_secs(3_600)).await;
        let told: Vec<_> = (0..100).filter_map(|_| refusals.count(&missing)).collect();
        assert_eq!(told, [99, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(refusals.counts(), [("missing", 1_200), ("wrong", 1)]);
    }

    #[test]
    fn of_several_ways_in_the_nearest_is_counted() {
        let missing = Reason::Missing("x-api-key".into());
        let token = |fault| Reason::Token(fault);
        for (reasons, kind) in [
            (vec![missing.clone(), Reason::NotBasic], "not_basic"),
            (vec![Reason::NotBasic, token(Fault::Expired)], "token_expired"),
            (
                vec![token(Fault::Expired), token(Fault::Email), missing],
                "token_email",
            ),
            (vec![token(Fault::Expired), token(Fault::Issuer)], "token_expired"),
        ] {
            assert_eq!(Refusal(reasons).kind(), kind);
        }
    }
}
