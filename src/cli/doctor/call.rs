//! One call over a connection: HTTP/1.1, as Dialogflow speaks it.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};
use hyper::{Method, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};

use super::report::{Finding, Layer};
use super::request;
use super::target::Target;
use super::tls;

/// A longer reply is not read to its end: it is refused for its size in any case.
const MAX_READ: usize = 1 << 20;

/// A connection, with TLS or without.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) end: End,
}

impl Answer {
    /// A header as text; empty without it.
    pub(super) fn header(&self, name: impl hyper::header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// How the body of an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Whole,
    /// It went on after what was read of it.
    Longer,
    /// The connection ended, or the chunks were broken.
    Broken,
    Late,
}

/// What of a call is not the target's.
pub(super) struct Sent<'a> {
    /// Beside Dialogflow's own.
    pub(super) headers: &'a [(HeaderName, HeaderValue)],
    pub(super) body: Bytes,
    /// What the answer may be compressed with.
    pub(super) encodings: &'static str,
    /// Whether the server was shown a client certificate, which it may refuse only now.
    pub(super) has_certificate: bool,
}

/// Makes a call.
///
/// # Errors
///
/// What was found when no answer came.
pub(super) async fn call(
    stream: Box<dyn Stream>,
    target: &Target,
    sent: Sent<'_>,
    until: Instant,
) -> Result<Answer, Finding> {
    let late = || {
        Finding::failed(
            Layer::Http,
            "no answer came in the time that the doctor waits (--timeout)",
        )
        .because("the handler hangs, or what stands in front waits for a program that does not answer")
        .mend("see in the webhook's log whether the call arrived, and what it waits for")
    };
    let has_certificate = sent.has_certificate;
    let request = request_of(target, sent)?;
    let exchange = async {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the last byte or the first failure, of which the sender is told.
        tokio::spawn(connection);
        sender.send_request(request).await
    };
    let response = match timeout_at(until, exchange).await {
        Err(_) => return Err(late()),
        Ok(Err(error)) => return Err(failure(&error, has_certificate)),
        Ok(Ok(response)) => response,
    };
    let (head, mut coming) = response.into_parts();
    let mut body = Vec::new();
    let end = loop {
        match timeout_at(until, coming.frame()).await {
            Err(_) => break End::Late,
            Ok(None) => break End::Whole,
            Ok(Some(Err(_))) => break End::Broken,
            Ok(Some(Ok(frame))) => {
                body.extend_from_slice(frame.data_ref().map_or(&[], |bytes| bytes));
                if body.len() > MAX_READ {
                    break End::Longer;
                }
            }
        }
    };
    Ok(Answer {
        status: head.status,
        headers: head.headers,
        body,
        end,
    })
}

fn request_of(target: &Target, sent: Sent<'_>) -> Result<hyper::Request<Full<Bytes>>, Finding> {
    let mut request = hyper::Request::builder()
        .method(Method::POST)
        .uri(target.path_and_query())
        .header(HOST, target.authority())
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, request::USER_AGENT)
        .header(ACCEPT, "*/*")
        .header(ACCEPT_ENCODING, sent.encodings);
    for (name, value) in sent.headers {
        request = request.header(name, value);
    }
    request
        .body(Full::new(sent.body))
        .map_err(|error| Finding::failed(Layer::Http, format!("the call cannot be written down: {error}")))
}

/// Why no answer came.
fn failure(error: &hyper::Error, has_certificate: bool) -> Finding {
    if let Some(error) = tls::tls_error_within(error) {
        return tls::refusal(error, true, has_certificate);
    }
    if error.is_parse() {
        return Finding::failed(Layer::Http, "what answers there does not speak HTTP/1.1")
            .because("it is another protocol, HTTPS behind a URL with http://, or a broken program")
            .mend("see that the URL has the port of the webhook");
    }
    Finding::failed(Layer::Http, "the connection was closed without an answer")
        .because(
            "the program ended or a handler's failure closed the connection, or what stands in front gave up on the program",
        )
        .mend("see the webhook's log for a panic or a restart at this time")
}
