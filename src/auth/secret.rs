//! A secret to compare with, and for nothing else.

use std::fmt;
use std::sync::LazyLock;

use aws_lc_rs::hmac;

/// A secret, kept only as a keyed hash. Comparing takes the same time whatever differs, and says nothing of its length.
pub struct Secret(hmac::Tag);

/// Lives as long as the process.
static KEY: LazyLock<hmac::Key> = LazyLock::new(|| {
    hmac::Key::generate(hmac::HMAC_SHA256, &aws_lc_rs::rand::SystemRandom::new())
        .expect("the operating system gives random bytes")
});

impl Secret {
    /// Keeps the hash of `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(hmac::sign(&KEY, text.as_bytes()))
    }

    /// Whether `shown` is the secret.
    #[must_use]
    pub fn is(&self, shown: &[u8]) -> bool {
        hmac::verify(&KEY, shown, self.0.as_ref()).is_ok()
    }
}

/// Whether `shown` is one of the secrets; all are compared, so that the time does not tell which.
pub(super) fn is_one_of(secrets: &[Secret], shown: &[u8]) -> bool {
    secrets
        .iter()
        .fold(false, |found, secret| found | secret.is(shown))
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}
