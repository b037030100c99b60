//! How the Assistant's pieces are spelled in a payload: `url` for `imageUri`, `openUrlAction` for `openUriAction`,
//! `optionInfo` for `info`.

use serde_json::{Map, Value, json};

use crate::wire::{
    BasicCard, BasicCardButton, BrowseCarouselCard, CarouselSelect, Image, LinkOutSuggestion, ListSelect,
    MediaContent, MediaImage, SelectItemInfo, SimpleResponse, TableCard,
};

/// An object of those members that hold something.
struct Members(Map<String, Value>);

impl Members {
    fn new() -> Self {
        Self(Map::new())
    }

    fn words(mut self, name: &str, words: String) -> Self {
        if !words.is_empty() {
            self.0.insert(name.to_owned(), words.into());
        }
        self
    }

    fn image(mut self, name: &str, image: Option<Image>) -> Self {
        if let Some(image) = image {
            let picture = Self::new()
                .words("url", image.image_uri)
                .words("accessibilityText", image.accessibility_text);
            self.0.insert(name.to_owned(), picture.0.into());
        }
        self
    }

    fn list(mut self, name: &str, values: impl Iterator<Item = Value>) -> Self {
        let values: Vec<_> = values.collect();
        if !values.is_empty() {
            self.0.insert(name.to_owned(), values.into());
        }
        self
    }

    /// An enum, under the name that it has in messages too.
    fn name<T: serde::Serialize + Default + PartialEq>(mut self, name: &str, value: &T) -> Self {
        if *value != T::default() {
            self.0.insert(name.to_owned(), json!(value));
        }
        self
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    fn done(self) -> Value {
        self.0.into()
    }
}

pub(super) fn simple_response(response: SimpleResponse) -> Value {
    Members::new()
        .words("textToSpeech", response.text_to_speech)
        .words("ssml", response.ssml)
        .words("displayText", response.display_text)
        .done()
}

fn buttons(buttons: Vec<BasicCardButton>) -> impl Iterator<Item = Value> {
    buttons.into_iter().map(|button| {
        let uri = button.open_uri_action.map(|action| action.uri);
        json!({"title": button.title, "openUrlAction": {"url": uri.unwrap_or_default()}})
    })
}

pub(super) fn basic_card(card: BasicCard) -> Value {
    Members::new()
        .words("title", card.title)
        .words("subtitle", card.subtitle)
        .words("formattedText", card.formatted_text)
        .image("image", card.image)
        .list("buttons", buttons(card.buttons))
        .done()
}

pub(super) fn link_out(link: LinkOutSuggestion) -> Value {
    json!({"destinationName": link.destination_name, "openUrlAction": {"url": link.uri}})
}

pub(super) fn pages(carousel: BrowseCarouselCard) -> Value {
    let items = carousel.items.into_iter().map(|page| {
        let action = page.open_uri_action.unwrap_or_default();
        let open = Members::new()
            .words("url", action.url)
            .name("urlTypeHint", &action.url_type_hint);
        Members::new()
            .words("title", page.title)
            .words("description", page.description)
            .words("footer", page.footer)
            .image("image", page.image)
            .with("openUrlAction", open.done())
            .done()
    });
    Members::new()
        .list("items", items)
        .name("imageDisplayOptions", &carousel.image_display_options)
        .done()
}

pub(super) fn table(table: TableCard) -> Value {
    let columns = table.column_properties.into_iter().map(|column| {
        Members::new()
            .words("header", column.header)
            .name("horizontalAlignment", &column.horizontal_alignment)
            .done()
    });
    let rows = table.rows.into_iter().map(|row| {
        let cells = row.cells.into_iter().map(|cell| json!({"text": cell.text}));
        Members::new()
            .list("cells", cells)
            .with("dividerAfter", row.divider_after.into())
            .done()
    });
    Members::new()
        .words("title", table.title)
        .words("subtitle", table.subtitle)
        .image("image", table.image)
        .list("columnProperties", columns)
        .list("rows", rows)
        .list("buttons", buttons(table.buttons))
        .done()
}

pub(super) fn media(media: MediaContent) -> Value {
    let objects = media.media_objects.into_iter().map(|object| {
        let members = Members::new()
            .words("name", object.name)
            .words("description", object.description)
            .words("contentUrl", object.content_url);
        match object.image {
            Some(MediaImage::LargeImage(image)) => members.image("largeImage", Some(image)),
            Some(MediaImage::Icon(image)) => members.image("icon", Some(image)),
            None => members,
        }
        .done()
    });
    Members::new()
        .name("mediaType", &media.media_type)
        .list("mediaObjects", objects)
        .done()
}

pub(super) fn list(list: ListSelect) -> Value {
    let items = list
        .items
        .into_iter()
        .map(|item| option(item.info, item.title, item.description, item.image));
    Members::new()
        .words("title", list.title)
        .words("subtitle", list.subtitle)
        .list("items", items)
        .done()
}

pub(super) fn carousel(carousel: CarouselSelect) -> Value {
    let items = carousel
        .items
        .into_iter()
        .map(|item| option(item.info, item.title, item.description, item.image));
    Members::new().list("items", items).done()
}

fn option(info: Option<SelectItemInfo>, title: String, description: String, image: Option<Image>) -> Value {
    let info = info.unwrap_or_default();
    let key = Members::new()
        .words("key", info.key)
        .list("synonyms", info.synonyms.into_iter().map(Value::from));
    Members::new()
        .with("optionInfo", key.done())
        .words("title", title)
        .words("description", description)
        .image("image", image)
        .done()
}
