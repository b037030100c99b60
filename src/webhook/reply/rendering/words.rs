//! Content as words: written, where only text can be shown, and spoken, where nothing can. No word is added that the agent did
//! not say, for its language is the agent's.

use super::{Form, General, is_link, text};
use crate::webhook::reply::List;
use crate::wire::CardButton;

/// Content as lines of text.
pub(super) fn written_form(content: &General) -> Form {
    let form = Form::whole([text(written(content))]);
    match content {
        General::Words(_) => form,
        General::Card(card) => form.losing_if(
            !card.image_uri.is_empty() || !card.buttons.is_empty(),
            "a card as text: its picture is a link, its buttons cannot be tapped",
        ),
        General::Chips(_) => form.losing("chips as text: nobody can tap them"),
        General::Image(_) => form.losing("a picture as text and a link"),
        General::List(_) => form.losing("a list as text: nobody can tap it, its pictures are left out"),
    }
}

/// Content as it is spoken; nothing where there is nothing to say.
pub(super) fn spoken_form(content: &General) -> Form {
    let spoken = spoken(content);
    let form = Form::whole((!spoken.is_empty()).then(|| text(spoken)));
    match content {
        General::Words(_) => form,
        General::Card(card) => form.losing_if(
            !card.image_uri.is_empty() || !card.buttons.is_empty(),
            "a card as speech, without its picture and its links",
        ),
        General::Chips(_) => form.losing("chips as speech"),
        General::Image(_) => form.losing("a picture as its accessibility text"),
        General::List(_) => form.losing("a list as speech, without its pictures"),
    }
}

fn written(content: &General) -> String {
    match content {
        General::Words(words) => words.clone(),
        General::Card(card) => {
            let buttons = card.buttons.iter().map(written_button);
            let parts = [&card.title, &card.subtitle, &card.image_uri];
            joined(parts.into_iter().cloned().chain(buttons), "\n")
        }
        General::Chips(chips) => {
            let replies = chips.quick_replies.iter().map(|reply| format!("• {reply}"));
            joined([chips.title.clone()].into_iter().chain(replies), "\n")
        }
        General::Image(image) => joined([image.accessibility_text.clone(), image.image_uri.clone()], "\n"),
        General::List(list) => written_list(list),
    }
}

fn written_button(button: &CardButton) -> String {
    if is_link(&button.postback) {
        joined([button.text.clone(), button.postback.clone()], ": ")
    } else {
        format!("• {}", button.text)
    }
}

/// A list, an item a line.
pub(super) fn written_list(list: &List) -> String {
    let items = list.items.iter().map(|item| {
        let item = joined([item.title.clone(), item.description.clone()], ": ");
        format!("• {item}")
    });
    joined([list.title.clone()].into_iter().chain(items), "\n")
}

/// Content in sentences.
pub(super) fn spoken(content: &General) -> String {
    match content {
        General::Words(words) => words.clone(),
        General::Card(card) => {
            let buttons = card.buttons.iter().filter(|button| !is_link(&button.postback));
            let buttons = joined(buttons.map(|button| button.text.clone()), ", ");
            sentences([card.title.clone(), card.subtitle.clone(), buttons])
        }
        General::Chips(chips) => {
            let replies = joined(chips.quick_replies.iter().cloned(), ", ");
            sentences([chips.title.clone(), replies])
        }
        General::Image(image) => image.accessibility_text.clone(),
        General::List(list) => {
            let items = list
                .items
                .iter()
                .map(|item| joined([item.title.clone(), item.description.clone()], ", "));
            sentences([list.title.clone()].into_iter().chain(items))
        }
    }
}

/// Parts one after another, each closed like a sentence.
fn sentences(parts: impl IntoIterator<Item = String>) -> String {
    let closed = parts.into_iter().map(|part| {
        let part = part.trim_end().to_owned();
        match part.chars().next_back() {
            Some(last) if last.is_alphanumeric() => format!("{part}."),
            _ => part,
        }
    });
    joined(closed, " ")
}

/// The parts that are not empty, with `between` between them.
fn joined(parts: impl IntoIterator<Item = String>, between: &str) -> String {
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(between)
}
