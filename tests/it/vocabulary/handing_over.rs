//! Handing over to a human, ending, leaving it to the console, and session entities.

use flowhook::testing::Caller;
use flowhook::wire::ApiVersion;
use flowhook::{Intents, Reply, Result, SessionEntities, Turn};
use serde_json::json;

use super::heard;

#[tokio::test]
async fn the_reason_of_a_hand_off_travels_in_the_payload_and_is_not_said() {
    let reply = Reply::text("I will get somebody.").hand_off("asks for a refund");
    let beta = heard(reply.clone(), ApiVersion::V2Beta1).await;
    assert_eq!(
        beta.json(),
        &json!({
            "fulfillmentMessages": [{"text": {"text": ["I will get somebody."]}}],
            "payload": {"handoff": {"reason": "asks for a refund"}},
            "liveAgentHandoff": true,
        })
    );
    let stable = heard(reply, ApiVersion::V2).await;
    assert_eq!(stable.json()["payload"]["handoff"]["reason"], "asks for a refund");
    assert!(stable.json().get("liveAgentHandoff").is_none());
    assert_eq!(stable.answered().findings.len(), 1);
}

#[tokio::test]
async fn a_hand_off_keeps_the_rest_of_the_payload_and_the_end() {
    let reply = Reply::text("bye")
        .webhook_payload(json!({"shop": {"cart": 3}}))
        .hand_off("asks for a refund")
        .end_interaction();
    let heard = heard(reply, ApiVersion::V2Beta1).await;
    assert_eq!(
        heard.json()["payload"],
        json!({"shop": {"cart": 3}, "handoff": {"reason": "asks for a refund"}})
    );
    assert_eq!(heard.json()["endInteraction"], true);
}

#[tokio::test]
async fn a_hand_off_without_a_word_is_silence_for_an_agent_of_v2_alone() {
    async fn say(_: Turn) -> Result<Reply> {
        Ok(Reply::console().hand_off("asks for a refund"))
    }
    let silent = heard(Reply::console().hand_off("asks for a refund"), ApiVersion::V2).await;
    assert_eq!(silent.answered().heard, "apology");
    assert_eq!(silent.json()["payload"]["handoff"]["reason"], "asks for a refund");
    let beta = heard(
        Reply::console().hand_off("asks for a refund"),
        ApiVersion::V2Beta1,
    )
    .await;
    assert_eq!(beta.messages().count(), 0);
    let caller = Caller::new(Intents::new(()).on("say", say));
    let console = caller.ask("say").console("The console speaks.").await;
    assert_eq!(console.messages().count(), 0, "the console's response stands");
    assert_eq!(
        console.json()["payload"]["handoff"]["reason"],
        "asks for a refund"
    );
}

#[tokio::test]
async fn session_entities_are_set_supplemented_and_given_back() {
    let reply = Reply::text("Apple or orange?")
        .session_entities(SessionEntities::overriding("fruit").entity("APPLE", ["apple", "pippin"]))
        .session_entities(SessionEntities::supplementing("nut").entity("hazel", ["hazel", "filbert"]))
        .session_entities(SessionEntities::restoring("berry", "cherry"));
    for version in [ApiVersion::V2, ApiVersion::V2Beta1] {
        let heard = heard(reply.clone(), version).await;
        let full = |name: &str| format!("projects/demo/agent/sessions/test/entityTypes/{name}");
        assert_eq!(
            heard.json()["sessionEntityTypes"],
            json!([
                {"name": full("fruit"), "entityOverrideMode": "ENTITY_OVERRIDE_MODE_OVERRIDE",
                    "entities": [{"value": "APPLE", "synonyms": ["apple", "pippin"]}]},
                {"name": full("nut"), "entityOverrideMode": "ENTITY_OVERRIDE_MODE_SUPPLEMENT",
                    "entities": [{"value": "hazel", "synonyms": ["hazel", "filbert"]}]},
                {"name": full("berry"), "entityOverrideMode": "ENTITY_OVERRIDE_MODE_SUPPLEMENT",
                    "entities": [{"value": "cherry", "synonyms": ["cherry"]}]},
            ])
        );
    }
}

