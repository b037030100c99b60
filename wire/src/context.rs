//! A context: what the conversation remembers for a number of turns.

use super::LazyStruct;

message! {
    /// A context as it is active (in a request) or as it shall become (in a response).
    Context {
        /// The full resource name, `SESSION/contexts/ID`. Dialogflow lowercases the id.
        name: String,
        /// Turns that are left to it. 0 in a request: its last turn. 0 in a response: delete it. Always written, because
        /// a response without it deletes the context.
        lifespan_count: i32 = "lifespanCount" [written],
        /// What it carries: the handler's own values and, put there by Dialogflow, the parameters of matched intents as
        /// `NAME` and `NAME.original`.
        parameters: Option<LazyStruct>,
    }
}

impl Context {
    /// The id: what follows the last `/contexts/`. Counting path segments would go wrong, for a session may or may not
    /// have a location and an environment.
    #[must_use]
    pub fn id(&self) -> &str {
        id_of(&self.name)
    }

    /// Turns that are left to it after this one.
    #[must_use]
    pub fn turns_left(&self) -> u32 {
        u32::try_from(self.lifespan_count).unwrap_or(0)
    }
}

/// The context id at the end of a full context name; the name itself where it is not a full one.
#[must_use]
pub fn id_of(name: &str) -> &str {
    parts_of(name).map_or(name, |(_, id)| id)
}

/// A full context name taken apart: the session, and the id, which has no slash in it. None for any other text.
#[must_use]
pub fn parts_of(name: &str) -> Option<(&str, &str)> {
    let (path, id) = name.rsplit_once('/')?;
    Some((path.strip_suffix("/contexts")?, id))
}
