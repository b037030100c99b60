//! The rules of the house that no compiler holds: who may name whom, what each file opens with, what lies where.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The layers of `src/`, and what each may name of the others.
const LAYERS: [(&str, &[&str]); 12] = [
    ("wire", &[]),
    ("store", &[]),
    ("auth", &[]),
    ("agent_export", &[]),
    ("webhook", &["wire", "store"]),
    ("google", &[]),
    ("channels", &["google", "store", "webhook", "wire"]),
    ("config", &["auth", "channels", "google", "webhook", "wire"]),
    ("telemetry", &["store", "webhook"]),
    (
        "server",
        &["auth", "channels", "config", "store", "telemetry", "webhook"],
    ),
    ("testing", &["webhook", "wire"]),
    (
        "cli",
        &[
            "agent_export",
            "auth",
            "channels",
            "config",
            "google",
            "server",
            "store",
            "telemetry",
            "testing",
            "webhook",
            "wire",
        ],
    ),
];

/// Words that only one layer may use, and why.
const RESERVED: [(&str, &str, &str); 11] = [
    ("actix", "server", "only the server knows actix-web"),
    ("std::env::", "config", "only config reads the environment"),
    ("env::var", "config", "only config reads the environment"),
    ("println!", "cli", "only the command line prints"),
    ("print!(", "cli", "only the command line prints"),
    ("eprintln!", "cli", "only the command line prints"),
    ("eprint!(", "cli", "only the command line prints"),
    ("std::io::stdout", "cli", "only the command line prints"),
    ("std::io::stderr", "cli", "only the command line prints"),
    ("dbg!", "", "nothing is left of debugging"),
    ("todo!", "", "nothing is left undone"),
];

/// What `webhook` must do without: HTTP, sockets, and any clock but tokio's.
const NOT_IN_WEBHOOK: [&str; 7] = [
    "hyper",
    "reqwest",
    "std::net",
    "tokio::net",
    "std::time::Instant",
    "SystemTime",
    "std::fs",
];

/// What lies at the top, beside dot-files.
const TOP: [&str; 12] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "benches",
    "deploy",
    "docs",
    "intents",
    "src",
    "tests",
    "wire",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder, as a path from the root, with its text.
pub fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(root())
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "no sources below {folder}");
    found
}

/// The layer that a file of `src/` or `wire/` belongs to; none for `lib.rs` and `main.rs`.
fn layer_of(path: &str) -> Option<&'static str> {
    if path.starts_with("wire/src/") {
        return Some("wire");
    }
    let first = path
        .strip_prefix("src/")?
        .split('/')
        .next()?
        .trim_end_matches(".rs");
    LAYERS
        .iter()
        .map(|(layer, _)| *layer)
        .find(|layer| *layer == first)
}

/// What a file of `src/` does against the rules.
fn faults_of(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let layer = layer_of(path);
    let is_root = ["src/lib.rs", "src/main.rs"].contains(&path);
    if layer.is_none() && !is_root {
        faults.push(format!(
            "{path}: belongs to no layer; add it to LAYERS, with what it may name"
        ));
    }
    for (number, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
    {
        let place = format!("{path}:{}", number + 1);
        let mut fault = |why: &str| faults.push(format!("{place}: {why}"));
        if let Some(layer) = layer {
            let allowed = LAYERS
                .iter()
                .find(|(name, _)| *name == layer)
                .map_or(&[][..], |(_, allowed)| allowed);
            for (other, _) in LAYERS
                .iter()
                .filter(|(other, _)| *other != layer && !allowed.contains(other))
            {
                if line.contains(&format!("crate::{other}::")) || line.contains(&format!("crate::{other};")) {
                    fault(&format!("`{layer}` must not name `{other}`"));
                }
            }
        }
        for (word, home, why) in RESERVED {
            if line.contains(word) && layer != Some(home) {
                fault(why);
            }
        }
        if layer == Some("webhook") && NOT_IN_WEBHOOK.iter().any(|word| line.contains(word)) {
            fault("`webhook` knows no sockets, no files and no clock but tokio's");
        }
        if line.contains("../intents") && !line.contains("../intents/README.md") && path != "src/main.rs" {
            fault("only src/main.rs names the agent");
        }
    }
    faults
}

#[test]
fn no_layer_names_one_above_it_or_does_anothers_work() {
    let faults: Vec<_> = ["src", "wire/src"]
        .into_iter()
        .flat_map(sources)
        .collect::<Vec<_>>()
        .iter()
        .flat_map(|(path, text)| faults_of(path, text))
        .collect();
    assert_eq!(faults, [""; 0]);
}

#[test]
fn the_rules_find_what_breaks_them() {
    for (path, line) in [
        ("src/store/x.rs", "use crate::webhook::Turn;"),
        ("wire/src/x.rs", "println!(\"hello\");"),
        ("src/auth/x.rs", "use crate::config::Settings;"),
        ("src/webhook/x.rs", "let gate = crate::auth::Gate::new();"),
        ("src/webhook/x.rs", "use actix_web::web;"),
        ("src/webhook/x.rs", "use std::time::Instant;"),
        ("src/server/x.rs", "println!(\"hello\");"),
        ("src/server/x.rs", "let port = std::env::var(\"PORT\");"),
        ("src/cli/x.rs", "#[path = \"../intents/mod.rs\"]"),
        ("src/odds/x.rs", "fn end() {}"),
    ] {
        assert!(!faults_of(path, line).is_empty(), "{path}: {line}");
    }
    assert_eq!(
        faults_of(
            "src/webhook/x.rs",
            "use crate::wire::Struct;\n// println! is for the cli"
        ),
        [""; 0]
    );
}

#[test]
fn every_file_says_in_its_first_line_what_it_is_for() {
    for folder in ["src", "intents", "tests", "benches", "wire"] {
        for (path, text) in sources(folder) {
            let first = text.lines().next().unwrap_or_default();
            assert!(
                first.starts_with("//! ") && first.len() > 10,
                "{path} does not open with `//!` and a sentence"
            );
        }
    }
}

#[test]
fn every_file_of_the_agent_is_listed_in_its_table() {
    let table = std::fs::read_to_string(root().join("intents/mod.rs")).unwrap();
    for (path, _) in sources("intents") {
        let name = path
            .trim_start_matches("intents/")
            .trim_end_matches(".rs")
            .trim_end_matches("/mod");
        let listed = name == "mod"
            || name.contains('/')
            || table
                .lines()
                .any(|line| line.starts_with(&format!("mod {name};")));
        assert!(
            listed,
            "{path} has no `mod {name};` in intents/mod.rs, so it is not compiled"
        );
    }
}

#[test]
fn the_top_level_holds_what_it_should_and_nothing_else() {
    let entries = std::fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let entries: BTreeSet<_> = entries
        .filter(|name| !name.starts_with('.') && name != "target")
        .collect();
    let known: BTreeSet<_> = TOP.map(str::to_owned).into();
    assert_eq!(
        entries.difference(&known).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}

#[test]
fn every_folder_lists_its_files_in_mod_rs() {
    for (path, _) in sources("src") {
        let folder = Path::new(&path).parent().unwrap();
        assert!(
            folder == Path::new("src") || root().join(folder).join("mod.rs").exists(),
            "{} has no mod.rs",
            folder.display()
        );
    }
}
