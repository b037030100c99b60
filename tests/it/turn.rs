//! What a handler is told of a turn.

use std::sync::{Arc, Mutex};

use flowhook::testing::Caller;
use flowhook::{Context, Intents, Reply, Result, Session, Source};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a test looks at, and what it saw.
struct App {
    look: fn(&flowhook::Call) -> Value,
    seen: Arc<Mutex<Value>>,
}

type Turn<P = flowhook::NoParams> = flowhook::Turn<P, App>;

async fn look(turn: Turn) -> Result<Reply> {
    *turn.app.seen.lock().unwrap() = (turn.app.look)(&turn);
    Ok(Reply::text("seen"))
}

/// What `look` sees of a request with these members beside those that every request has.
async fn seen(query: Value, original: Value, look: fn(&flowhook::Call) -> Value) -> Value {
    let seen = Arc::new(Mutex::new(Value::Null));
    let app = App {
        look,
        seen: Arc::clone(&seen),
    };
    let caller = Caller::new(Intents::new(app).fallback(self::look));
    let request = json!({
        "responseId": "r",
        "session": "projects/p/locations/eu/agent/environments/live/users/u/sessions/s",
        "queryResult": query,
        "originalDetectIntentRequest": original,
    });
    assert_eq!(caller.send(&request).await.text(), "seen");
    std::mem::take(&mut *seen.lock().unwrap())
}

#[tokio::test]
async fn words_language_intent_and_session_are_told() {
    let query = json!({
        "queryText": "a table", "languageCode": "pt-BR", "action": "table.book", "intentDetectionConfidence": 0.75,
        "intent": {"displayName": "table", "isFallback": true}, "cancelsSlotFilling": true,
    });
    let look = |call: &flowhook::Call| {
        let Session {
            project,
            location,
            environment,
            user,
            id,
            ..
        } = call.session();
        json!([
            call.said(),
            call.language(),
            call.action(),
            call.confidence(),
            call.intent(),
            call.is_fallback(),
            call.cancels_slot_filling(),
            call.response_id(),
            project,
            location,
            environment,
            user,
            id,
        ])
    };
    assert_eq!(
        seen(query, json!({}), look).await,
        json!([
            "a table",
            "pt-BR",
            "table.book",
            0.75,
            "table",
            true,
            true,
            "r",
            "p",
            "eu",
            "live",
            "u",
            "s"
        ])
    );
}

#[tokio::test]
async fn a_request_that_says_almost_nothing_is_told_as_such() {
    let look = |call: &flowhook::Call| {
        json!([
            call.said(),
            call.intent(),
            call.missing_slots(),
            call.no_match_count(),
            call.no_input_count(),
            call.sentiment().is_none(),
            call.knowledge_answers().is_empty(),
            call.user_id().is_none(),
            call.contexts().count(),
            call.has_console_response(),
            call.parameters().len(),
            *call.source() == Source::Api,
        ])
    };
    assert_eq!(
        seen(json!({}), Value::Null, look).await,
        json!(["", "", [], 0, 0, true, true, true, 0, false, 0, true])
    );
}

#[tokio::test]
async fn slots_that_nobody_filled_are_told_while_the_agent_asks_for_them() {
    let parameters = json!({"colour": "", "number": 0.0, "country": null, "dishes": [], "city": "Lyon"});
    let look = |call: &flowhook::Call| json!(call.missing_slots());
    let asking = json!({"parameters": parameters});
    assert_eq!(
        seen(asking, json!({}), look).await,
        json!(["colour", "country", "dishes"])
    );
    let done = json!({"parameters": parameters, "allRequiredParamsPresent": true});
    assert_eq!(seen(done, json!({}), look).await, json!([]));
}

