//! The numbers on the address for operators: what they count, that labels stay few, and that what is written about them holds.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::program::{Program, Starting, clumsy, request, request_with_console};
use crate::telemetry::{ask, text};

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn scrape(agent: &Program) -> String {
    let answer = ask(agent, "GET", "/metrics", "");
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.headers["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    text(&answer)
}

/// The value of a series, such as `flowhook_turns_total{intent="good",outcome="answered"}`.
#[track_caller]
fn value(scraped: &str, series: &str) -> f64 {
    let line = scraped
        .lines()
        .find(|line| line.rsplit_once(' ').is_some_and(|(name, _)| name == series));
    let line = line.unwrap_or_else(|| panic!("no {series} in\n{scraped}"));
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

fn start() -> Starting {
    Starting::new(clumsy()).set("admin.bind=127.0.0.1:0")
}

#[test]
fn turns_are_counted_by_what_they_came_to() {
    let agent = start().set("webhook.deadline=1s").start();
    let good = request("good");
    for request in [
        good.clone(),
        good,
        request("error"),
        request_with_console("error"),
        request("slow"),
        request("refused"),
        request("console"),
        request("nobody has heard of this one"),
    ] {
        agent.line_of(&agent.ask(&request));
    }
    assert_eq!(agent.post("/", "nonsense", "").status, 400);
    let told = scrape(&agent);
    for (series, count) in [
        ("flowhook_turns_total{intent=\"good\",outcome=\"answered\"}", 1.0),
        ("flowhook_turns_total{intent=\"good\",outcome=\"replayed\"}", 1.0),
        ("flowhook_turns_total{intent=\"error\",outcome=\"error\"}", 2.0),
        ("flowhook_turns_total{intent=\"slow\",outcome=\"late\"}", 1.0),
        (
            "flowhook_turns_total{intent=\"other\",outcome=\"no handler\"}",
            1.0,
        ),
        ("flowhook_turn_duration_seconds_count{intent=\"good\"}", 2.0),
        ("flowhook_replays_total{how=\"served\"}", 1.0),
        ("flowhook_replays_total{how=\"joined\"}", 0.0),
        ("flowhook_turn_margin_seconds_bucket{le=\"0\"}", 1.0),
        ("flowhook_turn_margin_seconds_count", 7.0),
        ("flowhook_refusals_total{reason=\"not a request\"}", 1.0),
        ("flowhook_turns_running", 0.0),
        ("flowhook_turns_running_limit", 1024.0),
    ] {
        assert!(
            (value(&told, series) - count).abs() < 0.1,
            "{series} is not {count} in\n{told}"
        );
    }
    let heard = |what: &str| value(&told, &format!("flowhook_heard_total{{what=\"{what}\"}}"));
    let all: f64 = ["reply", "on_error", "console", "apology"]
        .map(heard)
        .iter()
        .sum();
    assert!(
        (all - 7.0).abs() < 0.1 && heard("apology") >= 2.0 && heard("console") >= 1.0,
        "{told}"
    );
    assert!(value(&told, "flowhook_turn_deadline_ratio_bucket{le=\"1\"}") < 7.0);
}

#[test]
fn callers_cannot_make_labels_and_no_word_of_theirs_is_in_one() {
    let agent = start().env("FLOWHOOK_AUTH__BASIC", "user:hush-hush").start();
    let credentials = "authorization: Basic dXNlcjpodXNoLWh1c2g=\r\n";
    let mut known = 0;
    for number in 0..40 {
        let intent = format!("made up \"{number}\"\n}} 1");
        let mut request = request(&intent);
        request["queryResult"]["queryText"] = "I am Quilliams of Zanzibar".into();
        request["queryResult"]["action"] = format!("quilliams.{number}").into();
        agent.post("/", request.to_string(), credentials);
        let wrong = format!("authorization: Basic cHNzdC1wc3N0Omh1c2gtaHVzaA==\r\nx-{number}: zanzibar\r\n");
        assert_eq!(agent.post("/", "{}", &wrong).status, 401);
        let told = scrape(&agent);
        let planted = include_str!("../../fixtures/planted.txt").lines();
        for planted in planted.chain(["made up"]) {
            assert!(
                !told.to_lowercase().contains(&planted.to_lowercase()),
                "{planted} shows in:\n{told}"
            );
        }
        if number == 0 {
            known = told.lines().count();
        }
        assert_eq!(
            told.lines().count(),
            known,
            "after {number} more callers:\n{told}"
        );
    }
    let told = scrape(&agent);
    assert!(value(&told, "flowhook_refusals_total{reason=\"wrong\"}") > 39.5);
    assert!(
        value(
            &told,
            "flowhook_turns_total{intent=\"other\",outcome=\"no handler\"}"
        ) > 39.5
    );
}

#[test]
fn late_work_and_the_store_beyond_the_process_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let agent = start()
        .set(&format!(
            "store.url=sqlite:{}",
            folder.path().join("store.db").display()
        ))
        .start();
    for _ in 0..2 {
        let mut request = request("pay");
        request["queryResult"]["parameters"]["file"] = folder.path().join("paid").to_str().into();
        let answer = agent.ask(&request);
        assert_eq!(answer.text(), "1");
        agent.line_of(&answer);
    }
    let told = scrape(&agent);
    let work = |what: &str| {
        value(
            &told,
            &format!("flowhook_work_total{{kind=\"effect\",what=\"{what}\"}}"),
        )
    };
    assert!((work("begun") - 1.0).abs() < 0.1, "{told}");
    assert!((work("done") - 1.0).abs() < 0.1, "{told}");
    assert!((work("picked up") - 1.0).abs() < 0.1, "{told}");
    assert!(
        value(
            &told,
            "flowhook_store_duration_seconds_count{operation=\"claim\"}"
        ) > 0.5,
        "{told}"
    );
}

/// The name, the kind and the meaning of all that a program exports.
fn exported(told: &str) -> Vec<(String, String, String)> {
    let mut exported = Vec::new();
    let mut lines = told.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((name, meaning)) = line.strip_prefix("# HELP ").and_then(|line| line.split_once(' ')) else {
            continue;
        };
        let kind = lines
            .peek()
            .and_then(|line| line.strip_prefix("# TYPE "))
            .unwrap();
        let kind = kind.strip_prefix(name).unwrap().trim();
        exported.push((name.to_owned(), kind.to_owned(), meaning.to_owned()));
    }
    assert!(exported.len() > 15, "{told}");
    exported
}

