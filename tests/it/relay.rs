//! Answers events of channels by lines in a file, as an agent would by messages. A program of its own, for the tests, to be
//! killed.
//!
//! Settings come by `--set`, as to `flowhook`; the environment's `RELAY_FILE` names the file, `RELAY_ATTEMPTS` says how often
//! an event is tried, if not three times. A line has the event's text
//! and the id of the reply, which is the same however often it is written. An event with the text `hang`, `block`, `panic` or
//! `fail` does that.

use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use flowhook::channels::intake::Intake;
use flowhook::channels::worker::{Failed, Patience, Ran, Worker};
use flowhook::config::{Given, Settings};
use flowhook::store::queue::{Job, NewJob, fingerprint};
use flowhook::{Intents, Webhook, server, store, telemetry};

fn main() -> Result<(), Box<dyn Error>> {
    let flags = std::env::args().skip(1).filter(|argument| argument != "--set");
    let given = Given {
        file: None,
        flags: flags.collect(),
    };
    let settings = Settings::load(&given)?;
    let _logging = telemetry::start(
        telemetry::Look::Json { project: None },
        &settings.log.level,
        server::SILENCED,
        std::io::stdout(),
    )?;
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let url = settings.store.url_beyond_memory().ok_or("a store is needed")?;
    let queue = threads.block_on(store::open(url))?.queue();
    let intake = Intake::new(
        settings.endpoints(),
        Arc::clone(&queue),
        settings.queue.inbox,
        threads.handle(),
    );
    let attempts = std::env::var("RELAY_ATTEMPTS").unwrap_or_else(|_| "3".to_owned());
    let patience = Patience {
        attempts: attempts.parse()?,
        longest: Duration::from_millis(100),
        ..Patience::default()
    };
    let worker = Worker::new(queue, settings.queue.pace())
        .on("rbm.event", patience, answer)
        .on("business_messages.event", patience, answer)
        .on("reply", patience, reply);
    let stop = async {
        server::told_to_stop().await;
    };
    let working = threads.spawn(worker.run(stop, settings.server.shutdown_grace));
    let webhook = Webhook::new(
        Intents::new(()),
        settings.webhook.options(),
        threads.handle().clone(),
    )?;
    server::serve(
        &settings,
        webhook,
        Some(Arc::new(intake)),
        settings.gate()?,
        server::Inside::default(),
        |addresses| tracing::info!("listening on {} ", addresses[0]),
        server::told_to_stop(),
    )?;
    threads.block_on(working)?;
    threads.shutdown_background();
    Ok(())
}

async fn answer(job: Job) -> Ran {
    let event: serde_json::Value =
        serde_json::from_slice(&job.payload).map_err(|_| Failed::not_understood("not JSON"))?;
    let text = event["text"].as_str().unwrap_or("no text").to_owned();
    match text.as_str() {
        "hang" => std::future::pending().await,
        "block" => std::thread::sleep(Duration::from_secs(3_600)),
        "panic" => panic!("a handler that panics over {text}"),
        "fail" => return Err(Failed::again("the agent is away")),
        _ => {}
    }
    let id = fingerprint(&[&job.key, b"0"]);
    let user = event["senderPhoneNumber"].as_str().unwrap_or_default().to_owned();
    let reply = NewJob::new("reply", job.lane, id, text).in_order(fingerprint(&[user.as_bytes()]));
    Ok(vec![reply])
}

async fn reply(job: Job) -> Ran {
    let path = std::env::var_os("RELAY_FILE").ok_or_else(|| Failed::for_good("no RELAY_FILE"))?;
    let text = String::from_utf8_lossy(&job.payload);
    let id: String = job.key[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
    let written = file.and_then(|mut file| file.write_all(format!("{text} {id}\n").as_bytes()));
    written.map_err(|_| Failed::again("the file is away"))?;
    Ok(Vec::new())
}
