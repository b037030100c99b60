//! The failure table: whatever goes wrong, Dialogflow gets an answer that it accepts.

use std::io::Write;

use serde_json::{Value, json};

use crate::program::{Answer, Program, Starting, clumsy, post, request, request_with_console};

const APOLOGY: &str = "Sorry, I could not answer that just now. Please try again.";

fn agent() -> Program {
    // Long enough for a busy machine to answer at all, short enough to wait for.
    Starting::new(clumsy())
        .set("webhook.deadline=1500ms")
        .set("webhook.margin=500ms")
        .start()
}

/// An error's body in Google's form.
#[track_caller]
fn is_problem(answer: &Answer, code: u16, status: &str) {
    let json = answer.json();
    assert_eq!(answer.status, code, "{json}");
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(json["error"]["code"], code);
    assert_eq!(json["error"]["status"], status);
    assert!(json["error"]["message"].is_string());
    assert_eq!(json["error"].as_object().unwrap().len(), 3);
}

/// Both columns of a row: the status with a console response, the apology without; and the log's word for it.
#[track_caller]
fn row(intent: &str, code: u16, status: &str, outcome: &str) {
    let agent = agent();
    let with = agent.ask(&request_with_console(intent));
    is_problem(&with, code, status);
    let line = agent.line_of(&with);
    assert_eq!(
        (line["outcome"].as_str(), line["heard"].as_str()),
        (Some(outcome), Some("console"))
    );
    assert_eq!(line["intent"], intent);
    assert!(line["mend"].is_string(), "{line}");

    let without = agent.ask(&request(intent));
    assert_eq!((without.status, without.text().as_str()), (200, APOLOGY));
    let line = agent.line_of(&without);
    assert_eq!(
        (line["outcome"].as_str(), line["heard"].as_str()),
        (Some(outcome), Some("apology"))
    );
}

#[test]
fn a_handler_that_fails_is_500_or_the_apology() {
    row("error", 500, "INTERNAL", "error");
}

#[test]
fn a_handler_that_panics_is_500_or_the_apology() {
    row("panic", 500, "INTERNAL", "panic");
}

#[test]
fn parameters_that_do_not_fit_are_500_or_the_apology() {
    row("parameters", 500, "INTERNAL", "parameters");
}

#[test]
fn a_handler_past_the_deadline_is_503_or_the_apology() {
    row("slow", 503, "UNAVAILABLE", "late");
}

#[test]
fn a_handler_that_blocks_its_thread_is_503_or_the_apology() {
    row("blocking", 503, "UNAVAILABLE", "late");
}

#[test]
fn an_intent_without_a_handler_is_404_or_the_apology() {
    row("nobody's", 404, "NOT_FOUND", "no handler");
}

#[test]
fn a_reply_that_would_be_refused_whole_is_500_or_the_apology() {
    row("refused", 500, "INTERNAL", "refused reply");
}

#[test]
fn a_reply_whose_contexts_are_too_large_is_500_or_the_apology() {
    row("long.contexts", 500, "INTERNAL", "refused reply");
}

#[test]
fn a_reply_that_is_too_large_is_shortened_to_what_fits() {
    let agent = agent();
    let answer = agent.ask(&request("long"));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text(), "first");
    assert!(
        answer.body.len() <= 65_536 && answer.body.len() > 65_000,
        "{}",
        answer.body.len()
    );
    let line = agent.line_of(&answer);
    assert_eq!(line["severity"], "WARNING");
    assert!(
        line["message"]
            .as_str()
            .unwrap()
            .contains("`fulfillmentMessages[1]`: a reply has at most 65536 bytes")
    );
}

#[test]
fn the_parts_that_would_be_refused_are_left_out_and_logged() {
    let agent = agent();
    let answer = agent.ask(&request("mixed"));
    assert_eq!(
        answer.json(),
        json!({"fulfillmentMessages": [{"text": {"text": ["kept"]}}]})
    );
    let message = agent.line_of(&answer)["message"].as_str().unwrap().to_owned();
    for finding in [
        "`fulfillmentMessages[1]`: only v2beta1 knows the platform TELEPHONY",
        "`fulfillmentMessages[2]`: a payload is a JSON object",
        "`outputContexts[0]`: a context's id has letters",
    ] {
        assert!(message.contains(finding), "{message}");
    }
}

