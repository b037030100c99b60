//! A first look at an event: whose it is, and what tells it from every other. What it says is the handler's business.

use bytes::Bytes;
use serde_json::Value;

use super::Product;
use crate::channels::look::{at, owned};
use crate::store::queue::{Lane, NewJob, fingerprint};

/// What the events of RCS for Business may be.
const EVENT_TYPES: [&str; 7] = [
    "DELIVERED",
    "READ",
    "IS_TYPING",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "TTL_EXPIRATION_REVOKED",
    "TTL_EXPIRATION_REVOKE_FAILED",
];

/// What a message of RCS for Business may hold.
const CONTENTS: [&str; 4] = ["text", "userFile", "location", "suggestionResponse"];

/// What a call of Business Messages may hold, one of them.
const BUSINESS_CONTENTS: [&str; 7] = [
    "message",
    "suggestionResponse",
    "receipts",
    "userStatus",
    "authenticationResponse",
    "surveyResponse",
    "feedbackResponse",
];

/// What a look tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) agent: Option<String>,
    user: Option<String>,
    /// What the id is of, and the id. Ids of messages and of events may be the same.
    id: Option<(&'static str, String)>,
    /// Why it is not understood.
    pub(super) strange: Option<&'static str>,
}

impl Look {
    pub(super) fn at(product: Product, event: &[u8]) -> Self {
        let event = serde_json::from_slice(event).unwrap_or(Value::Null);
        if !event.is_object() {
            return Self {
                strange: Some("not a JSON object"),
                ..Self::default()
            };
        }
        let look = match product {
            Product::Rbm => rbm(&event),
            Product::BusinessMessages => business_messages(&event),
        };
        let lacks_agent = look.agent.is_none().then_some("no agent");
        Self {
            strange: look.strange.or(lacks_agent),
            ..look
        }
    }

    /// The job that the event becomes: known by its id within agent and user, in one order with all of its user.
    ///
    /// Nothing outside the signed event is used: whoever has seen one call could send it again with another envelope.
    pub(super) fn job(&self, product: Product, signed: Bytes) -> NewJob {
        let agent = self.agent.as_deref().unwrap_or_default();
        let user = self.user.as_deref().unwrap_or_default();
        let mut parts = vec![product.path().as_bytes(), agent.as_bytes(), user.as_bytes()];
        let order = fingerprint(&parts);
        match &self.id {
            Some((class, id)) => parts.extend([class.as_bytes(), id.as_bytes()]),
            None => parts.extend([b"content", &signed[..]]),
        }
        let key = fingerprint(&parts);
        let lane = if agent.is_empty() { "unknown" } else { agent };
        let job = NewJob::new(product.kind(), Lane::new(lane), key, signed.clone());
        if user.is_empty() { job } else { job.in_order(order) }
    }
}

/// Events of RCS for Business are not tagged; they are told apart by their members, in this order. `DELIVERED` and `READ`
/// have the message id of the agent's message in common, so an event is known by its event id alone.
fn rbm(event: &Value) -> Look {
    let has = |name: &str| event.get(name).is_some();
    let by_event = owned(event, "eventId").map(|id| ("event", id));
    let by_message = owned(event, "messageId").map(|id| ("message", id));
    let (id, strange) = if has("newLaunchState") {
        (by_event, None)
    } else if let Some(kind) = event.get("eventType") {
        let is_known = kind.as_str().is_some_and(|kind| EVENT_TYPES.contains(&kind));
        (by_event, (!is_known).then_some("unknown event type"))
    } else if !CONTENTS.iter().any(|content| has(content)) {
        (by_message.or(by_event), Some("unknown kind of event"))
    } else if by_message.is_none() && has("suggestionResponse") {
        (by_event, None)
    } else {
        (by_message, None)
    };
    let strange = strange.or(id.is_none().then_some("no id"));
    Look {
        agent: owned(event, "agentId"),
        user: owned(event, "senderPhoneNumber").or_else(|| owned(event, "phoneNumber")),
        id,
        strange,
    }
}

/// Receipts have no request id, and are known by what they are receipts of. Surveys may have none at all, and are known by
/// their content.
fn business_messages(event: &Value) -> Look {
    let by_message = owned(event, "message.messageId").map(|id| ("message", id));
    let by_request = || owned(event, "requestId").map(|id| ("request", id));
    let is_known = BUSINESS_CONTENTS
        .iter()
        .any(|content| event.get(content).is_some());
    Look {
        agent: owned(event, "agent"),
        user: owned(event, "conversationId"),
        id: by_message.or_else(by_request).or_else(|| receipts(event)),
        strange: (!is_known).then_some("unknown kind of event"),
    }
}

