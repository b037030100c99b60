//! A handler tells a space: by the queue, once, in threads, through storms, and never in a log.

use serde_json::Value;

use super::space::{Instead, Space, bare, wrapped};
use super::{ask_for_a_human, expect_secret, wish, with_desk};
use crate::stores::places::Place;

async fn what_one_session_tells_is_in_one_thread_that_does_not_name_it(place: &Place) {
    let space = Space::start();
    let program = with_desk(&space, &place.url()).start();
    for (session, words) in [
        ("+15550100", "one"),
        ("+15550101", "two"),
        ("+15550100", "three <users/all>"),
    ] {
        ask_for_a_human(&program, session, words);
    }
    let told = space.wait_for(3);
    assert!(
        told.contains(&"*Somebody asks for a human*: one".to_owned()),
        "{told:?}"
    );
    assert!(
        told.contains(&"*Somebody asks for a human*: three \u{2039}users/all\u{203a}".to_owned()),
        "{told:?}"
    );
    let asked = space.asked();
    let thread_of = |words: &str| {
        asked
            .iter()
            .find(|asked| asked.text().contains(words))
            .unwrap()
            .thread()
    };
    assert_eq!(thread_of("one"), thread_of("three"));
    assert_ne!(thread_of("one"), thread_of("two"));
    assert!(!thread_of("one").contains("5550100"));
    space.expect_sound();
}

async fn a_turn_that_comes_twice_tells_once(place: &Place) {
    let space = Space::start();
    let program = with_desk(&space, &place.url())
        .set("webhook.replay_for=0s")
        .start();
    let request = wish("s", "hello");
    for _ in 0..3 {
        assert_eq!(program.ask(&request).status, 200);
    }
    space.wait_for(1);
    ask_for_a_human(&program, "s", "the end");
    assert_eq!(space.wait_for(2).len(), 2);
    space.expect_sound();
}

async fn t10_what_chat_refuses_for_now_is_told_in_the_end(place: &Place) {
    let space = Space::start();
    space.answers([
        Instead::Answer(429, "retry-after: 2\r\n", wrapped(429, "RESOURCE_EXHAUSTED")),
        Instead::Answer(503, "", bare(503, "UNAVAILABLE")),
        Instead::Answer(500, "", Value::from("no JSON of Google's")),
        Instead::Lost,
    ]);
    let program = with_desk(&space, &place.url()).start();
    let words: Vec<_> = (0..12).map(|number| format!("number {number:02}")).collect();
    for words in &words {
        ask_for_a_human(&program, "s", words);
    }
    let mut told = space.wait_for(12);
    told.sort();
    let expected: Vec<_> = words
        .iter()
        .map(|words| format!("*Somebody asks for a human*: {words}"))
        .collect();
    assert_eq!(told, expected, "each once, though an answer was lost");
    let calls = space.asked();
    assert!(
        calls.len() < 12,
        "{} calls: what waits goes together",
        calls.len()
    );
    space.expect_sound();
}

async fn t10_a_kill_before_it_is_told_loses_nothing(place: &Place) {
    let space = Space::start().shared();
    space.always(Some(Instead::Answer(503, "", bare(503, "UNAVAILABLE"))));
    let program = with_desk(&space, &place.url()).start();
    for words in ["one", "two", "three"] {
        ask_for_a_human(&program, words, words);
    }
    space.wait_for_calls(1);
    // Not told to stop: killed.
    drop(program);
    space.always(None);
    let program = with_desk(&space, &place.url()).start();
    let mut told = space.wait_for(3);
    told.sort();
    let expected = ["one", "three", "two"].map(|words| format!("*Somebody asks for a human*: {words}"));
    assert_eq!(told, expected);
    drop(program);
    space.expect_sound();
}

