//! `flowhook doctor`, run as a program against servers that answer well and badly.

mod servers;
mod tls;

use std::io::Write;
use std::time::Duration;

use serde_json::Value;

use self::servers::{Fake, Flowhook, answer, doctor, doctor_reading};

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
fn the_right_password_opens_and_the_door_is_known_to_be_closed() {
    let flowhook = Flowhook::start(&[("FLOWHOOK_AUTH__BASIC", "agent:s3kr1t-word")]);
    let told = doctor(&flowhook.url, &["--basic", "agent:s3kr1t-word"]);
    told.says(
        0,
        &[
            "200 from Flowhook",
            "ok door closed: without credentials it answers 401",
        ],
    );
    let in_file = file("agent:s3kr1t-word\n");
    let told = doctor(
        &flowhook.url,
        &["--basic-file", in_file.path().to_str().expect("a plain path")],
    );
    told.says(0, &["200 from Flowhook"]);
}

#[test]
fn a_wrong_or_missing_password_is_told_from_each_other() {
    let flowhook = Flowhook::start(&[("FLOWHOOK_AUTH__BASIC", "agent:s3kr1t-word")]);
    let told = doctor(&flowhook.url, &["--basic", "agent:wr0ng-word"]);
    told.says(
        1,
        &[
            "failed HTTP 401 from Flowhook",
            "cause user name or password are others",
            "mend compare with auth.basic, and with the agent's fulfillment settings; the log line with request_id=",
            CONSOLE,
            "1 thing failed: Dialogflow would not be served.",
        ],
    );
    assert!(!format!("{}{}", told.text, told.stderr).contains("wr0ng"));
    doctor(&flowhook.url, &[]).says(
        1,
        &[
            "401 from Flowhook",
            "cause it asks for credentials, and the doctor was given none",
        ],
    );
}