#[test]
fn what_only_v2beta1_knows_is_sent_to_v2beta1_agents_only() {
    let v2 = agent().ask(&request("end")).json();
    assert_eq!(v2, json!({"fulfillmentMessages": [{"text": {"text": ["bye"]}}]}));
    let beta = Starting::new(clumsy())
        .set("webhook.api_version=v2beta1")
        .start()
        .ask(&request("end"))
        .json();
    assert_eq!(beta["endInteraction"], true);
    assert_eq!(beta["liveAgentHandoff"], true);
}

#[test]
fn a_reply_that_leaves_it_to_a_console_without_response_is_not_silence() {
    let agent = agent();
    assert_eq!(agent.ask(&request_with_console("console")).json(), json!({}));
    let silent = agent.ask(&request("console"));
    assert_eq!((silent.status, silent.text().as_str()), (200, APOLOGY));
    assert_eq!(agent.line_of(&silent)["heard"], "apology");
}

#[test]
fn a_body_that_is_no_request_is_400_with_the_place() {
    let agent = agent();
    let deep = format!("{{\"invented\": {}1{}}}", "[".repeat(500), "]".repeat(500));
    for (body, place) in [
        (
            "",
            "the body is not JSON: EOF while parsing a value at line 1 column 0",
        ),
        (
            "sekrit",
            "the body is not JSON: expected value at line 1 column 1",
        ),
        (
            "{\"session\": \"sekrit",
            "the body is not JSON: EOF while parsing a string",
        ),
        ("[]", "`.`: expected an object"),
        ("{}", "`queryResult` is missing"),
        ("{\"queryResult\": {}}", "`session` is missing"),
        (
            "{\"session\": 7, \"queryResult\": {}}",
            "`session`: expected a string",
        ),
        (
            "{\"session\": \"s\", \"queryResult\": {\"intent\": {\"displayName\": [\"sekrit\"]}}}",
            "`queryResult.intent.displayName`: expected a string",
        ),
        (
            "{\"session\": \"s\", \"queryResult\": {\"outputContexts\": [{}, {\"lifespanCount\": \"sekrit\"}]}}",
            "`queryResult.outputContexts[1].lifespanCount`: expected a number",
        ),
        (
            "{\"session\": \"s\", \"queryResult\": {\"outputContexts\": [{\"lifespanCount\": 5.5}]}}",
            "`queryResult.outputContexts[0].lifespanCount`: expected a whole number of 32 bits",
        ),
        (
            "{\"session\": \"s\", \"result\": {\"resolvedQuery\": \"sekrit\"}}",
            "this is a request of Dialogflow API v1",
        ),
        (&deep, "the body is not JSON: recursion limit exceeded"),
    ] {
        let answer = agent.post("/", body, "");
        is_problem(&answer, 400, "INVALID_ARGUMENT");
        let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with(place), "{body:.60}: {message}");
        assert_eq!(agent.line_of(&answer)["outcome"], "not a request");
        assert!(!agent.output().contains("sekrit") && !message.contains("sekrit"));
    }
    let not_utf8 = b"{\"session\": \"\xff\", \"queryResult\": {}}";
    is_problem(&agent.post("/", not_utf8, ""), 400, "INVALID_ARGUMENT");
    is_problem(
        &agent.post("/", "{}", "content-encoding: gzip\r\n"),
        400,
        "INVALID_ARGUMENT",
    );
}

#[test]
fn a_body_that_is_too_large_is_400_and_its_sender_hears_it() {
    let agent = Starting::new(clumsy()).set("server.max_body=10000").start();
    let mut large = request("good");
    large["queryResult"]["queryText"] = "x".repeat(30_000).into();
    is_problem(&agent.ask(&large), 400, "INVALID_ARGUMENT");
    large["queryResult"]["queryText"] = "x".repeat(9_000).into();
    assert_eq!(agent.ask(&large).text(), "good");
}

