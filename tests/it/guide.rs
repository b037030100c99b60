//! The example agent answers the guide's sample requests with the guide's sample replies.

use serde_json::Value;

use crate::program::{FLOWHOOK, Program, Starting};

const REQUEST: &str = fixture!("dialogflow/request.json");

/// The guide's request, as if it were for an intent of ours.
fn request(intent: &str) -> Value {
    let mut request: Value = serde_json::from_str(REQUEST).unwrap();
    request["queryResult"]["intent"]["displayName"] = intent.into();
    request
}

#[track_caller]
fn answers(program: &Program, intent: &str, sample: &str) {
    let answer = program.ask(&request(intent));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(answer.json(), serde_json::from_str::<Value>(sample).unwrap());
}

#[test]
fn each_reply_form_of_the_guide_comes_back_equal_to_its_sample() {
    for version in ["webhook.api_version=v2", "webhook.api_version=v2beta1"] {
        let program = Starting::new(FLOWHOOK).set(version).start();
        answers(&program, "guide.text", fixture!("dialogflow/response-text.json"));
        answers(&program, "guide.card", fixture!("dialogflow/response-card.json"));
        answers(
            &program,
            "guide.google-assistant",
            fixture!("dialogflow/response-google-assistant.json"),
        );
        answers(
            &program,
            "guide.context",
            fixture!("dialogflow/response-context.json"),
        );
        answers(
            &program,
            "guide.event",
            fixture!("dialogflow/response-event.json"),
        );
        answers(
            &program,
            "guide.session-entities",
            fixture!("dialogflow/response-session-entities.json"),
        );
        answers(
            &program,
            "guide.custom-payload",
            fixture!("dialogflow/response-custom-payload.json"),
        );
    }
}

#[test]
fn the_guides_request_parses_whole_pretty_or_compact() {
    let program = Starting::new(FLOWHOOK).start();
    let compact = request("guide.text").to_string();
    let pretty = REQUEST.replace("matched-intent-name", "guide.text");
    for body in [compact, pretty.clone(), format!("\u{feff}{pretty}")] {
        for path in ["/", "/webhook"] {
            assert_eq!(program.post(path, &body, "").text(), "Text response from webhook");
        }
    }
}

#[test]
fn the_guides_request_as_it_is_meets_no_handler_and_the_console_speaks() {
    let program = Starting::new(FLOWHOOK).start();
    let answer = program.post("/", REQUEST, "");
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["error"]["status"], "NOT_FOUND");
    assert_eq!(program.line_of(&answer)["outcome"], "no handler");
}

#[test]
fn the_quickstart_is_answered() {
    let program = Starting::new(FLOWHOOK).start();
    assert_eq!(
        program.ask(&request("get-agent-name")).text(),
        "My name is Flowhook."
    );
    let welcome = program.ask(&request("Default Welcome Intent"));
    assert!(!welcome.text().is_empty());
    assert_eq!(
        welcome.body,
        program.ask(&request("Default Welcome Intent")).body,
        "a repeated call hears the same"
    );
}
