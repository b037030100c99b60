//! Whole stories: events are posted to a program as Google posts them, and what its users are sent is what they should be.

use std::time::{Duration, Instant};

use serde_json::json;

use super::google::{Google, Refusal};
use super::{AGENT, message, post_business_messages, post_rbm, start, starting};
use crate::stores::places::Place;

pub(super) const USER: &str = "+15550100";

/// What a tap sends.
pub(super) fn tap(id: &str, postback: &str) -> serde_json::Value {
    json!({"senderPhoneNumber": USER, "eventId": id, "agentId": AGENT, "suggestionResponse": {"postbackData": postback, "text": "A tap"}})
}

/// An event of the platform's.
pub(super) fn event(id: &str, event_type: &str, second: u8) -> serde_json::Value {
    json!({
        "senderPhoneNumber": USER, "eventType": event_type, "eventId": id, "agentId": AGENT,
        "sendTime": format!("2026-01-02T03:04:{second:02}Z"),
    })
}

#[test]
fn a_user_talks_to_a_dialogflow_agent() {
    let google = Google::start();
    google.says(
        "Hello",
        json!({"fulfillmentMessages": [
            {"text": {"text": ["Which?"]}},
            {"quickReplies": {"quickReplies": ["Soup", "A dish with a very long name"]}},
            {"platform": "SLACK", "text": {"text": ["not for us"]}},
            {"rbmCarouselRichCard": {"cardWidth": 2, "cardContents": [{"title": "a"}, {"title": "b"}]}},
        ]}),
    );
    let place = Place::sqlite();
    let program = start(&google, &place.url());
    assert_eq!(
        post_rbm(&program, &message(AGENT, USER, "m1", json!({"text": "Hello"}))),
        200
    );
    assert_eq!(google.wait_for_texts(USER, 2), ["Which?", "(no text)"]);

    let asked = google.calls(":detectIntent");
    let session = asked[0]
        .path
        .rsplit_once("/sessions/")
        .unwrap()
        .1
        .trim_end_matches(":detectIntent");
    assert!(
        asked[0]
            .path
            .starts_with("/v2beta1/projects/p/locations/europe-west1/agent/sessions/")
    );
    assert_eq!(session.len(), 36);
    let payload = &asked[0].body["queryParams"]["payload"];
    assert_eq!(
        (&payload["source"], &payload["userId"]),
        (&json!("rbm"), &json!(session))
    );
    assert!(!asked[0].body.to_string().contains("5550100"));
    let shown: Vec<_> = google
        .calls("agentEvents")
        .into_iter()
        .map(|call| call.body)
        .collect();
    assert_eq!(
        shown,
        [
            json!({"eventType": "READ", "messageId": "m1"}),
            json!({"eventType": "IS_TYPING"})
        ]
    );

    // A tap on what was offered is said as if typed; one with a prefix is an event; one that names an intent of the program's own table
    // is answered without Dialogflow.
    assert_eq!(
        post_rbm(&program, &tap("t1", "A dish with a very long name")),
        200
    );
    assert_eq!(
        google.wait_for_texts(USER, 3)[2],
        "You said A dish with a very long name."
    );
    assert_eq!(post_rbm(&program, &tap("t2", "event:ORDER")), 200);
    assert_eq!(google.wait_for_texts(USER, 4)[3], "You said ORDER.");
    assert_eq!(post_rbm(&program, &tap("t3", "intent:order.soup")), 200);
    assert_eq!(google.wait_for_texts(USER, 5)[4], "Soup, by tap.");
    assert_eq!(google.calls(":detectIntent").len(), 3);
    let soup = google.calls("agentMessages").pop().unwrap().body;
    assert_eq!(
        soup["contentMessage"]["suggestions"][0]["reply"]["postbackData"],
        "more"
    );

    let place = json!({"location": {"latitude": 52.5, "longitude": 13.25}});
    assert_eq!(post_rbm(&program, &message(AGENT, USER, "m2", place)), 200);
    assert_eq!(google.wait_for_texts(USER, 6)[5], "You said RBM_LOCATION.");
    let long = "word ".repeat(100);
    assert_eq!(
        post_rbm(&program, &message(AGENT, USER, "m3", json!({"text": long}))),
        200
    );
    google.wait_for_texts(USER, 7);
    let cut = google.calls(":detectIntent").pop().unwrap().body;
    assert_eq!(cut["queryParams"]["payload"]["isCut"], true);
    assert_eq!(google.faults(), [""; 0]);
}

