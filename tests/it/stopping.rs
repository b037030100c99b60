//! Told to stop, the program answers whoever is in, and lets nobody else in.

use std::io::{BufReader, Write};
use std::net::TcpStream;

use crate::program::{Answer, FLOWHOOK, Program, Starting, clumsy, post, request};

/// A caller whose turn runs, and is not done before its deadline.
fn caller_of_a_slow_turn(agent: &Program) -> TcpStream {
    let mut caller = agent.connect();
    caller
        .write_all(&post("/", request("slow").to_string().as_bytes(), ""))
        .unwrap();
    agent.log_line(|line| line["message"] == "waiting");
    caller
}

#[test]
fn a_turn_that_runs_when_the_program_is_told_to_stop_is_answered() {
    let agent = Starting::new(clumsy()).set("webhook.deadline=2s").start();
    let mut waiting = agent.connect();
    let inside = caller_of_a_slow_turn(&agent);
    agent.terminate();
    agent.log_line(|line| line["message"] == "stopping: SIGTERM");

    waiting
        .write_all(b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .unwrap();
    let mut waiting = BufReader::new(waiting);
    assert_eq!(
        Answer::read(&mut waiting).unwrap().status,
        503,
        "it is not ready any more"
    );
    assert_eq!(agent.ask(&request("good")).status, 503, "a new call is refused");

    let late = Answer::read(&mut BufReader::new(inside)).expect("the running turn is answered");
    assert_eq!(late.status, 200);
    let (status, _) = agent.end();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn an_idle_program_ends_at_once_even_with_connections_open() {
    let program = Starting::new(FLOWHOOK).start();
    assert_eq!(program.ask(&request("get-agent-name")).status, 200);
    let _idle = program.connect();
    program.terminate();
    let (status, output) = program.end();
    assert_eq!(status.code(), Some(0));
    assert!(output.contains("stopped"));
}

#[test]
fn a_handler_that_blocks_its_thread_does_not_keep_the_program() {
    let agent = Starting::new(clumsy()).set("webhook.deadline=1s").start();
    assert_eq!(agent.ask(&request("blocking")).status, 200);
    agent.terminate();
    assert_eq!(agent.end().0.code(), Some(0));
}

#[test]
fn a_turn_that_outlasts_the_grace_is_answered_before_the_end() {
    let agent = Starting::new(clumsy()).set("server.shutdown_grace=2s").start();
    let inside = caller_of_a_slow_turn(&agent);
    agent.terminate();
    let given_up = Answer::read(&mut BufReader::new(inside)).expect("the running turn is answered");
    assert_eq!(given_up.status, 503);
    assert_eq!(agent.end().0.code(), Some(0));
}

#[test]
fn being_told_twice_gives_running_turns_up_at_once() {
    let agent = Starting::new(clumsy())
        .set("server.shutdown_grace=1h")
        .set("webhook.deadline=1h")
        .start();
    let inside = caller_of_a_slow_turn(&agent);
    agent.terminate();
    agent.log_line(|line| line["message"] == "stopping: SIGTERM");
    agent.terminate();
    assert_eq!(Answer::read(&mut BufReader::new(inside)).unwrap().status, 503);
    assert_eq!(agent.end().0.code(), Some(0));
}
