//! What comes in. Source: Google's samples and its test framework.

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use crate::channels::look;

/// Something that came in.
#[derive(Clone, PartialEq)]
pub struct Event {
    /// The agent that it is for, as in `brands/B/agents/A`; empty where it was not said.
    pub agent: String,
    /// The conversation: one for each user and agent. Empty where it was not said.
    pub conversation: String,
    /// The id that it is known by: of the message, of the request, or of the receipt. Empty where there was none.
    pub id: String,
    /// When it was sent, where that was said.
    pub sent_at: Option<Timestamp>,
    /// The language of the conversation, as in `en` or `pt-BR`, where that was said.
    pub language: Option<String>,
    /// What it is.
    pub kind: Kind,
    json: Value,
}

/// What came in.
#[derive(Clone, PartialEq)]
pub enum Kind {
    /// The user wrote. A picture comes as the address where it lies.
    Text(String),
    /// The user tapped a suggestion.
    Tap {
        /// What the agent gave the suggestion to send.
        postback: String,
        /// Its label.
        label: Option<String>,
    },
    /// What became of the agent's messages: resource names, with what happened to each.
    Receipts(Vec<(String, ReceiptType)>),
    /// What the user does.
    Status(Status),
    /// The user signed in, or did not.
    Authentication {
        /// The code to be exchanged. It is a secret.
        code: Option<String>,
        /// Why there is none.
        error: Option<String>,
    },
    /// The user answered a survey.
    Survey {
        /// The answer, where it is a text.
        rating: Option<String>,
    },
    /// Something that this version does not know. [`Event::json`] has all of it.
    Unknown,
}

/// What happened to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptType {
    /// It reached the user.
    Delivered,
    /// The user read it.
    Read,
}

/// What a user does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Types, or stopped.
    Typing(bool),
    /// Asks for a human.
    RequestedLiveAgent,
}

