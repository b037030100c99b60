//! Whole stories: events are posted to a program as Google posts them, and what its users are sent is what they should be.

use std::time::{Duration, Instant};

use serde_json::json;

use super::google::{ACCESS_TOKEN, Google, REFRESH_TOKEN, Refusal};
use super::{AGENT, CLIENT_TOKEN, SESSION_KEY, message, post_business_messages, post_rbm, start, starting};
use crate::stores::places::Place;

const USER: &str = "+15550100";

/// What a tap sends.
fn tap(id: &str, postback: &str) -> serde_json::Value {
    json!({"senderPhoneNumber": USER, "eventId": id, "agentId": AGENT, "suggestionResponse": {"postbackData": postback, "text": "A tap"}})
}

/// An event of the platform's.
fn event(id: &str, event_type: &str, second: u8) -> serde_json::Value {
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
        google.wait_for_texts(USER, 2)[1],
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

/// How often the program is killed.
const KILLS: u32 = 12;

fn a_killed_program_answers_each_event_once(place: &Place) {
    let google = Google::start();
    let mut program = start(&google, &place.url());
    let mut expected = Vec::new();
    for number in 0..KILLS {
        let text = format!("echo {number}");
        let event = message(AGENT, USER, &format!("m{number}"), json!({"text": text}));
        assert_eq!(post_rbm(&program, &event), 200);
        expected.extend([format!("1 {text}"), format!("2 {text}")]);
        // Somewhere between the commit and the last answer, another time each.
        std::thread::sleep(Duration::from_millis(u64::from(number) * 5));
        drop(program);
        program = start(&google, &place.url());
        // Google has not heard the answer, and delivers again.
        assert_eq!(post_rbm(&program, &event), 200);
    }
    let told = google.wait_for_texts(USER, expected.len());
    assert_eq!(told, expected);
    assert_eq!(google.faults(), [""; 0]);
}

#[test]
fn t03_on_sqlite_a_killed_program_answers_each_event_once() {
    a_killed_program_answers_each_event_once(&Place::sqlite());
}

#[tokio::test(flavor = "multi_thread")]
async fn t03_on_postgres_a_killed_program_answers_each_event_once() {
    if let Some(place) = Place::postgres().await {
        a_killed_program_answers_each_event_once(&place);
    }
}

fn an_agent_whose_handler_hangs_keeps_nobody_waiting(place: &Place) {
    let google = Google::start();
    let program = start(&google, &place.url());
    for number in 0..20 {
        let user = format!("+1555020{number:02}");
        let event = message(
            "hang@rbm.goog",
            &user,
            &format!("h{number}"),
            json!({"text": "echo hang"}),
        );
        assert_eq!(post_rbm(&program, &event), 200);
    }
    for number in 0..10 {
        let began = Instant::now();
        let event = message(
            AGENT,
            USER,
            &format!("m{number}"),
            json!({"text": format!("echo {number}")}),
        );
        assert_eq!(post_rbm(&program, &event), 200);
        assert_eq!(google.wait_for_texts(USER, 2 * number + 2).len(), 2 * number + 2);
        // The hanging ones have a minute each: whoever waits for one of them waits longer.
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }
    assert_eq!(google.faults(), [""; 0]);
}

#[test]
fn t05_on_sqlite_an_agent_whose_handler_hangs_keeps_nobody_waiting() {
    an_agent_whose_handler_hangs_keeps_nobody_waiting(&Place::sqlite());
}

#[tokio::test(flavor = "multi_thread")]
async fn t05_on_postgres_an_agent_whose_handler_hangs_keeps_nobody_waiting() {
    if let Some(place) = Place::postgres().await {
        an_agent_whose_handler_hangs_keeps_nobody_waiting(&place);
    }
}

fn stop_and_unsubscribe_are_one_change_in_either_order(place: &Place) {
    let google = Google::start();
    let program = start(&google, &place.url());
    let text = |id: &str, text: &str, second: u8| {
        let sent = json!({"text": text, "sendTime": format!("2026-01-02T03:04:{second:02}Z")});
        message(AGENT, USER, id, sent)
    };
    for (post, told) in [
        (text("m1", "STOP", 1), &["Goodbye."][..]),
        (event("e1", "UNSUBSCRIBE", 2), &[]),
        // Who asks is answered.
        (text("m2", "echo 1", 3), &["1 echo 1", "2 echo 1"]),
        (event("e2", "SUBSCRIBE", 4), &["Welcome back."]),
        // A word like any other by now.
        (text("m3", "START", 5), &["You said START."]),
        (event("e3", "UNSUBSCRIBE", 6), &["Goodbye."]),
        (text("m4", "STOP", 7), &[]),
        (text("m5", "START", 8), &["Welcome back."]),
        (event("e4", "SUBSCRIBE", 9), &[]),
        // Delivered late: the user has begun again since.
        (event("e5", "UNSUBSCRIBE", 7), &[]),
        (text("m6", "echo 2", 10), &["1 echo 2", "2 echo 2"]),
    ] {
        let before = google.told(USER);
        assert_eq!(post_rbm(&program, &post), 200);
        if !told.is_empty() {
            let after = google.wait_for_texts(USER, before.len() + told.len());
            assert_eq!(after[before.len()..], *told, "{post}");
        }
    }
    let goodbyes = google.calls("agentMessages");
    let goodbyes = goodbyes
        .iter()
        .filter(|call| call.body["contentMessage"]["text"] == "Goodbye.");
    assert!(
        goodbyes
            .clone()
            .all(|call| call.body["messageTrafficType"] == "ACKNOWLEDGEMENT")
    );
    assert_eq!(goodbyes.count(), 2);
    assert_eq!(google.faults(), [""; 0]);
}

#[test]
fn t06_on_sqlite_stop_and_unsubscribe_are_one_change_in_either_order() {
    stop_and_unsubscribe_are_one_change_in_either_order(&Place::sqlite());
}

#[tokio::test(flavor = "multi_thread")]
async fn t06_on_postgres_stop_and_unsubscribe_are_one_change_in_either_order() {
    if let Some(place) = Place::postgres().await {
        stop_and_unsubscribe_are_one_change_in_either_order(&place);
    }
}

#[test]
fn t09_no_number_word_token_or_secret_is_in_anything_that_is_printed() {
    let google = Google::start();
    let place = Place::sqlite();
    let program = start(&google, &place.url());
    let refusal = || Refusal {
        status: 400,
        headers: "",
        body: json!({"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": format!("{USER} said sekrit-words")}}),
    };
    // An answer that Google refuses, a question that Dialogflow refuses, a handler that fails and quotes, a file, a place, a tap.
    google.refuse("agentMessages", refusal());
    assert_eq!(
        post_rbm(
            &program,
            &message(AGENT, USER, "sekrit-m1", json!({"text": "echo sekrit-words"}))
        ),
        200
    );
    google.wait_for_texts(USER, 1);
    google.refuse(":detectIntent", refusal());
    assert_eq!(
        post_rbm(
            &program,
            &message(AGENT, USER, "sekrit-m2", json!({"text": "sekrit-words"}))
        ),
        200
    );
    google.wait_for_texts(USER, 2);
    assert_eq!(post_rbm(&program, &tap("sekrit-t1", "sekrit-tap")), 200);
    let file = json!({"userFile": {"payload": {"fileUri": "https://example.com/sekrit-file", "mimeType": "image/png"}}});
    assert_eq!(post_rbm(&program, &message(AGENT, USER, "sekrit-m3", file)), 200);
    let place = json!({"location": {"latitude": 52.987_654, "longitude": 13.456_789}});
    assert_eq!(post_rbm(&program, &message(AGENT, USER, "sekrit-m4", place)), 200);
    google.wait_for_texts(USER, 5);
    assert_eq!(
        post_rbm(
            &program,
            &message(AGENT, USER, "sekrit-m5", json!({"text": "fail sekrit-words"}))
        ),
        200
    );
    program.logged("the handler of RCS for Business failed");
    program.terminate();
    let (_, printed) = program.end();
    for secret in [
        "5550100",
        "sekrit",
        "52.98",
        "13.45",
        ACCESS_TOKEN,
        REFRESH_TOKEN,
        CLIENT_TOKEN,
        SESSION_KEY,
        "Bearer",
    ] {
        assert!(!printed.contains(secret), "{secret} is printed:\n{printed}");
    }
    assert!(printed.contains("INVALID_ARGUMENT"), "{printed}");
}
