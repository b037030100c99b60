//! Slot filling in a conversation.

use flowhook::testing::{Caller, Conversation, Design};
use flowhook::{Intents, Reply, Result, Turn};
use serde_json::json;

/// Says what is missing, and leaves the rest to the agent's prompt.
async fn order(turn: Turn) -> Result<Reply> {
    let missing = turn.missing_slots();
    if turn.cancels_slot_filling() {
        return Ok(Reply::text("Left."));
    }
    if missing.is_empty() {
        return Ok(Reply::text(format!("All of it: {}", turn.parameters().len())));
    }
    Ok(if missing.len() == 1 {
        Reply::console()
    } else {
        Reply::text(missing.join(" and "))
    })
}

fn conversation() -> Conversation {
    let agent = Intents::new(()).on("order", order).on("other", order);
    let design = Design::of("order")
        .requires("dish", "Which dish?")
        .requires("number", "How many?")
        .requires("time", "When?")
        .sets("ordered", 5);
    Caller::new(agent).conversation().designed(design)
}

#[tokio::test]
async fn slots_are_collected_over_turns_and_prompted_for_in_their_order() {
    let mut talk = conversation();
    talk.asks("order").await.expect_text("dish and number and time");
    talk.asks("order")
        .parameter("time", "19:00")
        .await
        .expect_text("dish and number");
    assert_eq!(talk.filling(), Some("order"));
    talk.asks("order")
        .parameter("dish", "soup")
        .await
        .expect_text("How many?")
        .expect_console();
    talk.expect_no_context("ordered");
    talk.asks("order")
        .parameter("number", 0)
        .await
        .expect_text("All of it: 3");
    talk.expect_context("ordered", 5);
    assert_eq!(talk.filling(), None);
}

#[tokio::test]
async fn another_intent_gives_up_what_was_collected() {
    let mut talk = conversation();
    talk.asks("order").parameter("dish", "soup").await;
    talk.asks("other").await.expect_text("All of it: 0");
    talk.asks("order").await.expect_text("dish and number and time");
}

#[tokio::test]
async fn leaving_is_told_and_ends_it() {
    let mut talk = conversation();
    talk.asks("order").parameter("dish", "soup").await;
    talk.asks("order")
        .said("never mind")
        .cancels_slot_filling()
        .await
        .expect_text("Left.");
    assert_eq!(talk.filling(), None);
    talk.expect_no_context("ordered");
    talk.asks("order").await.expect_text("dish and number and time");
}

#[tokio::test]
async fn a_lone_turn_may_say_what_is_missing() {
    let caller = Caller::new(Intents::new(()).on("order", order));
    let ask = caller
        .ask("order")
        .parameter("dish", "soup")
        .missing(["number", "time"]);
    let result = ask.request()["queryResult"].clone();
    assert_eq!(
        result["parameters"],
        json!({"dish": "soup", "number": "", "time": ""})
    );
    assert!(result.get("allRequiredParamsPresent").is_none());
    let contexts = result["outputContexts"].to_string();
    assert!(contexts.contains("order_dialog_params_number"), "{contexts}");
    ask.await.expect_text("number and time");
}
