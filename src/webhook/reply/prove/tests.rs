//! Raw replies, as no handler can build them, against the rules.

use serde_json::json;

use super::limits::MAX_DEPTH;
use super::*;

fn proof(response: Value) -> (Option<Value>, Vec<String>) {
    let proof = prove(
        serde_json::from_value(response).unwrap(),
        Vec::new(),
        &Terms {
            version: ApiVersion::V2,
            session: None,
            source: &Source::Api,
        },
    );
    let body = proof.body.map(|body| {
        assert!(body.len() <= MAX_BYTES);
        serde_json::from_slice(&body).unwrap()
    });
    (body, proof.findings.iter().map(ToString::to_string).collect())
}

#[test]
fn what_breaks_a_rule_is_taken_out_and_the_rest_stands() {
    let (body, findings) = proof(json!({
        "fulfillmentMessages": [
            {"text": {"text": ["hello"]}},
            {"text": {"text": [""]}},
            {"telephonyTransferCall": {"phoneNumber": "+15550100"}},
            {"text": {"text": ["on the phone"]}, "platform": "TELEPHONY"},
            {"card": {"title": "a card"}, "platform": "FACEBOOK"},
            {"hologram": {}},
        ],
        "outputContexts": [
            {"name": "projects/p/agent/sessions/s/contexts/cart", "lifespanCount": 0},
        ],
        "endInteraction": true,
        "speech": "of version 1",
    }));
    assert_eq!(
        body,
        Some(json!({
            "fulfillmentMessages": [
                {"text": {"text": ["hello"]}},
                {"card": {"title": "a card"}, "platform": "FACEBOOK"},
            ],
            "outputContexts": [{"name": "projects/p/agent/sessions/s/contexts/cart", "lifespanCount": 0}],
        }))
    );
    assert_eq!(
        findings,
        [
            "`fulfillmentMessages[3]`: only v2beta1 knows the platform TELEPHONY, the agent is set to v2",
            "`fulfillmentMessages[2].telephonyTransferCall`: only v2beta1 knows it, the agent is set to v2",
            "`fulfillmentMessages[5].hologram`: no version of the API has a field of that name",
            "`endInteraction`: only v2beta1 knows it, the agent is set to v2",
            "`speech`: no version of the API has a field of that name",
            "`fulfillmentMessages[1]`: a text has words in it",
        ]
    );
}

#[test]
fn a_reply_of_which_nothing_is_left_has_no_body() {
    let (body, findings) = proof(json!({"followupEventInput": {"name": "", "languageCode": "en"}}));
    assert_eq!(body, None);
    assert_eq!(
        findings,
        ["`followupEventInput`: an event has a name, without control characters"]
    );
}

#[test]
fn an_empty_reply_lets_the_console_speak() {
    assert_eq!(proof(json!({})), (Some(json!({})), Vec::new()));
}

#[test]
fn a_reply_of_exactly_the_limit_passes_whole() {
    let frame = written(&json!({"fulfillmentMessages": [{"text": {"text": [""]}}]})).len();
    let words = "x".repeat(MAX_BYTES - frame);
    let (body, findings) = proof(json!({"fulfillmentMessages": [{"text": {"text": [words]}}]}));
    assert_eq!(written(&body.unwrap()).len(), MAX_BYTES);
    assert_eq!(findings, [""; 0]);
}

#[test]
fn too_many_words_are_shortened_and_what_comes_after_is_dropped() {
    for letter in ["x", "é", "\u{1}", "\"", "🦀"] {
        let (body, findings) = proof(json!({
            "fulfillmentMessages": [{"text": {"text": [letter.repeat(MAX_BYTES)]}}, {"card": {"title": "t"}}],
            "payload": {"google": {}},
        }));
        let body = body.unwrap();
        let messages = body["fulfillmentMessages"].as_array().unwrap();
        assert!(messages[0]["text"]["text"][0].as_str().unwrap().ends_with('…'));
        assert!(written(&body).len() > MAX_BYTES - 64, "the room is used");
        assert!(findings[0].starts_with("`fulfillmentMessages[0]`: a reply has at most 65536"));
    }
}

#[test]
fn contexts_that_fill_the_reply_alone_leave_nothing_to_send() {
    let (body, findings) = proof(json!({
        "fulfillmentMessages": [{"text": {"text": ["hello"]}}],
        "outputContexts": [{
            "name": "projects/p/agent/sessions/s/contexts/cart",
            "parameters": {"all": "x".repeat(MAX_BYTES)},
        }],
    }));
    assert_eq!(body, None);
    assert_eq!(findings.len(), 1);
}

#[test]
fn json_that_is_nested_too_deep_is_taken_out() {
    let deep = (0..MAX_DEPTH + 2).fold(json!(1), |inner, _| json!([inner]));
    let (body, findings) = proof(json!({
        "fulfillmentMessages": [{"text": {"text": ["hello"]}}],
        "payload": {"deep": deep},
    }));
    assert_eq!(
        body,
        Some(json!({"fulfillmentMessages": [{"text": {"text": ["hello"]}}]}))
    );
    assert_eq!(findings, ["`payload`: JSON nested more than 90 deep is refused"]);
}
