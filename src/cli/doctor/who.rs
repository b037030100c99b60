//! Who sent an answer: Flowhook, or something in front of it.

use std::fmt;

use hyper::header::{HeaderMap, SERVER, VIA};
use serde_json::Value;

/// A server that calls itself by a longer name is cut, in characters.
const MAX_NAME: usize = 60;

/// What stands in front of a webhook, and may answer in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Front {
    /// Google's own front: Cloud Run, Cloud Functions, App Engine.
    Google,
    /// A load balancer of Google Cloud.
    GoogleLoadBalancer,
    Ngrok,
    Cloudflare,
    AwsLoadBalancer,
    AwsApiGateway,
    /// Amazon CloudFront.
    AmazonCdn,
    /// nginx, Caddy, Envoy, Apache and others, by the name they give themselves.
    Server(String),
}

impl fmt::Display for Front {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Google => "Google Frontend (Cloud Run)",
            Self::GoogleLoadBalancer => "a Google Cloud load balancer",
            Self::Ngrok => "ngrok",
            Self::Cloudflare => "Cloudflare",
            Self::AwsLoadBalancer => "an AWS load balancer",
            Self::AwsApiGateway => "AWS API Gateway",
            Self::AmazonCdn => "Amazon CloudFront",
            Self::Server(name) => name,
        })
    }
}

/// The sender of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sender {
    /// The answer is Flowhook's own.
    pub(super) is_flowhook: bool,
    /// What it came through; or what it came from, if it is not Flowhook's.
    pub(super) front: Option<Front>,
}

impl fmt::Display for Sender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_flowhook, &self.front) {
            (true, None) => formatter.write_str("Flowhook"),
            (true, Some(front)) => write!(formatter, "Flowhook, through {front}"),
            (false, Some(front)) => write!(formatter, "{front}"),
            (false, None) => formatter.write_str("a server that does not name itself"),
        }
    }
}

/// Who sent an answer with these headers and this body.
pub(super) fn sender(headers: &HeaderMap, body: &[u8]) -> Sender {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let name = text(SERVER);
    let server = name.to_lowercase();
    let front = if headers.contains_key("ngrok-error-code") || headers.contains_key("ngrok-agent-ips") {
        Some(Front::Ngrok)
    } else if server == "cloudflare" || headers.contains_key("cf-ray") {
        Some(Front::Cloudflare)
    } else if server == "cloudfront" || headers.contains_key("x-amz-cf-id") {
        Some(Front::AmazonCdn)
    } else if headers.contains_key("x-amzn-requestid") || headers.contains_key("apigw-requestid") {
        Some(Front::AwsApiGateway)
    } else if server.starts_with("awselb") {
        Some(Front::AwsLoadBalancer)
    } else if server == "google frontend" {
        Some(Front::Google)
    } else if text(VIA).to_lowercase().contains("google") {
        Some(Front::GoogleLoadBalancer)
    } else if server.is_empty() || server == "flowhook" {
        None
    } else {
        Some(Front::Server(name.chars().take(MAX_NAME).collect()))
    };
    Sender {
        is_flowhook: server == "flowhook" || is_like_ours(headers, body),
        front,
    }
}

/// Whether an answer has the marks of ours. What stands in front often puts its own name into the header `server`.
fn is_like_ours(headers: &HeaderMap, body: &[u8]) -> bool {
    let is_ours = |id: &[u8]| id.len() == 16 && id.iter().all(u8::is_ascii_hexdigit);
    headers
        .get("x-request-id")
        .is_some_and(|id| is_ours(id.as_bytes()))
        && headers
            .get(hyper::header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
        && serde_json::from_slice::<Value>(body).is_ok_and(|body| body.is_object())
}

/// The message of an error in Google's form, which Flowhook's errors have.
pub(super) fn message(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body["error"]["message"].as_str().map(str::to_owned)
}

/// The title of a page.
pub(super) fn title(body: &[u8]) -> Option<String> {
    let page = String::from_utf8_lossy(body);
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    Some(page[start..end].trim().to_owned()).filter(|title| !title.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sender_is_known_by_its_marks() {
        let error = r#"{"error": {"code": 404, "status": "NOT_FOUND", "message": "nothing here"}}"#;
        let ours = [
            ("x-request-id", "0123456789abcdef"),
            ("content-type", "application/json"),
        ];
        let with = |more: &[(&'static str, &'static str)]| [&ours[..], more].concat();
        for (sent, body, says) in [
            (vec![("server", "flowhook")], "", "Flowhook"),
            (
                vec![("server", "flowhook"), ("via", "1.1 google")],
                "",
                "Flowhook, through a Google Cloud load balancer",
            ),
            (
                with(&[("server", "Google Frontend")]),
                error,
                "Flowhook, through Google Frontend (Cloud Run)",
            ),
            (
                with(&[("server", "nginx/1.27")]),
                "{}",
                "Flowhook, through nginx/1.27",
            ),
            (with(&[]), "<html>", "a server that does not name itself"),
            (
                vec![("server", "Google Frontend")],
                "<html>",
                "Google Frontend (Cloud Run)",
            ),
            (
                vec![("via", "1.1 google")],
                "<html>",
                "a Google Cloud load balancer",
            ),
            (vec![("ngrok-error-code", "ERR_NGROK_3200")], "", "ngrok"),
            (vec![("server", "cloudflare")], "", "Cloudflare"),
            (vec![("server", "awselb/2.0")], "", "an AWS load balancer"),
            (vec![("apigw-requestid", "x")], "", "AWS API Gateway"),
            (vec![("x-amz-cf-id", "x")], "", "Amazon CloudFront"),
            (vec![("server", "Caddy")], "", "Caddy"),
            (vec![], "", "a server that does not name itself"),
        ] {
            let headers: HeaderMap = sent
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect();
            assert_eq!(sender(&headers, body.as_bytes()).to_string(), says, "{sent:?}");
        }
    }

    #[test]
    fn errors_and_pages_say_what_they_are_about() {
        assert_eq!(
            message(br#"{"error": {"message": "nothing here"}}"#).as_deref(),
            Some("nothing here")
        );
        assert_eq!(message(b"<html>"), None);
        assert_eq!(
            title("<html><TITLE lang=en>\n Sign in — İ </Title>".as_bytes()).as_deref(),
            Some("Sign in — İ")
        );
        assert_eq!(title(b"<title>"), None);
    }
}
