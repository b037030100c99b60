//! What RCS for Business and Business Messages post: checked, stored, acknowledged. Nothing else happens in their call, for
//! Google delivers again for seven days what is not acknowledged, and one agent's failing webhook slows its neighbours.
//!
//! `docs/channels.md` has the whole table of answers. The sources of what is said here of Google's side are its guides, "Webhooks"
//! and "Receive events" of RCS for Business and "Receive messages" of Business Messages, and its published samples.

mod endpoint;
mod inbox;
mod look;
mod tally;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::time::timeout;

pub use endpoint::{Endpoint, Level};
use inbox::Inbox;
use look::Look;
use tally::Tally;

use crate::store::queue::{Put, Queue};

/// The largest call, in bytes. What a user says is small, and files come as links.
pub const MAX_CALL: usize = 256 * 1024;

/// How long a call waits for the store. How long Google waits is not documented.
const PATIENCE: Duration = Duration::from_secs(2);

/// The most characters of the secret in a challenge.
const LONGEST_SECRET: usize = 1024;

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// RCS for Business, also called RBM.
    Rbm,
    /// Business Messages.
    BusinessMessages,
}

impl Product {
    /// The kind of the jobs that its events become. A job's payload is the event as it was signed: for RCS for Business the
    /// JSON within the envelope, for Business Messages the whole body.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Rbm => "rbm.event",
            Self::BusinessMessages => "business_messages.event",
        }
    }

    /// The first part of the path that it calls.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Rbm => "rbm",
            Self::BusinessMessages => "business-messages",
        }
    }
}

/// A call, as far as it matters.
#[derive(Debug)]
pub struct Call<'a> {
    /// `X-Goog-Webhook-Type`, which RCS for Business sends since July 2026. Of its values only `verification` means
    /// something here; the others are no more than a hint.
    pub webhook_type: Option<&'a [u8]>,
    /// Every `X-Goog-Signature`.
    pub signatures: Vec<&'a [u8]>,
    /// The body as it came.
    pub body: Bytes,
}

