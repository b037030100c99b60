//! Dialogflow Messenger draws words, and beside them only rich content.

use super::{Form, General, buttons, own, plain, sends_another, text};
use crate::webhook::reply::List;
use crate::webhook::reply::messenger::{Button, Card, Chips, Element, Image, Info};
use crate::wire::{self, Card as GeneralCard};

pub(super) fn form(content: &General) -> Form {
    match content {
        General::Words(words) => Form::whole([text(words)]),
        General::Card(card) => self::card(card),
        General::Chips(chips) => {
            let rich = own(Chips::new(chips.quick_replies.iter().map(String::as_str)));
            Form::whole(rich).below(&chips.title)
        }
        General::Image(image) => {
            let picture = own(Image::new(&*image.image_uri, &*image.accessibility_text));
            Form::whole(picture)
        }
        General::List(list) => self::list(list),
    }
    .or(|| plain::form(content))
}

fn card(card: &GeneralCard) -> Form {
    let (links, answers) = buttons(card);
    let picture =
        (!card.image_uri.is_empty()).then(|| Element::from(Image::new(&*card.image_uri, &*card.title)));
    let info = (!card.title.is_empty() || !card.subtitle.is_empty()).then(|| {
        let info = Info::new(&*card.title);
        Element::from(if card.subtitle.is_empty() {
            info
        } else {
            info.subtitle(&*card.subtitle)
        })
    });
    let links = links
        .into_iter()
        .map(|button| Element::from(Button::link(&*button.text, &*button.postback)));
    let elements = picture.into_iter().chain(info).chain(links);
    let chips = (!answers.is_empty()).then(|| Chips::new(answers.iter().map(|button| &*button.text)));
    Form::whole(together(elements).into_iter().chain(chips.and_then(own))).losing_if(
        sends_another(&answers),
        "a card's buttons as chips: each says its text, not what the button sends back",
    )
}

fn list(list: &List) -> Form {
    let title = (!list.title.is_empty()).then(|| Element::from(Info::new(&*list.title)));
    let mut elements: Vec<_> = title.into_iter().collect();
    for item in &list.items {
        if !elements.is_empty() {
            elements.push(Element::Divider);
        }
        let mut info = Info::new(&*item.title);
        if !item.description.is_empty() {
            info = info.subtitle(&*item.description);
        }
        if !item.image_uri.is_empty() {
            info = info.image(&*item.image_uri);
        }
        elements.push(info.into());
    }
    let chips = own(Chips::new(list.items.iter().map(|item| item.tap())));
    Form::whole(together(elements).into_iter().chain(chips))
}

/// Elements in one card.
fn together(elements: impl IntoIterator<Item = Element>) -> Option<wire::Message> {
    let mut elements = elements.into_iter();
    let first = Card::new(elements.next()?);
    let card = elements.fold(first, Card::with);
    own(card)
}
