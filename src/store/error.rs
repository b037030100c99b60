//! Why a store did not do what it was asked.

/// Why a store could not be opened, or could not do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No URL.
    #[error(
        "the store's URL has no scheme: say `memory:`, `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`"
    )]
    NoScheme,
    /// A URL of something else.
    #[error("the store's URL has a scheme that is not known: it may be `memory:`, `sqlite:` or `postgres:`")]
    UnknownScheme,
    /// A URL that cannot be followed.
    #[error("the store's URL: {0}")]
    Address(String),
    /// A URL of an engine that this program was built without.
    #[error(
        "this program was built without the `{0}` engine: build it with `--features {0}`, or say `memory:`"
    )]
    NotCompiledIn(&'static str),
    /// What the URL names is not there, or cannot be used.
    #[error("cannot open the store, {place}: {why}")]
    Open {
        /// Where, without user and password.
        place: String,
        /// What is wrong, and how to mend it.
        why: String,
    },
    /// It was made by a program that knows more.
    #[error(
        "the store, {place}, was written by a newer version (its schema is {found}, this program knows up to {known}): \
         run that version, or name another store"
    )]
    Newer {
        /// Where, without user and password.
        place: String,
        /// The schema's version there.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// It works no longer, or not just now.
    #[error("the store, {place}, is away: {why}")]
    Away {
        /// Where, without user and password.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// The key is no longer the ticket's.
    #[error(
        "the claim is no longer the caller's: its lease ran out and somebody else took the key, or it is finished"
    )]
    Superseded,
    /// Everything in the store is still needed.
    #[error(
        "the store in memory is full of what must not be forgotten yet: keep it in SQLite or PostgreSQL, see `store.url`"
    )]
    Full,
    /// More than a store takes.
    #[error("it has {bytes} bytes, more than the {max} that a store takes in one piece", max = super::MAX_RESULT)]
    TooLarge {
        /// How large it is.
        bytes: usize,
    },
}

impl StoreError {
    /// Whether the same may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Away { .. } | Self::Full)
    }
}
