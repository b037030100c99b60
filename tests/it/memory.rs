//! Contexts typed and by name, what an event brings, and that nothing leaves which no handler named.

use flowhook::testing::Caller;
use flowhook::{Context, Intents, OutputContext, Reply, Result, Turn};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The four forms of a session's name.
const SESSIONS: [&str; 4] = [
    "projects/p/agent/sessions/s",
    "projects/p/locations/global/agent/sessions/s",
    "projects/p/agent/environments/e/users/-/sessions/s",
    "projects/p/locations/us/agent/environments/e/users/u/sessions/s",
];

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Cart {
    n: u32,
}

impl Context for Cart {
    const NAME: &'static str = "cart";
    const LIFESPAN: u32 = 7;
}

/// Asks a handler in a session, with contexts of those ids, turns and contents.
macro_rules! ask {
    ($session:expr, $contexts:expr, $handler:expr) => {{
        let caller = Caller::new(Intents::new(()).on("it", $handler));
        let mut request = caller.ask("it").request();
        request["session"] = $session.into();
        let contexts: Vec<(&str, Value, Value)> = $contexts.into_iter().collect();
        let contexts = contexts.into_iter().map(|(id, turns, carries)| {
            json!({"name": format!("{}/contexts/{id}", $session), "lifespanCount": turns, "parameters": carries})
        });
        request["queryResult"]["outputContexts"] = contexts.collect();
        caller.send(&request).await
    }};
}

#[tokio::test]
async fn f4_a_context_is_found_and_set_in_every_form_of_session() {
    async fn count(turn: Turn) -> Result<Reply> {
        let Cart { n } = turn.recall()?.unwrap_or_default();
        Ok(Reply::text(n.to_string()).remember(&Cart { n: n + 1 }))
    }
    for session in SESSIONS {
        let heard = ask!(session, [("cart", json!(2), json!({"n": 4.0}))], count);
        assert_eq!(heard.text(), "4");
        // F12: the full name, from the request's session.
        let full = format!("{session}/contexts/cart");
        assert_eq!(
            heard.json()["outputContexts"],
            json!([{"name": full, "lifespanCount": 7, "parameters": {"n": 5}}])
        );
        let none: [(&str, Value, Value); 0] = [];
        assert_eq!(ask!(session, none, count).text(), "0", "the default");
    }
}

#[tokio::test]
async fn f13_my_cart_is_not_cart_and_case_makes_no_difference() {
    async fn count(turn: Turn) -> Result<Reply> {
        assert_eq!(turn.context("MY-CART").unwrap().id(), "my-cart");
        Ok(Reply::text(format!("{:?}", turn.recall::<Cart>()?)))
    }
    let mine = ("my-cart", json!(5), json!({"n": 1}));
    let contexts = [mine.clone(), ("CART", json!(5), json!({"n": 2}))];
    assert_eq!(ask!(SESSIONS[0], contexts, count).text(), "Some(Cart { n: 2 })");
    assert_eq!(ask!(SESSIONS[0], [mine], count).text(), "None");
}

#[tokio::test]
async fn f14_what_is_forgotten_is_sent_with_a_lifespan_of_0() {
    async fn forget(_: Turn) -> Result<Reply> {
        Ok(Reply::text("gone").forget::<Cart>().forget_context("Old"))
    }
    for session in SESSIONS {
        let heard = ask!(session, [("cart", json!(5), json!({"n": 1}))], forget);
        assert_eq!(
            heard.json()["outputContexts"],
            json!([
                {"name": format!("{session}/contexts/cart"), "lifespanCount": 0},
                {"name": format!("{session}/contexts/Old"), "lifespanCount": 0},
            ])
        );
    }
}

#[tokio::test]
async fn what_no_reply_names_is_not_sent_and_a_value_remembered_again_is() {
    async fn look(turn: Turn) -> Result<Reply> {
        assert_eq!(turn.contexts().count(), 2);
        Ok(Reply::text(format!("{:?}", turn.recall::<Cart>()?)))
    }
    async fn again(turn: Turn) -> Result<Reply> {
        let cart: Cart = turn.recall()?.unwrap_or_default();
        Ok(Reply::text("again").remember(&cart))
    }
    let contexts = [
        ("cart", json!(2), json!({"n": 1})),
        ("other", json!(2), json!({"n": 1})),
    ];
    let heard = ask!(SESSIONS[0], contexts.clone(), look);
    assert_eq!(heard.json().get("outputContexts"), None);
    let heard = ask!(SESSIONS[0], contexts, again);
    assert_eq!(heard.context("cart").unwrap()["lifespanCount"], 7);
    assert!(heard.context("other").is_none());
}

#[tokio::test]
async fn a_context_is_kept_with_what_it_carries_and_only_if_it_is_active() {
    async fn keep(_: Turn) -> Result<Reply> {
        Ok(Reply::text("kept")
            .keep::<Cart>()
            .keep_context("Generic", 3)
            .keep_context("gone", 3))
    }
    let contexts = [
        ("CART", json!(0), json!({"n": 1, "n.original": "one"})),
        ("generic", Value::Null, Value::Null),
    ];
    let heard = ask!(SESSIONS[1], contexts, keep);
    assert_eq!(heard.answered().findings, []);
    assert_eq!(
        heard.json()["outputContexts"],
        json!([
            {"name": format!("{}/contexts/cart", SESSIONS[1]), "lifespanCount": 7, "parameters": {"n": 1, "n.original": "one"}},
            {"name": format!("{}/contexts/Generic", SESSIONS[1]), "lifespanCount": 3},
        ])
    );
}

