//! The command line, as somebody at a terminal meets it.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use crate::program::{FLOWHOOK, Starting, clumsy, keep, request};

fn run(program: impl Into<PathBuf>, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(program.into())
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .unwrap();
    keep(&said(&[output.stdout.clone(), output.stderr.clone()].concat()));
    output
}

fn said(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

/// Runs it, and expects the exit code and what begins standard error.
#[track_caller]
fn fails(program: impl Into<PathBuf>, arguments: &[&str], code: i32, begins: &str) {
    let output = run(program, arguments);
    let error = said(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(error.starts_with(begins), "{error}");
}

#[test]
fn ask_shows_what_the_user_would_hear() {
    let output = run(FLOWHOOK, &["ask", "get-agent-name"]);
    assert_eq!(said(&output.stdout), "My name is Flowhook.\n");
    assert_eq!(output.status.code(), Some(0));

    let output = run(FLOWHOOK, &["ask", "guide.context"]);
    assert_eq!(
        said(&output.stdout),
        "Text response from webhook\ncontext   context-name, 5 turns: {\"param-name\":\"param-value\"}\n"
    );
    let output = run(FLOWHOOK, &["ask", "guide.text", "--json"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        json["fulfillmentMessages"][0]["text"]["text"][0],
        "Text response from webhook"
    );
}

#[test]
fn ask_as_an_integration_shows_its_form_and_what_is_lost() {
    let output = run(FLOWHOOK, &["ask", "guide.card", "--as", "twilio"]);
    assert_eq!(
        said(&output.stdout),
        "card title\ncard text\nhttps://example.com/images/example.png\nbutton text: \
         https://example.com/path/for/end-user/to/follow\n"
    );
    let told = said(&output.stderr);
    let mut lines = told.lines();
    assert_eq!(
        lines.next(),
        Some(
            "degraded  `fulfillmentMessages[0]`: Twilio gets a card as text: its picture is a link, its buttons cannot be tapped"
        )
    );
    assert!(
        lines.next().unwrap().starts_with("  mend    leave it so, or"),
        "{told}"
    );
    assert_eq!(
        output.status.code(),
        Some(0),
        "what is only shown otherwise is no failure"
    );
    fails(
        FLOWHOOK,
        &["ask", "guide.card", "--as", "carrier-pigeon"],
        2,
        "error: invalid value 'carrier-pigeon' for '--as <SOURCE>': expected one of dialogflow_console, google,",
    );
}

#[test]
fn ask_says_what_dialogflow_would_have_said_to_a_broken_reply() {
    let output = run(clumsy(), &["ask", "mixed"]);
    assert_eq!(said(&output.stdout), "kept\n");
    let told = said(&output.stderr);
    for line in [
        "taken out `fulfillmentMessages[1]`: only v2beta1 knows the platform TELEPHONY, the agent is set to v2",
        "  mend    send the message without a platform, or for one that the version knows",
        "  refused Webhook call failed. Error: Failed to parse webhook JSON response: Invalid enum value: TELEPHONY for enum \
         type: google.cloud.dialogflow.v2.Intent.Message.Platform",
    ] {
        assert!(told.lines().any(|one| one == line), "{told}");
    }
}

#[test]
fn ask_hands_parameters_over_as_json_or_as_text() {
    let output = run(clumsy(), &["ask", "parameters", "guests=2"]);
    assert_eq!(said(&output.stdout), "2 guests\n");
    fails(
        clumsy(),
        &["ask", "parameters", "guests"],
        2,
        "error: invalid value 'guests'",
    );
    fails(
        clumsy(),
        &["ask", "good", "--context", "c={"],
        2,
        "error: invalid value 'c={'",
    );
}

#[test]
fn ask_for_an_unknown_intent_names_the_nearest_and_exits_1() {
    fails(
        FLOWHOOK,
        &["ask", "get-agent-nam"],
        1,
        "flowhook: the agent has no handler for the intent `get-agent-nam`; did you mean `get-agent-name`?",
    );
    fails(
        FLOWHOOK,
        &["ask", "xyz"],
        1,
        "flowhook: the agent has no handler for the intent `xyz`; `flowhook intents`",
    );
}

#[test]
fn ask_shows_a_failure_and_what_the_user_hears_then() {
    let output = run(clumsy(), &["ask", "error", "--console", "from the console"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(said(&output.stdout), "from the console\n");
    assert!(said(&output.stderr).starts_with("failed    the database has no row"));
    let output = run(clumsy(), &["ask", "error"]);
    assert_eq!(
        said(&output.stdout),
        "Sorry, I could not answer that just now. Please try again.\n"
    );
}

#[test]
fn intents_shows_the_table_with_parameters() {
    let table = said(&run(clumsy(), &["intents"]).stdout);
    assert!(table.starts_with("ANSWERS"), "{table}");
    assert!(
        table
            .lines()
            .any(|line| line.starts_with("parameters") && line.contains("guests: a whole number"))
    );
    assert!(
        table
            .lines()
            .any(|line| line.starts_with("action by.action") && line.contains("good"))
    );
    let json: Value = serde_json::from_slice(&run(clumsy(), &["intents", "--json"]).stdout).unwrap();
    let parameters = json
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["name"] == "parameters")
        .unwrap();
    assert_eq!(parameters["parameters"][0]["name"], "guests");
}

#[test]
fn a_name_that_is_claimed_twice_stops_every_command_with_both_places() {
    for command in [&["intents"][..], &["ask", "good"], &["serve"]] {
        let output = run(
            clumsy(),
            &[command, &["--set", "webhook.apologies.x-twice=on"]].concat(),
        );
        let error = said(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert_eq!(error.matches("tests/it/clumsy.rs:").count(), 2, "{error}");
        assert!(error.contains("the intent `good` is answered by"), "{error}");
    }
}

#[test]
fn help_and_wrong_usage_are_told_apart_by_the_exit_code() {
    let output = run(FLOWHOOK, &["--help"]);
    assert_eq!(output.status.code(), Some(0));
    for command in ["serve", "ask", "intents", "settings", "completions"] {
        assert!(said(&output.stdout).contains(command));
        assert_eq!(run(FLOWHOOK, &[command, "--help"]).status.code(), Some(0));
    }
    assert_eq!(run(FLOWHOOK, &["aks"]).status.code(), Some(2));
    assert_eq!(run(FLOWHOOK, &["ask"]).status.code(), Some(2));
    for shell in ["bash", "zsh", "fish"] {
        assert!(said(&run(FLOWHOOK, &["completions", shell]).stdout).contains("flowhook"));
    }
}

#[test]
fn the_printed_settings_are_the_defaults_and_can_be_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(FLOWHOOK, &["settings"]).stdout;
    std::fs::write(folder.path().join("flowhook.toml"), &printed).unwrap();
    let output = Command::new(FLOWHOOK)
        .arg("intents")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
}

#[test]
fn settings_that_cannot_be_used_stop_the_start_with_a_sentence() {
    fails(
        FLOWHOOK,
        &["--set", "webhook.dedline=2s"],
        1,
        "flowhook: --set: unknown setting `webhook.dedline`; did you mean `webhook.deadline`?",
    );
    fails(
        FLOWHOOK,
        &["--set", "webhook.deadline"],
        1,
        "flowhook: --set: expected a setting and its value",
    );
    fails(
        FLOWHOOK,
        &["auth.basic=user:sekrit"],
        2,
        "flowhook: expected a command; a setting is given as --set",
    );
    fails(
        FLOWHOOK,
        &["--bind", "nowhere"],
        1,
        "flowhook: `server.bind`: expected an IP address and a port",
    );
    fails(
        FLOWHOOK,
        &["--config", "missing.toml"],
        1,
        "flowhook: missing.toml: cannot read the settings file",
    );
    fails(
        FLOWHOOK,
        &["--set", "webhook.margin=5s"],
        1,
        "flowhook: `webhook.margin`: expected less than `webhook.deadline`",
    );
    fails(
        FLOWHOOK,
        &["--set", "log.level=a=b=c", "serve"],
        1,
        "flowhook: `log.level`: expected error, warn, info",
    );
    fails(
        FLOWHOOK,
        &["--set", "auth.open=true", "--set", "auth.basic=a:b"],
        1,
        "flowhook: `auth.open` lets anybody in",
    );
}

#[test]
fn settings_can_be_checked_without_starting() {
    assert_eq!(run(FLOWHOOK, &["settings", "--check"]).status.code(), Some(0));
    for (setting, fault) in [
        ("server.bind=0.0.0.0:9000", "flowhook: no [auth] is set"),
        (
            "auth.basic=user",
            "flowhook: `auth.basic`: expected `user:password`",
        ),
        (
            "log.level=loud",
            "flowhook: `log.level`: expected error, warn, info",
        ),
        (
            "webhook.dedline=2s",
            "flowhook: --set: unknown setting `webhook.dedline`",
        ),
    ] {
        fails(FLOWHOOK, &["settings", "--check", "--set", setting], 1, fault);
    }
}

#[test]
fn an_address_that_is_taken_is_told_with_the_way_out() {
    let program = Starting::new(FLOWHOOK).start();
    let address = program.address.to_string();
    fails(
        FLOWHOOK,
        &["--bind", &address],
        1,
        &format!("flowhook: cannot serve on {address}: "),
    );
}

#[test]
fn without_auth_only_this_machine_may_call() {
    fails(
        FLOWHOOK,
        &["--bind", "0.0.0.0:0"],
        1,
        "flowhook: no [auth] is set, so anybody who reaches 0.0.0.0:0 could",
    );
    for (name, value) in [
        ("FLOWHOOK_AUTH__OPEN", "true"),
        ("FLOWHOOK_AUTH__BASIC", "user:password"),
    ] {
        let program = Starting::new(FLOWHOOK)
            .env(name, value)
            .set("server.bind=0.0.0.0:0")
            .start();
        let answer = program.ask(&request("get-agent-name"));
        assert_eq!(answer.status, if name.ends_with("OPEN") { 200 } else { 401 });
    }
}

#[test]
fn port_says_where_to_listen_and_needs_auth() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(FLOWHOOK)
        .env("PORT", "0")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output.stderr).contains("anybody who reaches 0.0.0.0:0 could call"));
    let output = Command::new(FLOWHOOK)
        .env("PORT", "eighty")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(said(&output.stderr).contains("environment variable PORT: expected a port number"));
}

#[test]
fn somebody_at_a_terminal_is_told_what_to_do_next() {
    let program = Starting::new(FLOWHOOK)
        .set("log.format=text")
        .set("log.level=error")
        .start();
    program.terminate();
    let (_, output) = program.end();
    assert!(
        output.contains("for this machine only, since no [auth] is set"),
        "{output}"
    );
    assert!(output.contains("flowhook intents"), "{output}");
    assert!(!output.contains('\x1b'), "no colours where there is no terminal");
}

#[test]
fn ask_says_which_parameter_to_give() {
    let output = run(clumsy(), &["ask", "parameters"]);
    let told = said(&output.stderr);
    assert!(
        told.lines()
            .any(|line| line == "give it   as guests=.. (a whole number)"),
        "{told}"
    );
}
