//! Nothing leaks: no secret, and no word of a user's, in anything that a program prints or answers an error with.

use serde_json::json;

use crate::program::{Starting, clumsy, request, request_with_console};

/// Planted where users speak and where secrets lie, here and in the requests of all other tests; nothing of it may come
/// out again. `.ci/run` looks for the same in what all programs of a test run print.
const PLANTED: &str = fixture!("planted.txt");

#[test]
fn nothing_that_was_planted_comes_out() {
    let agent = Starting::new(clumsy())
        .set("webhook.deadline=1s")
        .set("log.level=trace")
        .env("FLOWHOOK_AUTH__BASIC", "user:hush-hush")
        .env("FLOWHOOK_AUTH__HEADERS", "x-api-key: psst-psst")
        .start();
    // printf 'user:hush-hush' | base64
    let credentials = "authorization: Basic dXNlcjpodXNoLWh1c2g=\r\nx-api-key: psst-psst\r\n";
    let wrong = "authorization: Basic cHNzdC1wc3N0Omh1c2gtaHVzaA==\r\nx-api-key: hush-hush\r\n";
    for intent in [
        "good",
        "error",
        "panic",
        "panic.fixed",
        "slow",
        "parameters",
        "long",
        "refused",
        "mixed",
        "console",
        "unknown",
    ] {
        for mut request in [request(intent), request_with_console(intent)] {
            request["session"] = "projects/p/agent/sessions/session-of-quilliams".into();
            request["queryResult"]["queryText"] = "I am Quilliams of Zanzibar, call +15550100".into();
            request["queryResult"]["parameters"] = json!({"guests": "Quilliams", "pin": 4_711_471.0, "phone": "+15550100", "city": ["Zanzibar"]});
            request["queryResult"]["outputContexts"] = json!([{
                "name": "projects/p/agent/sessions/session-of-quilliams/contexts/c",
                "parameters": {"name": "Quilliams", "name.original": "Quilliams"},
            }]);
            request["originalDetectIntentRequest"]["payload"] =
                json!({"telephony": {"caller_id": "+15550100"}});
            let admitted = agent.post("/", request.to_string(), credentials);
            let refused = agent.post("/", request.to_string(), wrong);
            assert_eq!(refused.status, 401);
            agent.line_of(&admitted);
            for answer in [admitted, refused] {
                let text = String::from_utf8_lossy(&answer.body).into_owned();
                assert!(!PLANTED.lines().any(|planted| text.contains(planted)), "{text}");
            }
            let broken = request
                .to_string()
                .replace("\"queryText\":\"", "\"queryText\":[\"")
                .replacen("+1", "+1\"]", 1);
            assert_eq!(agent.post("/", broken, credentials).status, 400);
        }
    }
    agent.terminate();
    let (_, output) = agent.end();
    for planted in PLANTED.lines() {
        assert!(
            !output.to_lowercase().contains(&planted.to_lowercase()),
            "{planted} shows in:\n{output}"
        );
    }
    assert!(
        output.contains("the database has no row for"),
        "what is left of an error's text still tells what it was"
    );
    assert!(
        output.contains("at tests/it/clumsy.rs:"),
        "a panic's place is told"
    );
    assert!(
        output.contains("a fixed text"),
        "so is its text where no user can have written it"
    );
}

#[test]
fn the_reason_of_a_hand_off_reaches_who_takes_over_and_no_log() {
    let agent = Starting::new(clumsy()).set("log.level=trace").start();
    let mut request = request("hand over");
    request["queryResult"]["queryText"] = "I am Quilliams of Zanzibar".into();
    let answer = agent.ask(&request);
    assert_eq!(
        answer.json()["payload"]["handoff"]["reason"],
        "says: I am Quilliams of Zanzibar"
    );
    agent.line_of(&answer);
    agent.terminate();
    let (_, output) = agent.end();
    assert!(
        output.contains("liveAgentHandoff"),
        "the lost flag is told: {output}"
    );
    assert!(
        !PLANTED.lines().any(|planted| output.contains(planted)),
        "{output}"
    );
}

#[test]
fn only_the_right_credentials_get_in() {
    let agent = Starting::new(clumsy())
        .env("FLOWHOOK_AUTH__BASIC", "user:hush-hush")
        .start();
    let right = agent.post(
        "/",
        request("good").to_string(),
        "authorization: Basic dXNlcjpodXNoLWh1c2g=\r\n",
    );
    assert_eq!(right.text(), "good");
    for wrong in [
        "",
        "authorization: Basic dXNlcjpodXNo\r\n",
        "authorization: Bearer dXNlcjpodXNoLWh1c2g=\r\n",
        "authorization: Basic dXNlcjpodXNoLWh1c2g=\r\nauthorization: Basic dXNlcjpodXNoLWh1c2g=\r\n",
    ] {
        let answer = agent.post("/", request("good").to_string(), wrong);
        assert_eq!(answer.status, 401, "{wrong}");
        assert!(answer.headers["www-authenticate"].starts_with("Basic "));
        assert_eq!(answer.json()["error"]["status"], "UNAUTHENTICATED");
    }
    let not_json = agent.post("/", "this is not read", "");
    assert_eq!(
        not_json.status, 401,
        "who may not call is not told what is wrong with the body"
    );
}
