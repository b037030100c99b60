//! The call that is made: a harmless WebhookRequest, in the headers that Dialogflow sends.

use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::wire::WebhookRequest;

/// An intent that no agent has, so that no handler of its own runs.
pub(super) const NOBODYS_INTENT: &str = "flowhook.doctor";

/// What Dialogflow calls itself. Source: recorded calls.
pub(super) const USER_AGENT: &str = "Google-Dialogflow";

/// The encodings that Dialogflow says it takes. Source: recorded calls.
pub(super) const ACCEPT_ENCODING: &str = "gzip, deflate, br";

/// A WebhookRequest, ready to be sent.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) body: Bytes,
    /// The session that contexts of the reply must belong to.
    pub(super) session: String,
    pub(super) is_from_assistant: bool,
    /// No handler of the agent's own answers it.
    pub(super) is_harmless: bool,
}

impl Request {
    /// A turn in which `intent` was matched and the console has no response, so that the webhook must speak.
    pub(super) fn asking(intent: &str, language: &str, source: Option<&str>) -> Self {
        let id = |salt: u8| format!("{:016x}", RandomState::new().hash_one((std::process::id(), salt)));
        let session = format!("projects/flowhook-doctor/agent/sessions/{}", id(0));
        let mut original = Map::new();
        if let Some(source) = source {
            original.insert("source".into(), source.into());
        }
        original.insert("payload".into(), json!({}));
        let body = json!({
            "responseId": format!("{}-{}", id(1), &id(2)[..8]),
            "session": session,
            "queryResult": {
                "queryText": "Is anybody there?",
                "parameters": {},
                "allRequiredParamsPresent": true,
                "intent": {
                    "name": "projects/flowhook-doctor/agent/intents/00000000-0000-0000-0000-000000000000",
                    "displayName": intent,
                },
                "intentDetectionConfidence": 1.0,
                "languageCode": language,
            },
            "originalDetectIntentRequest": Value::from(original),
        });
        Self {
            body: body.to_string().into(),
            session,
            is_from_assistant: source == Some("google"),
            is_harmless: intent == NOBODYS_INTENT,
        }
    }

    /// A request as it was written down.
    ///
    /// # Errors
    ///
    /// When it is no WebhookRequest.
    pub(super) fn read(body: Vec<u8>) -> Result<Self, String> {
        let request = WebhookRequest::parse(&body).map_err(|error| error.to_string())?;
        let original = request.original_detect_intent_request.as_ref();
        Ok(Self {
            is_from_assistant: original.is_some_and(|original| original.source == "google"),
            session: request.session,
            body: body.into(),
            is_harmless: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_is_a_turn_of_its_own_that_a_webhook_can_read() {
        let one = Request::asking("table.book", "de", Some("google"));
        let other = Request::asking(NOBODYS_INTENT, "en", None);
        let read = WebhookRequest::parse(&one.body).unwrap();
        assert_eq!(read.session, one.session);
        assert_ne!(one.session, other.session);
        assert!(one.is_from_assistant && !one.is_harmless);
        assert!(!other.is_from_assistant && other.is_harmless);
        let again = Request::read(one.body.to_vec()).unwrap();
        assert!(again.is_from_assistant && !again.is_harmless && again.session == one.session);
        assert!(Request::read(b"{}".to_vec()).is_err());
    }
}
