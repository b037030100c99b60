//! Telegram shows a list as a message with a keyboard below it.

use serde_json::json;

use super::{Form, payload, plain, words};
use crate::webhook::reply::List;

/// The most bytes that a button of the keyboard may send back. Source: the Bot API, "InlineKeyboardButton".
const MAX_CALLBACK: usize = 64;

pub(super) fn list(list: &List) -> Form {
    if list.items.iter().any(|item| item.tap().len() > MAX_CALLBACK) {
        return plain::cards(list);
    }
    let keyboard = list
        .items
        .iter()
        .map(|item| json!([{"text": item.title, "callback_data": item.tap()}]));
    Form::whole(vec![payload(
        "telegram",
        json!({
            "text": words::written_list(list),
            "reply_markup": {"inline_keyboard": keyboard.collect::<Vec<_>>()},
        }),
    )])
    .losing_if(
        list.has_pictures(),
        "a list as words with a keyboard, without its pictures",
    )
}
