//! Google Assistant's rich response. Legacy: conversational actions closed in June 2023, and only old agents send these.
//!
//! It is made of the pieces of [`assistant`](crate::assistant), which are spelled otherwise in a payload than in messages;
//! the spelling is seen to here. Its place is the reply's own payload. Source: the samples of Dialogflow's
//! webhook JSON and the types of Google's library for the Assistant.
//!
//! ```
//! use flowhook::payload::google::{Helper, Response};
//! use flowhook::{Reply, assistant};
//!
//! let card = assistant::BasicCard::text("Of the day").title("Soup");
//! let reply = Reply::google_assistant(Response::new("Here is the menu.").with(card).suggestions(["Order", "Cancel"]));
//!
//! let question = Reply::google_assistant(Response::new("One moment.").ask(Helper::confirmation("Shall I order?")));
//! ```

mod helper;
mod spelling;

pub use helper::{Helper, Permission};

use serde_json::{Value, json};

use super::Body;
use crate::webhook::reply::assistant::{
    BasicCard, BrowseCarousel, LinkOut, Media, SimpleResponse, Suggestions, Table,
};
use crate::webhook::reply::ssml::Speech;
use crate::webhook::reply::withheld::withheld;

/// What Google Assistant says and shows.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a response is said by giving it to a reply"]
pub struct Response(Body);

impl Response {
    /// The first thing that is spoken, without which the Assistant refuses the whole: words, or a [`SimpleResponse`].
    /// Then it waits for the user.
    pub fn new(first: impl Into<SimpleResponse>) -> Self {
        let first = first.into();
        let silence = Speech::default().to_string();
        let speaks = !first.0.text_to_speech.trim().is_empty()
            || (!first.0.ssml.is_empty() && first.0.ssml != silence);
        let items = json!([Item::from(first).0]);
        let body = Body::with("expectUserResponse", true).and("richResponse", json!({"items": items}));
        Self(body.within(speaks, "a response for Google Assistant begins with speech"))
    }

    /// One item more: a second [`SimpleResponse`], a card, a table, web pages, sound.
    pub fn with(mut self, item: impl Into<Item>) -> Self {
        if let Some(Value::Array(items)) = self.rich_response("items") {
            items.push(item.into().0);
        }
        self
    }

    /// Chips, of at most 25 characters each.
    pub fn suggestions<T: Into<String>>(mut self, chips: impl IntoIterator<Item = T>) -> Self {
        let chips = Suggestions::new(chips).0.suggestions;
        let chips = chips.into_iter().map(|chip| json!({"title": chip.title}));
        let chips: Vec<_> = chips.collect();
        if let Some(place) = self.rich_response("suggestions") {
            *place = chips.into();
        }
        self
    }

    /// A chip that leads to an app or a site.
    pub fn link_out(mut self, link: LinkOut) -> Self {
        if let Some(place) = self.rich_response("linkOutSuggestion") {
            *place = spelling::link_out(link.0);
        }
        self
    }

    /// Lets the Assistant itself ask for something; the answer comes as an event.
    pub fn ask(self, helper: Helper) -> Self {
        Self(self.0.and("systemIntent", helper.0))
    }

    /// Says goodbye: the conversation ends with it.
    pub fn closing(self) -> Self {
        Self(self.0.and("expectUserResponse", false))
    }

    /// What is said when the user says nothing, at the first time, the second, the third.
    pub fn when_silent<T: Into<SimpleResponse>>(self, prompts: impl IntoIterator<Item = T>) -> Self {
        let prompts: Vec<_> = prompts
            .into_iter()
            .map(|prompt| spelling::simple_response(prompt.into().0))
            .collect();
        Self(self.0.and("noInputPrompts", prompts))
    }

    /// Words that the user is likely to say, for the recognition of speech.
    pub fn listen_for<T: Into<String>>(self, words: impl IntoIterator<Item = T>) -> Self {
        let words: Vec<String> = words.into_iter().map(Into::into).collect();
        Self(self.0.and("speechBiasingHints", words))
    }

    /// What is kept for this user from conversation to conversation. It travels as text.
    pub fn user_storage(self, storage: &Value) -> Self {
        Self(self.0.and("userStorage", storage.to_string()))
    }

    fn rich_response(&mut self, name: &str) -> Option<&mut Value> {
        let response = self.0.members.get_mut("richResponse")?;
        Some(&mut response[name])
    }
}

impl<T: Into<SimpleResponse>> From<T> for Response {
    fn from(first: T) -> Self {
        Self::new(first)
    }
}

/// One item of a [`Response`].
#[derive(Clone, PartialEq)]
#[must_use = "an item is shown by its response"]
pub struct Item(Value);

impl From<SimpleResponse> for Item {
    fn from(response: SimpleResponse) -> Self {
        Self(json!({"simpleResponse": spelling::simple_response(response.0)}))
    }
}

impl From<BasicCard> for Item {
    fn from(card: BasicCard) -> Self {
        Self(json!({"basicCard": spelling::basic_card(card.0)}))
    }
}

impl From<BrowseCarousel> for Item {
    fn from(carousel: BrowseCarousel) -> Self {
        Self(json!({"carouselBrowse": spelling::pages(carousel.0)}))
    }
}

impl From<Table> for Item {
    fn from(table: Table) -> Self {
        Self(json!({"tableCard": spelling::table(table.0)}))
    }
}

impl From<Media> for Item {
    fn from(media: Media) -> Self {
        Self(json!({"mediaResponse": spelling::media(media.0)}))
    }
}

platform_message!(Response under "google" for ActionsOnGoogle);

withheld!(Item);
