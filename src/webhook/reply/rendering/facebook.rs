//! Facebook Messenger shows a list as a gallery: cards in a row, each with a button.

use super::{Form, cut};
use crate::webhook::reply::List;
use crate::webhook::reply::payload::facebook::{Button, Card, MAX_CARDS, Message};

/// The most characters that are shown of a card's parts. Source: the Send API's page "Generic Template".
const MAX_TITLE: usize = 80;
const MAX_BUTTON: usize = 20;

pub(super) fn list(list: &List) -> Form {
    let galleries = list.items.chunks(MAX_CARDS).map(|items| {
        Message::cards(items.iter().map(|item| {
            let button = Button::postback(cut(&item.title, MAX_BUTTON), item.tap());
            let mut card = Card::new(cut(&item.title, MAX_TITLE)).button(button);
            if !item.description.is_empty() {
                card = card.subtitle(cut(&item.description, MAX_TITLE));
            }
            if !item.image_uri.is_empty() {
                card = card.image(&*item.image_uri);
            }
            card
        }))
    });
    let is_cut = list.items.iter().any(|item| {
        cut(&item.title, MAX_TITLE) != item.title || cut(&item.description, MAX_TITLE) != item.description
    });
    Form::payloads(galleries)
        .below(&list.title)
        .losing_if(is_cut, "a list as a gallery, whose long texts are cut")
}
