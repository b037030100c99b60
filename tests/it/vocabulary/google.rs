//! Google Assistant's rich response, in the reply's own payload.

use flowhook::Reply;
use flowhook::assistant::{
    BasicCard, BrowseCarousel, Carousel, Item, LinkOut, List, Media, Page, Row, SimpleResponse, Table, Track,
};
use flowhook::payload::google::{Helper, Permission, Response};
use flowhook::ssml::Speech;
use flowhook::wire::{ApiVersion, UrlTypeHint};
use serde_json::{Value, json};

use super::{heard, on_the_wire};

const PICTURE: &str = "https://example.com/i.png";

/// What the Assistant gets, the same in both versions.
async fn response(response: impl Into<Response>) -> Value {
    let reply = Reply::google_assistant(response);
    let beta = heard(reply.clone(), ApiVersion::V2Beta1).await;
    let stable = heard(reply, ApiVersion::V2).await;
    assert_eq!(stable.answered().findings, []);
    assert_eq!(beta.json(), stable.json());
    stable.json()["payload"]["google"].clone()
}

#[tokio::test]
async fn words_alone_are_a_response() {
    assert_eq!(
        response("Hello!").await,
        json!({"expectUserResponse": true, "richResponse": {"items": [{"simpleResponse": {"textToSpeech": "Hello!"}}]}})
    );
}

#[tokio::test]
async fn the_assistants_pieces_are_spelled_as_payloads_spell_them() {
    let image = json!({"url": PICTURE, "accessibilityText": "a bowl"});
    let button = json!({"title": "More", "openUrlAction": {"url": "https://example.com/more"}});
    let whole = Response::new(SimpleResponse::ssml(&Speech::of("a & b")).display("a and b"))
        .with(
            BasicCard::text("Of the day")
                .title("Soup")
                .subtitle("hot")
                .image(PICTURE, "a bowl")
                .button("More", "https://example.com/more"),
        )
        .with(SimpleResponse::text("And more."))
        .with(BrowseCarousel::new([
            Page::new("Soup", "https://example.com/soup")
                .hint(UrlTypeHint::AmpContent)
                .footer("today"),
            Page::new("Salad", "https://example.com/salad")
                .description("green")
                .image(PICTURE, "a bowl"),
        ]))
        .with(
            Table::new("Prices", ["Dish", "Euros"])
                .row(Row::new(["Soup", "4"]).divided())
                .row(Row::new(["Salad", "5"]))
                .button("More", "https://example.com/more"),
        )
        .with(Media::audio([
            Track::new("Bell", "https://example.com/bell.mp3").icon(PICTURE, "a bowl")
        ]))
        .suggestions(["Order", "Cancel"])
        .link_out(LinkOut::new("the shop", "https://example.com"))
        .when_silent(["Are you there?"])
        .listen_for(["soup"])
        .user_storage(&json!({"visits": 3}))
        .closing();
    assert_eq!(
        response(whole).await,
        json!({
            "expectUserResponse": false,
            "richResponse": {
                "items": [
                    {"simpleResponse": {"ssml": "<speak>a &amp; b</speak>", "displayText": "a and b"}},
                    {"basicCard": {"title": "Soup", "subtitle": "hot", "formattedText": "Of the day", "image": image,
                        "buttons": [button]}},
                    {"simpleResponse": {"textToSpeech": "And more."}},
                    {"carouselBrowse": {"items": [
                        {"title": "Soup", "footer": "today",
                            "openUrlAction": {"url": "https://example.com/soup", "urlTypeHint": "AMP_CONTENT"}},
                        {"title": "Salad", "description": "green", "image": image,
                            "openUrlAction": {"url": "https://example.com/salad"}},
                    ]}},
                    {"tableCard": {
                        "title": "Prices",
                        "columnProperties": [{"header": "Dish"}, {"header": "Euros"}],
                        "rows": [
                            {"cells": [{"text": "Soup"}, {"text": "4"}], "dividerAfter": true},
                            {"cells": [{"text": "Salad"}, {"text": "5"}], "dividerAfter": false},
                        ],
                        "buttons": [button],
                    }},
                    {"mediaResponse": {"mediaType": "AUDIO", "mediaObjects": [
                        {"name": "Bell", "contentUrl": "https://example.com/bell.mp3", "icon": image},
                    ]}},
                ],
                "suggestions": [{"title": "Order"}, {"title": "Cancel"}],
                "linkOutSuggestion": {"destinationName": "the shop", "openUrlAction": {"url": "https://example.com"}},
            },
            "noInputPrompts": [{"textToSpeech": "Are you there?"}],
            "speechBiasingHints": ["soup"],
            "userStorage": "{\"visits\":3}",
        })
    );
}

