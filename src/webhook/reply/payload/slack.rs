//! Slack: text with blocks of Block Kit, or with the older attachments.
//!
//! Source of shapes and limits: Slack's reference of Block Kit; Dialogflow's guide for the members `text` and
//! `attachments`. Words in markup are put through [`escape`] first.
//!
//! ```
//! use flowhook::Reply;
//! use flowhook::payload::slack::{Block, Button, Message, escape};
//!
//! let dish = "fish & chips";
//! let reply = Reply::message(
//!     Message::text("Your order")
//!         .block(Block::section(format!("*Your order*: {}", escape(dish))))
//!         .block(Block::buttons([Button::new("Confirm", "confirm").primary(), Button::new("Cancel", "cancel")])),
//! );
//! ```

use serde_json::{Value, json};

use super::Body;
use crate::webhook::reply::withheld::withheld;

/// The most blocks that a message may have.
const MAX_BLOCKS: usize = 50;

/// The most buttons that stand in one block.
const MAX_BUTTONS: usize = 25;

/// The most characters on a button.
const MAX_BUTTON_TEXT: usize = 75;

/// A message.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a message is said by giving it to a reply"]
pub struct Message(Body);

impl Message {
    /// Words. Beside blocks they are what notifications show.
    pub fn text(words: impl Into<String>) -> Self {
        Self(Body::with("text", words.into()))
    }

    /// One block more, 50 at most.
    pub fn block(mut self, block: Block) -> Self {
        let (block, fault) = block.0.part();
        let count = self.0.push("blocks", block);
        Self(
            self.0
                .broken_by(fault)
                .within(count <= MAX_BLOCKS, "a message for Slack has at most 50 blocks"),
        )
    }

    /// One attachment more.
    pub fn attachment(mut self, attachment: Attachment) -> Self {
        self.0.push("attachments", attachment.0);
        self
    }
}

/// A block of Block Kit.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a block is shown by its message"]
pub struct Block(Body);

impl Block {
    /// Large plain words.
    pub fn header(words: impl Into<String>) -> Self {
        Self(block("header").and("text", plain(words)))
    }

    /// Words in Slack's markup.
    pub fn section(markup: impl Into<String>) -> Self {
        Self(block("section").and("text", json!({"type": "mrkdwn", "text": markup.into()})))
    }

    /// Words in Slack's markup, with a picture beside them and what it shows for who cannot see it.
    pub fn card(
        markup: impl Into<String>,
        image_url: impl Into<String>,
        accessibility_text: impl Into<String>,
    ) -> Self {
        let image = json!({
            "type": "image",
            "image_url": image_url.into(),
            "alt_text": accessibility_text.into(),
        });
        Self(Self::section(markup).0.and("accessory", image))
    }

    /// A picture, and what it shows for who cannot see it.
    pub fn image(url: impl Into<String>, accessibility_text: impl Into<String>) -> Self {
        Self(
            block("image")
                .and("image_url", url.into())
                .and("alt_text", accessibility_text.into()),
        )
    }

    /// A line.
    pub fn divider() -> Self {
        Self(block("divider"))
    }

    /// A row of 1 to 25 buttons.
    pub fn buttons(buttons: impl IntoIterator<Item = Button>) -> Self {
        let buttons: Vec<_> = buttons.into_iter().map(|button| button.0).collect();
        let count = buttons.len();
        let is_long = |button: &Value| {
            let text = button["text"]["text"].as_str().unwrap_or_default();
            text.chars().count() > MAX_BUTTON_TEXT
        };
        let is_short = !buttons.iter().any(is_long);
        Self(
            block("actions")
                .and("elements", buttons)
                .within(
                    (1..=MAX_BUTTONS).contains(&count),
                    "a row for Slack has 1 to 25 buttons",
                )
                .within(is_short, "a button for Slack says at most 75 characters"),
        )
    }
}

fn block(kind: &str) -> Body {
    Body::with("type", kind)
}

fn plain(words: impl Into<String>) -> Value {
    json!({"type": "plain_text", "text": words.into()})
}

/// A button of a block.
#[derive(Clone, PartialEq)]
#[must_use = "a button is shown by its block"]
pub struct Button(Value);

impl Button {
    /// What it shows, at most 75 characters, and the value that a tap hands over.
    pub fn new(text: impl Into<String>, value: impl Into<String>) -> Self {
        Self(json!({"type": "button", "text": plain(text), "value": value.into()}))
    }

    /// A button that opens a page.
    pub fn link(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self(json!({"type": "button", "text": plain(text), "url": url.into()}))
    }

    /// Green: the usual choice.
    pub fn primary(mut self) -> Self {
        self.0["style"] = "primary".into();
        self
    }

    /// Red: what cannot be taken back.
    pub fn danger(mut self) -> Self {
        self.0["style"] = "danger".into();
        self
    }
}

/// An attachment, the form that came before blocks.
#[derive(Clone, PartialEq)]
#[must_use = "an attachment is shown by its message"]
pub struct Attachment(Value);

impl Attachment {
    /// What is shown where attachments cannot be.
    pub fn new(fallback: impl Into<String>) -> Self {
        Self(json!({"fallback": fallback.into()}))
    }

    /// Its title.
    pub fn title(self, title: impl Into<String>) -> Self {
        self.set("title", title.into())
    }

    /// The page that the title leads to.
    pub fn link(self, url: impl Into<String>) -> Self {
        self.set("title_link", url.into())
    }

    /// Its text, in Slack's markup.
    pub fn text(self, markup: impl Into<String>) -> Self {
        self.set("text", markup.into())
    }

    /// Its picture.
    pub fn image(self, url: impl Into<String>) -> Self {
        self.set("image_url", url.into())
    }

    /// The colour of its edge: `good`, `warning`, `danger`, or a hexadecimal one such as `#36a64f`.
    pub fn color(self, color: impl Into<String>) -> Self {
        self.set("color", color.into())
    }

    fn set(mut self, name: &str, value: String) -> Self {
        self.0[name] = value.into();
        self
    }
}

/// Words for Slack's markup, in which nothing of them is taken for a link or a mention.
#[must_use]
pub fn escape(words: &str) -> String {
    super::escape(words)
}

platform_message!(Message under "slack" for Slack);

withheld!(Button, Attachment);
