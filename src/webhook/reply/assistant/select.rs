//! Lists and carousels to choose from. The choice comes as the event `actions_intent_OPTION`.

use super::picture;
use crate::webhook::reply::withheld::withheld;
use crate::wire;

/// A list to choose from.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a list is said by giving it to a reply"]
pub struct List(pub(in crate::webhook::reply) wire::ListSelect);

impl List {
    /// A list of these items.
    pub fn new(items: impl IntoIterator<Item = Item>) -> Self {
        let items = items.into_iter().map(|item| wire::ListItem {
            info: Some(item.info),
            title: item.title,
            description: item.description,
            image: item.image,
            ..wire::ListItem::default()
        });
        Self(wire::ListSelect {
            items: items.collect(),
            ..wire::ListSelect::default()
        })
    }

    /// Its title.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.0.title = title.into();
        self
    }

    /// What stands below the title.
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.0.subtitle = subtitle.into();
        self
    }
}

/// A carousel to choose from.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a carousel is said by giving it to a reply"]
pub struct Carousel(pub(in crate::webhook::reply) wire::CarouselSelect);

impl Carousel {
    /// A carousel of these items.
    pub fn new(items: impl IntoIterator<Item = Item>) -> Self {
        let items = items.into_iter().map(|item| wire::CarouselItem {
            info: Some(item.info),
            title: item.title,
            description: item.description,
            image: item.image,
            ..wire::CarouselItem::default()
        });
        Self(wire::CarouselSelect {
            items: items.collect(),
            ..wire::CarouselSelect::default()
        })
    }
}

/// Something to choose from a [`List`] or a [`Carousel`].
#[derive(Clone, PartialEq)]
#[must_use = "an item is shown by its list or carousel"]
pub struct Item {
    info: wire::SelectItemInfo,
    title: String,
    description: String,
    image: Option<wire::Image>,
}

impl Item {
    /// What comes back when it is chosen, and its title.
    pub fn new(key: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            info: wire::SelectItemInfo {
                key: key.into(),
                ..wire::SelectItemInfo::default()
            },
            title: title.into(),
            description: String::new(),
            image: None,
        }
    }

    /// Other words by which users choose it.
    pub fn synonyms<T: Into<String>>(mut self, synonyms: impl IntoIterator<Item = T>) -> Self {
        self.info.synonyms.extend(synonyms.into_iter().map(Into::into));
        self
    }

    /// Its text.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Its picture, and what it shows for who cannot see it.
    pub fn image(mut self, uri: impl Into<String>, accessibility_text: impl Into<String>) -> Self {
        self.image = Some(picture(uri, accessibility_text));
        self
    }
}

withheld!(Item);
