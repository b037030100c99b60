//! Sound to play.

use super::picture;
use crate::wire::{self, MediaImage, MediaType};

/// Sound to play.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "media is played by giving it to a reply"]
pub struct Media(pub(in crate::webhook::reply) wire::MediaContent);

impl Media {
    /// These tracks.
    pub fn audio(tracks: impl IntoIterator<Item = Track>) -> Self {
        Self(wire::MediaContent {
            media_type: MediaType::Audio,
            media_objects: tracks.into_iter().map(|track| track.0).collect(),
            ..wire::MediaContent::default()
        })
    }
}

/// Something to play.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a track is played by its media"]
pub struct Track(wire::MediaObject);

impl Track {
    /// Its name, and where it lies.
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self(wire::MediaObject {
            name: name.into(),
            content_url: url.into(),
            ..wire::MediaObject::default()
        })
    }

    /// What it is.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.0.description = description.into();
        self
    }

    /// A large picture, such as a cover, in place of a small one.
    pub fn large_image(mut self, uri: impl Into<String>, accessibility_text: impl Into<String>) -> Self {
        self.0.image = Some(MediaImage::LargeImage(picture(uri, accessibility_text)));
        self
    }

    /// A small picture, in place of a large one.
    pub fn icon(mut self, uri: impl Into<String>, accessibility_text: impl Into<String>) -> Self {
        self.0.image = Some(MediaImage::Icon(picture(uri, accessibility_text)));
        self
    }
}
