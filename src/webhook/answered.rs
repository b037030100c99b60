//! A call that has its answer: what a server sends, and what the log tells.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

use super::failure::Failed;
use super::reply::Finding;
use crate::wire::RequestError;

/// What to answer a call with.
pub enum Verdict {
    /// The reply, as the JSON of a WebhookResponse.
    Reply(Bytes),
    /// No handler, and the console has a response: Dialogflow speaks it when told so.
    NoHandler,
    /// The handler failed, and the console has a response.
    Failed,
    /// The handler was late or the program is ending, and the console has a response.
    Unavailable,
    /// The body was no WebhookRequest.
    NotARequest(RequestError),
}

/// Shows which it is, and nothing of what is said.
impl fmt::Debug for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply(body) => write!(formatter, "Reply({} bytes)", body.len()),
            Self::NoHandler => formatter.write_str("NoHandler"),
            Self::Failed => formatter.write_str("Failed"),
            Self::Unavailable => formatter.write_str("Unavailable"),
            Self::NotARequest(error) => write!(formatter, "NotARequest({error:?})"),
        }
    }
}

impl Verdict {
    /// The status that HTTP answers it with.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Reply(_) => 200,
            Self::NotARequest(_) => 400,
            Self::NoHandler => 404,
            Self::Failed => 500,
            Self::Unavailable => 503,
        }
    }
}

/// A call that has its answer, and what the log tells of it.
#[derive(Debug)]
pub struct Answered {
    /// What to answer with.
    pub verdict: Verdict,
    /// What the user hears, in kind: `text+card`, `event`, `console`, `apology`, ...
    pub heard: Cow<'static, str>,
    /// Why the handler's own answer is not what the user hears.
    pub failure: Option<Failed>,
    /// What was taken out of the reply or changed in it, because Dialogflow would have refused it; what the integration
    /// cannot show as it is; and advice.
    pub findings: Vec<Finding>,
    /// Whether the call came before, and this is the answer that it got then.
    pub is_replayed: bool,
    /// Whether that answer was still being made, so that the call waited for it.
    pub was_running: bool,
}

impl Answered {
    pub(super) fn of(verdict: Verdict) -> Self {
        Self {
            verdict,
            heard: Cow::default(),
            failure: None,
            findings: Vec::new(),
            is_replayed: false,
            was_running: false,
        }
    }

    /// Whether the reply that is sent is another than the one that the handler meant. One that is only shown in another
    /// form is not.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.findings.iter().any(Finding::changes_the_reply)
    }
}
