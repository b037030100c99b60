//! Nothing leaks: no token, no challenge's secret, no number and no word of a user in anything that is printed or answered.

use serde_json::json;

use super::{TOKEN, deliver, queue, rbm, relay, said, signature, with_endpoints};
use crate::program::{FLOWHOOK, keep, post};
use crate::stores::places::Place;

const PLANTED: &str = fixture!("planted.txt");

async fn t09_nothing_that_was_planted_comes_out(place: &Place) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("replies");
    let program = with_endpoints(relay(), place)
        .set("log.level=trace,hyper=info")
        .env("RELAY_FILE", &file.display().to_string())
        .start();
    let mut answers = Vec::new();
    for (number, text) in ["I am Quilliams", "fail", "panic", "I am in Zanzibar"]
        .into_iter()
        .enumerate()
    {
        let said = |words: &str| said("a@rbm.goog", "+15550100", &format!("m{number}"), words);
        answers.push(deliver(&program, &said(text)));
        answers.push(deliver(&program, &said("Quilliams of Zanzibar, +15550100")));
    }
    let odd = json!({"Quilliams": "+15550100", "agentId": "a@rbm.goog", "senderPhoneNumber": "+15550100"})
        .to_string();
    answers.push(deliver(&program, &odd));
    answers.push(deliver(&program, "Quilliams of Zanzibar"));
    let business = json!({"agent": "brands/b/agents/a", "conversationId": "Quilliams", "requestId": "r", "message": {"messageId": "Zanzibar", "text": "+15550100"}}).to_string();
    let headers = format!("x-goog-signature: {}\r\n", signature(TOKEN, business.as_bytes()));
    answers.push(program.send(&post("/business-messages/main", business.as_bytes(), &headers)));
    for (token, secret) in [
        (TOKEN, "psst-psst"),
        ("psst-psst", "hush-hush"),
        (TOKEN, "psst-psst\n"),
    ] {
        let challenge = json!({"clientToken": token, "secret": secret}).to_string();
        let answer = program.send(&post("/rbm/main", challenge.as_bytes(), ""));
        if answer.status != 200 {
            answers.push(answer);
        }
    }
    let wrong = String::from_utf8(rbm(&odd, 1)).unwrap();
    answers.push(
        program.send(
            wrong
                .replace("x-goog-signature: ", "x-goog-signature: AAAA")
                .as_bytes(),
        ),
    );
    answers.push(program.send(&post("/rbm/Quilliams-hush-hush", b"{}", "")));
    answers.push(program.send(&post("/rbm/main", b"Quilliams {", &headers)));
    let queue = queue(place).await;
    super::idle(&*queue).await;
    let jobs = super::jobs(&*queue).await;
    let [first, last] = [jobs.first(), jobs.last()].map(|job| job.unwrap().id.to_string());
    for answer in &answers {
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!PLANTED.lines().any(|planted| text.contains(planted)), "{text}");
    }
    program.terminate();
    let (_, mut output) = program.end();
    for arguments in [
        &["queue", "list"][..],
        &["queue", "list", "--json"],
        &["queue", "show", &first],
        &["queue", "show", &last, "--json"],
    ] {
        let ran = std::process::Command::new(FLOWHOOK)
            .args(arguments)
            .env("FLOWHOOK_STORE__URL", place.url())
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(
            ran.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
        let printed = String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap();
        keep(&printed);
        output.push_str(&printed);
    }
    for planted in PLANTED.lines() {
        let at = output.to_lowercase().find(&planted.to_lowercase());
        assert!(
            at.is_none(),
            "{planted} shows in: {}",
            at.map_or("", |at| &output
                [at.saturating_sub(300)..output.len().min(at + 100)])
        );
    }
    assert!(
        output.contains("panicked at tests/it/relay.rs:"),
        "a panic's place is told"
    );
    assert!(
        output.contains("is given up: the agent is away"),
        "and why a job was given up"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    t09_nothing_that_was_planted_comes_out(&Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    if let Some(place) = Place::postgres().await {
        t09_nothing_that_was_planted_comes_out(&place).await;
    }
}
