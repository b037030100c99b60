//! `flowhook connect` and `flowhook check --project`, against a Dialogflow that is as strict as Google's.

mod google;
mod trouble;

use std::io::Write;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

use crate::exports::pack::Pack;
use crate::program::{FLOWHOOK, keep};

use google::{Dialogflow, start};

const DRAFT: &str = "projects/p/agent/fulfillment";

/// An agent whose fulfillment has everything.
fn agent() -> Dialogflow {
    let dialogflow = start();
    let mut state = dialogflow.state();
    let fulfillment = |name: &str| {
        json!({
            "name": name,
            "displayName": "old",
            "enabled": false,
            "genericWebService": {
                "uri": "https://old.example.com/hook",
                "username": "old-user",
                "password": "old-sekrit",
                "requestHeaders": {"x-api-key": "header-sekrit", "X-Team": "blue"},
            },
        })
    };
    for name in [
        DRAFT,
        "projects/p/locations/europe-west1/agent/fulfillment",
        "projects/p/agent/environments/live",
    ] {
        state.fulfillments.insert(name.to_owned(), fulfillment(name));
    }
    for (place, (name, webhook)) in [
        ("Default Welcome Intent", None),
        ("get-agent-name", Some("WEBHOOK_STATE_ENABLED")),
        ("nobody's", None),
        ("guide.text", Some("WEBHOOK_STATE_ENABLED_FOR_SLOT_FILLING")),
        ("guide.card", None),
    ]
    .into_iter()
    .enumerate()
    {
        let mut intent = json!({"name": format!("projects/p/agent/intents/{place}"), "displayName": name});
        if let Some(webhook) = webhook {
            intent["webhookState"] = webhook.into();
        }
        state.intents.push(intent);
    }
    drop(state);
    dialogflow
}

fn run(dialogflow: &Dialogflow, arguments: &[&str], input: &str) -> Output {
    let mut begun = begin(dialogflow, arguments);
    // Who reads nothing may be gone already.
    let _ = begun.child.stdin.take().unwrap().write_all(input.as_bytes());
    begun.end()
}

/// The program while it runs, and its folder.
struct Begun {
    child: Child,
    _folder: tempfile::TempDir,
}

impl Begun {
    fn end(self) -> Output {
        let output = self.child.wait_with_output().unwrap();
        let all = said(&[output.stdout.clone(), output.stderr.clone()].concat());
        keep(&all);
        for secret in ["sekrit", "old-user", "blue", "what-was-sent"] {
            assert!(!all.contains(secret), "{all}");
        }
        output
    }
}

fn begin(dialogflow: &Dialogflow, arguments: &[&str]) -> Begun {
    let folder = tempfile::tempdir().unwrap();
    let credentials = folder.path().join("credentials.json");
    let url = dialogflow.url();
    let json = json!({"type": "authorized_user", "client_id": "client", "client_secret": "client-sekrit",
                      "refresh_token": "1//refresh-sekrit", "token_uri": format!("{url}/token")});
    std::fs::write(&credentials, json.to_string()).unwrap();
    let child = Command::new(FLOWHOOK)
        .args(arguments)
        .args(["--project", "p", "--set", &format!("google.dialogflow={url}")])
        .args(["--set", &format!("google.credentials={}", credentials.display())])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    Begun {
        child,
        _folder: folder,
    }
}

fn said(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

#[track_caller]
fn succeeds(dialogflow: &Dialogflow, arguments: &[&str], input: &str) -> String {
    let output = run(dialogflow, arguments, input);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        said(&output.stdout),
        said(&output.stderr)
    );
    assert_eq!(dialogflow.state().faults, [""; 0]);
    said(&output.stdout)
}

/// What was changed: the resource, the mask, and what was sent.
fn changes(dialogflow: &Dialogflow) -> Vec<(String, String, Value)> {
    std::mem::take(&mut dialogflow.state().changes)
}

#[test]
fn show_tells_what_is_set_and_no_secret() {
    let dialogflow = agent();
    let told = succeeds(&dialogflow, &["connect", "show"], "");
    for line in [
        "agent     p",
        "webhook   off",
        "url       https://old.example.com/hook",
        "user      set",
        "password  set",
        "header    `x-api-key` set",
        "intents   2 of 5 call the webhook",
        "          `guide.text`: on, for slot filling too",
    ] {
        assert!(told.lines().any(|told| told == line), "{line}\nis not in\n{told}");
    }
    let told = succeeds(
        &dialogflow,
        &["connect", "show", "--json", "--environment", "live"],
        "",
    );
    let json: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(json["fulfillment"]["password"], true);
    assert_eq!(json["intents"], Value::Null);
    assert!(changes(&dialogflow).is_empty());
}

