//! Answering a call: parse, dispatch, handle, settle, prove, write. Every caller gets an answer that Dialogflow accepts,
//! before its deadline.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use super::failure::Failed;
use super::handler::{Answer, Handler};
use super::isolate::{Paced, Threads};
use super::replay::Replay;
use super::reply::{self, Finding, Terms};
use super::shared::{Far, Shared};
use super::workshop::Workshop;
use super::{
    Answered, Arrival, Call, Failure, Intents, Options, Reply, Source, Table, TableError, Told, Verdict,
    Witness, language, line,
};
use crate::store::Store;
use crate::wire::{ApiVersion, Message, RequestError, WebhookRequest};

/// What the user hears where no apology is set for the language.
const APOLOGY: &str = "Sorry, I could not answer that just now. Please try again.";

/// An agent's handlers, ready to answer.
pub struct Webhook {
    agent: Arc<Agent>,
    replay: Replay,
    workshop: Arc<Workshop>,
}

/// The table, and what its handlers are run by.
#[derive(Clone)]
struct Agent {
    table: Arc<Table>,
    options: Options,
    threads: Threads,
    witness: Option<Arc<dyn Witness>>,
    /// Stands for the handler of intents that have none, and for `on_error`: neither is ever polled on an HTTP thread.
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
        let table = intents.into_table()?;
        let agent = Agent {
            table: Arc::new(table),
            options,
            threads: Threads::of(threads),
            witness: None,
            nobody: Arc::new(Paced::apart()),
        };
        Ok(Self::of(Arc::new(agent), Shared::default()))
    }

    fn of(agent: Arc<Agent>, shared: Shared) -> Self {
        let shared = Arc::new(shared);
        let threads = &agent.threads;
        Self {
            replay: Replay::new(Arc::clone(&shared), agent.options.replay_for, threads.clone()),
            workshop: Arc::new(Workshop::new(shared, threads.clone(), agent.witness.clone())),
            agent,
        }
    }

    /// The same webhook, whose turns and late work somebody is told of. To be said before [`sharing`](Self::sharing).
    #[must_use]
    pub fn told_to(&self, witness: Arc<dyn Witness>) -> Self {
        let mut agent = (*self.agent).clone();
        agent.witness = Some(witness);
        Self::of(Arc::new(agent), Shared::default())
    }

    /// The same webhook, which shares repeated calls, late work and run-once guards with all others on that store. A turn
    /// waits for the store no longer than `budget` at a time.
    #[must_use]
    pub fn sharing(self, store: Arc<dyn Store>, budget: Duration) -> Self {
        Self::of(self.agent, Shared::with(Far::new(store, budget)))
    }

    /// The same table for callers that speak another version of the API: it answers in that one.
    #[must_use]
    pub fn speaking(&self, version: ApiVersion) -> Self {
        let mut agent = (*self.agent).clone();
        agent.options.api_version = version;
        Self::of(Arc::new(agent), Shared::default())
    }

    /// Whether handlers can run as they should: false while as many of them block a thread as there are threads.
    #[must_use]
    pub fn is_responsive(&self) -> bool {
        self.agent.threads.are_free()
    }

    /// The agent's table.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.agent.table
    }

    /// How many pieces of late work and effects are under way.
    #[must_use]
    pub fn work_under_way(&self) -> usize {
        self.workshop.under_way()
    }

    /// Waits until late work is done, until `deadline` at most, and says whether it is.
    pub async fn finish_work(&self, deadline: Instant) -> bool {
        timeout_at(deadline, self.workshop.is_idle()).await.is_ok()
    }

    /// Answers the call in `body`, and writes the turn's line to the log. A call that came before gets the answer that it
    /// got, or will get, then.
    pub async fn answer(&self, body: Bytes, arrival: Arrival) -> Answered {
        self.answer_on(body, arrival, ()).await
    }

    /// The same. `seat` is given back when the turn is over, which may be after its caller has left.
    pub async fn answer_on(&self, body: Bytes, arrival: Arrival, seat: impl Send + 'static) -> Answered {
        let parse = tracing::info_span!(target: "flowhook::span", "parse");
        let call = match parse.in_scope(|| self.call(body, &arrival)) {
            Ok(call) => call,
            Err(error) => {
                line::not_a_request(&error, &arrival);
                return Answered::of(Verdict::NotARequest(error));
            }
        };
        // Boxed here, so that whatever holds the turn moves a pointer, and not a kilobyte of it.
        let turn = {
            let (agent, call) = (Arc::clone(&self.agent), Arc::clone(&call));
            Box::pin(async move {
                let _seat = seat;
                agent.turn(&call, &arrival).await
            })
        };
        let late = {
            let (agent, call) = (Arc::clone(&self.agent), Arc::clone(&call));
            move || agent.late(&call, &arrival)
        };
        let until = call.deadline() + self.agent.options.margin / 2;
        let answered = self.replay.answer(&call, until, turn, late).await;
        if answered.is_replayed {
            self.agent.tell(&call, &answered, &arrival);
        }
        answered
    }

    /// The call that a body is, with all that its turn goes by.
    fn call(&self, body: Bytes, arrival: &Arrival) -> Result<Arc<Call>, RequestError> {
        let options = &self.agent.options;
        let mut call = Call::new(WebhookRequest::parse(&body)?, body);
        let patience = match call.source() {
            Source::GoogleAssistant => options.assistant_deadline,
            _ => options.deadline,
        };
        call.is_due(arrival.at + patience.saturating_sub(options.margin));
        call.chooses_by(options.seed);
        call.is_unnamed_from(options.unnamed_source.clone());
        call.works_in(Arc::clone(&self.workshop));
        call.speaks(self.agent.table.texts.clone());
        Ok(Arc::new(call))
    }
}

