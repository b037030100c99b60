//! Takes a user's words out of a text that goes to the log. A handler's error is the handler's own text: it may quote
//! what the user said, and the log must not.

use std::collections::HashSet;

use serde_json::Value;

use super::{Call, session_data};
use crate::wire::Struct;

/// What stands in place of a user's words.
const WITHHELD: &str = "[withheld]";

/// Shorter words and numbers of ASCII stay: they tell nothing of anybody, and the text would become unreadable.
const SHORTEST: usize = 3;

/// Words from this length on are also found inside others, as in `zara.quux@example.com` or `ZaraQuux`.
const SHORTEST_WITHIN: usize = 5;

/// A longer run of letters and digits is a token or an id, and withheld without looking.
const LONGEST: usize = 64;

/// `text` without any word that `call` brought from the user: in the utterance, in parameters, contexts and payload, or in
/// the session's name. Letter case and percent-encoding make no difference. Costs as much as both are long.
pub(super) fn withhold(text: &str, call: &Call) -> String {
    let said = Said::of(call);
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let run = rest.find(|letter| !is_of_run(letter)).unwrap_or(rest.len());
        let (token, after) = rest.split_at(run);
        kept.push_str(if said.is_told_by(token) { WITHHELD } else { token });
        let gap = after.find(is_of_run).unwrap_or(after.len());
        kept.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    kept
}

/// Letters, digits, and the sign that begins a percent-encoded byte.
fn is_of_run(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '%'
}

/// The words that came from the user, folded.
#[derive(Default)]
struct Said(HashSet<String>);

impl Said {
    fn of(call: &Call) -> Self {
        let mut said = Self::default();
        said.add_text(call.said());
        call.parameters().values().for_each(|value| said.add(value));
        for context in &call.query_result().output_contexts {
            let is_session_data = context.id().eq_ignore_ascii_case(session_data::CONTEXT);
            context
                .parameters
                .iter()
                .flat_map(|parameters| parameters.iter())
                .filter(|(name, value)| {
                    !(is_session_data && *name == session_data::MEMBER && value.is_object())
                })
                .for_each(|(_, value)| said.add(value));
        }
        session_data::values(call).for_each(|value| match value {
            Value::Object(fields) => fields.values().for_each(|value| said.add(value)),
            value => said.add(&value),
        });
        call.payload()
            .into_iter()
            .flat_map(Struct::values)
            .for_each(|value| said.add(value));
        let session = call.session();
        said.add_text(session.id);
        said.add_text(session.user.unwrap_or_default());
        said
    }

    fn add(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.add_text(text),
            Value::Number(number) => {
                self.add_text(&number.to_string());
                let number = number.as_f64().unwrap_or_default();
                (0..3).for_each(|digits| self.add_text(&format!("{number:.digits$}")));
                self.add_text(&number.trunc().to_string());
            }
            Value::Array(list) => list.iter().for_each(|value| self.add(value)),
            // The names of parameters are the agent's; those of members below them may be anybody's.
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                self.add_text(name);
                self.add(value);
            }),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn add_text(&mut self, text: &str) {
        for word in text.split(|letter: char| !letter.is_alphanumeric()) {
            if word.len() >= SHORTEST {
                self.0.insert(folded(word));
            }
        }
    }

    /// Whether a run of letters and digits holds one of the words.
    fn is_told_by(&self, token: &str) -> bool {
        if token.len() > LONGEST {
            return true;
        }
        let plain = percent_decoded(token);
        plain.split(|letter: char| !letter.is_alphanumeric()).any(|word| {
            let word = folded(word);
            self.0.contains(&word) || self.is_within(&word)
        })
    }

    fn is_within(&self, word: &str) -> bool {
        let ends = |start: usize| {
            word[start..]
                .char_indices()
                .map(move |(at, letter)| start + at + letter.len_utf8())
        };
        let starts = word.char_indices().map(|(start, _)| start);
        starts.into_iter().any(|start| {
            ends(start).any(|end| end - start >= SHORTEST_WITHIN && self.0.contains(&word[start..end]))
        })
    }
}

/// The same for all ways to write a word in upper and lower case: `Straße` and `STRASSE`, a `Σ` at the end or within.
fn folded(word: &str) -> String {
    word.chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

fn percent_decoded(token: &str) -> String {
    let bytes = token.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| token.get(at + 1..at + 3)).flatten();
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            decoded.push(byte);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::wire::WebhookRequest;

    /// What is left of `text` when the user said and brought all this.
    fn left(text: &str) -> String {
        let body = json!({
            "session": "projects/p/agent/sessions/+15550100",
            "queryResult": {
                "queryText": "Call Zara Quux now, in Σπύρος Straße, Jürgen",
                "parameters": {"phone": "+1 555 0100", "pin": 4711.25, "large": 1.2e18, "guests": 2.0},
                "outputContexts": [
                    {"name": "c", "parameters": {"cart": {"Quilliams": {"price": 12.5}}}},
                    {"name": "flowhook-session-data", "parameters": {"sessionData": {
                        "profile": "{\"callsign\": \"Zanzibar\"}", "tags": "[\"Ozymandias\"]", "broken": "Thessaly", "odd": ["Epirus"],
                    }}},
                ],
            },
        });
        let body = Bytes::from(body.to_string());
        withhold(text, &Call::new(WebhookRequest::parse(&body).unwrap(), body))
    }

    #[test]
    fn nothing_that_the_user_said_is_left() {
        for (text, kept) in [
            (
                "no row for ZARA, Quux; 2 tries",
                "no row for [withheld], [withheld]; 2 tries",
            ),
            (
                "phone +1 555 0100, session +15550100",
                "phone +1 [withheld] [withheld], session +[withheld]",
            ),
            ("pin 4711.25 or 4711", "pin [withheld].25 or [withheld]"),
            ("sum 1200000000000000000", "sum [withheld]"),
            ("?name=Zara%20Quux&x=1", "?name=[withheld]&x=1"),
            ("J%C3%BCrgen", "[withheld]"),
            ("ΣΠΎΡΟΣ and σπύροσ", "[withheld] and [withheld]"),
            ("STRASSE", "[withheld]"),
            (
                "no row for Quilliams or jquilliams42",
                "no row for [withheld] or [withheld]",
            ),
        ] {
            assert_eq!(left(text), kept);
        }
        for text in ["Zanzibar", "Ozymandias", "Thessaly", "Epirus"] {
            assert_eq!(left(text), WITHHELD);
        }
        assert_eq!(left(&"a".repeat(65)), WITHHELD);
    }

    #[test]
    fn what_is_not_the_users_stays_readable() {
        for text in [
            "connection refused (os error 111)",
            "guests: handler and row 2",
            "in calling",
            "100 %",
            "session data `profile`: `callsign`",
            "%zz",
        ] {
            assert_eq!(left(text), text);
        }
    }
}
