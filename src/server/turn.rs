//! A call of Dialogflow's, from HTTP to the webhook and back.

use std::time::SystemTime;

use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use tracing::Instrument;

use super::body::{self, BodyError};
use super::problem::Problem;
use super::{House, SERVER};
use crate::auth::{Certificate, Evidence, Headers, Refusal};
use crate::telemetry::spans;
use crate::webhook::{Arrival, Trace, Verdict};

/// The type of every reply.
static JSON: header::HeaderValue = header::HeaderValue::from_static("application/json; charset=utf-8");

/// The header that carries a request's id, which its log line has too.
const REQUEST_ID: &str = "x-request-id";

pub(super) async fn turn(request: HttpRequest, payload: Payload, house: Data<House>) -> HttpResponse {
    let arrival = Arrival::now();
    let span = tracing::info_span!(target: "flowhook::span", "call", otel.kind = "server");
    let arrival = arrival.in_trace(spans::join(&span, trace(request.headers())));
    let mut response = answer(&request, payload, &house, &arrival).instrument(span).await;
    let id = header::HeaderValue::from_str(arrival.id()).expect("an id is made of hexadecimal digits");
    response
        .headers_mut()
        .insert(header::HeaderName::from_static(REQUEST_ID), id);
    response
}

async fn answer(request: &HttpRequest, payload: Payload, house: &House, arrival: &Arrival) -> HttpResponse {
    if house.is_stopping() {
        body::drain(house, payload).await;
        house.inside.refused("stopping");
        return unavailable("stopping", arrival);
    }
    let admission = {
        let evidence = Evidence {
            headers: &Sent(request.headers()),
            certificate: request.conn_data::<Certificate>(),
            peer: request.peer_addr().map(|address| address.ip()),
            now: SystemTime::now(),
        };
        let gate = tracing::info_span!(target: "flowhook::span", "gate");
        house.gate.admits(&evidence).instrument(gate).await
    };
    if let Err(refusal) = admission {
        body::drain(house, payload).await;
        return refuse(house, &refusal, arrival).into();
    }
    if house.is_for_this_machine && came_through_a_proxy(request.headers()) {
        body::drain(house, payload).await;
        house.inside.refused("proxy");
        tracing::warn!(
            request_id = arrival.id(),
            outcome = "not admitted",
            http_status = 403,
            mend = "set `auth.basic` (and the same in the agent), or `auth.open = true` to let anybody in",
            "refused a call: it came through a proxy, and without [auth] only this machine may call"
        );
        return Problem::forbidden().into();
    }
    let body = if is_encoded(request.headers()) {
        body::drain(house, payload).await;
        Err(BodyError::Encoded)
    } else {
        body::read(house, payload).await
    };
    let body = match body {
        Ok(body) => body,
        Err(error) => {
            house.inside.refused("not a request");
            tracing::warn!(
                request_id = arrival.id(),
                outcome = "not a request",
                http_status = 400,
                "refused a body: {error}"
            );
            return Problem::invalid(error.to_string()).into();
        }
    };
    // Only now: a seat is for a turn, not for somebody who is slow to say what it is.
    let Some(seat) = house.seat() else {
        house.inside.refused("too many turns");
        return unavailable("too many turns at a time", arrival);
    };
    let verdict = tokio::select! {
        // Most turns are done when they are first polled: then nothing waits for the end.
        biased;
        answered = Box::pin(house.webhook.answer_on(body, *arrival, seat)) => answered.verdict,
        () = house.is_over() => {
            house.inside.refused("stopping");
            return unavailable("stopping", arrival);
        }
    };
    match verdict {
        Verdict::Reply(reply) => HttpResponse::Ok()
            .insert_header((header::SERVER, SERVER.clone()))
            .insert_header((header::CONTENT_TYPE, JSON.clone()))
            .body(reply),
        Verdict::NotARequest(error) => {
            house.inside.refused("not a request");
            Problem::invalid(error.to_string()).into()
        }
        Verdict::NoHandler => Problem::not_found("no handler answers this intent").into(),
        Verdict::Failed => Problem::internal("the handler failed; the log says how").into(),
        Verdict::Unavailable => Problem::unavailable("the handler was not done in time").into(),
    }
}

fn unavailable(why: &'static str, arrival: &Arrival) -> HttpResponse {
    tracing::warn!(
        request_id = arrival.id(),
        outcome = "unavailable",
        http_status = 503,
        "refused a call: {why}"
    );
    Problem::unavailable(why).into()
}

/// The trace that the headers name, in the order in which Google's own libraries look. One that is repeated names none.
fn trace(headers: &HeaderMap) -> Option<Trace> {
    let only = |name: &str| {
        let mut values = headers.get_all(name);
        let value = values.next()?;
        values.next().is_none().then_some(value)?.to_str().ok()
    };
    only("traceparent")
        .and_then(Trace::of_traceparent)
        .or_else(|| only("x-cloud-trace-context").and_then(Trace::of_cloud_trace_context))
}

/// Whether somebody passed the call on, who may have it from anywhere.
fn came_through_a_proxy(headers: &HeaderMap) -> bool {
    ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
        .iter()
        .any(|name| headers.contains_key(*name))
}

/// The answer to a caller who may not call, the same whatever was wrong. The log knows more, but not without end.
fn refuse(house: &House, refusal: &Refusal, arrival: &Arrival) -> Problem {
    if let Some(untold) = house.refusals.count(refusal) {
        tracing::warn!(
            request_id = arrival.id(),
            outcome = "not admitted",
            http_status = if refusal.is_not_allowed() { 403 } else { 401 },
            reason = refusal.kind(),
            untold,
            "refused a call: {refusal}"
        );
    }
    if refusal.is_not_allowed() {
        Problem::forbidden()
    } else {
        Problem::unauthenticated(&house.gate.schemes())
    }
}

/// Whether the body is compressed, which Dialogflow never does.
pub(super) fn is_encoded(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(header::CONTENT_ENCODING);
    encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

struct Sent<'a>(&'a HeaderMap);

impl Headers for Sent<'_> {
    fn all<'a>(&'a self, name: &str) -> Box<dyn Iterator<Item = &'a [u8]> + 'a> {
        Box::new(self.0.get_all(name).map(header::HeaderValue::as_bytes))
    }
}