/// How the apology begins where none is set.
const APOLOGY: &str = "Sorry, I could not answer";

#[tokio::test]
async fn a_hand_off_whose_words_were_all_taken_out_does_not_go_out_in_silence() {
    let broken = || Reply::text("").hand_off("asks for a refund");
    let apologised = heard(broken(), ApiVersion::V2).await;
    assert!(apologised.text().starts_with(APOLOGY), "{}", apologised.json());
    assert_eq!(apologised.answered().heard, "apology");
    assert_eq!(
        apologised.json()["payload"]["handoff"]["reason"],
        "asks for a refund"
    );
    let beta = heard(broken(), ApiVersion::V2Beta1).await;
    assert_eq!(
        (beta.messages().count(), &beta.json()["liveAgentHandoff"]),
        (0, &json!(true))
    );
    let flag_alone = heard(Reply::text("").live_agent_handoff(), ApiVersion::V2Beta1).await;
    assert_eq!(flag_alone.json(), &json!({"liveAgentHandoff": true}));

    async fn say(_: Turn) -> Result<Reply> {
        Ok(Reply::text("").hand_off("asks for a refund"))
    }
    let caller = Caller::new(Intents::new(()).on("say", say));
    let console = caller.ask("say").console("The console speaks.").await;
    assert_eq!(console.messages().count(), 0, "the console's response stands");
    assert!(console.json()["payload"]["handoff"].is_object());
}

#[tokio::test]
async fn a_payload_for_nobody_does_not_stand_for_words_that_were_taken_out() {
    async fn say(turn: Turn) -> Result<Reply> {
        let own = json!({turn.said(): {"expectUserResponse": true}});
        Ok(Reply::text("").webhook_payload(own))
    }
    let caller = Caller::new(Intents::new(()).on("say", say));
    for (key, source, is_shown) in [
        ("shop", "", false),
        ("shop", "google", false),
        ("google", "google", true),
    ] {
        let heard = caller.ask("say").said(key).source(source).await;
        assert_eq!(heard.text().starts_with(APOLOGY), !is_shown, "{key} {source}");
        assert!(heard.json()["payload"][key].is_object());
    }
}

#[tokio::test]
async fn a_long_text_or_a_long_reason_costs_nobody_the_hand_off() {
    let long = "x".repeat(70_000);
    let whole = json!({"reason": "asks for a refund"});
    let told = heard(Reply::text(&long).hand_off("asks for a refund"), ApiVersion::V2).await;
    assert_eq!(told.json()["payload"]["handoff"], whole);
    assert!(told.text().len() > 60_000);
    let beside = Reply::text(&long)
        .webhook_payload(json!({"shop": &long}))
        .hand_off("asks for a refund");
    let beside = heard(beside, ApiVersion::V2).await;
    assert_eq!(beside.json()["payload"], json!({"handoff": whole}));
    assert!(beside.text().len() > 60_000);
    let reason = heard(
        Reply::text("One moment.").hand_off("ä".repeat(40_000)),
        ApiVersion::V2,
    )
    .await;
    assert_eq!(reason.text(), "One moment.");
    let reason = reason.json()["payload"]["handoff"]["reason"].as_str().unwrap();
    assert_eq!(reason.len(), 4096);
}

#[tokio::test]
async fn a_session_has_one_set_of_entities_for_a_type_and_the_last_word_counts() {
    let reply = Reply::text("Apple or orange?")
        .session_entities(SessionEntities::overriding("fruit").entity("APPLE", ["apple"]))
        .session_entities(SessionEntities::supplementing("fruit").entity("PEAR", ["pear"]));
    let heard = heard(reply, ApiVersion::V2).await;
    heard.expect_entities("fruit", ["PEAR"]);
    assert_eq!(heard.json()["sessionEntityTypes"].as_array().unwrap().len(), 1);
}
