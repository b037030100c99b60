//! Ten thousand replies that nobody thought of, through every builder that there is: Dialogflow would refuse none of them.
//!
//! Each is said in both versions, to any of the integrations. What goes on the wire is judged by the field list; and said again
//! as it went, it goes again as it is: a reply that is proved needs no further proof.

mod builders;
mod words;

mod messages;
mod platforms;
mod replies;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use flowhook::testing::{Caller, Heard};
use flowhook::webhook::reply::MAX_BYTES;
use flowhook::webhook::{Options, Verdict};
use flowhook::wire::{self, ApiVersion};
use flowhook::{Answer, Intents, NoParams, OutputContext, Reply, SessionEntities, Source, Turn};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::schema::{Api, judge, known};

const REPLIES: u32 = 10_000;

/// The context in which session data goes along. Handlers cannot set it themselves.
const SESSION_DATA: &str = "/contexts/flowhook-session-data";

type Cell = Arc<Mutex<Answer>>;

/// An agent of each version that says what is in the cell.
fn callers(cell: &Cell) -> [(Api, Caller); 2] {
    async fn say(turn: Turn<NoParams, Cell>) -> flowhook::Result<Answer> {
        Ok(turn.app.lock().unwrap().clone())
    }
    [(Api::V2, ApiVersion::V2), (Api::V2Beta1, ApiVersion::V2Beta1)].map(|(api, api_version)| {
        let options = Options {
            api_version,
            ..Options::default()
        };
        let agent = Intents::new(Arc::clone(cell)).on("say", say);
        (api, Caller::with_options(agent, options))
    })
}

