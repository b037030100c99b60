//! The address for operators: how ready the program is, in detail, and what is logged, which can be changed there.
//!
//! ```text
//! GET  /                  what there is here                            here
//! GET  /metrics           numbers for Prometheus                        here
//! GET  /health/live       the process lives                             here
//! GET  /health/ready      whether it takes calls, and why not           here
//! GET  /log/level         what is logged                                here
//! PUT  /log/level         logs that from now on: from this machine only here
//! DELETE /log/level       logs what the settings say: likewise          here
//! ```
//!
//! None of it shows a word of a user's or a secret. Whoever may not change anything is kept out by where they call from: a page
//! in a browser cannot put or delete across origins, since nothing here allows it to.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde_json::json;
use tokio::time::timeout;

use super::problem::Problem;
use super::{House, SERVER};
use crate::store::queue::{Depth, Queue};
use crate::telemetry::metrics::{MEDIA_TYPE, Now};
use crate::telemetry::{Levels, LogError, Metrics};

/// More than any description of levels.
const MAX_LEVEL: usize = 4_096;

/// How long the queue may take to say what it holds.
const FOR_THE_QUEUE: Duration = Duration::from_secs(2);

/// So many may ask at a time.
const MAX_CONNECTIONS: usize = 64;

/// What operators can see and change beside the server itself.
#[derive(Clone, Debug, Default)]
pub struct Inside {
    levels: Option<Levels>,
    metrics: Option<Arc<Metrics>>,
    queue: Option<Arc<dyn Queue>>,
}

impl Inside {
    /// With what is logged, so that it can be changed.
    #[must_use]
    pub fn levels(mut self, levels: Levels) -> Self {
        self.levels = Some(levels);
        self
    }

    /// With what is counted.
    #[must_use]
    pub fn metrics(mut self, metrics: Arc<Metrics>) -> Self {
        self.metrics = Some(metrics);
        self
    }

    /// With the queue, which is counted when somebody asks.
    #[must_use]
    pub fn queue(mut self, queue: Option<Arc<dyn Queue>>) -> Self {
        self.queue = queue;
        self
    }

    /// Counts a call that was not answered.
    pub(super) fn refused(&self, reason: &'static str) {
        if let Some(metrics) = &self.metrics {
            metrics.refused(reason);
        }
    }

    /// What the queue holds: nothing where there is none, and none where it does not say in time.
    async fn depth(&self) -> Option<Vec<Depth>> {
        match &self.queue {
            None => Some(Vec::new()),
            Some(queue) => timeout(FOR_THE_QUEUE, queue.depth()).await.ok()?.ok(),
        }
    }
}

/// A server on the address for operators, to be run, and where it listens.
pub(super) fn bind(
    address: SocketAddr,
    house: Arc<House>,
) -> io::Result<(Server, ServerHandle, Vec<SocketAddr>)> {
    let house = Data::from(house);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(house.clone())
            .app_data(web::PayloadConfig::new(MAX_LEVEL))
            .configure(configure)
    })
    .workers(1)
    .max_connections(MAX_CONNECTIONS)
    .client_request_timeout(Duration::from_secs(5))
    .shutdown_timeout(1)
    .disable_signals()
    .bind(address)?;
    let addresses = server.addrs();
    let server = server.run();
    let handle = server.handle();
    Ok((server, handle, addresses))
}

fn configure(config: &mut ServiceConfig) {
    config
        .service(get("/", web::get().to(contents)))
        .service(get("/metrics", web::get().to(metrics)))
        .service(get("/health/live", web::get().to(live)))
        .service(get("/health/ready", web::get().to(ready)))
        .service(
            web::resource("/log/level")
                .get(level)
                .put(set_level)
                .delete(reset_level)
                .default_service(web::to(only_level)),
        )
        .default_service(web::to(elsewhere));
}

/// A resource that can be asked for and nothing else.
fn get(path: &str, route: actix_web::Route) -> actix_web::Resource {
    web::resource(path)
        .route(route)
        .default_service(web::to(only_get))
}

async fn contents() -> HttpResponse {
    text(
        StatusCode::OK,
        "Flowhook, for operators\n\nGET /metrics\nGET /health/live\nGET /health/ready\nGET, PUT, DELETE /log/level\n",
    )
}

async fn live() -> HttpResponse {
    answer(StatusCode::OK).json(json!({"status": "live"}))
}

/// What the public address says in a word, with what it rests on.
async fn ready(house: Data<House>) -> HttpResponse {
    let trouble = house.trouble();
    let status = if trouble.is_none() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    answer(status).json(json!({
        "status": if trouble.is_none() { "ready" } else { "unavailable" },
        "why": trouble,
        "turns": {"running": house.turns_running(), "most": house.all_seats},
        "handlers_run": house.webhook.is_responsive(),
    }))
}

async fn metrics(house: Data<House>) -> HttpResponse {
    let inside = &house.inside;
    let Some(metrics) = &inside.metrics else {
        return Problem::not_found("this program counts nothing").into();
    };
    let now = Now {
        refusals: house.refusals.counts(),
        turns: house.turns_running(),
        most_turns: house.all_seats as usize,
        work: house.webhook.work_under_way(),
        key_refreshes: house.gate.key_refreshes(),
        queue: inside.depth().await,
    };
    answer(StatusCode::OK)
        .content_type(MEDIA_TYPE)
        .body(metrics.text(&now))
}

async fn level(house: Data<House>) -> HttpResponse {
    match &house.inside.levels {
        Some(levels) => text(StatusCode::OK, &format!("{}\n", levels.now())),
        None => Problem::not_found("this program does not log").into(),
    }
}

async fn set_level(request: HttpRequest, body: String, house: Data<House>) -> HttpResponse {
    change(&request, &house.inside, |levels| {
        levels.set(&body).map(|()| levels.now())
    })
}

async fn reset_level(request: HttpRequest, house: Data<House>) -> HttpResponse {
    change(&request, &house.inside, |levels| Ok(levels.reset().to_owned()))
}

fn change(
    request: &HttpRequest,
    inside: &Inside,
    change: impl FnOnce(&Levels) -> Result<String, LogError>,
) -> HttpResponse {
    let is_here = request
        .peer_addr()
        .is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    if !is_here {
        return Problem::denied("what is logged is changed from this machine only").into();
    }
    let Some(levels) = &inside.levels else {
        return Problem::not_found("this program does not log").into();
    };
    match change(levels) {
        Ok(level) => {
            tracing::info!(level, "what is logged was changed by an operator");
            text(StatusCode::OK, &format!("{level}\n"))
        }
        Err(error) => Problem::invalid(error.to_string()).into(),
    }
}

async fn only_get() -> HttpResponse {
    Problem::method_not_allowed("GET, HEAD", "this can be asked for, and nothing else").into()
}

async fn only_level() -> HttpResponse {
    Problem::method_not_allowed(
        "GET, PUT, DELETE",
        "put levels such as info,flowhook=debug, or delete them for those of the settings",
    )
    .into()
}

async fn elsewhere() -> HttpResponse {
    Problem::not_found("nothing here; GET / lists what there is").into()
}

fn answer(status: StatusCode) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((actix_web::http::header::SERVER, SERVER.clone()))
        .insert_header((actix_web::http::header::CACHE_CONTROL, "no-store"));
    answer
}

fn text(status: StatusCode, text: &str) -> HttpResponse {
    answer(status)
        .content_type("text/plain; charset=utf-8")
        .body(text.to_owned())
}
