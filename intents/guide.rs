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

    use crate::intents::{App, agent};

    #[tokio::test]
    async fn the_context_is_set_for_five_turns() {
        let heard = Caller::new(agent(App)).ask("guide.context").await;
        assert_eq!(heard.context("context-name").unwrap()["lifespanCount"], 5);
    }

    #[tokio::test]
    async fn the_event_is_triggered() {
        assert_eq!(
            Caller::new(agent(App)).ask("guide.event").await.event(),
            Some("event-name")
        );
    }
}
