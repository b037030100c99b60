//! The two servers of our own: bare actix-web, which is the ceiling, and actix-web with serde_json and as few types as will do,
//! which is what one could reach by hand.

use std::borrow::Cow;
use std::io;

use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::calls::{BASIC, constant};

/// Answers the same to everything, once the body was read.
pub async fn bare(port: u16) -> io::Result<()> {
    let constant = Bytes::from(constant());
    let app = move || {
        let constant = constant.clone();
        let answer = move |_: Bytes| {
            let constant = constant.clone();
            async move { HttpResponse::Ok().content_type("application/json").body(constant) }
        };
        App::new().route("/", web::post().to(answer))
    };
    HttpServer::new(app).bind(("127.0.0.1", port))?.run().await
}

/// Checks the password, parses, looks at the intent and answers.
pub async fn typed(port: u16) -> io::Result<()> {
    let app = || App::new().route("/", web::post().to(answer));
    HttpServer::new(app).bind(("127.0.0.1", port))?.run().await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    session: Cow<'a, str>,
    #[serde(borrow)]
    query_result: QueryResult<'a>,
}

#[derive(Deserialize)]
struct QueryResult<'a> {
    #[serde(borrow)]
    intent: Intent<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Intent<'a> {
    #[serde(borrow)]
    display_name: Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    fulfillment_messages: [Message; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    output_contexts: Vec<Context>,
}

#[derive(Serialize)]
struct Message {
    text: Text,
}

#[derive(Serialize)]
struct Text {
    text: [&'static str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    name: String,
    lifespan_count: u32,
    parameters: Parameters,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Parameters {
    param_name: &'static str,
}

async fn answer(request: HttpRequest, body: Bytes) -> HttpResponse {
    if !may_call(&request) {
        return HttpResponse::Unauthorized().finish();
    }
    let Ok(request) = serde_json::from_slice::<Request>(&body) else {
        return HttpResponse::BadRequest().finish();
    };
    match &*request.query_result.intent.display_name {
        "guide.context" => {
            let context = Context {
                name: format!("{}/contexts/context-name", request.session),
                lifespan_count: 5,
                parameters: Parameters {
                    param_name: "param-value",
                },
            };
            says("Text response from webhook", vec![context])
        }
        "guide.text" => says("Text response from webhook", vec![]),
        "get-agent-name" => says("My name is Flowhook.", vec![]),
        _ => HttpResponse::NotFound().finish(),
    }
}

fn may_call(request: &HttpRequest) -> bool {
    let shown = request.headers().get(AUTHORIZATION);
    let shown = shown.and_then(|value| value.as_bytes().strip_prefix(b"Basic "));
    let Some(Ok(shown)) = shown.map(|shown| STANDARD.decode(shown)) else {
        return false;
    };
    verify_slices_are_equal(&shown, BASIC.as_bytes()).is_ok()
}

fn says(words: &'static str, output_contexts: Vec<Context>) -> HttpResponse {
    HttpResponse::Ok().json(Response {
        fulfillment_messages: [Message {
            text: Text { text: [words] },
        }],
        output_contexts,
    })
}
