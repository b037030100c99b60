//! Session data: kept whatever contexts come and go, several types side by side, bounded, and shown to nobody.

use flowhook::testing::{Caller, Heard};
use flowhook::webhook::session_data::MAX_BYTES;
use flowhook::{Event, Intents, OutputContext, Reply, Result, SessionData, Turn};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const CONTEXT: &str = "flowhook-session-data";

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Basket {
    dishes: Vec<String>,
    note: String,
    order_number: u64,
}

impl SessionData for Basket {
    const NAME: &'static str = "basket";
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Visits(u32);

impl SessionData for Visits {
    const NAME: &'static str = "visits";
}

#[derive(Deserialize)]
struct Length {
    length: usize,
}

fn agent() -> Intents {
    async fn order(turn: Turn) -> Result<Reply> {
        let mut basket: Basket = turn.session_data()?.unwrap_or_default();
        basket.dishes.push("soup".to_owned());
        basket.order_number = u64::MAX;
        Ok(Reply::text(format!("{basket:?}")).session_data(&basket))
    }
    async fn visit(turn: Turn) -> Result<Reply> {
        let Visits(before) = turn.session_data()?.unwrap_or(Visits(0));
        Ok(Reply::text(format!("{before} before")).session_data(&Visits(before + 1)))
    }
    async fn look(turn: Turn) -> Result<Reply> {
        assert_eq!(turn.contexts().count(), 0);
        assert!(turn.context(CONTEXT).is_none());
        Ok(Reply::text(format!("{:?}", turn.session_data::<Basket>()?)))
    }
    async fn long(turn: Turn<Length>) -> Result<Reply> {
        let note = "x".repeat(turn.params.length);
        let basket = Basket {
            note,
            ..Basket::default()
        };
        Ok(Reply::text("noted").session_data(&basket))
    }
    async fn leave(_: Turn) -> Result<Reply> {
        Ok(Reply::text("bye").forget_session_data::<Basket>())
    }
    async fn leave_all(_: Turn) -> Result<Reply> {
        Ok(Reply::text("bye")
            .session_data(&Visits(1))
            .forget_session_data::<Basket>()
            .forget_session_data::<Visits>())
    }
    async fn event(_: Turn) -> Result<Reply<Event>> {
        Ok(Reply::event("GO").session_data(&Visits(7)))
    }
    async fn by_hand(_: Turn) -> Result<Reply> {
        Ok(Reply::text("said").context(OutputContext::new("Flowhook-Session-Data")))
    }
    Intents::new(())
        .on("order", order)
        .on("visit", visit)
        .on("look", look)
        .on("long", long)
        .on("leave", leave)
        .on("leave all", leave_all)
        .on("event", event)
        .on("by hand", by_hand)
}

fn kept(heard: &Heard) -> &Value {
    &heard.context(CONTEXT).unwrap()["parameters"]
}

fn basket(note: &str) -> Value {
    let basket = Basket {
        note: note.to_owned(),
        ..Basket::default()
    };
    json!({"sessionData": {"basket": serde_json::to_string(&basket).unwrap()}})
}

#[tokio::test]
async fn it_comes_back_exactly_as_it_was_given() {
    let caller = Caller::new(agent());
    let first = caller.ask("order").await;
    let context = first.context(CONTEXT).unwrap();
    assert_eq!(context["lifespanCount"], 99);
    assert_eq!(
        context["name"],
        "projects/demo/agent/sessions/test/contexts/flowhook-session-data"
    );
    // As Dialogflow hands it on: with the parameters of a matched intent beside it.
    let mut carried = kept(&first).clone();
    carried["note"] = "an intent's".into();
    let second = caller.ask("order").context(CONTEXT, 98, carried.clone()).await;
    assert_eq!(
        second.text(),
        format!(
            "{:?}",
            Basket {
                dishes: vec!["soup".into(), "soup".into()],
                note: String::new(),
                order_number: u64::MAX
            }
        )
    );
    assert_eq!(
        kept(&second).as_object().unwrap().len(),
        1,
        "what Dialogflow added is not sent back"
    );
    let looked = caller.ask("look").context(CONTEXT, 98, carried).await;
    assert!(looked.text().contains("order_number: 18446744073709551615"));
    assert_eq!(caller.ask("look").await.text(), "None");
}

#[tokio::test]
async fn types_do_not_overwrite_one_another() {
    let caller = Caller::new(agent());
    let first = caller.ask("order").await;
    let second = caller
        .ask("visit")
        .context(CONTEXT, 98, kept(&first).clone())
        .await;
    let third = caller
        .ask("visit")
        .context(CONTEXT, 98, kept(&second).clone())
        .await;
    assert_eq!(third.text(), "1 before");
    assert_eq!(
        kept(&third)["sessionData"]["basket"],
        kept(&first)["sessionData"]["basket"]
    );
    assert_eq!(kept(&third)["sessionData"]["visits"], "2");
    let left = caller
        .ask("leave")
        .context(CONTEXT, 98, kept(&third).clone())
        .await;
    assert_eq!(kept(&left), &json!({"sessionData": {"visits": "2"}}));
    let empty = caller
        .ask("leave all")
        .context(CONTEXT, 98, kept(&third).clone())
        .await;
    assert_eq!(
        empty.context(CONTEXT).unwrap(),
        &json!({"name": "projects/demo/agent/sessions/test/contexts/flowhook-session-data", "lifespanCount": 0})
    );
}

#[tokio::test]
async fn every_reply_renews_it_and_without_any_nothing_is_sent() {
    let caller = Caller::new(agent());
    for left in [98, 1, 0] {
        let renewed = caller.ask("look").context(CONTEXT, left, basket("")).await;
        assert_eq!(renewed.context(CONTEXT).unwrap()["lifespanCount"], 99);
        assert_eq!(kept(&renewed), &basket(""));
    }
    for carried in [json!({}), json!({"sessionData": {}})] {
        let none = caller.ask("look").context(CONTEXT, 1, carried).await;
        assert_eq!(none.json().get("outputContexts"), None);
    }
    let by_event = caller.ask("event").context(CONTEXT, 3, basket("")).await;
    assert_eq!(by_event.event(), Some("GO"));
    assert_eq!(kept(&by_event)["sessionData"].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_too_large_is_left_out_and_the_error_names_type_and_size() {
    let caller = Caller::new(agent());
    let empty = serde_json::to_string(&Basket::default()).unwrap().len() + "basket".len();
    let fits = caller.ask("long").parameter("length", MAX_BYTES - empty).await;
    assert_eq!(fits.answered().findings, []);
    assert!(fits.context(CONTEXT).is_some());

    let large = caller
        .ask("long")
        .parameter("length", MAX_BYTES - empty + 1)
        .context(CONTEXT, 90, basket("the one before"))
        .await;
    assert_eq!(large.text(), "noted");
    assert_eq!(kept(&large), &basket("the one before"));
    let finding = large.answered().findings[0].to_string();
    let size = format!("{} bytes", MAX_BYTES + 1 - "basket".len());
    for part in ["`basket`", "::Basket`", &size, "16384"] {
        assert!(finding.contains(part), "{finding}");
    }
    assert!(!finding.contains("xxx"));

    let mut full = basket(&"x".repeat(MAX_BYTES - empty));
    let beside = caller.ask("visit").context(CONTEXT, 90, full.clone()).await;
    assert!(beside.answered().findings[0].to_string().contains("`visits`"));
    full["sessionData"]["visits"] = "1".into();
    let left = caller.ask("leave all").context(CONTEXT, 90, full).await;
    assert_eq!(left.answered().findings, []);
}

#[tokio::test]
async fn what_others_put_there_is_an_error_that_quotes_nothing() {
    let caller = Caller::new(agent());
    for (kept, place) in [
        (
            json!(r#"{"dishes": ["Quilliams"], "note": 7, "order_number": 1}"#),
            "note",
        ),
        (json!(r#"{"dishes": "#), "refused"),
        (json!("Quilliams"), "refused"),
        (json!({"dishes": ["Quilliams"]}), "refused"),
        (json!(4.0), "refused"),
    ] {
        let carried = json!({"sessionData": {"basket": kept}});
        let heard = caller.ask("look").context(CONTEXT, 90, carried.clone()).await;
        let failed = heard.answered().failure.as_ref().unwrap();
        assert!(failed.text.contains("session data `basket`"), "{}", failed.text);
        assert!(failed.text.contains(place), "{}", failed.text);
        assert!(!failed.text.contains("Quilliams"), "{}", failed.text);
        // Another type is none the worse for it, and a new value mends it.
        assert_eq!(
            caller
                .ask("visit")
                .context(CONTEXT, 90, carried.clone())
                .await
                .text(),
            "0 before"
        );
        let mended = caller
            .ask("long")
            .parameter("length", 1)
            .context(CONTEXT, 90, carried)
            .await;
        assert_eq!(kept_basket(&mended), basket("x")["sessionData"]["basket"]);
    }
    for carried in [json!({}), json!({"sessionData": 1}), json!({"sessionData": null})] {
        assert_eq!(
            caller.ask("look").context(CONTEXT, 90, carried).await.text(),
            "None"
        );
    }
}

fn kept_basket(heard: &Heard) -> Value {
    kept(heard)["sessionData"]["basket"].clone()
}

#[tokio::test]
async fn its_context_is_nobody_elses() {
    let heard = Caller::new(agent()).ask("by hand").await;
    assert_eq!(heard.text(), "said");
    assert!(heard.context(CONTEXT).is_none());
    assert!(heard.answered().findings[0].rule.contains("session data"));
}

#[test]
fn debug_shows_none_of_it() {
    let basket = Basket {
        note: "Quilliams".to_owned(),
        ..Basket::default()
    };
    let reply = Reply::console()
        .session_data(&basket)
        .context(OutputContext::new("cart").parameter("who", "Quilliams"));
    let shown = format!("{reply:?}");
    assert!(shown.contains("basket"), "{shown}");
    assert!(!shown.contains("Quilliams"), "{shown}");
}

#[tokio::test]
async fn more_than_a_session_may_keep_is_dropped_and_does_not_fill_each_reply() {
    let caller = Caller::new(agent());
    let mut forged = basket("");
    forged["sessionData"]["Quilliams"] = "x".repeat(65_536).into();
    for intent in ["visit", "leave"] {
        let heard = caller.ask(intent).context(CONTEXT, 90, forged.clone()).await;
        assert_eq!(heard.answered().failure, None);
        assert!(heard.json().to_string().len() < 1_000);
        let finding = heard.answered().findings[0].to_string();
        assert!(
            finding.contains("16384") && !finding.contains("Quilliams"),
            "{finding}"
        );
    }
}
