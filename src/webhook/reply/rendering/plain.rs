//! The plain form: what Dialogflow's own messages for all platforms can say.

use super::{Form, General, only, text, words};
use crate::webhook::reply::List;
use crate::wire::{Card, CardButton, Kind, QuickReplies};

/// Content as it is; a list, which has no message of its own, as words with chips to choose by.
pub(super) fn form(content: &General) -> Form {
    match content {
        General::Words(words) => Form::whole([text(words)]),
        General::Card(card) => Form::whole([only(Kind::Card(card.clone()))]),
        General::Chips(chips) => Form::whole([only(Kind::QuickReplies(chips.clone()))]),
        General::Image(image) => Form::whole([only(Kind::Image(image.clone()))]),
        General::List(list) => Form::whole([text(words::written_list(list)), choices(list)]).losing_if(
            list.has_pictures(),
            "a list as words and chips, without its pictures",
        ),
    }
}

/// A list as a card for each item, for integrations that draw cards and know no list.
pub(super) fn cards(list: &List) -> Form {
    let cards = list.items.iter().map(|item| {
        only(Kind::Card(Card {
            title: item.title.clone(),
            subtitle: item.description.clone(),
            image_uri: item.image_uri.clone(),
            buttons: vec![CardButton {
                text: item.title.clone(),
                postback: item.tap().to_owned(),
                ..CardButton::default()
            }],
            ..Card::default()
        }))
    });
    Form::whole(cards).below(&list.title)
}

/// What the items of a list say, as chips.
fn choices(list: &List) -> crate::wire::Message {
    only(Kind::QuickReplies(QuickReplies {
        quick_replies: list.items.iter().map(|item| item.tap().to_owned()).collect(),
        ..QuickReplies::default()
    }))
}
