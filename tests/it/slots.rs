//! Slot filling: what a handler is told in the middle of it, and what it can do.

use flowhook::testing::{Caller, Conversation, Design};
use flowhook::{Answer, Intents, Reply, Result, Turn, sys};
use serde::Deserialize;
use serde_json::{Value, json};

/// A request from the middle of slot filling, as the console's simulator sends them.
fn request(parameters: &Value, contexts: &[&str]) -> Value {
    let session = "projects/p/locations/global/agent/sessions/5f1a";
    let context = |id: &&str| json!({"name": format!("{session}/contexts/{id}"), "lifespanCount": 1, "parameters": parameters});
    let contexts: Vec<_> = contexts.iter().map(context).collect();
    json!({
        "responseId": format!("{:032x}", fastrand::u128(..)),
        "session": session,
        "queryResult": {
            "queryText": "a table for two",
            "parameters": parameters,
            "fulfillmentText": "At what time?",
            "fulfillmentMessages": [{"text": {"text": ["At what time?"]}}],
            "outputContexts": contexts,
            "intent": {"name": "projects/p/agent/intents/7e1c", "displayName": "book"},
            "intentDetectionConfidence": 0.92,
            "languageCode": "en",
        },
        "originalDetectIntentRequest": {"payload": {}},
    })
}

/// Tells all that a turn says of its slots.
async fn tell(turn: Turn) -> Result<Reply> {
    let slots = turn.slots();
    let given: Vec<_> = slots.given().map(|(name, _)| name).collect();
    Ok(Reply::text(
        json!([
            slots.is_filling(),
            slots.missing(),
            given,
            slots.asked(),
            slots.prompt(),
            slots.is_cancelled()
        ])
        .to_string(),
    ))
}

async fn told(request: &Value) -> Value {
    let heard = Caller::new(Intents::new(()).on("book", tell)).send(request).await;
    serde_json::from_str(&heard.text()).unwrap()
}

#[tokio::test]
async fn what_is_missing_what_is_asked_and_how_are_told() {
    let parameters = json!({"guests": 0.0, "Opening-Time": "", "outside": false, "dishes": []});
    let contexts = [
        "__system_counters__",
        "7e1c_id_dialog_context",
        "book_dialog_context",
        "book_dialog_params_size",
        "book_dialog_params_opening-time",
    ];
    assert_eq!(
        told(&request(&parameters, &contexts)).await,
        json!([
            true,
            ["Opening-Time", "dishes"],
            ["guests", "outside"],
            "Opening-Time",
            "At what time?",
            false
        ])
    );
}

#[tokio::test]
async fn a_slot_called_size_is_not_taken_for_the_count_of_slots() {
    let asked = |parameters: Value, contexts: &'static [&'static str]| async move {
        told(&request(&parameters, contexts)).await[3].clone()
    };
    let count = &["book_dialog_params_size"];
    assert_eq!(asked(json!({"size": "", "colour": ""}), count).await, Value::Null);
    assert_eq!(
        asked(json!({"size": "", "colour": "red"}), count).await,
        json!("size")
    );
    let both = &["book_dialog_params_size", "book_dialog_params_colour"];
    assert_eq!(
        asked(json!({"size": "", "colour": ""}), both).await,
        json!("colour")
    );
    assert_eq!(asked(json!({"colour": ""}), &[]).await, Value::Null);
}

#[tokio::test]
async fn without_slots_to_fill_nothing_is_going_on() {
    let mut done = request(&json!({"guests": 2.0, "note": ""}), &["__system_counters__"]);
    done["queryResult"]["allRequiredParamsPresent"] = true.into();
    assert_eq!(
        told(&done).await,
        json!([false, [], ["guests"], null, null, false])
    );
    let without_parameters = request(&json!({}), &[]);
    assert_eq!(
        told(&without_parameters).await,
        json!([false, [], [], null, null, false])
    );
    let mut cancelled = request(&json!({"guests": 2.0, "time": ""}), &[]);
    cancelled["queryResult"]["cancelsSlotFilling"] = true.into();
    assert_eq!(
        told(&cancelled).await,
        json!([false, [], ["guests"], null, null, true])
    );
}

#[derive(Deserialize)]
struct Table {
    guests: Option<u8>,
    time: Option<sys::Time>,
}

/// Knows how many a regular guest brings, asks for the time in its own words, and does not open before six.
async fn book(turn: Turn<Table>) -> Result<Answer> {
    let slots = turn.slots();
    if slots.is_cancelled() {
        return Ok(Reply::text("Never mind, then.").into());
    }
    let Table { guests, time } = &turn.params;
    if guests.is_none() && turn.said() == "as always" {
        return Ok(slots.fill("guests", 2).event("BOOK_TABLE").into());
    }
    match (guests, time) {
        (Some(_), Some(time)) if time.hour() < 18 => Ok(slots.clear("time").event("BOOK_TABLE").into()),
        (Some(guests), Some(time)) => Ok(Reply::text(format!("{guests} at {time}.")).into()),
        (Some(_), None) => Ok(Reply::text("We open at six. When?").chips(["18:00"]).into()),
        (None, _) => Ok(Reply::prompt().into()),
    }
}

fn conversation() -> Conversation {
    let design = Design::of("book")
        .requires("guests", "How many?")
        .requires("time", "At what time?")
        .defaults("guests", "#book_table.guests")
        .defaults("time", "#book_table.time")
        .listens("BOOK_TABLE");
    Caller::new(Intents::new(()).on("book", book))
        .conversation()
        .designed(design)
}

