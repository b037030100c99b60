//! The size of a reply: what is too large is made to fit, so that as much as can be is said.

use super::{MAX_BYTES, Rule, written};
use crate::webhook::reply::{Finding, HANDOFF};
use crate::wire::{Kind, Message, Speech, Struct, WebhookResponse};

const SIZE: Rule = Rule {
    says: "a reply has at most 65536 bytes",
    mend: "say less, or say it over several turns",
};

/// Shortens a reply that is too large: contexts, event and session entities stay, messages stay in their order as long as
/// there is room, then comes the plain text. The payload comes last when it is large; a small one, and a hand-off in any, come
/// before words. None: the rest alone is too large.
pub(super) fn shortened(response: &mut WebhookResponse, findings: &mut Vec<Finding>) -> Option<Vec<u8>> {
    let messages = std::mem::take(&mut response.fulfillment_messages);
    let payload = response.payload.take().unwrap_or_default();
    let handoff: Struct = payload
        .get(HANDOFF)
        .map(|handoff| (HANDOFF.to_owned(), handoff.clone()))
        .into_iter()
        .collect();
    let text = std::mem::take(&mut response.fulfillment_text);
    let frame = response.to_json().len() + "\"fulfillmentMessages\":[],".len();
    let Some(mut room) = MAX_BYTES.checked_sub(frame) else {
        findings.push(SIZE.takes_out("outputContexts, sessionEntityTypes or followupEventInput"));
        return None;
    };
    let reserved = if size(&payload) <= room / 2 {
        size(&payload)
    } else {
        size(&handoff).min(room)
    };
    room -= reserved;
    for (place, mut message) in messages.into_iter().enumerate() {
        let cut = fit(&mut message, room.saturating_sub(1));
        let place = format!("fulfillmentMessages[{place}]");
        match cut {
            Fit::Whole => {}
            Fit::Shortened => findings.push(SIZE.changes(&place)),
            Fit::Not => findings.push(SIZE.takes_out(&place)),
        }
        if cut != Fit::Not {
            room -= written(&message).len() + 1;
            response.fulfillment_messages.push(message);
        }
    }
    if !text.is_empty() {
        let size = written(&text).len() + "\"fulfillmentText\":,".len();
        if size <= room {
            room -= size;
            response.fulfillment_text = text;
        } else {
            findings.push(SIZE.takes_out("fulfillmentText"));
        }
    }
    room += reserved;
    if size(&payload) > room {
        findings.push(SIZE.takes_out("payload"));
    }
    let mut fitting = [payload, handoff]
        .into_iter()
        .filter(|payload| size(payload) <= room);
    response.payload = fitting.next().filter(|payload| !payload.is_empty());
    Some(response.to_json()).filter(|body| body.len() <= MAX_BYTES)
}

/// What a payload takes of the reply.
fn size(payload: &Struct) -> usize {
    if payload.is_empty() {
        return 0;
    }
    written(payload).len() + "\"payload\":,".len()
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
    let Some(words) = words_of(message) else {
        return Fit::Not;
    };
    let mut words = std::mem::replace(words, "…".to_owned());
    let Some(room) = room.checked_sub(written(message).len()).filter(|room| *room > 0) else {
        return Fit::Not;
    };
    let mut escaped = 0;
    let fitting = words.char_indices().find(|(_, letter)| {
        escaped += written(letter).len() - "\"\"".len();
        escaped > room
    });
    words.truncate(fitting.map_or(words.len(), |(end, _)| end));
    if words.is_empty() {
        return Fit::Not;
    }
    words.push('…');
    if let Some(place) = words_of(message) {
        *place = words;
    }
    Fit::Shortened
}

/// The words of a message that has hardly anything else.
fn words_of(message: &mut Message) -> Option<&mut String> {
    match message.kind.as_mut()? {
        Kind::Text(text) => {
            text.text.truncate(1);
            text.text.first_mut()
        }
        Kind::SimpleResponses(responses) => {
            let response = responses.simple_responses.first_mut()?;
            // Beside SSML, which cannot be cut, they are only shown.
            response.ssml.is_empty().then_some(&mut response.text_to_speech)
        }
        Kind::RbmText(text) => Some(&mut text.text),
        Kind::TelephonySynthesizeSpeech(speech) => match &mut speech.source {
            Some(Speech::Text(words)) => Some(words),
            _ => None,
        },
        _ => None,
    }
}
