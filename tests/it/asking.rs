//! `flowhook ask` with an agent's export, and with a recorded request.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::exports::pack::Pack;
use crate::program::{FLOWHOOK, clumsy, keep};

/// The export of the agent in `intents/`.
fn own_export() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/agent");
    path.to_str().unwrap().to_owned()
}

fn ask(program: impl Into<PathBuf>, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(program.into())
        .arg("ask")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who reads nothing may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    keep(&said(&[output.stdout.clone(), output.stderr.clone()].concat()));
    output
}

fn said(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

#[test]
fn values_are_typed_and_checked_by_their_entities() {
    let export = own_export();
    let of = |arguments: &[&str]| ask(FLOWHOOK, &[arguments, &["--agent", &export]].concat(), "");
    let output = of(&["hours.open", "weekday=SUNDAY"]);
    assert_eq!(
        said(&output.stdout),
        said(&of(&["hours.open", "weekday=sunday"]).stdout)
    );
    assert_ne!(said(&output.stdout), said(&of(&["hours.open"]).stdout));
    assert_eq!(said(&output.stderr), "");
    let output = of(&["hours.open", "weekday=someday", "other=1"]);
    let told = said(&output.stderr);
    assert!(
        told.contains("`weekday`: `@weekday` has no such value; it has "),
        "{told}"
    );
    assert!(
        told.contains("the intent `hours.open` has no parameter `other`"),
        "{told}"
    );
    let output = of(&["get-agent-nam"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_the_agent_would_send_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let zip = folder.path().join("agent.zip");
    let guests = json!({"name": "guests", "dataType": "@sys.number", "value": "$guests", "required": true,
                        "prompts": [{"lang": "en", "value": "For how many?"}]});
    let pack = Pack::new(json!({"webhook": {"available": true}})).intent(&json!({
        "id": "1", "name": "parameters", "webhookUsed": true, "contexts": ["open"],
        "responses": [{"parameters": [guests], "messages": [{"type": 0, "lang": "en", "speech": "From the console."}]}],
    }));
    std::fs::write(&zip, pack.zip()).unwrap();
    let agent = ["--agent", zip.to_str().unwrap()];
    let output = ask(
        clumsy(),
        &[&["parameters", "guests=2 guests"], &agent[..]].concat(),
        "",
    );
    assert_eq!(said(&output.stdout), "2 guests\n", "{}", said(&output.stderr));
    let output = ask(clumsy(), &[&["parameters"], &agent[..]].concat(), "");
    assert_eq!(
        said(&output.stdout),
        "From the console.\n",
        "the handler fails, and the console speaks"
    );
    let told = said(&output.stderr);
    assert!(
        told.starts_with("the agent would ask for `guests` first, and not call the webhook: For how many?\n"),
        "{told}"
    );
    let output = ask(clumsy(), &[&["parameter"], &agent[..]].concat(), "");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output.stdout));
}

#[test]
fn a_recorded_request_is_asked_from_a_file_and_from_standard_input() {
    let mut request: Value = serde_json::from_str(fixture!("dialogflow/request.json")).unwrap();
    request["queryResult"]["intent"]["displayName"] = "get-agent-name".into();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), request.to_string()).unwrap();
    let path = file.path().to_str().unwrap();
    for (from, input) in [(path, String::new()), ("-", request.to_string())] {
        let output = ask(FLOWHOOK, &["--request", from], &input);
        assert_eq!(
            said(&output.stdout),
            "My name is Flowhook.\n",
            "{}",
            said(&output.stderr)
        );
    }
    for (arguments, code, says) in [
        (&["--request", "-"][..], 1, "-: not the JSON of a request"),
        (
            &["--request", "/nowhere/x.json"],
            1,
            "cannot read /nowhere/x.json",
        ),
        (&["--request", path, "get-agent-name"], 2, "cannot be used with"),
        (&[], 2, "required"),
    ] {
        let output = ask(FLOWHOOK, arguments, "{");
        let told = said(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(told.contains(says), "{told}");
    }
}

#[test]
fn what_is_no_request_is_told_and_fails() {
    for request in ["{}", "[]", "null", "{\"queryResult\": 1}"] {
        let output = ask(FLOWHOOK, &["--request", "-"], request);
        let told = said(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{request}: {told}");
        assert!(
            told.starts_with("flowhook: -: not a request of Dialogflow's: "),
            "{request}: {told}"
        );
        assert_eq!(said(&output.stdout), "");
    }
    let request = "\u{feff}{\"session\": \"projects/p/agent/sessions/1\", \"queryResult\": {\"intent\": {\"displayName\": \"guide.text\"}}}";
    let output = ask(FLOWHOOK, &["--request", "-"], request);
    assert_eq!(
        said(&output.stdout),
        "Text response from webhook\n",
        "{}",
        said(&output.stderr)
    );
}
