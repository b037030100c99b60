//! The one line that the log gets of a turn. Nothing that a user said stands in it, and of the session only a hash that is
//! keyed anew in every process.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::time::Duration;

use tracing::Value;
use tracing::field::display;

use super::digits::Digits;
use super::reply::{Effect, Finding};
use super::{Arrival, Call, Failed, Told, Trace, Verdict};
use crate::wire::RequestError;

/// Longer names and lists of findings are cut: a log line has an end.
const MAX_NAME: usize = 200;
const MAX_FINDINGS: usize = 2_000;

/// Writes the line of a turn.
pub(super) fn turn(call: &Call, told: &Told<'_>, arrival: &Arrival) {
    let answered = told.answered;
    let intent = cut(call.intent(), MAX_NAME);
    let request_id = arrival.id();
    let outcome = match &answered.failure {
        _ if answered.is_replayed => "replayed",
        Some(failed) => failed.kind,
        None => "answered",
    };
    let heard = cut(&answered.heard, MAX_NAME);
    let (elapsed_ms, left_ms) = (milliseconds(told.elapsed), milliseconds(told.left));
    let reply_bytes = match &answered.verdict {
        Verdict::Reply(body) => body.len(),
        _ => 0,
    };
    let request_bytes = call.body().len();
    let http_status = answered.verdict.status();
    let (trace_id, span_id, trace_sampled) = names(arrival.trace);
    let session = session_hash(call);
    let session = session.as_str();
    let response_id = plain_id(call.response_id());
    let changed: Vec<_> = answered
        .findings
        .iter()
        .filter(|finding| finding.changes_the_reply())
        .collect();
    // What an integration cannot show is told in short: it is no fault, and may be so at each turn.
    let degraded: Vec<_> = answered
        .findings
        .iter()
        .filter(|finding| finding.effect == Effect::Degraded)
        .collect();
    let degraded = (!degraded.is_empty()).then(|| found(&degraded));

    macro_rules! write_line {
        ($level:ident, $($message:tt)+) => {
            tracing::$level!(
                intent, request_id, outcome, heard, elapsed_ms, left_ms, request_bytes, reply_bytes, http_status, session, response_id,
                trace_id, span_id, trace_sampled, degraded, $($message)+
            )
        };
    }
    match &answered.failure {
        None if answered.is_replayed => write_line!(info, "repeated the answer to `{intent}`"),
        None if changed.is_empty() => write_line!(info, "answered `{intent}`"),
        None => write_line!(
            warn,
            "answered `{intent}` with a changed reply: {}",
            found(&changed)
        ),
        Some(Failed {
            text,
            mend,
            is_fault: false,
            ..
        }) => {
            write_line!(
                warn,
                mend,
                "failed to answer `{intent}`: {text}; the user hears: {heard}"
            );
        }
        Some(Failed {
            text,
            mend,
            is_fault: true,
            ..
        }) => {
            write_line!(
                error,
                mend,
                "failed to answer `{intent}`: {text}; the user hears: {heard}"
            );
        }
    }
}

fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// The findings, as many as there is room for.
fn found(findings: &[&Finding]) -> String {
    let mut told = String::new();
    for (number, finding) in findings.iter().enumerate() {
        if told.len() > MAX_FINDINGS {
            return format!("{told} and {} more", findings.len() - number);
        }
        let Finding { place, rule, .. } = finding;
        told = format!(
            "{told}{}`{}`: {rule}",
            if number > 0 { "; " } else { "" },
            cut(place, MAX_NAME)
        );
    }
    told
}

/// Writes the line of a body that was no WebhookRequest.
pub(super) fn not_a_request(error: &RequestError, arrival: &Arrival) {
    let (trace_id, span_id, trace_sampled) = names(arrival.trace);
    tracing::warn!(
        request_id = arrival.id(),
        outcome = "not a request",
        http_status = 400,
        trace_id,
        span_id,
        trace_sampled,
        "refused a body: {error}"
    );
}

/// How the log names a trace: by its id, the caller's span, and whether the caller records it.
pub(super) fn names(trace: Option<Trace>) -> (Option<impl Value>, Option<impl Value>, Option<bool>) {
    (
        trace.map(|trace| display(trace.id)),
        trace.and_then(|trace| trace.span).map(display),
        trace.map(|trace| trace.is_sampled),
    )
}

/// The session as a hash that tells turns of one session from others as long as the process lives, and no more.
fn session_hash(call: &Call) -> Digits {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    Digits::of(KEY.hash_one(call.session_name()))
}

/// A response id, if it looks like one.
fn plain_id(id: &str) -> &str {
    let looks_right = id.len() <= 80 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if looks_right { id } else { "" }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
