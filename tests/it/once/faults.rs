//! Everything at once: slow, blocking, failing, panicking and quick handlers, repetitions, callers that leave, and a process
//! that is killed. Every call gets an answer that Dialogflow accepts, within the time that Dialogflow waits.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::together::try_to_ask;
use crate::program::{Program, Starting, clumsy, post, request};
use crate::schema::{Api, judge};
use crate::stores::places::Place;

const CALLS: usize = 10_000;

/// What Dialogflow waits. The agents are set to less, so that a busy machine is not taken for a silent agent.
const DIALOGFLOW_WAITS: Duration = Duration::from_secs(5);

fn agent(store: &str) -> Program {
    Starting::new(clumsy())
        .set("webhook.deadline=2s")
        .set("webhook.margin=1s")
        .set("log.level=error,flowhook::cli=info")
        .env("FLOWHOOK_STORE__URL", store)
        .start()
}

/// Which intent the call of that number is for: mostly quick ones, and each hundred some of every bad kind.
fn intent(number: usize) -> &'static str {
    match number % 100 {
        0..2 => "slow",
        2..4 => "blocking.briefly",
        4..9 => "panic",
        9..14 => "error",
        14..17 => "parameters",
        17..20 => "unknown",
        20..22 => "long",
        22..24 => "error.display.panics",
        _ => "good",
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stdout,
    reason = "the figures are for whoever asks for them with --nocapture"
)]
async fn each_of_ten_thousand_calls_gets_an_acceptable_answer_in_time_whatever_happens() {
    let Some(place) = Place::postgres().await else {
        return;
    };
    let (steady, victim) = (agent(&place.url()), Mutex::new(agent(&place.url())));
    let (next, answered, repeated) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let slowest = Mutex::new(Duration::ZERO);
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= CALLS {
                        return;
                    }
                    let call = request(intent(number));
                    // Each third call goes to the one that is killed, and is repeated to the other when that fails.
                    let address = victim.lock().unwrap().address;
                    let began = Instant::now();
                    let first = (number % 3 == 0).then(|| try_to_ask(address, &call)).flatten();
                    let answer = first.unwrap_or_else(|| {
                        try_to_ask(steady.address, &call).expect("the steady one answers every call")
                    });
                    let took = began.elapsed();
                    assert_eq!(answer.status, 200, "{}", intent(number));
                    assert_eq!(judge::faults_of_reply(&answer.body, Api::V2), [""; 0]);
                    assert!(!answer.text().is_empty());
                    assert!(took < DIALOGFLOW_WAITS, "{} took {took:?}", intent(number));
                    let mut slowest = slowest.lock().unwrap();
                    *slowest = took.max(*slowest);
                    drop(slowest);
                    answered.fetch_add(1, Ordering::Relaxed);
                    if number % 10 == 5 {
                        let again = try_to_ask(steady.address, &call).expect("a repetition is answered too");
                        assert_eq!(again.body, answer.body, "{}", intent(number));
                        repeated.fetch_add(1, Ordering::Relaxed);
                    }
                    if number % 50 == 7 {
                        leave(&steady);
                    }
                }
            });
        }
        // Killed, and started anew, three times.
        for kill in 1..=3 {
            while next.load(Ordering::Relaxed) < kill * CALLS / 4 {
                std::thread::yield_now();
            }
            *victim.lock().unwrap() = agent(&place.url());
        }
    });
    assert_eq!(answered.into_inner(), CALLS);
    let slowest = slowest.into_inner().unwrap();
    println!(
        "{CALLS} calls and {} repetitions answered, the slowest in {slowest:?}",
        repeated.into_inner()
    );
}

/// A caller who does not wait for the answer.
fn leave(agent: &Program) {
    use std::io::Write;
    let mut connection = agent.connect();
    connection
        .write_all(&post("/", request("slow").to_string().as_bytes(), ""))
        .unwrap();
}
