//! Every limit, from both sides.

use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

use super::*;
use crate::channels::{business_messages, rbm};

fn reply(label: &str) -> Suggestion {
    Suggestion::reply(label, "p")
}

fn replies(count: usize) -> Vec<Suggestion> {
    vec![reply("tap"); count]
}

fn picture(height: Height) -> Media {
    Media::new(
        File::at("https://example.com/a.png").thumbnail("https://example.com/t.png"),
        height,
    )
}

/// The faults that RBM would find.
fn faults(message: &rbm::Message) -> Vec<String> {
    message
        .to_json()
        .err()
        .map(|unfit| unfit.faults().to_vec())
        .unwrap_or_default()
}

#[test]
fn what_is_at_its_limit_fits_and_what_is_above_does_not() {
    use rbm::Message;
    let text = |length| Message::text("\u{e9}".repeat(length));
    let tap = |suggestion| Message::text("x").suggest([suggestion]);
    let card = |card| Message::card(card);
    let carousel = |width, count, height| {
        Message::carousel(width, vec![Card::titled("x").media(picture(height)); count])
    };
    let day = Duration::from_secs(24 * 60 * 60);
    let start: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    let event = |title: usize, text: usize| {
        CalendarEvent::new("t".repeat(title), start, start).description("d".repeat(text))
    };
    let url = |length: usize| format!("https://example.com/{}", "u".repeat(length - 20));
    for (fits, too_much, place) in [
        (text(3_072), text(3_073), "contentMessage.text"),
        (text(1), text(0), "contentMessage.text"),
        (
            Message::text("x").suggest(replies(11)),
            Message::text("x").suggest(replies(12)),
            "contentMessage.suggestions",
        ),
        (
            tap(reply(&"l".repeat(25))),
            tap(reply(&"l".repeat(26))),
            "contentMessage.suggestions[0].text",
        ),
        (
            tap(Suggestion::reply("l", "p".repeat(2_048))),
            tap(Suggestion::reply("l", "p".repeat(2_049))),
            "contentMessage.suggestions[0].postbackData",
        ),
        (
            tap(Suggestion::dial("l", "p", "+15550100")),
            tap(Suggestion::dial("l", "p", "+1 555 0100")),
            "contentMessage.suggestions[0].dialAction.phoneNumber",
        ),
        (
            tap(Suggestion::open_url("l", "p", url(2_048), View::Tall)),
            tap(Suggestion::open_url("l", "p", url(2_049), View::Tall)),
            "contentMessage.suggestions[0].openUrlAction.url",
        ),
        (
            tap(Suggestion::open_url(
                "l",
                "p",
                "http://example.com",
                View::Browser,
            )),
            tap(Suggestion::open_url(
                "l",
                "p",
                "javascript:alert(1)",
                View::Browser,
            )),
            "contentMessage.suggestions[0].openUrlAction.url",
        ),
        (
            tap(Suggestion::share_location("l", "p").fallback_url(url(2_048))),
            tap(Suggestion::share_location("l", "p").fallback_url(url(2_049))),
            "contentMessage.suggestions[0].fallbackUrl",
        ),
        (
            tap(Suggestion::show_place("l", "p", (90.0, -180.0), Some("x"))),
            tap(Suggestion::show_place("l", "p", (90.1, 0.0), None)),
            "contentMessage.suggestions[0].viewLocationAction.latLong",
        ),
        (
            tap(Suggestion::calendar("l", "p", event(100, 500))),
            tap(Suggestion::calendar("l", "p", event(101, 500))),
            "contentMessage.suggestions[0].createCalendarEventAction.title",
        ),
        (
            tap(Suggestion::calendar("l", "p", event(1, 1))),
            tap(Suggestion::calendar("l", "p", event(1, 501))),
            "contentMessage.suggestions[0].createCalendarEventAction.description",
        ),
        (
            card(Card::titled("t".repeat(200))),
            card(Card::titled("t".repeat(201))),
            "contentMessage.richCard.standaloneCard.cardContent.title",
        ),
        (
            card(Card::saying("d".repeat(2_000))),
            card(Card::saying("d".repeat(2_001))),
            "contentMessage.richCard.standaloneCard.cardContent.description",
        ),
        (
            card(Card::titled("t").suggest(replies(4))),
            card(Card::titled("t").suggest(replies(5))),
            "contentMessage.richCard.standaloneCard.cardContent.suggestions",
        ),
        (
            carousel(Width::Medium, 2, Height::Tall),
            carousel(Width::Medium, 1, Height::Tall),
            "contentMessage.richCard.carouselCard.cardContents",
        ),
        (
            carousel(Width::Small, 10, Height::Medium),
            carousel(Width::Small, 11, Height::Medium),
            "contentMessage.richCard.carouselCard.cardContents",
        ),
        (
            carousel(Width::Small, 2, Height::Medium),
            carousel(Width::Small, 2, Height::Tall),
            "contentMessage.richCard.carouselCard.cardContents[0].media.height",
        ),
        (
            Message::file(File::at("https://example.com/a.pdf")),
            Message::file(File::at("file:///etc/passwd")),
            "contentMessage.fileUrl",
        ),
        (
            text(1).lives_for(15 * day),
            text(1).lives_for(15 * day + Duration::from_secs(1)),
            "ttl",
        ),
        (
            text(1).lives_for(Duration::from_secs(10)),
            text(1).lives_for(Duration::ZERO),
            "ttl",
        ),
        (
            text(1).lives_until(Timestamp::now() + day),
            text(1).lives_until(Timestamp::now() - day),
            "expireTime",
        ),
        (
            Message::raw(json!({"text": "x".repeat(200_000)})),
            Message::raw(json!({"text": "x".repeat(250_001)})),
            "message",
        ),
        (
            Message::raw(json!({"text": "x", "suggestions": [1, 2]})).suggest(replies(9)),
            Message::raw(json!({"text": "x", "suggestions": [1, 2]})).suggest(replies(10)),
            "contentMessage.suggestions",
        ),
    ] {
        assert_eq!(faults(&fits), [""; 0], "{place}");
        let found = faults(&too_much);
        assert!(
            found
                .first()
                .is_some_and(|fault| fault.starts_with(&format!("`{place}`: "))),
            "{place}: {found:?}"
        );
    }
}

