//! Telegram shows a list as a message with a keyboard below it.

use super::{Form, plain, words};
use crate::webhook::reply::List;
use crate::webhook::reply::payload::telegram::{Button, Message};

pub(super) fn list(list: &List) -> Form {
    let buttons = list
        .items
        .iter()
        .map(|item| [Button::says(&*item.title, item.tap())]);
    let message = Message::text(words::written_list(list)).buttons(buttons);
    Form::payloads([message])
        .losing_if(
            list.has_pictures(),
            "a list as words with a keyboard, without its pictures",
        )
        // Longer words than a message of Telegram's has, or than a button may say.
        .or(|| plain::cards(list))
}
