//! What a turn costs and allocates, and what its parts do.
//!
//! `cargo bench --bench turn`. The turn is the standard one, in one thread and without HTTP. Its parts come alone first: parsing, the
//! gate, the finding of its handler, the proof of its reply, in which that is written, and the writing alone. `turn: Answer` has all
//! of them but the gate, with the handler; the rest of that list turns on, one by one, what a served turn has beside it.

#![expect(clippy::unwrap_used, reason = "a benchmark stops where something is wrong")]

use std::cell::Cell;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use divan::{AllocProfiler, Bencher};
use flowhook::telemetry::{self, Logging, Look};
use flowhook::webhook::reply::{self, Terms};
use flowhook::webhook::{Call, Options, Source, Verdict};
use flowhook::wire::{WebhookRequest, WebhookResponse};
use flowhook::{Intents, Reply, Result, Turn, Webhook, server};
use futures_util::FutureExt;
use tokio::runtime::Builder;

mod standard;

#[global_allocator]
static ALLOCATED: AllocProfiler = AllocProfiler::system();

/// A handler is begun where its call is served once it was quick in so many turns, and a few more.
const WARM: u64 = 100;

static LOGGING: OnceLock<Logging> = OnceLock::new();

fn main() {
    let look = Look::Json { project: None };
    LOGGING.get_or_init(|| telemetry::start(look, "off", server::SILENCED, None, std::io::sink()).unwrap());
    divan::main();
}

/// The request's bytes into its types.
#[divan::bench]
fn parse(bencher: Bencher) {
    let body = standard::body(0);
    bencher.bench(|| WebhookRequest::parse(&body).unwrap());
}

/// Whether the caller may in: Basic, among seven headers.
#[divan::bench]
fn gate(bencher: Bencher) {
    let gate = standard::gate();
    bencher.bench(|| standard::ask(&gate).now_or_never().unwrap());
}

/// The call that [`keep`] was given.
static CALL: OnceLock<Arc<Call>> = OnceLock::new();

async fn keep(turn: Turn) -> Result<Reply> {
    CALL.get_or_init(|| turn.call.clone());
    Ok(Reply::text("It is kept."))
}

/// The handler of a call, among those of a thousand intents.
#[divan::bench]
fn dispatch(bencher: Bencher) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let agent = (1..1_000).fold(Intents::new(()).on("standard", keep), |agent, number| {
        agent.on(&format!("intent number {number}"), keep)
    });
    let webhook = standard::webhook(agent, runtime.handle().clone());
    runtime.block_on(standard::answer(&webhook, standard::body(0)));
    let (table, call) = (webhook.table(), CALL.get().unwrap());
    bencher.bench(|| table.find(call).unwrap());
}

/// The standard reply.
fn response() -> WebhookResponse {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let webhook = standard::webhook(standard::agent(), runtime.handle().clone());
    let answered = runtime.block_on(standard::answer(&webhook, standard::body(0)));
    let Verdict::Reply(reply) = answered.verdict else {
        panic!("the standard turn has a reply")
    };
    serde_json::from_slice(&reply).unwrap()
}

/// That nothing in the reply is refused, and its bytes.
#[divan::bench]
fn prove(bencher: Bencher) {
    let request = WebhookRequest::parse(&standard::body(0)).unwrap();
    let terms = Terms {
        version: Options::default().api_version,
        session: Some(&request.session),
        source: &Source::Api,
    };
    let proved = |response| reply::prove(response, Vec::new(), &terms);
    let (response, proof) = (response(), proved(response()));
    assert!(proof.body.is_some() && proof.findings.is_empty());
    bencher
        .with_inputs(|| response.clone())
        .bench_local_values(proved);
}

/// The reply's types into bytes.
#[divan::bench]
fn write(bencher: Bencher) {
    let response = response();
    bencher.bench(|| serde_json::to_vec(&response).unwrap());
}

/// What a turn has, each with all that stand before it.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum With {
    /// Parsing, dispatch, handler, proof, writing.
    Answer,
    /// The gate.
    Gate,
    /// The guard against repeated calls.
    Replay,
    /// Metrics.
    Metrics,
    /// The turn's line in the log: the whole turn.
    Log,
}

/// From the bytes of a call that did not come before to those of its reply.
#[divan::bench(args = [With::Answer, With::Gate, With::Replay, With::Metrics, With::Log])]
fn turn(bencher: Bencher, with: With) {
    LOGGING
        .get()
        .unwrap()
        .levels()
        .set(if with >= With::Log { "info" } else { "off" })
        .unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let threads = runtime.handle().clone();
    let webhook = if with >= With::Metrics {
        standard::webhook(standard::agent(), threads)
    } else {
        let mut options = Options::default();
        if with < With::Replay {
            options.replay_for = Duration::ZERO;
        }
        Webhook::new(standard::agent(), options, threads).unwrap()
    };
    let gate = standard::gate();
    let answer = |body: Bytes| {
        runtime.block_on(async {
            if with >= With::Gate {
                standard::ask(&gate).await;
            }
            standard::answer(&webhook, body).await
        })
    };
    (0..WARM).for_each(|number| drop(answer(standard::body(number))));
    let number = Cell::new(WARM);
    bencher
        .with_inputs(|| standard::body(number.replace(number.get() + 1)))
        .bench_local_values(answer);
}