#[tokio::test]
async fn dialogflows_own_contexts_are_hidden_and_its_counters_told() {
    let context = |id: &str, parameters: Value| json!({"name": format!("projects/p/agent/sessions/s/contexts/{id}"), "lifespanCount": 1, "parameters": parameters});
    let query = json!({"outputContexts": [
        context("__system_counters__", json!({"no-match": 2.0, "no-input": 1.0})),
        context("7e1c_id_dialog_context", json!({})),
        context("my-cart", json!({"n": 1.0})),
        context("Cart", json!({"n": 2.0})),
    ]});
    let look = |call: &flowhook::Call| {
        let ids: Vec<_> = call.contexts().map(flowhook::wire::Context::id).collect();
        let cart = call
            .context("cart")
            .and_then(|context| context.parameters.clone());
        json!([ids, call.no_match_count(), call.no_input_count(), cart])
    };
    assert_eq!(
        seen(query, json!({}), look).await,
        json!([["my-cart", "Cart"], 2, 1, {"n": 2.0}])
    );
}

#[tokio::test]
async fn mood_knowledge_and_integration_are_told() {
    let query = json!({
        "sentimentAnalysisResult": {"queryTextSentiment": {"score": -0.5, "magnitude": 2.0}},
        "knowledgeAnswers": {"answers": [{"answer": "At nine.", "matchConfidenceLevel": "HIGH"}]},
    });
    let original = json!({"source": "facebook", "payload": {"data": {"sender": {"id": "f1"}}}});
    let look = |call: &flowhook::Call| {
        let user = call.user_id().unwrap();
        json!([
            call.sentiment().unwrap().score,
            call.knowledge_answers()[0].answer,
            user.id,
            user.found_at,
            *call.source() == Source::Facebook,
            call.payload().unwrap()["data"]["sender"]["id"],
        ])
    };
    assert_eq!(
        seen(query, original, look).await,
        json!([-0.5, "At nine.", "f1", "data.sender.id", true, "f1"])
    );
}

#[tokio::test]
async fn the_whole_request_is_there_for_what_nothing_else_gives() {
    let look = |call: &flowhook::Call| call.json()["queryResult"]["invented"].clone();
    assert_eq!(
        seen(json!({"invented": [1, 2]}), json!({}), look).await,
        json!([1, 2])
    );
}

#[tokio::test(start_paused = true)]
async fn the_time_left_is_counted_from_the_arrival() {
    let look = |call: &flowhook::Call| json!(call.remaining().as_millis() as u64);
    assert_eq!(seen(json!({}), json!({}), look).await, 4_500);
    assert_eq!(seen(json!({}), json!({"source": "google"}), look).await, 9_500);
}

#[derive(Debug, Serialize, Deserialize)]
struct Cart {
    items: u8,
}

impl Context for Cart {
    const NAME: &'static str = "cart";
}

#[tokio::test]
async fn what_is_recalled_is_the_type_or_nothing_or_an_error_with_its_place() {
    async fn recall(turn: flowhook::Turn) -> Result<Reply> {
        Ok(Reply::text(match turn.recall::<Cart>() {
            Ok(Some(cart)) => format!("{} items", cart.items),
            Ok(None) => "no cart".to_owned(),
            Err(error) => error.to_string(),
        }))
    }
    let caller = Caller::new(Intents::new(()).on("recall", recall));
    assert_eq!(caller.ask("recall").await.text(), "no cart");
    let with = |items: Value| {
        caller
            .ask("recall")
            .context("CART", 1, json!({"items": items, "items.original": "two"}))
    };
    assert_eq!(with(json!(2.0)).await.text(), "2 items");
    assert_eq!(
        with(json!("")).await.text(),
        "intent `recall`: context `cart`: `items`: not given"
    );
}

#[tokio::test]
async fn nothing_that_the_user_said_shows_when_a_turn_is_printed() {
    let look = |call: &flowhook::Call| json!(format!("{call:?}"));
    let printed = seen(
        json!({"queryText": "Quilliams", "intent": {"displayName": "i"}}),
        json!({}),
        look,
    )
    .await;
    assert_eq!(printed, json!("Call { intent: \"i\", .. }"));
}
