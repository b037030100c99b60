//! Contexts as handlers use them: typed, or by name.

use serde::Serialize;
use serde_json::Value;

use crate::wire::{self, Struct};

/// A type that is remembered from turn to turn in a context of its own.
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
pub trait Context {
    /// The context's id: letters, digits, `_`, `-` and `%`, at most 250 bytes. Dialogflow lowercases it.
    const NAME: &'static str;
    /// For how many turns it is remembered.
    const LIFESPAN: u32 = 5;
}

/// A context to set, renew or end by name.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputContext {
    id: String,
    lifespan: u32,
    parameters: Struct,
}

impl OutputContext {
    /// A context that lives for 5 turns, the console's default.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            lifespan: 5,
            parameters: Struct::new(),
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
        self.parameters.insert(name.into(), value.into());
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
            parameters,
        })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The context on the wire: its full name from the session's, its lifespan always written.
    pub(super) fn on_the_wire(self, session: &str) -> Result<wire::Context, &'static str> {
        if let Some(rule) = fault_of_id(&self.id) {
            return Err(rule);
        }
        Ok(wire::Context {
            name: format!("{session}/contexts/{}", self.id),
            lifespan_count: i32::try_from(self.lifespan).unwrap_or(i32::MAX),
            parameters: (!self.parameters.is_empty()).then_some(self.parameters),
            other: Struct::new(),
        })
    }
}

/// Whether Dialogflow keeps the context for itself: handlers do not see it, and it is never sent back.
///
/// Source: the reserved names of the published descriptors, and the slot-filling contexts seen beside them.
pub(super) fn is_reserved(id: &str) -> bool {
    id.starts_with("__")
        || id.ends_with("_dialog_context")
        || id.ends_with("_dialog_params_size")
        || id.contains("_dialog_params_")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_gets_its_full_name_and_always_a_lifespan() {
        let ended = OutputContext::new("cart")
            .lifespan(0)
            .on_the_wire("projects/p/agent/sessions/s")
            .unwrap();
        assert_eq!(
            serde_json::to_value(ended).unwrap(),
            serde_json::json!({"name": "projects/p/agent/sessions/s/contexts/cart", "lifespanCount": 0})
        );
    }

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
        ] {
            assert!(fault_of_id(bad).is_some(), "{bad}");
        }
    }
}