#[test]
fn the_table_in_the_docs_has_every_metric() {
    let agent = start().start();
    let table = exported(&scrape(&agent))
        .iter()
        .map(|(name, kind, meaning)| format!("| `{name}` | {kind} | {} |\n", meaning.trim_end_matches('.')))
        .collect::<String>();
    let page = read("docs/metrics.md");
    assert!(
        page.contains(&table),
        "docs/metrics.md should have these rows:\n{table}"
    );
}

/// Every word that begins as our metrics do.
fn named(text: &str) -> BTreeSet<String> {
    text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
        .filter(|word| word.starts_with("flowhook_"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_dashboard_and_the_alerts_name_only_what_is_exported() {
    let agent = start().start();
    let told = scrape(&agent);
    let exported: BTreeSet<String> = exported(&told)
        .into_iter()
        .flat_map(|(name, kind, _)| match kind.as_str() {
            "histogram" => vec![
                format!("{name}_bucket"),
                format!("{name}_sum"),
                format!("{name}_count"),
            ],
            _ => vec![name],
        })
        .collect();
    let dashboard = read("deploy/grafana.json");
    let parsed: Value = serde_json::from_str(&dashboard).unwrap();
    let panels = parsed["panels"].as_array().unwrap();
    let mut asked = Vec::new();
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        assert!(
            panel["title"].is_string() && panel["description"].is_string(),
            "{panel}"
        );
        for target in panel["targets"].as_array().unwrap() {
            asked.push(target["expr"].as_str().unwrap().to_owned());
        }
    }
    let ids: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len(), "every panel has an id of its own");
    let alerts: Value = serde_saphyr::from_str(&read("deploy/alerts.yaml")).unwrap();
    let rules: Vec<_> = alerts["groups"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| group["rules"].as_array().unwrap())
        .collect();
    for rule in &rules {
        for field in [
            &rule["alert"],
            &rule["expr"],
            &rule["for"],
            &rule["labels"]["severity"],
        ] {
            assert!(field.is_string(), "{rule}");
        }
        for field in ["summary", "description"] {
            assert!(rule["annotations"][field].is_string(), "{rule}");
        }
        asked.push(rule["expr"].as_str().unwrap().to_owned());
    }
    for expr in &asked {
        let open = expr.matches('(').count();
        assert_eq!(open, expr.matches(')').count(), "{expr}");
        let named = named(expr);
        assert!(!named.is_empty(), "{expr}");
        let unknown: Vec<_> = named.difference(&exported).collect();
        assert_eq!(unknown, Vec::<&String>::new(), "{expr}");
    }
    for watched in [
        "flowhook_turn_margin_seconds_bucket",
        "flowhook_heard_total",
        "flowhook_turns_total",
        "flowhook_queue_oldest_seconds",
    ] {
        assert!(
            rules
                .iter()
                .any(|rule| rule["expr"].as_str().unwrap().contains(watched)),
            "nobody is woken for {watched}"
        );
    }
}
