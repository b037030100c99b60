//! A carousel of web pages.

use super::picture;
use crate::wire::{self, ImageDisplayOptions, UrlTypeHint};

/// A carousel of 2 to 10 web pages. Source: the comments of the published intent proto.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a carousel is said by giving it to a reply"]
pub struct BrowseCarousel(pub(in crate::webhook::reply) wire::BrowseCarouselCard);

impl BrowseCarousel {
    /// A carousel of these pages.
    pub fn new(pages: impl IntoIterator<Item = Page>) -> Self {
        Self(wire::BrowseCarouselCard {
            items: pages.into_iter().map(|page| page.0).collect(),
            ..wire::BrowseCarouselCard::default()
        })
    }

    /// How the pictures fill their place.
    pub fn images(mut self, options: ImageDisplayOptions) -> Self {
        self.0.image_display_options = options;
        self
    }
}

/// A web page in a [`BrowseCarousel`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a page is shown by its carousel"]
pub struct Page(wire::BrowseCarouselItem);

impl Page {
    /// Its title, and the page that a tap opens.
    pub fn new(title: impl Into<String>, url: impl Into<String>) -> Self {
        Self(wire::BrowseCarouselItem {
            title: title.into(),
            open_uri_action: Some(wire::OpenUrlAction {
                url: url.into(),
                ..wire::OpenUrlAction::default()
            }),
            ..wire::BrowseCarouselItem::default()
        })
    }

    /// Its text.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.0.description = description.into();
        self
    }

    /// Its picture, and what it shows for who cannot see it.
    pub fn image(mut self, uri: impl Into<String>, accessibility_text: impl Into<String>) -> Self {
        self.0.image = Some(picture(uri, accessibility_text));
        self
    }

    /// What stands at the bottom.
    pub fn footer(mut self, footer: impl Into<String>) -> Self {
        self.0.footer = footer.into();
        self
    }

    /// What kind of page it is.
    pub fn hint(mut self, hint: UrlTypeHint) -> Self {
        if let Some(action) = &mut self.0.open_uri_action {
            action.url_type_hint = hint;
        }
        self
    }
}