#[tokio::test]
async fn the_agents_prompt_is_kept_or_another_is_said_in_its_place() {
    let mut talk = conversation();
    talk.asks("book").await.expect_console().expect_text("How many?");
    talk.asks("book")
        .parameter("guests", 2.0)
        .await
        .expect_text("We open at six. When?")
        .expect_chips(["18:00"]);
    talk.asks("book")
        .parameter("time", "2026-03-29T20:30:00+02:00")
        .await
        .expect_text("2 at 20:30.")
        .expect_no_event();
}

#[tokio::test]
async fn a_slot_is_filled_through_an_event_and_the_agent_asks_for_the_next() {
    let mut talk = conversation();
    talk.asks("book").await;
    let heard = talk.asks("book").said("as always").await;
    heard
        .expect_followed(["BOOK_TABLE"])
        .expect_text("We open at six. When?");
    let last = talk
        .asks("book")
        .parameter("time", "2026-03-29T19:00:00+02:00")
        .await;
    last.expect_text("2 at 19:00.");
}

#[tokio::test]
async fn a_slot_is_cleared_through_an_event_and_asked_for_again() {
    let mut talk = conversation();
    talk.asks("book").parameter("guests", 3.0).await;
    let heard = talk
        .asks("book")
        .parameter("time", "2026-03-29T12:00:00+02:00")
        .await;
    heard
        .expect_followed(["BOOK_TABLE"])
        .expect_text("We open at six. When?");
    talk.asks("book")
        .parameter("time", "2026-03-29T18:00:00+02:00")
        .await
        .expect_text("3 at 18:00.");
}

#[tokio::test]
async fn leaving_is_noticed() {
    let mut talk = conversation();
    talk.asks("book").parameter("guests", 2.0).await;
    let heard = talk.asks("book").said("forget it").cancels_slot_filling().await;
    heard.expect_text("Never mind, then.");
}

#[tokio::test]
async fn slots_are_offered_in_a_context_of_the_agents_and_reserved_ones_are_never_sent() {
    async fn offer(turn: Turn) -> Result<Reply> {
        Ok(Reply::prompt().context(
            turn.slots()
                .fill("time", "19:00")
                .clear("guests")
                .context("table")
                .lifespan(2),
        ))
    }
    let caller = Caller::new(Intents::new(()).on("book", offer));
    let contexts = ["7e1c_id_dialog_context", "book_dialog_params_time"];
    let heard = caller
        .send(&request(
            &json!({"guests": 2.0, "outside": true, "time": ""}),
            &contexts,
        ))
        .await;
    heard.expect_console();
    assert_eq!(heard.json()["outputContexts"].as_array().unwrap().len(), 1);
    heard.expect_carried("table", &json!({"outside": true, "time": "19:00"}));
}

#[tokio::test]
async fn nothing_that_the_user_said_shows_when_slots_are_printed() {
    async fn print(turn: Turn) -> Result<Reply> {
        let slots = turn.slots();
        Ok(Reply::text(format!(
            "{slots:?} {:?}",
            slots.fill("time", "19:00")
        )))
    }
    let caller = Caller::new(Intents::new(()).on("book", print));
    let heard = caller.send(&request(&json!({"guests": "Quilliams"}), &[])).await;
    heard.expect_text("Slots { .. } Filled { .. }");
}

#[derive(Deserialize)]
struct Whole {
    guests: u8,
    time: sys::Time,
}

async fn book_when_whole(turn: Turn<Whole>) -> Result<Reply> {
    let Whole { guests, time } = &turn.params;
    Ok(Reply::text(format!("{guests} at {time}.")))
}

#[tokio::test]
async fn the_agents_prompt_stands_while_a_handler_waits_for_what_it_needs() {
    let design = Design::of("book")
        .requires("guests", "How many?")
        .requires("time", "At what time?");
    let caller = Caller::new(Intents::new(()).on("book", book_when_whole));
    let mut talk = caller.conversation().designed(design);
    let first = talk.asks("book").await;
    assert_eq!(first.answered().failure, None);
    first.expect_console().expect_text("How many?");
    let second = talk.asks("book").parameter("guests", 2.0).await;
    second.expect_console().expect_text("At what time?");
    talk.asks("book")
        .parameter("time", "2026-03-29T20:30:00+02:00")
        .await
        .expect_text("2 at 20:30.");
}

#[tokio::test]
async fn what_does_not_fit_or_will_not_be_asked_for_is_a_failure_all_the_same() {
    let caller = Caller::new(Intents::new(()).on("book", book_when_whole));
    let misfit = request(&json!({"guests": "many", "time": ""}), &[]);
    let mut done = request(&json!({"guests": 2.0, "time": ""}), &[]);
    done["queryResult"]["allRequiredParamsPresent"] = true.into();
    let mut without_prompt = request(&json!({"guests": 2.0, "time": ""}), &[]);
    without_prompt["queryResult"]["fulfillmentText"] = "".into();
    without_prompt["queryResult"]["fulfillmentMessages"] = json!([]);
    for request in [misfit, done, without_prompt] {
        let heard = caller.send(&request).await;
        let failed = heard.answered().failure.as_ref().unwrap();
        assert_eq!(failed.kind, "parameters", "{}", failed.text);
    }
}
