//! One of several, chosen at random as the user sees it, and yet the same whenever the call is.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Call;

impl Call {
    /// One of several replies, messages, or whatever else the turn may go by. As with
    /// [`Reply::one_of`](super::Reply::one_of), a repeated call gets the same one, and tests say which by
    /// [`Options::seed`](super::Options::seed).
    ///
    /// ```
    /// use flowhook::{Card, Reply, Result, Turn};
    ///
    /// async fn suggest(turn: Turn) -> Result<Reply> {
    ///     Ok(turn.any_of([
    ///         Reply::message(Card::new("Soup").button("Order", "order soup")),
    ///         Reply::text("How about a salad?").chips(["Yes", "No"]),
    ///     ]))
    /// }
    /// ```
    #[must_use]
    pub fn any_of<T, const N: usize>(&self, alternatives: [T; N]) -> T {
        const { assert!(N > 0, "there is at least one to choose") }
        let chosen = index(self.choice(usize::MAX), N);
        let mut alternatives = alternatives.into_iter();
        alternatives.nth(chosen).expect("an index is below its bound")
    }

    /// A number that is the same whenever the call and the place are; in tests, the seed.
    pub(super) fn choice(&self, place: usize) -> u64 {
        self.seed().unwrap_or_else(|| {
            let mut hasher = DefaultHasher::new();
            (self.response_id(), self.session_name(), place).hash(&mut hasher);
            hasher.finish()
        })
    }
}

fn index(choice: u64, bound: usize) -> usize {
    usize::try_from(choice % bound as u64).unwrap_or_default()
}
