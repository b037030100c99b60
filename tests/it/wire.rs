//! Whatever Dialogflow may send is read whole, and written again without loss.

use flowhook::wire::{ApiVersion, WebhookRequest, WebhookResponse};
use serde_json::{Value, json};

use crate::program::{Starting, clumsy};
use crate::schema::{Api, canonical, draw, judge};

const EACH: usize = 1_000;

fn drawn(api: Api) -> impl Iterator<Item = Value> {
    let mut random = fastrand::Rng::with_seed(20_261_121);
    std::iter::repeat_with(move || draw::request(&mut random, api)).take(EACH)
}

/// How requests are parsed, spoken on the wire, and written again.
fn written_again(request: &Value) -> Value {
    let read = WebhookRequest::parse(request.to_string().as_bytes());
    serde_json::to_value(read.unwrap_or_else(|error| panic!("{error}: {request:#}"))).unwrap()
}

#[test]
fn a_thousand_requests_of_each_version_are_written_again_without_loss() {
    for api in [Api::V2, Api::V2Beta1] {
        for request in drawn(api) {
            let again = written_again(&request);
            assert_eq!(
                canonical::canonical("WebhookRequest", &again, api),
                canonical::canonical("WebhookRequest", &request, api)
            );
        }
    }
}

#[test]
fn a_thousand_requests_of_each_version_are_answered() {
    for (api, version) in [
        (Api::V2, "webhook.api_version=v2"),
        (Api::V2Beta1, "webhook.api_version=v2beta1"),
    ] {
        let agent = Starting::new(clumsy())
            .set(version)
            .set("webhook.apologies.x-fallback=on")
            .start();
        for request in drawn(api) {
            let answer = agent.ask(&request);
            assert_eq!(answer.status, 200, "{request:#}");
            assert!(answer.text().starts_with("no handler for "), "{request:#}");
        }
    }
}

#[test]
fn every_field_of_a_drawn_request_is_a_field_of_our_types() {
    for (api, version) in [(Api::V2, ApiVersion::V2), (Api::V2Beta1, ApiVersion::V2Beta1)] {
        for request in drawn(api) {
            let mut read = WebhookRequest::parse(request.to_string().as_bytes()).unwrap();
            let dropped: Vec<_> = read
                .restrict_to(version)
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(dropped, [""; 0]);
        }
    }
}

#[test]
fn unknown_fields_and_kinds_are_kept_and_never_fail_a_call() {
    let request = json!({
        "session": "projects/p/agent/sessions/s",
        "invented": {"deep": [1, null, "x"]},
        "queryResult": {
            "fulfillmentMessages": [
                {"hologram": {"size": 7}, "platform": "HOLODECK"},
                {"text": {"text": ["a"], "font": "b"}, "card": {"title": "second"}},
            ],
            "intent": {"webhookState": "WEBHOOK_STATE_INVENTED", "defaultResponsePlatforms": ["HOLODECK", 99]},
        },
    });
    assert_eq!(written_again(&request), request);
}

#[test]
fn nulls_other_spellings_and_other_notations_are_read_as_protobuf_json_asks() {
    let request = json!({
        "response_id": "r", "session": "projects/p/agent/sessions/s", "originalDetectIntentRequest": null,
        "query_result": {
            "query_text": null, "speechRecognitionConfidence": "0.5", "parameters": null,
            "outputContexts": [
                {"name": "a", "lifespanCount": 5.0}, {"name": "b", "lifespan_count": "5"}, {"name": "c"},
            ],
            "fulfillmentMessages": [{"platform": 1.0, "quick_replies": {"quick_replies": ["x"]}, "text": null}],
            "intent": {"display_name": "i", "is_fallback": true},
        },
    });
    assert_eq!(
        written_again(&request),
        json!({
            "responseId": "r", "session": "projects/p/agent/sessions/s",
            "queryResult": {
                "speechRecognitionConfidence": 0.5,
                "outputContexts": [
                    {"name": "a", "lifespanCount": 5}, {"name": "b", "lifespanCount": 5}, {"name": "c", "lifespanCount": 0},
                ],
                "fulfillmentMessages": [{"platform": "FACEBOOK", "quickReplies": {"quickReplies": ["x"]}}],
                "intent": {"displayName": "i", "isFallback": true},
            },
        })
    );
}

#[test]
fn a_reply_restricted_to_a_version_holds_nothing_that_it_refuses() {
    let everything = json!({
        "fulfillmentText": "t", "source": "s", "payload": {}, "liveAgentHandoff": true, "endInteraction": true,
        "triggerEndOfConversation": true,
        "fulfillmentMessages": [
            {"text": {"text": ["a"]}, "platform": "FACEBOOK"},
            {"telephonySynthesizeSpeech": {"ssml": "<speak/>"}},
            {"rbmText": {"text": "a", "rbmSuggestion": [
                {"reply": {"text": "a", "postbackData": "b"}},
                {"action": {"text": "a", "shareLocation": {}}},
            ]}},
            {"mediaContent": {"mediaType": "AUDIO", "mediaObjects": [{"name": "n", "icon": {"imageUri": "u"}}]}},
        ],
    });
    for (api, version, messages) in [
        (Api::V2, ApiVersion::V2, 2),
        (Api::V2Beta1, ApiVersion::V2Beta1, 4),
    ] {
        let mut response: WebhookResponse = serde_json::from_value(everything.clone()).unwrap();
        let dropped = response.restrict_to(version);
        assert!(dropped.iter().any(|part| part.path == "triggerEndOfConversation"));
        response
            .fulfillment_messages
            .retain(|message| message.kind.is_some());
        assert_eq!(response.fulfillment_messages.len(), messages);
        let written = serde_json::to_value(&response).unwrap();
        assert_eq!(judge::faults("WebhookResponse", &written, api), [""; 0]);
    }
}
