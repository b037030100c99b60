//! Pictures, films and other files.

use serde_json::{Value, json};

use super::check::MAX_URL;
use super::{Check, Product};

/// A file: at a public address, or uploaded before.
#[derive(Clone, PartialEq)]
pub struct File {
    place: Place,
    thumbnail: Option<String>,
    description: Option<String>,
    is_fetched_anew: bool,
}

#[derive(Clone, PartialEq)]
enum Place {
    Web(String),
    Uploaded(String),
}

impl File {
    /// The file at a public address, without a redirect, whose server says its media type. At most 100 MiB.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Self::of(Place::Web(url.into()))
    }

    /// The file that was uploaded under that name. RBM only.
    #[must_use]
    pub fn uploaded(name: impl Into<String>) -> Self {
        Self::of(Place::Uploaded(name.into()))
    }

    fn of(place: Place) -> Self {
        Self {
            place,
            thumbnail: None,
            description: None,
            is_fetched_anew: false,
        }
    }

    /// With a small picture of it, of at most 100 kB: the address, or for an uploaded file the name.
    #[must_use]
    pub fn thumbnail(mut self, thumbnail: impl Into<String>) -> Self {
        self.thumbnail = Some(thumbnail.into());
        self
    }

    /// With a text for who cannot see it.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Fetched anew by the platform, even if it has the file of that address in store.
    #[must_use]
    pub fn fetched_anew(mut self) -> Self {
        self.is_fetched_anew = true;
        self
    }

    /// The member that holds it, and its value.
    pub(in crate::channels) fn json(&self, check: &mut Check, place: &str) -> (&'static str, Value) {
        match &self.place {
            Place::Web(url) => {
                check.web(&format!("{place}.fileUrl"), url);
                let mut info = json!({"fileUrl": url});
                if let Some(thumbnail) = &self.thumbnail {
                    check.web(&format!("{place}.thumbnailUrl"), thumbnail);
                    info["thumbnailUrl"] = json!(thumbnail);
                }
                if self.is_fetched_anew {
                    info["forceRefresh"] = json!(true);
                }
                if let (Some(text), Product::BusinessMessages) = (&self.description, check.product) {
                    info["altText"] = json!(text);
                }
                ("contentInfo", info)
            }
            Place::Uploaded(name) => {
                check.only_rbm(place, "uploaded files");
                check.text(&format!("{place}.fileName"), name, MAX_URL);
                let mut file = json!({"fileName": name});
                if let Some(thumbnail) = &self.thumbnail {
                    file["thumbnailName"] = json!(thumbnail);
                }
                ("uploadedRbmFile", file)
            }
        }
    }
}

/// A picture or a film on a card.
#[derive(Clone, PartialEq)]
pub struct Media {
    file: File,
    pub(super) height: Height,
}

/// How tall it is shown, in density-independent pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Height {
    /// 112.
    Short,
    /// 168.
    Medium,
    /// 264; not on the small cards of a carousel.
    Tall,
}

impl Height {
    fn name(self) -> &'static str {
        match self {
            Self::Short => "SHORT",
            Self::Medium => "MEDIUM",
            Self::Tall => "TALL",
        }
    }
}

impl Media {
    /// The file, so tall.
    #[must_use]
    pub fn new(file: File, height: Height) -> Self {
        Self { file, height }
    }

    pub(super) fn json(&self, check: &mut Check, place: &str) -> Value {
        let (member, file) = self.file.json(check, place);
        let mut media = json!({"height": self.height.name(), member: file});
        if let (Some(text), Product::Rbm) = (&self.file.description, check.product) {
            media["contentDescription"] = json!(text);
        }
        media
    }
}

hide!(File, Media);
