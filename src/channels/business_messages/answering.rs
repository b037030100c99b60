//! Jobs of Business Messages: what came in is answered, and what is answered is sent.

use std::sync::Arc;

use super::handler::BusinessMessages;
use super::{Client, Error, Event};
use crate::channels::inbound::Handler;
use crate::channels::outbox::{Letter, failed, patience, told};
use crate::channels::worker::{Failed, Patience, Ran, Worker};
use crate::store::queue::Job;

/// The kind of jobs that send an answer.
const SEND: &str = "business_messages.send";

/// Answers what came in by the agent's handler.
pub struct Answering {
    handler: Arc<Handler<BusinessMessages>>,
    client: Client,
}

impl Answering {
    /// Answers by that handler, and sends by that client.
    #[must_use]
    pub(crate) fn new(client: Client, handler: Arc<Handler<BusinessMessages>>) -> Self {
        Self { handler, client }
    }

    /// Has the worker run what comes in by `business_messages.event`, and what is answered.
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
        let event = Event::read(&json);
        let kind = event.kind.name();
        let (agent, conversation) = (event.agent.clone(), event.conversation.clone());
        let ran = self.handler.run(event, job.age(), self.client.clone()).await;
        let answer = ran.map_err(|error| {
            let error = told(&error, &json);
            tracing::warn!(agent, kind, error, "the handler of Business Messages failed");
            Failed::again("the handler failed")
        })?;
        let mut letters = Vec::new();
        for (number, message) in (0..).zip(answer.0) {
            let json = message
                .to_json()
                .map_err(|unfit| Failed::for_good(format!("answer {number} of the handler: {unfit}")))?;
            letters.push(Letter::answering(&job, &agent, &conversation, number, json).job(SEND, &job));
        }
        Ok(letters)
    }

    async fn send(self: Arc<Self>, job: Job) -> Ran {
        let letter = Letter::open(&job)?;
        let id = letter.id()?;
        match self.client.send_json(&letter.to, id, letter.message).await {
            Ok(()) => Ok(Vec::new()),
            Err(Error::Google(error)) => Err(failed(&error)),
            Err(error) => Err(Failed::for_good(error.to_string())),
        }
    }
}

impl std::fmt::Debug for Answering {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Answering").finish_non_exhaustive()
    }
}
