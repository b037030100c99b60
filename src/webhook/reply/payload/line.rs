//! LINE: one message object of its Messaging API.
//!
//! Source of shapes and limits: LINE's reference of the Messaging API, as its own libraries repeat it. Each template says
//! what is shown where it cannot be drawn.
//!
//! ```
//! use flowhook::Reply;
//! use flowhook::payload::line::{Action, Card, Message};
//!
//! let reply = Reply::message(
//!     Message::card("Soup of the day", Card::new("Of the day").title("Soup").action(Action::message("Order", "order soup")))
//!         .quick_replies([Action::message("Drinks", "drinks"), Action::uri("Menu", "https://example.com/menu")]),
//! );
//! ```

use serde_json::{Value, json};

use super::{Body, parts};
use crate::webhook::reply::withheld::withheld;

/// The most quick replies that a message may have.
const MAX_QUICK_REPLIES: usize = 13;

/// The most actions on a lone card.
const MAX_ACTIONS: usize = 4;

/// The most actions on each card of a row.
const MAX_ACTIONS_IN_ROW: usize = 3;

/// The most cards in a row.
pub(in crate::webhook::reply) const MAX_CARDS: usize = 10;

/// The most characters of a text.
const MAX_TEXT: usize = 5000;

/// A message.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a message is said by giving it to a reply"]
pub struct Message(Body);

impl Message {
    /// Words, at most 5,000 characters.
    pub fn text(words: impl Into<String>) -> Self {
        let words = words.into();
        let fits = (1..=MAX_TEXT).contains(&words.chars().count());
        Self(
            message("text")
                .and("text", words)
                .within(fits, "a text for LINE has 1 to 5000 characters"),
        )
    }

    /// A picture by its `https` URL, and the small one that stands for it until it is tapped.
    pub fn image(url: impl Into<String>, preview_url: impl Into<String>) -> Self {
        Self(
            message("image")
                .and("originalContentUrl", url.into())
                .and("previewImageUrl", preview_url.into()),
        )
    }

    /// A sticker of a package.
    pub fn sticker(package: impl Into<String>, sticker: impl Into<String>) -> Self {
        Self(
            message("sticker")
                .and("packageId", package.into())
                .and("stickerId", sticker.into()),
        )
    }

    /// A card with 1 to 4 actions.
    pub fn card(instead: impl Into<String>, card: Card) -> Self {
        let card = card.checked(MAX_ACTIONS, "a card for LINE has 1 to 4 actions");
        Self::template(instead, card.0.and("type", "buttons"))
    }

    /// A row of 1 to 10 cards with 1 to 3 actions each, and each with as many.
    pub fn cards(instead: impl Into<String>, cards: impl IntoIterator<Item = Card>) -> Self {
        let cards: Vec<_> = cards.into_iter().collect();
        let are_even = cards.iter().all(|card| card.actions() == cards[0].actions());
        let cards = cards.into_iter().map(|card| {
            card.checked(MAX_ACTIONS_IN_ROW, "a card in a row for LINE has 1 to 3 actions")
                .0
        });
        let (columns, count, fault) = parts(cards);
        let row = Body::with("type", "carousel")
            .and("columns", columns)
            .broken_by(fault)
            .within(
                (1..=MAX_CARDS).contains(&count),
                "a row for LINE has 1 to 10 cards",
            )
            .within(are_even, "all cards in a row for LINE have as many actions");
        Self::template(instead, row)
    }

    /// A question with two answers, as a template shows them.
    pub fn confirm(question: impl Into<String>, yes: Action, no: Action) -> Self {
        let question = question.into();
        let template = Body::with("type", "confirm")
            .and("text", question.as_str())
            .and("actions", vec![yes.0, no.0]);
        Self::template(question, template)
    }

    fn template(instead: impl Into<String>, template: Body) -> Self {
        let instead = instead.into();
        let has_words = !instead.is_empty();
        let (template, fault) = template.part();
        let body = message("template")
            .and("altText", instead)
            .and("template", template)
            .broken_by(fault);
        Self(body.within(has_words, "a template for LINE says what is shown in its place"))
    }

    /// Things to tap, 13 at most.
    pub fn quick_replies(self, actions: impl IntoIterator<Item = Action>) -> Self {
        let items: Vec<_> = actions
            .into_iter()
            .map(|action| json!({"type": "action", "action": action.0}))
            .collect();
        let count = items.len();
        Self(self.0.and("quickReply", json!({"items": items})).within(
            (1..=MAX_QUICK_REPLIES).contains(&count),
            "a message for LINE has 1 to 13 quick replies",
        ))
    }
}

fn message(kind: &str) -> Body {
    Body::with("type", kind)
}

/// A card.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a card is shown by its message"]
pub struct Card(Body);

impl Card {
    /// Its text, which LINE asks for.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Body::with("text", text.into()))
    }

    /// Its title.
    pub fn title(self, title: impl Into<String>) -> Self {
        Self(self.0.and("title", title.into()))
    }

    /// Its picture, by its `https` URL.
    pub fn image(self, url: impl Into<String>) -> Self {
        Self(self.0.and("thumbnailImageUrl", url.into()))
    }

    /// One action more.
    pub fn action(mut self, action: Action) -> Self {
        self.0.push("actions", action.0);
        self
    }

    fn actions(&self) -> usize {
        let actions = self.0.members.get("actions").and_then(Value::as_array);
        actions.map_or(0, Vec::len)
    }

    fn checked(self, most: usize, rule: &'static str) -> Self {
        let fits = (1..=most).contains(&self.actions());
        Self(self.0.within(fits, rule))
    }
}

/// What a tap does. Its label has at most 20 characters.
#[derive(Clone, PartialEq)]
#[must_use = "an action is offered by its card or message"]
pub struct Action(Value);

impl Action {
    /// Says something, and shows it as the user's.
    pub fn message(label: impl Into<String>, says: impl Into<String>) -> Self {
        Self(json!({"type": "message", "label": label.into(), "text": says.into()}))
    }

    /// Says something to the agent, and shows nothing.
    pub fn postback(label: impl Into<String>, says: impl Into<String>) -> Self {
        Self(json!({"type": "postback", "label": label.into(), "data": says.into()}))
    }

    /// Opens a page.
    pub fn uri(label: impl Into<String>, uri: impl Into<String>) -> Self {
        Self(json!({"type": "uri", "label": label.into(), "uri": uri.into()}))
    }
}

platform_message!(Message under "line" for Line);

withheld!(Action);
