//! Expectations: met ones pass, others say what was heard instead.

use flowhook::testing::{Caller, Heard};
use flowhook::wire::Platform;
use flowhook::{Card, Context, Intents, Message, OutputContext, Reply, Result, SessionEntities, Turn};
use serde::Serialize;
use serde_json::json;

use super::complaint;

#[derive(Serialize)]
struct Cart {
    items: u8,
}

impl Context for Cart {
    const NAME: &'static str = "cart";
}

async fn everything(_: Turn) -> Result<Reply> {
    Ok(Reply::text("Here it is.")
        .say(
            Card::new("Today")
                .subtitle("Soup")
                .image("https://example.com/soup.png")
                .button("Order", "order"),
        )
        .say(Message::image("https://example.com/map.png", "the way"))
        .say(Message::payload(
            json!({"line": {"type": "sticker", "packageId": 1}}),
        ))
        .chips(["Yes", "No"])
        .webhook_payload(json!({"shop": {"n": 2}}))
        .remember(&Cart { items: 2 })
        .context(OutputContext::new("old").lifespan(0))
        .session_entities(SessionEntities::overriding("fruit").entity("apple", ["apple"])))
}

async fn platforms(_: Turn) -> Result<Reply> {
    Ok(Reply::text("for all").say(Message::text("for one").on(Platform::Facebook)))
}

async fn fails(_: Turn) -> Result<Reply> {
    Err("the oven is cold".into())
}

async fn handed_over(_: Turn) -> Result<Reply> {
    Ok(Reply::text("Bye.").end_interaction().live_agent_handoff())
}

async fn heard(intent: &str, source: &str) -> Heard {
    let agent = Intents::new(())
        .on("everything", everything)
        .on("platforms", platforms)
        .on("fails", fails)
        .on("handed over", handed_over);
    Caller::new(agent).ask(intent).source(source).await
}

#[tokio::test]
async fn what_is_met_can_be_chained() {
    heard("everything", "")
        .await
        .expect_text("Here it is.")
        .expect_mention("Here")
        .expect_no_mention("there")
        .expect_one_of(["Here you are.", "Here it is."])
        .expect_chips(["Yes", "No"])
        .expect_card("Today")
        .expect_button("Order")
        .expect_image("https://example.com/soup.png")
        .expect_image("https://example.com/map.png")
        .expect_payload("line", &json!({"type": "sticker", "packageId": 1.0}))
        .expect_webhook_payload("shop", &json!({"n": 2}))
        .expect_context("cart", 5)
        .expect_remembered(&Cart { items: 2 })
        .expect_ended("old")
        .expect_untouched("other")
        .expect_entities("fruit", ["apple"])
        .expect_no_event()
        .expect_sound();
}

#[tokio::test]
async fn what_is_not_met_is_told_with_all_that_was_heard() {
    let heard = heard("everything", "").await;
    let complaint = complaint(|| heard.expect_chips(["Maybe"]));
    assert_eq!(
        complaint.lines().take(8).collect::<Vec<_>>(),
        [
            "expected the chips [\"Maybe\"]; the intent `everything` gave instead",
            "    Here it is.",
            "    card      Today / Soup https://example.com/soup.png [Order]",
            "    image     https://example.com/map.png the way",
            "    payload   {\"line\":{\"packageId\":1,\"type\":\"sticker\"}}",
            "    chips     [Yes] [No]",
            "    payload   {\"shop\":{\"n\":2}}",
            "    context   cart, 5 turns: {\"items\":2}",
        ]
    );
}

type Expectation<'a> = &'a dyn Fn() -> &'a Heard;

#[tokio::test]
async fn no_expectation_is_met_by_something_else() {
    let heard = heard("everything", "").await;
    let not_met: [(&str, Expectation<'_>); 25] = [
        ("the words", &|| heard.expect_text("Here")),
        ("to be mentioned", &|| heard.expect_mention("there")),
        ("not to be mentioned", &|| heard.expect_no_mention("Here")),
        ("one of the wordings", &|| heard.expect_one_of(["Here"])),
        ("the chips", &|| heard.expect_chips(["No", "Yes"])),
        ("no chips", &|| heard.expect_no_chips()),
        ("a card", &|| heard.expect_card("Soup")),
        ("no card", &|| heard.expect_no_card()),
        ("a button", &|| heard.expect_button("order")),
        ("a picture", &|| heard.expect_image("https://example.com/")),
        ("a list", &|| heard.expect_list(["Yes", "No"])),
        ("a message payload", &|| heard.expect_payload("line", &json!({}))),
        ("a webhook payload", &|| {
            heard.expect_webhook_payload("line", &json!({}))
        }),
        ("handed over", &|| heard.expect_transfer("+15550100")),
        ("for 4 turns", &|| heard.expect_context("cart", 4)),
        ("to carry", &|| heard.expect_remembered(&Cart { items: 3 })),
        ("to be ended", &|| heard.expect_forgotten::<Cart>()),
        ("as it is", &|| heard.expect_untouched("cart")),
        ("the event", &|| heard.expect_event("GO")),
        ("to be followed", &|| heard.expect_followed(["GO"])),
        ("a human", &|| heard.expect_handoff()),
        ("to end", &|| heard.expect_end()),
        ("session entities", &|| heard.expect_entities("fruit", ["pear"])),
        ("to stand", &|| heard.expect_console()),
        ("got before", &|| heard.expect_replayed()),
    ];
    for (expected, expectation) in not_met {
        let complaint = complaint(expectation);
        let first = complaint.lines().next().unwrap();
        assert!(first.contains(expected), "{expected}: {first}");
    }
}

#[tokio::test]
async fn an_integration_shows_its_own_messages_or_those_for_all() {
    heard("platforms", "facebook").await.expect_text("for one");
    heard("platforms", "slack").await.expect_text("for all");
    heard("platforms", "").await.expect_text("for all\nfor one");
}

#[tokio::test]
async fn failures_are_told_by_their_kind_and_are_not_sound() {
    let heard = heard("fails", "").await;
    heard.expect_failure("error");
    let complaint = complaint(|| heard.expect_sound());
    assert!(
        complaint.contains("failed    the oven is cold (error)"),
        "{complaint}"
    );
}

#[tokio::test]
async fn what_the_proof_changed_is_told_and_is_not_sound() {
    let heard = heard("handed over", "").await;
    heard.expect_changed("v2beta1");
    let complaint = complaint(|| heard.expect_sound());
    assert!(complaint.contains("taken out `endInteraction`"), "{complaint}");
}

#[tokio::test]
async fn an_error_status_lets_the_console_be_heard() {
    let caller = Caller::new(Intents::new(()).on("fails", fails));
    let heard = caller.ask("fails").console("From the console.").await;
    heard
        .expect_text("From the console.")
        .expect_console()
        .expect_failure("error");
}
