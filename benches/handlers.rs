//! What it costs to run a handler where it cannot harm others: on its own threads, or its first poll on the thread that serves
//! HTTP, against no isolation at all.
//!
//! `cargo bench --bench handlers`. The ways are measured in turns, so that whatever else the machine does falls on each of
//! them; the medians of the rounds and their ratios are told.

#![expect(clippy::unwrap_used, reason = "a benchmark stops where something is wrong")]
#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

use std::time::{Duration, Instant};

use bytes::Bytes;
use flowhook::webhook::{Arrival, Options};
use flowhook::{Intents, Reply, Result, Turn, Webhook};
use tokio::runtime::{Builder, Runtime};

const ROUNDS: usize = 25;
const TURNS: usize = 2_000;

async fn quick(_: Turn) -> Result<Reply> {
    Ok(Reply::text("quick"))
}

/// The same, but its first poll is never its last, so that it always moves to the threads for handlers.
async fn moving(_: Turn) -> Result<Reply> {
    tokio::task::yield_now().await;
    Ok(Reply::text("moved"))
}

fn main() {
    let apart = Builder::new_multi_thread().enable_all().build().unwrap();
    let http = Builder::new_current_thread().enable_all().build().unwrap();
    let agent = || Intents::new(()).on("quick", quick).on("moving", moving);
    let without_replay = Options {
        replay_for: Duration::ZERO,
        ..Options::default()
    };
    let whole = Webhook::new(agent(), Options::default(), apart.handle().clone()).unwrap();
    let bare = Webhook::new(agent(), without_replay, apart.handle().clone()).unwrap();
    let ways: [(&str, &Webhook, &str); 3] = [
        ("first poll here, no replay guard", &bare, "quick"),
        ("first poll here, with replay guard", &whole, "quick"),
        ("moved to the threads for handlers", &bare, "moving"),
    ];
    let mut medians = Vec::new();
    let mut rounds = vec![Vec::new(); ways.len()];
    for _ in 0..ROUNDS {
        for (times, (_, webhook, intent)) in rounds.iter_mut().zip(&ways) {
            times.push(turn(&http, webhook, intent));
        }
    }
    for times in &mut rounds {
        times.sort_unstable();
        medians.push(times[ROUNDS / 2]);
    }
    for ((name, ..), median) in ways.iter().zip(&medians) {
        let ratio = medians[0].as_secs_f64() / median.as_secs_f64();
        println!(
            "{name:36} {:>8.2} us a turn, {ratio:.2} of the first's speed",
            median.as_nanos() as f64 / 1e3
        );
    }
    apart.shutdown_background();
}

/// How long a turn takes, from the body of the request to the body of the reply.
fn turn(http: &Runtime, webhook: &Webhook, intent: &str) -> Duration {
    let bodies: Vec<Bytes> = (0..TURNS)
        .map(|_| {
            let id = fastrand::u64(..);
            format!(
                r#"{{"responseId":"{id}","session":"projects/p/agent/sessions/s","queryResult":{{"queryText":"hello",
                "parameters":{{"guests":2.0}},"intent":{{"displayName":"{intent}"}},"languageCode":"en"}}}}"#
            )
            .into()
        })
        .collect();
    http.block_on(async {
        let began = Instant::now();
        for body in bodies {
            let answered = webhook.answer(body, Arrival::now()).await;
            assert!(answered.failure.is_none());
        }
        began.elapsed() / u32::try_from(TURNS).unwrap()
    })
}
