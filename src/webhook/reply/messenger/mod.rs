//! Dialogflow Messenger: rich content, the one rich form that the website's chat window draws.
//!
//! The window shows words of its own accord; cards, chips and pictures it takes only from a payload `richContent`, a list
//! of cards, each a list of elements that are drawn together. These are the elements of ES: those of the messenger for
//! Dialogflow CX have other fields. Source: the guide's page "Dialogflow Messenger".
//!
//! ```
//! use flowhook::Reply;
//! use flowhook::messenger::{Button, Card, Chips, Event, Info};
//!
//! let reply = Reply::text("Here is the menu.")
//!     .say(
//!         Card::new(Info::new("Soup").subtitle("of the day").image("https://example.com/soup.png"))
//!             .with(Button::event("Order", Event::new("ORDER").parameter("dish", "soup"))),
//!     )
//!     .say(Chips::new(["Drinks", "Dishes"]));
//! ```

mod element;

use serde::Serialize;
use serde_json::Value;

use super::Message;
use crate::webhook::reply::withheld::withheld;
use crate::wire::Struct;

pub use element::{Accordion, Button, Chip, Chips, Description, Element, Image, Info, ListItem};

/// Several cards. Said as one message, they are drawn below one another.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use = "rich content is said by giving it to a reply"]
pub struct RichContent {
    rich_content: Vec<Card>,
}

impl RichContent {
    /// These cards; at least one.
    pub fn of(cards: impl IntoIterator<Item = Card>) -> Self {
        Self {
            rich_content: cards.into_iter().collect(),
        }
    }

    fn fault(&self) -> Option<&'static str> {
        if self.rich_content.is_empty() {
            return Some("rich content has at least one card");
        }
        self.rich_content.iter().find_map(Card::fault)
    }
}

/// A card: elements that are drawn together, in this order.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
#[must_use = "a card is said by giving it to a reply"]
pub struct Card(Vec<Element>);

impl Card {
    /// A card with its first element.
    pub fn new(first: impl Into<Element>) -> Self {
        Self(vec![first.into()])
    }

    /// A list to choose from, with a line between each two items; at least one item.
    pub fn list(items: impl IntoIterator<Item = ListItem>) -> Self {
        let mut elements = Vec::new();
        for item in items {
            if !elements.is_empty() {
                elements.push(Element::Divider);
            }
            elements.push(item.into());
        }
        Self(elements)
    }

    /// One element more.
    pub fn with(mut self, next: impl Into<Element>) -> Self {
        self.0.push(next.into());
        self
    }

    fn fault(&self) -> Option<&'static str> {
        if self.0.is_empty() {
            return Some("a card of rich content has at least one element");
        }
        self.0.iter().find_map(Element::fault)
    }
}

/// An event that a tap triggers: Dialogflow matches the intent that listens to it.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use = "an event is triggered by the element that is given it"]
pub struct Event {
    name: String,
    language_code: String,
    parameters: Struct,
}

impl Event {
    /// The event of that name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            language_code: String::new(),
            parameters: Struct::new(),
        }
    }

    /// The language of the turn that it begins; otherwise that of the chat window.
    pub fn language(mut self, code: impl Into<String>) -> Self {
        self.language_code = code.into();
        self
    }

    /// Hands a value over with the event. It arrives in a context named like the event.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }
}

impl From<RichContent> for Message {
    fn from(content: RichContent) -> Self {
        match content.fault() {
            Some(rule) => Self::broken(rule),
            None => Self::payload(content),
        }
    }
}

impl From<Card> for Message {
    fn from(card: Card) -> Self {
        RichContent::of([card]).into()
    }
}

/// A lone element is a card of its own.
impl From<Element> for Message {
    fn from(element: Element) -> Self {
        Card::new(element).into()
    }
}

withheld!(Event);
