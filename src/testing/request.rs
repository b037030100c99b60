//! A turn about to be asked, and the request that it becomes.

use std::future::{Future, IntoFuture};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::caller::lone_request;
use super::state::{Active, doubles};
use super::{Caller, Conversation, Heard};
use crate::wire::Struct;

/// A turn about to be asked.
#[must_use = "a turn is asked by awaiting it"]
pub struct Ask<'a> {
    to: To<'a>,
    query: Query,
}

pub(super) enum To<'a> {
    Caller(&'a Caller),
    Conversation(&'a mut Conversation),
}

impl<'a> Ask<'a> {
    pub(super) fn new(to: To<'a>, query: Query) -> Self {
        Self { to, query }
    }

    /// What the user said.
    pub fn said(mut self, words: &str) -> Self {
        self.query.said = words.to_owned();
        self
    }

    /// A parameter that the agent collected on this turn: for Dialogflow a slot that is filled. Numbers arrive as doubles.
    pub fn parameter(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.query.parameters.insert(name.to_owned(), value.into());
        self
    }

    /// A parameter, and the words in which the user gave it. They arrive in the active contexts as `NAME.original`, and
    /// where no context is active they do not arrive at all.
    pub fn parameter_said(mut self, name: &str, value: impl Into<Value>, original: impl Into<Value>) -> Self {
        self.query.originals.insert(name.to_owned(), original.into());
        self.parameter(name, value)
    }

    /// Required parameters that nobody has given yet: slot filling goes on, and the first of them is asked for. In a
    /// conversation with a [`Design`](super::Design) that requires parameters, this is found out.
    pub fn missing<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.query.missing = names.into_iter().map(Into::into).collect();
        self
    }

    /// The user leaves slot filling, as by "cancel" or "never mind".
    pub fn cancels_slot_filling(mut self) -> Self {
        self.query.cancels_slot_filling = true;
        self
    }

    /// An active context, with so many turns left to it and what it carries, a JSON object.
    pub fn context(mut self, id: &str, lifespan: u32, carries: Value) -> Self {
        let carries = carries.as_object().cloned().unwrap_or_default();
        self.query.contexts.push(Active::new(id, lifespan, carries));
        self
    }

    /// The language of the turn, instead of `en` or that of the conversation.
    pub fn language(mut self, code: &str) -> Self {
        self.query.language = Some(code.to_owned());
        self
    }

    /// The integration it comes from, in Google's spelling: `google`, `facebook`, ...
    pub fn source(mut self, source: &str) -> Self {
        self.query.source = Some(source.to_owned());
        self
    }

    /// The integration's own request, or whatever a client of the API sends along.
    pub fn payload(mut self, payload: Value) -> Self {
        self.query.payload = Some(payload);
        self
    }

    /// The action of the intent.
    pub fn action(mut self, action: &str) -> Self {
        self.query.action = action.to_owned();
        self
    }

    /// The response that the intent has in the console.
    pub fn console(mut self, words: &str) -> Self {
        self.query.console = vec![json!({"text": {"text": [words]}})];
        self
    }

    /// The responses that the intent has in the console, each a message as it goes on the wire.
    pub fn console_messages(mut self, messages: impl IntoIterator<Item = Value>) -> Self {
        self.query.console = messages.into_iter().collect();
        self
    }

    /// It is the agent's fallback that was matched: nothing else fitted the user's words.
    pub fn fallback(mut self) -> Self {
        self.query.is_fallback = true;
        self
    }

    /// The user said nothing, and the integration told so by this event.
    pub fn no_input(mut self, event: &str) -> Self {
        self.query.is_silent = true;
        self.query.said = event.to_owned();
        self
    }

    /// How sure the match is, from 0 to 1.
    pub fn confidence(mut self, confidence: f64) -> Self {
        self.query.confidence = confidence;
        self
    }

    /// Any other part of the request, at a JSON pointer: `.with("/queryResult/knowledgeAnswers", json!({..}))`. Objects on the
    /// way to it are made.
    pub fn with(mut self, pointer: &str, value: Value) -> Self {
        self.query.others.push((pointer.to_owned(), value));
        self
    }

    /// The request that is sent.
    #[must_use]
    pub fn request(&self) -> Value {
        match &self.to {
            To::Caller(_) => lone_request(&self.query),
            To::Conversation(conversation) => conversation.request(self.query.clone()),
        }
    }
}

