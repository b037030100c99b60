//! The standard turn, which several benchmarks measure: the sample request of Google's guide, each time with an id and a session
//! of its own, and a handler that reads its parameter, says a message and sets a context.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use flowhook::auth::{Basic, Check, Evidence, Gate, Headers, Secret};
use flowhook::telemetry::Metrics;
use flowhook::webhook::{Answered, Arrival, Options, Trace};
use flowhook::{Intents, OutputContext, Reply, Result, Turn, Webhook};
use serde::Deserialize;
use tokio::runtime::Handle;

/// The guide's request.
const SAMPLE: &str = include_str!("../../tests/fixtures/dialogflow/request.json");

/// What Dialogflow sends beside the body, with the password of [`gate`].
const HEADERS: [(&str, &[u8]); 7] = [
    ("host", b"example.com"),
    ("content-type", b"application/json"),
    ("content-length", b"1234"),
    ("accept", b"*/*"),
    ("user-agent", b"Google-Dialogflow"),
    ("traceparent", TRACE.as_bytes()),
    ("authorization", b"Basic dXNlcjpwYXNzd29yZA=="),
];

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// The body of call number `number`, for the intent `standard`.
pub fn body(number: u64) -> Bytes {
    // As many bytes for each number, so that each turn costs the same.
    SAMPLE
        .replace("matched-intent-name", "standard")
        .replacen("response-id", &format!("response-id-{number:016x}"), 1)
        .replace("session-id", &format!("session-id-{number:016x}"))
        .into()
}

/// The parameter of the guide's request.
#[derive(Deserialize)]
pub struct Named {
    #[serde(rename = "param-name")]
    name: String,
}

/// The handler of the standard turn.
pub async fn standard(turn: Turn<Named>) -> Result<Reply> {
    let next = OutputContext::new("context-name")
        .lifespan(5)
        .parameter("param-name", turn.params.name.as_str());
    Ok(Reply::text(format!("Heard of {}.", turn.params.name)).context(next))
}

/// The agent that answers [`body`].
pub fn agent() -> Intents {
    Intents::new(()).on("standard", standard)
}

/// An agent as a webhook with everything on, metrics too.
pub fn webhook(agent: Intents, threads: Handle) -> Webhook {
    let webhook = Webhook::new(agent, Options::default(), threads).expect("no name is claimed twice");
    let metrics = Metrics::new(webhook.table());
    webhook.told_to(Arc::new(metrics))
}

/// A gate that asks for a password, as in `auth.basic`.
pub fn gate() -> Gate {
    Gate::new(vec![vec![Check::Basic(Basic::new(vec![Secret::new(
        "user:password",
    )]))]])
}

struct Sent;

impl Headers for Sent {
    fn all<'a>(&'a self, name: &str) -> Box<dyn Iterator<Item = &'a [u8]> + 'a> {
        let name = name.to_owned();
        let named = HEADERS.iter().filter(move |(sent, _)| *sent == name);
        Box::new(named.map(|(_, value)| *value))
    }
}

/// Asks the gate about a call of Dialogflow's.
pub async fn ask(gate: &Gate) {
    let evidence = Evidence {
        headers: &Sent,
        certificate: None,
        peer: None,
        now: SystemTime::now(),
    };
    gate.admits(&evidence).await.expect("the password is right");
}

/// The webhook's answer to a call that did not come before, which names a trace.
pub async fn answer(webhook: &Webhook, body: Bytes) -> Answered {
    let arrival = Arrival::now().in_trace(Trace::of_traceparent(TRACE));
    let answered = webhook.answer(body, arrival).await;
    assert!(
        answered.failure.is_none() && answered.findings.is_empty() && !answered.is_replayed,
        "the standard turn is answered"
    );
    answered
}
