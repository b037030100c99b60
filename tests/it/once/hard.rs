//! What is hard about once: results that cannot be kept, work that panics or blocks, threads that are held.

use std::io::Write;

use super::{Lines, agent};
use crate::program::{Starting, clumsy, post, request};

#[test]
fn an_effect_whose_result_cannot_be_written_is_not_begun_again() {
    let (agent, lines) = (agent(), Lines::new());
    for _ in 0..3 {
        let heard = agent.ask(&lines.request("pay.unwritable", 0)).text();
        assert_eq!(heard, "the work failed: its result cannot be written as JSON");
    }
    assert_eq!(lines.count(), 1);
}

#[test]
fn who_asks_for_late_work_that_panicked_or_is_too_large_is_told_at_once() {
    let agent = agent();
    for (intent, begins) in [
        (
            "late.panics",
            "the work failed: it panicked at tests/it/clumsy.rs:",
        ),
        ("late.huge", "the work failed: its result has 2097"),
    ] {
        for _ in 0..2 {
            let mut request = request(intent);
            request["session"] = format!("projects/p/agent/sessions/{intent}").into();
            let answer = agent.ask(&request);
            assert!(answer.text().starts_with(begins), "{}", answer.text());
        }
    }
}

#[test]
fn late_work_that_blocks_its_threads_silences_nobody_and_turns_the_program_unready() {
    let agent = Starting::new(clumsy())
        .set("webhook.deadline=1500ms")
        .set("webhook.margin=500ms")
        .set("server.handler_threads=2")
        .start();
    for session in 0..4 {
        let mut request = request("late.blocks");
        request["session"] = format!("projects/p/agent/sessions/{session}").into();
        assert_eq!(agent.ask(&request).text(), "not yet");
    }
    assert_eq!(agent.ask(&request("good")).text(), "good");
    let ready = || {
        agent
            .send(b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .status
    };
    while ready() == 200 {}
}

#[test]
fn who_asks_while_another_calls_effect_fails_is_told_that_none_was_begun() {
    let (agent, lines) = (agent(), Lines::new());
    let mut failing = lines.request("pay", 400);
    failing["queryResult"]["parameters"]["fails"] = true.into();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| agent.ask(&failing).text());
        agent.log_line(|line| line["message"] == "waiting");
        let second = agent.ask(&lines.request("pay", 0)).text();
        assert_eq!(second, "another call was at the effect and gave it up: ask again");
        assert_eq!(first.join().unwrap(), "the work failed: the effect failed");
    });
    assert_eq!(lines.count(), 1);
    assert_eq!(agent.ask(&lines.request("pay", 0)).text(), "2");
}

#[test]
fn a_handler_that_panics_only_where_http_is_served_never_begins_there_again() {
    let agent = agent();
    let outcomes: Vec<_> = (0..100)
        .map(|_| agent.ask(&request("block.in.place")).text())
        .collect();
    let bad = outcomes.iter().filter(|heard| *heard != "good").count();
    // As many as may be begun on the HTTP threads at the moment when it earns that right.
    assert!(bad <= 4, "{bad} of {}", outcomes.len());
    assert!(outcomes[60..].iter().all(|heard| heard == "good"));
}

#[test]
fn a_call_whose_thread_is_held_is_still_run_once() {
    let lines = Lines::new();
    let agent = Starting::new(clumsy())
        .set("webhook.deadline=1500ms")
        .set("webhook.margin=500ms")
        .set("server.http_threads=2")
        .start();
    for _ in 0..100 {
        assert_eq!(
            agent.ask(&lines.request("quick.then.blocking", 0)).text(),
            "quick"
        );
    }
    let blocking = lines.request("quick.then.blocking", 4_000);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| agent.ask(&blocking));
        while lines.count() == 0 {
            std::thread::yield_now();
        }
        for _ in 0..3 {
            assert_eq!(agent.ask(&blocking).status, 200);
        }
        assert_eq!(first.join().unwrap().status, 200);
    });
    assert_eq!(lines.count(), 1);
    agent.log_line(|line| {
        line["message"]
            .as_str()
            .is_some_and(|text| text.starts_with("a handler held the thread"))
    });
}

#[test]
fn a_turn_keeps_its_seat_when_its_caller_leaves() {
    let agent = Starting::new(clumsy())
        .set("server.max_turns=1")
        .set("webhook.deadline=3s")
        .start();
    let mut caller = agent.connect();
    caller
        .write_all(&post("/", request("slow").to_string().as_bytes(), ""))
        .unwrap();
    agent.log_line(|line| line["message"] == "waiting");
    drop(caller);
    assert_eq!(agent.ask(&request("good")).status, 503, "the turn still runs");
    while agent.ask(&request("good")).status == 503 {}
}

#[test]
fn what_the_user_said_is_not_told_by_a_later_turn_either() {
    let agent = agent();
    agent.ask(&request("late.error"));
    let mut later = request("late.error");
    later["queryResult"]["queryText"] = "again".into();
    let line = agent.line_of(&agent.ask(&later));
    let message = line["message"].as_str().unwrap();
    assert!(
        message.contains("the work failed: no fare for I am [withheld] of [withheld]"),
        "{message}"
    );
}
