//! Four times as many callers as there are seats, for ten seconds: who is answered, how fast, at what cost, and how soon all is
//! well again.
//!
//! `cargo bench --bench overload`. A handler waits for 50 ms, and 64 turns may run at a time: 1,280 turns a second, no more.
//! Callers call again at once when they are refused, as no caller should.

#![expect(clippy::unwrap_used, reason = "a benchmark stops where something is wrong")]
#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

mod kit;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use flowhook::config::Settings;
use flowhook::{Intents, Reply, Result, Turn, Webhook};

use self::kit::{Connection, Served};

const SEATS: usize = 64;
const TAKES: Duration = Duration::from_millis(50);

async fn think(_: Turn) -> Result<Reply> {
    tokio::time::sleep(TAKES).await;
    Ok(Reply::text("thought"))
}

/// What callers saw.
#[derive(Default)]
struct Seen {
    /// What this process held, in MB, each second.
    memory: Vec<u64>,
    answered: Vec<Duration>,
    refused: u64,
    other: u64,
}

fn main() {
    let handlers = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    // Answers are kept for repeated calls; for so short here that ten seconds show whether memory grows without end.
    let text = format!("server.bind = '127.0.0.1:0'\nserver.max_turns = {SEATS}\nwebhook.replay_for = '2s'");
    let settings = Settings::from_toml(&text).unwrap();
    let agent = Intents::new(()).on("think", think);
    let webhook = Webhook::new(agent, settings.webhook.options(), handlers.handle().clone()).unwrap();
    let server = Served::start(settings, webhook, None);
    let address = server.address;
    for (what, callers, seconds) in [
        ("half of the seats, 3 s", SEATS / 2, 3),
        ("four times the seats, 10 s", SEATS * 4, 10),
        ("half of the seats right after, 3 s", SEATS / 2, 3),
    ] {
        let time = Duration::from_secs(seconds);
        tell(what, call(address, callers, time), time);
    }
    server.stop();
    handlers.shutdown_background();
}

/// So many callers call for so long.
fn call(address: SocketAddr, callers: usize, time: Duration) -> Seen {
    let end = Instant::now() + time;
    let (all, memory) = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..callers)
            .map(|_| scope.spawn(|| caller(address, end)))
            .collect();
        let mut memory = Vec::new();
        while Instant::now() < end {
            std::thread::sleep(Duration::from_secs(1));
            memory.push(memory_mb());
        }
        let all: Vec<_> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
        (all, memory)
    });
    let start = Seen {
        memory,
        ..Seen::default()
    };
    all.into_iter().fold(start, |mut sum, one| {
        sum.answered.extend(one.answered);
        sum.refused += one.refused;
        sum.other += one.other;
        sum
    })
}

fn caller(address: SocketAddr, end: Instant) -> Seen {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let mut seen = Seen::default();
    let mut connection = Connection::to(address);
    while Instant::now() < end {
        let number = CALLS.fetch_add(1, Ordering::Relaxed);
        let body = format!(
            r#"{{"responseId":"{number}","session":"projects/p/agent/sessions/{number}","queryResult":{{"intent":{{"displayName":"think"}}}}}}"#
        );
        let began = Instant::now();
        match connection.post("/", "", &body) {
            200 => seen.answered.push(began.elapsed()),
            503 => seen.refused += 1,
            _ => seen.other += 1,
        }
    }
    seen
}

fn tell(what: &str, mut seen: Seen, time: Duration) {
    seen.answered.sort_unstable();
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let place = (seen.answered.len() as f64 * share) as usize;
        seen.answered
            .get(place.min(seen.answered.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    };
    println!(
        "{what:36} 200: {:>6}/s  503: {:>7}/s  other: {}  p50 {:>8.1?}  p99 {:>8.1?}  MB {:?}",
        seen.answered.len() as u64 / time.as_secs(),
        seen.refused / time.as_secs(),
        seen.other,
        at(0.5),
        at(0.99),
        seen.memory,
    );
}

/// What this process holds, callers and server together.
fn memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1024
}
