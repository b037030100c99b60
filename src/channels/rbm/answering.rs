//! Jobs of RBM: what came in is answered, and what is answered is sent.

use std::fmt;
use std::sync::Arc;

use super::handler::Rbm;
use super::{Answer, Client, Consent, Error, Event, Kind, Message, Question, TrafficType};
use crate::channels::bridge::Bridge;
use crate::channels::consent::{Change, Consents};
use crate::channels::inbound::Handler;
use crate::channels::outbox::{Letter, failed, patience, told};
use crate::channels::worker::{Failed, Patience, Ran, Worker};
use crate::store::queue::{Job, NewJob};
use crate::webhook::BoxError;

/// The kind of jobs that send an answer.
const SEND: &str = "rbm.send";

/// Answers what came in: by the agent's handler, by the bridge, or not at all.
pub struct Answering {
    handler: Option<Arc<Handler<Rbm>>>,
    bridge: Option<Bridge>,
    client: Client,
    consents: Consents,
    traffic: Option<TrafficType>,
}

impl Answering {
    /// Sends answers by that client, and keeps consents there. Nothing is answered yet.
    #[must_use]
    pub fn new(client: Client, consents: Consents) -> Self {
        Self {
            handler: None,
            bridge: None,
            client: client.obeying(consents.clone()),
            consents,
            traffic: None,
        }
    }

    /// By the agent's own handler, if it has one.
    #[must_use]
    pub(crate) fn by_handler(mut self, handler: Option<Arc<Handler<Rbm>>>) -> Self {
        self.handler = handler;
        self
    }

    /// By the bridge, where the handler leaves it to Dialogflow or there is none.
    #[must_use]
    pub fn by_bridge(mut self, bridge: Bridge) -> Self {
        self.bridge = Some(bridge);
        self
    }

    /// With this type of traffic where an answer does not say.
    #[must_use]
    pub fn traffic(mut self, traffic: TrafficType) -> Self {
        self.traffic = Some(traffic);
        self
    }

    /// Has the worker run what comes in by `rbm.event`, and what is answered.
    #[must_use]
    pub fn on(self, worker: Worker, incoming: &'static str) -> Worker {
        let answering = Arc::new(self);
        let sending = Arc::clone(&answering);
        worker
            .on(incoming, patience(), move |job| {
                Arc::clone(&answering).answer(job)
            })
            .on(SEND, Patience::default(), move |job| {
                Arc::clone(&sending).send(job)
            })
    }

    async fn answer(self: Arc<Self>, job: Job) -> Ran {
        let json = serde_json::from_slice(&job.payload).map_err(|_| Failed::not_understood("not JSON"))?;
        let Some(event) = self.settled(Event::read(&json)).await? else {
            return Ok(Vec::new());
        };
        let client = self.client.speaking_as(&event.agent);
        let answer = match &self.handler {
            Some(handler) => handler
                .run(event.clone(), job.age(), client.clone())
                .await
                .map_err(|error| handler_failed(&event, error))?,
            None if self.bridge.is_some() => Question::as_said().into(),
            None => Answer::Messages(Vec::new()),
        };
        let messages = match answer {
            Answer::Messages(messages) => messages,
            Answer::Dialogflow(question) => match &self.bridge {
                Some(bridge) => bridge
                    .ask(&event, &question, job.age(), &client)
                    .await
                    .map_err(|error| failed(&error))?,
                None => {
                    return Err(Failed::for_good(
                        "the handler asks Dialogflow, and `bridge.project` is not set",
                    ));
                }
            },
        };
        self.letters(&job, &event, messages)
    }

    /// The event, as the handler gets it: keywords that change the user's consent as what they mean. None where it was told before.
    async fn settled(&self, mut event: Event) -> Result<Option<Event>, Failed> {
        let Some(said) = event.consent() else {
            return Ok(Some(event));
        };
        let away = |error: crate::store::StoreError| Failed::again(error.to_string());
        let is_text = matches!(event.kind, Kind::Text(_));
        if is_text && said == Consent::Subscribed {
            // A word like any other, unless the user had ended.
            let known = match &event.user {
                Some(user) => self.consents.of(&event.agent, user).await.map_err(away)?,
                None => None,
            };
            let is_again = known == Some(Consent::Subscribed);
            if known.is_none() || is_again && !self.consents.is_by(&event).await.map_err(away)? {
                return Ok(Some(event));
            }
        }
        match self.consents.change(&event, said).await.map_err(away)? {
            Change::Made(Consent::Subscribed) => event.kind = Kind::Subscribed,
            Change::Made(Consent::Unsubscribed) => event.kind = Kind::Unsubscribed,
            Change::None => return Ok(None),
        }
        tracing::info!(
            agent = event.agent,
            kind = event.kind.name(),
            "a user has {}",
            event.kind.name()
        );
        Ok(Some(event))
    }

    /// The jobs that send the messages.
    fn letters(&self, job: &Job, event: &Event, messages: Vec<Message>) -> Result<Vec<NewJob>, Failed> {
        let Some(user) = event.user.as_ref() else {
            if !messages.is_empty() {
                tracing::warn!(
                    agent = event.agent,
                    kind = event.kind.name(),
                    mend = "answer such events with nothing",
                    "an answer to nobody is not sent"
                );
            }
            return Ok(Vec::new());
        };
        let mut letters = Vec::new();
        for (number, mut message) in (0..).zip(messages) {
            let default = match event.kind {
                Kind::Unsubscribed => Some(TrafficType::Acknowledgement),
                _ => self.traffic,
            };
            if let (None, Some(default)) = (message.traffic_type(), default) {
                message = message.traffic(default);
            }
            let json = message
                .to_json()
                .map_err(|unfit| Failed::for_good(format!("answer {number} of the handler: {unfit}")))?;
            letters.push(Letter::answering(job, &event.agent, user.as_str(), number, json).job(SEND, job));
        }
        Ok(letters)
    }

    async fn send(self: Arc<Self>, job: Job) -> Ran {
        let letter = Letter::open(&job)?;
        let user = letter
            .to
            .parse()
            .map_err(|_| Failed::not_understood("no phone number"))?;
        let id = letter.id()?;
        let client = self.client.speaking_as(&letter.agent);
        match client.send_json(&user, id, letter.message).await {
            Ok(()) => Ok(Vec::new()),
            Err(Error::Google(error)) => Err(failed(&error)),
            Err(error) if error.is_transient() => Err(Failed::again(error.to_string())),
            Err(error) => Err(Failed::for_good(error.to_string())),
        }
    }
}

fn handler_failed(event: &Event, error: BoxError) -> Failed {
    tracing::warn!(
        agent = event.agent,
        kind = event.kind.name(),
        error = told(&error, event.json()),
        "the handler of RCS for Business failed"
    );
    Failed::again("the handler failed")
}

impl fmt::Debug for Answering {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Answering")
            .field("has_handler", &self.handler.is_some())
            .field("bridge", &self.bridge)
            .finish_non_exhaustive()
    }
}
