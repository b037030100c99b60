//! The calls of Business Messages. Source: Google's generated client.

use serde_json::{Value, json};

use super::{Message, Representative};
use crate::channels::{Id, Unfit};
use crate::google::{self, Call, Code, Endpoint};

/// The scope of its tokens.
pub const SCOPE: &str = "https://www.googleapis.com/auth/businessmessages";

/// Google's address for it.
///
/// # Panics
///
/// Never.
#[must_use]
pub fn endpoint() -> Endpoint {
    "https://businessmessages.googleapis.com"
        .parse()
        .expect("Google's address is an address")
}

/// Why something was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The message does not fit.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Google refused, or did not answer.
    #[error(transparent)]
    Google(#[from] google::Error),
}

impl Error {
    /// Whether the same may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Google(error) => error.is_transient(),
            Self::Unfit(_) => false,
        }
    }
}

/// What an agent does beside sending messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentEvent {
    /// It types.
    TypingStarted,
    /// It does not type any more.
    TypingStopped,
    /// A human has come.
    RepresentativeJoined,
    /// The human has gone.
    RepresentativeLeft,
}

impl AgentEvent {
    fn name(self) -> &'static str {
        match self {
            Self::TypingStarted => "TYPING_STARTED",
            Self::TypingStopped => "TYPING_STOPPED",
            Self::RepresentativeJoined => "REPRESENTATIVE_JOINED",
            Self::RepresentativeLeft => "REPRESENTATIVE_LEFT",
        }
    }
}

/// The client.
#[derive(Clone, Debug)]
pub struct Client {
    google: google::Client,
    endpoint: Endpoint,
}

impl Client {
    /// A client that calls that address.
    #[must_use]
    pub fn new(google: google::Client, endpoint: Endpoint) -> Self {
        Self { google, endpoint }
    }

    /// Sends a message. One that was sent before under the same id counts as sent, so this is safe to repeat.
    ///
    /// # Errors
    ///
    /// When the message does not fit, or Google refuses.
    pub async fn send(&self, conversation: &str, id: Id, message: &Message) -> Result<(), Error> {
        self.send_json(conversation, id, message.to_json()?).await
    }

    /// Sends what [`Message::to_json`] gave.
    pub(in crate::channels) async fn send_json(
        &self,
        conversation: &str,
        id: Id,
        mut json: Value,
    ) -> Result<(), Error> {
        json["messageId"] = json!(id.to_string());
        let path = ["v1", "conversations", conversation, "messages"];
        let call = Call::post("send the message", &self.endpoint, path).json(json);
        self.once(call).await
    }

    /// Tells the user what the agent, or who speaks for it, does.
    ///
    /// # Errors
    ///
    /// When Google refuses.
    pub async fn tell(
        &self,
        conversation: &str,
        id: Id,
        event: AgentEvent,
        representative: &Representative,
    ) -> Result<(), Error> {
        let body = json!({"eventType": event.name(), "representative": representative.json()});
        let path = ["v1", "conversations", conversation, "events"];
        let call = Call::post("tell what the agent does", &self.endpoint, path)
            .query("eventId", id.to_string())
            .json(body);
        self.once(call).await
    }

    /// Asks the user how it went.
    ///
    /// # Errors
    ///
    /// When Google refuses.
    pub async fn survey(&self, conversation: &str, id: Id) -> Result<(), Error> {
        let path = ["v1", "conversations", conversation, "surveys"];
        let call = Call::post("send the survey", &self.endpoint, path)
            .query("surveyId", id.to_string())
            .json(json!({}));
        self.once(call).await
    }

    /// Tells the user that the message of that id was read.
    ///
    /// # Errors
    ///
    /// When Google refuses.
    pub async fn mark_read(&self, conversation: &str, message: &str) -> Result<(), Error> {
        let path = [
            "v1",
            "conversations",
            conversation,
            "messages",
            message,
            "receipt",
        ];
        let call = Call::patch("send the receipt", &self.endpoint, path).json(json!({"receiptType": "READ"}));
        self.google.call(call).await?;
        Ok(())
    }

    async fn once(&self, call: Call<'_>) -> Result<(), Error> {
        match self.google.call(call).await {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some(Code::AlreadyExists) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