#[tokio::test]
async fn the_last_word_counts_but_keeping_never_takes_a_new_value_back() {
    async fn words(_: Turn) -> Result<Reply> {
        Ok(Reply::text("words")
            .remember_for(&Cart { n: 9 }, 2)
            .keep::<Cart>()
            .forget_context("a")
            .keep_context("a", 4)
            .keep_context("b", 4)
            .forget_context("b"))
    }
    let contexts = [
        ("cart", json!(1), json!({"n": 1})),
        ("a", json!(1), json!({"n": 1})),
        ("b", json!(1), json!({"n": 1})),
    ];
    let heard = ask!(SESSIONS[0], contexts, words);
    let context = |id| {
        let context = heard.context(id).unwrap();
        (
            context["lifespanCount"].clone(),
            context["parameters"]["n"].clone(),
        )
    };
    assert_eq!(context("cart"), (json!(7), json!(9)));
    assert_eq!(context("a"), (json!(4), json!(1)));
    assert_eq!(context("b"), (json!(0), Value::Null));
}

#[tokio::test]
async fn the_turns_that_are_left_are_told() {
    async fn left(turn: Turn) -> Result<Reply> {
        Ok(Reply::text(format!("{:?}", turn.turns_left::<Cart>())))
    }
    for (count, told) in [
        (json!(3), "Some(3)"),
        (json!(-1), "Some(0)"),
        (Value::Null, "Some(0)"),
    ] {
        assert_eq!(ask!(SESSIONS[0], [("cart", count, json!({}))], left).text(), told);
    }
    assert_eq!(
        ask!(SESSIONS[0], [("my-cart", json!(1), json!({}))], left).text(),
        "None"
    );
}

#[tokio::test]
async fn what_dialogflow_keeps_for_itself_is_hidden_and_never_sent() {
    const KEPT: [&str; 5] = [
        "__system_counters__",
        "0a1b_id_dialog_context",
        "Book_Dialog_Context",
        "book_dialog_params_size",
        "book_dialog_params_date",
    ];
    async fn try_all(turn: Turn) -> Result<Reply> {
        assert_eq!(
            turn.contexts().map(|context| context.id()).collect::<Vec<_>>(),
            ["cart"]
        );
        assert_eq!(turn.no_match_count(), 2);
        let mut reply = Reply::text("said");
        for id in KEPT {
            assert!(turn.context(id).is_none(), "{id}");
            assert!(turn.recall_from::<Cart>(id)?.is_none(), "{id}");
            reply = reply.context(OutputContext::new(id)).keep_context(id, 5);
        }
        Ok(reply.forget_context("__system_counters__"))
    }
    let contexts = KEPT.into_iter().chain(["cart"]);
    let contexts = contexts.map(|id| (id, json!(1), json!({"no-match": 2.0, "n": 1})));
    let heard = ask!(SESSIONS[0], contexts, try_all);
    assert_eq!(
        heard.json(),
        &json!({"fulfillmentMessages": [{"text": {"text": ["said"]}}]})
    );
    assert_eq!(heard.answered().findings.len(), KEPT.len());
}

#[derive(Deserialize)]
struct Picked {
    option: Option<String>,
    #[serde(default)]
    price: u32,
}

#[tokio::test]
async fn what_an_event_brings_is_read_from_the_context_of_its_name() {
    async fn picked(turn: Turn) -> Result<Reply> {
        let Some(picked) = turn.event_parameters::<Picked>()? else {
            return Ok(Reply::text("nothing"));
        };
        Ok(Reply::text(format!("{:?} {}", picked.option, picked.price)))
    }
    let caller = Caller::new(Intents::new(()).on("it", picked));
    let ask = |said: &str| caller.ask("it").said(said);
    let brought = json!({"option": "tea", "price": 2.0});
    let heard = ask("Item_PICKED")
        .context("item_picked", 1, brought.clone())
        .await;
    assert_eq!(heard.text(), "Some(\"tea\") 2");
    let heard = ask("item_picked")
        .context("ITEM_PICKED", 1, json!({"option": ""}))
        .await;
    assert_eq!(heard.text(), "None 0");
    let heard = ask("I pick tea").context("item_picked", 1, brought.clone()).await;
    assert_eq!(heard.text(), "nothing");
    assert_eq!(
        ask("PICKED").context("item_picked", 1, brought).await.text(),
        "nothing"
    );
    assert_eq!(ask("").await.text(), "nothing");
    let heard = ask("PICKED").context("picked", 1, json!({"price": "dear"})).await;
    let failed = heard.answered().failure.as_ref().unwrap();
    assert!(failed.text.contains("`price`"), "{}", failed.text);
    assert!(!failed.text.contains("dear"), "{}", failed.text);
}

#[tokio::test]
async fn f19_a_context_that_is_not_there_is_none_and_a_wrong_one_an_error() {
    async fn count(turn: Turn) -> Result<Reply> {
        Ok(match turn.recall::<Cart>()? {
            Some(cart) => Reply::text(cart.n.to_string()),
            None => Reply::text("Which cart?"),
        })
    }
    let none: [(&str, Value, Value); 0] = [];
    assert_eq!(ask!(SESSIONS[0], none, count).text(), "Which cart?");
    let heard = ask!(SESSIONS[0], [("cart", json!(1), json!({"n": "many"}))], count);
    let failed = heard.answered().failure.as_ref().unwrap();
    assert!(failed.text.contains("context `cart`: `n`"), "{}", failed.text);
}
