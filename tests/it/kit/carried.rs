//! What a conversation carries from turn to turn: contexts, what is in them, session entities, who speaks.

use std::time::Duration;

use flowhook::testing::{Caller, Conversation, Design};
use flowhook::{Context, Intents, OutputContext, Reply, Result, SessionData, SessionEntities, Turn};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::complaint;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Cart {
    items: u8,
}

impl Context for Cart {
    const NAME: &'static str = "Cart";
    const LIFESPAN: u32 = 2;
}

/// Says what it was sent of contexts, but for those of Dialogflow's own.
async fn look(turn: Turn) -> Result<Reply> {
    let told: Vec<_> = turn
        .contexts()
        .map(|context| format!("{} {}", context.id(), context.lifespan_count))
        .collect();
    Ok(Reply::text(format!("[{}]", told.join(", "))))
}

async fn fill(turn: Turn) -> Result<Reply> {
    let items = turn.recall::<Cart>()?.map_or(1, |cart| cart.items + 1);
    Ok(Reply::text(items.to_string()).remember(&Cart { items }))
}

async fn empty(_: Turn) -> Result<Reply> {
    Ok(Reply::text("empty").forget::<Cart>())
}

async fn fruit(_: Turn) -> Result<Reply> {
    Ok(Reply::text("Which?").session_entities(
        SessionEntities::overriding("fruit")
            .entity("apple", ["apple"])
            .entity("pear", ["pear"]),
    ))
}

async fn forever(_: Turn) -> Result<Reply> {
    Ok(Reply::text("kept").context(OutputContext::new("shelf").lifespan(99).parameter("n", 3)))
}

async fn who(turn: Turn) -> Result<Reply> {
    Ok(Reply::text(format!(
        "{} {:?} {} {}",
        turn.language(),
        turn.source(),
        turn.no_match_count(),
        turn.no_input_count()
    )))
}

fn conversation() -> Conversation {
    let agent = Intents::new(())
        .on("look", look)
        .on("fill", fill)
        .on("empty", empty)
        .on("fruit", fruit)
        .on("forever", forever)
        .on("who", who);
    Caller::new(agent).conversation()
}

#[tokio::test]
async fn a_context_is_active_for_as_many_further_turns_as_its_lifespan_says() {
    let mut talk = conversation();
    talk.asks("fill").await.expect_context("cart", 2);
    talk.expect_context("cart", 2);
    talk.asks("look").await.expect_text("[cart 1]");
    talk.asks("look").await.expect_text("[cart 0]");
    talk.expect_forgotten::<Cart>();
    talk.asks("look").await.expect_text("[]");
}

#[tokio::test]
async fn a_reply_renews_a_context_and_ends_it() {
    let mut talk = conversation();
    for items in 1..=4 {
        let heard = talk.asks("fill").await;
        heard
            .expect_text(&items.to_string())
            .expect_remembered(&Cart { items });
        assert_eq!(talk.remembered(), Some(Cart { items }));
        talk.expect_remembered(&Cart { items }).expect_context("cart", 2);
    }
    talk.asks("empty").await.expect_forgotten::<Cart>();
    talk.expect_no_context("cart");
    talk.asks("look").await.expect_text("[]");
}

#[tokio::test]
async fn what_a_context_carries_comes_back_as_a_struct_carries_it() {
    let mut talk = conversation();
    talk.asks("forever").await;
    let request = talk.asks("look").request();
    let context = &request["queryResult"]["outputContexts"][0];
    assert_eq!(context["lifespanCount"], 98);
    assert_eq!(context["parameters"]["n"].to_string(), "3.0");
}

#[tokio::test]
async fn parameters_go_into_every_active_context_with_the_words_they_came_in() {
    let mut talk = conversation();
    talk.asks("forever").await;
    talk.asks("look")
        .parameter_said("day", "2030-01-02T12:00:00+01:00", "tomorrow")
        .parameter("guests", 2)
        .parameter("dishes", json!(["soup", "pie"]))
        .await;
    let (turns, carried) = talk.context("SHELF").unwrap();
    assert_eq!(turns, 98);
    assert_eq!(
        Value::Object(carried.clone()),
        json!({
            "n": 3, "day": "2030-01-02T12:00:00+01:00", "day.original": "tomorrow", "guests": 2, "guests.original": "2",
            "dishes": ["soup", "pie"], "dishes.original": ["soup", "pie"],
        })
    );
}

#[tokio::test(start_paused = true)]
async fn what_nothing_renews_for_twenty_minutes_is_gone() {
    let mut talk = conversation();
    talk.asks("forever").await;
    talk.asks("fruit")
        .await
        .expect_entities("fruit", ["apple", "pear"]);
    talk.idle(Duration::from_secs(19 * 60)).await;
    talk.asks("forever").await;
    talk.idle(Duration::from_secs(60)).await;
    talk.expect_context("shelf", 99).expect_entities("fruit", []);
    talk.idle(Duration::from_secs(18 * 60)).await;
    talk.asks("look").await.expect_text("[shelf 98]");
    talk.idle(Duration::from_secs(60)).await;
    talk.expect_no_context("shelf");
    talk.asks("look").await.expect_text("[]");
}

