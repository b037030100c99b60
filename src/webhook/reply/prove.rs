//! The proof: nothing leaves that Dialogflow would refuse, for it refuses the whole reply for one fault in it.
//!
//! Each rule takes out the part that breaks it and says so; what is left is the safe form. Sources: the published
//! descriptors and their comments, the guide's limit of 64 KiB, and recorded refusals.

use std::fmt;

use bytes::Bytes;
use serde_json::Value;

use crate::wire::{ApiVersion, Kind, Message, Platform, Struct, WebhookResponse};

/// The most bytes that a reply may have. Source: the guide, "Webhook service".
pub const MAX_BYTES: usize = 65_536;

/// Deeper JSON is refused: Google's parser stops at 100 levels, counted from the top of the reply.
const MAX_DEPTH: usize = 90;

/// The longest name of an event, in characters. Source: the comments of the published session proto.
const MAX_EVENT_NAME: usize = 150;

/// A rule that a reply breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where in the reply, as in `outputContexts[0]`.
    pub place: String,
    /// What the rule says.
    pub rule: String,
}

impl Finding {
    pub(super) fn new(place: &str, rule: impl Into<String>) -> Self {
        Self {
            place: place.to_owned(),
            rule: rule.into(),
        }
    }

    /// The user would hear nothing at all.
    pub(in crate::webhook) fn silence() -> Self {
        Self::new(
            "fulfillmentMessages",
            "the reply leaves the answer to the console, which has none; say something, or give the intent a response",
        )
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}`: {}", self.place, self.rule)
    }
}

/// What came of a proof.
pub(crate) struct Proof {
    /// The reply's bytes; none when nothing of it was left to say.
    pub(crate) body: Option<Bytes>,
    /// What the user hears of it, in kind.
    pub(crate) heard: String,
    /// What was taken out, and why.
    pub(crate) findings: Vec<Finding>,
}

/// Proves `response` for an agent that speaks `version`. `findings` are the faults known before.
pub(crate) fn prove(mut response: WebhookResponse, mut findings: Vec<Finding>, version: ApiVersion) -> Proof {
    let speaks = |response: &WebhookResponse| {
        !response.fulfillment_messages.is_empty()
            || response.payload.is_some()
            || response.followup_event_input.is_some()
    };
    let wanted_to_speak = speaks(&response) || !findings.is_empty();

    empty_messages_for_unknown_platforms(&mut response, version, &mut findings);
    let dropped = response.restrict_to(version);
    findings.extend(
        dropped
            .iter()
            .map(|part| Finding::new(&part.path, part.reason.to_string())),
    );
    take_broken_messages(&mut response, &mut findings);
    take_broken_contexts(&mut response, &mut findings);
    take_broken_entities(&mut response, &mut findings);
    take_broken_event(&mut response, &mut findings);
    take_deep_payload(&mut response, &mut findings);

    let body = written(&response);
    let body = if body.len() <= MAX_BYTES {
        Some(body)
    } else {
        shortened(&mut response, &mut findings)
    };
    let body = body.filter(|_| speaks(&response) || !wanted_to_speak);
    Proof {
        body: body.map(Bytes::from),
        heard: heard(&response),
        findings,
    }
}

/// What the user hears of a reply, in kind: for the log.
fn heard(response: &WebhookResponse) -> String {
    if response.followup_event_input.is_some() {
        return "event".to_owned();
    }
    let kinds = response
        .fulfillment_messages
        .iter()
        .filter_map(|message| message.kind.as_ref());
    let mut kinds: Vec<_> = kinds.map(kind_in_a_word).collect();
    if response.payload.is_some() {
        kinds.push("webhook payload");
    }
    if kinds.is_empty() {
        "console".to_owned()
    } else {
        kinds.join("+")
    }
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

/// A message for one platform must not be shown on all others, so it goes as a whole. Its place stays until the end, so
/// that the places of the others stay right.
fn empty_messages_for_unknown_platforms(
    response: &mut WebhookResponse,
    version: ApiVersion,
    findings: &mut Vec<Finding>,
) {
    for (place, message) in response.fulfillment_messages.iter_mut().enumerate() {
        let rule = match (&message.platform, version) {
            (Platform::Telephony, ApiVersion::V2) => {
                "only v2beta1 knows the platform TELEPHONY, the agent is set to v2"
            }
            (Platform::UnknownName(_), _) => "no version of the API has a platform of that name",
            _ => continue,
        };
        findings.push(Finding::new(&format!("fulfillmentMessages[{place}]"), rule));
        *message = Message::default();
    }
}

fn take_broken_messages(response: &mut WebhookResponse, findings: &mut Vec<Finding>) {
    take(
        &mut response.fulfillment_messages,
        "fulfillmentMessages",
        findings,
        |message| match message.kind.as_ref()? {
            Kind::Text(text) if text.text.iter().all(String::is_empty) => Some("a text has words in it"),
            Kind::QuickReplies(chips) if chips.quick_replies.is_empty() => {
                Some("quick replies have at least one reply")
            }
            Kind::Image(image) if image.image_uri.is_empty() => Some("an image has a URI"),
            Kind::Payload(payload) => fault_of_struct(payload),
            _ => None,
        },
    );
    response
        .fulfillment_messages
        .retain(|message| message.kind.is_some());
}

fn take_broken_contexts(response: &mut WebhookResponse, findings: &mut Vec<Finding>) {
    take(
        &mut response.output_contexts,
        "outputContexts",
        findings,
        |context| context.parameters.as_ref().and_then(fault_of_struct),
    );
}

fn take_broken_entities(response: &mut WebhookResponse, findings: &mut Vec<Finding>) {
    take(
        &mut response.session_entity_types,
        "sessionEntityTypes",
        findings,
        |entity_type| {
            if entity_type.entities.is_empty() {
                return Some("session entities have at least one entity");
            }
            let unnamed = entity_type.entities.iter().any(|entity| entity.value.is_empty());
            unnamed.then_some("an entity has a value")
        },
    );
}

fn take_broken_event(response: &mut WebhookResponse, findings: &mut Vec<Finding>) {
    let Some(event) = &response.followup_event_input else {
        return;
    };
    let rule = if event.name.trim().is_empty() || event.name.contains(char::is_control) {
        Some("an event has a name, without control characters")
    } else if event.name.chars().count() > MAX_EVENT_NAME {
        Some("an event's name has at most 150 characters")
    } else {
        event.parameters.as_ref().and_then(fault_of_struct)
    };
    if let Some(rule) = rule {
        findings.push(Finding::new("followupEventInput", rule));
        response.followup_event_input = None;
    }
}

fn take_deep_payload(response: &mut WebhookResponse, findings: &mut Vec<Finding>) {
    if let Some(rule) = response.payload.as_ref().and_then(fault_of_struct) {
        findings.push(Finding::new("payload", rule));
        response.payload = None;
    }
}

/// Takes out of a list what breaks a rule.
fn take<T>(
    list: &mut Vec<T>,
    name: &str,
    findings: &mut Vec<Finding>,
    mut broken_rule: impl FnMut(&T) -> Option<&'static str>,
) {
    let mut place = 0;
    list.retain(|part| {
        let rule = broken_rule(part);
        findings.extend(rule.map(|rule| Finding::new(&format!("{name}[{place}]"), rule)));
        place += 1;
        rule.is_none()
    });
}

fn fault_of_struct(members: &Struct) -> Option<&'static str> {
    members
        .values()
        .any(|value| is_deeper(value, MAX_DEPTH))
        .then_some("JSON nested more than 90 deep is refused")
}

fn is_deeper(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(list) => levels == 0 || list.iter().any(|element| is_deeper(element, levels - 1)),
        Value::Object(members) => levels == 0 || members.values().any(|member| is_deeper(member, levels - 1)),
        _ => false,
    }
}

/// Shortens a reply that is too large: contexts, event and session entities stay, messages stay in their order as long as
/// there is room, the payload comes last. None: the rest alone is too large.
fn shortened(response: &mut WebhookResponse, findings: &mut Vec<Finding>) -> Option<Vec<u8>> {
    let too_large = || format!("a reply has at most {MAX_BYTES} bytes");
    let messages = std::mem::take(&mut response.fulfillment_messages);
    let payload = response.payload.take();
    let frame = written(response).len() + "\"fulfillmentMessages\":[],".len();
    let Some(mut room) = MAX_BYTES.checked_sub(frame) else {
        findings.push(Finding::new(
            "outputContexts, sessionEntityTypes or followupEventInput",
            too_large(),
        ));
        return None;
    };
    for (place, mut message) in messages.into_iter().enumerate() {
        let cut = fit(&mut message, room.saturating_sub(1));
        if cut != Fit::Whole {
            findings.push(Finding::new(
                &format!("fulfillmentMessages[{place}]"),
                too_large(),
            ));
        }
        if cut != Fit::Not {
            room -= written(&message).len() + 1;
            response.fulfillment_messages.push(message);
        }
    }
    if let Some(payload) = payload {
        if written(&payload).len() + "\"payload\":,".len() <= room {
            response.payload = Some(payload);
        } else {
            findings.push(Finding::new("payload", too_large()));
        }
    }
    Some(written(response)).filter(|body| body.len() <= MAX_BYTES)
}

#[derive(PartialEq)]
enum Fit {
    Whole,
    Shortened,
    Not,
}

/// Makes a message fit into `room` bytes; only words can be shortened.
fn fit(message: &mut Message, room: usize) -> Fit {
    if written(message).len() <= room {
        return Fit::Whole;
    }
    let bare = Message {
        kind: Some(Kind::Text(Default::default())),
        ..message.clone()
    };
    // Room for the list around the words, their quotes and the ellipsis.
    let Some(room) = room.checked_sub(written(&bare).len() + "\"text\":[\"...\"]".len()) else {
        return Fit::Not;
    };
    let Some(Kind::Text(text)) = &mut message.kind else {
        return Fit::Not;
    };
    let Some(words) = text.text.first_mut().filter(|_| room > 0) else {
        return Fit::Not;
    };
    let mut escaped = 0;
    let fitting = words.char_indices().find(|(_, letter)| {
        escaped += written(letter).len() - "\"\"".len();
        escaped > room
    });
    let Some((end, _)) = fitting.filter(|(end, _)| *end > 0) else {
        return Fit::Not;
    };
    words.truncate(end);
    words.push('…');
    Fit::Shortened
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn proof(response: Value) -> (Option<Value>, Vec<String>) {
        let proof = prove(
            serde_json::from_value(response).unwrap(),
            Vec::new(),
            ApiVersion::V2,
        );
        let body = proof.body.map(|body| {
            assert!(body.len() <= MAX_BYTES);
            serde_json::from_slice(&body).unwrap()
        });
        (body, proof.findings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_breaks_a_rule_is_taken_out_and_the_rest_stands() {
        let (body, findings) = proof(json!({
            "fulfillmentMessages": [
                {"text": {"text": ["hello"]}},
                {"text": {"text": [""]}},
                {"telephonyTransferCall": {"phoneNumber": "+15550100"}},
                {"text": {"text": ["on the phone"]}, "platform": "TELEPHONY"},
                {"card": {"title": "a card"}, "platform": "FACEBOOK"},
                {"hologram": {}},
            ],
            "outputContexts": [
                {"name": "projects/p/agent/sessions/s/contexts/cart", "lifespanCount": 0},
            ],
            "endInteraction": true,
            "speech": "of version 1",
        }));
        assert_eq!(
            body,
            Some(json!({
                "fulfillmentMessages": [
                    {"text": {"text": ["hello"]}},
                    {"card": {"title": "a card"}, "platform": "FACEBOOK"},
                ],
                "outputContexts": [{"name": "projects/p/agent/sessions/s/contexts/cart", "lifespanCount": 0}],
            }))
        );
        assert_eq!(
            findings,
            [
                "`fulfillmentMessages[3]`: only v2beta1 knows the platform TELEPHONY, the agent is set to v2",
                "`fulfillmentMessages[2].telephonyTransferCall`: only v2beta1 knows it, the agent is set to v2",
                "`fulfillmentMessages[5].hologram`: no version of the API has a field of that name",
                "`endInteraction`: only v2beta1 knows it, the agent is set to v2",
                "`speech`: no version of the API has a field of that name",
                "`fulfillmentMessages[1]`: a text has words in it",
            ]
        );
    }

    #[test]
    fn a_reply_of_which_nothing_is_left_has_no_body() {
        let (body, findings) = proof(json!({"followupEventInput": {"name": "", "languageCode": "en"}}));
        assert_eq!(body, None);
        assert_eq!(
            findings,
            ["`followupEventInput`: an event has a name, without control characters"]
        );
    }

    #[test]
    fn an_empty_reply_lets_the_console_speak() {
        assert_eq!(proof(json!({})), (Some(json!({})), Vec::new()));
    }

    #[test]
    fn a_reply_of_exactly_the_limit_passes_whole() {
        let frame = written(&json!({"fulfillmentMessages": [{"text": {"text": [""]}}]})).len();
        let words = "x".repeat(MAX_BYTES - frame);
        let (body, findings) = proof(json!({"fulfillmentMessages": [{"text": {"text": [words]}}]}));
        assert_eq!(written(&body.unwrap()).len(), MAX_BYTES);
        assert_eq!(findings, [""; 0]);
    }

    #[test]
    fn too_many_words_are_shortened_and_what_comes_after_is_dropped() {
        for letter in ["x", "é", "\u{1}", "\"", "🦀"] {
            let (body, findings) = proof(json!({
                "fulfillmentMessages": [{"text": {"text": [letter.repeat(MAX_BYTES)]}}, {"card": {"title": "t"}}],
                "payload": {"google": {}},
            }));
            let body = body.unwrap();
            let messages = body["fulfillmentMessages"].as_array().unwrap();
            assert!(messages[0]["text"]["text"][0].as_str().unwrap().ends_with('…'));
            assert!(written(&body).len() > MAX_BYTES - 64, "the room is used");
            assert!(findings[0].starts_with("`fulfillmentMessages[0]`: a reply has at most 65536"));
        }
    }

    #[test]
    fn contexts_that_fill_the_reply_alone_leave_nothing_to_send() {
        let (body, findings) = proof(json!({
            "fulfillmentMessages": [{"text": {"text": ["hello"]}}],
            "outputContexts": [{
                "name": "projects/p/agent/sessions/s/contexts/cart",
                "parameters": {"all": "x".repeat(MAX_BYTES)},
            }],
        }));
        assert_eq!(body, None);
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn json_that_is_nested_too_deep_is_taken_out() {
        let deep = (0..MAX_DEPTH + 2).fold(json!(1), |inner, _| json!([inner]));
        let (body, findings) = proof(json!({
            "fulfillmentMessages": [{"text": {"text": ["hello"]}}],
            "payload": {"deep": deep},
        }));
        assert_eq!(
            body,
            Some(json!({"fulfillmentMessages": [{"text": {"text": ["hello"]}}]}))
        );
        assert_eq!(findings, ["`payload`: JSON nested more than 90 deep is refused"]);
    }
}
