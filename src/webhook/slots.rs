//! Slot filling: the agent asks for the required parameters of an intent one by one, and calls the webhook in between.

use serde_json::Value;

use super::params::is_not_given;
use super::{Call, Event, OutputContext, Reply};
use crate::wire::{self, Struct};

/// How far slot filling has come on a turn. The agent calls the webhook for it where the intent has "Enable webhook call for
/// slot filling".
///
/// ```
/// use flowhook::{Reply, Result, Turn};
///
/// async fn book(turn: Turn) -> Result<Reply> {
///     let slots = turn.slots();
///     if slots.is_cancelled() {
///         return Ok(Reply::text("Never mind, then."));
///     }
///     if slots.is_filling() {
///         return Ok(match slots.asked() {
///             Some("time") => Reply::text("At what time? We open at six.").chips(["18:00", "20:00"]),
///             _ => Reply::prompt(),
///         });
///     }
///     Ok(Reply::text("Booked."))
/// }
/// ```
///
/// While slots are being filled, required parameters are missing. A handler that cannot do without one of them is not run then: the
/// agent's prompt stands. One that has something to say in between takes them as `Option`s.
#[derive(Clone, Copy)]
pub struct Slots<'a> {
    call: &'a Call,
}

impl Call {
    /// How far slot filling has come on this turn.
    #[must_use]
    pub fn slots(&self) -> Slots<'_> {
        Slots { call: self }
    }
}

impl<'a> Slots<'a> {
    /// Whether the agent is still asking. Not when the user has just left it.
    #[must_use]
    pub fn is_filling(self) -> bool {
        let is_open = !self.call.query_result().all_required_params_present && !self.is_cancelled();
        is_open && (self.empty().next().is_some() || self.dialog_contexts().next().is_some())
    }

    /// Whether the user left slot filling on this turn, as by "cancel". The agent has an answer to that too.
    #[must_use]
    pub fn is_cancelled(self) -> bool {
        self.call.cancels_slot_filling()
    }

    /// Parameters that hold no value while slot filling goes on; empty once all required ones are there. Dialogflow does
    /// not say which are required, so optional ones are among them. 0 and false are values.
    #[must_use]
    pub fn missing(self) -> Vec<&'a str> {
        if self.is_filling() {
            self.empty().collect()
        } else {
            Vec::new()
        }
    }

    /// The parameters that hold a value, by name.
    pub fn given(self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let parameters = self.call.parameters().iter();
        let given = parameters.filter(|(_, value)| !is_not_given(value));
        given.map(|(name, value)| (name.as_str(), value))
    }

    /// The parameter that the agent asks for now, spelt as in [`Call::parameters`]. None when slot filling does not go on, or
    /// Dialogflow does not tell.
    ///
    /// Source: the contexts `..._dialog_params_NAME` seen in requests. They are not documented.
    #[must_use]
    pub fn asked(self) -> Option<&'a str> {
        if !self.is_filling() {
            return None;
        }
        let asked: Vec<_> = self.dialog_contexts().filter_map(asked_in).collect();
        let named = |name: &&str| asked.iter().any(|asked| asked.eq_ignore_ascii_case(name));
        // A context that ends in `size` counts the slots, whether one of them is called so or not.
        let is_count = |name: &&str| name.eq_ignore_ascii_case("size");
        let mut missing = self.empty().filter(named);
        missing.clone().find(|name| !is_count(name)).or_else(|| {
            let is_only_one = self.empty().count() == 1;
            missing.find(|_| is_only_one)
        })
    }

    /// The words in which the agent would ask. [`Reply::prompt`] lets it.
    #[must_use]
    pub fn prompt(self) -> Option<&'a str> {
        if !self.is_filling() {
            return None;
        }
        let texts = self
            .call
            .console_messages()
            .iter()
            .filter_map(|message| match &message.kind {
                Some(wire::Kind::Text(text)) => text.text.first(),
                _ => None,
            });
        let legacy = std::iter::once(&self.call.query_result().fulfillment_text);
        let mut words = texts.chain(legacy).filter(|words| !words.is_empty());
        words.next().map(String::as_str)
    }

    /// Gives a slot a value of our own. See [`Filled`] for how it reaches the agent.
    pub fn fill(self, name: impl Into<String>, value: impl Into<Value>) -> Filled {
        self.as_given().fill(name, value)
    }

    /// Takes the value of a slot away, so that the agent asks for it again. See [`Filled`] for how.
    pub fn clear(self, name: &str) -> Filled {
        self.as_given().clear(name)
    }

    fn as_given(self) -> Filled {
        let given = self.given().map(|(name, value)| (name.to_owned(), value.clone()));
        Filled {
            values: given.collect(),
        }
    }

    fn empty(self) -> impl Iterator<Item = &'a str> + Clone {
        let parameters = self.call.parameters().iter();
        let empty = parameters.filter(|(_, value)| is_not_given(value));
        empty.map(|(name, _)| name.as_str())
    }

    /// The contexts in which Dialogflow keeps how far it has come.
    fn dialog_contexts(self) -> impl Iterator<Item = &'a wire::Context> {
        let contexts = self.call.query_result().output_contexts.iter();
        contexts.filter(|context| context.id().contains("_dialog_"))
    }
}

