//! How the cost of a turn grows with what is in it: contexts, parameters, bytes, and with the intents in the table.
//!
//! `cargo bench --bench scale` writes `docs/scale.svg` and `docs/scale.md` anew. All sizes are measured in turns, so that whatever
//! else the machine does falls on each of them, with everything on but HTTP; what is told is the median of the rounds, in time of the
//! processor.

#![expect(clippy::unwrap_used, reason = "a benchmark stops where something is wrong")]
#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use flowhook::auth::Gate;
use flowhook::telemetry::{self, Look};
use flowhook::{Intents, Webhook, server};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Map, Value, json};
use tokio::runtime::{Builder, Runtime};

#[path = "../grouped.rs"]
mod grouped;
mod plot;
mod report;
#[path = "../standard/mod.rs"]
mod standard;

use self::report::{Point, Series};

/// Rounds before those that count.
const WARM: usize = 8;
/// Rounds that count.
const ROUNDS: usize = 101;
/// So long takes a size's share of a round, and so many turns at most.
const SHARE: Duration = Duration::from_millis(2);
const MOST_TURNS: u32 = 64;

/// The place of a call's own id in its body.
const ID: &str = "----------------";

/// A size that is measured.
struct Measured<'a> {
    webhook: &'a Webhook,
    body: String,
    id_at: usize,
    turns: u32,
    times: Vec<Duration>,
}

impl<'a> Measured<'a> {
    fn new(webhook: &'a Webhook, body: &Value) -> Self {
        let body = body.to_string();
        Self {
            webhook,
            id_at: body.find(ID).unwrap(),
            body,
            turns: 1,
            times: Vec::new(),
        }
    }

    /// The body of a call that no other is like.
    fn body(&self, number: u64) -> Bytes {
        let mut body = self.body.clone();
        body.replace_range(self.id_at..self.id_at + ID.len(), &format!("{number:016x}"));
        body.into()
    }

    /// What a turn takes, in the mean of one round.
    fn round(&self, runtime: &Runtime, gate: &Gate, number: &mut u64) -> Duration {
        let bodies: Vec<Bytes> = (0..self.turns)
            .map(|_| {
                *number += 1;
                self.body(*number)
            })
            .collect();
        runtime.block_on(async {
            let began = worked();
            for body in bodies {
                standard::ask(gate).await;
                standard::answer(self.webhook, body).await;
            }
            (worked() - began) / self.turns
        })
    }

    fn median(&mut self) -> Duration {
        self.times.sort_unstable();
        self.times[self.times.len() / 2]
    }
}

/// What the processor has worked for this thread: time that others had the processor for is not the turn's.
fn worked() -> Duration {
    let worked = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(worked).expect("a thread has worked no negative time")
}

fn main() {
    let look = Look::Json { project: None };
    let _logging = telemetry::start(look, "info", server::SILENCED, None, std::io::sink()).unwrap();
    // Time stands still between rounds, so that no handler passes for a slow one because the machine was busy.
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    let gate = standard::gate();
    let webhook = |agent| standard::webhook(agent, runtime.handle().clone());
    let small = webhook(standard::agent());
    let tables = [10, 100, 1_000, 10_000].map(|intents| (intents, webhook(agent(intents))));

    let contexts = [0, 1, 10, 30, 60, 100].map(|contexts| (contexts, with_contexts(contexts)));
    let parameters = [0, 10, 25, 50, 100, 200].map(|parameters| (parameters, with_parameters(parameters)));
    let kilobytes = [1, 32, 64, 128, 256, 512].map(|kilobytes| (kilobytes, with_bytes(kilobytes * 1024)));
    let measured = |sizes: [(usize, Value); 6]| {
        sizes
            .map(|(size, body)| (size, Measured::new(&small, &body)))
            .into()
    };
    let mut all: [Vec<(usize, Measured<'_>)>; 4] = [
        measured(contexts),
        measured(parameters),
        measured(kilobytes),
        tables
            .iter()
            .map(|(intents, webhook)| (*intents, Measured::new(webhook, &standard_body())))
            .collect(),
    ];

    let mut number = 0;
    // The first rounds are for handlers to prove quick and for the share of a round to be found, and are not counted.
    for round in 0..WARM + ROUNDS {
        for (_, one) in all.iter_mut().flatten() {
            let took = one.round(&runtime, &gate, &mut number);
            if round < WARM {
                let turns = SHARE.as_nanos() / took.as_nanos().max(1);
                one.turns = u32::try_from(turns).unwrap().clamp(1, MOST_TURNS);
            } else {
                one.times.push(took);
            }
        }
        // Answers are kept for repeated calls, but not for so long.
        runtime.block_on(tokio::time::advance(Duration::from_secs(60)));
    }

    let [contexts, parameters, kilobytes, intents] = all.map(|sizes| {
        let point = |(size, mut one): (usize, Measured<'_>)| Point {
            size,
            bytes: one.body.len(),
            micros: one.median().as_secs_f64() * 1e6,
        };
        sizes.into_iter().map(point).collect()
    });
    let all = [
        Series::new("contexts in the request", "context", contexts),
        Series::new("parameters in the request", "parameter", parameters),
        Series::new("KB of payload in the request", "KB", kilobytes),
        Series::new("intents in the table", "intent", intents).over_orders_of_magnitude(),
    ];
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    std::fs::write(docs.join("scale.svg"), plot::drawn(&all)).unwrap();
    let report = report::told(&all);
    std::fs::write(docs.join("scale.md"), &report).unwrap();
    println!("{report}\nwritten to docs/scale.md and docs/scale.svg");
}

/// The standard call, with a place for its own id.
fn standard_body() -> Value {
    let mut body: Value = serde_json::from_slice(&standard::body(0)).unwrap();
    body["responseId"] = ID.into();
    body
}

/// Active contexts, each with a parameter as Dialogflow writes it.
fn with_contexts(contexts: usize) -> Value {
    let mut body = standard_body();
    let session = body["session"].as_str().unwrap().to_owned();
    let context = |number| {
        json!({
            "name": format!("{session}/contexts/context-{number}"),
            "lifespanCount": 5,
            "parameters": {"param-name": "param-value", "param-name.original": "param value"},
        })
    };
    body["queryResult"]["outputContexts"] = (0..contexts).map(context).collect();
    body
}

/// So many parameters beside the one that the handler reads.
fn with_parameters(parameters: usize) -> Value {
    let mut body = standard_body();
    let all = body["queryResult"]["parameters"].as_object_mut().unwrap();
    all.extend((0..parameters).map(|number| (format!("parameter-{number}"), json!("a value of some words"))));
    body
}

/// A body of about so many bytes, whose integration sends much along.
fn with_bytes(bytes: usize) -> Value {
    let mut body = standard_body();
    let element =
        json!({"type": "text", "text": "some words of an integration", "id": 12_345, "bold": false});
    let each = element.to_string().len() + 1;
    let room = bytes.saturating_sub(body.to_string().len());
    let elements: Value = std::iter::repeat_n(element, room / each).collect();
    body["originalDetectIntentRequest"] =
        json!({"source": "integration", "payload": Map::from_iter([("elements".to_owned(), elements)])});
    body
}

/// An agent that answers so many intents.
fn agent(intents: usize) -> Intents {
    (1..intents).fold(standard::agent(), |agent, number| {
        agent.on(&format!("intent number {number}"), standard::standard)
    })
}
