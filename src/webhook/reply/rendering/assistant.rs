//! Google Assistant knows kinds of its own, and answers nothing without speech.

use super::{Form, General, buttons, own, sends_another};
use crate::webhook::reply::List;
use crate::webhook::reply::assistant::{self, BasicCard, Item, SimpleResponse, Suggestions, is_speech};
use crate::wire::{self, Card};

pub(super) fn form(content: &General) -> Form {
    match content {
        General::Words(words) => Form::whole(own(SimpleResponse::text(words))),
        General::Card(card) => self::card(card),
        General::Chips(chips) => {
            let title = (!chips.title.is_empty()).then(|| SimpleResponse::text(&chips.title));
            let chips = suggestions(chips.quick_replies.iter().map(String::as_str));
            Form::whole(title.and_then(own).into_iter().chain(chips))
        }
        General::Image(image) => {
            let card = BasicCard::picture(&image.image_uri, &image.accessibility_text);
            Form::whole(own(card))
        }
        General::List(list) => self::list(list),
    }
}

/// Puts speech before messages that have none: the first content that can be spoken.
pub(super) fn give_speech(messages: &mut Vec<wire::Message>, mut speech: impl Iterator<Item = String>) {
    let has_content = messages.iter().any(|message| message.kind.is_some());
    if !has_content || messages.iter().any(is_speech) {
        return;
    }
    if let Some(words) = speech.find(|words| !words.is_empty()) {
        messages.splice(0..0, own(SimpleResponse::text(words)));
    }
}

fn card(card: &Card) -> Form {
    let (links, answers) = buttons(card);
    // A basic card has a text, unless it has a picture.
    let text = [&card.subtitle, &card.title]
        .into_iter()
        .find(|text| !text.is_empty());
    let basic = (text.is_some() || !card.image_uri.is_empty()).then(|| {
        let basic = BasicCard::text(text.map_or("", String::as_str)).title(&card.title);
        let basic = links
            .into_iter()
            .fold(basic, |basic, link| basic.button(&link.text, &link.postback));
        pictured(basic, &card.image_uri, &card.title)
    });
    let chips = suggestions(answers.iter().map(|button| &*button.text));
    Form::whole(basic.and_then(own).into_iter().chain(chips)).losing_if(
        sends_another(&answers),
        "a card's buttons as suggestions: each says its text, not what the button sends back",
    )
}

fn list(list: &List) -> Form {
    // A list of one is none: Google Assistant wants two items at least.
    if let [item] = &*list.items {
        let card = BasicCard::text(item.text()).title(&item.title);
        let card = pictured(card, &item.image_uri, &item.title);
        return Form::whole(own(card).into_iter().chain(suggestions([item.tap()])));
    }
    let items = list.items.iter().map(|item| {
        let shown = Item::new(item.tap(), &item.title).description(&item.description);
        if item.image_uri.is_empty() {
            shown
        } else {
            shown.image(&item.image_uri, &item.title)
        }
    });
    let list = assistant::List::new(items).title(&list.title);
    Form::whole(own(list))
        .losing("a list whose choice arrives as the event actions_intent_OPTION, not as words")
}

fn pictured(card: BasicCard, uri: &str, shows: &str) -> BasicCard {
    if uri.is_empty() {
        card
    } else {
        card.image(uri, shows)
    }
}

fn suggestions<'a>(titles: impl IntoIterator<Item = &'a str>) -> Option<wire::Message> {
    let titles: Vec<_> = titles.into_iter().collect();
    (!titles.is_empty())
        .then(|| Suggestions::new(titles))
        .and_then(own)
}