#[test]
fn what_dialogflow_refuses_for_good_is_answered_with_an_apology_and_what_may_pass_is_asked_again() {
    let google = Google::start();
    let body = || json!({"error": {"code": 1, "message": "sekrit"}});
    google.refuse(
        ":detectIntent",
        Refusal {
            status: 503,
            headers: "",
            body: body(),
        },
    );
    let place = Place::sqlite();
    let program = start(&google, &place.url());
    assert_eq!(
        post_rbm(&program, &message(AGENT, USER, "m1", json!({"text": "Hello"}))),
        200
    );
    assert_eq!(google.wait_for_texts(USER, 1), ["You said Hello."]);
    // RBM's quota is used up for a second.
    let (status, headers) = (429, "retry-after: 1\r\n");
    google.refuse(
        "agentMessages",
        Refusal {
            status,
            headers,
            body: body(),
        },
    );
    let began = Instant::now();
    assert_eq!(
        post_rbm(&program, &message(AGENT, USER, "m0", json!({"text": "echo"}))),
        200
    );
    assert_eq!(google.wait_for_texts(USER, 2)[1], "You said echo.");
    assert!(began.elapsed() >= Duration::from_secs(1));
    google.refuse(
        ":detectIntent",
        Refusal {
            status: 403,
            headers: "",
            body: body(),
        },
    );
    assert_eq!(
        post_rbm(&program, &message(AGENT, USER, "m2", json!({"text": "Hello"}))),
        200
    );
    assert_eq!(
        google.wait_for_texts(USER, 3)[2],
        "Sorry, I could not answer that just now. Please try again."
    );
    assert!(program.logged("could not be asked").contains("PERMISSION_DENIED"));
}

#[test]
fn on_google_cloud_the_services_own_account_is_used() {
    let google = Google::start();
    let (place, home) = (Place::sqlite(), tempfile::tempdir().unwrap());
    let program = starting(&google, &place.url())
        .env("HOME", home.path().to_str().unwrap())
        .env("GCE_METADATA_HOST", &google.address.to_string())
        .start();
    assert_eq!(
        post_rbm(&program, &message(AGENT, USER, "m1", json!({"text": "echo"}))),
        200
    );
    google.wait_for_texts(USER, 1);
    let asked = google.calls("service-accounts/default/token");
    let scopes: Vec<_> = asked.iter().map(|call| call.query["scopes"].clone()).collect();
    assert!(
        scopes
            .iter()
            .any(|scope| scope.ends_with("/rcsbusinessmessaging")),
        "{scopes:?}"
    );
    assert_eq!(google.faults(), [""; 0]);
}

#[test]
fn without_credentials_that_can_be_used_nothing_starts() {
    let google = Google::start();
    let place = Place::sqlite();
    let printed = starting(&google, &place.url())
        .set("google.credentials=/no/such/file")
        .fail();
    assert!(printed.contains("`google.credentials`"), "{printed}");
    assert!(printed.contains("cannot read /no/such/file"), "{printed}");
}

#[test]
fn the_table_shows_the_handlers_of_channels() {
    let output = std::process::Command::new(super::concierge())
        .arg("intents")
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("what comes in by RCS for Business"), "{shown}");
    assert!(shown.contains("what comes in by Business Messages"), "{shown}");
}

/// Settings that the pages on channels name are settings.
#[test]
fn the_pages_name_settings_that_there_are() {
    let known = flowhook::config::DEFAULTS;
    for page in [
        include_str!("../../../deploy/channels.md"),
        include_str!("../../../docs/bridge.md"),
    ] {
        for quoted in page.split('`').skip(1).step_by(2) {
            let Some((section, key)) = quoted.split_once('.') else {
                continue;
            };
            if !["bridge", "google", "store", "webhook"].contains(&section) || key.contains('(') {
                continue;
            }
            let key = key.split([' ', '=']).next().unwrap();
            let section = known
                .split(&format!("\n[{section}]\n"))
                .nth(1)
                .unwrap_or_default();
            let section = section.split("\n[").next().unwrap();
            assert!(
                section.contains(&format!("\n{key} = ")) || known.contains(&format!("[webhook.{key}]")),
                "`{quoted}` is no setting"
            );
        }
    }
}

#[test]
fn business_messages_are_answered() {
    let google = Google::start();
    let place = Place::sqlite();
    let program = start(&google, &place.url());
    let event = json!({
        "agent": "brands/b/agents/a", "conversationId": "c-1", "requestId": "r-1",
        "message": {"messageId": "m-1", "name": "conversations/c-1/messages/m-1", "text": "Hello"},
    });
    assert_eq!(post_business_messages(&program, &event), 200);
    assert_eq!(google.wait_for_texts("c-1", 1), ["You wrote Hello."]);
    assert_eq!(post_business_messages(&program, &event), 200);
    let next = json!({"agent": "brands/b/agents/a", "conversationId": "c-1", "requestId": "r-2", "message": {"messageId": "m-2", "text": "Bye"}});
    assert_eq!(post_business_messages(&program, &next), 200);
    assert_eq!(
        google.wait_for_texts("c-1", 2),
        ["You wrote Hello.", "You wrote Bye."]
    );
    assert_eq!(google.faults(), [""; 0]);
}
