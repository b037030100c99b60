//! The server, what it is asked, and the four ways to tell of it.

#[path = "../compare/linux/calls.rs"]
#[expect(dead_code, reason = "the rest is for servers that may answer wrongly")]
mod calls;
#[path = "../compare/linux/cores.rs"]
mod cores;
#[path = "../kit/mod.rs"]
#[expect(dead_code, reason = "the rest is for calls one by one")]
mod kit;
#[path = "../compare/linux/load.rs"]
#[expect(dead_code, reason = "the rest is for a load at a fixed rate")]
mod load;
#[path = "../standard/mod.rs"]
#[expect(dead_code, reason = "the rest is for a gate that is asked alone")]
mod standard;

use std::io::Seek;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use flowhook::config::Settings;
use flowhook::telemetry::{self, Look, Metrics};
use flowhook::webhook::{LateWork, Options, Told, Witness};
use flowhook::{Intents, OutputContext, Reply, Result, Turn, Webhook, server};
use tokio::runtime::Builder;

use self::calls::{BASIC, calls};
use self::cores::{Cores, stay_on};
use self::kit::Served;
use self::load::{Pace, Seen};

/// So many rounds are counted, and one before them is not.
const ROUNDS: usize = 60;
/// How long a way is measured in a round over HTTP: shorter than a machine's moods last.
const SLICE: Duration = Duration::from_millis(150);
/// Turns of a way in a round without HTTP.
const ALONE: u64 = 4_000;

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

/// Metrics that can be switched off.
struct Switched {
    metrics: Metrics,
    is_on: AtomicBool,
}

impl Witness for Switched {
    fn turn(&self, told: &Told<'_>) {
        if self.is_on.load(Ordering::Relaxed) {
            self.metrics.turn(told);
        }
    }

    fn work(&self, kind: &'static str, what: LateWork) {
        if self.is_on.load(Ordering::Relaxed) {
            self.metrics.work(kind, what);
        }
    }
}

/// Says words and sets a context, as the guide's sample does.
async fn guide(_: Turn) -> Result<Reply> {
    let context = OutputContext::new("context-name")
        .lifespan(5)
        .parameter("param-name", "param-value");
    Ok(Reply::text("Text response from webhook").context(context))
}

pub fn main() {
    let cores = Cores::split().unwrap();
    // What is started from here on stays there too, but for the load.
    stay_on(&cores.servers).unwrap();
    let log = tempfile::tempfile().unwrap();
    let out = log.try_clone().unwrap();
    let look = Look::Json {
        project: Some("bench".to_owned()),
    };
    let logging = telemetry::start(look, "off", server::SILENCED, None, out).unwrap();
    let handlers = Builder::new_multi_thread().enable_all().build().unwrap();
    let agent = Intents::new(())
        .on("get-agent-name", guide)
        .on("guide.context", guide)
        .on("guide.text", guide)
        .on("standard", standard::standard);
    let webhook = Webhook::new(agent, Options::default(), handlers.handle().clone()).unwrap();
    let switched = Arc::new(Switched {
        metrics: Metrics::new(webhook.table()),
        is_on: AtomicBool::new(false),
    });
    let told = || webhook.told_to(switched.clone());
    let begin = |way: &Way| {
        logging.levels().set(way.level).unwrap();
        switched.is_on.store(way.counts, Ordering::Relaxed);
        // What was written before is of no use, and would fill the disk.
        log.set_len(0).and_then(|()| (&log).rewind()).unwrap();
    };

    let settings = format!("server.bind = '127.0.0.1:0'\nauth.basic = '{BASIC}'");
    let settings = Settings::from_toml(&settings).unwrap();
    let served = Served::start(settings, told(), None);
    let calls = calls();
    measure("over HTTP", begin, || {
        let Seen { answered, errors, .. } =
            load::run(served.address, &calls, &cores.load, Pace::Full, SLICE).unwrap();
        assert_eq!(errors, 0, "every call is answered");
        answered as f64 / SLICE.as_secs_f64()
    });
    served.stop();

    let http = Builder::new_current_thread().enable_all().build().unwrap();
    let (alone, mut number) = (told(), 0);
    measure("the turn alone", begin, || {
        let bodies: Vec<_> = (number..number + ALONE).map(standard::body).collect();
        number += ALONE;
        http.block_on(async {
            let began = Instant::now();
            for body in bodies {
                standard::answer(&alone, body).await;
            }
            ALONE as f64 / began.elapsed().as_secs_f64()
        })
    });
    handlers.shutdown_background();
}

/// Measures all ways in turns, and tells the medians.
fn measure(what: &str, begin: impl Fn(&Way), mut turns_a_second: impl FnMut() -> f64) {
    let mut rounds = [const { Vec::new() }; WAYS.len()];
    // The first round warms up, and is not counted.
    for round in 0..=ROUNDS {
        for (speeds, way) in rounds.iter_mut().zip(&WAYS) {
            begin(way);
            let speed = turns_a_second();
            if round > 0 {
                speeds.push(speed);
            }
        }
    }
    println!("{what}, {ROUNDS} rounds:");
    for (way, speeds) in WAYS.iter().zip(&rounds) {
        let ratios = speeds.iter().zip(&rounds[0]);
        let ratio = median(ratios.map(|(speed, neither)| speed / neither).collect());
        let speed = median(speeds.clone());
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
