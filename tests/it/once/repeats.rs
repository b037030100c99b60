//! Dialogflow repeats a call: the handler runs once, and each repetition gets the same answer.

use std::io::{BufReader, Write};

use super::{Lines, agent};
use crate::program::{Answer, Starting, clumsy, post, request};

#[test]
fn a_call_that_comes_again_gets_the_answer_that_it_got() {
    let (agent, lines) = (agent(), Lines::new());
    let request = lines.request("count", 0);
    let first = agent.ask(&request);
    let again = agent.ask(&request);
    assert_eq!(first.text(), "1");
    assert_eq!(first.body, again.body);
    assert_eq!(lines.count(), 1);
    assert_eq!(agent.line_of(&first)["outcome"], "answered");
    assert_eq!(agent.line_of(&again)["outcome"], "replayed");
}

#[test]
fn a_call_that_comes_while_the_first_runs_waits_for_the_same_answer() {
    let (agent, lines) = (agent(), Lines::new());
    let request = lines.request("count", 300);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| agent.ask(&request).text()))
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| answer == "1"), "{answers:?}");
    assert_eq!(lines.count(), 1);
}

#[test]
fn another_call_of_a_chain_is_another_call_though_it_has_the_same_response_id() {
    let (agent, lines) = (agent(), Lines::new());
    let first = lines.request("count", 0);
    let mut second = first.clone();
    second["queryResult"]["queryText"] = "NEXT_EVENT".into();
    assert_eq!(agent.ask(&first).text(), "1");
    assert_eq!(agent.ask(&second).text(), "2");
}

#[test]
fn a_failure_is_repeated_as_the_failure_that_it_was() {
    let (agent, lines) = (agent(), Lines::new());
    let request = lines.request_with_console("count.and.fail", 0);
    for _ in 0..3 {
        assert_eq!(agent.ask(&request).status, 500);
    }
    assert_eq!(lines.count(), 1);
}

#[test]
fn a_call_goes_on_when_its_caller_leaves_and_the_repetition_gets_its_answer() {
    let (agent, lines) = (agent(), Lines::new());
    let request = lines.request("count", 500);
    let mut caller = agent.connect();
    caller
        .write_all(&post("/", request.to_string().as_bytes(), ""))
        .unwrap();
    agent.log_line(|line| line["message"] == "waiting");
    drop(caller);
    assert_eq!(agent.ask(&request).text(), "1");
    assert_eq!(lines.count(), 1);
}

#[test]
fn calls_without_a_response_id_are_all_meant() {
    let (agent, lines) = (agent(), Lines::new());
    let mut request = lines.request("count", 0);
    request["responseId"] = "".into();
    assert_eq!(
        (agent.ask(&request).text(), agent.ask(&request).text()),
        ("1".into(), "2".into())
    );
}

#[test]
fn repetitions_can_be_let_through() {
    let lines = Lines::new();
    let agent = Starting::new(clumsy()).set("webhook.replay_for=0s").start();
    let request = lines.request("count", 0);
    assert_eq!(
        (agent.ask(&request).text(), agent.ask(&request).text()),
        ("1".into(), "2".into())
    );
}

#[test]
fn a_repetition_of_a_late_call_hears_the_apology_at_once() {
    let agent = agent();
    let slow = request("slow");
    let first = agent.ask(&slow);
    let again = agent.ask(&slow);
    assert_eq!(first.body, again.body);
    assert!(agent.line_of(&again)["elapsed_ms"].as_u64().unwrap() < 500);
}

#[test]
fn both_of_two_calls_on_one_connection_are_answered() {
    let (agent, lines) = (agent(), Lines::new());
    let call = post("/", lines.request("count", 100).to_string().as_bytes(), "");
    let mut connection = agent.connect();
    connection.write_all(&[call.clone(), call].concat()).unwrap();
    let mut connection = BufReader::new(connection);
    let answers = [
        Answer::read(&mut connection).unwrap().text(),
        Answer::read(&mut connection).unwrap().text(),
    ];
    assert_eq!(answers, ["1", "1"]);
}
