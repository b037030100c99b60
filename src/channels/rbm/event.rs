//! What comes in: users' messages and taps, what became of ours, and news of the agent's launch.
//!
//! The union is not tagged: kinds are told apart by their members, in the order of the documentation. Source: RBM's guides and its
//! REST reference (`UserMessage`, `UserEvent`, `ServerEvent`), and what captured calls hold.

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use super::PhoneNumber;
use crate::channels::look;

/// Something that came in.
#[derive(Clone, PartialEq)]
pub struct Event {
    /// The agent that it is for, as in `name@rbm.goog`; empty where it was not said.
    pub agent: String,
    /// The user; none for news of the agent.
    pub user: Option<PhoneNumber>,
    /// The id that it is known by: of the message, for all else of the event. Empty where there was none.
    pub id: String,
    /// When it was sent, where that was said.
    pub sent_at: Option<Timestamp>,
    /// What it is.
    pub kind: Kind,
    json: Value,
}

/// What came in.
#[derive(Clone, PartialEq)]
pub enum Kind {
    /// The user wrote.
    Text(String),
    /// The user sent a file.
    File(UserFile),
    /// The user sent a place.
    Location(Location),
    /// The user tapped a suggestion.
    Tap(Tap),
    /// The agent's message of that id reached the user's phone.
    Delivered {
        /// The agent's message.
        message: String,
    },
    /// The user read the agent's message of that id.
    Read {
        /// The agent's message.
        message: String,
    },
    /// The user is typing.
    Typing,
    /// The user wants to be written to.
    Subscribed,
    /// The user wants no more messages but essential ones.
    Unsubscribed,
    /// The agent's message of that id was not delivered before its time was up.
    Expired {
        /// The agent's message.
        message: String,
        /// Whether it is certain that it will not be delivered any more.
        is_revoked: bool,
    },
    /// The agent was launched on a network, or not, or no more.
    Launch(Launch),
    /// Something that this version does not know. [`Event::json`] has all of it.
    Unknown,
}

/// A file that a user sent.
#[derive(Clone, PartialEq)]
pub struct UserFile {
    /// Where it can be fetched. It is the user's: keep it out of logs.
    pub uri: String,
    /// Its media type.
    pub mime_type: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// How many bytes it has.
    pub bytes: Option<u64>,
    /// Where a small picture of it can be fetched.
    pub thumbnail_uri: Option<String>,
}

/// A place, which need not be where the user is.
#[derive(Clone, Copy, PartialEq)]
pub struct Location {
    /// From -90 to 90.
    pub latitude: f64,
    /// From -180 to 180.
    pub longitude: f64,
}

/// A tap on a suggestion.
#[derive(Clone, PartialEq)]
pub struct Tap {
    /// What the agent gave the suggestion to send.
    pub postback: String,
    /// Its label.
    pub label: Option<String>,
    /// Whether it was a reply or an action.
    pub kind: Option<TapKind>,
}

/// What was tapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TapKind {
    /// A suggested reply.
    Reply,
    /// A suggested action.
    Action,
}

/// News of an agent's launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The network or the region.
    pub region: String,
    /// What it was before.
    pub before: LaunchState,
    /// What it is now.
    pub now: LaunchState,
    /// The brand.
    pub brand: String,
}

/// Where an agent's launch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaunchState {
    /// Asked for.
    Pending,
    /// Done.
    Launched,
    /// Refused.
    Rejected,
    /// Ended by others.
    Suspended,
    /// Not asked for.
    Unlaunched,
    /// Another one.
    Unknown,
}

impl LaunchState {
    fn named(name: Option<&str>) -> Self {
        match name.unwrap_or_default() {
            "PENDING" => Self::Pending,
            "LAUNCHED" => Self::Launched,
            "REJECTED" => Self::Rejected,
            "SUSPENDED" => Self::Suspended,
            "UNLAUNCHED" => Self::Unlaunched,
            _ => Self::Unknown,
        }
    }
}

