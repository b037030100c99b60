//! What Dialogflow says, as RBM messages: each message of the default platform by the row of its kind.

use serde_json::{Map, Value, json};

use super::words::{pieces, shortened};
use crate::channels::content::{
    MAX_CARDS, MAX_DESCRIPTION, MAX_LABEL, MAX_ON_CARD, MAX_POSTBACK, MAX_TITLE, Product,
};
use crate::channels::rbm::{Alignment, Card, File, Height, Media, Message, Suggestion, View, Width};
use crate::wire::{self, Kind, Platform, QueryResult};

const MAX_TEXT: usize = Product::MAX_TEXT;
const MAX_CHIPS: usize = Product::Rbm.max_chips();

/// What the agent said.
pub(super) fn messages(result: &QueryResult) -> Vec<Message> {
    of(&result.fulfillment_messages, &result.fulfillment_text)
}

/// These messages, else this text.
pub(super) fn of(messages: &[wire::Message], text: &str) -> Vec<Message> {
    let mut said = Said::default();
    for message in messages
        .iter()
        .filter(|message| message.platform == Platform::Unspecified)
    {
        if let Some(kind) = &message.kind {
            said.say(kind);
        }
    }
    if said.0.is_empty() {
        said.text(text, Vec::new());
    }
    said.proved()
}

/// A message, and what is below it.
struct Draft {
    message: Message,
    below: Vec<Suggestion>,
    /// What is said where the message itself would be refused.
    plain: String,
}

#[derive(Default)]
struct Said(Vec<Draft>);

impl Said {
    fn say(&mut self, kind: &Kind) {
        match kind {
            Kind::Text(text) => {
                let first = text.text.iter().find(|text| !text.trim().is_empty());
                self.text(first.map_or("", String::as_str), Vec::new());
            }
            Kind::QuickReplies(replies) => {
                let chips = replies.quick_replies.iter().map(|reply| chip(reply, reply));
                self.chips(&replies.title, chips.collect());
            }
            Kind::Card(card) => self.card(basic_card(card), &format!("{}\n{}", card.title, card.subtitle)),
            Kind::Image(image) => {
                let file = Message::file(File::at(image.image_uri.as_str()));
                self.push(file, Vec::new(), &image.accessibility_text);
            }
            Kind::Payload(payload) => self.payload(payload),
            Kind::RbmText(text) => self.text(&text.text, suggestions(&text.rbm_suggestion, MAX_CHIPS)),
            Kind::RbmStandaloneRichCard(standalone) => {
                let Some(content) = &standalone.card_content else {
                    return;
                };
                let message = match (
                    &standalone.card_orientation,
                    &standalone.thumbnail_image_alignment,
                ) {
                    (wire::CardOrientation::Horizontal, wire::ThumbnailImageAlignment::Right) => {
                        Message::lying_card(rich_card(content), Alignment::Right)
                    }
                    (wire::CardOrientation::Horizontal, _) => {
                        Message::lying_card(rich_card(content), Alignment::Left)
                    }
                    _ => Message::card(rich_card(content)),
                };
                self.push(message, Vec::new(), &plain(content));
            }
            Kind::RbmCarouselRichCard(carousel) => self.carousel(carousel),
            // For other platforms.
            _ => {}
        }
    }

    fn push(&mut self, message: Message, below: Vec<Suggestion>, plain: &str) {
        self.0.push(Draft {
            message,
            below,
            plain: plain.trim().to_owned(),
        });
    }

    /// Words, in several messages where they are too many for one. Things to tap are below the last.
    fn text(&mut self, text: &str, below: Vec<Suggestion>) {
        let pieces = pieces(text, MAX_TEXT);
        let Some((last, others)) = pieces.split_last() else {
            return self.chips("", below);
        };
        for piece in others {
            self.push(Message::text(*piece), Vec::new(), piece);
        }
        self.push(Message::text(*last), below, last);
    }

    /// Things to tap, below their title, else below what was said before.
    fn chips(&mut self, title: &str, chips: Vec<Suggestion>) {
        if !title.trim().is_empty() {
            return self.text(title, chips);
        }
        match self.0.last_mut() {
            Some(last) => last.below.extend(chips),
            // RBM shows them below something only.
            None if !chips.is_empty() => self.push(Message::text("\u{2026}"), chips, ""),
            None => {}
        }
    }