#[test]
fn set_changes_what_differs_and_nothing_else() {
    let dialogflow = agent();
    let arguments = [
        "connect",
        "set",
        "--url",
        "https://new.example.com/",
        "--basic-file",
        "-",
        "--header",
        "X-Api-Key: new-sekrit",
        "--no-header",
        "x-team",
        "--yes",
    ];
    let told = succeeds(&dialogflow, &arguments, "new-user:new-sekrit:with-colon\n");
    for line in [
        "url       https://old.example.com/hook -> https://new.example.com/",
        "user      changed",
        "password  changed",
        "header    `X-Api-Key` set",
        "header    `x-api-key` taken away",
        "header    `X-Team` taken away",
        "changed   the fulfillment of p",
        "next      the webhook is off: flowhook connect enable",
    ] {
        assert!(told.lines().any(|told| told == line), "{line}\nis not in\n{told}");
    }
    let [(name, mask, body)] = &changes(&dialogflow)[..] else {
        panic!("one change")
    };
    assert_eq!(name, DRAFT);
    assert_eq!(
        mask,
        "genericWebService.uri,genericWebService.username,genericWebService.password,genericWebService.requestHeaders"
    );
    assert_eq!(body["genericWebService"]["password"], "new-sekrit:with-colon");
    assert_eq!(
        body["genericWebService"]["requestHeaders"],
        json!({"X-Api-Key": "new-sekrit"})
    );
    let told = succeeds(
        &dialogflow,
        &["connect", "set", "--url", "https://new.example.com/", "--yes"],
        "",
    );
    assert_eq!(told, "it is so already; nothing was changed\n");
    succeeds(&dialogflow, &["connect", "set", "--no-basic", "--yes"], "");
    let (_, mask, _) = &changes(&dialogflow)[0];
    assert_eq!(mask, "genericWebService.username,genericWebService.password");
}

#[test]
fn nothing_is_changed_without_a_yes() {
    let dialogflow = agent();
    let output = run(
        &dialogflow,
        &["connect", "set", "--url", "https://new.example.com"],
        "y\n",
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output.stdout).contains("-> https://new.example.com\n"));
    assert!(said(&output.stderr).contains("agree with --yes"));
    let told = succeeds(
        &dialogflow,
        &["connect", "disable", "get-agent-name", "--dry-run"],
        "",
    );
    assert!(
        told.contains("intent    `get-agent-name`: on -> off\nnothing was changed: it is a dry run\n"),
        "{told}"
    );
    assert!(changes(&dialogflow).is_empty());
}

#[test]
fn enable_switches_what_has_a_handler_and_leaves_the_rest() {
    let dialogflow = agent();
    let told = succeeds(&dialogflow, &["connect", "enable", "--yes"], "");
    assert!(
        told.contains("intent    `Default Welcome Intent`: off -> on\n"),
        "{told}"
    );
    let changed = changes(&dialogflow);
    let resources: Vec<_> = changed.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(
        resources,
        ["projects/p/agent/intents/0", "projects/p/agent/intents/4", DRAFT]
    );
    assert_eq!(changed[2].1, "enabled");
    assert_eq!(
        succeeds(&dialogflow, &["connect", "enable", "--yes"], ""),
        "it is so already; nothing was changed\n"
    );

    succeeds(&dialogflow, &["connect", "enable", "nobody's", "--yes"], "");
    succeeds(&dialogflow, &["connect", "disable", "guide.text", "--yes"], "");
    succeeds(&dialogflow, &["connect", "disable", "--yes"], "");
    let changed = changes(&dialogflow);
    assert_eq!(changed[0].2["webhookState"], "WEBHOOK_STATE_ENABLED");
    assert_eq!(changed[1].2["webhookState"], "WEBHOOK_STATE_UNSPECIFIED");
    assert_eq!(
        (changed[2].0.as_str(), changed[2].2["enabled"].clone()),
        (DRAFT, json!(false))
    );
    let output = run(&dialogflow, &["connect", "disable", "guide.txt", "--yes"], "");
    assert!(said(&output.stderr).contains("no intent `guide.txt`; did you mean `guide.text`?"));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn regions_and_environments_have_fulfillments_of_their_own() {
    let dialogflow = agent();
    let url = ["--url", "https://new.example.com", "--yes"];
    succeeds(
        &dialogflow,
        &[&["connect", "set", "--location", "europe-west1"], &url[..]].concat(),
        "",
    );
    succeeds(
        &dialogflow,
        &[&["connect", "set", "--environment", "live"], &url[..]].concat(),
        "",
    );
    succeeds(
        &dialogflow,
        &["connect", "enable", "--environment", "live", "--yes"],
        "",
    );
    let changed = changes(&dialogflow);
    let made: Vec<_> = changed
        .iter()
        .map(|(name, mask, _)| (name.as_str(), mask.as_str()))
        .collect();
    let live = "projects/p/agent/environments/live";
    assert_eq!(
        made,
        [
            (
                "projects/p/locations/europe-west1/agent/fulfillment",
                "genericWebService.uri"
            ),
            (live, "fulfillment.genericWebService.uri"),
            (live, "fulfillment.enabled"),
        ]
    );
    let output = run(
        &dialogflow,
        &[
            "connect",
            "enable",
            "guide.text",
            "--environment",
            "live",
            "--yes",
        ],
        "",
    );
    assert!(said(&output.stderr).contains("an environment has the intents of its version"));
}

#[test]
fn who_was_faster_is_not_overwritten() {
    let dialogflow = agent();
    dialogflow.state().meddles = Some(1);
    let output = run(
        &dialogflow,
        &["connect", "set", "--url", "https://new.example.com", "--yes"],
        "",
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output.stderr).contains("changed by somebody else meanwhile"));
    assert!(changes(&dialogflow).is_empty());
}