fn receipts(event: &Value) -> Option<(&'static str, String)> {
    let receipts = at(event, "receipts.receipts")?.as_array()?;
    let known = receipts
        .iter()
        .map(|receipt| Some((owned(receipt, "message")?, owned(receipt, "receiptType")?)));
    let known: Vec<_> = known.collect::<Option<_>>()?;
    (!known.is_empty()).then(|| ("receipts", format!("{known:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn look(product: Product, event: &Value) -> (Option<(&'static str, String)>, Option<&'static str>) {
        let look = Look::at(product, event.to_string().as_bytes());
        (look.id, look.strange)
    }

    #[test]
    fn events_of_rcs_are_known_by_the_id_of_their_kind() {
        let event = |more: Value| {
            let mut event = json!({"agentId": "demo@rbm.goog", "senderPhoneNumber": "+15550100"});
            event
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            event
        };
        for (more, id, strange) in [
            (
                json!({"messageId": "m", "text": "hi"}),
                Some(("message", "m")),
                None,
            ),
            (
                json!({"messageId": "m", "text": "hi", "new": {"member": 1}}),
                Some(("message", "m")),
                None,
            ),
            (
                json!({"eventId": "e", "suggestionResponse": {"postbackData": "p"}}),
                Some(("event", "e")),
                None,
            ),
            (
                json!({"messageId": "m", "eventId": "e", "eventType": "READ"}),
                Some(("event", "e")),
                None,
            ),
            (
                json!({"eventId": "e", "eventType": "TTL_EXPIRATION_REVOKED"}),
                Some(("event", "e")),
                None,
            ),
            (
                json!({"eventId": "e/f", "newLaunchState": "REJECTED"}),
                Some(("event", "e/f")),
                None,
            ),
            (
                json!({"eventId": "e", "eventType": "WAVES"}),
                Some(("event", "e")),
                Some("unknown event type"),
            ),
            (
                json!({"eventId": "e", "eventType": 7}),
                Some(("event", "e")),
                Some("unknown event type"),
            ),
            (
                json!({"messageId": "m", "poem": "hi"}),
                Some(("message", "m")),
                Some("unknown kind of event"),
            ),
            (json!({}), None, Some("unknown kind of event")),
            (json!({"text": "hi"}), None, Some("no id")),
            (json!({"messageId": 7, "text": "hi"}), None, Some("no id")),
        ] {
            let (found, found_strange) = look(Product::Rbm, &event(more.clone()));
            let found = found.as_ref().map(|(class, id)| (*class, id.as_str()));
            assert_eq!((found, found_strange), (id, strange), "{more}");
        }
        assert_eq!(look(Product::Rbm, &json!([])).1, Some("not a JSON object"));
        assert_eq!(
            look(Product::Rbm, &json!({"messageId": "m", "text": "hi"})).1,
            Some("no agent")
        );
    }

    #[test]
    fn calls_of_business_messages_are_known_by_message_request_or_receipts() {
        let call = |more: Value| {
            let mut call = json!({"agent": "brands/b/agents/a", "conversationId": "c"});
            call.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            call
        };
        let receipts = json!({"receipts": {"receipts": [{"message": "conversations/c/messages/m", "receiptType": "READ"}]}});
        for (more, id, strange) in [
            (
                json!({"requestId": "r", "message": {"messageId": "m", "text": "hi"}}),
                Some(("message", "m")),
                None,
            ),
            (
                json!({"requestId": "r", "userStatus": {"isTyping": true}}),
                Some(("request", "r")),
                None,
            ),
            (
                receipts,
                Some(("receipts", r#"[("conversations/c/messages/m", "READ")]"#)),
                None,
            ),
            (json!({"surveyResponse": {"rating": 1}}), None, None),
            (
                json!({"requestId": "r", "poem": 1}),
                Some(("request", "r")),
                Some("unknown kind of event"),
            ),
        ] {
            let (found, found_strange) = look(Product::BusinessMessages, &call(more.clone()));
            let found = found.as_ref().map(|(class, id)| (*class, id.as_str()));
            assert_eq!((found, found_strange), (id, strange), "{more}");
        }
    }
}
