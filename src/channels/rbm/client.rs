//! RBM's calls. Source: its REST reference (v1) and Google's generated models.

use std::fmt;

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Consent, Message, PhoneNumber, TrafficType};
use crate::channels::{Consents, Id, Unfit, look};
use crate::google::{self, Call, Code, Endpoint, Trouble};

/// The scope of its tokens.
pub const SCOPE: &str = "https://www.googleapis.com/auth/rcsbusinessmessaging";

/// How many numbers one question for reach may have.
const MAX_REACH: usize = 10_000;

/// The largest file, in bytes: 100 MiB.
const MAX_FILE: usize = 100 * 1024 * 1024;

/// What both ways to upload a file are called in errors.
const UPLOAD: &str = "upload the file";

/// Where RBM is to be called: best where the users are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Region {
    /// The one address for all. It knows no batch reach.
    #[default]
    Global,
    /// America.
    Us,
    /// Europe.
    Europe,
    /// Asia.
    Asia,
}

impl Region {
    /// Its address.
    #[must_use]
    pub fn endpoint(self) -> Endpoint {
        let host = match self {
            Self::Global => "https://rcsbusinessmessaging.googleapis.com",
            Self::Us => "https://us-rcsbusinessmessaging.googleapis.com",
            Self::Europe => "https://europe-rcsbusinessmessaging.googleapis.com",
            Self::Asia => "https://asia-rcsbusinessmessaging.googleapis.com",
        };
        host.parse().expect("Google's addresses are addresses")
    }
}

/// Why something was not sent or asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The message does not fit.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Google refused, or did not answer.
    #[error(transparent)]
    Google(#[from] google::Error),
    /// The question was not one.
    #[error("{0}")]
    Wrong(&'static str),
    /// The user wants no messages but essential ones.
    #[error(
        "the user has unsubscribed, and the message is not essential: its traffic type must be AUTHENTICATION, TRANSACTION, \
         SERVICEREQUEST or ACKNOWLEDGEMENT"
    )]
    Unsubscribed,
    /// It is not known whether the user wants messages.
    #[error("whether the user has unsubscribed cannot be looked up: {0}")]
    Store(#[from] crate::store::StoreError),
}

impl Error {
    /// Whether the same may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Google(error) => error.is_transient(),
            Self::Store(error) => error.is_transient(),
            Self::Unfit(_) | Self::Wrong(_) | Self::Unsubscribed => false,
        }
    }

    /// Whether the user cannot be reached by RCS, or the agent is not launched on the user's network: another channel may.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Google(error) if error.code() == Some(Code::NotFound))
    }
}

/// What an agent does beside sending messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentEvent<'a> {
    /// It has read the user's message of that id. Waits up to 30 days for the phone.
    Read(&'a str),
    /// It is typing. Shown for about 20 seconds, and not at all where the phone is away.
    Typing,
}

/// What a user's phone can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Names of features, as in `RICHCARD_STANDALONE`.
    pub features: Vec<String>,
}

/// Which of many users can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Those on networks where the agent is launched.
    pub reachable: Vec<PhoneNumber>,
    /// How many numbers were drawn for an estimate; 0 for fewer than 500 numbers.
    pub sampled: u64,
    /// How many of those can be reached by RCS on any network.
    pub sampled_reachable: u64,
}

/// The client for one agent.
#[derive(Clone)]
pub struct Client {
    google: google::Client,
    endpoint: Endpoint,
    agent: String,
    consents: Option<Consents>,
}

impl Client {
    /// A client that speaks as the agent of that id, as in `name@rbm.goog`, at that address.
    #[must_use]
    pub fn new(google: google::Client, endpoint: Endpoint, agent: impl Into<String>) -> Self {
        Self {
            google,
            endpoint,
            agent: agent.into(),
            consents: None,
        }
    }

    /// The same, which sends nothing that is not essential to who has unsubscribed.
    #[must_use]
    pub fn obeying(mut self, consents: Consents) -> Self {
        self.consents = Some(consents);
        self
    }

    /// The same, as another agent.
    #[must_use]
    pub fn speaking_as(&self, agent: impl Into<String>) -> Self {
        Self {
            agent: agent.into(),
            ..self.clone()
        }
    }

    /// Sends a message. What comes again under the same id is ignored, so this is safe to repeat. Accepted is not delivered: that
    /// is told by events.
    ///
    /// # Errors
    ///
    /// When the message does not fit, the user has unsubscribed and it is not essential, or Google refuses; see
    /// [`Error::is_unreachable`].
    pub async fn send(&self, to: &PhoneNumber, id: Id, message: &Message) -> Result<(), Error> {
        let json = message.to_json()?;
        let traffic = message.traffic_type();
        let is_essential = traffic.is_some_and(|traffic| traffic != TrafficType::Promotion);
        self.may_send(to, is_essential).await?;
        self.post(to, id, json).await
    }

    /// Sends an answer, as [`Message::to_json`] gave it. Who asks is answered, but for offers.
    pub(in crate::channels) async fn send_json(
        &self,
        to: &PhoneNumber,
        id: Id,
        json: Value,
    ) -> Result<(), Error> {
        let is_offer = look::text(&json, "messageTrafficType") == Some(TrafficType::Promotion.name());
        self.may_send(to, !is_offer).await?;
        self.post(to, id, json).await
    }

    async fn may_send(&self, to: &PhoneNumber, is_essential: bool) -> Result<(), Error> {
        let Some(consents) = self.consents.as_ref().filter(|_| !is_essential) else {
            return Ok(());
        };
        match consents.of(&self.agent, to).await? {
            Some(Consent::Unsubscribed) => Err(Error::Unsubscribed),
            Some(Consent::Subscribed) | None => Ok(()),
        }
    }

