//! `flowhook doctor`, run as a program against servers that answer well and badly.

mod servers;

mod credentials;
mod replies;
mod tls;

use std::io::Write;
use std::time::Duration;

use serde_json::Value;

use self::servers::{Fake, Flowhook, answer, doctor};

const JSON: &str = "content-type: application/json\r\n";
const HELLO: &str = r#"{"fulfillmentMessages": [{"text": {"text": ["Hello from here."]}}]}"#;
const CONSOLE: &str = "The user hears: the intent's response in the console, or nothing where it has none";

#[test]
fn an_open_webhook_on_this_machine_is_fine() {
    let flowhook = Flowhook::start(&[]);
    let told = doctor(&flowhook.url, &[]);
    told.says(
        0,
        &[
            "note URL",
            "note DNS 127.0.0.1 is an address: this machine",
            "ok TCP",
            "ok HTTP 200 from Flowhook",
            "nobody has the intent `flowhook.doctor`",
            "ok JSON",
            "ok schema a WebhookResponse of v2",
            "ok size",
            "ok time",
            "note door the webhook answers without credentials",
            "The user hears: \"Sorry, I could not answer that just now. Please try again.\"",
            "Nothing failed.",
        ],
    );
    assert!(!told.text.contains('\x1b'), "no colours into a pipe");
}

#[test]
fn a_handler_runs_when_its_intent_is_named() {
    let flowhook = Flowhook::start(&[]);
    let told = doctor(&flowhook.url, &["--intent", "get-agent-name"]);
    told.says(
        0,
        &["200 from Flowhook", "The user hears: \"My name is Flowhook.\""],
    );
    assert!(!told.text.contains("nobody has the intent"));
}

#[test]
fn a_path_that_the_webhook_does_not_have_is_told_by_flowhook() {
    let flowhook = Flowhook::start(&[]);
    doctor(&format!("{}elsewhere", flowhook.url), &[]).says(
        1,
        &[
            "404 from Flowhook: \"nothing here; the webhook listens on / and /webhook\"",
            "cause `/elsewhere` is not among the paths",
        ],
    );
}

#[test]
fn a_missing_handler_with_a_console_response_proves_the_way() {
    let flowhook = Flowhook::start(&[]);
    let request = |intent: &str| {
        let request = serde_json::json!({
            "session": "projects/p/agent/sessions/s",
            "queryResult": {"intent": {"displayName": intent}, "fulfillmentText": "from the console",
                "fulfillmentMessages": [{"text": {"text": ["from the console"]}}]},
        });
        file(&request.to_string())
    };
    let unknown = request("no such intent");
    doctor(
        &flowhook.url,
        &["--request", unknown.path().to_str().expect("a plain path")],
    )
    .says(
        1,
        &[
            "404 from Flowhook: \"no handler answers this intent\"",
            "cause no handler has that intent",
        ],
    );
    let known = request("get-agent-name");
    doctor(
        &flowhook.url,
        &["--request", known.path().to_str().expect("a plain path")],
    )
    .says(0, &["200 from Flowhook", "My name is Flowhook."]);
}

#[test]
fn the_call_is_made_as_dialogflow_makes_it() {
    let fake = Fake::sending("200 OK", JSON, HELLO);
    doctor(
        &fake.http(),
        &["--source", "google", "--language", "de", "--intent", "table.book"],
    )
    .says(0, &["The user hears: \"Hello from here.\"", "of 10 s"]);
    let heard = fake.heard();
    let (head, body) = heard[0].split_once("\r\n\r\n").expect("a request has a body");
    let mut lines: Vec<_> = head
        .lines()
        .filter(|line| !line.starts_with("content-length: "))
        .collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "POST /webhook HTTP/1.1",
            "accept-encoding: gzip, deflate, br",
            "accept: */*",
            "content-type: application/json",
            &format!("host: 127.0.0.1:{}", fake.port),
            "user-agent: Google-Dialogflow",
        ]
    );
    let body: Value = serde_json::from_str(body).expect("the request is JSON");
    assert_eq!(body["queryResult"]["intent"]["displayName"], "table.book");
    assert_eq!(body["queryResult"]["languageCode"], "de");
    assert_eq!(body["originalDetectIntentRequest"]["source"], "google");
}

#[test]
fn an_answer_that_does_not_come_is_waited_for_aloud_and_not_for_ever() {
    let fake = Fake::answering(None, |_, _| {
        std::thread::sleep(Duration::from_secs(60));
        Ok(())
    });
    let told = doctor(&fake.http(), &["--timeout", "1500ms"]);
    told.says(
        1,
        &[
            "failed HTTP no answer came in the time that the doctor waits",
            CONSOLE,
        ],
    );
    assert_eq!(told.stderr, "waiting for HTTP ...\n");
}

#[test]
fn an_answer_after_the_deadline_is_too_late() {
    let fake = Fake::answering(None, |_, stream| {
        std::thread::sleep(Duration::from_millis(5_100));
        stream.write_all(&answer("200 OK", JSON, HELLO))
    });
    doctor(&fake.http(), &[]).says(
        1,
        &[
            "failed time 5",
            "Dialogflow gave up before",
            CONSOLE,
            "Hello from here.",
        ],
    );
}

#[test]
fn nobody_at_home_is_told_layer_by_layer() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        listener.local_addr().expect("it is bound").port()
    };
    doctor(&format!("http://127.0.0.1:{port}/"), &[])
        .says(1, &["failed TCP", "refuses connections", CONSOLE]);
    // RFC 6761: no name ends in .invalid.
    doctor("https://webhook.invalid/", &[]).says(1, &["ok URL", "failed DNS", CONSOLE]);
    doctor("http://webhook.invalid/", &["--basic", "a:s3kr1t"]).says(
        1,
        &[
            "failed URL",
            "Dialogflow calls https:// alone",
            "nothing was sent",
            CONSOLE,
        ],
    );
}

#[test]
fn the_json_report_is_one_object() {
    let fake = Fake::sending("200 OK", JSON, r#"{"success": true}"#);
    let told = doctor(&fake.http(), &["--json"]);
    assert_eq!(told.code, 1);
    let report: Value = serde_json::from_str(&told.text).expect("the report is JSON");
    assert_eq!(report["url"], fake.http());
    assert_eq!(report["fine"], false);
    let failed: Vec<_> = report["findings"]
        .as_array()
        .expect("findings are a list")
        .iter()
        .filter(|finding| finding["verdict"] == "failed")
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["layer"], "schema");
    assert!(
        failed[0]["cause"]
            .as_str()
            .is_some_and(|cause| cause.contains("Cannot find field: success"))
    );
}

/// A file that holds `text` until it is dropped.
fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("there is room for a file");
    file.write_all(text.as_bytes()).expect("there is room for a file");
    file
}
