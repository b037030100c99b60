//! Telegram: the body of its `sendMessage`, with buttons or with a keyboard.
//!
//! Source of shapes and limits: Telegram's reference of its Bot API. Pictures are sent with
//! [`Message::image`](crate::Message::image), which the integration draws itself.
//!
//! ```
//! use flowhook::Reply;
//! use flowhook::payload::telegram::{Button, Message, escape};
//!
//! let dish = "fish & chips";
//! let reply = Reply::message(
//!     Message::html(format!("You ordered <b>{}</b>.", escape(dish)))
//!         .buttons([[Button::says("Cancel", "cancel"), Button::link("Menu", "https://example.com")]]),
//! );
//! ```

use serde_json::{Value, json};

use super::Body;
use crate::webhook::reply::withheld::withheld;

/// The most characters that a message may have.
const MAX_TEXT: usize = 4096;

/// The most bytes that a button may say.
const MAX_SAID: usize = 64;

/// A message.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a message is said by giving it to a reply"]
pub struct Message(Body);

impl Message {
    /// Plain words, at most 4,096 characters.
    pub fn text(words: impl Into<String>) -> Self {
        let words = words.into();
        let fits = (1..=MAX_TEXT).contains(&words.chars().count());
        Self(Body::with("text", words).within(fits, "a message for Telegram has 1 to 4096 characters"))
    }

    /// Words in Telegram's HTML: `<b>`, `<i>`, `<a href="..">` and few others. Put a user's words through [`escape`]
    /// first. Without its tags it has at most 4,096 characters.
    pub fn html(markup: impl Into<String>) -> Self {
        let markup = markup.into();
        let has_words = !markup.is_empty();
        Self(
            Body::with("text", markup)
                .and("parse_mode", "HTML")
                .within(has_words, "a message for Telegram has 1 to 4096 characters"),
        )
    }

    /// Rows of buttons below the message. They take the place of a keyboard.
    pub fn buttons<Row: IntoIterator<Item = Button>>(self, rows: impl IntoIterator<Item = Row>) -> Self {
        let rows = rows.into_iter().map(|row| row.into_iter().map(|button| button.0));
        let rows: Vec<Vec<Value>> = rows.map(Iterator::collect).collect();
        let fits = |button: &Value| {
            button
                .get("callback_data")
                .is_none_or(|said| (1..=MAX_SAID).contains(&said.as_str().map_or(0, str::len)))
        };
        let all_fit = rows.iter().flatten().all(fits);
        let is_empty = rows.iter().all(Vec::is_empty);
        Self(
            self.0
                .and("reply_markup", json!({"inline_keyboard": rows}))
                .within(!is_empty, "buttons for Telegram are at least one")
                .within(all_fit, "a button for Telegram says 1 to 64 bytes"),
        )
    }

    /// Rows of words to tap in place of the keyboard, until one is tapped. They take the place of buttons.
    pub fn keyboard<Row: IntoIterator<Item = Key>, Key: Into<String>>(
        self,
        rows: impl IntoIterator<Item = Row>,
    ) -> Self {
        let key = |words: Key| json!({"text": words.into()});
        let rows: Vec<Vec<Value>> = rows
            .into_iter()
            .map(|row| row.into_iter().map(key).collect())
            .collect();
        let is_empty = rows.iter().all(Vec::is_empty);
        let keyboard = json!({"keyboard": rows, "resize_keyboard": true, "one_time_keyboard": true});
        Self(
            self.0
                .and("reply_markup", keyboard)
                .within(!is_empty, "a keyboard for Telegram has at least one key"),
        )
    }

    /// Takes an earlier keyboard away.
    pub fn without_keyboard(self) -> Self {
        Self(self.0.and("reply_markup", json!({"remove_keyboard": true})))
    }

    /// Without a preview of the pages it links to.
    pub fn without_preview(self) -> Self {
        Self(self.0.and("disable_web_page_preview", true))
    }

    /// Without a sound.
    pub fn silent(self) -> Self {
        Self(self.0.and("disable_notification", true))
    }
}

/// A button below a message.
#[derive(Clone, PartialEq)]
#[must_use = "a button is shown by its message"]
pub struct Button(Value);

impl Button {
    /// What it shows, and what it says to the agent: at most 64 bytes.
    pub fn says(text: impl Into<String>, says: impl Into<String>) -> Self {
        Self(json!({"text": text.into(), "callback_data": says.into()}))
    }

    /// A button that opens a page.
    pub fn link(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self(json!({"text": text.into(), "url": url.into()}))
    }
}

/// Words for [`Message::html`], in which nothing of them is taken for markup.
#[must_use]
pub fn escape(words: &str) -> String {
    super::escape(words)
}

platform_message!(Message under "telegram" for Telegram);

withheld!(Button);