#[test]
fn wrong_arguments_and_refusals_are_told_with_the_way_out() {
    let dialogflow = agent();
    for (arguments, code, says) in [
        (
            &["connect", "set", "--url", "http://new.example.com"][..],
            2,
            "expected an https URL",
        ),
        (
            &["connect", "set", "--url", "https://me:x@new.example.com"],
            2,
            "without a user",
        ),
        (
            &["connect", "set", "--header", "no header"],
            2,
            "expected NAME: VALUE",
        ),
        (&["connect", "set"], 1, "nothing to set"),
        (
            &["connect", "set", "--basic-file", "-"],
            1,
            "expected user:password",
        ),
        (&["connect", "show", "--location", "../x"], 2, "expected letters"),
        (
            &["connect", "show", "--environment", "none"],
            1,
            "NOT_FOUND (HTTP status 404)\nmend      look at --project",
        ),
    ] {
        let output = run(&dialogflow, arguments, "");
        let told = said(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(told.contains(says), "{told}");
    }
    dialogflow.state().refuses = Some((403, "PERMISSION_DENIED"));
    let output = run(&dialogflow, &["connect", "show"], "");
    assert!(said(&output.stderr).contains("mend      give the account the role Dialogflow API Admin"));
}

#[test]
fn check_fetches_the_export_and_waits_for_it() {
    let dialogflow = agent();
    let intent = json!({"id": "1", "name": "unanswered", "webhookUsed": true, "responses": [{"messages": [{"type": "0", "speech": "a"}]}]});
    {
        let mut state = dialogflow.state();
        state.export = Pack::new(json!({})).intent(&intent).zip();
        state.looks = 1;
    }
    let output = run(&dialogflow, &["check"], "");
    let told = said(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}{}", said(&output.stderr));
    assert!(
        told.contains("error[missing-handler]: the webhook of the intent `unanswered`"),
        "{told}"
    );
    assert_eq!(dialogflow.state().faults, [""; 0]);
    dialogflow.state().export = b"no zip".to_vec();
    let output = run(&dialogflow, &["check"], "");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output.stdout));
}

#[test]
fn a_password_in_the_url_is_not_shown_either() {
    let dialogflow = agent();
    let url = "https://old-user:p@ss-sekrit@old.example.com/hook?to=a@b";
    for fulfillment in dialogflow.state().fulfillments.values_mut() {
        fulfillment["genericWebService"]["uri"] = url.into();
    }
    let told = succeeds(&dialogflow, &["connect", "show"], "");
    let line = "url       https://..@old.example.com/hook?to=a@b";
    assert!(told.lines().any(|told| told == line), "{told}");
    succeeds(&dialogflow, &["connect", "show", "--json"], "");
    let told = succeeds(
        &dialogflow,
        &["connect", "set", "--url", "https://new.example.com/", "--yes"],
        "",
    );
    assert!(
        told.contains("url       https://..@old.example.com/hook?to=a@b -> https://new"),
        "{told}"
    );
}

#[test]
fn the_lines_of_the_guide_do_what_it_says() {
    let dialogflow = agent();
    let guide = include_str!("../../../deploy/README.md").replace("\\\n", "");
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<_> = guide
        .lines()
        .filter(|line| line.starts_with("cargo run -- connect ") || line.contains("| cargo run -- connect "))
        .collect();
    assert_eq!(lines.len(), 4);
    for line in lines {
        // The words as a shell makes them; what comes by a pipe comes here by standard input.
        let (_, call) = line.split_once("cargo run -- connect ").unwrap();
        let words = Command::new("bash")
            .args(["-c", &format!("printf '%s\n' connect {call}")])
            .envs([
                ("PROJECT", "p"),
                ("NUMBER", "123456789012"),
                ("REGION", "europe-west1"),
            ])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let words = said(&words.stdout);
        // The project is given to each call here already.
        let mut words: Vec<_> = words.lines().filter(|word| *word != "--project=p").collect();
        if ["set", "enable"].contains(&words[1]) && !words.contains(&"--yes") {
            words.push("--yes");
        }
        succeeds(&dialogflow, &words, "dialogflow:new-sekrit\n");
    }
    let state = dialogflow.state();
    let fulfillment = &state.fulfillments[DRAFT];
    let service = &fulfillment["genericWebService"];
    assert_eq!(
        service["uri"],
        "https://flowhook-123456789012.europe-west1.run.app/webhook"
    );
    assert_eq!(service["password"], "new-sekrit");
    assert_eq!(fulfillment["enabled"], true);
    let welcome = &state.intents[0];
    assert_eq!(welcome["webhookState"], "WEBHOOK_STATE_ENABLED");
}
