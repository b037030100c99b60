//! What Tab gives at a terminal: in the real bash, zsh and fish, and whatever the agent does as it starts.

mod terminal;

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::exports::pack::Pack;
use crate::program::{FLOWHOOK, clumsy, keep};

use terminal::{Shell, Terminal};

/// A display name with whatever a shell may take for something else.
const AWKWARD: &str = "odd it's \"x\" $HOME `id` !1 & a; (b) *?#~ [c] {d} <e> |\\ \u{e9} \u{2615} a:b=c@d";

/// An export whose names need quotes.
fn pack() -> Pack {
    let parameter =
        |name: &str, entity: &str| json!({"name": name, "dataType": entity, "value": format!("${name}")});
    Pack::new(json!({}))
        .intent(&json!({
            "id": "1", "name": AWKWARD, "webhookUsed": true, "contexts": ["cart", "till"],
            "responses": [{"parameters": [
                {"name": "size", "dataType": "@size", "value": "$size", "defaultValue": "quite small"},
                parameter("side dish", "@size"), parameter("when", "@sys.date"),
            ]}],
        }))
        .intent(&json!({"id": "2", "name": "two words", "responses": [{}]}))
        .intent(&json!({"id": "3", "name": "two ways", "responses": [{}]}))
        .json(
            "entities/size.json",
            &json!({"id": "4", "name": "size", "isEnum": false}),
        )
        .json(
            "entities/size_entries_en.json",
            &json!([{"value": "very large", "synonyms": ["huge"]}, {"value": "it's \"it\"", "synonyms": []}]),
        )
}

/// What is typed, and the arguments that the program then gets. Quotes in it mean the same to all shells.
fn typed() -> Vec<(&'static str, Vec<&'static str>)> {
    vec![
        ("flowhook as\t", vec!["ask"]),
        ("flowhook ask --js\t", vec!["ask", "--json"]),
        (
            "flowhook ask Default\\ Welc\t",
            vec!["ask", "Default Welcome Intent"],
        ),
        (
            "flowhook ask 'Default Welc\t",
            vec!["ask", "Default Welcome Intent"],
        ),
        (
            "flowhook ask \"Default Welc\t",
            vec!["ask", "Default Welcome Intent"],
        ),
        ("flowhook ask gui\tcar\t", vec!["ask", "guide.card"]),
        ("flowhook ask no-such\t", vec!["ask", "no-such"]),
        (
            "flowhook ask guide.card --as mess\t",
            vec!["ask", "guide.card", "--as", "messenger"],
        ),
        ("flowhook ask --as=mess\t", vec!["ask", "--as=messenger"]),
        (
            "flowhook doctor https://h/ --intent=hours\t",
            vec!["doctor", "https://h/", "--intent=hours.open"],
        ),
        (
            "flowhook connect enable hours\t",
            vec!["connect", "enable", "hours.open"],
        ),
        (
            "flowhook ask --agent 'an a\t",
            vec!["ask", "--agent", "an agent.zip"],
        ),
        ("flowhook check an\\ a\t", vec!["check", "an agent.zip"]),
        ("flowhook check fold\tan\t", vec!["check", "folder/another.zip"]),
        (
            "flowhook ask --agent an\\ agent.zip odd\t",
            vec!["ask", "--agent", "an agent.zip", AWKWARD],
        ),
        (
            "flowhook ask --agent an\\ agent.zip 'odd\t",
            vec!["ask", "--agent", "an agent.zip", AWKWARD],
        ),
        (
            "flowhook ask --agent an\\ agent.zip \"odd\t",
            vec!["ask", "--agent", "an agent.zip", AWKWARD],
        ),
        (
            "flowhook ask --agent an\\ agent.zip tw\tor\t",
            vec!["ask", "--agent", "an agent.zip", "two words"],
        ),
        (
            "flowhook ask --agent an\\ agent.zip 'tw\tor\t",
            vec!["ask", "--agent", "an agent.zip", "two words"],
        ),
        (
            "flowhook ask --agent an\\ agent.zip odd\t siz\tve\t",
            vec!["ask", "--agent", "an agent.zip", AWKWARD, "size=very large"],
        ),
        (
            "flowhook ask --agent an\\ agent.zip odd\t 'side\tit\t",
            vec!["ask", "--agent", "an agent.zip", AWKWARD, "side dish=it's \"it\""],
        ),
        (
            "flowhook ask --agent an\\ agent.zip odd\t size=qui\t",
            vec!["ask", "--agent", "an agent.zip", AWKWARD, "size=quite small"],
        ),
        (
            "flowhook new --from an\\ agent.zip odd\t",
            vec!["new", "--from", "an agent.zip", AWKWARD],
        ),
    ]
}

