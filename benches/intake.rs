//! How many events a second are stored and acknowledged, beside bare inserts of the same rows with the same group commit.
//!
//! `cargo bench --bench intake`. Rounds of both take turns in one run, on one SQLite file each, so that what else the machine does
//! meets both alike; what is told is the median of the ratios. An accept is the whole way: HTTP, signature, look, row, flush of
//! the disk, 200. `FLOWHOOK_BENCH_POSTGRES` names a database to measure on too.

#![expect(clippy::unwrap_used, reason = "a benchmark stops where something is wrong")]
#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

mod kit;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flowhook::channels::intake::{Intake, Product};
use flowhook::config::Settings;
use flowhook::store::queue::{Lane, NewJob, Queue, fingerprint};
use flowhook::{Intents, Webhook, store};
use futures_util::future::join_all;
use tokio::runtime::Runtime;

use self::kit::{Connection, Served};

const TOKEN: &str = "token-of-the-benchmark";

/// As many callers, and as many who insert, at a time.
const AT_ONCE: usize = 128;

/// How many groups are written at a time.
const GROUPS: usize = 4;

const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(2);

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// An event that came never before: about 900 bytes, as a row has in the reference.
fn event() -> (u64, String) {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let words = "words ".repeat(120);
    let event = format!(
        r#"{{"agentId":"bench-{}@rbm.goog","senderPhoneNumber":"+1555{:07}","messageId":"m{number}","text":"{words}"}}"#,
        number % 10,
        number % 1_000
    );
    (number, event)
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    measure("SQLite", &sqlite("http.db"), &sqlite("bare.db"));
    if let Ok(url) = std::env::var("FLOWHOOK_BENCH_POSTGRES") {
        measure("PostgreSQL", &url, &url);
    }
}

fn measure(engine: &str, url: &str, bare_url: &str) {
    let threads = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let bare = threads.block_on(store::open(bare_url)).unwrap().queue();
    let queue = threads.block_on(store::open(url)).unwrap().queue();
    let server = serve(queue, &threads);
    let mut rates = Vec::new();
    for round in 0..ROUNDS {
        let inserted = insert(&bare, &threads);
        let accepted = accept(server.address);
        let ratio = accepted / inserted;
        println!(
            "{engine}, round {round}: {accepted:>7.0} accepted/s, {inserted:>7.0} inserted/s, ratio {ratio:.2}"
        );
        // The first warms up.
        if round > 0 {
            rates.push((ratio, accepted, inserted));
        }
    }
    rates.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (ratio, accepted, inserted) = rates[rates.len() / 2];
    println!("{engine}: median ratio {ratio:.2} ({accepted:.0} accepted/s beside {inserted:.0} inserted/s)");
    server.stop();
    threads.shutdown_timeout(Duration::from_secs(1));
}

fn serve(queue: Arc<dyn Queue>, threads: &Runtime) -> Served {
    let text = format!(
        "server.bind = '127.0.0.1:0'\nstore.may_lose_messages = true\nrbm.endpoints.main.client_token = '{TOKEN}'"
    );
    let settings = Settings::from_toml(&text).unwrap();
    let intake = Intake::new(
        settings.endpoints(),
        queue,
        settings.queue.inbox,
        threads.handle(),
    );
    let webhook = Webhook::new(
        Intents::new(()),
        settings.webhook.options(),
        threads.handle().clone(),
    )
    .unwrap();
    Served::start(settings, webhook, Some(intake))
}

/// Puts the same rows, without HTTP and without a signature: as many at a time, in as many groups as the intake makes.
fn insert(queue: &Arc<dyn Queue>, threads: &Runtime) -> f64 {
    let began = Instant::now();
    let inserting = (0..GROUPS).map(|_| {
        let queue = Arc::clone(queue);
        threads.spawn(async move {
            let mut inserted = 0_u32;
            while began.elapsed() < ROUND {
                let group: Vec<_> = (0..AT_ONCE / GROUPS).map(|_| row()).collect();
                inserted += u32::try_from(group.len()).unwrap();
                queue.put(group).await.unwrap();
            }
            inserted
        })
    });
    let inserted = threads.block_on(join_all(inserting));
    let inserted: u32 = inserted.into_iter().map(Result::unwrap).sum();
    f64::from(inserted) / began.elapsed().as_secs_f64()
}

/// The row that an event becomes.
fn row() -> NewJob {
    let (number, event) = event();
    let lane = Lane::new(&format!("bench-{}@rbm.goog", number % 10));
    let key = fingerprint(&[&number.to_be_bytes()]);
    let order = fingerprint(&[&(number % 1_000).to_be_bytes()]);
    let job = NewJob::new(Product::Rbm.kind(), lane, key, event.into_bytes());
    job.in_order(order).from("main")
}

/// Posts events over as many connections, each when its last was acknowledged.
fn accept(address: SocketAddr) -> f64 {
    let began = Instant::now();
    let accepted: u32 = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..AT_ONCE)
            .map(|_| scope.spawn(move || call(address, began)))
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).sum()
    });
    f64::from(accepted) / began.elapsed().as_secs_f64()
}

fn call(address: SocketAddr, began: Instant) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA512, TOKEN.as_bytes());
    let mut connection = Connection::to(address);
    let mut accepted = 0;
    while began.elapsed() < ROUND {
        let (_, event) = event();
        let body = format!(r#"{{"message":{{"data":"{}"}}}}"#, STANDARD.encode(&event));
        let signature = STANDARD.encode(hmac::sign(&key, event.as_bytes()));
        let headers = format!("x-goog-signature: {signature}\r\n");
        assert_eq!(connection.post("/rbm/main", &headers, &body), 200);
        accepted += 1;
    }
    accepted
}
