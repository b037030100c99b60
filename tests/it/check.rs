//! `flowhook check`, as somebody at a terminal and a workflow meet it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::exports::pack::Pack;
use crate::exports::shapes;
use crate::program::{FLOWHOOK, clumsy, keep};

/// The export of the agent in `intents/`.
fn own_export() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/agent")
}

fn check(program: impl Into<PathBuf>, folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(program.into())
        .arg("check")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    keep(&said(&[output.stdout.clone(), output.stderr.clone()].concat()));
    output
}

fn said(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

/// A folder with the agent's own export in it as `agent/`, changed at one file.
fn with_own_export(file: &str, change: impl Fn(&mut Value)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut pack = Pack::default();
    for below in ["", "intents/", "entities/"] {
        for entry in std::fs::read_dir(own_export().join(below)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
                let mut content: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                if name == file {
                    change(&mut content);
                }
                pack = pack.json(&name, &content);
            }
        }
    }
    pack.unpack(&folder.path().join("agent"));
    std::fs::write(folder.path().join("agent.zip"), pack.zip()).unwrap();
    folder
}

#[test]
fn the_example_agent_and_its_handlers_fit() {
    let folder = with_own_export("", |_| {});
    for export in [own_export().to_str().unwrap(), "agent", "agent.zip"] {
        let output = check(FLOWHOOK, folder.path(), &[export, "--deny-warnings"]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output.stdout));
        let said = said(&output.stdout);
        assert!(
            said.contains(" handlers against ") && said.contains(" intents: nothing to mend."),
            "{said}"
        );
        assert!(output.stderr.is_empty());
    }
}

#[test]
fn a_renamed_intent_is_told_from_both_sides() {
    let folder = with_own_export("intents/hours.open.json", |intent| {
        intent["name"] = "hours.opening".into()
    });
    let output = check(FLOWHOOK, folder.path(), &["agent.zip"]);
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output.stdout);
    for part in [
        "error[missing-handler]: the webhook of the intent `hours.opening` is on, and no line of the table answers it\n  --> agent.zip: intents/hours.open.json\n  why: ",
        "the line for `hours.open` has no intent: is it meant?\n",
        "error[unknown-intent]: the agent has no intent `hours.open`\n  --> intents/mod.rs:",
        "  mend: write the name as it stands in the console, or take the line out; did you mean `hours.opening`?\n",
        ": 2 errors, 0 warnings.",
    ] {
        assert!(said.contains(part), "{part}\nis not in\n{said}");
    }
    assert!(!said.contains('\u{1b}'), "a pipe gets no colours");
}

