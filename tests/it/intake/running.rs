//! Running what came in: agents that hang, handlers that fail, and a program that is told to stop.

use std::path::Path;
use std::time::{Duration, Instant};

use super::{delivered, idle, jobs, queue, relay, said, with_endpoints};
use crate::program::Program;
use crate::stores::places::Place;

fn start(place: &Place, file: &Path) -> Program {
    with_endpoints(relay(), place)
        .set("queue.per_lane=3")
        .env("RELAY_FILE", &file.display().to_string())
        .start()
}

/// Waits for the reply to that text.
async fn replied(file: &Path, text: &str) {
    let begins = format!("{text} ");
    crate::stores::until(async || {
        let replies = std::fs::read_to_string(file).unwrap_or_default();
        replies
            .lines()
            .any(|line| line.starts_with(&begins))
            .then_some(())
    })
    .await;
}

/// How long ten replies of that agent's take, the median.
async fn latency(program: &Program, file: &Path, agent: &str, round: &str) -> Duration {
    let mut taken = Vec::new();
    for number in 0..10 {
        let text = format!("{agent}-{round}-{number}");
        let began = Instant::now();
        delivered(program, &said(agent, "+15550100", &text, &text));
        replied(file, &text).await;
        taken.push(began.elapsed());
    }
    taken.sort();
    taken[5]
}

async fn t05_an_agent_that_hangs_or_blocks_is_in_nobodys_way(place: &Place) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("replies");
    let program = start(place, &file);
    let before = latency(&program, &file, "good@rbm.goog", "before").await;
    for number in 0..20 {
        for (agent, does) in [("hung@rbm.goog", "hang"), ("blocked@rbm.goog", "block")] {
            delivered(
                &program,
                &said(agent, &format!("+155501{number:02}"), &format!("m{number}"), does),
            );
        }
    }
    let meanwhile = latency(&program, &file, "good@rbm.goog", "meanwhile").await;
    assert!(
        meanwhile < before * 4 + Duration::from_millis(250),
        "{before:?} became {meanwhile:?}"
    );
    let depth = queue(place).await.depth().await.unwrap();
    for lane in depth.iter().filter(|lane| lane.lane.as_str() != "good@rbm.goog") {
        assert_eq!((lane.running, lane.waiting), (3, 17), "{lane:?}");
    }
}

async fn what_fails_is_tried_again_and_then_given_up_and_holds_nobody_up(place: &Place) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("replies");
    let program = start(place, &file);
    for (id, text) in [
        ("m1", "fail"),
        ("m2", "after it"),
        ("m3", "panic"),
        ("m4", "after that"),
    ] {
        delivered(&program, &said("a@rbm.goog", "+15550100", id, text));
    }
    let queue = queue(place).await;
    replied(&file, "after that").await;
    idle(&*queue).await;
    let events: Vec<_> = jobs(&*queue)
        .await
        .into_iter()
        .filter(|job| job.kind == "rbm.event")
        .collect();
    let told: Vec<_> = events
        .iter()
        .map(|job| (job.state.name(), job.attempts, job.why.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("dead", 3, Some("the agent is away")),
            ("done", 1, None),
            ("dead", 3, Some("panicked")),
            ("done", 1, None)
        ]
    );
    program.logged("is given up: the agent is away");
}

async fn a_program_that_stops_gives_back_what_it_did_not_end(place: &Place) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("replies");
    let program = with_endpoints(relay(), place)
        .set("server.shutdown_grace=1s")
        .env("RELAY_FILE", &file.display().to_string())
        .start();
    delivered(&program, &said("a@rbm.goog", "+15550100", "m1", "hang"));
    let queue = queue(place).await;
    crate::stores::until(async || (queue.depth().await.ok()?.first()?.running == 1).then_some(())).await;
    program.terminate();
    let (status, output) = program.end();
    assert!(status.success(), "{output}");
    let job = jobs(&*queue).await.remove(0);
    assert_eq!((job.state.name(), job.attempts), ("waiting", 0), "{output}");
}

on_both!(
    t05_an_agent_that_hangs_or_blocks_is_in_nobodys_way
    what_fails_is_tried_again_and_then_given_up_and_holds_nobody_up
    a_program_that_stops_gives_back_what_it_did_not_end
);
