//! A program made of an export of more than fifty intents: compiled without a warning, tested by its own tests, asked.
//!
//! It is compiled against the library that these tests were linked with, so that it costs seconds.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

use super::sketch::agent;
use super::{folder, new, read, said, write};

/// The crates that a program of the kind names, as they lie in the target folder.
fn libraries() -> &'static [(String, PathBuf)] {
    static LIBRARIES: OnceLock<Vec<(String, PathBuf)>> = OnceLock::new();
    LIBRARIES.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        cargo.args([
            "build",
            "--offline",
            "--quiet",
            "--example",
            "clumsy",
            "--message-format=json",
        ]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let output = cargo.output().unwrap();
        assert!(output.status.success(), "{}", said(&output.stderr));
        let lines = said(&output.stdout);
        let artifacts: Vec<Value> = lines
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        // What build scripts and macros lean on is compiled by another profile, and is not what the library was linked with.
        let ours = artifacts.iter().find(|artifact| {
            artifact["target"]["name"] == "flowhook" && artifact["target"]["kind"][0] == "lib"
        });
        let profile = &ours.unwrap()["profile"];
        let libraries = artifacts
            .iter()
            .filter(|artifact| artifact["profile"] == *profile)
            .filter_map(|artifact| {
                let name = artifact["target"]["name"].as_str()?.replace('-', "_");
                let files = artifact["filenames"].as_array()?;
                let file = files
                    .iter()
                    .find_map(|file| file.as_str().filter(|file| file.ends_with(".rlib")))?;
                ["flowhook", "serde", "serde_json", "tokio"]
                    .contains(&name.as_str())
                    .then(|| (name, file.into()))
            });
        libraries.collect()
    })
}

/// Compiles a folder's `main.rs`, denying every warning.
fn compile(folder: &Path, program: &str, more: &[&str]) {
    let libraries = libraries();
    assert_eq!(libraries.len(), 4, "{libraries:?}");
    let (_, flowhook) = libraries.iter().find(|(name, _)| name == "flowhook").unwrap();
    let mut rustc = Command::new("rustc");
    rustc
        .current_dir(folder)
        .args(["main.rs", "--edition", "2024", "-D", "warnings", "-o", program])
        .args(more);
    for (name, file) in libraries {
        rustc.arg("--extern").arg(format!("{name}={}", file.display()));
    }
    for below in [".", "deps"] {
        rustc.arg("-L").arg(format!(
            "dependency={}",
            flowhook.parent().unwrap().join(below).display()
        ));
    }
    let output = rustc.output().unwrap();
    assert!(output.status.success(), "{}", said(&output.stderr));
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> Output {
    Command::new(folder.join(program))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

#[test]
fn fifty_intents_become_a_program_that_compiles_without_a_warning_and_answers_each() {
    let folder = folder();
    let folder = folder.path();
    let (pack, count) = agent();
    assert!(count >= 50, "{count}");
    std::fs::write(folder.join("agent.zip"), pack.zip()).unwrap();
    write(
        folder,
        "main.rs",
        "//! The program.\n\nmod intents;\n\nfn main() -> std::process::ExitCode {\n    flowhook::main(intents::start)\n}\n",
    );
    assert_eq!(new(folder, &["menu"]).status.code(), Some(0));
    let output = new(folder, &["--from", "agent.zip"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    assert_eq!(said(&output.stdout).matches("wrote     ").count(), count);

    let files: Vec<_> = std::fs::read_dir(folder.join("intents"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(files.len(), count + 2);
    let checked = Command::new("rustfmt")
        .args(["--edition", "2024", "--check"])
        .args(&files)
        .output()
        .unwrap();
    assert!(checked.status.success(), "{}", said(&checked.stdout));

    compile(folder, "tests", &["--test"]);
    let tests = run(folder, "tests", &[]);
    assert!(tests.status.success(), "{}", said(&tests.stdout));
    assert!(
        said(&tests.stdout).contains(&format!("test result: ok. {} passed; 0 failed", count + 1)),
        "{}",
        said(&tests.stdout)
    );

    compile(folder, "program", &["-C", "debuginfo=0"]);
    // The menu has no intent, which is one finding; nothing else is to be mended.
    let checked = run(folder, "program", &["check", "agent.zip"]);
    let told = said(&checked.stdout);
    let findings: Vec<_> = told
        .lines()
        .filter(|line| line.starts_with("error") || line.starts_with("warning"))
        .collect();
    assert!(findings.iter().all(|line| line.contains("`menu`")), "{told}");
    assert!(findings.len() == 1, "{told}");

    let order = read(folder, "intents/order.rs");
    for part in [
        "/// - Sets the context `order-followup` for 2 turns.\n/// - Ends the context `cart`.\n/// - Its action is `order.go`.\n",
        "    pizza: Vec<Pizza>,\n    /// `@size`: `small`, `large`\n    size: String,\n    count: sys::Whole,\n",
        "    /// `@sys.date`, or the default `tomorrow`.\n    day: serde_json::Value,\n",
        "pub struct Pizza {\n    count: Option<sys::Number>,\n",
        "    topping: Option<Topping>,\n",
        "let Parameters { size, count, .. } = &turn.params;",
        ".chips([\"Yes\", \"\\\"No\\\"\"])",
    ] {
        assert!(order.contains(part), "{part}\nis not in\n{order}");
    }
    let change = read(folder, "intents/order_change.rs");
    assert!(
        change.contains("Follows up `order`.")
            || read(folder, "intents/order_change_2.rs").contains("Follows up `order`."),
        "{change}"
    );
    assert!(read(folder, "intents/slots.rs").contains("return Ok(Reply::prompt());"));
    assert!(
        read(folder, "intents/mod.rs").contains(".on(\"slots\", slots::reply)\n        .fills_slots()\n")
    );
}
