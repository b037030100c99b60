//! The elements of a card.

use serde::Serialize;

use super::Event;
use crate::webhook::reply::Message;
use crate::webhook::reply::withheld::withheld;

/// One element of a card.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Element {
    /// A title that can be tapped.
    Info(Info),
    /// A title with lines of text.
    Description(Description),
    /// A picture.
    Image(Image),
    /// A button.
    Button(Button),
    /// An item of a list to choose from.
    List(ListItem),
    /// A line between two elements.
    Divider,
    /// A title that unfolds to its text when it is tapped.
    Accordion(Accordion),
    /// Chips: things to tap that go away with the next turn.
    Chips(Chips),
}

impl Element {
    /// The rule that the element breaks.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let picture = match self {
            Self::Image(image) if image.raw_url.is_empty() => return Some("an image has a URL"),
            Self::Chips(chips) if chips.options.is_empty() => return Some("chips have at least one chip"),
            Self::Chips(chips) => chips.options.iter().find_map(|chip| chip.image.as_ref()),
            Self::Info(info) => info.image.as_ref(),
            Self::Accordion(accordion) => accordion.image.as_ref(),
            _ => None,
        };
        picture
            .is_some_and(Picture::is_nowhere)
            .then_some("an image has a URL")
    }
}

/// A title that can be tapped, with a picture beside it.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use = "an element is shown by its card"]
pub struct Info {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subtitle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Picture>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Event>,
}

impl Info {
    /// The title.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            subtitle: None,
            image: None,
            action_link: None,
            event: None,
        }
    }

    /// What stands below the title.
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.subtitle = Some(subtitle.into());
        self
    }

    /// The picture beside it, by its public URL.
    pub fn image(mut self, url: impl Into<String>) -> Self {
        self.image = Some(Picture::at(url));
        self
    }

    /// The page that a tap opens.
    pub fn link(mut self, url: impl Into<String>) -> Self {
        self.action_link = Some(url.into());
        self
    }

    /// The event that a tap triggers.
    pub fn event(mut self, event: Event) -> Self {
        self.event = Some(event);
        self
    }
}

/// A title with lines of text.
#[derive(Clone, PartialEq, Serialize)]
#[must_use = "an element is shown by its card"]
pub struct Description {
    title: String,
    text: Vec<String>,
}

impl Description {
    /// The title, and what stands below it, line by line.
    pub fn new<T: Into<String>>(title: impl Into<String>, lines: impl IntoIterator<Item = T>) -> Self {
        Self {
            title: title.into(),
            text: lines.into_iter().map(Into::into).collect(),
        }
    }
}

/// A picture as wide as the card.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use = "an element is shown by its card"]
pub struct Image {
    raw_url: String,
    accessibility_text: String,
}

impl Image {
    /// The picture's public URL, and what it shows for who cannot see it.
    pub fn new(url: impl Into<String>, accessibility_text: impl Into<String>) -> Self {
        Self {
            raw_url: url.into(),
            accessibility_text: accessibility_text.into(),
        }
    }
}

/// A button, which opens a page or triggers an event.
#[derive(Clone, PartialEq, Serialize)]
#[must_use = "an element is shown by its card"]
pub struct Button {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Event>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<Icon>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Icon {
    #[serde(rename = "type")]
    name: String,
    color: String,
}

impl Button {
    /// A button that opens a page.
    pub fn link(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            link: Some(url.into()),
            event: None,
            icon: None,
        }
    }

    /// A button that triggers an event.
    pub fn event(text: impl Into<String>, event: Event) -> Self {
        Self {
            text: text.into(),
            link: None,
            event: Some(event),
            icon: None,
        }
    }

    /// Its icon: the name of a Material icon, such as `chevron_right`, and a CSS colour, such as `#FF9800`.
    pub fn icon(mut self, name: impl Into<String>, color: impl Into<String>) -> Self {
        self.icon = Some(Icon {
            name: name.into(),
            color: color.into(),
        });
        self
    }
}

/// An item of a list to choose from; see [`Card::list`](super::Card::list).
#[derive(Clone, PartialEq, Serialize)]
#[must_use = "an element is shown by its card"]
pub struct ListItem {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subtitle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Event>,
}

impl ListItem {
    /// The title.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            subtitle: None,
            event: None,
        }
    }

    /// What stands below the title.
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.subtitle = Some(subtitle.into());
        self
    }

    /// The event that choosing it triggers.
    pub fn event(mut self, event: Event) -> Self {
        self.event = Some(event);
        self
    }
}

/// A title that unfolds to its text when it is tapped.
#[derive(Clone, PartialEq, Serialize)]
#[must_use = "an element is shown by its card"]
pub struct Accordion {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subtitle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Picture>,
    text: String,
}

impl Accordion {
    /// The title, and the text that it unfolds to.
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            subtitle: None,
            image: None,
            text: text.into(),
        }
    }

    /// What stands below the title.
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.subtitle = Some(subtitle.into());
        self
    }

    /// The picture beside it, by its public URL.
    pub fn image(mut self, url: impl Into<String>) -> Self {
        self.image = Some(Picture::at(url));
        self
    }
}

/// Chips: things to tap that go away with the next turn.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[must_use = "an element is shown by its card"]
pub struct Chips {
    options: Vec<Chip>,
}

impl Chips {
    /// These chips, plain strings or [`Chip`]s; at least one.
    pub fn new<T: Into<Chip>>(chips: impl IntoIterator<Item = T>) -> Self {
        Self {
            options: chips.into_iter().map(Into::into).collect(),
        }
    }
}

/// A chip. A tap says its text, unless it leads to a page.
#[derive(Clone, PartialEq, Serialize)]
#[must_use = "a chip is shown among its chips"]
pub struct Chip {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Picture>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

impl Chip {
    /// What it says.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            image: None,
            link: None,
        }
    }

    /// The picture beside it, by its public URL.
    pub fn image(mut self, url: impl Into<String>) -> Self {
        self.image = Some(Picture::at(url));
        self
    }

    /// The page that a tap opens.
    pub fn link(mut self, url: impl Into<String>) -> Self {
        self.link = Some(url.into());
        self
    }
}

impl<T: Into<String>> From<T> for Chip {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

/// A picture inside an element. For ES its URL lies one level deeper than for CX.
#[derive(Clone, PartialEq, Serialize)]
struct Picture {
    src: PictureSource,
}

#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct PictureSource {
    raw_url: String,
}

impl Picture {
    fn at(url: impl Into<String>) -> Self {
        Self {
            src: PictureSource { raw_url: url.into() },
        }
    }

    fn is_nowhere(&self) -> bool {
        self.src.raw_url.is_empty()
    }
}

macro_rules! elements {
    ($( $element:ident is $variant:ident ),* $(,)?) => {
        $(
            impl From<$element> for Element {
                fn from(element: $element) -> Self {
                    Self::$variant(element)
                }
            }

            impl From<$element> for Message {
                fn from(element: $element) -> Self {
                    Element::from(element).into()
                }
            }
        )*
    };
}

elements! {
    Info is Info,
    Description is Description,
    Image is Image,
    Button is Button,
    ListItem is List,
    Accordion is Accordion,
    Chips is Chips,
}

withheld!(
    Info,
    Description,
    Image,
    Button,
    ListItem,
    Accordion,
    Chip,
    Picture,
    PictureSource
);
