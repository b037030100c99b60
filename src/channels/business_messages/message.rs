//! What goes out. Source: Google's generated models.

use std::fmt;

use serde_json::{Value, json};

use crate::channels::content::{Card, Check, File, Product, Suggestion, Unfit, Width, carousel, suggestions};

/// A message to a user.
///
/// ```
/// use flowhook::channels::business_messages::{Message, Suggestion};
///
/// let message = Message::text("Shall a colleague help?").suggest([Suggestion::live_agent()]);
/// assert!(message.to_json().is_ok());
/// ```
#[derive(Clone, PartialEq)]
#[must_use]
pub struct Message {
    content: Content,
    suggestions: Vec<Suggestion>,
    fallback: Option<String>,
    representative: Representative,
}

#[derive(Clone, PartialEq)]
enum Content {
    Text { text: String, is_rich: bool },
    Image(File),
    Card(Card),
    Carousel { width: Width, cards: Vec<Card> },
}

/// Who speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Representative {
    /// The agent.
    #[default]
    Bot,
    /// A human, under a name.
    Human(String),
}

impl Representative {
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Bot => json!({"representativeType": "BOT"}),
            Self::Human(name) => json!({"representativeType": "HUMAN", "displayName": name}),
        }
    }
}

impl Message {
    /// Words, at most 3,072 characters.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Content::Text {
            text: text.into(),
            is_rich: false,
        })
    }

    /// Words with links and with bold and italic type in them.
    pub fn rich_text(text: impl Into<String>) -> Self {
        Self::of(Content::Text {
            text: text.into(),
            is_rich: true,
        })
    }

    /// A picture at a public address, at most 5 MB. Its [description](File::description) is required.
    pub fn image(file: File) -> Self {
        Self::of(Content::Image(file))
    }

    /// A card.
    pub fn card(card: Card) -> Self {
        Self::of(Content::Card(card))
    }

    /// A carousel of 2 to 10 cards.
    pub fn carousel(width: Width, cards: impl IntoIterator<Item = Card>) -> Self {
        Self::of(Content::Carousel {
            width,
            cards: cards.into_iter().collect(),
        })
    }

    fn of(content: Content) -> Self {
        Self {
            content,
            suggestions: Vec::new(),
            fallback: None,
            representative: Representative::Bot,
        }
    }

    /// With things to tap below it, at most thirteen in all.
    pub fn suggest(mut self, suggestions: impl IntoIterator<Item = Suggestion>) -> Self {
        self.suggestions.extend(suggestions);
        self
    }

    /// With words for a device that cannot show it, at most 3,072 characters. Without them such a message is refused.
    pub fn fallback(mut self, text: impl Into<String>) -> Self {
        self.fallback = Some(text.into());
        self
    }

    /// Said by somebody else than the agent.
    pub fn said_by(mut self, representative: Representative) -> Self {
        self.representative = representative;
        self
    }

    /// The message as the method to send takes it, but for its id.
    ///
    /// # Errors
    ///
    /// When it would be refused, with every place that does not fit.
    pub fn to_json(&self) -> Result<Value, Unfit> {
        let mut check = Check::of(Product::BusinessMessages);
        let mut message = json!({"representative": self.representative.json()});
        match &self.content {
            Content::Text { text, is_rich } => {
                check.text("text", text, Product::MAX_TEXT);
                message["text"] = json!(text);
                if *is_rich {
                    message["containsRichText"] = json!(true);
                }
            }
            Content::Image(file) => {
                let (member, file) = file.json(&mut check, "image.contentInfo");
                if member == "contentInfo" && file.get("altText").is_none() {
                    check.fault("image.contentInfo.altText", "a picture says what it shows");
                }
                message["image"] = json!({member: file});
            }
            Content::Card(card) => {
                let card = card.json(&mut check, "richCard.standaloneCard.cardContent");
                message["richCard"] = json!({"standaloneCard": {"cardContent": card}});
            }
            Content::Carousel { width, cards } => {
                let cards = carousel(&mut check, "richCard.carouselCard", *width, cards);
                message["richCard"] = json!({"carouselCard": cards});
            }
        }
        if let Some(text) = &self.fallback {
            check.text("fallback", text, Product::MAX_TEXT);
            message["fallback"] = json!(text);
        }
        let max = Product::BusinessMessages.max_chips();
        let below = suggestions(&mut check, "suggestions", &self.suggestions, max);
        if !self.suggestions.is_empty() {
            message["suggestions"] = below;
        }
        check.done(message)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<Card> for Message {
    fn from(card: Card) -> Self {
        Self::card(card)
    }
}

/// Shows what it is, and nothing of what it says.
impl fmt::Debug for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.content {
            Content::Text { .. } => "text",
            Content::Image(_) => "image",
            Content::Card(_) => "card",
            Content::Carousel { .. } => "carousel",
        };
        formatter
            .debug_struct("Message")
            .field("kind", &kind)
            .field("suggestions", &self.suggestions.len())
            .finish_non_exhaustive()
    }
}
