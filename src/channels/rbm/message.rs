//! What goes out: words, cards, carousels, files, with things to tap below them.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::channels::content::{Card, Check, File, Product, Suggestion, Unfit, Width, carousel, suggestions};

/// The largest message, in bytes of JSON: the documentation's 250 KB.
const MAX_BYTES: usize = 250_000;

/// The longest time to live.
const LONGEST: Duration = Duration::from_secs(15 * 24 * 60 * 60);

/// A message to a user.
///
/// ```
/// use flowhook::channels::rbm::{Card, File, Height, Media, Message, Suggestion, TrafficType};
///
/// let soup = Media::new(File::at("https://example.com/soup.png"), Height::Medium);
/// let message = Message::card(Card::titled("Soup").media(soup))
///     .suggest([Suggestion::reply("Order", "order soup")])
///     .traffic(TrafficType::ServiceRequest);
/// assert!(message.to_json().is_ok());
///
/// let error = Message::text("x".repeat(4_000)).to_json().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the message would be refused: `contentMessage.text`: 4000 characters, at most 3072"
/// );
/// ```
#[derive(Clone, PartialEq)]
#[must_use]
pub struct Message {
    content: Content,
    suggestions: Vec<Suggestion>,
    traffic: Option<TrafficType>,
    life: Option<Life>,
}

#[derive(Clone, PartialEq)]
enum Content {
    Text(String),
    Card { card: Card, picture: Option<Alignment> },
    Carousel { width: Width, cards: Vec<Card> },
    File(File),
    Raw(Value),
}

#[derive(Clone, Copy, PartialEq)]
enum Life {
    For(Duration),
    Until(Timestamp),
}

/// Where the picture stands on a card that lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// On the left.
    Left,
    /// On the right.
    Right,
}

/// What a message is for. An agent for several uses has no default: it must say it with each message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrafficType {
    /// A code to sign in with.
    Authentication,
    /// News of an order, a payment, an appointment.
    Transaction,
    /// An offer. Never to who unsubscribed.
    Promotion,
    /// An answer to who asked.
    ServiceRequest,
    /// The answer to an unsubscription, say.
    Acknowledgement,
}

impl TrafficType {
    /// Its name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Authentication => "AUTHENTICATION",
            Self::Transaction => "TRANSACTION",
            Self::Promotion => "PROMOTION",
            Self::ServiceRequest => "SERVICEREQUEST",
            Self::Acknowledgement => "ACKNOWLEDGEMENT",
        }
    }

    /// The type of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [
            Self::Authentication,
            Self::Transaction,
            Self::Promotion,
            Self::ServiceRequest,
            Self::Acknowledgement,
        ]
        .into_iter()
        .find(|traffic| traffic.name() == name)
    }
}