#[test]
fn a_secret_header_opens() {
    let flowhook = Flowhook::start(&[("FLOWHOOK_AUTH__HEADERS", "x-api-key: s3kr1t\nx-agent: a")]);
    let told = doctor(
        &flowhook.url,
        &["--header", "X-Api-Key: s3kr1t", "--header", "x-agent: a"],
    );
    told.says(
        0,
        &["200 from Flowhook", "closed: without credentials it answers 401"],
    );
    let in_file = file("x-api-key: s3kr1t\nx-agent: a\n");
    let told = doctor(
        &flowhook.url,
        &["--header-file", in_file.path().to_str().expect("a plain path")],
    );
    told.says(0, &["200 from Flowhook"]);
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
fn every_bad_reply_has_its_cause() {
    let large = format!(
        r#"{{"source": "{}"}}"#,
        "x".repeat(65_537 - r#"{"source": ""}"#.len())
    );
    let chunked = format!("{JSON}transfer-encoding: chunked\r\n");
    let cut = [&answer("200 OK", JSON, HELLO)[..], b""].concat();
    for (bytes, says) in [
        (
            answer(
                "200 OK",
                "content-type: text/html\r\n",
                "<html><title>You are about to visit ngrok</title>",
            ),
            "failed JSON the body is a page, not JSON",
        ),
        (
            answer("200 OK", JSON, ""),
            "failed JSON the body is empty (Dialogflow: \"Expect message object but got: null\")",
        ),
        (
            answer("200 OK", JSON, "\u{FEFF}{}"),
            "failed JSON the body begins with a byte order mark",
        ),
        (
            answer("200 OK", JSON, "null"),
            "failed JSON the body is null, not an object",
        ),
        (
            answer("200 OK", JSON, "\"hello\""),
            "failed JSON the body is a string, not an object",
        ),
        (
            answer("200 OK", JSON, "<br />\n<b>Warning</b>"),
            "cause PHP prints a warning before the reply",
        ),
        (
            answer("200 OK", JSON, r#"{"success": true}"#),
            "failed schema `success`: no version of the API has a field",
        ),
        (
            answer("200 OK", JSON, r#"{"speech": "hello", "displayText": "hello"}"#),
            "failed schema a reply of API v1, with `speech`, `displayText`",
        ),
        (
            answer(
                "200 OK",
                JSON,
                r#"{"fulfillmentMessages": [{"text": {"text": ["a"]}, "card": {"title": "b"}}]}"#,
            ),
            "failed schema `fulfillmentMessages[0].card`: the message has another kind already",
        ),
        (
            answer("200 OK", JSON, &large),
            "failed size 65537 bytes; Dialogflow takes 65536",
        ),
        (
            answer(
                "302 Found",
                "location: https://accounts.google.com/signin\r\n",
                "",
            ),
            "cause it leads to `https://accounts.google.com/signin`, and Dialogflow is not known to follow redirects; it \
             looks like a login page",
        ),
        (
            cut[..cut.len() - 10].to_vec(),
            "failed HTTP the connection ended in the middle of the answer",
        ),
        (
            format!("HTTP/1.1 200 OK\r\n{chunked}\r\n5\r\n{{\"sou\r\nnonsense").into_bytes(),
            "failed HTTP the connection ended in the middle of the answer",
        ),
        (
            Vec::new(),
            "failed HTTP the connection was closed without an answer",
        ),
        (
            b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
            "failed HTTP what answers there does not speak HTTP/1.1",
        ),
        (
            answer(
                "403 Forbidden",
                "server: Google Frontend\r\ncontent-type: text/html\r\n",
                "<title>403 Forbidden</title>",
            ),
            "403 from Google Frontend (Cloud Run): \"403 Forbidden\" cause Cloud Run's own check (IAM) is on",
        ),
        (
            answer("502 Bad Gateway", "server: nginx/1.27.0\r\n", "<html>"),
            "502 from nginx/1.27.0 cause what stands in front reaches no program",
        ),
        (
            answer("404 Not Found", "ngrok-error-code: ERR_NGROK_3200\r\n", ""),
            "404 from ngrok cause no tunnel is open under that name (ERR_NGROK_3200)",
        ),
    ] {
        let fake = Fake::saying(bytes);
        doctor(&fake.http(), &[]).says(1, &[says, CONSOLE]);
    }
}

#[test]
fn what_is_odd_and_accepted_is_no_failure() {
    for (headers, body, says) in [
        (
            JSON,
            r#"{"fulfillment_text": "Hello from here."}"#,
            "The user hears: \"Hello from here.\"",
        ),
        (
            "content-type: text/plain\r\n",
            HELLO,
            "note JSON an object, in UTF-8, sent as `text/plain`",
        ),
        (
            JSON,
            r#"{"followupEventInput": {"name": "GO"}}"#,
            "that listens to the event `GO`",
        ),
        (JSON, "{}", "since the reply leaves it to the console"),
        (
            JSON,
            r#"{"outputContexts": [{"name": "booking", "lifespanCount": 1}]}"#,
            "there is 1 warning.",
        ),
    ] {
        let fake = Fake::sending("200 OK", headers, body);
        doctor(&fake.http(), &[]).says(0, &[says]);
    }
}

#[test]
fn the_api_version_decides_what_is_known() {
    let fake = Fake::sending("200 OK", JSON, r#"{"endInteraction": true}"#);
    doctor(&fake.http(), &[]).says(
        1,
        &["`endInteraction`: only v2beta1 knows it, the agent is set to v2"],
    );
    doctor(&fake.http(), &["--api-version", "v2beta1"]).says(0, &["a WebhookResponse of v2beta1"]);
}

#[test]
fn a_compressed_reply_is_asked_for_again_unless_a_handler_would_run_twice() {
    let fake = Fake::answering(None, |request, stream| {
        let headers = format!("{JSON}content-encoding: gzip\r\n");
        stream.write_all(&if request.contains("accept-encoding: identity") {
            answer("200 OK", JSON, HELLO)
        } else {
            answer("200 OK", &headers, b"\x1f\x8b")
        })
    });
    doctor(&fake.http(), &[]).says(
        0,
        &["note HTTP the reply is compressed (`gzip`)", "Hello from here."],
    );
    doctor(&fake.http(), &["--intent", "pay"]).says(0, &["asking again would run the handler twice"]);
    let calls = fake
        .heard()
        .iter()
        .filter(|request| request.contains("\"displayName\":\"pay\""))
        .count();
    assert_eq!(calls, 1);
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
fn a_door_that_stands_open_is_told_even_when_a_key_was_shown() {
    let fake = Fake::sending("200 OK", JSON, HELLO);
    doctor(&fake.http(), &["--header", "x-api-key: s3kr1t"])
        .says(0, &["the webhook also answers without credentials"]);
    let heard = fake.heard();
    assert!(heard[0].contains("x-api-key: s3kr1t"));
    assert!(!heard[1].contains("s3kr1t") && heard[1].contains("flowhook.doctor"));
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

#[test]
fn no_secret_is_shown_even_if_the_webhook_sends_it_back() {
    let echo = Fake::answering(None, |request, stream| {
        let page = format!("<title>{}</title>", request.replace("\r\n", " "));
        stream.write_all(&answer(
            "500 Oh",
            &format!("location: {}\r\n", &request[..60].replace("\r\n", " ")),
            page,
        ))
    });
    let spoken = Fake::answering(None, |request, stream| {
        let reply = serde_json::json!({"fulfillmentText": request, request: 1});
        stream.write_all(&answer("200 OK", JSON, reply.to_string()))
    });
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJzM2tyMXQifQ.c2lnbmF0dXJl";
    for fake in [echo, spoken] {
        let url = format!("{}?key=s3kr1t-query", fake.http());
        for (options, input) in [
            (&["--basic", "agent:s3kr1t-word"][..], ""),
            (&["--id-token", token], ""),
            (&["--id-token", "-", "--header", "x-key: s3kr1t-key"], token),
            (&["--header", "authorization: Bearer s3kr1t-bearer", "--json"], ""),
        ] {
            let told = doctor_reading(input, &url, options);
            let shown = format!("{}{}", told.text, told.stderr);
            let encoded = "YWdlbnQ6czNrcjF0LXdvcmQ=";
            let parts = token.split('.').chain(["s3kr1t", encoded]);
            for secret in parts {
                assert!(!shown.contains(secret), "{secret} in:\n{shown}");
            }
            assert!(shown.contains("***"), "something is quoted:\n{shown}");
            assert!(fake.heard()[0].contains("/webhook?key=s3kr1t-query"));
        }
    }
}

#[test]
fn a_token_that_dialogflow_would_not_send_is_told_before_the_call() {
    let fake = Fake::sending("200 OK", JSON, HELLO);
    let told = doctor_reading("ya29.s3kr1t\n", &fake.http(), &["--id-token", "-"]);
    told.says(
        0,
        &["warning token this is an access token, and Dialogflow sends an identity token"],
    );
    assert!(fake.heard()[0].contains("authorization: Bearer ya29.s3kr1t\r\n"));
}

#[test]
fn wrong_usage_is_told_apart_and_repeats_no_secret() {
    let url = "http://127.0.0.1:9/";
    for (url, options, says) in [
        (
            "https://agent:s3kr1t@example.com/",
            &[][..],
            "the URL has a user name in it",
        ),
        (
            "example.com",
            &[],
            "expected a URL such as https://example.com/webhook, beginning with https://",
        ),
        (url, &["--basic", "s3kr1t"], "--basic: expected USER:PASSWORD"),
        (url, &["--header", "s3kr1t"], "--header: expected 'NAME: VALUE'"),
        (
            url,
            &["--header", "host: s3kr1t"],
            "--header: Dialogflow does not let the settings give `host`",
        ),
        (
            url,
            &["--basic", "a:s3kr1t", "--header", "authorization: x"],
            "there is an `authorization` header already",
        ),
        (
            url,
            &["--basic", "a:s3kr1t", "--id-token", "s3kr1t"],
            "cannot be used with",
        ),
        (
            url,
            &["--basic-file", "no/such/file"],
            "--basic-file: cannot read no/such/file",
        ),
        (url, &["--client-cert", "a.pem"], "--client-key"),
        (
            url,
            &["--ca", "no/such/file"],
            "--ca: cannot read certificates from no/such/file",
        ),
        (
            url,
            &["--request", "no/such/file"],
            "--request: cannot read no/such/file",
        ),
        (
            url,
            &["--timeout", "soon"],
            "expected a time such as 15s or 500ms",
        ),
        (url, &["--api-version", "v1"], "invalid value 'v1'"),
        (url, &["--id-token", "-"], "--id-token: there is nothing in it"),
    ] {
        let told = doctor(url, options);
        assert_eq!(told.code, 2, "{options:?}: {}", told.stderr);
        assert!(told.stderr.contains(says), "{options:?}: {}", told.stderr);
        assert!(!told.stderr.contains("s3kr1t"), "{}", told.stderr);
    }
}

/// A file that holds `text` until it is dropped.
fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("there is room for a file");
    file.write_all(text.as_bytes()).expect("there is room for a file");
    file
}
