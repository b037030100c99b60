//! What a webhook's reply may be, well or badly made, and what the doctor says of it.

use super::servers::{Fake, answer, doctor};
use super::{CONSOLE, HELLO, JSON};

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