#[tokio::test]
async fn the_agent_sets_contexts_when_an_intent_is_matched() {
    let mut talk = conversation()
        .designed(Design::of("look").sets("look-followup", 2))
        .designed(Design::of("who").needs("look-followup").sets("look-followup", 0))
        .designed(Design::of("fruit").resets_contexts());
    let refused = complaint(|| drop(talk.asks("who")));
    assert!(
        refused.contains("input context `look-followup` is not active"),
        "{refused}"
    );
    talk.asks("look").await.expect_text("[look-followup 2]");
    talk.asks("who").await;
    talk.expect_no_context("look-followup");
    talk.asks("look").await;
    talk.asks("fruit").await;
    talk.expect_no_context("look-followup");
}

#[tokio::test]
async fn parameters_default_to_what_the_console_says() {
    let mut talk = conversation().designed(
        Design::of("look")
            .defaults("n", "#shelf.n")
            .defaults("unit", "pieces")
            .defaults("gone", "#nowhere.n"),
    );
    talk.asks("forever").await;
    let request = talk.asks("look").request();
    assert_eq!(
        request["queryResult"]["parameters"],
        json!({"n": 3.0, "unit": "pieces", "gone": ""})
    );
    let request = talk.asks("look").parameter("n", 5).request();
    assert_eq!(request["queryResult"]["parameters"]["n"], 5.0);
}

#[tokio::test]
async fn who_speaks_stays_the_same_but_for_single_turns() {
    let mut talk = conversation().language("fr-CA").source("facebook");
    talk.asks("who").await.expect_text("fr-CA Facebook 0 0");
    talk.asks("who")
        .language("de")
        .await
        .expect_text("de Facebook 0 0");
    talk.asks("who").await.expect_text("fr-CA Facebook 0 0");
}

#[tokio::test]
async fn turns_that_were_not_understood_or_silent_are_counted() {
    let mut talk = conversation().designed(Design::of("who").fallback());
    talk.asks("who").await.expect_text("en Api 1 0");
    talk.asks("who").await.expect_text("en Api 2 0");
    talk.asks("who")
        .no_input("actions_intent_NO_INPUT")
        .await
        .expect_text("en Api 0 1");
    talk.asks("who").await.expect_text("en Api 1 0");
    talk.asks("look").await;
    talk.asks("who").await.expect_text("en Api 1 0");
}

#[tokio::test]
async fn conversations_of_one_caller_know_nothing_of_one_another() {
    let caller = Caller::new(Intents::new(()).on("fill", fill));
    let (mut one, mut other) = (caller.conversation(), caller.conversation());
    one.asks("fill").await.expect_text("1");
    one.asks("fill").await.expect_text("2");
    other.asks("fill").await.expect_text("1");
    one.reset();
    one.asks("fill").await.expect_text("1");
}

#[tokio::test]
async fn a_repeated_call_changes_nothing() {
    let mut talk = conversation();
    let first = talk.asks("fill").await;
    let again = talk.again().await;
    again.expect_replayed().expect_text(&first.text());
    talk.asks("fill").await.expect_text("2");
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Visits {
    count: u64,
}

impl SessionData for Visits {
    const NAME: &'static str = "visits";
}

async fn visit(turn: Turn) -> Result<Reply> {
    let count = turn
        .session_data::<Visits>()?
        .map_or(1, |visits| visits.count + 1);
    Ok(Reply::text("Welcome.").session_data(&Visits { count }))
}

#[tokio::test]
async fn what_a_session_keeps_can_be_looked_at() {
    let mut talk = Caller::new(Intents::new(()).on("visit", visit)).conversation();
    assert_eq!(talk.session_data::<Visits>(), None);
    for count in 1..=3 {
        talk.asks("visit").parameter("count", 7).await.expect_sound();
        assert_eq!(talk.session_data(), Some(Visits { count }));
    }
}

#[tokio::test]
async fn each_form_of_session_is_held() {
    for session in [
        "projects/p/agent/sessions/s",
        "projects/p/locations/eu/agent/sessions/s",
        "projects/p/agent/environments/live/users/u/sessions/s",
        "projects/p/locations/eu/agent/environments/live/users/-/sessions/s",
    ] {
        let mut talk = conversation().session(session);
        talk.asks("fill").await.expect_sound();
        let heard = talk.asks("fill").await;
        assert_eq!(
            heard.context("cart").unwrap()["name"],
            format!("{session}/contexts/Cart")
        );
        heard.expect_text("2");
    }
}
