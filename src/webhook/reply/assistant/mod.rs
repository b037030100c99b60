//! Google Assistant's own messages. Legacy: conversational actions closed in June 2023, and only old agents hold these.
//!
//! Each can be said as a message, which is then for the platform `ACTIONS_ON_GOOGLE`; or be part of the Assistant's rich
//! response in the reply's own payload, see [`payload::google`](crate::payload::google), which is what the Assistant shows
//! when both are there.
//!
//! ```
//! use flowhook::{Reply, assistant};
//!
//! let reply = Reply::message(assistant::SimpleResponse::text("Soup or salad?")).say(
//!     assistant::List::new([
//!         assistant::Item::new("SOUP", "Soup").image("https://example.com/soup.png", "a bowl"),
//!         assistant::Item::new("SALAD", "Salad").synonyms(["greens"]),
//!     ])
//!     .title("Today"),
//! );
//! ```

mod browse;
mod card;
mod media;
mod select;
mod table;

pub use browse::{BrowseCarousel, Page};
pub use card::BasicCard;
pub use media::{Media, Track};
pub use select::{Carousel, Item, List};
pub use table::{Column, Row, Table};

use super::Message;
use super::ssml::Speech;
use crate::wire::{self, Image, Kind, Platform};

/// Words that are spoken and shown. Spoken from plain words or from SSML, never both; a webhook sends one of these.
/// Source: the comments of the published intent proto.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a response is said by giving it to a reply"]
pub struct SimpleResponse(pub(in crate::webhook::reply) wire::SimpleResponse);

impl SimpleResponse {
    /// Plain words.
    pub fn text(words: impl Into<String>) -> Self {
        Self(wire::SimpleResponse {
            text_to_speech: words.into(),
            ..wire::SimpleResponse::default()
        })
    }

    /// SSML.
    pub fn ssml(speech: &Speech) -> Self {
        Self(wire::SimpleResponse {
            ssml: speech.to_string(),
            ..wire::SimpleResponse::default()
        })
    }

    /// What the screen shows in place of the spoken words.
    pub fn display(mut self, words: impl Into<String>) -> Self {
        self.0.display_text = words.into();
        self
    }
}

impl<T: Into<String>> From<T> for SimpleResponse {
    fn from(words: T) -> Self {
        Self::text(words)
    }
}

/// Chips: what a tap on each says.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "chips are shown by giving them to a reply"]
pub struct Suggestions(pub(in crate::webhook::reply) wire::Suggestions);

impl Suggestions {
    /// These chips, of at most 25 characters each. Source: the comments of Google's library for the Assistant.
    pub fn new<T: Into<String>>(chips: impl IntoIterator<Item = T>) -> Self {
        let chips = chips.into_iter().map(|title| wire::Suggestion {
            title: title.into(),
            ..wire::Suggestion::default()
        });
        Self(wire::Suggestions {
            suggestions: chips.collect(),
            ..wire::Suggestions::default()
        })
    }
}

/// A chip that leads to an app or a site.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a chip is shown by giving it to a reply"]
pub struct LinkOut(pub(in crate::webhook::reply) wire::LinkOutSuggestion);

impl LinkOut {
    /// The app's or site's name, and where the chip leads.
    pub fn new(destination: impl Into<String>, uri: impl Into<String>) -> Self {
        Self(wire::LinkOutSuggestion {
            destination_name: destination.into(),
            uri: uri.into(),
            ..wire::LinkOutSuggestion::default()
        })
    }
}

/// Whether a message is heard on the Assistant: words, or a payload, which may have some.
pub(super) fn is_speech(message: &wire::Message) -> bool {
    let is_for_it = matches!(
        message.platform,
        Platform::Unspecified | Platform::ActionsOnGoogle
    );
    is_for_it
        && matches!(
            message.kind,
            Some(Kind::Text(_) | Kind::SimpleResponses(_) | Kind::Payload(_))
        )
}

fn picture(uri: impl Into<String>, accessibility_text: impl Into<String>) -> Image {
    Image {
        image_uri: uri.into(),
        accessibility_text: accessibility_text.into(),
        ..Image::default()
    }
}

fn button(title: impl Into<String>, uri: impl Into<String>) -> wire::BasicCardButton {
    wire::BasicCardButton {
        title: title.into(),
        open_uri_action: Some(wire::OpenUriAction {
            uri: uri.into(),
            ..wire::OpenUriAction::default()
        }),
        ..wire::BasicCardButton::default()
    }
}

impl From<SimpleResponse> for Message {
    fn from(response: SimpleResponse) -> Self {
        on_the_assistant(Kind::SimpleResponses(wire::SimpleResponses {
            simple_responses: vec![response.0],
            ..wire::SimpleResponses::default()
        }))
    }
}

macro_rules! messages {
    ($( $name:ident is $kind:ident ),* $(,)?) => {
        $(
            impl From<$name> for Message {
                fn from(content: $name) -> Self {
                    on_the_assistant(Kind::$kind(content.0.into()))
                }
            }
        )*
    };
}

messages! {
    BasicCard is BasicCard,
    BrowseCarousel is BrowseCarouselCard,
    Carousel is CarouselSelect,
    LinkOut is LinkOutSuggestion,
    List is ListSelect,
    Media is MediaContent,
    Suggestions is Suggestions,
    Table is TableCard,
}

fn on_the_assistant(kind: Kind) -> Message {
    Message::from(kind).on(Platform::ActionsOnGoogle)
}
