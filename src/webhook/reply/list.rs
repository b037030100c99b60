//! A list to choose from, which each integration shows in its own way.

use crate::wire::{Kind, Platform};

use super::Message;
use super::message::Content;
use crate::webhook::reply::withheld::withheld;

/// A list to choose from. Dialogflow has no such message for all platforms; each integration gets the best form that it
/// has, as `docs/rendering.md` tells.
///
/// ```
/// use flowhook::{List, ListItem, Reply};
///
/// let reply = Reply::text("What would you like?").say(List::new(
///     "Today",
///     [
///         ListItem::new("Soup").description("of the day").image("https://example.com/soup.png"),
///         ListItem::new("Salad").says("a green salad, please"),
///     ],
/// ));
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "a list is shown by giving it to a reply"]
pub struct List {
    pub(super) title: String,
    pub(super) items: Vec<ListItem>,
}

/// One item of a [`List`].
#[derive(Clone, PartialEq)]
#[must_use = "an item is shown by its list"]
pub struct ListItem {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) image_uri: String,
    pub(super) says: Option<String>,
}

impl List {
    /// A list: what stands above it, which may be empty, and its items, at least one. A plain string is an item too.
    pub fn new<T: Into<ListItem>>(title: impl Into<String>, items: impl IntoIterator<Item = T>) -> Self {
        Self {
            title: title.into(),
            items: items.into_iter().map(Into::into).collect(),
        }
    }

    /// The rule that the list breaks.
    pub(super) fn fault(&self) -> Option<&'static str> {
        if self.items.is_empty() {
            return Some("a list has at least one item");
        }
        let unnamed = self.items.iter().any(|item| item.title.trim().is_empty());
        unnamed.then_some("an item of a list has a title")
    }

    pub(super) fn has_pictures(&self) -> bool {
        self.items.iter().any(|item| !item.image_uri.is_empty())
    }
}

impl ListItem {
    /// An item with a title.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            description: String::new(),
            image_uri: String::new(),
            says: None,
        }
    }

    /// What stands below the title.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Its picture.
    pub fn image(mut self, uri: impl Into<String>) -> Self {
        self.image_uri = uri.into();
        self
    }

    /// What a tap says in the user's name; without this call the title.
    pub fn says(mut self, words: impl Into<String>) -> Self {
        self.says = Some(words.into());
        self
    }

    /// What stands for it where a text is asked for: its description, else its title.
    pub(super) fn text(&self) -> &str {
        if self.description.is_empty() {
            &self.title
        } else {
            &self.description
        }
    }

    pub(super) fn tap(&self) -> &str {
        self.says
            .as_deref()
            .filter(|words| !words.is_empty())
            .unwrap_or(&self.title)
    }
}

impl<T: Into<String>> From<T> for ListItem {
    fn from(title: T) -> Self {
        Self::new(title)
    }
}

impl From<List> for Message {
    fn from(list: List) -> Self {
        match list.fault() {
            Some(rule) => Self::broken(rule),
            None => Self {
                content: Ok(Content::List(list)),
                platform: Platform::Unspecified,
                is_as_it_came: false,
            },
        }
    }
}

impl From<Kind> for Content {
    fn from(kind: Kind) -> Self {
        Self::Kind(kind)
    }
}

withheld!(List, ListItem);
