//! RCS for Business: every message and every suggestion.

use flowhook::rbm::{Card, Carousel, Content, Media, Suggestion, Text};
use flowhook::wire::{ApiVersion, CardWidth, Height, ThumbnailImageAlignment};
use flowhook::{Message, Reply};
use serde_json::json;

use super::{beta_on_the_wire, heard};

#[tokio::test]
async fn every_suggestion_is_written_as_the_protocol_has_it() {
    let text = Text::new("What next?")
        .suggest(Suggestion::reply("Yes", "yes"))
        .suggest(Suggestion::dial("Call", "call", "+16505550100"))
        .suggest(Suggestion::open_url("Map", "map", "https://example.com/map"))
        .suggest(Suggestion::share_location("Here", "here"));
    assert_eq!(
        beta_on_the_wire(text).await,
        json!({"rbmText": {"text": "What next?", "rbmSuggestion": [
            {"reply": {"text": "Yes", "postbackData": "yes"}},
            {"action": {"text": "Call", "postbackData": "call", "dial": {"phoneNumber": "+16505550100"}}},
            {"action": {"text": "Map", "postbackData": "map", "openUrl": {"uri": "https://example.com/map"}}},
            {"action": {"text": "Here", "postbackData": "here", "shareLocation": {}}},
        ]}})
    );
}

#[tokio::test]
async fn cards_lie_and_stand_and_hold_what_they_can() {
    let media =
        Media::new("https://example.com/soup.png", Height::Medium).thumbnail("https://example.com/s.png");
    let content = Content::titled("Soup")
        .description("of the day")
        .media(media.clone())
        .suggest(Suggestion::reply("Order", "order soup"));
    let whole = json!({
        "title": "Soup",
        "description": "of the day",
        "media": {"fileUri": "https://example.com/soup.png", "thumbnailUri": "https://example.com/s.png", "height": "MEDIUM"},
        "suggestions": [{"reply": {"text": "Order", "postbackData": "order soup"}}],
    });
    assert_eq!(
        beta_on_the_wire(Card::vertical(content.clone())).await,
        json!({"rbmStandaloneRichCard": {"cardOrientation": "VERTICAL", "cardContent": whole}})
    );
    assert_eq!(
        beta_on_the_wire(Card::horizontal(content, ThumbnailImageAlignment::Left)).await,
        json!({"rbmStandaloneRichCard": {
            "cardOrientation": "HORIZONTAL", "thumbnailImageAlignment": "LEFT", "cardContent": whole,
        }})
    );
    let carousel = Carousel::new(
        CardWidth::Small,
        [Content::describing("words"), Content::showing(media)],
    );
    assert_eq!(
        beta_on_the_wire(carousel).await,
        json!({"rbmCarouselRichCard": {"cardWidth": "SMALL", "cardContents": [
            {"description": "words"},
            {"media": whole["media"]},
        ]}})
    );
}

#[tokio::test]
async fn an_agent_of_v2_does_without_and_is_told_why() {
    let content = || Content::titled("a card");
    let messages: [Message; 3] = [
        Text::new("hello").into(),
        Card::vertical(content()).into(),
        Carousel::new(CardWidth::Medium, [content(), content()]).into(),
    ];
    for message in messages {
        let heard = heard(Reply::text("kept").say(message), ApiVersion::V2).await;
        assert_eq!(heard.text(), "kept");
        assert_eq!(heard.messages().count(), 1);
        let told = heard
            .answered()
            .findings
            .iter()
            .any(|finding| finding.to_string().contains("only v2beta1"));
        assert!(told, "{:?}", heard.answered().findings);
    }
}
