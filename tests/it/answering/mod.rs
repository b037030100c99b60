//! What comes in by RCS for Business and Business Messages is answered: by handlers, by Dialogflow, once, and to those who want it.
//! The numbers are those of the list of tests in the reference for channels.

mod clients;
mod google;
mod listed;
mod rules;
mod stories;

use std::path::PathBuf;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::program::{Program, Starting, clumsy};
use google::Google;

/// The webhook's token, which is the key of its signatures.
const CLIENT_TOKEN: &str = "client-token-sekrit";

/// What sessions are named with.
const SESSION_KEY: &str = "session-key-sekrit";

const AGENT: &str = "demo@rbm.goog";

fn concierge() -> PathBuf {
    clumsy().with_file_name("concierge")
}

/// The concierge, with webhooks for both products, and Google on this machine.
fn start(google: &Google, store: &str) -> Program {
    let credentials = google.credentials();
    // They are read at the start.
    starting(google, store)
        .set(&format!("google.credentials={}", credentials.path().display()))
        .start()
}

/// The same, before it has credentials.
fn starting(google: &Google, store: &str) -> Starting {
    Starting::new(concierge())
        .set(&format!("store.url={store}"))
        .set("queue.lease=1s")
        .set(&format!("google.rbm={}", google.url()))
        .set(&format!("google.business_messages={}", google.url()))
        .set(&format!("google.dialogflow={}", google.url()))
        .set("bridge.project=p")
        .set("bridge.location=europe-west1")
        .env("FLOWHOOK_BRIDGE__SESSION_KEY", SESSION_KEY)
        .env("FLOWHOOK_RBM__ENDPOINTS__MAIN__CLIENT_TOKEN", CLIENT_TOKEN)
        .env(
            "FLOWHOOK_BUSINESS_MESSAGES__ENDPOINTS__MAIN__CLIENT_TOKEN",
            CLIENT_TOKEN,
        )
}

fn signed(bytes: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA512, CLIENT_TOKEN.as_bytes());
    format!(
        "x-goog-signature: {}\r\n",
        STANDARD.encode(hmac::sign(&key, bytes))
    )
}

/// Posts an event as RCS for Business does, and gives the status.
fn post_rbm(program: &Program, event: &Value) -> u16 {
    let inner = event.to_string();
    let body = json!({"message": {"data": STANDARD.encode(&inner), "messageId": "1"}, "subscription": "projects/p/subscriptions/s"});
    let request = crate::program::post(
        "/rbm/main",
        body.to_string().as_bytes(),
        &signed(inner.as_bytes()),
    );
    program.send(&request).status
}

/// Posts an event as Business Messages does, and gives the status.
fn post_business_messages(program: &Program, event: &Value) -> u16 {
    let body = event.to_string();
    let request = crate::program::post(
        "/business-messages/main",
        body.as_bytes(),
        &signed(body.as_bytes()),
    );
    program.send(&request).status
}

/// What a user sends.
fn message(agent: &str, user: &str, id: &str, members: Value) -> Value {
    let mut event = json!({
        "senderPhoneNumber": user, "messageId": id, "agentId": agent, "sendTime": "2026-01-02T03:04:05Z",
    });
    event
        .as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    event
}
