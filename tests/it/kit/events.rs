//! Events in a conversation: followed as Dialogflow follows them, and no further.

use flowhook::testing::{Caller, Conversation, Design};
use flowhook::{Answer, Event, Intents, OutputContext, Reply, Result, Turn};
use serde::Deserialize;
use serde_json::json;

use super::complaint;

async fn start(_: Turn) -> Result<Reply<Event>> {
    Ok(Reply::event("COUNT_DOWN")
        .parameter("left", 1)
        .context(OutputContext::new("counting").lifespan(5)))
}

#[derive(Deserialize)]
struct Count {
    left: Option<u8>,
}

async fn count(turn: Turn<Count>) -> Result<Answer> {
    Ok(match turn.params.left {
        Some(0) | None => Reply::text(format!("{} said", turn.said())).into(),
        Some(left) => Reply::event("COUNT_DOWN").parameter("left", left - 1).into(),
    })
}

fn conversation() -> Conversation {
    let agent = Intents::new(()).on("start", start).on("count", count);
    Caller::new(agent)
        .conversation()
        .designed(Design::of("count").defaults("left", "#count_down.left"))
}

#[tokio::test]
async fn an_event_leads_to_the_intent_that_listens_to_it() {
    let mut talk = conversation().listens("COUNT_DOWN", "count");
    let heard = talk.asks("start").said("go").await;
    heard
        .expect_text("COUNT_DOWN said")
        .expect_followed(["COUNT_DOWN", "COUNT_DOWN"])
        .expect_no_event()
        .expect_sound();
    assert_eq!(heard.intent(), "count");
    heard.earlier()[0].expect_event("COUNT_DOWN");
    talk.expect_context("counting", 3);
}

#[tokio::test]
async fn a_fourth_match_is_one_too_many() {
    let mut talk = conversation().listens("COUNT_DOWN", "count");
    let heard = talk.event("COUNT_DOWN", json!({"left": 2})).await;
    heard.expect_text("COUNT_DOWN said").expect_sound();
    let heard = talk.event("COUNT_DOWN", json!({"left": 3})).await;
    heard.expect_text("").expect_event("COUNT_DOWN");
    assert_eq!(heard.earlier().len(), 2);
    let complaint = complaint(|| heard.expect_sound());
    assert!(
        complaint.contains("3 matches in a turn are the most"),
        "{complaint}"
    );
}

#[tokio::test]
async fn an_event_that_nothing_listens_to_is_told() {
    let mut talk = conversation();
    let heard = talk.asks("start").await;
    heard.expect_event("COUNT_DOWN").expect_followed([]);
    assert!(complaint(|| heard.expect_sound()).contains("listens to the event `COUNT_DOWN`"));
    assert!(
        complaint(|| drop(talk.event("WELCOME", json!({}))))
            .contains("no intent listens to the event `WELCOME`")
    );
}

#[tokio::test]
async fn an_event_finds_only_an_intent_whose_contexts_are_active() {
    let design = || {
        Design::of("count")
            .listens("COUNT_DOWN")
            .defaults("left", "#count_down.left")
    };
    let mut talk = conversation().designed(design().needs("counting"));
    talk.asks("start").await.expect_text("COUNT_DOWN said");
    let mut talk = conversation().designed(design().needs("elsewhere"));
    talk.asks("start").await.expect_event("COUNT_DOWN");
}
