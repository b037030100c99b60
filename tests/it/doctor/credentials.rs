//! What the doctor shows at the door, what that tells of the door, and that nobody else is shown it.

use super::servers::{Fake, Flowhook, answer, doctor, doctor_reading};
use super::{CONSOLE, HELLO, JSON, file};

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
fn a_door_that_stands_open_is_told_even_when_a_key_was_shown() {
    let fake = Fake::sending("200 OK", JSON, HELLO);
    doctor(&fake.http(), &["--header", "x-api-key: s3kr1t"])
        .says(0, &["the webhook also answers without credentials"]);
    let heard = fake.heard();
    assert!(heard[0].contains("x-api-key: s3kr1t"));
    assert!(!heard[1].contains("s3kr1t") && heard[1].contains("flowhook.doctor"));
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