impl<'a> IntoFuture for Ask<'a> {
    type Output = Heard;
    type IntoFuture = Pin<Box<dyn Future<Output = Heard> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { to, query } = self;
        Box::pin(async move {
            match to {
                To::Caller(caller) => caller.send(&lone_request(&query)).await,
                To::Conversation(conversation) => conversation.turn(query).await,
            }
        })
    }
}

/// What is known of one match: what the test says, and what the agent's design adds.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    pub(super) intent: String,
    pub(super) said: String,
    pub(super) parameters: Struct,
    /// The words in which parameters were given.
    pub(super) originals: Struct,
    pub(super) missing: Vec<String>,
    pub(super) cancels_slot_filling: bool,
    pub(super) contexts: Vec<Active>,
    pub(super) language: Option<String>,
    pub(super) source: Option<String>,
    pub(super) payload: Option<Value>,
    pub(super) action: String,
    pub(super) console: Vec<Value>,
    pub(super) is_fallback: bool,
    pub(super) is_silent: bool,
    pub(super) confidence: f64,
    pub(super) others: Vec<(String, Value)>,
}

impl Query {
    pub(super) fn of(intent: &str) -> Self {
        Self {
            intent: intent.to_owned(),
            confidence: 1.0,
            ..Self::default()
        }
    }

    /// The match that an event leads to, in place of the one that this query was. What the event hands over arrives in a
    /// context named like it.
    pub(super) fn led_by(&self, event: &str, parameters: Struct, intent: &str) -> Self {
        let context = Active::new(event.to_lowercase(), 1, parameters);
        Self {
            said: event.to_owned(),
            contexts: vec![context],
            language: self.language.clone(),
            source: self.source.clone(),
            payload: self.payload.clone(),
            ..Self::of(intent)
        }
    }

    /// An id for the intent, which its name tells.
    pub(super) fn intent_id(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.intent.hash(&mut hasher);
        format!("00000000-0000-4000-8000-{:012x}", hasher.finish() >> 16)
    }

    /// The request, in the form in which Dialogflow writes it: what is false or empty is left out.
    pub(super) fn request(&self, session: &str, response_id: &str, contexts: &[Active]) -> Value {
        let project = session.split("/agent").next().unwrap_or(session);
        let contexts: Vec<_> = contexts
            .iter()
            .map(|context| context.on_the_wire(session))
            .collect();
        let mut result = json!({
            "queryText": self.said,
            "parameters": doubles(Value::Object(self.parameters.clone())),
            "intent": {
                "name": format!("{project}/agent/intents/{}", self.intent_id()),
                "displayName": self.intent,
            },
            "intentDetectionConfidence": self.confidence,
            "languageCode": self.language.as_deref().unwrap_or("en"),
        });
        let mut put = |member: &str, value: Value| result[member] = value;
        if self.missing.is_empty() && !self.cancels_slot_filling {
            put("allRequiredParamsPresent", true.into());
        }
        if self.cancels_slot_filling {
            put("cancelsSlotFilling", true.into());
        }
        if !self.action.is_empty() {
            put("action", self.action.clone().into());
        }
        if !contexts.is_empty() {
            put("outputContexts", contexts.into());
        }
        if !self.console.is_empty() {
            let words = self
                .console
                .iter()
                .find_map(|message| message["text"]["text"][0].as_str());
            put("fulfillmentText", words.unwrap_or_default().into());
            put("fulfillmentMessages", self.console.clone().into());
        }
        if self.is_fallback {
            result["intent"]["isFallback"] = true.into();
        }
        let mut original = json!({});
        if let Some(source) = &self.source {
            original["source"] = source.clone().into();
        }
        if let Some(payload) = &self.payload {
            original["payload"] = payload.clone();
        }
        let mut request = json!({
            "responseId": response_id,
            "session": session,
            "queryResult": result,
            "originalDetectIntentRequest": original,
        });
        for (pointer, value) in &self.others {
            let place = pointer.trim_start_matches('/').split('/');
            *place.fold(&mut request, |part, step| &mut part[step]) = value.clone();
        }
        request
    }
}

/// Another one each time, else a turn would be taken for an earlier one repeated.
pub(super) fn next_response_id() -> String {
    static ASKED: AtomicU64 = AtomicU64::new(0);
    let number = ASKED.fetch_add(1, Ordering::Relaxed);
    format!("00000000-0000-0000-0000-{number:012x}-00000000")
}
