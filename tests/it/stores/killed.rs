//! What a killed process leaves behind, and two processes that want the same.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use flowhook::store::{Claim, Found, Kind, Terms};
use tokio::time::timeout;

use super::places::Place;
use super::{LONG, PATIENCE, key, take};
use crate::program::clumsy;

/// How many keys of each kind are claimed.
const KEYS: u64 = 20;

/// A lease that outlives the claiming of all the keys on a slow machine.
const LEASE: Duration = Duration::from_secs(5);

/// The program `holder`, claiming.
struct Holder {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Holder {
    fn start(url: &str) -> Self {
        let mut child = Command::new(clumsy().with_file_name("holder"))
            .args([url, &KEYS.to_string(), &LEASE.as_millis().to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// What it got, once it has asked for everything.
    fn got(&mut self) -> Vec<String> {
        let lines = self.lines.by_ref().map(Result::unwrap);
        let got: Vec<_> = lines.take_while(|line| line != "holding").collect();
        assert_eq!(self.child.try_wait().unwrap(), None, "it has ended");
        got
    }
}

/// Ends it as `kill -9` does.
impl Drop for Holder {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

async fn a_killed_owners_results_stay_its_leases_run_out_and_its_once_keys_are_lost(place: &Place) {
    let mut holder = Holder::start(&place.url());
    let got = holder.got();
    assert_eq!(got.len() as u64, 3 * KEYS);
    drop(holder);

    let store = place.open().await;
    for number in 0..KEYS {
        let result = format!("result {number}").into();
        assert_eq!(
            store.look(&key(Kind::Replay, number)).await,
            Ok(Found::Done(result))
        );

        let work = key(Kind::Work, number);
        assert_eq!(
            timeout(PATIENCE, store.wait(&work)).await.unwrap(),
            Ok(Found::Free)
        );
        take(&*store, &work, Terms::leased(LONG)).await;

        let once = key(Kind::Once, number);
        assert_eq!(
            timeout(PATIENCE, store.wait(&once)).await.unwrap(),
            Ok(Found::Lost)
        );
        let claim = store.claim(&once, Terms::once(LONG)).await;
        assert_eq!(claim, Ok(Claim::Lost));
    }
}

async fn two_processes_started_at_once_on_nothing_share_the_keys(place: &Place) {
    let mut holders = [place.url(), place.url()].map(|url| Holder::start(&url));
    let mut got: Vec<_> = holders.iter_mut().flat_map(Holder::got).collect();
    drop(holders);
    got.sort();
    let all = got.len();
    got.dedup();
    assert_eq!(got.len(), all, "no key was given to both");
    assert_eq!(got.len() as u64, 3 * KEYS);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_a_killed_owners_results_stay() {
    a_killed_owners_results_stay_its_leases_run_out_and_its_once_keys_are_lost(&Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres_a_killed_owners_results_stay() {
    if let Some(place) = Place::postgres().await {
        a_killed_owners_results_stay_its_leases_run_out_and_its_once_keys_are_lost(&place).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_an_sqlite_file() {
    two_processes_started_at_once_on_nothing_share_the_keys(&Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_a_postgres_database() {
    if let Some(place) = Place::postgres().await {
        two_processes_started_at_once_on_nothing_share_the_keys(&place).await;
    }
}
