//! What a handler gets.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::{Call, NoParams};

/// One turn of a conversation, as a handler gets it.
///
/// It gives everything that [`Call`] gives: `turn.said()`, `turn.session()`, `turn.recall::<T>()`, ...
///
/// ```
/// use flowhook::{Reply, Result, Turn};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Party {
///     guests: u8,           // arrives as 2.0
///     name: Option<String>, // arrives as "" when nobody said it
/// }
///
/// async fn book(turn: Turn<Party>) -> Result<Reply> {
///     let Party { guests, name } = &turn.params;
///     let name = name.as_deref().unwrap_or("you");
///     Ok(Reply::text(format!("A table for {guests}, for {name}.")))
/// }
/// ```
pub struct Turn<P = NoParams, App = ()> {
    /// The intent's parameters, as the handler's own type.
    pub params: P,
    /// The agent's own state, shared by all turns.
    pub app: Arc<App>,
    /// Everything else that the turn tells. `turn.said()` reaches it too; `turn.call.said()` also does where
    /// `turn.params` was moved out.
    pub call: Arc<Call>,
}

impl<P, App> Deref for Turn<P, App> {
    type Target = Call;

    fn deref(&self) -> &Call {
        &self.call
    }
}

/// Shows which intent it is, and nothing that the user said.
impl<P, App> fmt::Debug for Turn<P, App> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Turn")
            .field("intent", &self.intent())
            .finish_non_exhaustive()
    }
}
