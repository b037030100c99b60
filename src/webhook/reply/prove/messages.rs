//! The rules for each kind of message.

use super::{Rule, assistant, fault_of_struct, rbm, refusals, take};
use crate::webhook::reply::Finding;
use crate::wire::{ApiVersion, Card, Kind, Message, Platform, Speech, WebhookResponse};

/// A message for one platform must not be shown on all others, so it goes as a whole. Its place stays until the end, so
/// that the places of the others stay right.
pub(super) fn empty_for_unknown_platforms(
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
        let name = refusals::name_of(&message.platform);
        let place = format!("fulfillmentMessages[{place}]");
        findings.push(refusals::platform(&place, rule, &name, version));
        *message = Message::default();
    }
}

/// Proves each message. What cannot be mended is taken out.
pub(super) fn prove(messages: &mut Vec<Message>, findings: &mut Vec<Finding>) {
    for (place, message) in messages.iter_mut().enumerate() {
        let Some(kind) = message.kind.take() else { continue };
        let place = format!("fulfillmentMessages[{place}]");
        message.kind = proved(kind, &place, findings);
    }
    messages.retain(|message| message.kind.is_some());
}

/// A kind of content without what breaks a rule, or in a form that breaks none; nothing when that cannot be.
fn proved(mut kind: Kind, place: &str, findings: &mut Vec<Finding>) -> Option<Kind> {
    let rule = match &mut kind {
        Kind::Text(text) => {
            if text.text.iter().all(String::is_empty) {
                Some(TEXT)
            } else {
                if text.text.len() > 1 {
                    findings.push(ONE_TEXT.advises(place));
                }
                None
            }
        }
        Kind::QuickReplies(chips) => {
            take(
                &mut chips.quick_replies,
                &format!("{place}.quickReplies.quickReplies"),
                findings,
                |reply| reply.trim().is_empty().then_some(EMPTY_REPLY),
            );
            chips.quick_replies.is_empty().then_some(QUICK_REPLIES)
        }
        Kind::Image(image) => image.image_uri.is_empty().then_some(IMAGE),
        Kind::Card(card) => {
            take(
                &mut card.buttons,
                &format!("{place}.card.buttons"),
                findings,
                |button| button.text.trim().is_empty().then_some(BUTTON),
            );
            (*card == Card::default()).then_some(CARD)
        }
        Kind::Payload(payload) if payload.is_empty() => Some(PAYLOAD),
        Kind::Payload(payload) => fault_of_struct(payload),
        Kind::TelephonyPlayAudio(audio) => (!audio.audio_uri.starts_with("gs://")).then_some(PLAY_AUDIO),
        Kind::TelephonySynthesizeSpeech(speech) => match &speech.source {
            Some(Speech::Text(words) | Speech::Ssml(words)) if !words.is_empty() => None,
            _ => Some(SPEECH),
        },
        Kind::TelephonyTransferCall(transfer) => {
            let is_sound = is_e164(&transfer.phone_number);
            if is_sound && !transfer.phone_number.starts_with("+1") {
                findings.push(TRANSFER_TO_US.advises(place));
            }
            (!is_sound).then_some(TRANSFER)
        }
        Kind::RbmText(_) | Kind::RbmStandaloneRichCard(_) | Kind::RbmCarouselRichCard(_) => {
            return rbm::proved(kind, place, findings);
        }
        Kind::SimpleResponses(_)
        | Kind::BasicCard(_)
        | Kind::Suggestions(_)
        | Kind::LinkOutSuggestion(_)
        | Kind::ListSelect(_)
        | Kind::CarouselSelect(_)
        | Kind::BrowseCarouselCard(_)
        | Kind::TableCard(_)
        | Kind::MediaContent(_) => return assistant::proved(kind, place, findings),
    };
    if let Some(rule) = rule {
        findings.push(rule.takes_out(place));
        return None;
    }
    Some(kind)
}

/// `+`, and up to 15 digits of which the first is none of the zeros.
fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    (2..=15).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && !digits.starts_with('0')
}

const TEXT: Rule = Rule {
    says: "a text has words in it",
    mend: "say something, or leave the message out",
};
const ONE_TEXT: Rule = Rule {
    says: "a text of a webhook's has one wording; which of several is shown is not documented",
    mend: "choose one, as `Reply::one_of` does",
};
const EMPTY_REPLY: Rule = Rule {
    says: "a quick reply has words in it",
    mend: "leave the empty one out",
};
const QUICK_REPLIES: Rule = Rule {
    says: "quick replies have at least one reply",
    mend: "offer something, or leave the message out",
};
const IMAGE: Rule = Rule {
    says: "an image has a URI",
    mend: "say where the picture lies, or leave the message out",
};
const CARD: Rule = Rule {
    says: "a card has a title, a subtitle, a picture or a button",
    mend: "put something on it, or leave the message out",
};
const BUTTON: Rule = Rule {
    says: "a card's button has a text",
    mend: "give the button a text",
};
const PAYLOAD: Rule = Rule {
    says: "a payload message has at least one platform's key in it",
    mend: "put something in, or leave the message out",
};
const PLAY_AUDIO: Rule = Rule {
    says: "the phone gateway plays an object of Cloud Storage, `gs://BUCKET/OBJECT`",
    mend: "upload the recording, and let Dialogflow's service agent read it",
};
const SPEECH: Rule = Rule {
    says: "speech has words or SSML in it",
    mend: "say something, or leave the message out",
};
const TRANSFER: Rule = Rule {
    says: "a call is transferred to a number in E.164: `+`, country code and number, digits only",
    mend: "write the number like +1 and ten digits, without spaces",
};
const TRANSFER_TO_US: Rule = Rule {
    says: "the phone gateway is documented to transfer to numbers of the US only, which begin with +1",
    mend: "try whether it does, or transfer to a number that begins with +1",
};
