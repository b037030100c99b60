//! Facebook Messenger: a message of its Send API.
//!
//! Source of shapes and limits: Meta's reference of the Messenger Platform, its pages on templates, buttons and quick
//! replies of April 2026. A tap on a postback button says the postback to the agent, as if the user had.
//!
//! ```
//! use flowhook::Reply;
//! use flowhook::payload::facebook::{Button, Card, Message};
//!
//! let reply = Reply::message(
//!     Message::cards([Card::new("Soup")
//!         .subtitle("of the day")
//!         .button(Button::postback("Order", "order soup"))])
//!     .quick_replies(["Drinks", "Dishes"]),
//! );
//! ```

use serde_json::{Value, json};

use super::{Body, parts};
use crate::webhook::reply::withheld::withheld;

/// The most quick replies that a message may have.
const MAX_QUICK_REPLIES: usize = 13;

/// The most buttons that a card or a template of buttons may have.
const MAX_BUTTONS: usize = 3;

/// The most cards that a message may have.
pub(in crate::webhook::reply) const MAX_CARDS: usize = 10;

/// The most characters that the text above buttons may have.
const MAX_TEXT_ABOVE_BUTTONS: usize = 640;

/// A message.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a message is said by giving it to a reply"]
pub struct Message(Body);

impl Message {
    /// Words.
    pub fn text(words: impl Into<String>) -> Self {
        let words = words.into();
        let has_words = !words.is_empty();
        Self(Body::with("text", words).within(has_words, "a text for Facebook has words in it"))
    }

    /// Words with 1 to 3 buttons below them.
    pub fn buttons(words: impl Into<String>, buttons: impl IntoIterator<Item = Button>) -> Self {
        let words = words.into();
        let is_short = words.chars().count() <= MAX_TEXT_ABOVE_BUTTONS;
        let buttons: Vec<_> = buttons.into_iter().map(|button| button.0).collect();
        let count = buttons.len();
        let template = json!({"template_type": "button", "text": words, "buttons": buttons});
        Self(attachment("template", template))
            .check(
                is_short,
                "a text above buttons has at most 640 characters on Facebook",
            )
            .check(
                (1..=MAX_BUTTONS).contains(&count),
                "a message for Facebook has 1 to 3 buttons",
            )
    }

    /// A row of 1 to 10 cards.
    pub fn cards(cards: impl IntoIterator<Item = Card>) -> Self {
        let cards = cards.into_iter().map(|card| {
            let is_bare = card.0.members.len() < 2;
            card.0
                .within(!is_bare, "a card for Facebook has something beside its title")
        });
        let (elements, count, fault) = parts(cards);
        let template = json!({"template_type": "generic", "elements": elements});
        Self(attachment("template", template).broken_by(fault)).check(
            (1..=MAX_CARDS).contains(&count),
            "a message for Facebook has 1 to 10 cards",
        )
    }

    /// A picture.
    pub fn image(url: impl Into<String>) -> Self {
        Self::file("image", url.into())
    }

    /// Sound.
    pub fn audio(url: impl Into<String>) -> Self {
        Self::file("audio", url.into())
    }

    /// A film.
    pub fn video(url: impl Into<String>) -> Self {
        Self::file("video", url.into())
    }

    fn file(kind: &str, url: String) -> Self {
        let is_somewhere = !url.is_empty();
        Self(attachment(kind, json!({"url": url}))).check(is_somewhere, "a file for Facebook has a URL")
    }

    /// Things to tap instead of typing them, 13 at most: plain strings or [`QuickReply`]s.
    pub fn quick_replies<T: Into<QuickReply>>(self, replies: impl IntoIterator<Item = T>) -> Self {
        let replies: Vec<_> = replies.into_iter().map(|reply| reply.into().0).collect();
        let count = replies.len();
        Self(self.0.and("quick_replies", replies)).check(
            (1..=MAX_QUICK_REPLIES).contains(&count),
            "a message for Facebook has 1 to 13 quick replies",
        )
    }

    fn check(self, holds: bool, rule: &'static str) -> Self {
        Self(self.0.within(holds, rule))
    }
}

fn attachment(kind: &str, payload: Value) -> Body {
    Body::with("attachment", json!({"type": kind, "payload": payload}))
}

/// A card of a row of cards. Facebook shows the first 80 characters of its title and of its subtitle.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a card is shown by its message"]
pub struct Card(Body);

impl Card {
    /// Its title. Facebook asks for one thing more: a subtitle, a picture, a link or a button.
    pub fn new(title: impl Into<String>) -> Self {
        Self(Body::with("title", title.into()))
    }

    /// What stands below the title.
    pub fn subtitle(self, subtitle: impl Into<String>) -> Self {
        Self(self.0.and("subtitle", subtitle.into()))
    }

    /// Its picture.
    pub fn image(self, url: impl Into<String>) -> Self {
        Self(self.0.and("image_url", url.into()))
    }

    /// The page that a tap on the card opens.
    pub fn link(self, url: impl Into<String>) -> Self {
        Self(
            self.0
                .and("default_action", json!({"type": "web_url", "url": url.into()})),
        )
    }

    /// One button more, 3 at most.
    pub fn button(mut self, button: Button) -> Self {
        let count = self.0.push("buttons", button.0);
        Self(
            self.0
                .within(count <= MAX_BUTTONS, "a card for Facebook has at most 3 buttons"),
        )
    }
}

/// A button.
#[derive(Clone, PartialEq)]
#[must_use = "a button is shown by its message or card"]
pub struct Button(Value);

impl Button {
    /// Says something to the agent.
    pub fn postback(title: impl Into<String>, says: impl Into<String>) -> Self {
        Self(json!({"type": "postback", "title": title.into(), "payload": says.into()}))
    }

    /// Opens a page.
    pub fn link(title: impl Into<String>, url: impl Into<String>) -> Self {
        Self(json!({"type": "web_url", "title": title.into(), "url": url.into()}))
    }

    /// Calls a number, written with `+` and the country code.
    pub fn call(title: impl Into<String>, number: impl Into<String>) -> Self {
        Self(json!({"type": "phone_number", "title": title.into(), "payload": number.into()}))
    }
}

/// Something to tap instead of typing it. Facebook shows the first 20 characters of its title.
#[derive(Clone, PartialEq)]
#[must_use = "a quick reply is offered by its message"]
pub struct QuickReply(Value);

impl QuickReply {
    /// What it shows, and what it says to the agent.
    pub fn new(title: impl Into<String>, says: impl Into<String>) -> Self {
        Self(json!({"content_type": "text", "title": title.into(), "payload": says.into()}))
    }

    /// Offers the user's own telephone number.
    pub fn phone_number() -> Self {
        Self(json!({"content_type": "user_phone_number"}))
    }

    /// Offers the user's own email address.
    pub fn email() -> Self {
        Self(json!({"content_type": "user_email"}))
    }

    /// The small picture beside it.
    pub fn image(mut self, url: impl Into<String>) -> Self {
        self.0["image_url"] = url.into().into();
        self
    }
}

/// One that says what it shows.
impl<T: Into<String>> From<T> for QuickReply {
    fn from(title: T) -> Self {
        let title = title.into();
        Self::new(title.clone(), title)
    }
}

platform_message!(Message under "facebook" for Facebook);

withheld!(Button, QuickReply);
