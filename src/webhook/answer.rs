//! Answering a call: parse, dispatch, handle, settle, prove, write. Every caller gets an answer that Dialogflow accepts,
//! before its deadline.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tracing::Instrument;

use super::handler::{Answer, HandlerError};
use super::isolate::{Paced, Pulse};
use super::reply::{self, Finding};
use super::{Arrival, Call, Failure, Intents, Reply, Source, Table, TableError, isolate, line};
use crate::wire::{ApiVersion, RequestError, WebhookRequest};

/// What a webhook goes by.
#[derive(Clone, Debug)]
pub struct Options {
    /// The agent's API version.
    pub api_version: ApiVersion,
    /// How long Dialogflow waits for an answer.
    pub deadline: Duration,
    /// How long it waits when the user is on Google Assistant.
    pub assistant_deadline: Duration,
    /// What of that time is kept for writing and sending the answer.
    pub margin: Duration,
    /// What the user hears when a turn fails and the console has no response: language code to words.
    pub apologies: BTreeMap<String, String>,
}

/// What Dialogflow documents, and an apology in English.
impl Default for Options {
    fn default() -> Self {
        Self {
            api_version: ApiVersion::V2,
            deadline: Duration::from_secs(5),
            assistant_deadline: Duration::from_secs(10),
            margin: Duration::from_millis(500),
            apologies: BTreeMap::new(),
        }
    }
}

/// What the user hears where no apology is set for the language.
const APOLOGY: &str = "Sorry, I could not answer that just now. Please try again.";

/// What to answer a call with.
#[derive(Debug)]
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

/// A call that has its answer, and what the log tells of it.
#[derive(Debug)]
pub struct Answered {
    /// What to answer with.
    pub verdict: Verdict,
    /// What the user hears, in kind: `text+card`, `event`, `console`, `apology`, ...
    pub heard: String,
    /// Why the handler's own answer is not what the user hears.
    pub failure: Option<Failure>,
    /// What was taken out of the reply, because Dialogflow would have refused it.
    pub findings: Vec<Finding>,
}

impl Answered {
    fn refusing(error: RequestError) -> Self {
        let verdict = Verdict::NotARequest(error);
        Self {
            verdict,
            heard: String::new(),
            failure: None,
            findings: Vec::new(),
        }
    }
}

/// An agent's handlers, ready to answer.
pub struct Webhook {
    table: Arc<Table>,
    options: Options,
    threads: Handle,
    pulse: Pulse,
    /// Stands for the handler of intents that have none.
    nobody: Arc<Paced>,
}

