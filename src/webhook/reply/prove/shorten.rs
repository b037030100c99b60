//! The size of a reply: what is too large is made to fit, so that as much as can be is said.

use super::{MAX_BYTES, Rule, written};
use crate::webhook::reply::Finding;
use crate::wire::{Kind, Message, WebhookResponse};

const SIZE: Rule = Rule {
    says: "a reply has at most 65536 bytes",
    mend: "say less, or say it over several turns",
};

/// Shortens a reply that is too large: contexts, event and session entities stay, messages stay in their order as long as
/// there is room, then come the plain text and the payload. None: the rest alone is too large.
pub(super) fn shortened(response: &mut WebhookResponse, findings: &mut Vec<Finding>) -> Option<Vec<u8>> {
    let messages = std::mem::take(&mut response.fulfillment_messages);
    let payload = response.payload.take();
    let text = std::mem::take(&mut response.fulfillment_text);
    let frame = written(response).len() + "\"fulfillmentMessages\":[],".len();
    let Some(mut room) = MAX_BYTES.checked_sub(frame) else {
        findings.push(SIZE.takes_out("outputContexts, sessionEntityTypes or followupEventInput"));
        return None;
    };
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
    if let Some(payload) = payload {
        if written(&payload).len() + "\"payload\":,".len() <= room {
            response.payload = Some(payload);
        } else {
            findings.push(SIZE.takes_out("payload"));
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