#[tokio::test]
async fn each_helper_asks_by_its_name() {
    let items = || {
        [
            Item::new("SOUP", "Soup")
                .synonyms(["broth"])
                .image(PICTURE, "a bowl"),
            Item::new("SALAD", "Salad"),
        ]
    };
    let options = json!([
        {"optionInfo": {"key": "SOUP", "synonyms": ["broth"]}, "title": "Soup",
            "image": {"url": PICTURE, "accessibilityText": "a bowl"}},
        {"optionInfo": {"key": "SALAD"}, "title": "Salad"},
    ]);
    for (helper, intent, specification, question) in [
        (
            Helper::list(List::new(items()).title("Today")),
            "OPTION",
            "OptionValueSpec",
            json!({"listSelect": {"title": "Today", "items": options}}),
        ),
        (
            Helper::carousel(Carousel::new(items())),
            "OPTION",
            "OptionValueSpec",
            json!({"carouselSelect": {"items": options}}),
        ),
        (
            Helper::permission(
                "To find you",
                [
                    Permission::Name,
                    Permission::PreciseLocation,
                    Permission::CoarseLocation,
                    Permission::Update,
                ],
            ),
            "PERMISSION",
            "PermissionValueSpec",
            json!({"optContext": "To find you",
                "permissions": ["NAME", "DEVICE_PRECISE_LOCATION", "DEVICE_COARSE_LOCATION", "UPDATE"]}),
        ),
        (
            Helper::confirmation("Shall I?"),
            "CONFIRMATION",
            "ConfirmationValueSpec",
            json!({"dialogSpec": {"requestConfirmationText": "Shall I?"}}),
        ),
        (
            Helper::date_time("When?", "Which day?", "What time?"),
            "DATETIME",
            "DateTimeValueSpec",
            json!({"dialogSpec": {"requestDatetimeText": "When?", "requestDateText": "Which day?",
                "requestTimeText": "What time?"}}),
        ),
        (
            Helper::sign_in("To see your orders"),
            "SIGN_IN",
            "SignInValueSpec",
            json!({"optContext": "To see your orders"}),
        ),
        (
            Helper::delivery_address("To bring it"),
            "DELIVERY_ADDRESS",
            "DeliveryAddressValueSpec",
            json!({"addressOptions": {"reason": "To bring it"}}),
        ),
    ] {
        let mut question = question;
        question["@type"] = format!("type.googleapis.com/google.actions.v2.{specification}").into();
        assert_eq!(
            response(Response::new("hello").ask(helper)).await["systemIntent"],
            json!({"intent": format!("actions.intent.{intent}"), "data": question})
        );
    }
}

#[tokio::test]
async fn a_response_without_speech_is_told() {
    for silent in [
        Response::new(""),
        Response::new(" "),
        Response::new(SimpleResponse::ssml(&Speech::default())),
    ] {
        let heard = heard(Reply::text("kept").webhook_payload(silent), ApiVersion::V2).await;
        let findings: Vec<_> = heard
            .answered()
            .findings
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            findings,
            ["`payload`: a response for Google Assistant begins with speech"]
        );
        assert_eq!(heard.text(), "kept");
        assert!(heard.json().get("payload").is_none());
    }
}

#[tokio::test]
async fn it_can_stand_among_the_messages_too() {
    let message = on_the_wire(Response::new("hello")).await;
    assert_eq!(message["platform"], "ACTIONS_ON_GOOGLE");
    assert_eq!(message["payload"]["google"]["expectUserResponse"], true);
}
