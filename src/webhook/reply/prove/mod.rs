//! The proof: nothing leaves that Dialogflow would refuse, for it refuses the whole reply for one fault in it.
//!
//! Each rule takes out, or changes, the part that breaks it and says so; what is left is the safe form. Sources: the
//! published descriptors and their comments, the guide's limit of 64 KiB, and recorded refusals. What is only remembered or
//! told gives advice and changes nothing.

mod limits;
mod refusals;

mod assistant;
mod messages;
mod rbm;
mod rest;
mod shorten;

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::Value;

use super::{Effect, Finding};
use crate::webhook::Source;
use crate::wire::{ApiVersion, Kind, Struct, WebhookResponse};

pub use limits::MAX_BYTES;

/// What a reply has to keep to.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// The agent's API version.
    pub version: ApiVersion,
    /// The full name of the turn's session, where it is known.
    pub session: Option<&'a str>,
    /// The integration that shows the reply.
    pub source: &'a Source,
}

/// What came of a proof.
pub struct Proof {
    /// The reply's bytes, of which there are [`MAX_BYTES`] at most; none when nothing of it was left to say.
    pub body: Option<Bytes>,
    /// What is left of the reply, where words were to be said and none are left: the user hears nothing, unless the console
    /// speaks.
    pub mute: Option<WebhookResponse>,
    /// What the user hears of it, in kind.
    pub heard: Cow<'static, str>,
    /// What was taken out or changed, and why, and what should be.
    pub findings: Vec<Finding>,
}

/// Proves `response` under these terms, as each turn's reply is proved before it leaves. `findings` are the faults known before.
#[must_use]
pub fn prove(mut response: WebhookResponse, mut findings: Vec<Finding>, terms: &Terms<'_>) -> Proof {
    // What was broken from the start never came here. Contexts and entities that were are no words.
    let had_messages =
        !response.fulfillment_messages.is_empty() || findings.iter().any(Finding::is_about_messages);
    let wanted_to_speak = had_messages
        || response.payload.is_some()
        || response.followup_event_input.is_some()
        || findings.iter().any(Finding::is_about_words);

    messages::empty_for_unknown_platforms(&mut response, terms.version, &mut findings);
    let dropped = response.restrict_to(terms.version);
    findings.extend(dropped.iter().map(|part| refusals::finding(part, terms.version)));
    messages::prove(&mut response.fulfillment_messages, &mut findings);
    rest::prove(&mut response, terms, &mut findings);
    assistant::advise_on_speech(&response, terms.source, &mut findings);

    let body = response.to_json();
    let body = if body.len() <= MAX_BYTES {
        Some(body)
    } else {
        shorten::shortened(&mut response, &mut findings)
    };
    let body = body.filter(|_| does_something(&response) || !wanted_to_speak);
    let heard = heard(&response);
    let is_mute = had_messages && body.is_some() && is_mute(&response, terms.source);
    Proof {
        body: body.map(Bytes::from),
        mute: is_mute.then_some(response),
        heard,
        findings,
    }
}

/// Whether a reply says something of its own, or lets another intent or a human speak.
fn does_something(response: &WebhookResponse) -> bool {
    !response.fulfillment_messages.is_empty()
        || response.payload.is_some()
        || response.followup_event_input.is_some()
        || gives_the_word_away(response)
}

/// Whether a human is to take over, or nothing more is to be said.
fn gives_the_word_away(response: &WebhookResponse) -> bool {
    response.live_agent_handoff || response.end_interaction
}

/// Whether nothing is left that this integration shows: a payload beside messages is for whoever called Dialogflow, unless it
/// is under the integration's own key.
fn is_mute(response: &WebhookResponse, source: &Source) -> bool {
    let is_shown = |payload: &Struct| source.payload_key().is_some_and(|key| payload.contains_key(key));
    response.fulfillment_messages.is_empty()
        && response.followup_event_input.is_none()
        && !gives_the_word_away(response)
        && !response.payload.as_ref().is_some_and(is_shown)
}

/// What the user hears of a reply, in kind: for the log.
fn heard(response: &WebhookResponse) -> Cow<'static, str> {
    if response.followup_event_input.is_some() {
        return "event".into();
    }
    let kinds = response
        .fulfillment_messages
        .iter()
        .filter_map(|message| message.kind.as_ref());
    let payload = response.payload.as_ref().map(|_| "webhook payload");
    let mut kinds = kinds.map(kind_in_a_word).chain(payload);
    let first = Cow::from(kinds.next().unwrap_or("console"));
    kinds.fold(first, |heard, kind| heard + "+" + kind)
}

fn kind_in_a_word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text(_) => "text",
        Kind::Image(_) => "image",
        Kind::QuickReplies(_) => "chips",
        Kind::Card(_) => "card",
        Kind::Payload(_) => "payload",
        _ => "platform message",
    }
}

fn written(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("wire types have string keys and no fallible members")
}

/// A rule with its mend.
#[derive(Clone, Copy)]
struct Rule {
    says: &'static str,
    mend: &'static str,
}

impl Rule {
    /// What breaks the rule at `place` is taken out.
    fn takes_out(self, place: &str) -> Finding {
        Finding::new(place, self.says).mend(self.mend)
    }

    /// What breaks the rule at `place` is changed.
    fn changes(self, place: &str) -> Finding {
        self.takes_out(place).with(Effect::Changed)
    }

    /// What breaks the rule at `place` is sent all the same.
    fn advises(self, place: &str) -> Finding {
        self.takes_out(place).with(Effect::Advice)
    }
}

const DEPTH: Rule = Rule {
    says: "JSON nested more than 90 deep is refused",
    mend: "send flatter JSON",
};

/// Takes out of a list what breaks a rule.
fn take<T>(
    list: &mut Vec<T>,
    name: &str,
    findings: &mut Vec<Finding>,
    mut broken_rule: impl FnMut(&mut T) -> Option<Rule>,
) {
    let mut place = 0;
    list.retain_mut(|part| {
        let rule = broken_rule(part);
        findings.extend(rule.map(|rule| rule.takes_out(&format!("{name}[{place}]"))));
        place += 1;
        rule.is_none()
    });
}

fn fault_of_struct(members: &Struct) -> Option<Rule> {
    members
        .values()
        .any(|value| is_deeper(value, limits::MAX_DEPTH))
        .then_some(DEPTH)
}

fn is_deeper(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(list) => levels == 0 || list.iter().any(|element| is_deeper(element, levels - 1)),
        Value::Object(members) => levels == 0 || members.values().any(|member| is_deeper(member, levels - 1)),
        _ => false,
    }
}

/// At most `most` bytes of a text, and whether anything was cut.
fn cut_bytes(text: &mut String, most: usize) -> bool {
    if text.len() <= most {
        return false;
    }
    let ellipsis = '…';
    text.truncate(text.floor_char_boundary(most - ellipsis.len_utf8()));
    text.push(ellipsis);
    true
}

#[cfg(test)]
mod tests;