impl Agent {
    /// One turn, with its line in the log.
    async fn turn(self: &Arc<Self>, call: &Arc<Call>, arrival: &Arrival) -> Answered {
        let settled = match self.handle(call, arrival).await {
            Ok(answer) => self.settle(call, answer),
            Err(unanswered) => Ok(self.settle_failure(call, unanswered)),
        };
        let answered = match settled {
            Ok(answered) => answered,
            Err(refused) => {
                let unanswered = Box::pin(self.unanswered(call, Failure::Refused(refused))).await;
                self.settle_failure(call, unanswered)
            }
        };
        self.tell(call, &answered, arrival);
        answered
    }

    /// Tells of a turn: the log, and whoever counts.
    fn tell(&self, call: &Call, answered: &Answered, arrival: &Arrival) {
        let elapsed = arrival.at.elapsed();
        let told = Told {
            intent: call.intent(),
            answered,
            elapsed,
            left: (call.deadline() - arrival.at).saturating_sub(elapsed),
            time: call.deadline() - arrival.at,
        };
        line::turn(call, &told, arrival);
        if let Some(witness) = &self.witness {
            witness.turn(&told);
        }
    }

    /// What the user hears when the first of several same calls is not answered in time.
    fn late(&self, call: &Call, arrival: &Arrival) -> Answered {
        let failure = Failure::Late;
        let unanswered = Unanswered {
            verdict: failure.verdict(),
            failed: failure.told(call),
            said: None,
        };
        let answered = self.settle_failure(call, unanswered);
        self.tell(call, &answered, arrival);
        answered
    }

    /// The handler's answer, from the threads that handlers run on. Where the handler fails, what `on_error` says is found
    /// there too: both are code of the agent's, and may do anything.
    async fn handle(self: &Arc<Self>, call: &Arc<Call>, arrival: &Arrival) -> Result<Answer, Unanswered> {
        let entry = self.table.find(call);
        let handler = entry.map(|entry| Arc::clone(&entry.handler));
        let paced = entry.map_or(&self.nobody, |entry| &entry.paced);
        let work = {
            let (agent, call) = (Arc::clone(self), Arc::clone(call));
            async move {
                match answer(&agent.table, handler, &call).await {
                    Ok(answer) => Ok(answer),
                    Err(failure) => Err(agent.table.unanswered(&call, &failure)),
                }
            }
        };
        // What the handler logs carries the turn's names.
        let (trace_id, span_id, trace_sampled) = line::names(arrival.trace);
        let span = tracing::info_span!(
            "turn",
            intent = call.intent(),
            request_id = arrival.id(),
            trace_id,
            span_id,
            trace_sampled
        );
        let ran = self
            .threads
            .run(call.deadline(), paced, work.instrument(span))
            .await;
        let failure = match ran {
            Ok(outcome) => return outcome,
            Err(failure) => failure,
        };
        Err(Box::pin(self.unanswered(call, failure)).await)
    }

    /// What `on_error` says to a failure that came of no code of the agent's, in what is left of the margin.
    async fn unanswered(self: &Arc<Self>, call: &Arc<Call>, failure: Failure) -> Unanswered {
        let told = Unanswered {
            verdict: failure.verdict(),
            failed: failure.told(call),
            said: None,
        };
        if self.table.hooks.on_error.is_none() {
            return told;
        }
        let (agent, call_there) = (Arc::clone(self), Arc::clone(call));
        let work = async move { agent.table.unanswered(&call_there, &failure) };
        let deadline = Instant::now().max(call.deadline()) + self.options.margin / 2;
        self.threads
            .run(deadline, &self.nobody, work)
            .await
            .unwrap_or(told)
    }