/// What a caller is told.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// 200: it is stored, or was already.
    Kept,
    /// 200, with this text and nothing else: the webhook is ours.
    Proof(String),
    /// 400: not what Google sends.
    NotACall(&'static str),
    /// 403: not with the token of this webhook.
    Forbidden,
    /// 503: it could not be stored. Google will deliver it again.
    Unavailable(&'static str),
}

/// The doors that are open, and the inbox behind them.
#[derive(Debug)]
pub struct Intake {
    endpoints: Vec<Endpoint>,
    inbox: Inbox,
    tally: Tally,
}

/// What RCS for Business wraps an event in. Of all this only the decoded `data` is signed: whoever has seen one call can
/// write the rest anew, so nothing of it is used.
#[derive(Deserialize)]
struct Envelope {
    message: Option<Wrapped>,
}

#[derive(Deserialize)]
struct Wrapped {
    data: Option<String>,
}

/// The call by which Google asks whether a webhook is whose console names it.
#[derive(Deserialize)]
struct Challenge {
    #[serde(rename = "clientToken")]
    client_token: Option<String>,
    secret: Option<String>,
    message: Option<serde::de::IgnoredAny>,
}

impl Intake {
    /// The intake of these endpoints, which keeps what comes in the queue. So many events may wait to be stored. What it does
    /// in the background, it does on that runtime.
    #[must_use]
    pub fn new(endpoints: Vec<Endpoint>, queue: Arc<dyn Queue>, places: usize, runtime: &Handle) -> Self {
        Self {
            endpoints,
            inbox: Inbox::start(queue, places, runtime),
            tally: Tally::default(),
        }
    }

    /// The endpoint of that name.
    #[must_use]
    pub fn endpoint(&self, product: Product, name: &str) -> Option<&Endpoint> {
        let mut all = self.endpoints.iter();
        all.find(|endpoint| endpoint.product() == product && endpoint.name() == name)
    }

    /// All of them.
    #[must_use]
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// The answer to a call that need not even be read, when it could not be stored just now.
    pub fn turn_away(&self, endpoint: &Endpoint) -> Option<Answer> {
        if self.inbox.has_room() {
            return None;
        }
        let answer = Answer::Unavailable(inbox::FULL);
        self.tally.tell(endpoint, &answer);
        Some(answer)
    }

    /// Answers a call to that endpoint.
    pub async fn answer(&self, endpoint: &Endpoint, call: &Call<'_>) -> Answer {
        let answer = self.judge(endpoint, call).await;
        self.tally.tell(endpoint, &answer);
        answer
    }

    async fn judge(&self, endpoint: &Endpoint, call: &Call<'_>) -> Answer {
        if let Some(answer) = challenged(endpoint, call) {
            return answer;
        }
        let signed = match endpoint.product() {
            Product::Rbm => match unwrapped(&call.body) {
                Ok(event) => event,
                Err(why) => return Answer::NotACall(why),
            },
            Product::BusinessMessages => call.body.clone(),
        };
        let [signature] = call.signatures[..] else {
            return Answer::NotACall("expected one X-Goog-Signature");
        };
        if !endpoint.has_signed(&signed, signature) {
            return Answer::Forbidden;
        }
        if endpoint.product() == Product::BusinessMessages && !is_json(&signed) {
            return Answer::NotACall("the body is not JSON");
        }
        self.keep(endpoint, signed).await
    }

    /// Stores what Google has signed, whatever it is: what is not acknowledged comes again for seven days.
    async fn keep(&self, endpoint: &Endpoint, signed: Bytes) -> Answer {
        let look = Look::at(endpoint.product(), &signed);
        let strange = look
            .strange
            .or_else(|| endpoint.is_strange(look.agent.as_deref()));
        if let Some(why) = strange {
            tracing::warn!(
                endpoint = endpoint.name(),
                product = endpoint.product().path(),
                "put an event into quarantine: {why}"
            );
        }
        let origin = self.origin_of(endpoint, look.agent.as_deref());
        let job = look.job(endpoint.product(), signed).from(origin);
        let job = match strange {
            Some(why) => job.quarantined(why),
            None => job,
        };
        match timeout(PATIENCE, self.inbox.put(job)).await {
            Ok(Ok(Put::New(_) | Put::Again)) => Answer::Kept,
            Ok(Ok(Put::Conflict(id))) => {
                tracing::warn!(
                    endpoint = endpoint.name(),
                    product = endpoint.product().path(),
                    job = id,
                    "kept an event in quarantine: another with the same id and other content came before"
                );
                Answer::Kept
            }
            Ok(Err(why)) => Answer::Unavailable(why),
            Err(_late) => Answer::Unavailable("the store does not answer in time"),
        }
    }

    /// The endpoint that counts as the one an event came by: an agent's own wins over the partner's, which Google may still
    /// call with what it could not deliver before the agent had its own.
    fn origin_of<'a>(&'a self, endpoint: &'a Endpoint, agent: Option<&str>) -> &'a str {
        let own = self.endpoints.iter().find(|other| {
            other.product() == endpoint.product() && agent.is_some_and(|agent| other.is_of(agent))
        });
        match (endpoint.level(), own) {
            (Level::Partner, Some(own)) => own.name(),
            _ => endpoint.name(),
        }
    }
}

/// The answer to a challenge, if the call is one. A signed message cannot pass for one, since it has a `message`.
fn challenged(endpoint: &Endpoint, call: &Call<'_>) -> Option<Answer> {
    if call.webhook_type.is_some_and(|kind| kind != b"verification") {
        return None;
    }
    let challenge: Challenge = serde_json::from_slice(&call.body).ok()?;
    let (None, Some(token), Some(secret)) = (challenge.message, challenge.client_token, challenge.secret)
    else {
        return None;
    };
    if !endpoint.has_token(&token) {
        return Some(Answer::Forbidden);
    }
    // It is sent back as it came, so nothing of it may be more than text.
    if secret.is_empty() || secret.chars().count() > LONGEST_SECRET || secret.contains(char::is_control) {
        let why = "the challenge's secret is empty, too long, or has control characters";
        return Some(Answer::NotACall(why));
    }
    Some(Answer::Proof(secret))
}

/// The event in an envelope: the very bytes that are signed.
fn unwrapped(body: &[u8]) -> Result<Bytes, &'static str> {
    let envelope: Envelope = serde_json::from_slice(body).map_err(|_| "expected JSON with `message.data`")?;
    let wrapped = envelope.message.and_then(|message| message.data);
    let wrapped = wrapped.ok_or("expected `message.data`")?;
    let decoded = STANDARD
        .decode(wrapped)
        .map_err(|_| "`message.data` is not base64")?;
    Ok(decoded.into())
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}
