//! One of several wordings, messages and replies: by the call, and in tests by a number.

use std::collections::BTreeSet;

use flowhook::testing::Caller;
use flowhook::webhook::Options;
use flowhook::wire::Platform;
use flowhook::{Card, Intents, Message, Reply, Result, Turn};
use serde_json::Value;

async fn suggest(turn: Turn) -> Result<Reply> {
    let reply = turn.any_of([
        Reply::text("Soup?").chips(["Yes", "No"]),
        Reply::message(Card::new("Salad")),
    ]);
    Ok(reply
        .say(Message::one_of(["one", "two", "three"]))
        .say(Message::one_of(["eins", "zwei", "drei"]).on(Platform::Line)))
}

fn agent() -> Intents {
    Intents::new(()).on("suggest", suggest)
}

#[tokio::test]
async fn a_test_says_which_is_chosen() {
    for (seed, texts, has_card) in [
        (0, ["one", "eins"], false),
        (1, ["two", "zwei"], true),
        (2, ["three", "drei"], false),
        (3, ["one", "eins"], true),
    ] {
        let options = Options {
            seed: Some(seed),
            ..Options::default()
        };
        let heard = Caller::with_options(agent(), options).ask("suggest").await;
        for text in texts {
            let says = |message: &Value| message["text"]["text"][0] == text;
            assert!(heard.messages().any(says), "{text}: {}", heard.json());
        }
        assert_eq!(
            heard.messages().any(|message| message.get("card").is_some()),
            has_card
        );
    }
}

#[tokio::test]
async fn a_repeated_call_chooses_the_same_and_different_calls_choose_all() {
    let options = Options {
        // Nothing is remembered: the choice itself is the same.
        replay_for: std::time::Duration::ZERO,
        ..Options::default()
    };
    let caller = Caller::with_options(agent(), options);
    let mut chosen = BTreeSet::new();
    for call in 0..50 {
        let mut request = caller.ask("suggest").request();
        request["responseId"] = format!("call-{call}").into();
        let first = caller.send(&request).await;
        let again = caller.send(&request).await;
        assert!(!again.answered().is_replayed);
        assert_eq!(first.json(), again.json());
        chosen.insert(first.messages().any(|message| message.get("card").is_some()));
    }
    assert_eq!(chosen.len(), 2);
}