#[test]
fn warnings_fail_only_where_they_are_denied() {
    let folder = with_own_export("intents/guide.card.json", |intent| {
        intent["responses"][0]["messages"] = json!([])
    });
    let output = check(FLOWHOOK, folder.path(), &["agent"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(said(&output.stdout).starts_with("warning[no-console-response]: the intent `guide.card`"));
    assert_eq!(
        check(FLOWHOOK, folder.path(), &["agent", "--deny-warnings"])
            .status
            .code(),
        Some(1)
    );
}

#[test]
fn the_settings_pass_a_rule_over_with_a_reason() {
    let folder = with_own_export("intents/guide.card.json", |intent| {
        intent["responses"][0]["messages"] = json!([])
    });
    let settings = folder.path().join("flowhook.toml");
    let allow = "[[check.allow]]\nrule = 'no-console-response'\nintent = 'guide.card'\nreason = 'a card cannot be said'\n";
    std::fs::write(&settings, allow).unwrap();
    let output = check(FLOWHOOK, folder.path(), &["agent", "--deny-warnings"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stdout));
    let text = said(&output.stdout);
    assert!(text.starts_with("allowed[no-console-response]: the intent `guide.card` has no response in the console (a card cannot be said)\n"), "{text}");
    assert!(text.contains("nothing to mend, 1 allowed."), "{text}");

    let by_environment = Command::new(FLOWHOOK)
        .args(["check", "agent", "--deny-warnings", "--config", "/dev/null"])
        .env(
            "FLOWHOOK_CHECK__ALLOW",
            "no-console-response: it is said elsewhere",
        )
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(
        by_environment.status.code(),
        Some(0),
        "{}",
        said(&by_environment.stdout)
    );

    std::fs::write(
        &settings,
        format!("{allow}[[check.allow]]\nrule = 'event-chain'\nreason = 'none'\n"),
    )
    .unwrap();
    let output = check(FLOWHOOK, folder.path(), &["agent"]);
    assert!(said(&output.stdout).starts_with("warning[unused-allowance]: `check.allow` passes `event-chain` over, and there is nothing of it\n  --> settings\n"));
    std::fs::write(&settings, "[[check.allow]]\nrule = 'event-chain'\n").unwrap();
    let output = check(FLOWHOOK, folder.path(), &["agent"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output.stdout).starts_with(
        "error[settings-fault]: `check.allow`: expected a reason why `event-chain` may be broken\n"
    ));
}

#[test]
fn without_an_export_the_settings_and_the_table_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let output = check(clumsy(), folder.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stdout));
    assert!(
        said(&output.stdout).contains("nothing to mend. With an agent's export they are checked against it.")
    );
    for (setting, begins) in [
        (
            "webhook.dedline=1s",
            "error[settings-fault]: --set: unknown setting `webhook.dedline`; did you mean `webhook.deadline`?\n  --> settings\n  why: the program would not start\n  mend: ",
        ),
        ("log.level=x=y=z", "error[settings-fault]: "),
        (
            "webhook.apologies.x-start-fails=on",
            "error[start-fault]: the agent could not be started: the ledger is not there\n",
        ),
        (
            "webhook.apologies.x-twice=on",
            "error[table-fault]: tests/it/clumsy.rs:",
        ),
        ("webhook.apologies.x-texts-broken=on", "error[text-fault]: "),
    ] {
        let output = check(clumsy(), folder.path(), &["--set", setting]);
        let text = said(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{setting}: {text}");
        assert!(text.starts_with(begins), "{setting}: {text}");
    }
    let output = check(
        clumsy(),
        folder.path(),
        &["--set", "webhook.apologies.x-texts=on"],
    );
    let text = said(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(
        text.starts_with("warning[text-fault]: ") && text.contains("\n  --> en.ftl:1\n"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_checked_exits_2_and_names_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("page.zip"), "<html>").unwrap();
    std::fs::write(folder.path().join("cut.zip"), &shapes::boat_hire().zip()[..500]).unwrap();
    std::fs::write(
        folder.path().join("bad.zip"),
        shapes::boat_hire().raw("intents/x.json", *b"{").zip(),
    )
    .unwrap();
    for (export, says) in [
        (
            "none.zip",
            "flowhook: none.zip: cannot be read: it does not exist\n",
        ),
        (
            "page.zip",
            "flowhook: page.zip: this is not a ZIP; expected an agent's export",
        ),
        ("cut.zip", "flowhook: cut.zip: the ZIP is cut short"),
        (
            "bad.zip",
            "flowhook: bad.zip: `intents/x.json`: not JSON, or nested too deep, at line 1, column 1\n",
        ),
        (
            ".",
            "flowhook: .: no agent.json in it, so it is no agent's export\n",
        ),
    ] {
        let output = check(FLOWHOOK, folder.path(), &[export]);
        assert_eq!(output.status.code(), Some(2), "{export}");
        assert!(said(&output.stderr).starts_with(says), "{}", said(&output.stderr));
        assert!(output.stdout.is_empty(), "{export}");
    }
    for wrong in [
        &["--format", "xml"][..],
        &["--json", "--format", "sarif"],
        &["a", "b"],
    ] {
        assert_eq!(
            check(FLOWHOOK, folder.path(), wrong).status.code(),
            Some(2),
            "{wrong:?}"
        );
    }
}

#[test]
fn other_programs_get_json_sarif_or_annotations() {
    let folder = with_own_export("intents/hours.open.json", |intent| {
        intent["webhookUsed"] = false.into()
    });
    let json: Value =
        serde_json::from_slice(&check(FLOWHOOK, folder.path(), &["agent.zip", "--json"]).stdout).unwrap();
    assert_eq!(
        (&json["fine"], &json["errors"], &json["findings"][0]["rule"]),
        (&json!(false), &json!(1), &json!("webhook-off"))
    );
    let finding = &json["findings"][0];
    assert_eq!(
        (&finding["file"], &finding["intent"], &finding["in"]),
        (&json!("intents/mod.rs"), &json!("hours.open"), &json!("table"))
    );

    let output = check(FLOWHOOK, folder.path(), &["agent.zip", "--format", "sarif"]);
    assert_eq!(output.status.code(), Some(1));
    let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&sarif["version"], &sarif["runs"][0]["results"][0]["ruleId"]),
        (&json!("2.1.0"), &json!("webhook-off"))
    );

    let annotations = said(&check(FLOWHOOK, folder.path(), &["agent", "--format", "github"]).stdout);
    assert!(
        annotations.starts_with("::error file=intents/mod.rs,line="),
        "{annotations}"
    );
    assert_eq!(annotations.lines().count(), 2, "{annotations}");
}

#[test]
fn no_form_of_a_report_tells_a_secret_of_the_export() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("desk.zip"), shapes::front_desk().zip()).unwrap();
    for format in ["text", "json", "sarif", "github"] {
        let output = check(clumsy(), folder.path(), &["desk.zip", "--format", format]);
        let all = said(&[output.stdout, output.stderr].concat());
        assert!(all.contains("unknown-intent") && !all.contains("sekrit"), "{all}");
    }
}

#[test]
fn every_form_of_export_is_checked_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    for shape in shapes::all() {
        std::fs::write(folder.path().join("agent.zip"), shape.pack.zip()).unwrap();
        let output = check(clumsy(), folder.path(), &["agent.zip"]);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{}: {}",
            shape.name,
            said(&output.stderr)
        );
        assert!(
            output.stderr.is_empty(),
            "{}: {}",
            shape.name,
            said(&output.stderr)
        );
    }
}

#[test]
fn the_rules_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let listed = said(&check(FLOWHOOK, folder.path(), &["--rules"]).stdout);
    let docs = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/check.md")).unwrap();
    let sections: Vec<_> = docs
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .collect();
    let ids: Vec<_> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(ids, sections);
}