#[test]
fn a_body_that_never_ends_is_400() {
    let agent = Starting::new(clumsy()).set("server.body_timeout=200ms").start();
    let mut whole = post("/", request("good").to_string().as_bytes(), "");
    whole.truncate(whole.len() - 10);
    is_problem(&agent.send(&whole), 400, "INVALID_ARGUMENT");
}

#[test]
fn a_call_above_the_bound_of_turns_is_503_at_once() {
    let agent = Starting::new(clumsy()).set("server.max_turns=1").start();
    let mut first = agent.connect();
    first
        .write_all(&post("/", request("slow").to_string().as_bytes(), ""))
        .unwrap();
    agent.log_line(|line| line["message"] == "waiting");
    for asked in [request("good"), request_with_console("good")] {
        is_problem(&agent.ask(&asked), 503, "UNAVAILABLE");
    }
    drop(first);
    // The seat comes back once the server sees that the caller has left.
    while agent.ask(&request("good")).status == 503 {}
}

#[test]
fn other_methods_and_paths_are_told_where_the_webhook_is() {
    let agent = agent();
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let answer = agent.send(format!("{method} / HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes());
        is_problem(&answer, 405, "UNIMPLEMENTED");
        assert_eq!(answer.headers["allow"], "POST");
    }
    let answer = agent.post("/elsewhere", "{}", "");
    is_problem(&answer, 404, "NOT_FOUND");
    assert!(
        answer.json()["error"]["message"]
            .as_str()
            .unwrap()
            .contains("/webhook")
    );
    for path in ["/health/live", "/health/ready"] {
        let ask = |method: &str| {
            agent.send(format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes())
        };
        assert_eq!(ask("GET").status, 200);
        is_problem(&ask("DELETE"), 405, "UNIMPLEMENTED");
        is_problem(&ask("POST"), 404, "NOT_FOUND");
    }
}

#[test]
fn handlers_are_found_by_name_then_action_then_event_then_fallback() {
    let agent = Starting::new(clumsy())
        .set("webhook.apologies.x-fallback=on")
        .start();
    let mut by_action = request("unknown");
    by_action["queryResult"]["action"] = "by.action".into();
    let mut by_event = request("unknown");
    by_event["queryResult"]["queryText"] = "BY_EVENT".into();
    let mut by_name = by_action.clone();
    by_name["queryResult"]["intent"]["displayName"] = "long".into();
    for (request, heard) in [
        (request("good"), "good"),
        (by_action, "good"),
        (by_event, "good"),
        (by_name, "first"),
        (request("unknown"), "no handler for unknown"),
    ] {
        assert_eq!(agent.ask(&request).text(), heard);
    }
}

#[test]
fn on_error_speaks_in_place_of_the_console_and_of_the_apology() {
    let agent = Starting::new(clumsy())
        .set("webhook.apologies.x-on-error=on")
        .start();
    for (intent, heard) in [
        ("error", "sorry: error"),
        ("panic", "sorry: panic"),
        ("parameters", "sorry: parameters"),
        ("refused", "sorry: refused reply"),
        ("unknown", "sorry: no handler"),
    ] {
        for request in [request(intent), request_with_console(intent)] {
            let answer = agent.ask(&request);
            assert_eq!((answer.status, answer.text().as_str()), (200, heard));
            assert_eq!(agent.line_of(&answer)["heard"], "on_error");
        }
    }
}

#[test]
fn the_apology_is_in_the_users_language_or_its_nearest_kin() {
    let agent = Starting::new(clumsy())
        .set("webhook.apologies.fr=Pardon.")
        .set("webhook.apologies.pt-BR=Desculpe.")
        .start();
    for (language, heard) in [
        ("fr", "Pardon."),
        ("fr-CA", "Pardon."),
        ("fr_ca", "Pardon."),
        ("pt-br", "Desculpe."),
        ("pt", APOLOGY),
        ("", APOLOGY),
        ("en-us", APOLOGY),
    ] {
        let mut request = request("error");
        request["queryResult"]["languageCode"] = language.into();
        assert_eq!(agent.ask(&request).text(), heard, "{language}");
    }
}

#[test]
fn google_assistant_is_given_its_longer_deadline() {
    let agent = Starting::new(clumsy())
        .set("webhook.deadline=700ms")
        .set("webhook.assistant_deadline=2s")
        .set("webhook.margin=500ms")
        .start();
    let mut assistant = request("slow");
    assistant["originalDetectIntentRequest"]["source"] = "google".into();
    let elapsed = |request: &Value| agent.line_of(&agent.ask(request))["elapsed_ms"].as_u64().unwrap();
    assert!(elapsed(&assistant) >= 1_500);
    assert!(elapsed(&request("slow")) >= 200);
}

#[test]
fn as_many_blocked_handlers_as_there_are_threads_turn_the_program_unready_and_stop_nobody() {
    let agent = Starting::new(clumsy())
        .set("webhook.deadline=1500ms")
        .set("server.handler_threads=2")
        .start();
    let ready = || {
        agent
            .send(b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .status
    };
    assert_eq!(ready(), 200);
    for _ in 0..2 {
        assert_eq!(agent.ask(&request("blocking")).text(), APOLOGY);
    }
    assert_eq!(ready(), 503);
    assert_eq!(agent.ask(&request("good")).text(), "good");
}

#[test]
fn errors_that_misbehave_cost_nobody_an_answer() {
    let agent = Starting::new(clumsy())
        .set("webhook.deadline=1500ms")
        .set("server.http_threads=1")
        .start();
    for intent in [
        "error.display.panics",
        "error.display.fails",
        "error.display.blocks",
        "error.drop.panics",
    ] {
        let answer = agent.ask(&request(intent));
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (200, APOLOGY),
            "{intent}"
        );
        agent.line_of(&answer);
        assert_eq!(agent.ask(&request("good")).text(), "good");
    }
}

#[test]
fn an_on_error_that_misbehaves_costs_nobody_an_answer() {
    let agent = Starting::new(clumsy())
        .set("webhook.deadline=1500ms")
        .set("server.http_threads=1")
        .set("webhook.apologies.x-on-error-blocks=on")
        .start();
    for intent in ["error", "unknown", "panic", "slow"] {
        assert_eq!(agent.ask(&request(intent)).text(), APOLOGY, "{intent}");
        assert_eq!(agent.ask(&request("good")).text(), "good");
    }
}

#[test]
fn who_may_not_call_takes_no_seat() {
    let agent = Starting::new(clumsy())
        .set("server.max_turns=1")
        .env("FLOWHOOK_AUTH__BASIC", "user:hush-hush")
        .start();
    let mut strangers = Vec::new();
    for _ in 0..4 {
        let mut stranger = agent.connect();
        let whole = post("/", request("good").to_string().as_bytes(), "");
        stranger.write_all(&whole[..whole.len() - 10]).unwrap();
        strangers.push(stranger);
    }
    let known = "authorization: Basic dXNlcjpodXNoLWh1c2g=\r\n";
    assert_eq!(agent.post("/", request("good").to_string(), known).text(), "good");
}

#[test]
fn without_auth_a_call_that_came_through_a_proxy_is_refused() {
    let agent = agent();
    for header in [
        "x-forwarded-for: 192.0.2.1\r\n",
        "forwarded: for=192.0.2.1\r\n",
        "via: 1.1 proxy\r\n",
    ] {
        is_problem(
            &agent.post("/", request("good").to_string(), header),
            403,
            "PERMISSION_DENIED",
        );
    }
    let open = Starting::new(clumsy()).set("auth.open=true").start();
    assert_eq!(
        open.post("/", request("good").to_string(), "x-forwarded-for: 192.0.2.1\r\n")
            .text(),
        "good"
    );
}
