//! LINE shows a list as a carousel: cards in a row, which are all of one make.

use super::{Form, cut, words};
use crate::webhook::reply::List;
use crate::webhook::reply::payload::line::{Action, Card, MAX_CARDS, Message};

/// The most characters of a card's parts. Source: the Messaging API, "Carousel template".
const MAX_ALTERNATIVE: usize = 400;
const MAX_TITLE: usize = 40;
const MAX_TEXT: usize = 60;
const MAX_LABEL: usize = 20;
const MAX_SAID: usize = 300;

pub(super) fn list(list: &List) -> Form {
    let all_have_pictures = list.items.iter().all(|item| !item.image_uri.is_empty());
    let carousels = list.items.chunks(MAX_CARDS).map(|items| {
        let cards = items.iter().map(|item| {
            let says = Action::message(cut(&item.title, MAX_LABEL), cut(item.tap(), MAX_SAID));
            let card = Card::new(cut(item.text(), MAX_TEXT))
                .title(cut(&item.title, MAX_TITLE))
                .action(says);
            if all_have_pictures {
                card.image(&*item.image_uri)
            } else {
                card
            }
        });
        Message::cards(cut(&words::written_list(list), MAX_ALTERNATIVE), cards)
    });
    let is_cut = list.items.iter().any(|item| {
        cut(&item.title, MAX_TITLE) != item.title || cut(&item.description, MAX_TEXT) != item.description
    });
    let loses_pictures = list.has_pictures() && !all_have_pictures;
    Form::payloads(carousels)
        .below(&list.title)
        .losing_if(is_cut, "a list as a carousel, whose long texts are cut")
        .losing_if(
            loses_pictures,
            "a list as a carousel without pictures, for not every item has one",
        )
}
