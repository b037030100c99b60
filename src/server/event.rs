//! An event of another channel, from HTTP to the intake and back.

use actix_web::http::header;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::body::{self, BodyError};
use super::problem::Problem;
use super::turn::is_encoded;
use super::{House, SERVER};
use crate::channels::intake::{Answer, Call, MAX_CALL, Product};

/// Which product calls which paths.
pub(super) const PATHS: [(Product, &str); 2] = [
    (Product::Rbm, "/rbm/{endpoint}"),
    (Product::BusinessMessages, "/business-messages/{endpoint}"),
];

const SIGNATURE: &str = "x-goog-signature";
const WEBHOOK_TYPE: &str = "x-goog-webhook-type";

pub(super) async fn event(
    request: HttpRequest,
    path: Path<String>,
    product: Data<Product>,
    payload: Payload,
    house: Data<House>,
) -> HttpResponse {
    let intake = house.intake.as_ref();
    let Some((intake, endpoint)) =
        intake.and_then(|intake| Some((intake, intake.endpoint(**product, &path)?)))
    else {
        body::drain(&house, payload).await;
        return Problem::not_found("no such endpoint").into();
    };
    if house.is_stopping() {
        body::drain(&house, payload).await;
        return Problem::unavailable("stopping").in_a_while().into();
    }
    if let Some(answer) = intake.turn_away(endpoint) {
        // Not read: what comes in faster than it can be stored must cost as little as it can.
        return respond(answer);
    }
    let headers = request.headers();
    if is_encoded(headers) {
        body::drain(&house, payload).await;
        return Problem::invalid(BodyError::Encoded.to_string()).into();
    }
    let body = match body::read_up_to(MAX_CALL.min(house.max_body), &house, payload).await {
        Ok(body) => body,
        Err(error) => {
            tracing::warn!(
                endpoint = endpoint.name(),
                product = product.path(),
                "refused a body: {error}"
            );
            return match error {
                BodyError::TooLarge(_) => Problem::too_large(error.to_string()).into(),
                _ => Problem::invalid(error.to_string()).into(),
            };
        }
    };
    let call = Call {
        webhook_type: headers.get(WEBHOOK_TYPE).map(header::HeaderValue::as_bytes),
        signatures: headers
            .get_all(SIGNATURE)
            .map(header::HeaderValue::as_bytes)
            .collect(),
        body,
    };
    respond(intake.answer(endpoint, &call).await)
}

fn respond(answer: Answer) -> HttpResponse {
    match answer {
        Answer::Kept => text("ok".to_owned()),
        Answer::Proof(secret) => text(secret),
        Answer::NotACall(why) => Problem::invalid(why).into(),
        Answer::Forbidden => Problem::forbidden().into(),
        Answer::Unavailable(why) => Problem::unavailable(why).in_a_while().into(),
    }
}

/// A body that no browser takes for anything but text, whoever wrote it.
fn text(body: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::SERVER, SERVER.clone()))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type("text/plain; charset=utf-8")
        .body(body)
}