fn complete_in(shell: Shell) {
    let Some(mut terminal) = Terminal::open(shell) else {
        return;
    };
    let zip = pack().zip();
    terminal.write("an agent.zip", &zip);
    terminal.write("folder/another.zip", &zip);
    terminal.start();
    for (typed, arguments) in typed() {
        assert_eq!(terminal.enter(typed), arguments, "{shell:?} after {typed:?}");
    }
}

#[test]
fn bash_completes_names_and_values_in_whatever_quotes() {
    complete_in(Shell::Bash);
}

#[test]
fn zsh_completes_names_and_values_in_whatever_quotes() {
    complete_in(Shell::Zsh);
}

#[test]
fn fish_completes_names_and_values_in_whatever_quotes() {
    complete_in(Shell::Fish);
}

/// What a script hears at Tab, and what stood on standard error.
fn candidates(program: impl AsRef<std::ffi::OsStr>, words: &[&str]) -> (Vec<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(program)
        .args(["completions", "zsh", "--"])
        .args(words)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    keep(&said);
    let ours = said.lines().filter_map(|line| line.strip_prefix('\t'));
    (
        ours.map(str::to_owned).collect(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn candidates_tell_what_they_are() {
    let (told, error) = candidates(clumsy(), &["clumsy", "ask", "parameters", ""]);
    assert_eq!(told, ["guests=\ta whole number"]);
    assert_eq!(error, "");
    let (told, _) = candidates(clumsy(), &["clumsy", "ask", "parameters", "guests=2", ""]);
    assert!(told.iter().all(|one| one.starts_with("--")), "{told:?}");
    let (told, _) = candidates(clumsy(), &["clumsy", "ask", "by.a"]);
    assert!(
        !told.iter().any(|one| one.starts_with("by.action")),
        "an action is no intent: {told:?}"
    );
    let (told, _) = candidates(FLOWHOOK, &["flowhook", "sett"]);
    assert_eq!(
        told,
        ["settings\tPrint every setting with its default, ready for flowhook.toml"]
    );
    let (told, _) = candidates(
        clumsy(),
        &[
            "clumsy",
            "--set",
            "webhook.apologies.x-texts=on",
            "ask",
            "good",
            "--language",
            "",
        ],
    );
    assert_eq!(told, ["en\t", "es\t"]);
}

#[test]
fn an_agent_that_does_not_start_disturbs_nobody_who_completes() {
    for (part, gives) in [
        ("x-start-fails", false),
        ("x-start-panics", false),
        ("x-start-hangs", false),
        ("x-start-blocks", false),
        ("x-twice", false),
        ("x-start-prints", true),
    ] {
        let began = Instant::now();
        let setting = format!("webhook.apologies.{part}=on");
        let (told, error) = candidates(clumsy(), &["clumsy", "--set", &setting, "ask", "param"]);
        let expected: &[_] = if gives { &["parameters\tparameters"] } else { &[] };
        assert_eq!(
            told.iter()
                .filter(|one| one.starts_with("param"))
                .collect::<Vec<_>>(),
            expected,
            "{part}"
        );
        assert_eq!(error, "", "{part}");
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{part} took {:?}",
            began.elapsed()
        );
        // What needs no agent is given all the same.
        let (told, _) = candidates(clumsy(), &["clumsy", "--set", &setting, "ask", "--cons"]);
        assert_eq!(told.len(), 1, "{part}: {told:?}");
    }
    for words in [
        &["clumsy", "--config", "missing.toml", "ask", "par"][..],
        &["clumsy", "--set", "webhook.dedline=1", "ask", "par"],
        &["clumsy", "ask", "--agent", "missing.zip", "nothing-like-it"],
        &["clumsy", "no-such-command", "p"],
        &[
            "clumsy",
            "ask",
            "par",
            "--request",
            "x",
            "--as",
            "pigeon",
            "q=1",
            "r",
        ],
        &[""],
    ] {
        let (_, error) = candidates(clumsy(), words);
        assert_eq!(error, "", "{words:?}");
    }
}
