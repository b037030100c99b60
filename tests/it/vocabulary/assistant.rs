//! Google Assistant's own messages, of which old agents are full.

use flowhook::Message;
use flowhook::assistant::{
    BasicCard, BrowseCarousel, Carousel, Column, Item, LinkOut, List, Media, Page, Row, SimpleResponse,
    Suggestions, Table, Track,
};
use flowhook::ssml::Speech;
use flowhook::wire::{HorizontalAlignment, ImageDisplayOptions, UrlTypeHint};
use serde_json::{Value, json};

use super::on_the_wire;

const PICTURE: &str = "https://example.com/i.png";

async fn kind(message: impl Into<Message>) -> Value {
    let mut message = on_the_wire(message).await;
    let platform = message.as_object_mut().unwrap().remove("platform");
    assert_eq!(platform.unwrap(), "ACTIONS_ON_GOOGLE");
    message
}

#[tokio::test]
async fn a_simple_response_is_spoken_from_words_or_from_ssml() {
    assert_eq!(
        kind(SimpleResponse::text("hello").display("Hello!")).await,
        json!({"simpleResponses": {"simpleResponses": [{"textToSpeech": "hello", "displayText": "Hello!"}]}})
    );
    assert_eq!(
        kind(SimpleResponse::ssml(&Speech::of("a & b"))).await,
        json!({"simpleResponses": {"simpleResponses": [{"ssml": "<speak>a &amp; b</speak>"}]}})
    );
}

#[tokio::test]
async fn cards_and_chips_are_written_as_the_protocol_has_them() {
    let image = json!({"imageUri": PICTURE, "accessibilityText": "a bowl"});
    let card = BasicCard::text("Of the *day*")
        .title("Soup")
        .subtitle("hot")
        .image(PICTURE, "a bowl")
        .button("More", "https://example.com/more");
    assert_eq!(
        kind(card).await,
        json!({"basicCard": {
            "title": "Soup", "subtitle": "hot", "formattedText": "Of the *day*", "image": image,
            "buttons": [{"title": "More", "openUriAction": {"uri": "https://example.com/more"}}],
        }})
    );
    assert_eq!(
        kind(BasicCard::picture(PICTURE, "a bowl")).await,
        json!({"basicCard": {"image": image}})
    );
    assert_eq!(
        kind(Suggestions::new(["Yes", "No"])).await,
        json!({"suggestions": {"suggestions": [{"title": "Yes"}, {"title": "No"}]}})
    );
    assert_eq!(
        kind(LinkOut::new("the shop", "https://example.com")).await,
        json!({"linkOutSuggestion": {"destinationName": "the shop", "uri": "https://example.com"}})
    );
}

#[tokio::test]
async fn lists_and_carousels_tell_what_was_chosen_by_key() {
    let items = || {
        [
            Item::new("SOUP", "Soup")
                .synonyms(["broth"])
                .description("hot")
                .image(PICTURE, "a bowl"),
            Item::new("SALAD", "Salad").image(PICTURE, "a plate"),
        ]
    };
    let written = json!([
        {"info": {"key": "SOUP", "synonyms": ["broth"]}, "title": "Soup", "description": "hot",
            "image": {"imageUri": PICTURE, "accessibilityText": "a bowl"}},
        {"info": {"key": "SALAD"}, "title": "Salad", "image": {"imageUri": PICTURE, "accessibilityText": "a plate"}},
    ]);
    assert_eq!(
        kind(List::new(items()).title("Today").subtitle("noon")).await,
        json!({"listSelect": {"title": "Today", "items": written, "subtitle": "noon"}})
    );
    assert_eq!(
        kind(Carousel::new(items())).await,
        json!({"carouselSelect": {"items": written}})
    );
}

#[tokio::test]
async fn pages_tables_and_sound_are_written_as_the_protocol_has_them() {
    let image = json!({"imageUri": PICTURE, "accessibilityText": "a bowl"});
    let pages = [
        Page::new("Soup", "https://example.com/soup")
            .description("hot")
            .image(PICTURE, "a bowl")
            .footer("today")
            .hint(UrlTypeHint::AmpContent),
        Page::new("Salad", "https://example.com/salad"),
    ];
    assert_eq!(
        kind(BrowseCarousel::new(pages).images(ImageDisplayOptions::Cropped)).await,
        json!({"browseCarouselCard": {"imageDisplayOptions": "CROPPED", "items": [
            {"title": "Soup", "description": "hot", "image": image, "footer": "today",
                "openUriAction": {"url": "https://example.com/soup", "urlTypeHint": "AMP_CONTENT"}},
            {"title": "Salad", "openUriAction": {"url": "https://example.com/salad"}},
        ]}})
    );
    let table = Table::new(
        "Prices",
        [
            Column::new("Dish"),
            Column::new("Euros").aligned(HorizontalAlignment::Trailing),
        ],
    )
    .subtitle("today")
    .image(PICTURE, "a bowl")
    .row(Row::new(["Soup", "4"]).divided())
    .row(Row::new(["Salad", "5"]))
    .button("More", "https://example.com/more");
    assert_eq!(
        kind(table).await,
        json!({"tableCard": {
            "title": "Prices", "subtitle": "today", "image": image,
            "columnProperties": [{"header": "Dish"}, {"header": "Euros", "horizontalAlignment": "TRAILING"}],
            "rows": [
                {"cells": [{"text": "Soup"}, {"text": "4"}], "dividerAfter": true},
                {"cells": [{"text": "Salad"}, {"text": "5"}]},
            ],
            "buttons": [{"title": "More", "openUriAction": {"uri": "https://example.com/more"}}],
        }})
    );
    let tracks = [
        Track::new("Bell", "https://example.com/bell.mp3")
            .description("rings")
            .icon(PICTURE, "a bowl"),
        Track::new("Song", "https://example.com/song.mp3").large_image(PICTURE, "a bowl"),
    ];
    assert_eq!(
        kind(Media::audio(tracks)).await,
        json!({"mediaContent": {"mediaType": "AUDIO", "mediaObjects": [
            {"name": "Bell", "description": "rings", "contentUrl": "https://example.com/bell.mp3", "icon": image},
            {"name": "Song", "contentUrl": "https://example.com/song.mp3", "largeImage": image},
        ]}})
    );
}