impl Message {
    /// Words, at most 3,072 characters.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Content::Text(text.into()))
    }

    /// A card that stands: the picture above the words.
    pub fn card(card: Card) -> Self {
        Self::of(Content::Card { card, picture: None })
    }

    /// A card that lies: the picture beside the words.
    pub fn lying_card(card: Card, picture: Alignment) -> Self {
        let picture = Some(picture);
        Self::of(Content::Card { card, picture })
    }

    /// A carousel of 2 to 10 cards.
    pub fn carousel(width: Width, cards: impl IntoIterator<Item = Card>) -> Self {
        let cards = cards.into_iter().collect();
        Self::of(Content::Carousel { width, cards })
    }

    /// A file: a picture, a film, sound, a PDF.
    pub fn file(file: File) -> Self {
        Self::of(Content::File(file))
    }

    /// A `contentMessage` as RBM documents it, for what nothing else here gives. Only its size is checked, and its suggestions are counted.
    pub fn raw(content_message: Value) -> Self {
        Self::of(Content::Raw(content_message))
    }

    fn of(content: Content) -> Self {
        Self {
            content,
            suggestions: Vec::new(),
            traffic: None,
            life: None,
        }
    }

    /// With things to tap below it, at most eleven in all. They are shown while the message is the last one.
    pub fn suggest(mut self, suggestions: impl IntoIterator<Item = Suggestion>) -> Self {
        self.suggestions.extend(suggestions);
        self
    }

    /// What it is for.
    pub fn traffic(mut self, traffic: TrafficType) -> Self {
        self.traffic = Some(traffic);
        self
    }

    /// How long it may wait for the user's phone, at most 15 days; 10 s or more is advised. Then it is revoked.
    pub fn lives_for(mut self, time: Duration) -> Self {
        self.life = Some(Life::For(time));
        self
    }

    /// Until when it may wait for the user's phone, at most 15 days from now.
    pub fn lives_until(mut self, time: Timestamp) -> Self {
        self.life = Some(Life::Until(time));
        self
    }

    /// What it is for, as far as it was said.
    #[must_use]
    pub fn traffic_type(&self) -> Option<TrafficType> {
        self.traffic
    }

    /// The message as RBM's method to send takes it.
    ///
    /// # Errors
    ///
    /// When RBM would refuse it, with every place that does not fit.
    pub fn to_json(&self) -> Result<Value, Unfit> {
        let mut check = Check::of(Product::Rbm);
        let place = "contentMessage";
        let mut content = match &self.content {
            Content::Text(text) => {
                check.text("contentMessage.text", text, Product::MAX_TEXT);
                json!({"text": text})
            }
            Content::Card { card, picture } => {
                let mut standalone = json!({"cardOrientation": "VERTICAL"});
                if let Some(picture) = picture {
                    standalone["cardOrientation"] = json!("HORIZONTAL");
                    standalone["thumbnailImageAlignment"] = json!(match picture {
                        Alignment::Left => "LEFT",
                        Alignment::Right => "RIGHT",
                    });
                }
                let place = "contentMessage.richCard.standaloneCard.cardContent";
                standalone["cardContent"] = card.json(&mut check, place);
                json!({"richCard": {"standaloneCard": standalone}})
            }
            Content::Carousel { width, cards } => {
                let place = "contentMessage.richCard.carouselCard";
                json!({"richCard": {"carouselCard": carousel(&mut check, place, *width, cards)}})
            }
            Content::File(file) => {
                let (member, file) = file.json(&mut check, place);
                json!({member: file})
            }
            Content::Raw(content) => {
                if content.as_object().is_none_or(serde_json::Map::is_empty) {
                    check.fault(place, "expected an object with members");
                }
                let count = content
                    .get("suggestions")
                    .and_then(Value::as_array)
                    .map_or(0, Vec::len);
                let max = Product::Rbm.max_chips().saturating_sub(self.suggestions.len());
                check.count("contentMessage.suggestions", count, 0, max);
                content.clone()
            }
        };
        let place = "contentMessage.suggestions";
        let below = suggestions(&mut check, place, &self.suggestions, Product::Rbm.max_chips());
        if let (Some(content), Some(below)) = (content.as_object_mut(), below.as_array())
            && !below.is_empty()
        {
            let all = content.entry("suggestions").or_insert_with(|| json!([]));
            match all.as_array_mut() {
                Some(all) => all.extend_from_slice(below),
                None => check.fault(place, "expected a list"),
            }
        }
        let mut message = json!({"contentMessage": content});
        if let Some(traffic) = self.traffic {
            message["messageTrafficType"] = json!(traffic.name());
        }
        match self.life {
            None => {}
            Some(Life::For(time)) => {
                if time.is_zero() || time > LONGEST {
                    check.fault("ttl", "expected more than nothing and at most 15 days");
                }
                message["ttl"] = json!(format!("{}.{:03}s", time.as_secs(), time.subsec_millis()));
            }
            Some(Life::Until(time)) => {
                let left = Duration::try_from(time.duration_since(Timestamp::now())).unwrap_or_default();
                if left.is_zero() || left > LONGEST {
                    check.fault("expireTime", "expected a time to come, within 15 days");
                }
                message["expireTime"] = json!(time.to_string());
            }
        }
        let bytes = message.to_string().len();
        if bytes > MAX_BYTES {
            check.fault("message", format_args!("{bytes} bytes, at most {MAX_BYTES}"));
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
            Content::Text(_) => "text",
            Content::Card { .. } => "card",
            Content::Carousel { .. } => "carousel",
            Content::File(_) => "file",
            Content::Raw(_) => "raw",
        };
        formatter
            .debug_struct("Message")
            .field("kind", &kind)
            .field("suggestions", &self.suggestions.len())
            .finish_non_exhaustive()
    }
}
