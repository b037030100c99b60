//! RCS for Business, as Dialogflow's own integration sends it: words, cards and carousels with suggestions. v2beta1 only.
//!
//! An agent that speaks v2 cannot send these: they are left out there, and the log says so. RCS has no platform name of its
//! own, so they carry none.
//!
//! ```
//! use flowhook::{Reply, rbm};
//!
//! let reply = Reply::message(
//!     rbm::Text::new("Where shall we meet?")
//!         .suggest(rbm::Suggestion::reply("At the harbour", "harbour"))
//!         .suggest(rbm::Suggestion::share_location("Where I am", "here")),
//! );
//! ```

use super::Message;
use crate::wire::{
    CardOrientation, CardWidth, Dial, Height, Kind, OpenUri, RbmAction, RbmActionKind, RbmCardContent,
    RbmCarouselCard, RbmMedia, RbmReply, RbmStandaloneCard, RbmSuggestion, RbmSuggestionKind, RbmText,
    ShareLocation, ThumbnailImageAlignment,
};

/// Something to tap. Its text has at most 25 characters; what is handed back when it is tapped is the postback.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a suggestion is offered by its text or card"]
pub struct Suggestion(RbmSuggestion);

impl Suggestion {
    /// An answer: what it says, and the postback.
    pub fn reply(text: impl Into<String>, postback: impl Into<String>) -> Self {
        Self::of(RbmSuggestionKind::Reply(RbmReply {
            text: text.into(),
            postback_data: postback.into(),
            ..RbmReply::default()
        }))
    }

    /// Opens the dialler on a number in E.164.
    pub fn dial(text: impl Into<String>, postback: impl Into<String>, number: impl Into<String>) -> Self {
        let dial = Dial {
            phone_number: number.into(),
            ..Dial::default()
        };
        Self::action(text, postback, RbmActionKind::Dial(dial))
    }

    /// Opens a page.
    pub fn open_url(text: impl Into<String>, postback: impl Into<String>, url: impl Into<String>) -> Self {
        let open = OpenUri {
            uri: url.into(),
            ..OpenUri::default()
        };
        Self::action(text, postback, RbmActionKind::OpenUrl(open))
    }

    /// Asks to share the location.
    pub fn share_location(text: impl Into<String>, postback: impl Into<String>) -> Self {
        Self::action(
            text,
            postback,
            RbmActionKind::ShareLocation(ShareLocation::default()),
        )
    }

    fn action(text: impl Into<String>, postback: impl Into<String>, action: RbmActionKind) -> Self {
        Self::of(RbmSuggestionKind::Action(RbmAction {
            text: text.into(),
            postback_data: postback.into(),
            action: Some(action),
            ..RbmAction::default()
        }))
    }

    fn of(suggestion: RbmSuggestionKind) -> Self {
        Self(RbmSuggestion {
            suggestion: Some(suggestion),
            ..RbmSuggestion::default()
        })
    }
}

/// Words, with suggestions below them.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a message is said by giving it to a reply"]
pub struct Text(RbmText);

impl Text {
    /// The words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(RbmText {
            text: words.into(),
            ..RbmText::default()
        })
    }

    /// One suggestion more.
    pub fn suggest(mut self, suggestion: Suggestion) -> Self {
        self.0.rbm_suggestion.push(suggestion.0);
        self
    }
}

/// A picture or a film on a card.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "media is shown by its card"]
pub struct Media(RbmMedia);

impl Media {
    /// Its public URL, and how tall it is shown. `Height::Tall` does not fit on cards of a small width.
    pub fn new(url: impl Into<String>, height: Height) -> Self {
        Self(RbmMedia {
            file_uri: url.into(),
            height,
            ..RbmMedia::default()
        })
    }

    /// The URL of a small picture of it, which is shown while it is loaded.
    pub fn thumbnail(mut self, url: impl Into<String>) -> Self {
        self.0.thumbnail_uri = url.into();
        self
    }
}

/// What is on a card. It begins with one of title, description and media, because a card without all of them is refused.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "content is shown by its card or carousel"]
pub struct Content(RbmCardContent);

impl Content {
    /// A card with a title, of at most 200 bytes.
    pub fn titled(title: impl Into<String>) -> Self {
        Self(RbmCardContent {
            title: title.into(),
            ..RbmCardContent::default()
        })
    }

    /// A card with a description, of at most 2,000 bytes.
    pub fn describing(description: impl Into<String>) -> Self {
        Self(RbmCardContent::default()).description(description)
    }

    /// A card with a picture or a film.
    pub fn showing(media: Media) -> Self {
        Self(RbmCardContent::default()).media(media)
    }

    /// What stands below the title; at most 2,000 bytes.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.0.description = description.into();
        self
    }

    /// Its picture or film.
    pub fn media(mut self, media: Media) -> Self {
        self.0.media = Some(media.0);
        self
    }

    /// One suggestion more.
    pub fn suggest(mut self, suggestion: Suggestion) -> Self {
        self.0.suggestions.push(suggestion.0);
        self
    }
}

/// One card.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a card is said by giving it to a reply"]
pub struct Card(RbmStandaloneCard);

impl Card {
    /// A card whose picture stands above the words.
    pub fn vertical(content: Content) -> Self {
        Self(RbmStandaloneCard {
            card_orientation: CardOrientation::Vertical,
            card_content: Some(content.0),
            ..RbmStandaloneCard::default()
        })
    }

    /// A card whose picture stands beside the words, on that side.
    pub fn horizontal(content: Content, picture: ThumbnailImageAlignment) -> Self {
        Self(RbmStandaloneCard {
            card_orientation: CardOrientation::Horizontal,
            thumbnail_image_alignment: picture,
            card_content: Some(content.0),
            ..RbmStandaloneCard::default()
        })
    }
}

/// A carousel of 2 to 10 cards.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a carousel is said by giving it to a reply"]
pub struct Carousel(RbmCarouselCard);

impl Carousel {
    /// The cards, and how wide each is.
    pub fn new(width: CardWidth, cards: impl IntoIterator<Item = Content>) -> Self {
        Self(RbmCarouselCard {
            card_width: width,
            card_contents: cards.into_iter().map(|card| card.0).collect(),
            ..RbmCarouselCard::default()
        })
    }
}

impl From<Text> for Message {
    fn from(text: Text) -> Self {
        Kind::RbmText(text.0).into()
    }
}

impl From<Card> for Message {
    fn from(card: Card) -> Self {
        Kind::RbmStandaloneRichCard(Box::new(card.0)).into()
    }
}

impl From<Carousel> for Message {
    fn from(carousel: Carousel) -> Self {
        Kind::RbmCarouselRichCard(carousel.0).into()
    }
}
