//! What an intent says in the console, message by message.

use serde_json::Value;

use super::node::Node;

/// A response of an intent.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// For which integration, in lower case (`facebook`, `google`); none means for those that have no response of their own.
    pub platform: Option<String>,
    /// In which language; none means in any.
    pub language: Option<String>,
    /// What it says or shows.
    pub content: Content,
}

/// What a message says or shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// One of several wordings. None: the message is empty.
    Text(Vec<String>),
    /// A card.
    Card {
        /// Its title.
        title: String,
        /// The line below it.
        subtitle: String,
        /// A picture's URL.
        image: String,
        /// What can be tapped.
        buttons: Vec<Button>,
    },
    /// Things to tap instead of typing them.
    QuickReplies {
        /// The line above them.
        title: String,
        /// What a tap says.
        replies: Vec<String>,
    },
    /// A picture, by URL.
    Image(String),
    /// JSON for the integration.
    Payload(Value),
    /// Words that are spoken: by the phone gateway, or by Google Assistant.
    Speech {
        /// Plain words; empty when there is markup.
        text: String,
        /// SSML; empty when there are plain words.
        ssml: String,
    },
    /// A sound that the phone gateway plays, by URL.
    Audio(String),
    /// A number that the phone gateway transfers to.
    Transfer(String),
    /// Another kind, under the name or number that the export gives it, as it came.
    Other {
        /// `basic_card`, `list_card`, ...
        kind: String,
        /// The whole message.
        raw: Value,
    },
}

impl Content {
    /// Whether there is nothing to say or show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(words) => words.is_empty(),
            Self::QuickReplies { replies, .. } => replies.is_empty(),
            Self::Image(text) | Self::Audio(text) | Self::Transfer(text) => text.is_empty(),
            Self::Payload(payload) => payload.as_object().is_none_or(serde_json::Map::is_empty),
            Self::Speech { text, ssml } => text.is_empty() && ssml.is_empty(),
            Self::Card {
                title,
                subtitle,
                image,
                buttons,
            } => title.is_empty() && subtitle.is_empty() && image.is_empty() && buttons.is_empty(),
            Self::Other { .. } => false,
        }
    }
}

/// A button of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub text: String,
    /// What a tap says or opens.
    pub postback: String,
}

impl Message {
    /// Plain words, for every platform and language.
    pub(super) fn words(words: Vec<String>) -> Self {
        Self {
            platform: None,
            language: None,
            content: Content::Text(words),
        }
    }

    /// The wordings, when it is plain words.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        match &self.content {
            Content::Text(words) => words,
            _ => &[],
        }
    }
}

pub(super) fn read(node: &Node<'_>) -> Message {
    Message {
        platform: node.some_text("platform").map(|name| name.to_ascii_lowercase()),
        language: node.some_text("lang"),
        content: content(node),
    }
}

/// A message's content by its `type`: a number, a number as text, or a name. Source: published exports for text, payloads,
/// telephony, `simple_response` and `suggestion_chips`; the numbers of the first version of the API for the others.
fn content(node: &Node<'_>) -> Content {
    let kind = node.text("type");
    let number = kind.parse::<f64>().ok().map(|number| number.to_string());
    match number.as_deref().unwrap_or(&kind) {
        "" | "0" | "text" => Content::Text(node.texts("speech")),
        "1" | "card" => Content::Card {
            title: node.text("title"),
            subtitle: node.text("subtitle"),
            image: node.text("imageUrl"),
            buttons: node.list("buttons").iter().map(button).collect(),
        },
        "2" | "quick_replies" => Content::QuickReplies {
            title: node.text("title"),
            replies: node.texts("replies"),
        },
        "3" | "image" => Content::Image(node.text("imageUrl")),
        "4" | "custom_payload" | "payload" => {
            let payload = node.member("payload").map(|payload| payload.value().clone());
            Content::Payload(payload.unwrap_or_default())
        }
        "13" => Content::Audio(node.text("audioUri")),
        "14" => Content::Speech {
            text: node.text("text"),
            ssml: node.text("ssml"),
        },
        "15" => Content::Transfer(node.text("phoneNumber")),
        "simple_response" => simple_response(node),
        "suggestion_chips" => Content::QuickReplies {
            title: String::new(),
            replies: node
                .list("suggestions")
                .iter()
                .map(|chip| {
                    if chip.value().is_object() {
                        chip.text("title")
                    } else {
                        chip.as_text()
                    }
                })
                .filter(|chip| !chip.is_empty())
                .collect(),
        },
        _ => Content::Other {
            kind,
            raw: node.value().clone(),
        },
    }
}

/// Words for Google Assistant. Newer exports have them in a list of one.
fn simple_response(node: &Node<'_>) -> Content {
    let items = node.list("items");
    let node = items.first().unwrap_or(node);
    let spoken = node.some_text("textToSpeech");
    Content::Speech {
        text: spoken.unwrap_or_else(|| node.text("displayText")),
        ssml: node.text("ssml"),
    }
}

fn button(node: &Node<'_>) -> Button {
    Button {
        text: node.text("text"),
        postback: node.text("postback"),
    }
}
