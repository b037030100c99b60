//! The ids of what we send, by which both platforms know a repetition.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use aws_lc_rs::rand;
use uuid::{Builder, Uuid};

use crate::store::queue::fingerprint;

/// The id of a message or an event that is sent: a UUID, as Google asks.
///
/// RBM ignores what comes again under the same id, and Business Messages refuses it; so an id that is derived from what is answered
/// makes sending safe to repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(Uuid);

impl Id {
    /// A new one: for what nobody asked for.
    ///
    /// # Panics
    ///
    /// When the operating system has no random bytes to give, in which case TLS does not work either.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        rand::fill(&mut bytes).expect("the operating system gives random bytes");
        Self(Builder::from_random_bytes(bytes).into_uuid())
    }

    /// The id of the answer of that number to what came in under `inbound`; the same on every run. `inbound` is made of the parts that
    /// name it: the product, the agent, the user, its id.
    ///
    /// ```
    /// use flowhook::channels::Id;
    ///
    /// let inbound = ["rbm", "agent@rbm.goog", "MxInbound"];
    /// assert_eq!(Id::derived(&inbound, 0), Id::derived(&inbound, 0));
    /// assert_ne!(Id::derived(&inbound, 0), Id::derived(&inbound, 1));
    /// ```
    #[must_use]
    pub fn derived(inbound: &[&str], number: u32) -> Self {
        let parts = [&b"flowhook answer"[..], &hash_of(inbound), &number.to_be_bytes()];
        let hash = fingerprint(&parts);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        Self(Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// A hash of these texts.
pub(crate) fn hash_of(parts: &[&str]) -> [u8; 32] {
    let parts: Vec<_> = parts.iter().map(|part| part.as_bytes()).collect();
    fingerprint(&parts)
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(formatter)
    }
}

impl FromStr for Id {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::try_parse(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_and_depends_on_every_part() {
        let id = Id::derived(&["rbm", "a", "b"], 0).to_string();
        assert_eq!(id.len(), 36);
        assert_eq!(id.parse::<Id>().unwrap().to_string(), id);
        for other in [
            Id::derived(&["rbm", "ab", ""], 0),
            Id::derived(&["rbm", "a", "b"], 1),
            Id::derived(&["rbm", "a", "c"], 0),
            Id::random(),
        ] {
            assert_ne!(other.to_string(), id);
        }
    }
}