impl Event {
    /// Reads the body of a call. It never fails: what is not understood is [`Kind::Unknown`].
    #[must_use]
    pub fn read(json: &Value) -> Self {
        let kind = kind(json);
        let id = match &kind {
            Kind::Text(_) => look::owned(json, "message.messageId"),
            Kind::Receipts(receipts) => receipts.first().map(|(message, receipt)| {
                let happened = match receipt {
                    ReceiptType::Delivered => "DELIVERED",
                    ReceiptType::Read => "READ",
                };
                format!("{message}/{happened}")
            }),
            _ => None,
        };
        Self {
            agent: look::owned(json, "agent").unwrap_or_default(),
            conversation: look::owned(json, "conversationId").unwrap_or_default(),
            id: id.or_else(|| look::owned(json, "requestId")).unwrap_or_default(),
            sent_at: look::time(json, "sendTime"),
            language: look::owned(json, "context.resolvedLocale")
                .or_else(|| look::owned(json, "context.userInfo.userDeviceLocale")),
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

fn kind(json: &Value) -> Kind {
    known(json).unwrap_or(Kind::Unknown)
}

fn known(json: &Value) -> Option<Kind> {
    look::text(json, "conversationId")?;
    if let Some(text) = look::text(json, "message.text") {
        return Some(Kind::Text(text.to_owned()));
    }
    if let Some(response) = look::at(json, "suggestionResponse") {
        let label = look::owned(response, "text");
        let postback = look::owned(response, "postbackData").or_else(|| label.clone())?;
        return Some(Kind::Tap { postback, label });
    }
    if let Some(receipts) = look::at(json, "receipts.receipts").and_then(Value::as_array) {
        let receipts: Vec<_> = receipts.iter().filter_map(receipt).collect();
        return (!receipts.is_empty()).then_some(Kind::Receipts(receipts));
    }
    if let Some(status) = look::at(json, "userStatus") {
        let is = |member: &str| status.get(member).and_then(Value::as_bool);
        return match (is("isTyping"), is("requestedLiveAgent")) {
            (_, Some(true)) => Some(Kind::Status(Status::RequestedLiveAgent)),
            (Some(typing), _) => Some(Kind::Status(Status::Typing(typing))),
            _ => None,
        };
    }
    if let Some(response) = look::at(json, "authenticationResponse") {
        return Some(Kind::Authentication {
            code: look::owned(response, "code"),
            error: look::owned(response, "errorDetails.error"),
        });
    }
    let survey = look::at(json, "surveyResponse")?;
    Some(Kind::Survey {
        rating: look::owned(survey, "rating"),
    })
}

fn receipt(json: &Value) -> Option<(String, ReceiptType)> {
    let receipt = match look::text(json, "receiptType")? {
        "DELIVERED" => ReceiptType::Delivered,
        "READ" => ReceiptType::Read,
        _ => return None,
    };
    Some((look::owned(json, "message")?, receipt))
}

impl Kind {
    /// What it is, in a word for a log.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Tap { .. } => "tap",
            Self::Receipts(_) => "receipts",
            Self::Status(_) => "status",
            Self::Authentication { .. } => "authentication",
            Self::Survey { .. } => "survey",
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(member: &str, value: Value) -> Event {
        let mut json = json!({"agent": "brands/b/agents/a", "conversationId": "c-1", "requestId": "r-1"});
        json[member] = value;
        Event::read(&json)
    }

    #[test]
    fn every_kind_is_told_apart_and_known_by_its_id() {
        let text = read(
            "message",
            json!({"messageId": "m-1", "name": "conversations/c-1/messages/m-1", "text": "a=b"}),
        );
        assert_eq!((text.kind, text.id.as_str()), (Kind::Text("a=b".into()), "m-1"));

        let tap = read(
            "suggestionResponse",
            json!({"message": "conversations/c-1/messages/x", "postbackData": "p", "text": "P", "suggestionType": "REPLY"}),
        );
        assert_eq!(tap.id, "r-1");
        assert_eq!(
            tap.kind,
            Kind::Tap {
                postback: "p".into(),
                label: Some("P".into())
            }
        );

        let receipts = read(
            "receipts",
            json!({"receipts": [{"message": "conversations/c-1/messages/x", "receiptType": "READ"}], "createTime": "x"}),
        );
        assert_eq!(receipts.id, "conversations/c-1/messages/x/READ");

        for (status, kind) in [
            (json!({"isTyping": true}), Kind::Status(Status::Typing(true))),
            (json!({"isTyping": false}), Kind::Status(Status::Typing(false))),
            (
                json!({"requestedLiveAgent": true}),
                Kind::Status(Status::RequestedLiveAgent),
            ),
            (json!({"somethingNew": true}), Kind::Unknown),
        ] {
            assert_eq!(read("userStatus", status).kind, kind);
        }

        let refused = json!({"errorDetails": {"error": "access_denied", "errorDescription": "no"}});
        assert_eq!(
            read("authenticationResponse", refused).kind,
            Kind::Authentication {
                code: None,
                error: Some("access_denied".into())
            }
        );
        assert_eq!(
            read("surveyResponse", json!({"rating": "VERY_SATISFIED"})).kind,
            Kind::Survey {
                rating: Some("VERY_SATISFIED".into())
            }
        );
        for unknown in ["feedbackResponse", "somethingNew"] {
            let event = read(unknown, json!({"a": 1}));
            assert_eq!(event.kind, Kind::Unknown);
            assert_eq!(event.json()[unknown]["a"], 1);
        }
        assert_eq!(
            Event::read(&json!({"message": {"text": "no conversation"}})).kind,
            Kind::Unknown
        );
        assert_eq!(Event::read(&Value::Null).kind, Kind::Unknown);
    }

    #[test]
    fn the_language_is_the_conversations_else_the_devices() {
        let device = json!({"userInfo": {"displayName": "x", "userDeviceLocale": "de"}});
        assert_eq!(read("context", device).language.as_deref(), Some("de"));
        let both = json!({"resolvedLocale": "en", "userInfo": {"userDeviceLocale": "de"}});
        assert_eq!(read("context", both).language.as_deref(), Some("en"));
    }

    #[test]
    fn nothing_of_the_user_shows() {
        let event = read("message", json!({"messageId": "m-1", "text": "sekrit words"}));
        let shown = format!("{event:?} {:?}", event.kind);
        assert!(!shown.contains("sekrit") && !shown.contains("c-1"), "{shown}");
    }
}
