//! A card with text or a picture.

use super::{button, picture};
use crate::wire;

/// A card. It begins with a text or a picture, because one without both is refused. Source: the comments of the published
/// intent proto.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a card is said by giving it to a reply"]
pub struct BasicCard(pub(in crate::webhook::reply) wire::BasicCard);

impl BasicCard {
    /// A card with a text, in which some Markdown is drawn.
    pub fn text(text: impl Into<String>) -> Self {
        Self(wire::BasicCard {
            formatted_text: text.into(),
            ..wire::BasicCard::default()
        })
    }

    /// A card with a picture, and what it shows for who cannot see it.
    pub fn picture(uri: impl Into<String>, accessibility_text: impl Into<String>) -> Self {
        Self(wire::BasicCard::default()).image(uri, accessibility_text)
    }

    /// Its title.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.0.title = title.into();
        self
    }

    /// What stands below the title.
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.0.subtitle = subtitle.into();
        self
    }

    /// Its picture, and what it shows for who cannot see it.
    pub fn image(mut self, uri: impl Into<String>, accessibility_text: impl Into<String>) -> Self {
        self.0.image = Some(picture(uri, accessibility_text));
        self
    }

    /// Its button: what it says, and what it opens.
    pub fn button(mut self, title: impl Into<String>, uri: impl Into<String>) -> Self {
        self.0.buttons.push(button(title, uri));
        self
    }
}
