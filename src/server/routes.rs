//! Every route.
//!
//! ```text
//! POST webhook.paths      a call of Dialogflow's                        turn
//! POST /rbm/{endpoint}    an event of RCS for Business               event
//! POST /business-messages/{endpoint}   one of Business Messages     event
//! GET  /health/live       the process lives                             here
//! GET  /health/ready      it takes calls: 503 while it cannot           here
//! ```

use actix_web::http::{Method, header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::problem::Problem;
use super::{House, SERVER, event, turn};

pub(super) fn configure(config: &mut ServiceConfig, webhook_paths: &[String]) {
    for path in webhook_paths {
        config.service(
            web::resource(path)
                .post(turn::turn)
                .default_service(web::to(only_post)),
        );
    }
    for (product, path) in event::PATHS {
        config.service(
            web::resource(path)
                .app_data(web::Data::new(product))
                .post(event::event)
                .default_service(web::to(only_post_of_google)),
        );
    }
    config
        .service(
            web::resource("/health/live")
                .get(live)
                .head(live)
                .default_service(web::to(elsewhere)),
        )
        .service(
            web::resource("/health/ready")
                .get(ready)
                .head(ready)
                .default_service(web::to(elsewhere)),
        )
        .default_service(web::to(elsewhere));
}

async fn live() -> HttpResponse {
    healthy("live")
}

async fn ready(house: web::Data<House>) -> HttpResponse {
    match house.trouble() {
        Some(why) => Problem::unavailable(why).into(),
        None => healthy("ready"),
    }
}

fn healthy(status: &str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::SERVER, SERVER.clone()))
        .json(serde_json::json!({"status": status}))
}

async fn only_post() -> HttpResponse {
    Problem::method_not_allowed(
        "POST",
        "this is a webhook: Dialogflow posts a WebhookRequest to it",
    )
    .into()
}

async fn only_post_of_google() -> HttpResponse {
    Problem::method_not_allowed("POST", "this is a webhook: Google posts events to it").into()
}

/// A path that has nothing, or a health route asked in another way than by GET.
async fn elsewhere(request: HttpRequest, house: web::Data<House>) -> HttpResponse {
    let path = request.path();
    if path.starts_with("/health/") && request.match_pattern().is_some() && request.method() != Method::POST {
        return Problem::method_not_allowed("GET, HEAD", "ask for the health by GET").into();
    }
    let paths = house.paths.join(" and ");
    Problem::not_found(format!("nothing here; the webhook listens on {paths}")).into()
}
