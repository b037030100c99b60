//! Google Chat is told what happens. The numbers in the names of tests are those of the list of what would prove the design.

mod notify;
mod space;
mod telling;

use serde_json::Value;

use crate::program::{FLOWHOOK, Program, Starting, request};
use space::Space;

/// The program with its own agent, which tells the space `desk`.
fn with_desk(space: &Space, store: &str) -> Starting {
    Starting::new(FLOWHOOK)
        .set(&space.here())
        .set(&format!("store.url={store}"))
        .set("queue.lease=1s")
        .env("FLOWHOOK_CHAT__SPACES__DESK__URL", &Space::url())
}

/// A user's wish for a human, in that session.
fn wish(session: &str, words: &str) -> Value {
    let mut request = request("handover.human");
    request["session"] = format!("projects/p/agent/sessions/{session}").into();
    request["queryResult"]["queryText"] = words.into();
    request
}

/// Has a user ask for a human.
#[track_caller]
fn ask_for_a_human(program: &Program, session: &str, words: &str) {
    let answer = program.ask(&wish(session, words));
    assert_eq!(answer.text(), "I have called somebody, who will be here soon.");
}

/// That nothing of this is in what a program printed.
#[track_caller]
fn expect_secret(output: &str) {
    for secret in [
        space::KEY,
        space::TOKEN,
        "Quilliams",
        "Zanzibar",
        "5550100",
        "key=",
        "token=",
    ] {
        assert!(!output.contains(secret), "{secret} shows in:\n{output}");
    }
}
