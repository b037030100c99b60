//! Answers that are no reply, as JSON in Google's form: `{"error": {"code": .., "status": "..", "message": ".."}}`.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde_json::json;

/// What went wrong, for the caller. It quotes nothing of the request and tells nothing of the program's inside.
pub(super) struct Problem {
    code: StatusCode,
    /// The name of a `google.rpc.Code`.
    status: &'static str,
    message: String,
    header: Option<(header::HeaderName, &'static str)>,
}

impl Problem {
    fn new(code: StatusCode, status: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            status,
            message: message.into(),
            header: None,
        }
    }

    fn with(mut self, name: header::HeaderName, value: &'static str) -> Self {
        self.header = Some((name, value));
        self
    }

    /// 400: the caller sent something that is no request.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", message)
    }

    /// 401: no credentials, or wrong ones. It does not say which.
    pub(super) fn unauthenticated() -> Self {
        let message = "the call does not carry the credentials that this webhook asks for";
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message).with(
            header::WWW_AUTHENTICATE,
            "Basic realm=\"flowhook\", charset=\"UTF-8\"",
        )
    }

    /// 404: nothing is there.
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    /// 405: another method is wanted.
    pub(super) fn method_not_allowed(allowed: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "UNIMPLEMENTED", message).with(header::ALLOW, allowed)
    }

    /// 500: the handler failed.
    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message)
    }

    /// 503: no time, no room, or no more.
    pub(super) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
    }
}

impl From<Problem> for HttpResponse {
    fn from(problem: Problem) -> Self {
        let mut response = Self::build(problem.code);
        response.insert_header((header::SERVER, super::SERVER));
        if let Some(header) = problem.header {
            response.insert_header(header);
        }
        let Problem {
            code,
            status,
            message,
            ..
        } = problem;
        response.json(json!({"error": {"code": code.as_u16(), "status": status, "message": message}}))
    }
}
