//! Answers that are no reply, as JSON in Google's form: `{"error": {"code": .., "status": "..", "message": ".."}}`.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde_json::json;

use crate::auth::Scheme;

const BASIC: &str = "Basic realm=\"flowhook\", charset=\"UTF-8\"";
const BEARER: &str = "Bearer realm=\"flowhook\"";

/// What went wrong, for the caller. It quotes nothing of the request and tells nothing of the program's inside.
pub(super) struct Problem {
    code: StatusCode,
    /// The name of a `google.rpc.Code`.
    status: &'static str,
    message: String,
    headers: Vec<(header::HeaderName, &'static str)>,
}

impl Problem {
    fn new(code: StatusCode, status: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            status,
            message: message.into(),
            headers: Vec::new(),
        }
    }

    fn with(mut self, name: header::HeaderName, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// 400: the caller sent something that is no request.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", message)
    }

    /// 401: no credentials, or wrong ones. It does not say which, only how one may authenticate.
    pub(super) fn unauthenticated(schemes: &[Scheme]) -> Self {
        let message = "the call does not carry the credentials that this webhook asks for";
        let problem = Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message);
        // HTTP wants a challenge in every 401, also where the secret is in a header of its own.
        let challenges = match schemes {
            [] => &["Header realm=\"flowhook\""][..],
            [Scheme::Basic] => &[BASIC],
            [Scheme::Bearer] => &[BEARER],
            _ => &[BASIC, BEARER],
        };
        let challenge = |problem: Self, value: &&'static str| problem.with(header::WWW_AUTHENTICATE, value);
        challenges.iter().fold(problem, challenge)
    }

    /// 403: Google vouches for the caller, who still may not call.
    pub(super) fn forbidden() -> Self {
        Self::denied("the caller is not one that this webhook answers")
    }

    /// 403 for another reason.
    pub(super) fn denied(message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "PERMISSION_DENIED", message)
    }

    /// 404: nothing is there.
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    /// 405: another method is wanted.
    pub(super) fn method_not_allowed(allowed: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "UNIMPLEMENTED", message).with(header::ALLOW, allowed)
    }

    /// 413: more than is read.
    pub(super) fn too_large(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "INVALID_ARGUMENT", message)
    }

    /// 500: the handler failed.
    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message)
    }

    /// 503: no time, no room, or no more.
    pub(super) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
    }

    /// The same, with when to come again.
    pub(super) fn in_a_while(self) -> Self {
        self.with(header::RETRY_AFTER, "5")
    }
}

impl From<Problem> for HttpResponse {
    fn from(problem: Problem) -> Self {
        let mut response = Self::build(problem.code);
        response.insert_header((header::SERVER, super::SERVER.clone()));
        for header in problem.headers {
            response.append_header(header);
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
