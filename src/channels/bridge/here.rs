//! The short way: a tap that names an intent or an event of this program's own table is answered without Dialogflow.
//!
//! Nothing is matched and no context is there, since only Dialogflow knows them: it is for handlers that need neither. What such a
//! handler remembers in contexts is not kept.

use bytes::Bytes;
use serde_json::{Value, json};

use super::query::named;
use super::{Bridge, answer};
use crate::channels::Id;
use crate::channels::rbm::{Event, Kind, Message};
use crate::webhook::{Arrival, Route, Verdict};
use crate::wire::WebhookResponse;

impl Bridge {
    /// What this program's table says to a tap; none where it is for Dialogflow.
    pub(super) async fn answered_here(
        &self,
        event: &Event,
        session: &str,
        language: &str,
        payload: &Value,
    ) -> Option<Vec<Message>> {
        let webhook = self.here.as_ref()?;
        let Kind::Tap(tap) = &event.kind else {
            return None;
        };
        let route = named(&tap.postback, &self.options.intent_prefix)
            .map(|name| Route::Intent(name.to_owned()))
            .or_else(|| {
                named(&tap.postback, &self.options.event_prefix).map(|name| Route::Event(name.to_owned()))
            })?;
        let is_here = webhook.table().entries().iter().any(|entry| entry.route == route);
        if !is_here {
            return None;
        }
        let mut query = json!({
            "queryText": tap.label.as_deref().unwrap_or(&tap.postback),
            "languageCode": language,
            "parameters": {},
            "allRequiredParamsPresent": true,
        });
        match &route {
            Route::Intent(name) => query["intent"] = json!({"displayName": name}),
            _ => query["queryText"] = json!(route.name()),
        }
        let request = json!({
            "responseId": Id::derived(&["rbm here", &event.agent, session, &event.id], 0).to_string(),
            "session": self.resource(session),
            "queryResult": query,
            "originalDetectIntentRequest": {"source": "rbm", "payload": payload},
        });
        let answered = webhook
            .answer(Bytes::from(request.to_string()), Arrival::now())
            .await;
        let Verdict::Reply(body) = answered.verdict else {
            return None;
        };
        let response: WebhookResponse = serde_json::from_slice(&body).ok()?;
        if response.followup_event_input.is_some() {
            // Only Dialogflow knows which intent that event triggers.
            return None;
        }
        Some(answer::of(
            &response.fulfillment_messages,
            &response.fulfillment_text,
        ))
    }
}
