//! What single platforms know beyond Dialogflow's own messages, as payloads under the platform's key.
//!
//! There are two places for a payload. Said by a reply, one of these is a message among the messages, for its platform only:
//! `reply.say(facebook::Message::text("..")..)`. Given to [`Reply::webhook_payload`](crate::Reply::webhook_payload), it
//! becomes the reply's own payload, which the integration or the caller of the API reads from `webhookPayload`. What has no
//! builder here goes into either place as JSON: [`Message::payload`](crate::Message::payload).
//!
//! What a platform's documentation says it would refuse is told as a finding and left out.
//!
//! ```
//! use flowhook::Reply;
//! use flowhook::payload::{facebook, line};
//!
//! let reply = Reply::text("Soup or salad?")
//!     .say(facebook::Message::text("Soup or salad?").quick_replies(["Soup", "Salad"]))
//!     .say(line::Message::confirm(
//!         "Soup or salad?",
//!         line::Action::message("Soup", "soup"),
//!         line::Action::message("Salad", "salad"),
//!     ));
//! ```

/// How a platform's message becomes a payload in either place.
macro_rules! platform_message {
    ($message:ident under $key:literal for $platform:ident) => {
        impl $crate::webhook::reply::payload::Payload for $message {
            fn members(self) -> Result<$crate::wire::Struct, &'static str> {
                self.0.under($key)
            }
        }

        impl From<$message> for $crate::Message {
            fn from(message: $message) -> Self {
                use $crate::webhook::reply::payload::Payload;
                let message = match message.members() {
                    Ok(members) => $crate::wire::Kind::Payload(members).into(),
                    Err(rule) => Self::broken(rule),
                };
                message.on($crate::wire::Platform::$platform)
            }
        }
    };
}

pub mod facebook;
pub mod google;
pub mod line;
pub mod slack;
pub mod telegram;

use serde::Serialize;
use serde_json::{Value, json};

use super::object;
use crate::webhook::reply::withheld::withheld;
use crate::wire::Struct;

/// What a payload may be made of: a message of a platform's, or any type that serde writes as a JSON object.
pub trait Payload {
    /// The payload's members, whose names are platforms.
    ///
    /// # Errors
    ///
    /// The rule that it breaks.
    fn members(self) -> Result<Struct, &'static str>;
}

impl<T: Serialize> Payload for T {
    fn members(self) -> Result<Struct, &'static str> {
        object(self)
    }
}

/// A message of a platform's while it is built: its members, and the first rule that it broke.
#[derive(Clone, Default, PartialEq)]
struct Body {
    members: Struct,
    fault: Option<&'static str>,
}

impl Body {
    fn with(name: &str, value: impl Into<Value>) -> Self {
        Self::default().and(name, value)
    }

    fn and(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Puts a part at the end of the list of that name, and says how many are there.
    fn push(&mut self, list: &str, part: Value) -> usize {
        let parts = self.members.entry(list).or_insert_with(|| json!([]));
        let Value::Array(parts) = parts else { return 0 };
        parts.push(part);
        parts.len()
    }

    fn within(self, holds: bool, rule: &'static str) -> Self {
        self.broken_by((!holds).then_some(rule))
    }

    /// The same with a rule that a part of it broke.
    fn broken_by(mut self, fault: Option<&'static str>) -> Self {
        self.fault = self.fault.or(fault);
        self
    }

    fn under(self, key: &str) -> Result<Struct, &'static str> {
        match self.fault {
            Some(rule) => Err(rule),
            None => Ok(Struct::from_iter([(key.to_owned(), Value::Object(self.members))])),
        }
    }

    /// The members, for a part of another message, and the rule that they broke.
    fn part(self) -> (Value, Option<&'static str>) {
        (Value::Object(self.members), self.fault)
    }
}

/// The values of the parts of a message, and the first rule that one of them broke.
fn parts(bodies: impl IntoIterator<Item = Body>) -> (Value, usize, Option<&'static str>) {
    let (values, faults): (Vec<_>, Vec<_>) = bodies.into_iter().map(Body::part).unzip();
    let count = values.len();
    (json!(values), count, faults.into_iter().flatten().next())
}

/// Words in markup that gives a meaning to `&`, `<` and `>`.
pub(in crate::webhook::reply) fn escape(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

withheld!(Body);
