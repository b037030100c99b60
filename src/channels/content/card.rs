//! Cards, alone and in a carousel.

use serde_json::{Value, json};

use super::{Check, Height, Media, Suggestion};

/// How many things to tap a card may have. Google's guide says 4, its models say 10.
pub(in crate::channels) const MAX_ON_CARD: usize = 4;

/// The longest title, in characters.
pub(in crate::channels) const MAX_TITLE: usize = 200;

/// The longest description, in characters.
pub(in crate::channels) const MAX_DESCRIPTION: usize = 2_000;

/// How many cards a carousel may have.
pub(in crate::channels) const MAX_CARDS: usize = 10;

/// A card: a title of at most 200 characters, a description of at most 2,000, a picture or a film, and at most four things to tap.
#[derive(Clone, PartialEq)]
pub struct Card {
    title: Option<String>,
    description: Option<String>,
    media: Option<Media>,
    suggestions: Vec<Suggestion>,
}

/// How wide the cards of a carousel are, in density-independent pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 120. They cannot carry tall media.
    Small,
    /// 232.
    Medium,
}

impl Card {
    /// A card that begins with a title.
    #[must_use]
    pub fn titled(title: impl Into<String>) -> Self {
        Self {
            title: Some(title.into()),
            ..Self::EMPTY
        }
    }

    /// A card that begins with a picture or a film.
    #[must_use]
    pub fn showing(media: Media) -> Self {
        Self {
            media: Some(media),
            ..Self::EMPTY
        }
    }

    /// A card with words alone.
    #[must_use]
    pub fn saying(description: impl Into<String>) -> Self {
        Self {
            description: Some(description.into()),
            ..Self::EMPTY
        }
    }

    const EMPTY: Self = Self {
        title: None,
        description: None,
        media: None,
        suggestions: Vec::new(),
    };

    /// With a title.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// With words.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// With a picture or a film.
    #[must_use]
    pub fn media(mut self, media: Media) -> Self {
        self.media = Some(media);
        self
    }

    /// With things to tap.
    #[must_use]
    pub fn suggest(mut self, suggestions: impl IntoIterator<Item = Suggestion>) -> Self {
        self.suggestions.extend(suggestions);
        self
    }

    pub(in crate::channels) fn json(&self, check: &mut Check, place: &str) -> Value {
        let mut card = json!({});
        if let Some(title) = &self.title {
            check.text(&format!("{place}.title"), title, MAX_TITLE);
            card["title"] = json!(title);
        }
        if let Some(description) = &self.description {
            check.text(&format!("{place}.description"), description, MAX_DESCRIPTION);
            card["description"] = json!(description);
        }
        if let Some(media) = &self.media {
            card["media"] = media.json(check, &format!("{place}.media"));
        }
        let place = format!("{place}.suggestions");
        let suggestions = suggestions(check, &place, &self.suggestions, MAX_ON_CARD);
        if !self.suggestions.is_empty() {
            card["suggestions"] = suggestions;
        }
        card
    }
}

/// Things to tap, at most so many.
pub(in crate::channels) fn suggestions(
    check: &mut Check,
    place: &str,
    suggestions: &[Suggestion],
    max: usize,
) -> Value {
    check.count(place, suggestions.len(), 0, max);
    let numbered = suggestions.iter().enumerate();
    numbered
        .map(|(number, suggestion)| suggestion.json(check, &format!("{place}[{number}]")))
        .collect()
}

/// A carousel of 2 to 10 cards.
pub(in crate::channels) fn carousel(check: &mut Check, place: &str, width: Width, cards: &[Card]) -> Value {
    check.count(&format!("{place}.cardContents"), cards.len(), 2, MAX_CARDS);
    let mut contents = Vec::new();
    for (number, card) in cards.iter().enumerate() {
        let place = format!("{place}.cardContents[{number}]");
        let is_tall = card
            .media
            .as_ref()
            .is_some_and(|media| media.height == Height::Tall);
        if is_tall && width == Width::Small {
            check.fault(
                &format!("{place}.media.height"),
                "small cards cannot carry TALL media",
            );
        }
        contents.push(card.json(check, &place));
    }
    let width = match width {
        Width::Small => "SMALL",
        Width::Medium => "MEDIUM",
    };
    json!({"cardWidth": width, "cardContents": contents})
}

hide!(Card);
