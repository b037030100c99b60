//! A call of Dialogflow's, from HTTP to the webhook and back.

use std::time::SystemTime;

use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::body::{self, BodyError};
use super::problem::Problem;
use super::{House, SERVER};
use crate::auth::{Certificate, Evidence, Headers};
use crate::webhook::{Arrival, Verdict};

/// The header that carries a request's id, which its log line has too.
const REQUEST_ID: &str = "x-request-id";

pub(super) async fn turn(request: HttpRequest, payload: Payload, house: Data<House>) -> HttpResponse {
    let arrival = Arrival::now();
    let mut response = answer(&request, payload, &house, arrival).await;
    let id = header::HeaderValue::try_from(arrival.id()).expect("an id is made of hexadecimal digits");
    response
        .headers_mut()
        .insert(header::HeaderName::from_static(REQUEST_ID), id);
    response
}

async fn answer(request: &HttpRequest, payload: Payload, house: &House, arrival: Arrival) -> HttpResponse {
    let Some(_seat) = house.seat() else {
        body::drain(house, payload).await;
        let problem = if house.is_stopping() {
            "stopping"
        } else {
            "too many turns at a time"
        };
        tracing::warn!(
            request_id = arrival.id(),
            outcome = "unavailable",
            "refused a call: {problem}"
        );
        return Problem::unavailable(problem).into();
    };
    let evidence = Evidence {
        headers: &Sent(request.headers()),
        certificate: request.conn_data::<Certificate>(),
        peer: request.peer_addr().map(|address| address.ip()),
        now: SystemTime::now(),
    };
    if let Err(refusal) = house.gate.admits(&evidence) {
        body::drain(house, payload).await;
        tracing::warn!(
            request_id = arrival.id(),
            outcome = "not admitted",
            "refused a call: {refusal}"
        );
        return Problem::unauthenticated().into();
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
            tracing::warn!(
                request_id = arrival.id(),
                outcome = "not a request",
                "refused a body: {error}"
            );
            return Problem::invalid(error.to_string()).into();
        }
    };
    match house.webhook.answer(body, arrival).await.verdict {
        Verdict::Reply(reply) => HttpResponse::Ok()
            .insert_header((header::SERVER, SERVER))
            .content_type("application/json; charset=utf-8")
            .body(reply),
        Verdict::NotARequest(error) => Problem::invalid(error.to_string()).into(),
        Verdict::NoHandler => Problem::not_found("no handler answers this intent").into(),
        Verdict::Failed => Problem::internal("the handler failed; the log says how").into(),
        Verdict::Unavailable => Problem::unavailable("the handler was not done in time").into(),
    }
}

/// Whether the body is compressed, which Dialogflow never does.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

struct Sent<'a>(&'a HeaderMap);

impl Headers for Sent<'_> {
    fn all<'a>(&'a self, name: &str) -> Box<dyn Iterator<Item = &'a [u8]> + 'a> {
        Box::new(self.0.get_all(name).map(header::HeaderValue::as_bytes))
    }
}
