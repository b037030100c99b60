//! The bridge: an RBM user talks to a Dialogflow ES agent.
//!
//! What the user said or tapped becomes a `detectIntent` ([`query`](self)), in a session whose id is a keyed hash of the user; what the
//! agent answers becomes RBM messages, row by row of the table in `docs/bridge.md`. A tap whose postback names an intent of this
//! program's own table is answered here, without Dialogflow.
//!
//! `detectIntent` cannot be repeated without moving contexts on. A program that is killed between the question and its own note of the
//! answer asks again; the user is answered once even so.

mod answer;
mod here;
mod query;
mod words;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use serde_json::{Value, json};
use uuid::Builder;

use super::look;
use super::rbm::{AgentEvent, Client, Event, Kind, Message, Question};
use super::{Id, id};
use crate::google::{self, Call, Endpoint};
use crate::webhook::Webhook;
use crate::wire::QueryResult;
use query::Query;

/// The scope of its tokens.
pub const SCOPE: &str = "https://www.googleapis.com/auth/dialogflow";

/// How long Dialogflow may take: its own webhook has five seconds, its matching some more.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the user hears where no apology is set for the language.
const APOLOGY: &str = "Sorry, I could not answer that just now. Please try again.";

/// How a bridge is built.
#[derive(Clone)]
pub struct Options {
    /// Where Dialogflow is.
    pub endpoint: Endpoint,
    /// The agent's project.
    pub project: String,
    /// The agent's location; none for the global one.
    pub location: Option<String>,
    /// The agent's environment; none for the draft.
    pub environment: Option<String>,
    /// The language of the conversation, where the handler says no other.
    pub language: String,
    /// What session ids are made with, so that they tell nobody's number. Whoever changes it begins all conversations anew.
    pub session_key: Arc<[u8]>,
    /// A tap's postback that begins with it names an event.
    pub event_prefix: String,
    /// A tap's postback that begins with it names an intent of this program's table.
    pub intent_prefix: String,
    /// The event that a place triggers.
    pub location_event: String,
    /// The event that a file triggers.
    pub file_event: String,
    /// Whether handlers of intents are told the user's phone number.
    pub shares_phone_number: bool,
    /// What the user hears when Dialogflow refuses: language code to words.
    pub apologies: BTreeMap<String, String>,
}

/// Google's address for agents at that location.
///
/// # Errors
///
/// When the location has signs that no host has.
pub fn endpoint(location: Option<&str>) -> Result<Endpoint, google::EndpointError> {
    match location {
        None | Some("global") => "https://dialogflow.googleapis.com".parse(),
        Some(location) => format!("https://{location}-dialogflow.googleapis.com").parse(),
    }
}

/// A bridge to one agent.
pub struct Bridge {
    google: google::Client,
    options: Options,
    here: Option<Arc<Webhook>>,
}

impl Bridge {
    /// A bridge that asks with tokens of these credentials.
    #[must_use]
    pub fn new(google: google::Client, options: Options) -> Self {
        Self {
            google,
            options,
            here: None,
        }
    }

    /// The same, which answers taps that name an intent of `webhook`'s table by it.
    #[must_use]
    pub fn answering_here(mut self, webhook: Arc<Webhook>) -> Self {
        self.here = Some(webhook);
        self
    }

    /// What the user is answered. Meanwhile the user sees that the message was read, and that something is being typed; where that
    /// cannot be told, it is not.
    ///
    /// # Errors
    ///
    /// When asking failed in a way that may pass. What does not pass is answered with an apology, and logged.
    pub async fn ask(
        &self,
        event: &Event,
        question: &Question,
        age: Duration,
        client: &Client,
    ) -> Result<Vec<Message>, google::Error> {
        let Some(user) = &event.user else {
            return Ok(Vec::new());
        };
        let session = self.session(&event.agent, user.as_str());
        let language = question.language.as_deref().unwrap_or(&self.options.language);
        let Some(query) = Query::of(event, question, &self.options) else {
            return Ok(Vec::new());
        };
        let payload = self.payload(event, &query, &session, age);
        if let Some(messages) = self.answered_here(event, &session, language, &payload).await {
            return Ok(messages);
        }
        let asking = self.detect_intent(&query, &session, language, payload);
        let (_, asked) = tokio::join!(attention(event, client), asking);
        match asked {
            Ok(result) => Ok(answer::messages(&result)),
            Err(error) if error.is_transient() || error.is_about_credentials() => Err(error),
            Err(error) => {
                tracing::error!(
                    agent = event.agent,
                    error = %error,
                    mend = "look at [bridge]: project, location, environment, and whether the account may detect intents",
                    "the Dialogflow agent could not be asked; the user heard the apology"
                );
                Ok(vec![Message::text(self.apology(language))])
            }
        }
    }