    async fn post(&self, to: &PhoneNumber, id: Id, json: Value) -> Result<(), Error> {
        let path = ["v1", "phones", to.as_str(), "agentMessages"];
        let call = Call::post("send the message", &self.endpoint, path)
            .query("messageId", id.to_string())
            .query("agentId", &self.agent)
            .json(json);
        self.google.call(call).await?;
        Ok(())
    }

    /// Tells the user what the agent does. Ids of events and messages must differ.
    ///
    /// # Errors
    ///
    /// When Google refuses.
    pub async fn tell(&self, to: &PhoneNumber, id: Id, event: AgentEvent<'_>) -> Result<(), Error> {
        let body = match event {
            AgentEvent::Read(message) => json!({"eventType": "READ", "messageId": message}),
            AgentEvent::Typing => json!({"eventType": "IS_TYPING"}),
        };
        let path = ["v1", "phones", to.as_str(), "agentEvents"];
        let call = Call::post("tell what the agent does", &self.endpoint, path)
            .query("eventId", id.to_string())
            .query("agentId", &self.agent)
            .json(body);
        self.google.call(call).await?;
        Ok(())
    }

    /// Takes a message back that was not delivered yet. Google answers the same whether that was so or not.
    ///
    /// # Errors
    ///
    /// When Google refuses.
    pub async fn revoke(&self, to: &PhoneNumber, id: Id) -> Result<(), Error> {
        let id = id.to_string();
        let path = ["v1", "phones", to.as_str(), "agentMessages", &id];
        let call = Call::delete("revoke the message", &self.endpoint, path).query("agentId", &self.agent);
        self.google.call(call).await?;
        Ok(())
    }

    /// What the user's phone can do; none when the user cannot be reached.
    ///
    /// # Errors
    ///
    /// When Google refuses for another reason.
    pub async fn capabilities(&self, of: &PhoneNumber) -> Result<Option<Capabilities>, Error> {
        let path = ["v1", "phones", of.as_str(), "capabilities"];
        let call = Call::get("ask for capabilities", &self.endpoint, path)
            .query("requestId", Id::random().to_string())
            .query("agentId", &self.agent);
        match self.google.call(call).await {
            Ok(answer) => Ok(Some(Capabilities {
                features: texts(&answer, "features").map(str::to_owned).collect(),
            })),
            Err(error) if error.code() == Some(Code::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Which of these users can be reached: at most 10,000, all of one region, whose own address must be called. At most 600 times a
    /// minute.
    ///
    /// # Errors
    ///
    /// When there are too many or none, the address is the global one, or Google refuses.
    pub async fn reach(&self, users: &[PhoneNumber]) -> Result<Reach, Error> {
        if users.is_empty() || users.len() > MAX_REACH {
            return Err(Error::Wrong("reach is asked of 1 to 10,000 numbers at a time"));
        }
        if self.endpoint == Region::Global.endpoint() {
            let why = "reach is asked of the address of the numbers' region; set `rbm.region`";
            return Err(Error::Wrong(why));
        }
        let numbers: Vec<_> = users.iter().map(PhoneNumber::as_str).collect();
        let call = Call::post("ask for reach", &self.endpoint, ["v1", "users:batchGet"])
            .json(json!({"agentId": self.agent, "users": numbers}));
        let answer = self.google.call(call).await?;
        Ok(Reach {
            reachable: texts(&answer, "reachableUsers")
                .filter_map(|number| number.parse().ok())
                .collect(),
            sampled: look::count(&answer, "totalRandomSampleUserCount").unwrap_or(0),
            sampled_reachable: look::count(&answer, "reachableRandomSampleUserCount").unwrap_or(0),
        })
    }

    /// Has Google fetch a file from a public address, and gives the name for [`File::uploaded`](super::File::uploaded). It is kept for 60
    /// days.
    ///
    /// # Errors
    ///
    /// When Google refuses.
    pub async fn upload_from(&self, url: &str, thumbnail: Option<&str>) -> Result<String, Error> {
        let mut body = json!({"fileUrl": url, "agentId": self.agent});
        if let Some(thumbnail) = thumbnail {
            body["thumbnailUrl"] = json!(thumbnail);
        }
        let call = Call::post(UPLOAD, &self.endpoint, ["v1", "files"])
            .query("agentId", &self.agent)
            .json(body);
        self.uploaded(call).await
    }

    /// Uploads a file of at most 100 MiB, whose media type is given, as in `image/png`.
    ///
    /// # Errors
    ///
    /// When it is empty or too large, or Google refuses.
    pub async fn upload(&self, bytes: Bytes, media_type: &str) -> Result<String, Error> {
        if bytes.is_empty() || bytes.len() > MAX_FILE {
            return Err(Error::Wrong("a file has 1 byte to 100 MiB"));
        }
        let call = Call::post(UPLOAD, &self.endpoint, ["upload", "v1", "files"])
            .query("agentId", &self.agent)
            .bytes(media_type, bytes)
            .within(std::time::Duration::from_secs(120));
        self.uploaded(call).await
    }

    async fn uploaded(&self, call: Call<'_>) -> Result<String, Error> {
        let answer = self.google.call(call).await?;
        let nameless = || google::Error::new(UPLOAD, Trouble::Unreadable("it has no name for the file"));
        Ok(look::owned(&answer, "name").ok_or_else(nameless)?)
    }
}

fn texts<'a>(answer: &'a Value, member: &str) -> impl Iterator<Item = &'a str> {
    let list = answer.get(member).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

/// Shows which agent speaks, and where.
impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("agent", &self.agent)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