async fn t10_a_webhook_that_is_not_let_in_is_switched_off_and_told_of_once(place: &Place) {
    let space = Space::start();
    space.always(Some(Instead::Answer(403, "", wrapped(403, "PERMISSION_DENIED"))));
    let program = with_desk(&space, &place.url()).start();
    ask_for_a_human(&program, "a", "one");
    program.logged("is switched off until the program is started again");
    for session in ["b", "c"] {
        ask_for_a_human(&program, session, "two");
    }
    let queue = place.open().await.queue();
    crate::stores::until(async || {
        let depth = queue.depth().await.ok()?;
        depth
            .iter()
            .any(|lane| lane.lane.as_str() == "chat.desk" && lane.dead == 3)
            .then_some(())
    })
    .await;
    assert_eq!(space.asked().len(), 1, "it is not asked again");
    program.terminate();
    let (_, output) = program.end();
    let switched = output
        .lines()
        .filter(|line| line.contains("the webhook of the Chat space `desk` is switched off"));
    assert_eq!(switched.count(), 1, "{output}");
    space.expect_sound();
}

async fn t10_a_redirect_is_not_followed(place: &Place) {
    let space = Space::start();
    let elsewhere = Space::start();
    let location = format!("location: {}\r\n", elsewhere.messages());
    space.answers([Instead::Answer(307, location.leak(), Value::Null)]);
    let program = with_desk(&space, &place.url()).start();
    ask_for_a_human(&program, "a", "one");
    program.logged("is given up: cannot send the message");
    assert_eq!((space.asked().len(), elsewhere.asked().len()), (1, 0));
}

async fn t09_nothing_that_is_printed_has_the_url_or_a_users_words(place: &Place) {
    let space = Space::start();
    space.answers([
        Instead::Answer(429, "", wrapped(429, "RESOURCE_EXHAUSTED")),
        Instead::Lost,
        Instead::Answer(500, "", bare(500, "INTERNAL")),
    ]);
    let program = with_desk(&space, &place.url()).set("log.level=trace").start();
    ask_for_a_human(&program, "+15550100", "I am Quilliams of Zanzibar");
    space.wait_for(1);
    space.always(Some(Instead::Answer(400, "", wrapped(400, "INVALID_ARGUMENT"))));
    ask_for_a_human(&program, "+15550100", "I am Quilliams again");
    program.logged("is given up: cannot send the message: INVALID_ARGUMENT");
    space.always(Some(Instead::Answer(404, "", bare(404, "NOT_FOUND"))));
    ask_for_a_human(&program, "+15550100", "I am Quilliams at last");
    program.logged("the webhook of the Chat space `desk` is switched off");
    program.terminate();
    let (_, output) = program.end();
    expect_secret(&output);
    assert!(
        output.contains("spaces/AAAAspace, token "),
        "the space and a hash tell which it was: {output}"
    );
    space.expect_sound();
}

on_both!(
    what_one_session_tells_is_in_one_thread_that_does_not_name_it
    a_turn_that_comes_twice_tells_once
    t10_what_chat_refuses_for_now_is_told_in_the_end
    t10_a_kill_before_it_is_told_loses_nothing
    t10_a_webhook_that_is_not_let_in_is_switched_off_and_told_of_once
    t10_a_redirect_is_not_followed
    t09_nothing_that_is_printed_has_the_url_or_a_users_words
);

#[test]
fn a_store_in_memory_tells_too_and_says_what_is_lost_with_it() {
    let space = Space::start();
    let program = with_desk(&space, "memory:")
        .set("server.shutdown_grace=1s")
        .start();
    program.logged("is lost when the program ends");
    ask_for_a_human(&program, "a", "one");
    space.wait_for(1);
    space.always(Some(Instead::Answer(
        429,
        "retry-after: 600\r\n",
        wrapped(429, "RESOURCE_EXHAUSTED"),
    )));
    ask_for_a_human(&program, "a", "two");
    program.logged("again in");
    program.terminate();
    let (status, output) = program.end();
    assert!(status.success(), "{output}");
    assert!(
        output.contains("1 messages that waited in memory were not sent"),
        "{output}"
    );
    space.expect_sound();
}
