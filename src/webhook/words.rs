//! Takes a user's words out of a text that goes to the log. A handler's error is the handler's own text: it may quote
//! what the user said, and the log must not.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Call;

/// What stands in place of a user's words.
const WITHHELD: &str = "[withheld]";

/// Shorter words and numbers of ASCII stay: they tell nothing of anybody, and the text would become unreadable.
const SHORTEST: usize = 3;

/// Shorter ones are withheld only where they are words of their own, so that `and` does not cut `handler`.
const SHORTEST_WITHIN_A_WORD: usize = 5;

/// `text` without anything that `call` brought from the user: the utterance, parameters, contexts and payload, whole and
/// word by word.
pub(super) fn withhold(text: &str, call: &Call) -> String {
    let mut said = BTreeSet::new();
    collect_text(call.said(), &mut said);
    collect_members(call.parameters(), &mut said);
    for context in &call.query_result().output_contexts {
        context
            .parameters
            .iter()
            .for_each(|members| collect_members(members, &mut said));
    }
    call.payload()
        .into_iter()
        .for_each(|members| collect_members(members, &mut said));
    let session = call.session();
    said.extend([
        session.id.to_lowercase(),
        session.user.unwrap_or_default().to_lowercase(),
    ]);

    let tells = |words: &String| words.len() >= SHORTEST;
    let mut said: Vec<_> = said.into_iter().filter(tells).collect();
    said.sort_by_key(|words| std::cmp::Reverse(words.len()));
    said.iter()
        .fold(text.to_owned(), |text, words| without(&text, words))
}

fn collect_members(members: &crate::wire::Struct, said: &mut BTreeSet<String>) {
    members.values().for_each(|value| collect(value, said));
}

fn collect(value: &Value, said: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => collect_text(text, said),
        Value::Number(number) => {
            let digits = number.to_string();
            said.insert(digits.strip_suffix(".0").unwrap_or(&digits).to_owned());
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, said)),
        Value::Object(members) => collect_members(members, said),
        Value::Null | Value::Bool(_) => {}
    }
}

fn collect_text(text: &str, said: &mut BTreeSet<String>) {
    let text = text.to_lowercase();
    said.extend(
        text.split(|letter: char| !letter.is_alphanumeric())
            .map(str::to_owned),
    );
    said.insert(text.trim().to_owned());
}

/// `text` with every occurrence of `words` (which are in lower case) replaced, whatever its case.
fn without(text: &str, words: &str) -> String {
    let only_whole = words.chars().count() < SHORTEST_WITHIN_A_WORD;
    let goes_on = |letter: Option<char>| only_whole && letter.is_some_and(char::is_alphanumeric);
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let after = after_prefix(rest, words)
            .filter(|after| !goes_on(kept.chars().last()) && !goes_on(after.chars().next()));
        if let Some(after) = after {
            kept.push_str(WITHHELD);
            rest = after;
        } else {
            kept.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    kept
}

/// What follows `words` at the start of `text`, compared without regard to case.
fn after_prefix<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let mut words = words.chars();
    for (at, letter) in text.char_indices() {
        for lower in letter.to_lowercase() {
            match words.next() {
                Some(expected) if expected == lower => {}
                Some(_) => return None,
                None => return Some(&text[at..]),
            }
        }
    }
    words.next().is_none().then_some("")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::wire::WebhookRequest;

    #[test]
    fn nothing_that_the_user_said_is_left() {
        let body = br#"{"session": "projects/p/agent/sessions/+15550100", "queryResult": {
            "queryText": "Call Zara Quux now", "parameters": {"phone": "+1 555 0100", "pin": 4711.0, "n": 2.0}}}"#;
        let call = Call::new(WebhookRequest::parse(body).unwrap(), Bytes::from_static(body));
        let text = "no row for ZARA QUUX (phone +1 555 0100, pin 4711, session +15550100), 2 tries, zaratustra, Zara's";
        assert_eq!(
            withhold(text, &call),
            "no row for [withheld] [withheld] (phone [withheld], pin [withheld], session [withheld]), 2 tries, \
             zaratustra, [withheld]'s"
        );
    }
}