    /// Proves an answer and writes it. One that would leave the user in silence is completed by the apology.
    ///
    /// # Errors
    ///
    /// When nothing is left of it: what was taken out, and why.
    fn settle(&self, call: &Call, answer: Answer) -> Result<Answered, Vec<Finding>> {
        let is_silent = answer.is_silent(self.options.api_version) && !call.has_console_response();
        let (mut response, faults) = answer.on_the_wire(call);
        let mut findings = Vec::new();
        let is_silent = is_silent && !faults.iter().any(Finding::is_about_words);
        if is_silent {
            findings.push(Finding::silence());
            response.fulfillment_messages = self.apology_on_the_wire(call);
        }
        let proof = reply::prove(response, faults, &self.terms(call));
        findings.extend(proof.findings);
        let Some(body) = proof.body else {
            return Err(findings);
        };
        // What was to be said was taken out, and the rest must not go out alone: a hand-off, say, without a word.
        let rest = proof.mute.filter(|_| !call.has_console_response());
        let with_apology = rest.and_then(|mut rest| {
            rest.fulfillment_messages = self.apology_on_the_wire(call);
            reply::prove(rest, Vec::new(), &self.terms(call)).body
        });
        let heard = if is_silent || with_apology.is_some() {
            "apology".into()
        } else {
            proof.heard
        };
        Ok(Answered {
            verdict: Verdict::Reply(with_apology.unwrap_or(body)),
            heard,
            failure: None,
            findings,
            is_replayed: false,
            was_running: false,
        })
    }

    /// What the failure table says: what `on_error` says, else the console's response, else the apology.
    fn settle_failure(&self, call: &Call, unanswered: Unanswered) -> Answered {
        let speaks = |reply: &Reply| {
            !Answer::from(reply.clone()).is_silent(self.options.api_version) || call.has_console_response()
        };
        let better = unanswered.said.filter(speaks).and_then(|reply| {
            let (response, faults) = Answer::from(reply).on_the_wire(call);
            let proof = reply::prove(response, faults, &self.terms(call));
            let is_heard = proof.mute.is_none() || call.has_console_response();
            proof.body.filter(|_| is_heard)
        });
        let (verdict, heard) = if let Some(body) = better {
            (Verdict::Reply(body), "on_error")
        } else if call.has_console_response() {
            (unanswered.verdict, "console")
        } else {
            let (response, _) = Answer::from(self.apology(call)).on_the_wire(call);
            let proof = reply::prove(response, Vec::new(), &self.terms(call));
            let body = proof
                .body
                .expect("an apology has words, and is shortened where it is too long");
            (Verdict::Reply(body), "apology")
        };
        Answered {
            verdict,
            heard: heard.into(),
            failure: Some(unanswered.failed),
            findings: Vec::new(),
            is_replayed: false,
            was_running: false,
        }
    }

    /// What a reply to `call` has to keep to.
    fn terms<'a>(&self, call: &'a Call) -> Terms<'a> {
        Terms {
            version: self.options.api_version,
            session: Some(call.session_name()),
            source: call.drawn_by(),
        }
    }

    fn apology_on_the_wire(&self, call: &Call) -> Vec<Message> {
        let (apology, _) = Answer::from(self.apology(call)).on_the_wire(call);
        apology.fulfillment_messages
    }

    /// The apology in the turn's language: `fr-CA`, else `fr`, else English.
    fn apology(&self, call: &Call) -> Reply {
        let tags = language::tags(call.language()).chain(["en".to_owned()]);
        let set = tags.into_iter().find_map(|tag| self.options.apologies.get(&tag));
        Reply::text(
            set.filter(|words| !words.is_empty())
                .map_or(APOLOGY, String::as_str),
        )
    }
}

/// A turn whose handler gave no answer.
struct Unanswered {
    /// What the failure table has for it where the console speaks.
    verdict: Verdict,
    failed: Failed,
    /// What `on_error` says to it.
    said: Option<Reply>,
}

impl Table {
    fn unanswered(&self, call: &Call, failure: &Failure) -> Unanswered {
        let said = self.hooks.on_error.as_ref().and_then(|say| say(call, failure));
        Unanswered {
            verdict: failure.verdict(),
            failed: failure.told(call),
            said,
        }
    }
}

/// What the hooks and the handler come to.
async fn answer(table: &Table, handler: Option<Handler>, call: &Arc<Call>) -> Result<Answer, Failure> {
    for hook in &table.hooks.before {
        if let Some(answer) = hook(Arc::clone(call)).await.map_err(Failure::Handler)? {
            return Ok(answer);
        }
    }
    let handler = handler.ok_or(Failure::NoHandler)?;
    let answer = match handler(Arc::clone(call)).await {
        // The agent is still asking for what the handler needs, so nothing has failed.
        Err(Failure::Parameters(error)) if error.is_not_given() && call.slots().prompt().is_some() => {
            tracing::debug!("the agent's prompt stands: {error}");
            Reply::prompt().into()
        }
        outcome => outcome?,
    };
    Ok(table
        .hooks
        .after
        .iter()
        .fold(answer, |answer, hook| hook(call, answer)))
}
