//! The one line that the log gets of a turn. Nothing that a user said stands in it, and of the session only a hash that is
//! keyed anew in every process.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::time::Duration;

use tokio::time::Instant;

use super::{Answered, Arrival, Call, Failure, Verdict, words};
use crate::wire::RequestError;

/// Longer errors are cut: a log line has an end.
const MAX_ERROR: usize = 2_000;

/// Writes the line of a turn.
pub(super) fn turn(call: &Call, answered: &Answered, arrival: Arrival) {
    let intent = call.intent();
    let outcome = answered.failure.as_ref().map_or("answered", Failure::kind);
    let heard = answered.heard.as_str();
    let elapsed_ms = milliseconds(arrival.at.elapsed());
    let request_id = arrival.id();
    let left_ms = milliseconds(call.deadline().saturating_duration_since(Instant::now()));
    let reply_bytes = match &answered.verdict {
        Verdict::Reply(body) => body.len(),
        _ => 0,
    };
    let session = session_hash(call);
    let response_id = plain_id(call.response_id());
    let found = answered
        .findings
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ");

    macro_rules! write_line {
        ($level:ident, $($message:tt)+) => {
            tracing::$level!(
                intent, outcome, heard, elapsed_ms, left_ms, reply_bytes, session, response_id, request_id, $($message)+
            )
        };
    }
    match &answered.failure {
        None if found.is_empty() => write_line!(info, "answered `{intent}`"),
        None => write_line!(warn, "answered `{intent}` with a changed reply: {found}"),
        Some(failure) => {
            let mut what = failure.to_string();
            what.truncate(what.floor_char_boundary(MAX_ERROR));
            if let Failure::Handler(_) = failure {
                what = words::withhold(&what, call);
            }
            let mend = failure.mend();
            match failure {
                Failure::NoHandler | Failure::Late | Failure::Stopping => write_line!(
                    warn,
                    mend,
                    "failed to answer `{intent}`: {what}; the user hears: {heard}"
                ),
                _ => write_line!(
                    error,
                    mend,
                    "failed to answer `{intent}`: {what}; the user hears: {heard}"
                ),
            }
        }
    }
}

/// Writes the line of a body that was no WebhookRequest.
pub(super) fn not_a_request(error: &RequestError, arrival: Arrival) {
    tracing::warn!(
        request_id = arrival.id(),
        outcome = "not a request",
        "refused a body: {error}"
    );
}

/// The session as a hash that tells turns of one session from others as long as the process lives, and no more.
fn session_hash(call: &Call) -> String {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    format!("{:016x}", KEY.hash_one(call.session().name))
}

/// A response id, if it looks like one.
fn plain_id(id: &str) -> &str {
    let looks_right = id.len() <= 80 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if looks_right { id } else { "" }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
