//! `flowhook queue`, as an operator uses it.

use std::process::{Command, Output};

use flowhook::store::queue::{Lane, NewJob};
use serde_json::Value;

use super::{delivered, object, queue, said, with_endpoints};
use crate::program::{FLOWHOOK, keep};
use crate::stores::places::Place;

fn run(place: &Place, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(FLOWHOOK)
        .arg("queue")
        .args(arguments)
        .env("FLOWHOOK_STORE__URL", place.url())
        .current_dir(folder.path())
        .output()
        .unwrap();
    // What --reveal shows is meant to be seen.
    if !arguments.contains(&"--reveal") {
        keep(&String::from_utf8([output.stdout.clone(), output.stderr.clone()].concat()).unwrap());
    }
    output
}

#[track_caller]
fn prints(place: &Place, arguments: &[&str], code: i32) -> String {
    let output = run(place, arguments);
    let (out, err) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert_eq!(output.status.code(), Some(code), "{out}{err}");
    out + &err
}

fn states(place: &Place, arguments: &[&str]) -> Vec<String> {
    let list = object(prints(place, &[&["list", "--json"], arguments].concat(), 0).as_bytes());
    let jobs = list["jobs"].as_array().unwrap().iter();
    jobs.map(|job| format!("{} {}", job["id"], job["state"].as_str().unwrap()))
        .collect()
}

async fn an_operator_looks_retries_and_drops(place: &Place) {
    let program = with_endpoints(FLOWHOOK, place).start();
    delivered(&program, &said("a@rbm.goog", "+15550100", "m1", "I am Quilliams"));
    delivered(&program, "[\"Quilliams\"]");
    delivered(&program, &said("b@rbm.goog", "+15550100", "m2", "hi"));
    drop(program);

    let list = prints(place, &["list"], 0);
    assert!(list.starts_with("LANE"), "{list}");
    assert!(
        list.contains("quarantined") && list.contains("not a JSON object"),
        "{list}"
    );
    assert_eq!(states(place, &[]), ["1 waiting", "2 quarantined", "3 waiting"]);
    assert_eq!(states(place, &["--state", "quarantined"]), ["2 quarantined"]);
    assert_eq!(states(place, &["--lane", "b@rbm.goog"]), ["3 waiting"]);
    assert_eq!(states(place, &["--older-than", "1h"]), [""; 0]);
    assert_eq!(states(place, &["--limit", "1"]), ["1 waiting"]);

    let shown = prints(place, &["show", "1"], 0);
    assert!(
        !shown.contains("Quilliams") && !shown.contains("+15550100") && shown.contains("--reveal"),
        "{shown}"
    );
    let revealed: Value = object(prints(place, &["show", "1", "--reveal", "--json"], 0).as_bytes());
    assert_eq!(revealed["payload"]["text"], "I am Quilliams");
    assert_eq!(revealed["from"], "main");
    assert!(prints(place, &["show", "99"], 1).contains("there is no job 99"));

    assert_eq!(prints(place, &["retry", "2"], 0), "1 to be run anew\n");
    assert_eq!(states(place, &[]), ["1 waiting", "2 waiting", "3 waiting"]);
    assert_eq!(prints(place, &["drop", "2", "3"], 0), "2 dropped\n");
    let again = prints(place, &["drop", "1", "2"], 1);
    assert!(
        again.contains("1 dropped") && again.contains("job 2 is left as it is"),
        "{again}"
    );
    assert_eq!(states(place, &[]), ["1 done", "2 done", "3 done"]);
}

async fn many_are_changed_at_once(place: &Place) {
    let queue = queue(place).await;
    let job = |number: u32| {
        let mut key = [0; 32];
        key[..4].copy_from_slice(&number.to_be_bytes());
        NewJob::new(
            "test",
            Lane::new(if number.is_multiple_of(2) { "even" } else { "odd" }),
            key,
            "x",
        )
        .quarantined("strange")
    };
    queue.put((0..1_300).map(job).collect()).await.unwrap();
    assert_eq!(
        prints(place, &["retry", "--all", "--lane", "even"], 0),
        "650 to be run anew\n"
    );
    assert_eq!(
        prints(place, &["drop", "--all", "--state", "waiting"], 0),
        "650 dropped\n"
    );
    assert_eq!(prints(place, &["retry", "--all"], 0), "650 to be run anew\n");
    assert_eq!(
        prints(place, &["drop", "--all"], 0),
        "0 dropped\n",
        "what waits is not dropped unless it is named"
    );
    assert_eq!(
        states(place, &["--state", "waiting", "--limit", "10000"]).len(),
        650
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_told() {
    let place = Place::sqlite();
    drop(place.open().await);
    assert!(prints(&place, &["retry"], 2).contains("--all"));
    assert!(prints(&place, &["retry", "1", "--all"], 2).contains("cannot be used"));
    assert!(prints(&place, &["list", "--state", "sad"], 2).contains("waiting"));
    assert!(prints(&place, &["list", "--older-than", "long"], 2).contains("expected a time such as 90s"));
    assert!(prints(&Place::memory(), &["list"], 1).contains("`store.url` is memory:"));
}

on_both!(an_operator_looks_retries_and_drops many_are_changed_at_once);
