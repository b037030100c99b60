//! The line of a turn: as Cloud Logging takes it, in the trace of its call, and one for each.

use serde_json::json;

use crate::program::{Starting, clumsy, request};

const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[test]
fn a_turns_line_has_its_trace_its_request_and_its_labels() {
    let agent = Starting::new(clumsy()).set("log.project=quiet-river").start();
    let request = request("good").to_string();
    let headers = format!("traceparent: 00-{ID}-00f067aa0ba902b7-01\r\n");
    let answer = agent.post("/", &request, &headers);
    let line = agent.line_of(&answer);
    assert_eq!(line["severity"], "INFO");
    assert_eq!(
        line["logging.googleapis.com/trace"],
        format!("projects/quiet-river/traces/{ID}")
    );
    assert_eq!(line["logging.googleapis.com/spanId"], "00f067aa0ba902b7");
    assert_eq!(line["logging.googleapis.com/trace_sampled"], true);
    assert_eq!(
        line["logging.googleapis.com/labels"],
        json!({"intent": "good", "outcome": "answered"})
    );
    let http = &line["httpRequest"];
    assert_eq!(
        (&http["requestMethod"], &http["status"]),
        (&"POST".into(), &200.into())
    );
    assert_eq!(http["requestSize"], request.len().to_string());
    assert_eq!(http["responseSize"], answer.body.len().to_string());
    assert!(http["latency"].as_str().unwrap().ends_with('s'));
    for (name, is_there) in [
        ("heard", line["heard"] == "text"),
        (
            "session",
            line["session"].as_str().is_some_and(|hash| hash.len() == 16),
        ),
        ("elapsed_ms", line["elapsed_ms"].is_u64()),
        ("left_ms", line["left_ms"].is_u64()),
    ] {
        assert!(is_there, "{name} in {line}");
    }
}

#[test]
fn what_a_handler_logs_is_found_by_the_trace_of_its_call() {
    let agent = Starting::new(clumsy()).start();
    let headers = format!("x-cloud-trace-context: {ID}/255;o=0\r\n");
    let answer = agent.post("/", request("logging").to_string(), &headers);
    let line = agent.log_line(|line| line["message"] == "from the handler");
    assert_eq!(line["request_id"], answer.headers["x-request-id"]);
    assert_eq!((&line["intent"], &line["shelf"]), (&"logging".into(), &7.into()));
    assert_eq!(
        (&line["trace_id"], &line["logging.googleapis.com/spanId"]),
        (&ID.into(), &"00000000000000ff".into()),
        "without a project the trace has its bare id: {line}"
    );
    assert_eq!(line["logging.googleapis.com/trace_sampled"], false);
}

#[test]
fn a_header_that_names_no_trace_changes_nothing() {
    let agent = Starting::new(clumsy()).set("log.project=quiet-river").start();
    let good = format!("00-{ID}-00f067aa0ba902b7-01");
    for headers in [
        format!("traceparent: {good}-more\r\n"),
        format!("traceparent: {good}\r\ntraceparent: {good}\r\n"),
        "traceparent: 00-\"},{\"severity\":\"EMERGENCY\r\n".to_owned(),
        format!("x-cloud-trace-context: {ID}/1;o=7\r\n"),
        format!("x-cloud-trace-context: {}\r\n", "f".repeat(4_000)),
    ] {
        let answer = agent.post("/", request("good").to_string(), &headers);
        assert_eq!(answer.status, 200, "{headers}");
        let line = agent.line_of(&answer);
        assert_eq!(line["severity"], "INFO");
        assert!(!line.to_string().contains("/trace"), "{headers}: {line}");
    }
    // The second header is looked at where the first names no trace.
    let headers = format!("traceparent: no\r\nx-cloud-trace-context: {ID}\r\n");
    let line = agent.line_of(&agent.post("/", request("good").to_string(), &headers));
    assert_eq!(
        line["logging.googleapis.com/trace"],
        format!("projects/quiet-river/traces/{ID}")
    );
}

#[test]
fn a_refused_call_has_a_line_with_its_status() {
    let agent = Starting::new(clumsy())
        .env("FLOWHOOK_AUTH__BASIC", "user:hush-hush")
        .start();
    for (body, headers, status, outcome) in [
        ("{}", "", 401, "not admitted"),
        (
            "nonsense",
            "authorization: Basic dXNlcjpodXNoLWh1c2g=\r\n",
            400,
            "not a request",
        ),
    ] {
        let answer = agent.post("/", body, headers);
        assert_eq!(answer.status, status);
        let line = agent.line_of(&answer);
        assert_eq!(
            (&line["httpRequest"]["status"], &line["outcome"]),
            (&status.into(), &outcome.into())
        );
    }
}

#[test]
fn colours_come_only_where_they_are_wanted() {
    for (setting, has_colours) in [("log.colour=always", true), ("log.colour=", false)] {
        let agent = Starting::new(clumsy())
            .set("log.format=text")
            .set(setting)
            .start();
        agent.ask(&request("good"));
        let line = agent.logged("answered `good`");
        assert_eq!(line.contains('\u{1b}'), has_colours, "{line}");
    }
}
