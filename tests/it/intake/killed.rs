//! Killed at any moment, a hundred times on each engine: no event that was acknowledged is lost, and none is answered twice.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{delivered, idle, queue, rbm, relay, said, with_endpoints};
use crate::program::{Answer, Program};
use crate::stores::places::Place;

const KILLS: usize = 100;

/// A program is killed when it has acknowledged fewer events than this, and a moment later, both drawn by lot; a slow one
/// after so much time, whatever it has done.
const EVENTS: usize = 6;
const MOMENT: Duration = Duration::from_millis(20);
const LIFE: Duration = Duration::from_secs(5);

const USERS: usize = 4;

fn start(place: &Place, file: &Path) -> Program {
    with_endpoints(relay(), place)
        .set("queue.lease=300ms")
        .set("log.level=error,relay=info")
        // Each kill is an attempt of what ran, and what has killed its program too often is given up.
        .env("RELAY_ATTEMPTS", "1000")
        .env("RELAY_FILE", &file.display().to_string())
        .start()
}

/// The program that is running, as far as its callers know.
#[derive(Default)]
struct Now {
    address: Mutex<Option<SocketAddr>>,
    is_over: AtomicBool,
    acknowledged: AtomicUsize,
}

impl Now {
    /// Posts as Google does: again, until it is answered with 200.
    fn deliver(&self, event: &str) {
        loop {
            let address = *self.address.lock().unwrap();
            if address.and_then(|address| try_to_deliver(address, event)) == Some(200) {
                self.acknowledged.fetch_add(1, Ordering::Relaxed);
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// The status; none when the program is gone before it has answered.
fn try_to_deliver(address: SocketAddr, event: &str) -> Option<u16> {
    let mut connection = TcpStream::connect(address).ok()?;
    connection.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    connection.write_all(&rbm(event, fastrand::u64(..))).ok()?;
    Answer::read(&mut BufReader::new(connection)).map(|answer| answer.status)
}

fn event(user: usize, number: usize) -> String {
    let text = format!("{user}.{number}");
    said("demo@rbm.goog", &format!("+1555010{user}"), &text, &text)
}

/// A user writes on and on, each time when the last was acknowledged, and says how often.
fn write_on(user: usize, now: &Now) -> usize {
    let mut number = 0;
    while !now.is_over.load(Ordering::Relaxed) {
        now.deliver(&event(user, number));
        number += 1;
        std::thread::sleep(Duration::from_millis(fastrand::u64(..20)));
    }
    number
}

async fn t03_no_kill_loses_an_event_or_answers_one_twice(place: &Place) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("replies");
    let now = Now::default();
    let (last, written) = std::thread::scope(|scope| {
        let now = &now;
        let users: Vec<_> = (0..USERS)
            .map(|user| scope.spawn(move || write_on(user, now)))
            .collect();
        for _ in 0..KILLS {
            let program = start(place, &file);
            *now.address.lock().unwrap() = Some(program.address);
            let enough = now.acknowledged.load(Ordering::Relaxed) + fastrand::usize(..EVENTS);
            let born = Instant::now();
            while now.acknowledged.load(Ordering::Relaxed) < enough && born.elapsed() < LIFE {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(MOMENT.mul_f64(fastrand::f64()));
            // It is killed as by `kill -9`, in the midst of whatever it does.
            drop(program);
        }
        let last = start(place, &file);
        *now.address.lock().unwrap() = Some(last.address);
        now.is_over.store(true, Ordering::Relaxed);
        let written: Vec<_> = users.into_iter().map(|user| user.join().unwrap()).collect();
        (last, written)
    });
    assert!(
        written.iter().sum::<usize>() > KILLS,
        "{written:?}: too little happened"
    );
    let queue = queue(place).await;
    idle(&*queue).await;
    // Every 200 was lost on its way, say: all of it comes again.
    for (user, count) in written.iter().enumerate() {
        for number in 0..*count {
            delivered(&last, &event(user, number));
        }
    }
    idle(&*queue).await;

    let replies = std::fs::read_to_string(&file).unwrap();
    let mut ids = BTreeMap::<&str, BTreeSet<&str>>::new();
    let mut order = vec![Vec::new(); USERS];
    for line in replies.lines() {
        let (text, id) = line.split_once(' ').unwrap();
        let (user, number) = text.split_once('.').unwrap();
        if ids.entry(text).or_default().insert(id) {
            order[user.parse::<usize>().unwrap()].push(number.parse::<usize>().unwrap());
        }
    }
    assert!(
        ids.values().all(|ids| ids.len() == 1),
        "one id for each reply, so that a repetition is known"
    );
    for (user, count) in written.iter().enumerate() {
        assert_eq!(
            order[user],
            (0..*count).collect::<Vec<_>>(),
            "every event of user {user}, once and in order"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    t03_no_kill_loses_an_event_or_answers_one_twice(&Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    if let Some(place) = Place::postgres().await {
        t03_no_kill_loses_an_event_or_answers_one_twice(&place).await;
    }
}