    async fn detect_intent(
        &self,
        query: &Query,
        session: &str,
        language: &str,
        payload: Value,
    ) -> Result<QueryResult, google::Error> {
        let name = "ask the Dialogflow agent";
        let mut path = vec!["v2beta1".to_owned()];
        path.extend(self.resource(session).split('/').map(str::to_owned));
        if let Some(last) = path.last_mut() {
            last.push_str(":detectIntent");
        }
        let body = json!({
            "queryInput": query.input(language),
            "queryParams": {"payload": payload},
        });
        let call = Call::post(name, &self.options.endpoint, path)
            .json(body)
            .within(PATIENCE);
        let answer = self.google.call(call).await?;
        let result = look::at(&answer, "queryResult").cloned().unwrap_or(json!({}));
        serde_json::from_value(result)
            .map_err(|_| google::Error::new(name, google::Trouble::Unreadable("its query result is none")))
    }

    /// The name of the session.
    fn resource(&self, session: &str) -> String {
        let Options {
            project,
            location,
            environment,
            ..
        } = &self.options;
        let place = location
            .as_ref()
            .map_or(String::new(), |location| format!("/locations/{location}"));
        let version = environment.as_ref().map_or(String::new(), |environment| {
            format!("/environments/{environment}/users/-")
        });
        format!("projects/{project}{place}/agent{version}/sessions/{session}")
    }

    /// The id of the user's session: a keyed hash, since phone numbers are few enough to try all. As a UUID it has the 36 characters
    /// that Dialogflow allows.
    fn session(&self, agent: &str, user: &str) -> String {
        let key = Key::new(HMAC_SHA256, &self.options.session_key);
        let tag = sign(&key, &id::hash_of(&["rbm", agent, user]));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&tag.as_ref()[..16]);
        Builder::from_custom_bytes(bytes)
            .into_uuid()
            .hyphenated()
            .to_string()
    }

    /// What handlers of intents find in `turn.payload()`: `source` is `rbm`, `userId` the session's id.
    fn payload(&self, event: &Event, query: &Query, session: &str, age: Duration) -> Value {
        let mut payload = json!({
            "source": "rbm",
            "userId": session,
            "agentId": event.agent,
            "kind": event.kind.name(),
            "ageSeconds": age.as_secs(),
        });
        if query.is_cut() {
            if let Kind::Text(words) = &event.kind {
                payload["text"] = json!(words);
            }
            payload["isCut"] = json!(true);
        }
        if let (true, Some(user)) = (self.options.shares_phone_number, &event.user) {
            payload["rbm_user_phone_number"] = json!(user.as_str());
        }
        payload
    }

    /// The apology in the language: `fr-CA`, else `fr`, else English.
    fn apology(&self, language: &str) -> &str {
        let language = language.to_lowercase().replace('_', "-");
        let tags = std::iter::successors(Some(language.as_str()), |tag| {
            tag.rsplit_once('-').map(|(shorter, _)| shorter)
        });
        let set = tags.chain(["en"]).find_map(|tag| self.options.apologies.get(tag));
        set.filter(|words| !words.is_empty())
            .map_or(APOLOGY, String::as_str)
    }
}

impl fmt::Debug for Bridge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Bridge")
            .field("project", &self.options.project)
            .field("location", &self.options.location)
            .field("environment", &self.options.environment)
            .finish_non_exhaustive()
    }
}

/// Shows the user that the message was read and is being answered. Neither is worth a retry: the answer tells as much.
async fn attention(event: &Event, client: &Client) {
    let Some(user) = &event.user else { return };
    let id = |number| Id::derived(&["rbm attention", &event.agent, user.as_str(), &event.id], number);
    let is_message = matches!(event.kind, Kind::Text(_) | Kind::File(_) | Kind::Location(_));
    if is_message && let Err(error) = client.tell(user, id(0), AgentEvent::Read(&event.id)).await {
        tracing::debug!(agent = event.agent, error = %error, "the user was not told that the message was read");
    }
    if let Err(error) = client.tell(user, id(1), AgentEvent::Typing).await {
        tracing::debug!(agent = event.agent, error = %error, "the user was not told that an answer comes");
    }
}

#[cfg(test)]
mod tests;