#[test]
fn a_message_is_written_as_google_documents_it() {
    let card = Card::titled("Soup")
        .description("Hot")
        .media(Media::new(
            File::uploaded("files/1").description("A bowl"),
            Height::Tall,
        ))
        .suggest([Suggestion::open_url(
            "Menu",
            "menu",
            "https://example.com",
            View::Half,
        )]);
    let message = rbm::Message::lying_card(card, rbm::Alignment::Right)
        .suggest([reply("More")])
        .traffic(rbm::TrafficType::Transaction)
        .lives_for(Duration::from_millis(10_500));
    let expected: Value = json!({
        "contentMessage": {
            "richCard": {"standaloneCard": {
                "cardOrientation": "HORIZONTAL",
                "thumbnailImageAlignment": "RIGHT",
                "cardContent": {
                    "title": "Soup",
                    "description": "Hot",
                    "media": {"height": "TALL", "contentDescription": "A bowl", "uploadedRbmFile": {"fileName": "files/1"}},
                    "suggestions": [{"action": {
                        "text": "Menu", "postbackData": "menu",
                        "openUrlAction": {"url": "https://example.com", "application": "WEBVIEW", "webviewViewMode": "HALF"},
                    }}],
                },
            }},
            "suggestions": [{"reply": {"text": "More", "postbackData": "p"}}],
        },
        "messageTrafficType": "TRANSACTION",
        "ttl": "10.500s",
    });
    assert_eq!(message.to_json().unwrap(), expected);
}

#[test]
fn what_only_one_platform_has_is_refused_for_the_other() {
    use business_messages::Message;
    let faults = |message: &Message| match message.to_json() {
        Ok(_) => Vec::new(),
        Err(unfit) => unfit.faults().to_vec(),
    };
    let tap = |suggestion| Message::text("x").suggest([suggestion]);
    assert_eq!(
        faults(&Message::text("x").suggest(replies(13)).fallback("y")),
        [""; 0]
    );
    assert_eq!(faults(&tap(Suggestion::live_agent())), [""; 0]);
    let image = File::at("https://example.com/a.png");
    assert_eq!(
        faults(&Message::image(image.clone().description("A bowl"))),
        [""; 0]
    );
    for refused in [
        Message::text("x").suggest(replies(14)),
        Message::text("x").fallback("y".repeat(3_073)),
        tap(Suggestion::share_location("l", "p")),
        tap(Suggestion::find_place("l", "p", "soup")),
        tap(Suggestion::open_url("l", "p", "https://example.com", View::Full)),
        Message::image(image),
        Message::image(File::uploaded("files/1").description("A bowl")),
    ] {
        assert_eq!(faults(&refused).len(), 1, "{:?}", faults(&refused));
    }
    let live_agent = rbm::Message::text("x").suggest([Suggestion::live_agent()]);
    assert!(live_agent.to_json().is_err());
}

#[test]
fn no_word_of_a_message_shows() {
    let card = Card::titled("sekrit").suggest([reply("sekrit")]);
    let message = rbm::Message::card(card.clone()).suggest([reply(&"sekrit".repeat(9))]);
    let unfit = message.to_json().unwrap_err();
    let shown = format!(
        "{message:?} {card:?} {unfit} {unfit:?} {:?}",
        business_messages::Message::card(card.clone())
    );
    assert!(!shown.contains("sekrit"), "{shown}");
}
