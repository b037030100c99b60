//! Google Chat draws cards of its own from a payload, and has no chips.

use serde_json::{Value, json};

use super::{Form, General, buttons, text, words};
use crate::webhook::reply::List;
use crate::webhook::reply::payload::escape;
use crate::wire::Card;

pub(super) fn form(content: &General) -> Form {
    match content {
        General::Words(words) => Form::whole([text(words)]),
        General::Card(card) => self::card(card),
        General::Chips(_) => words::written_form(content),
        General::Image(image) => card_of(None, vec![json!({"image": {"imageUrl": image.image_uri}})]),
        General::List(list) => self::list(list),
    }
}

fn card(card: &Card) -> Form {
    let (links, answers) = buttons(card);
    let mut widgets = Vec::new();
    if !card.image_uri.is_empty() {
        widgets.push(json!({"image": {"imageUrl": card.image_uri}}));
    }
    for answer in &answers {
        widgets.push(paragraph(&format!("• {}", answer.text)));
    }
    if !links.is_empty() {
        let buttons = links.iter().map(|button| {
            json!({"textButton": {"text": button.text, "onClick": {"openLink": {"url": button.postback}}}})
        });
        widgets.push(json!({"buttons": buttons.collect::<Vec<_>>()}));
    }
    let mut header = json!({"title": card.title});
    if !card.subtitle.is_empty() {
        header["subtitle"] = card.subtitle.clone().into();
    }
    card_of(Some(header), widgets).losing_if(
        !answers.is_empty(),
        "a card's buttons as words, unless they open a link",
    )
}

fn list(list: &List) -> Form {
    let mut widgets = Vec::new();
    for item in &list.items {
        if !item.image_uri.is_empty() {
            widgets.push(json!({"image": {"imageUrl": item.image_uri}}));
        }
        let title = format!("<b>{}</b>", escape(&item.title));
        let shown = if item.description.is_empty() {
            title
        } else {
            format!("{title}<br>{}", escape(&item.description))
        };
        widgets.push(json!({"textParagraph": {"text": shown}}));
    }
    let header = (!list.title.is_empty()).then(|| json!({"title": list.title}));
    card_of(header, widgets).losing("a list as a card: nobody can tap its items")
}

/// A card; one without widgets says its title once more, for a card has a section with something in it.
fn card_of(header: Option<Value>, mut widgets: Vec<Value>) -> Form {
    if widgets.is_empty() {
        let title = header.as_ref().and_then(|header| header["title"].as_str());
        widgets.push(paragraph(title.unwrap_or_default()));
    }
    let mut card = json!({"sections": [{"widgets": widgets}]});
    if let Some(header) = header {
        card["header"] = header;
    }
    Form::payloads([json!({"hangouts": card})])
}

/// Text paragraphs are read as a little HTML.
fn paragraph(words: &str) -> Value {
    json!({"textParagraph": {"text": escape(words)}})
}
