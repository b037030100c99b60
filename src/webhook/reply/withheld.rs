//! `Debug` that tells nobody's words: whatever is said may quote the user, and whatever has a `Debug` ends in a log some day.

/// Lets these types show their name alone.
macro_rules! withheld {
    ($($name:ident),+ $(,)?) => {$(
        /// Without what it says.
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}

pub(super) use withheld;
