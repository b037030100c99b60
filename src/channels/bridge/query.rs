//! What Dialogflow is asked: words, or an event.

use serde_json::{Value, json};

use super::{Options, words};
use crate::channels::rbm::{Asked, Event, Kind, Question};

/// The longest text that Dialogflow takes, in characters.
const MAX_TEXT: usize = 256;

/// What Dialogflow is asked.
pub(super) enum Query {
    Text { text: String, is_cut: bool },
    Event { name: String, parameters: Value },
}

impl Query {
    /// What the handler wants to ask, else what the user did; none where there is nothing to ask.
    pub(super) fn of(event: &Event, question: &Question, options: &Options) -> Option<Self> {
        if let Some(asked) = &question.asked {
            return Some(match asked.clone() {
                Asked::Text(text) => Self::text(&text),
                Asked::Event { name, parameters } => Self::Event { name, parameters },
            });
        }
        let to = |name: &str, parameters| Self::Event {
            name: name.to_owned(),
            parameters,
        };
        Some(match &event.kind {
            Kind::Text(text) => Self::text(text),
            Kind::Tap(tap) => match named(&tap.postback, &options.event_prefix) {
                Some(name) => to(name, json!({})),
                None => Self::text(&tap.postback),
            },
            Kind::Location(place) => to(
                &options.location_event,
                json!({"latitude": place.latitude, "longitude": place.longitude}),
            ),
            Kind::File(file) => {
                let mut parameters = json!({"uri": file.uri});
                let told = [
                    ("mimeType", file.mime_type.clone().map(Value::from)),
                    ("name", file.name.clone().map(Value::from)),
                    ("bytes", file.bytes.map(Value::from)),
                ];
                for (name, value) in told {
                    if let Some(value) = value {
                        parameters[name] = value;
                    }
                }
                to(&options.file_event, parameters)
            }
            _ => return None,
        })
    }

    fn text(text: &str) -> Self {
        let text = text.trim();
        let kept = words::cut(text, MAX_TEXT);
        Self::Text {
            text: kept.to_owned(),
            is_cut: kept.len() < text.len(),
        }
    }

    /// Whether Dialogflow is asked less than the user said.
    pub(super) fn is_cut(&self) -> bool {
        matches!(self, Self::Text { is_cut: true, .. })
    }

    pub(super) fn input(&self, language: &str) -> Value {
        match self {
            Self::Text { text, .. } => json!({"text": {"text": text, "languageCode": language}}),
            Self::Event { name, parameters } => {
                json!({"event": {"name": name, "parameters": parameters, "languageCode": language}})
            }
        }
    }
}

/// The name behind the prefix.
pub(super) fn named<'a>(postback: &'a str, prefix: &str) -> Option<&'a str> {
    if prefix.is_empty() {
        return None;
    }
    let name = postback.strip_prefix(prefix)?.trim();
    (!name.is_empty()).then_some(name)
}
