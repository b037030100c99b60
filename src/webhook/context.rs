//! Contexts as handlers use them: typed, or by name.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::{Call, session_data};
use crate::wire::{self, Struct};

/// A type that is remembered from turn to turn in a context of its own.
///
/// Dialogflow puts the parameters of each matched intent into every active context, in place of members of the same name: name
/// the fields otherwise than parameters whose values they must outlive.
///
/// ```
/// use flowhook::{Context, Reply, Result, Turn};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Booking {
///     guests: u8,
/// }
///
/// impl Context for Booking {
///     const NAME: &'static str = "booking";
/// }
///
/// async fn book(_: Turn) -> Result<Reply> {
///     Ok(Reply::text("A table for two.").remember(&Booking { guests: 2 }))
/// }
///
/// async fn how_many(turn: Turn) -> Result<Reply> {
///     let Some(booking) = turn.recall::<Booking>()? else {
///         return Ok(Reply::text("You have no booking yet."));
///     };
///     Ok(Reply::text(format!("You are {} at the table.", booking.guests)))
/// }
/// ```
///
/// Dialogflow adds the parameters of every matched intent to all active contexts, and one of the same name takes the place of
/// what was remembered (seen in recorded requests): name the fields unlike parameters, or use
/// [`SessionData`](super::SessionData), which nobody adds to. A field that may be empty is an `Option`, or has
/// `#[serde(default)]`, since an empty string comes back as a value that nobody gave.
///
/// Whatever its lifespan, a context also ends when nothing renewed it for 20 minutes. Source: the guide, "Contexts".
pub trait Context {
    /// The context's id: letters, digits, `_`, `-` and `%`, at most 250 bytes. Dialogflow lowercases it.
    const NAME: &'static str;
    /// For how many turns it is remembered.
    const LIFESPAN: u32 = 5;
}

/// A context to set, renew or end by name.
#[derive(Clone, PartialEq)]
pub struct OutputContext {
    id: String,
    lifespan: u32,
    carries: Carries,
}

/// What a context shall carry.
#[derive(Clone, PartialEq)]
enum Carries {
    /// Just this.
    This(Struct),
    /// What it carries already, if it is active.
    WhatItDoes,
}

impl OutputContext {
    /// A context that lives for 5 turns, the console's default.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            lifespan: 5,
            carries: Carries::This(Struct::new()),
        }
    }

    /// Lets it live for so many turns; 0 ends it at once.
    #[must_use]
    pub fn lifespan(mut self, turns: u32) -> Self {
        self.lifespan = turns;
        self
    }

    /// Lets it carry a value. Send all that it shall carry: Dialogflow puts the new context in place of the old.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        if let Carries::This(parameters) = &mut self.carries {
            parameters.insert(name.into(), value.into());
        }
        self
    }

    /// A typed context.
    pub(super) fn carrying<T: Context + Serialize>(value: &T) -> Result<Self, String> {
        let parameters = match serde_json::to_value(value) {
            Ok(Value::Object(members)) => members,
            Ok(_) => {
                return Err(format!(
                    "context `{}`: what it carries is no JSON object",
                    T::NAME
                ));
            }
            Err(_) => {
                return Err(format!(
                    "context `{}`: its type cannot be written as JSON",
                    T::NAME
                ));
            }
        };
        Ok(Self {
            id: T::NAME.to_owned(),
            lifespan: T::LIFESPAN,
            carries: Carries::This(parameters),
        })
    }

    /// A context that lives on for so many turns with what it carries; where it is not active, none.
    pub(super) fn kept(id: impl Into<String>, turns: u32) -> Self {
        Self {
            id: id.into(),
            lifespan: turns,
            carries: Carries::WhatItDoes,
        }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn is(&self, id: &str) -> bool {
        self.id.eq_ignore_ascii_case(id)
    }

    /// Whether it is set anew, neither kept nor ended.
    pub(super) fn is_set(&self) -> bool {
        self.lifespan > 0 && self.carries != Carries::WhatItDoes
    }

    /// The context on the wire: its full name from the session's, its lifespan always written. None where one that is not
    /// active should be kept.
    pub(super) fn on_the_wire(self, call: &Call) -> Result<Option<wire::Context>, &'static str> {
        if let Some(rule) = fault_of_chosen_id(&self.id) {
            return Err(rule);
        }
        let parameters = match self.carries {
            Carries::This(parameters) => Some(parameters.into()),
            Carries::WhatItDoes => match call.context(&self.id) {
                Some(active) => active.parameters.clone(),
                None => return Ok(None),
            },
        };
        Ok(Some(wire::Context {
            name: format!("{}/contexts/{}", call.session_name(), self.id),
            lifespan_count: i32::try_from(self.lifespan).unwrap_or(i32::MAX),
            parameters: parameters.filter(|parameters| !parameters.is_empty()),
            other: Struct::new(),
        }))
    }
}

/// Shows which context it is, and nothing of what it carries.
impl fmt::Debug for OutputContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OutputContext")
            .field("id", &self.id)
            .field("lifespan", &self.lifespan)
            .finish_non_exhaustive()
    }
}

/// Whether Dialogflow keeps the context for itself: handlers do not see it, and it is never sent back.
///
/// Source: the reserved names of the published descriptors, and the slot-filling contexts seen beside them.
pub(super) fn is_reserved(id: &str) -> bool {
    // Most ids have none of it, whatever their case.
    id.contains('_') && {
        let id = id.to_ascii_lowercase();
        id.starts_with("__")
            || id.ends_with("_dialog_context")
            || id.ends_with("_dialog_params_size")
            || id.contains("_dialog_params_")
    }
}

/// What is wrong with a context's id, if anything.
///
/// Source: the comments of the published context proto. They name only letters, digits, `_`, `-` and `%`, but agents in
/// use have ids with `:` and `.` too, so other printable ASCII passes.
pub(super) fn fault_of_id(id: &str) -> Option<&'static str> {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/') {
        return Some("a context's id has letters, digits, `_`, `-` and `%`, no spaces, no `/`");
    }
    if id.len() > 250 {
        return Some("a context's id has at most 250 bytes");
    }
    if is_reserved(id) {
        return Some("Dialogflow keeps contexts of that name for itself");
    }
    None
}

/// What is wrong with an id that a handler chose, if anything. Our own context is not for handlers to set, but the proof
/// meets it in replies.
fn fault_of_chosen_id(id: &str) -> Option<&'static str> {
    if id.eq_ignore_ascii_case(session_data::CONTEXT) {
        return Some("session data is kept in the context of that name; give yours another");
    }
    fault_of_id(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_and_reserved_ids_are_told_apart_from_good_ones() {
        for good in ["cart", "My-Cart_2", "100%25", "booking-followup", "a:b.c"] {
            assert_eq!(fault_of_id(good), None, "{good}");
        }
        let long = "x".repeat(251);
        for bad in [
            "",
            "my cart",
            "grüße",
            "a/b",
            &long,
            "__system_counters__",
            "x_id_dialog_context",
            "X_ID_Dialog_Context",
        ] {
            assert!(fault_of_id(bad).is_some(), "{bad}");
        }
        assert!(fault_of_chosen_id("Flowhook-Session-Data").is_some());
        assert_eq!(
            fault_of_id(session_data::CONTEXT),
            None,
            "the proof lets session data pass"
        );
    }
}
