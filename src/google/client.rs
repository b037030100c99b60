//! Making calls: over one pool of connections, with a token, bounded in time and bytes.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use serde_json::Value;

use super::call::Body;
use super::{Call, Credentials, Error, Trouble};

/// How long finding Google may take.
const TO_CONNECT: Duration = Duration::from_secs(5);

/// What Google may ask us to wait at most; a day is a mistake.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// One pool of connections for all: Google asks callers to reuse them. It lets go of idle ones before its DNS entries are old.
static CONNECTIONS: LazyLock<Result<reqwest::Client, String>> = LazyLock::new(|| {
    reqwest::Client::builder()
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(TO_CONNECT)
        .pool_idle_timeout(Duration::from_secs(60))
        .user_agent(concat!("flowhook/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| innermost(&error))
});

/// Someone to Google: makes calls with the tokens of one identity and scope.
#[derive(Clone)]
pub struct Client {
    credentials: Arc<Credentials>,
}

impl Client {
    /// A client that shows tokens of these credentials.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials: Arc::new(credentials),
        }
    }

    /// Makes the call once, and gives what is answered; an empty answer is null.
    ///
    /// # Errors
    ///
    /// When there is no token, no whole answer in time, Google refuses, or the answer is not JSON.
    pub async fn call(&self, call: Call<'_>) -> Result<Value, Error> {
        let name = call.name;
        let unanswered = |why: String| Error::new(name, Trouble::Unanswered(why));
        let connections = CONNECTIONS.as_ref().map_err(|why| unanswered(why.clone()))?;
        let url = call.endpoint.at(&call.path, &call.query);
        let mut request = connections.request(call.method, url).timeout(call.patience);
        if let Some(bearer) = self.credentials.bearer(name).await? {
            request = request.header(AUTHORIZATION, bearer);
        }
        request = match call.body {
            Body::None => request,
            Body::Json(json) => request
                .header(CONTENT_TYPE, "application/json; charset=utf-8")
                .body(json.to_string()),
            Body::Bytes { kind, bytes } => request.header(CONTENT_TYPE, kind).body(bytes),
        };
        let asked = request.send().await;
        let mut answer = asked.map_err(|error| unanswered(why(error, call.patience)))?;
        let status = answer.status();
        let retry_after = retry_after(answer.headers(), Timestamp::now());
        let mut body = Vec::new();
        loop {
            let chunk = answer.chunk().await;
            match chunk.map_err(|error| unanswered(why(error, call.patience)))? {
                Some(chunk) if body.len() + chunk.len() > call.most => {
                    return Err(Error::new(name, Trouble::Unreadable("it is too large")));
                }
                Some(chunk) => body.extend_from_slice(&chunk),
                None => break,
            }
        }
        if !status.is_success() {
            return Err(Error::refused(name, status.as_u16(), &body, retry_after));
        }
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).map_err(|_| Error::new(name, Trouble::Unreadable("it is not JSON")))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Client")
    }
}

/// Why there is no answer, without the URL.
fn why(error: reqwest::Error, patience: Duration) -> String {
    if error.is_timeout() {
        return format!("not whole within {patience:?}");
    }
    innermost(&error.without_url())
}

/// The message that says most: reqwest's own is only that sending failed.
fn innermost(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    source.to_string()
}

/// How long the answer asks us to wait: `Retry-After` in seconds or as a date (RFC 9110).
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
            at.duration_since(now).try_into().unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        let now: Timestamp = "2026-11-06T08:49:00Z".parse().unwrap();
        for (text, seconds) in [
            ("120", Some(120)),
            ("0", Some(0)),
            ("Fri, 06 Nov 2026 08:49:37 GMT", Some(37)),
            ("Fri, 06 Nov 2026 08:48:00 GMT", Some(0)),
            ("9999999999", Some(24 * 60 * 60)),
            ("soon", None),
            ("-1", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            assert_eq!(
                retry_after(&headers, now),
                seconds.map(Duration::from_secs),
                "{text}"
            );
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
