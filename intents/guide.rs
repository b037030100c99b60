//! One intent for each reply form of Dialogflow's fulfillment guide, to copy from.

use flowhook::{Card, Event, Message, OutputContext, Reply, Result, SessionEntities};
use serde_json::json;

use super::Turn;

/// Words.
pub async fn text(_: Turn) -> Result<Reply> {
    Ok(Reply::text("Text response from webhook"))
}

/// A card with a picture and a button.
pub async fn card(_: Turn) -> Result<Reply> {
    Ok(Reply::message(
        Card::new("card title")
            .subtitle("card text")
            .image("https://example.com/images/example.png")
            .button("button text", "https://example.com/path/for/end-user/to/follow"),
    ))
}

/// Words for Google Assistant, in its own form.
pub async fn google_assistant(_: Turn) -> Result<Reply> {
    Ok(Reply::google_assistant("this is a Google Assistant response"))
}

/// A context that lives for five turns.
pub async fn context(_: Turn) -> Result<Reply> {
    let context = OutputContext::new("context-name")
        .lifespan(5)
        .parameter("param-name", "param-value");
    Ok(Reply::text("Text response from webhook").context(context))
}

/// An event, which lets another intent answer.
pub async fn event(_: Turn) -> Result<Reply<Event>> {
    Ok(Reply::event("event-name")
        .language("en-US")
        .parameter("param-name", "param-value"))
}

/// Fruit to choose from, for this session only.
pub async fn session_entities(_: Turn) -> Result<Reply> {
    Ok(Reply::text("Choose apple or orange").session_entities(
        SessionEntities::overriding("fruit")
            .entity("APPLE_KEY", ["apple", "green apple", "crabapple"])
            .entity("ORANGE_KEY", ["orange"]),
    ))
}

/// A payload for several platforms at once.
pub async fn custom_payload(_: Turn) -> Result<Reply> {
    Ok(Reply::message(Message::payload(json!({
        "facebook": {"attachment": {"type": "", "payload": {}}},
        "slack": {"text": "", "attachments": []},
        "richContent": [[{
            "type": "image",
            "rawUrl": "https://example.com/images/logo.png",
            "accessibilityText": "Example logo",
        }]],
    }))))
}

#[cfg(test)]
mod tests {
    use flowhook::testing::Caller;
    use serde_json::json;

    use crate::intents::{App, agent};

    #[tokio::test]
    async fn every_reply_of_the_guide_is_one_that_dialogflow_accepts() {
        let caller = Caller::new(agent(App::default()));
        for intent in [
            "guide.text",
            "guide.card",
            "guide.google-assistant",
            "guide.context",
            "guide.event",
            "guide.session-entities",
            "guide.custom-payload",
        ] {
            caller.ask(intent).await.expect_sound();
        }
    }

    #[tokio::test]
    async fn the_card_has_its_picture_and_its_button() {
        let heard = Caller::new(agent(App::default())).ask("guide.card").await;
        heard
            .expect_card("card title")
            .expect_image("https://example.com/images/example.png")
            .expect_button("button text");
    }

    #[tokio::test]
    async fn the_context_is_active_for_five_turns() {
        let mut talk = Caller::new(agent(App::default())).conversation();
        talk.asks("guide.context")
            .await
            .expect_carried("context-name", &json!({"param-name": "param-value"}));
        talk.expect_context("context-name", 5);
    }

    #[tokio::test]
    async fn the_event_leads_to_whichever_intent_listens() {
        let mut talk = Caller::new(agent(App::default()))
            .conversation()
            .listens("event-name", "guide.text");
        let heard = talk.asks("guide.event").await;
        heard
            .expect_followed(["event-name"])
            .expect_text("Text response from webhook");
    }

    #[tokio::test]
    async fn the_fruit_is_known_for_this_session() {
        let mut talk = Caller::new(agent(App::default())).conversation();
        talk.asks("guide.session-entities").await;
        talk.expect_entities("fruit", ["APPLE_KEY", "ORANGE_KEY"]);
    }
}