impl Event {
    /// Reads what the signed part of a call holds. It never fails: what is not understood is [`Kind::Unknown`].
    #[must_use]
    pub fn read(json: &Value) -> Self {
        let user = user_of(json);
        let event_id = look::text(json, "eventId");
        let message_id = look::text(json, "messageId");
        let (kind, id) = match look::text(json, "eventType") {
            None if look::at(json, "newLaunchState").is_some() => (Kind::Launch(launch(json)), event_id),
            None if user.is_some() && (message_id.or(event_id)).is_some() => {
                (said(json).unwrap_or(Kind::Unknown), message_id.or(event_id))
            }
            None => (Kind::Unknown, message_id.or(event_id)),
            Some(name) => {
                let kind = happened(name, message_id.unwrap_or_default());
                (kind.filter(|_| user.is_some()).unwrap_or(Kind::Unknown), event_id)
            }
        };
        Self {
            agent: look::owned(json, "agentId").unwrap_or_default(),
            user,
            id: id.unwrap_or_default().to_owned(),
            sent_at: look::time(json, "sendTime"),
            kind,
            json: json.clone(),
        }
    }

    /// All of it as it came, for what nothing else here gives.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }
}

/// Events of the server have `phoneNumber`, all others `senderPhoneNumber`.
fn user_of(json: &Value) -> Option<PhoneNumber> {
    look::text(json, "senderPhoneNumber")
        .or_else(|| look::text(json, "phoneNumber"))?
        .parse()
        .ok()
}

/// What a user said, showed or tapped.
fn said(json: &Value) -> Option<Kind> {
    if let Some(text) = look::text(json, "text") {
        return Some(Kind::Text(text.to_owned()));
    }
    if let Some(uri) = look::owned(json, "userFile.payload.fileUri") {
        return Some(Kind::File(UserFile {
            uri,
            mime_type: look::owned(json, "userFile.payload.mimeType"),
            name: look::owned(json, "userFile.payload.fileName"),
            bytes: look::count(json, "userFile.payload.fileSizeBytes"),
            thumbnail_uri: look::owned(json, "userFile.thumbnail.fileUri"),
        }));
    }
    if let Some(location) = look::at(json, "location").filter(|location| location.is_object()) {
        // Protobuf-JSON leaves a zero out.
        return Some(Kind::Location(Location {
            latitude: look::number(location, "latitude").unwrap_or_default(),
            longitude: look::number(location, "longitude").unwrap_or_default(),
        }));
    }
    let postback = look::owned(json, "suggestionResponse.postbackData");
    let label = look::owned(json, "suggestionResponse.text");
    Some(Kind::Tap(Tap {
        postback: postback.or_else(|| label.clone())?,
        label,
        kind: match look::text(json, "suggestionResponse.type") {
            Some("REPLY") => Some(TapKind::Reply),
            Some("ACTION") => Some(TapKind::Action),
            _ => None,
        },
    }))
}

/// What an event of that type tells.
fn happened(name: &str, message: &str) -> Option<Kind> {
    let message = message.to_owned();
    Some(match name {
        "DELIVERED" => Kind::Delivered { message },
        "READ" => Kind::Read { message },
        "IS_TYPING" => Kind::Typing,
        "SUBSCRIBE" => Kind::Subscribed,
        "UNSUBSCRIBE" => Kind::Unsubscribed,
        "TTL_EXPIRATION_REVOKED" => Kind::Expired {
            message,
            is_revoked: true,
        },
        "TTL_EXPIRATION_REVOKE_FAILED" => Kind::Expired {
            message,
            is_revoked: false,
        },
        _ => return None,
    })
}

fn launch(json: &Value) -> Launch {
    Launch {
        region: look::owned(json, "regionId").unwrap_or_default(),
        before: LaunchState::named(look::text(json, "oldLaunchState")),
        now: LaunchState::named(look::text(json, "newLaunchState")),
        brand: look::owned(json, "brandId").unwrap_or_default(),
    }
}

impl Kind {
    /// What it is, in a word for a log.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::File(_) => "file",
            Self::Location(_) => "location",
            Self::Tap(_) => "tap",
            Self::Delivered { .. } => "delivered",
            Self::Read { .. } => "read",
            Self::Typing => "typing",
            Self::Subscribed => "subscribed",
            Self::Unsubscribed => "unsubscribed",
            Self::Expired { .. } => "expired",
            Self::Launch(_) => "launch",
            Self::Unknown => "unknown",
        }
    }
}

/// Shows what it is, and nothing of what is in it.
impl fmt::Debug for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Shows the agent and what it is, and nothing of the user.
impl fmt::Debug for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Event")
            .field("agent", &self.agent)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

hide!(Location, Tap, UserFile);

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
