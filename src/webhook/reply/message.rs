//! Messages: what one line of a reply shows.

use serde::Serialize;

use super::{List, object};
use crate::wire::{self, CardButton, Image, Kind, Platform, QuickReplies, Text};

/// A message. For all platforms, and then shown by each in the best form that it has, unless [`on`](Self::on) says
/// otherwise. A plain string is one too.
#[derive(Clone, Debug)]
pub struct Message {
    /// What it says, or the rule that keeps it from being said.
    pub(super) content: Result<Content, &'static str>,
    pub(super) platform: Platform,
    /// Whether it is a message of Dialogflow's own, which no rendering touches.
    pub(super) is_as_it_came: bool,
}

/// What a message says.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// A kind that the wire has.
    Kind(Kind),
    /// A list, which the wire has only for single platforms.
    List(List),
}

impl Message {
    /// Words.
    #[must_use]
    pub fn text(words: impl Into<String>) -> Self {
        Self::one_of([words])
    }

    /// One of several wordings; see [`Reply::one_of`](super::Reply::one_of).
    #[must_use]
    pub fn one_of<T: Into<String>>(wordings: impl IntoIterator<Item = T>) -> Self {
        let text: Vec<String> = wordings.into_iter().map(Into::into).collect();
        Kind::Text(Text {
            text,
            ..Text::default()
        })
        .into()
    }

    /// A picture, with what it shows for who cannot see it.
    #[must_use]
    pub fn image(uri: impl Into<String>, accessibility_text: impl Into<String>) -> Self {
        Kind::Image(Image {
            image_uri: uri.into(),
            accessibility_text: accessibility_text.into(),
            ..Image::default()
        })
        .into()
    }

    /// Things to tap, below a title that may be empty.
    #[must_use]
    pub fn quick_replies<T: Into<String>>(
        title: impl Into<String>,
        replies: impl IntoIterator<Item = T>,
    ) -> Self {
        Kind::QuickReplies(QuickReplies {
            title: title.into(),
            quick_replies: replies.into_iter().map(Into::into).collect(),
            ..QuickReplies::default()
        })
        .into()
    }

    /// A custom payload among the messages: a JSON object whose keys are platforms (`facebook`, `slack`, ...), or
    /// `richContent` for Dialogflow Messenger. For the reply's own payload see
    /// [`Reply::webhook_payload`](super::Reply::webhook_payload).
    #[must_use]
    pub fn payload(payload: impl Serialize) -> Self {
        Self {
            content: object(payload).map(Kind::Payload).map(Content::Kind),
            platform: Platform::Unspecified,
            is_as_it_came: false,
        }
    }

    /// A message that cannot be said, because it breaks a rule. The rule is told as a finding, in the message's place.
    pub(super) fn broken(rule: &'static str) -> Self {
        Self {
            content: Err(rule),
            platform: Platform::Unspecified,
            is_as_it_came: false,
        }
    }

    /// Makes it for one platform only. Where a reply has one for the user's platform, it wins: content for all platforms
    /// that it stands for is then left in its plain form.
    #[must_use]
    pub fn on(mut self, platform: Platform) -> Self {
        self.platform = platform;
        self
    }

    /// The same message with one of its wordings: the one that `choice` picks, which is asked only if there are several.
    pub(super) fn choosing(mut self, choice: impl FnOnce() -> u64) -> Self {
        if let Ok(Content::Kind(Kind::Text(Text { text, .. }))) = &mut self.content
            && text.len() > 1
        {
            let picked = usize::try_from(choice() % text.len() as u64).unwrap_or_default();
            *text = vec![text.swap_remove(picked)];
        }
        self
    }
}

impl From<Kind> for Message {
    fn from(content: Kind) -> Self {
        Self {
            content: Ok(content.into()),
            platform: Platform::Unspecified,
            is_as_it_came: false,
        }
    }
}

impl From<String> for Message {
    fn from(words: String) -> Self {
        Self::text(words)
    }
}

impl From<&str> for Message {
    fn from(words: &str) -> Self {
        Self::text(words)
    }
}

/// A message of Dialogflow's, such as one of [`Call::console_messages`](crate::Call::console_messages), to be said as it
/// is. One of a kind that we do not know cannot be said.
impl From<wire::Message> for Message {
    fn from(message: wire::Message) -> Self {
        let content = message.kind.ok_or("a message has one of the published kinds");
        Self {
            content: content.map(Content::Kind),
            platform: message.platform,
            is_as_it_came: true,
        }
    }
}

/// A card: a title, and whatever else is chained to it.
#[derive(Clone, Debug)]
#[must_use = "a card is said by giving it to a reply"]
pub struct Card(wire::Card);

impl Card {
    /// A card with a title.
    pub fn new(title: impl Into<String>) -> Self {
        Self(wire::Card {
            title: title.into(),
            ..wire::Card::default()
        })
    }

    /// What stands below the title.
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.0.subtitle = subtitle.into();
        self
    }

    /// Its picture.
    pub fn image(mut self, uri: impl Into<String>) -> Self {
        self.0.image_uri = uri.into();
        self
    }

    /// One more button: what it says, and what it sends back or the URI that it opens.
    pub fn button(mut self, text: impl Into<String>, postback: impl Into<String>) -> Self {
        self.0.buttons.push(CardButton {
            text: text.into(),
            postback: postback.into(),
            ..CardButton::default()
        });
        self
    }
}

impl From<Card> for Message {
    fn from(card: Card) -> Self {
        Kind::Card(card.0).into()
    }
}
