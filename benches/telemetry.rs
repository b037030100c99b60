//! What it costs to tell of turns: with log lines and metrics, with either, and with neither.
//!
//! `cargo bench --bench telemetry`. One server counts and one does not, and log lines are switched on and off while both run, so
//! that all four ways are measured in turns in one process, and whatever else the machine does falls on each of them. Lines go
//! to a file: whoever read a pipe would do so on the same processors, and pass for a part of the cost. The medians of the rounds are told, and those of the ratios within each round, over HTTP and for the turn
//! alone.

#![expect(clippy::unwrap_used, reason = "a benchmark stops where something is wrong")]
#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

mod kit;

use std::io::Seek;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use flowhook::config::Settings;
use flowhook::telemetry::{self, Look, Metrics};
use flowhook::webhook::{Arrival, Options};
use flowhook::{Intents, Reply, Result, Turn, Webhook, server};
use tokio::runtime::{Builder, Handle, Runtime};

use self::kit::{Connection, Served};

const ROUNDS: usize = 15;
/// Turns of a round over HTTP, and how many callers share them.
const OVER_HTTP: usize = 16_000;
const CALLERS: usize = 8;
/// Turns of a round without HTTP.
const ALONE: usize = 16_000;

async fn quick(_: Turn) -> Result<Reply> {
    Ok(Reply::text("quick"))
}

/// One way to tell of turns.
struct Way {
    name: &'static str,
    level: &'static str,
    counts: bool,
}

const WAYS: [Way; 4] = [
    Way {
        name: "neither",
        level: "off",
        counts: false,
    },
    Way {
        name: "log lines",
        level: "info",
        counts: false,
    },
    Way {
        name: "metrics",
        level: "off",
        counts: true,
    },
    Way {
        name: "log lines and metrics",
        level: "info",
        counts: true,
    },
];

fn main() {
    let log = tempfile::tempfile().unwrap();
    let look = Look::Json {
        project: Some("bench".to_owned()),
    };
    let logging = telemetry::start(look, "off", server::SILENCED, None, log.try_clone().unwrap()).unwrap();
    let levels = logging.levels();
    let handlers = Builder::new_multi_thread().enable_all().build().unwrap();
    let webhook = |counts| webhook(handlers.handle(), counts);

    let servers = [false, true].map(|counts| serve(webhook(counts)));
    let begin = |level: &str| {
        levels.set(level).unwrap();
        // What was written before is of no use, and would fill the disk.
        log.set_len(0).unwrap();
        (&log).rewind().unwrap();
    };
    measure("over HTTP", begin, |way| {
        let began = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..CALLERS {
                scope.spawn(|| call(servers[usize::from(way.counts)].address, OVER_HTTP / CALLERS));
            }
        });
        OVER_HTTP as f64 / began.elapsed().as_secs_f64()
    });

    servers.into_iter().for_each(Served::stop);

    let alone = [false, true].map(webhook);
    let http = Builder::new_current_thread().enable_all().build().unwrap();
    measure("the turn alone", begin, |way| {
        answer(&http, &alone[usize::from(way.counts)])
    });
    handlers.shutdown_background();
}

fn webhook(threads: &Handle, counts: bool) -> Webhook {
    let agent = Intents::new(()).on("quick", quick);
    let webhook = Webhook::new(agent, Options::default(), threads.clone()).unwrap();
    if counts {
        let metrics = Metrics::new(webhook.table());
        webhook.told_to(Arc::new(metrics))
    } else {
        webhook
    }
}

fn serve(webhook: Webhook) -> Served {
    let settings = Settings::from_toml("server.bind = '127.0.0.1:0'").unwrap();
    Served::start(settings, webhook, None)
}

/// Measures all ways in turns, and tells the medians.
fn measure(what: &str, begin: impl Fn(&str), turns_a_second: impl Fn(&Way) -> f64) {
    let mut rounds = [const { Vec::new() }; WAYS.len()];
    // The first round warms up, and is not counted.
    for round in 0..=ROUNDS {
        for (speeds, way) in rounds.iter_mut().zip(&WAYS) {
            begin(way.level);
            let speed = turns_a_second(way);
            if round > 0 {
                speeds.push(speed);
            }
        }
    }
    println!("{what}, {ROUNDS} rounds:");
    for (way, speeds) in WAYS.iter().zip(&rounds) {
        let (speed, ratio) = (
            median(speeds.clone()),
            median(
                speeds
                    .iter()
                    .zip(&rounds[0])
                    .map(|(speed, neither)| speed / neither)
                    .collect(),
            ),
        );
        println!(
            "  {:24} {speed:>9.0} turns a second, {ratio:.2} of neither",
            way.name
        );
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn body() -> String {
    let id = fastrand::u64(..);
    format!(
        r#"{{"responseId":"{id}","session":"projects/p/agent/sessions/{id}","queryResult":{{"queryText":"hello",
        "parameters":{{"guests":2.0}},"intent":{{"displayName":"quick"}},"languageCode":"en"}}}}"#
    )
}

/// Makes so many calls on one connection.
fn call(address: SocketAddr, calls: usize) {
    let mut connection = Connection::to(address);
    let trace = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";
    for _ in 0..calls {
        assert_eq!(connection.post("/", trace, &body()), 200);
        assert!(
            connection.answer.starts_with(b"{\"fulfillment"),
            "every call is answered"
        );
    }
}

fn answer(http: &Runtime, webhook: &Webhook) -> f64 {
    let bodies: Vec<bytes::Bytes> = (0..ALONE).map(|_| body().into()).collect();
    http.block_on(async {
        let began = Instant::now();
        for body in bodies {
            let answered = webhook.answer(body, Arrival::now()).await;
            assert!(answered.failure.is_none());
        }
        ALONE as f64 / began.elapsed().as_secs_f64()
    })
}