    fn card(&mut self, card: Option<Card>, plain: &str) {
        if let Some(card) = card {
            self.push(Message::card(card), Vec::new(), plain);
        }
    }

    /// One card stands alone, since a carousel has at least two.
    fn carousel(&mut self, carousel: &wire::RbmCarouselCard) {
        let cards = &carousel.card_contents[..carousel.card_contents.len().min(MAX_CARDS)];
        let said: Vec<_> = cards.iter().map(plain).collect();
        let message = match cards {
            [] => return,
            [card] => Message::card(rich_card(card)),
            cards => {
                let is_small = carousel.card_width == wire::CardWidth::Small;
                let is_tall = |card: &wire::RbmCardContent| {
                    card.media
                        .as_ref()
                        .is_some_and(|media| media.height == wire::Height::Tall)
                };
                let width = if is_small && !cards.iter().any(is_tall) {
                    Width::Small
                } else {
                    Width::Medium
                };
                Message::carousel(width, cards.iter().map(rich_card))
            }
        };
        self.push(message, Vec::new(), &said.join("\n"));
    }

    /// `rbm` in a payload: the shape of Google's sample (`type` and `params`), or a `contentMessage` as RBM documents it.
    fn payload(&mut self, payload: &wire::Struct) {
        if let Some(rbm) = payload.get("rbm") {
            let params = rbm.get("params").unwrap_or(rbm);
            let content = match rbm.get("type").and_then(Value::as_str) {
                Some("fileTransfer") => file(params),
                Some("richCard") => card(params),
                Some("suggestedActions" | "suggestedReplies") => suggested(params),
                _ => rbm.get("contentMessage").or(Some(rbm)).cloned(),
            };
            self.raw(content);
        }
        self.raw(payload.get("rbmFileTransfer").and_then(file));
        self.raw(payload.get("rbmRichCard").and_then(card));
    }

    fn raw(&mut self, content: Option<Value>) {
        if let Some(content) = content {
            let plain = content
                .get("text")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            self.push(Message::raw(content), Vec::new(), &plain);
        }
    }

    /// Those that RBM takes. One that it would refuse becomes words, if there are any.
    fn proved(self) -> Vec<Message> {
        let mut proved = Vec::new();
        for draft in self.0 {
            let below: Vec<_> = draft.below.into_iter().take(MAX_CHIPS).collect();
            let message = draft.message.suggest(below.clone());
            let Err(unfit) = message.to_json() else {
                proved.push(message);
                continue;
            };
            let words = shortened(&draft.plain, MAX_TEXT);
            let plain = Message::text(words).suggest(below);
            let is_said = plain.to_json().is_ok();
            tracing::warn!(
                faults = %unfit,
                heard = if is_said { "its words" } else { "nothing of it" },
                "what Dialogflow said does not fit RBM"
            );
            if is_said {
                proved.push(plain);
            }
        }
        proved
    }
}

/// A suggested answer. A label that is too long is cut; the postback keeps all of it.
fn chip(label: &str, postback: &str) -> Suggestion {
    let postback = if postback.trim().is_empty() {
        label
    } else {
        postback
    };
    Suggestion::reply(shortened(label, MAX_LABEL), shortened(postback, MAX_POSTBACK))
}

fn suggestions(suggestions: &[wire::RbmSuggestion], max: usize) -> Vec<Suggestion> {
    suggestions.iter().filter_map(suggestion).take(max).collect()
}

fn suggestion(suggestion: &wire::RbmSuggestion) -> Option<Suggestion> {
    let action = match suggestion.suggestion.as_ref()? {
        wire::RbmSuggestionKind::Reply(reply) => return Some(chip(&reply.text, &reply.postback_data)),
        wire::RbmSuggestionKind::Action(action) => action,
    };
    let label = shortened(&action.text, MAX_LABEL);
    let postback = match action.postback_data.trim() {
        "" => label.clone(),
        postback => shortened(postback, MAX_POSTBACK),
    };
    Some(match action.action.as_ref() {
        Some(wire::RbmActionKind::Dial(dial)) => {
            Suggestion::dial(label, postback, dial.phone_number.as_str())
        }
        Some(wire::RbmActionKind::OpenUrl(open)) => {
            Suggestion::open_url(label, postback, open.uri.as_str(), View::Browser)
        }
        Some(wire::RbmActionKind::ShareLocation(_)) => Suggestion::share_location(label, postback),
        None => Suggestion::reply(label, postback),
    })
}

