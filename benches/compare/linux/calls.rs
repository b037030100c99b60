//! What every server is asked, and what it has to answer: sixteen bodies of about 1.5 KB, each with a session of its own, for
//! three intents of the example agent.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The user name and password that every server but the bare one asks for.
pub const BASIC: &str = "dialogflow:side-by-side";
/// How many bodies there are.
pub const BODIES: usize = 16;

/// A response id as Dialogflow writes it, 8-4-4-4-12; the digits are set for each call.
const NO_ID: &str = "00000000-0000-0000-0000-000000000000";
const CONTEXT_INTENT: &str = "guide.context";
/// What `intents/guide.rs` says.
const GUIDE_WORDS: &str = "Text response from webhook";

/// One of the sixteen, as bytes on the wire, for an intent whose answer is known.
#[derive(Clone)]
pub struct Call {
    bytes: Vec<u8>,
    id_at: usize,
    intent: &'static str,
    session: String,
}

/// The sixteen. Fourteen are for the intent that answers with words and a context, and one for each of two that only have words.
pub fn calls() -> Vec<Call> {
    (0..BODIES).map(Call::new).collect()
}

impl Call {
    fn new(number: usize) -> Self {
        let intent = match number {
            5 => "guide.text",
            10 => "get-agent-name",
            _ => CONTEXT_INTENT,
        };
        let session = format!("projects/side-by-side/agent/sessions/5e55-{number:04}");
        let body = body(&session, intent);
        let head = format!(
            "POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nauthorization: Basic {}\r\n\
             user-agent: Google-Dialogflow\r\naccept: */*\r\ncontent-length: {}\r\n\r\n",
            STANDARD.encode(BASIC),
            body.len()
        );
        let text = head + &body;
        let id_at = text.find(NO_ID).expect("the body has a response id");
        Self {
            bytes: text.into_bytes(),
            id_at,
            intent,
            session,
        }
    }

    /// The request, with a response id made of two numbers: Flowhook would answer a call that it has had before from memory.
    pub fn bytes(&mut self, high: u64, low: u64) -> &[u8] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut rest = (u128::from(high) << 64) | u128::from(low);
        let id = &mut self.bytes[self.id_at..self.id_at + NO_ID.len()];
        for digit in id.iter_mut().rev().filter(|digit| **digit != b'-') {
            *digit = DIGITS[(rest & 15) as usize];
            rest >>= 4;
        }
        &self.bytes
    }

    /// Whether this is the answer.
    ///
    /// # Errors
    ///
    /// When it is another one: what is missing.
    pub fn judge(&self, status: u16, body: &[u8]) -> Result<(), String> {
        let wrong = |what: &str| {
            let body = String::from_utf8_lossy(body);
            Err(format!(
                "`{}` was answered with {what}: {status} {body}",
                self.intent
            ))
        };
        if status != 200 {
            return wrong("an error");
        }
        let Ok(answer) = serde_json::from_slice::<Value>(body) else {
            return wrong("something else than JSON");
        };
        let words = match self.intent {
            "get-agent-name" => "My name is Flowhook.",
            _ => GUIDE_WORDS,
        };
        // The Node library writes its words to the older field.
        let said = answer["fulfillmentMessages"][0]["text"]["text"][0].as_str();
        if said.or(answer["fulfillmentText"].as_str()) != Some(words) {
            return wrong("other words");
        }
        let context = json!({
            "name": format!("{}/contexts/context-name", self.session),
            "lifespanCount": 5,
            "parameters": {"param-name": "param-value"},
        });
        let contexts = answer["outputContexts"].as_array();
        if self.intent == CONTEXT_INTENT && !contexts.is_some_and(|contexts| contexts.contains(&context)) {
            return wrong("no context");
        }
        Ok(())
    }
}

/// What the bare server says to everything: the answer to the first of the calls.
pub fn constant() -> String {
    let session = &calls()[0].session;
    json!({
        "fulfillmentMessages": [{"text": {"text": [GUIDE_WORDS]}}],
        "outputContexts": [{
            "name": format!("{session}/contexts/context-name"),
            "lifespanCount": 5,
            "parameters": {"param-name": "param-value"},
        }],
    })
    .to_string()
}

/// A WebhookRequest as an agent with filled slots and two active contexts sends it.
fn body(session: &str, intent: &str) -> String {
    json!({
        "responseId": NO_ID,
        "session": session,
        "queryResult": {
            "queryText": "a table for two by the window tomorrow at eight in the evening",
            "action": intent,
            "parameters": {
                "guests": 2.0,
                "date-time": {"date_time": "2030-05-17T20:00:00+02:00"},
                "place": "by the window",
                "occasion": "",
                "wishes": ["no smoke", "a high chair"],
            },
            "allRequiredParamsPresent": true,
            "fulfillmentText": "One moment, please.",
            "fulfillmentMessages": [{"text": {"text": ["One moment, please."]}}],
            "outputContexts": [
                {
                    "name": format!("{session}/contexts/booking"),
                    "lifespanCount": 4,
                    "parameters": {"guests": 2.0, "guests.original": "two", "place": "by the window", "place.original": "by the window"},
                },
                {
                    "name": format!("{session}/contexts/__system_counters__"),
                    "parameters": {
                        "no-input": 0.0,
                        "no-match": 0.0,
                        "guests": 2.0,
                        "guests.original": "two",
                        "date-time": {"date_time": "2030-05-17T20:00:00+02:00"},
                        "date-time.original": "tomorrow at eight in the evening",
                        "place": "by the window",
                        "place.original": "by the window",
                        "occasion": "",
                        "occasion.original": "",
                    },
                },
            ],
            "intent": {
                "name": "projects/side-by-side/agent/intents/2f2f2f2f-7d1c-4f0e-9f0b-8a3c5d7e9b10",
                "displayName": intent,
            },
            "intentDetectionConfidence": 0.87,
            "diagnosticInfo": {"webhook_latency_ms": 41.0},
            "languageCode": "en",
            "sentimentAnalysisResult": {"queryTextSentiment": {"score": 0.2, "magnitude": 0.2}},
        },
        "originalDetectIntentRequest": {"source": "DIALOGFLOW_CONSOLE", "payload": {}},
    })
    .to_string()
}

/// An answer as it lies in a buffer.
pub struct Answer {
    /// Its HTTP status.
    pub status: u16,
    /// Where its body begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Whether the server closes the connection after it.
    pub closes: bool,
}

/// The answer that these bytes are, once all of it is there.
///
/// # Errors
///
/// When they are not HTTP, or an answer that does not tell its length.
pub fn answer(bytes: &[u8]) -> io::Result<Option<Answer>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(bytes).map_err(io::Error::other)?;
    let httparse::Status::Complete(start) = parsed else {
        return Ok(None);
    };
    let header = |name: &str| {
        let mut all = response.headers.iter();
        all.find(|header| header.name.eq_ignore_ascii_case(name))
            .and_then(|header| std::str::from_utf8(header.value).ok())
    };
    let length: Option<usize> = header("content-length").and_then(|length| length.parse().ok());
    let Some(length) = length else {
        return Err(io::Error::other("an answer without `content-length`"));
    };
    let closes = response.version == Some(0)
        || header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    let end = start + length;
    Ok((bytes.len() >= end).then_some(Answer {
        status: response.code.unwrap_or_default(),
        start,
        end,
        closes,
    }))
}
