//! Turns for valgrind to count the instructions of: `.ci/instructions` runs this with two numbers of turns and compares.
//!
//! Everything is on: the gate, the replay guard, isolation, the proof, the turn's log line, metrics; HTTP alone is not there. One
//! thread does all but the writing of the log, and time stands still but where it is moved on, so that the count is the same on
//! a slow or busy machine: else a handler that the machine interrupts passed for one that is not quick.

#![expect(clippy::print_stdout, reason = "a benchmark tells what it did")]

use std::time::Duration;

use flowhook::server;
use flowhook::telemetry::{self, Look};
use tokio::runtime::Builder;

mod standard;

/// So many turns take ten seconds. As long as the replay guard keeps answers, that is 600 of them.
const IN_TEN_SECONDS: u64 = 100;

fn main() {
    let turns = std::env::args().find_map(|argument| argument.parse().ok());
    let turns: u64 = turns.unwrap_or(10 * IN_TEN_SECONDS);
    let look = Look::Json { project: None };
    let _logging = telemetry::start(look, "info", server::SILENCED, None, std::io::sink())
        .expect("nothing else logs in this process");
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("the system has what a runtime needs");
    let (gate, webhook) = (
        standard::gate(),
        standard::webhook(standard::agent(), runtime.handle().clone()),
    );
    runtime.block_on(async {
        for number in 0..turns {
            standard::ask(&gate).await;
            standard::answer(&webhook, standard::body(number)).await;
            if number % IN_TEN_SECONDS == 0 {
                tokio::time::advance(Duration::from_secs(10)).await;
            }
        }
    });
    println!("{turns} turns answered");
}
