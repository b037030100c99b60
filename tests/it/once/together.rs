//! Several processes on one store.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::{Lines, agent_on, count};
use crate::program::{Answer, Starting, clumsy, post, request};
use crate::stores::places::Place;
use crate::stores::proxy::{Line, Proxy};

/// Where processes can meet.
async fn places() -> Vec<Place> {
    [Some(Place::sqlite()), Place::postgres().await]
        .into_iter()
        .flatten()
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_call_to_two_processes_at_once_runs_the_handler_once() {
    for place in places().await {
        let (one, other) = (agent_on(&place.url()), agent_on(&place.url()));
        for _ in 0..20 {
            let lines = Lines::new();
            let request = lines.request("count", 100);
            let answers = std::thread::scope(|scope| {
                let calls =
                    [&one, &other, &one, &other].map(|agent| scope.spawn(|| agent.ask(&request).text()));
                calls.map(|call| call.join().unwrap())
            });
            assert_eq!(answers, ["1", "1", "1", "1"]);
            assert_eq!(lines.count(), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn late_work_of_one_process_is_picked_up_in_another() {
    for place in places().await {
        let (one, other, lines) = (agent_on(&place.url()), agent_on(&place.url()), Lines::new());
        let first = std::thread::scope(|scope| {
            let begun = scope.spawn(|| one.ask(&lines.request("late", 6_000)).text());
            one.log_line(|line| line["message"] == "waiting");
            begun.join().unwrap()
        });
        assert_eq!(first, "not yet");
        assert_eq!(other.ask(&lines.request("late", 6_000)).text(), "1");
        assert_eq!(lines.count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_made_once_in_all_processes() {
    for place in places().await {
        let (one, other, lines) = (agent_on(&place.url()), agent_on(&place.url()), Lines::new());
        std::thread::scope(|scope| {
            for agent in [&one, &other, &one, &other] {
                scope.spawn(|| assert_eq!(agent.ask(&lines.request("pay", 100)).text(), "1"));
            }
        });
        assert_eq!(lines.count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn turns_are_answered_though_the_store_is_away_and_the_log_says_so_once() {
    let Some(Place::Postgres(schema)) = Place::postgres().await else {
        return;
    };
    let proxy = Proxy::to(&schema).await;
    let agent = Starting::new(clumsy())
        .env("FLOWHOOK_STORE__URL", &proxy.address)
        .start();
    assert_eq!(agent.ask(&request("good")).text(), "good");
    proxy.set(Line::Cut);
    let lines = Lines::new();
    for _ in 0..5 {
        let request = lines.request("count", 0);
        let first = agent.ask(&request);
        assert_eq!(
            first.body,
            agent.ask(&request).body,
            "this process still notices repetitions"
        );
        assert!(agent.line_of(&first)["elapsed_ms"].as_u64().unwrap() < 2_000);
    }
    assert_eq!(lines.count(), 5);
    assert!(
        agent
            .ask(&lines.request("pay", 0))
            .text()
            .starts_with("the effect was not begun")
    );
    assert_eq!(agent.ask(&lines.request("late", 0)).text(), "6");
    let told = agent
        .output()
        .matches("what other instances did is not known")
        .count();
    assert_eq!(told, 1);
    proxy.set(Line::Whole);
    while agent.ask(&lines.request("pay", 0)).text() != "7" {}
}

/// Sends a call once, and says how it was answered, if it was: a process may be killed meanwhile.
pub fn try_to_ask(address: SocketAddr, request: &Value) -> Option<Answer> {
    use std::io::{BufReader, Write};
    let mut connection = std::net::TcpStream::connect(address).ok()?;
    connection
        .write_all(&post("/", request.to_string().as_bytes(), ""))
        .ok()?;
    Answer::read(&mut BufReader::new(connection))
}

/// A thousand payments, each asked for by calls to both processes, while one of them is killed.
#[tokio::test(flavor = "multi_thread")]
async fn killing_one_of_two_processes_makes_no_payment_twice_and_loses_no_call_of_the_others() {
    const PAYMENTS: usize = 1_000;
    let Some(place) = Place::postgres().await else {
        return;
    };
    let (victim, survivor) = (agent_on(&place.url()), agent_on(&place.url()));
    let folder = tempfile::tempdir().unwrap();
    let calls: Vec<_> = (0..PAYMENTS)
        .map(|number| {
            let mut request = request("pay");
            request["session"] = format!("projects/p/agent/sessions/{number}").into();
            let file = folder.path().join(number.to_string());
            request["queryResult"]["parameters"] = serde_json::json!({"file": file, "after_ms": 20});
            (file, request)
        })
        .collect();
    let next = AtomicUsize::new(0);
    let outcomes: HashMap<String, usize> = std::thread::scope(|scope| {
        let mut askers = Vec::new();
        for _ in 0..8 {
            askers.push(scope.spawn(|| {
                let mut heard = Vec::new();
                while let Some((_, request)) = calls.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let at_victim = std::thread::scope(|both| {
                        let at_victim = both.spawn(|| try_to_ask(victim.address, request));
                        let answer =
                            try_to_ask(survivor.address, request).expect("the survivor answers every call");
                        assert_eq!(answer.status, 200);
                        heard.push(answer.text());
                        at_victim.join().unwrap()
                    });
                    if let Some(answer) = at_victim {
                        assert_eq!(answer.status, 200);
                    }
                }
                heard
            }));
        }
        while next.load(Ordering::Relaxed) < PAYMENTS / 2 {
            std::thread::yield_now();
        }
        let killed = std::process::Command::new("kill")
            .args(["-KILL", &victim.id().to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        let heard = askers.into_iter().flat_map(|asker| asker.join().unwrap());
        heard.fold(HashMap::new(), |mut all, text| {
            *all.entry(text).or_default() += 1;
            all
        })
    });
    let payments: Vec<_> = calls.iter().map(|(file, _)| count(file)).collect();
    assert!(
        payments.iter().all(|payments| *payments <= 1),
        "a payment was made twice"
    );
    // All that can be heard: the payment, or honestly that nobody knows.
    let honest = [
        "1",
        "the effect is still under way",
        "the effect was begun and never finished: look up whether it happened",
    ];
    let apology = "Sorry, I could not answer that just now. Please try again.";
    assert!(
        outcomes
            .keys()
            .all(|text| honest.contains(&text.as_str()) || text == apology),
        "{outcomes:?}"
    );
    assert!(outcomes["1"] > PAYMENTS * 9 / 10, "{outcomes:?}");
}
