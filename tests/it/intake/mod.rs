//! Events of RCS for Business and Business Messages, posted as Google posts them. The numbers in the names of tests are those
//! of the list of what would prove the design.

mod answers;
mod away;
mod command;
mod flood;
mod killed;
mod private;
mod running;
mod sameness;

use std::path::PathBuf;
use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flowhook::store::queue::{Entry, Filter, Queue};
use serde_json::{Value, json};

use crate::program::{Answer, Program, Starting, clumsy, post};
use crate::stores::places::Place;

/// The token of every endpoint here, which no program may print.
pub const TOKEN: &str = "hush-hush-token";

/// The path of the program that answers events, which `cargo test` builds beside the tests.
fn relay() -> PathBuf {
    clumsy().with_file_name("relay")
}

/// A program with one endpoint of each product, `main`, on that store.
fn with_endpoints(program: impl Into<PathBuf>, place: &Place) -> Starting {
    Starting::new(program)
        .env("FLOWHOOK_STORE__URL", &place.url())
        .env("FLOWHOOK_RBM__ENDPOINTS__MAIN__CLIENT_TOKEN", TOKEN)
        .env("FLOWHOOK_BUSINESS_MESSAGES__ENDPOINTS__MAIN__CLIENT_TOKEN", TOKEN)
}

/// What Google signs with: HMAC-SHA512, in base64.
pub fn signature(token: &str, bytes: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA512, token.as_bytes());
    STANDARD.encode(hmac::sign(&key, bytes))
}

/// The request with which an event of RCS for Business comes, in an envelope of that Pub/Sub id.
pub fn rbm(event: &str, pubsub_id: u64) -> Vec<u8> {
    let body = json!({
        "message": {
            "data": STANDARD.encode(event),
            "messageId": pubsub_id.to_string(),
            "message_id": pubsub_id.to_string(),
            "publishTime": "2026-01-02T03:04:05.678Z",
            "attributes": {"business_id": "demo@rbm.goog", "product": "RBM", "type": "message"},
        },
        "subscription": "projects/p/subscriptions/s",
    });
    let headers = format!(
        "x-goog-signature: {}\r\nx-goog-webhook-type: message_callback\r\n",
        signature(TOKEN, event.as_bytes())
    );
    post("/rbm/main", body.to_string().as_bytes(), &headers)
}

/// What a user writes to an agent.
pub fn said(agent: &str, user: &str, id: &str, text: &str) -> String {
    json!({"agentId": agent, "senderPhoneNumber": user, "messageId": id, "sendTime": "2026-01-02T03:04:05.678901Z", "text": text})
        .to_string()
}

/// Posts an event as Google does.
#[track_caller]
fn deliver(program: &Program, event: &str) -> Answer {
    program.send(&rbm(event, fastrand::u64(..)))
}

#[track_caller]
fn delivered(program: &Program, event: &str) {
    let answer = deliver(program, event);
    assert_eq!(answer.status, 200, "{:?}", String::from_utf8_lossy(&answer.body));
}

/// The queue, as another process sees it.
async fn queue(place: &Place) -> Arc<dyn Queue> {
    place.open().await.queue()
}

async fn jobs(queue: &dyn Queue) -> Vec<Entry> {
    queue.list(Filter::default(), 0, 100_000).await.unwrap()
}

/// Waits until nothing waits and nothing runs.
async fn idle(queue: &dyn Queue) {
    crate::stores::until(async || {
        let depth = queue.depth().await.ok()?;
        depth
            .iter()
            .all(|lane| lane.waiting + lane.running == 0)
            .then_some(())
    })
    .await;
}

fn object(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}
