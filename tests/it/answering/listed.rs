//! The tests by their numbers: killed programs, hanging handlers, unsubscriptions, and what is printed.

use std::time::{Duration, Instant};

use serde_json::json;

use super::google::{ACCESS_TOKEN, Google, REFRESH_TOKEN, Refusal};
use super::stories::{USER, event, tap};
use super::{AGENT, CLIENT_TOKEN, SESSION_KEY, message, post_rbm, start};
use crate::stores::places::Place;

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

/// Nothing that a user or a secret file said comes out, whatever fails.
fn no_number_word_token_or_secret_is_in_anything_that_is_printed(place: &Place) {
    let google = Google::start();
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
    let spot = json!({"location": {"latitude": 52.987_654, "longitude": 13.456_789}});
    assert_eq!(post_rbm(&program, &message(AGENT, USER, "sekrit-m4", spot)), 200);
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

#[test]
fn t09_on_sqlite_no_number_word_token_or_secret_is_in_anything_that_is_printed() {
    no_number_word_token_or_secret_is_in_anything_that_is_printed(&Place::sqlite());
}

#[tokio::test(flavor = "multi_thread")]
async fn t09_on_postgres_no_number_word_token_or_secret_is_in_anything_that_is_printed() {
    if let Some(place) = Place::postgres().await {
        no_number_word_token_or_secret_is_in_anything_that_is_printed(&place);
    }
}