/// A card of the default platform; none where it has nothing to show.
fn basic_card(from: &wire::Card) -> Option<Card> {
    let image = from.image_uri.trim();
    if [from.title.trim(), from.subtitle.trim(), image] == [""; 3] {
        return None;
    }
    let media = (!image.is_empty()).then(|| Media::new(File::at(image), Height::Medium));
    let buttons = from
        .buttons
        .iter()
        .filter(|button| !button.text.trim().is_empty());
    let buttons = buttons.take(MAX_ON_CARD).map(|button| {
        let postback = button.postback.trim();
        if postback.starts_with("https://") || postback.starts_with("http://") {
            let label = shortened(&button.text, MAX_LABEL);
            Suggestion::open_url(label.clone(), label, postback, View::Browser)
        } else {
            chip(&button.text, postback)
        }
    });
    Some(card_of(&from.title, &from.subtitle, media).suggest(buttons))
}

/// A card of RBM's, whose limits Dialogflow counts in bytes and RBM in characters.
fn rich_card(from: &wire::RbmCardContent) -> Card {
    let media = from.media.as_ref().map(|from| {
        let mut file = File::at(from.file_uri.as_str());
        if !from.thumbnail_uri.is_empty() {
            file = file.thumbnail(from.thumbnail_uri.as_str());
        }
        let height = match from.height {
            wire::Height::Short => Height::Short,
            wire::Height::Tall => Height::Tall,
            _ => Height::Medium,
        };
        Media::new(file, height)
    });
    card_of(&from.title, &from.description, media).suggest(suggestions(&from.suggestions, MAX_ON_CARD))
}

fn card_of(title: &str, description: &str, media: Option<Media>) -> Card {
    let (title, description) = (
        shortened(title, MAX_TITLE),
        shortened(description, MAX_DESCRIPTION),
    );
    let card = match (title.is_empty(), description.is_empty(), media.clone()) {
        (true, true, Some(media)) => return Card::showing(media),
        (true, ..) => Card::saying(description),
        (false, true, _) => Card::titled(title),
        (false, false, _) => Card::titled(title).description(description),
    };
    match media {
        Some(media) => card.media(media),
        None => card,
    }
}

/// What a card says.
fn plain(card: &wire::RbmCardContent) -> String {
    format!("{}\n{}", card.title, card.description).trim().to_owned()
}

/// The sample's file: `fileUrl`.
fn file(params: &Value) -> Option<Value> {
    let url = params.get("fileUrl").or_else(|| params.get("imageUrl"))?;
    Some(json!({"contentInfo": {"fileUrl": url}}))
}

/// The sample's card: `messageText`, `messageDescription`, `imageUrl`, `height`, `suggestions`.
fn card(params: &Value) -> Option<Value> {
    let params = params.as_object()?;
    let mut content = Map::new();
    for (to, from) in [("title", "messageText"), ("description", "messageDescription")] {
        if let Some(text) = params.get(from).and_then(Value::as_str) {
            let max = if to == "title" { MAX_TITLE } else { MAX_DESCRIPTION };
            content.insert(to.to_owned(), json!(shortened(text, max)));
        }
    }
    if let Some(url) = params.get("imageUrl") {
        let height = params.get("height").cloned().unwrap_or(json!("MEDIUM"));
        content.insert(
            "media".to_owned(),
            json!({"height": height, "contentInfo": {"fileUrl": url}}),
        );
    }
    let taps = params.get("suggestions").and_then(Value::as_array);
    if let Some(taps) = taps {
        content.insert(
            "suggestions".to_owned(),
            json!(taps[..taps.len().min(MAX_ON_CARD)]),
        );
    }
    Some(json!({"richCard": {"standaloneCard": {"cardOrientation": "VERTICAL", "cardContent": content}}}))
}

/// The sample's things to tap: `messageText` with `suggestions`.
fn suggested(params: &Value) -> Option<Value> {
    let text = shortened(params.get("messageText")?.as_str()?, MAX_TEXT);
    let taps = params
        .get("suggestions")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    Some(json!({"text": text, "suggestions": taps[..taps.len().min(MAX_CHIPS)]}))
}