#[test]
fn none_of_ten_thousand_random_replies_would_be_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let cell: Cell = Arc::new(Mutex::new(Reply::console().into()));
    let callers = {
        let _entered = runtime.enter();
        callers(&cell)
    };
    let sources: Vec<_> = ["", "carrier-pigeon"].into_iter().chain(Source::NAMES).collect();
    let config = Config {
        cases: REPLIES,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let cases = (replies::answer(), select(sources));
    let seen = RefCell::new(Seen::default());
    let outcome = runner.run(&cases, |(answer, source)| {
        for (api, caller) in &callers {
            let heard = runtime.block_on(check(&cell, caller, *api, answer.clone(), source))?;
            seen.borrow_mut().count(*api, &heard);
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    seen.borrow().expect_variety();
}

/// What went on the wire, so that nobody takes ten thousand times the same for variety.
#[derive(Debug, Default)]
struct Seen {
    /// Versions, and what was sent to them: kinds of messages, and whatever else a reply may hold.
    members: BTreeSet<(&'static str, String)>,
    nearly_full: usize,
    changed: usize,
    whole: usize,
    refused: usize,
}

impl Seen {
    fn count(&mut self, api: Api, heard: &Heard) {
        let members = heard
            .json()
            .as_object()
            .into_iter()
            .chain(heard.messages().filter_map(Value::as_object));
        let names = members.flat_map(|members| members.keys());
        self.members.extend(names.map(|name| (api.name(), name.clone())));
        let findings = heard.answered();
        match &findings.verdict {
            Verdict::Reply(body) if findings.is_changed() => {
                self.changed += 1;
                self.nearly_full += usize::from(body.len() > MAX_BYTES - 1_000);
            }
            Verdict::Reply(_) => self.whole += 1,
            _ => self.refused += 1,
        }
    }

    fn expect_variety(&self) {
        for known in known::fields() {
            if ["WebhookResponse", "Intent.Message"].contains(&known.message) {
                for api in known.apis {
                    let member = (api.name(), known.field.to_owned());
                    assert!(self.members.contains(&member), "no reply has {member:?}");
                }
            }
        }
        let counts = [self.nearly_full, self.changed, self.whole, self.refused];
        assert!(counts.iter().all(|count| *count >= 20), "{counts:?}");
    }
}

/// Says the answer, and what went on the wire of it once more.
async fn check(
    cell: &Cell,
    caller: &Caller,
    api: Api,
    answer: Answer,
    source: &str,
) -> Result<Heard, TestCaseError> {
    let name = api.name();
    *cell.lock().unwrap() = answer;
    let heard = caller.ask("say").source(source).console("from the console").await;
    let Verdict::Reply(body) = &heard.answered().verdict else {
        // Nothing of it was left to say: the console speaks, and the log tells why.
        let failure = heard.answered().failure.as_ref();
        prop_assert_eq!(failure.map(|failure| failure.kind), Some("refused reply"));
        return Ok(heard);
    };
    prop_assert!(body.len() <= MAX_BYTES);
    let faults = judge::faults_of_reply(body, api);
    prop_assert!(
        faults.is_empty(),
        "{name} for {source:?}: {faults:?}\n{}",
        heard.json()
    );

    let mut sent = heard.json().clone();
    without_session_data(&mut sent);
    *cell.lock().unwrap() = said_again(&sent);
    let again = caller.ask("say").source(source).console("from the console").await;
    prop_assert!(
        again.json() == &sent && !again.answered().is_changed(),
        "{name} for {source:?}, proved once:\n{sent}\ntwice:\n{}\n{:?}",
        again.json(),
        again.answered().findings
    );
    Ok(heard)
}

fn without_session_data(reply: &mut Value) {
    let Some(contexts) = reply["outputContexts"].as_array_mut() else {
        reply.as_object_mut().unwrap().remove("outputContexts");
        return;
    };
    contexts.retain(|context| !context["name"].as_str().unwrap().ends_with(SESSION_DATA));
    if contexts.is_empty() {
        reply.as_object_mut().unwrap().remove("outputContexts");
    }
}

/// A reply by which a handler says what is on the wire.
fn said_again(sent: &Value) -> Answer {
    let Some(event) = sent.get("followupEventInput") else {
        let messages = listed(&sent["fulfillmentMessages"]);
        let messages =
            messages.map(|message| serde_json::from_value::<wire::Message>(message.clone()).unwrap());
        let mut reply = messages
            .fold(Reply::console(), Reply::say)
            .fulfillment_text(text(&sent["fulfillmentText"]));
        if let Some(payload) = sent.get("payload") {
            reply = reply.webhook_payload(payload);
        }
        return carrying(reply, sent).into();
    };
    let parameters = event["parameters"].as_object().cloned().unwrap_or_default();
    let event = parameters.into_iter().fold(
        Reply::event(text(&event["name"])).language(text(&event["languageCode"])),
        |reply, (name, value)| reply.parameter(name, value),
    );
    carrying(event, sent).into()
}

fn carrying<Form>(mut reply: Reply<Form>, sent: &Value) -> Reply<Form> {
    for context in listed(&sent["outputContexts"]) {
        let lifespan = context["lifespanCount"].as_u64().unwrap();
        let parameters = context["parameters"].as_object().cloned().unwrap_or_default();
        let id = wire::id_of(text(&context["name"]));
        reply = reply.context(parameters.into_iter().fold(
            OutputContext::new(id).lifespan(u32::try_from(lifespan).unwrap()),
            |context, (name, value)| context.parameter(name, value),
        ));
    }
    for entities in listed(&sent["sessionEntityTypes"]) {
        let (_, name) = text(&entities["name"]).rsplit_once("/entityTypes/").unwrap();
        let named = if entities["entityOverrideMode"] == json!("ENTITY_OVERRIDE_MODE_OVERRIDE") {
            SessionEntities::overriding(name)
        } else {
            SessionEntities::supplementing(name)
        };
        let entities = listed(&entities["entities"]);
        reply = reply.session_entities(entities.fold(named, |named, entity| {
            named.entity(text(&entity["value"]), listed(&entity["synonyms"]).map(text))
        }));
    }
    reply = reply.webhook_source(text(&sent["source"]));
    if sent["liveAgentHandoff"] == true {
        reply = reply.live_agent_handoff();
    }
    if sent["endInteraction"] == true {
        reply = reply.end_interaction();
    }
    reply
}

fn listed(json: &Value) -> impl Iterator<Item = &Value> {
    json.as_array().into_iter().flatten()
}

fn text(json: &Value) -> &str {
    json.as_str().unwrap_or_default()
}