impl Webhook {
    /// A webhook that runs handlers on the runtime behind `threads`. It should have several threads, and nothing else on
    /// them that must not wait for a handler.
    ///
    /// # Errors
    ///
    /// When the table has two lines for the same intent, action or event, or an empty name.
    pub fn new<App: Send + Sync + 'static>(
        intents: Intents<App>,
        options: Options,
        threads: Handle,
    ) -> Result<Self, TableError> {
        Ok(Self {
            table: Arc::new(intents.into_table()?),
            options,
            pulse: Pulse::start(&threads),
            threads,
            nobody: Arc::default(),
        })
    }

    /// Whether handlers can run: false while every thread for them has been blocked for two seconds.
    #[must_use]
    pub fn is_responsive(&self) -> bool {
        self.pulse.is_felt()
    }

    /// The agent's table.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Answers the call in `body`, and writes the turn's line to the log.
    pub async fn answer(&self, body: Bytes, arrival: Arrival) -> Answered {
        let call = match WebhookRequest::parse(&body) {
            Ok(request) => Call::new(request, body),
            Err(error) => {
                line::not_a_request(&error, arrival);
                return Answered::refusing(error);
            }
        };
        let patience = match call.source() {
            Source::GoogleAssistant => self.options.assistant_deadline,
            _ => self.options.deadline,
        };
        let call = Arc::new(call.due(arrival.at + patience.saturating_sub(self.options.margin)));
        let answered = match self.handle(&call, arrival).await {
            Ok(answer) => self.settle(&call, answer),
            Err(failure) => self.settle_failure(&call, failure),
        };
        line::turn(&call, &answered, arrival);
        answered
    }

    /// The handler's answer, from the runtime that handlers run on.
    async fn handle(&self, call: &Arc<Call>, arrival: Arrival) -> Result<Answer, Failure> {
        let entry = self.table.find(call);
        let handler = entry.map(|entry| Arc::clone(&entry.handler));
        let paced = entry.map_or(&self.nobody, |entry| &entry.paced);
        let work = {
            let (table, call) = (Arc::clone(&self.table), Arc::clone(call));
            async move {
                for hook in &table.hooks.before {
                    if let Some(answer) = hook(Arc::clone(&call)).await.map_err(HandlerError::Own)? {
                        return Ok(Some(answer));
                    }
                }
                let Some(handler) = handler else {
                    return Ok(None);
                };
                let answer = handler(Arc::clone(&call)).await?;
                let hooks = table.hooks.after.iter();
                Ok(Some(hooks.fold(answer, |answer, hook| hook(&call, answer))))
            }
        };
        // What the handler logs carries the turn's names.
        let span = tracing::info_span!("turn", intent = call.intent(), request_id = arrival.id());
        match isolate::run(&self.threads, call.deadline(), paced, work.instrument(span)).await? {
            Ok(answer) => answer.ok_or(Failure::NoHandler),
            Err(HandlerError::Params(error)) => Err(Failure::Parameters(error)),
            Err(HandlerError::Own(error)) => Err(Failure::Handler(error)),
        }
    }

    /// Proves an answer and writes it. One that would leave the user in silence is completed by the apology.
    fn settle(&self, call: &Call, answer: Answer) -> Answered {
        let mut heard = answer.heard();
        let is_silent = answer.is_silent(self.options.api_version) && !call.has_console_response();
        let (mut response, faults) = answer.on_the_wire(call);
        let mut findings = Vec::new();
        if is_silent && faults.is_empty() {
            findings.push(Finding::silence());
            "apology".clone_into(&mut heard);
            let (apology, _) = Answer::from(self.apology(call)).on_the_wire(call);
            response.fulfillment_messages = apology.fulfillment_messages;
        }
        let proof = reply::prove(response, faults, self.options.api_version);
        findings.extend(proof.findings);
        match proof.body {
            Some(body) => Answered {
                verdict: Verdict::Reply(body),
                heard,
                failure: None,
                findings,
            },
            None => self.settle_failure(call, Failure::Refused(findings)),
        }
    }

    /// What the failure table says: what `on_error` says, else the console's response, else the apology.
    fn settle_failure(&self, call: &Call, failure: Failure) -> Answered {
        let better = self.table.hooks.on_error.as_ref().and_then(|say| {
            let said = Answer::from(catch_unwind(AssertUnwindSafe(|| say(call, &failure))).ok()??);
            if said.is_silent(self.options.api_version) && !call.has_console_response() {
                return None;
            }
            let (response, faults) = said.on_the_wire(call);
            reply::prove(response, faults, self.options.api_version).body
        });
        let (verdict, heard) = if let Some(body) = better {
            (Verdict::Reply(body), "on_error")
        } else if call.has_console_response() {
            (verdict_of(&failure), "console")
        } else {
            let (response, _) = Answer::from(self.apology(call)).on_the_wire(call);
            let proof = reply::prove(response, Vec::new(), self.options.api_version);
            let body = proof
                .body
                .expect("an apology has words, and is shortened where it is too long");
            (Verdict::Reply(body), "apology")
        };
        Answered {
            verdict,
            heard: heard.to_owned(),
            failure: Some(failure),
            findings: Vec::new(),
        }
    }

    /// The apology in the turn's language: `fr-CA`, else `fr`, else English.
    fn apology(&self, call: &Call) -> Reply {
        let language = call.language().to_lowercase().replace('_', "-");
        let tags = std::iter::successors(Some(language.as_str()), |tag| {
            tag.rsplit_once('-').map(|(shorter, _)| shorter)
        });
        let set = tags.chain(["en"]).find_map(|tag| self.options.apologies.get(tag));
        Reply::text(
            set.filter(|words| !words.is_empty())
                .map_or(APOLOGY, String::as_str),
        )
    }
}

/// The column of the failure table for turns whose console response can stand in.
fn verdict_of(failure: &Failure) -> Verdict {
    match failure {
        Failure::NoHandler => Verdict::NoHandler,
        Failure::Late | Failure::Stopping => Verdict::Unavailable,
        Failure::Parameters(_) | Failure::Handler(_) | Failure::Panic(_) | Failure::Refused(_) => {
            Verdict::Failed
        }
    }
}