/// The parameter that a context says is asked for, in lower case.
fn asked_in(context: &wire::Context) -> Option<&str> {
    context.id().rsplit_once("_dialog_params_").map(|(_, name)| name)
}

/// The slots as the webhook wants them: those that were given, with changes.
///
/// Dialogflow documents no way to write into the slots that it keeps: their contexts are reserved, and Flowhook never sends
/// them back. Two ways are documented, and both need the agent's help: a default value for the parameter, which the agent
/// takes where the user gives none.
///
/// - **An event** starts the intent anew with these values, at once: [`Filled::event`]. The intent listens to the event, and
///   its parameters have the default values `#EVENT.NAME`. This one can clear slots too. An event leads to another call of the
///   webhook, at most three in a turn: change something each time, or speak.
/// - **A context** offers the values to an intent that is matched later: [`Filled::context`]. Its parameters have the default
///   values `#CONTEXT.NAME`. Whether an agent looks at it again in the middle of filling slots is not documented.
///
/// ```
/// use flowhook::{Answer, Reply, Result, Turn};
///
/// async fn book(turn: Turn) -> Result<Answer> {
///     let slots = turn.slots();
///     // "As always": we know how many they are.
///     if slots.missing().contains(&"guests") && turn.said().contains("as always") {
///         return Ok(slots.fill("guests", 2).event("BOOK_TABLE").into());
///     }
///     Ok(Reply::prompt().into())
/// }
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "slots are changed by the event or the context that carries them"]
pub struct Filled {
    values: Struct,
}

impl Filled {
    /// Gives one more slot a value.
    pub fn fill(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.values.insert(name.into(), value.into());
        self
    }

    /// Takes the value of one more slot away.
    pub fn clear(mut self, name: &str) -> Self {
        self.values.remove(name);
        self
    }

    /// An event that starts an intent with these values.
    pub fn event(self, name: impl Into<String>) -> Reply<Event> {
        let values = self.values.into_iter();
        values.fold(Reply::event(name), |event, (name, value)| {
            event.parameter(name, value)
        })
    }

    /// A context that carries these values.
    #[must_use]
    pub fn context(self, id: impl Into<String>) -> OutputContext {
        let values = self.values.into_iter();
        values.fold(OutputContext::new(id), |context, (name, value)| {
            context.parameter(name, value)
        })
    }
}

/// Without what the user said.
impl std::fmt::Debug for Filled {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Filled").finish_non_exhaustive()
    }
}

/// Without what the user said.
impl std::fmt::Debug for Slots<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Slots").finish_non_exhaustive()
    }
}
