//! What the console says of an intent, as far as it shows in what the webhook is sent.

use serde_json::Value;

/// What is set up for one intent in the console. A [`Conversation`](super::Conversation) asks an intent by it, as Dialogflow
/// would: whatever is not said here is not set up.
///
/// ```
/// use flowhook::testing::Design;
///
/// let appointment = Design::of("appointment")
///     .requires("date", "For which day?")
///     .requires("time", "At what time?")
///     .sets("appointment-followup", 2)
///     .says("I will see what can be done.");
/// let why = Design::of("appointment - why").needs("appointment-followup");
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a design holds once a conversation has it"]
pub struct Design {
    pub(super) intent: String,
    pub(super) needs: Vec<String>,
    pub(super) sets: Vec<(String, u32)>,
    pub(super) requires: Vec<(String, String)>,
    pub(super) defaults: Vec<(String, Value)>,
    pub(super) listens: Vec<String>,
    pub(super) says: Option<String>,
    pub(super) action: String,
    pub(super) is_fallback: bool,
    pub(super) resets_contexts: bool,
}

impl Design {
    /// An intent, by its display name.
    pub fn of(intent: impl Into<String>) -> Self {
        Self {
            intent: intent.into(),
            ..Self::default()
        }
    }

    /// An input context: the intent is matched only while it is active.
    pub fn needs(mut self, context: impl Into<String>) -> Self {
        self.needs.push(context.into());
        self
    }

    /// An output context, which the agent sets for so many turns once the intent is matched and its slots are filled; 0 ends
    /// it.
    pub fn sets(mut self, context: impl Into<String>, turns: u32) -> Self {
        self.sets.push((context.into(), turns));
        self
    }

    /// A required parameter, and the prompt by which the agent asks for it. The webhook is taken to be enabled for slot
    /// filling too: it is called while there are slots to fill, and the prompt is the console's response.
    pub fn requires(mut self, parameter: impl Into<String>, prompt: impl Into<String>) -> Self {
        self.requires.push((parameter.into(), prompt.into()));
        self
    }

    /// What a parameter holds where the user gives nothing: a constant, or a reference to what a context carries, as in
    /// `#booking.guests`.
    pub fn defaults(mut self, parameter: impl Into<String>, value: impl Into<Value>) -> Self {
        self.defaults.push((parameter.into(), value.into()));
        self
    }

    /// An event that leads to the intent.
    pub fn listens(mut self, event: impl Into<String>) -> Self {
        self.listens.push(event.into());
        self
    }

    /// The text response in the console.
    pub fn says(mut self, words: impl Into<String>) -> Self {
        self.says = Some(words.into());
        self
    }

    /// The action.
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = action.into();
        self
    }

    /// It is a fallback intent: a match counts as one that was not understood.
    pub fn fallback(mut self) -> Self {
        self.is_fallback = true;
        self
    }

    /// A match ends all contexts first.
    pub fn resets_contexts(mut self) -> Self {
        self.resets_contexts = true;
        self
    }
}
