//! `flowhook new`: what it writes, and that it compiles and answers.

mod built;
mod sketch;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use crate::exports::pack::Pack;
use crate::program::{FLOWHOOK, keep};

/// An agent's `mod.rs`, as somebody would begin it.
const BEGINNING: &str = r#"//! The agent.

use flowhook::config::Settings;
use flowhook::{Intents, Result};

/// What every handler reaches.
pub struct App;

/// A turn of this agent.
pub type Turn<P = flowhook::NoParams> = flowhook::Turn<P, App>;

/// Opens what the agent needs.
pub async fn start(_settings: &Settings) -> Result<Intents<App>> {
    Ok(agent(App))
}

/// The table.
pub fn agent(app: App) -> Intents<App> {
    Intents::new(app)
}
"#;

/// A folder with a program that answers nothing yet.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("intents")).unwrap();
    write(folder.path(), "intents/mod.rs", BEGINNING);
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn new(folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(FLOWHOOK)
        .arg("new")
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

/// Runs it, and expects that it fails so and changes nothing.
#[track_caller]
fn fails(folder: &Path, arguments: &[&str], code: i32, says: &str) {
    let before = listing(folder);
    let output = new(folder, arguments);
    let error = said(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(error.contains(says), "{error}");
    assert_eq!(listing(folder), before);
}

/// All files of the agent's code with what is in them.
fn listing(folder: &Path) -> Vec<(String, String)> {
    let files = std::fs::read_dir(folder.join("intents")).unwrap();
    let mut files: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            (
                path.display().to_string(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_name_gives_a_file_and_two_lines_and_is_not_done_twice() {
    let folder = folder();
    let output = new(folder.path(), &["table.book"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    let told = said(&output.stdout);
    assert!(
        told.starts_with(
            "wrote     intents/table_book.rs for `table.book`\nchanged   intents/mod.rs: `mod table_book;`"
        ),
        "{told}"
    );
    assert!(told.contains("cargo test table_book"), "{told}");
    assert_eq!(
        read(folder.path(), "intents/table_book.rs"),
        r#"//! The intent `table.book`.

use flowhook::{Reply, Result};

use super::Turn;

/// Answers `table.book`.
pub async fn reply(_: Turn) -> Result<Reply> {
    Ok(Reply::text("This is the answer to table.book."))
}

#[cfg(test)]
mod tests {
    use flowhook::testing::Caller;

    use super::super::{App, agent};

    #[tokio::test]
    async fn it_is_answered() {
        let heard = Caller::new(agent(App)).ask("table.book").await;
        heard.expect_text("This is the answer to table.book.");
    }
}
"#
    );
    let table = read(folder.path(), "intents/mod.rs");
    let expected = BEGINNING
        .replacen("use flowhook", "mod table_book;\n\nuse flowhook", 1)
        .replace(
            "Intents::new(app)\n",
            "Intents::new(app).on(\"table.book\", table_book::reply)\n",
        );
    assert_eq!(table, expected);

    let files = listing(folder.path());
    let output = new(folder.path(), &["table.book"]);
    assert_eq!(
        said(&output.stdout),
        "the table answers `table.book` already; nothing was changed\n"
    );
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(listing(folder.path()), files);
}

#[test]
fn nothing_is_overwritten_and_a_clash_gets_another_name() {
    let folder = folder();
    write(folder.path(), "intents/table_book.rs", "//! Mine.\n");
    assert_eq!(new(folder.path(), &["table.book"]).status.code(), Some(0));
    assert_eq!(new(folder.path(), &["table-book"]).status.code(), Some(0));
    assert_eq!(read(folder.path(), "intents/table_book.rs"), "//! Mine.\n");
    let table = read(folder.path(), "intents/mod.rs");
    assert!(
        table.contains("mod table_book_2;\nmod table_book_3;\n"),
        "{table}"
    );
    assert!(
        table.contains("        .on(\"table-book\", table_book_3::reply)\n"),
        "{table}"
    );
    fails(
        folder.path(),
        &["other", "--module", "table_book"],
        1,
        "there is a `table_book` already",
    );
    fails(
        folder.path(),
        &["other", "--module", "type"],
        2,
        "as in type_intent",
    );
    assert_eq!(
        new(folder.path(), &["予約", "--module", "booking"]).status.code(),
        Some(0)
    );
    assert!(read(folder.path(), "intents/mod.rs").contains(".on(\"予約\", booking::reply)"));
}

#[test]
fn a_run_that_was_cut_short_is_taken_up() {
    let folder = folder();
    assert_eq!(new(folder.path(), &["menu"]).status.code(), Some(0));
    let files = listing(folder.path());
    write(folder.path(), "intents/mod.rs", BEGINNING);
    assert_eq!(new(folder.path(), &["menu"]).status.code(), Some(0));
    assert_eq!(listing(folder.path()), files);
}

#[test]
fn what_is_not_understood_is_left_alone() {
    let folder = folder();
    fails(folder.path(), &[], 2, "required");
    fails(folder.path(), &["  "], 2, "expected an intent's display name");
    fails(folder.path(), &["menu", "--from", "none.zip"], 1, "none.zip: ");
    fails(
        folder.path(),
        &["menu", "--intents", "elsewhere"],
        1,
        "cannot read elsewhere/mod.rs",
    );
    write(folder.path(), "intents/mod.rs", "pub fn agent( {");
    fails(folder.path(), &["menu"], 1, "it is not Rust, at line 1: ");
    write(
        folder.path(),
        "intents/mod.rs",
        &BEGINNING.replace("Intents::new(app)", "table(app)"),
    );
    fails(folder.path(), &["menu"], 1, "it has no function with a table");
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let folder = folder();
    let files = listing(folder.path());
    let output = new(folder.path(), &["menu", "--dry-run"]);
    let told = said(&output.stdout);
    assert!(
        told.starts_with("would write intents/menu.rs:\n\n//! The intent `menu`.\n"),
        "{told}"
    );
    assert!(told.contains(".on(\"menu\", menu::reply)"), "{told}");
    assert_eq!(listing(folder.path()), files);
}

#[test]
fn an_own_style_of_mod_rs_is_kept() {
    let folder = folder();
    let own = "mod  a;\nuse flowhook::*;\npub struct App{ n: u8 }\ntype Turn<P=NoParams> = flowhook::Turn<P,App>;\nfn agent(app:App)->Intents<App>{\n  Intents::new(app)\n    .on(\"a\", a::reply)\n    .fallback(a::rest)\n}\n";
    write(folder.path(), "intents/mod.rs", own);
    let output = new(folder.path(), &["b"]);
    let told = said(&output.stdout);
    assert!(told.contains("note      there are no tests in them"), "{told}");
    let expected = own
        .replace("mod  a;\n", "mod  a;\nmod b;\n")
        .replace("    .fallback", "    .on(\"b\", b::reply)\n    .fallback");
    assert_eq!(read(folder.path(), "intents/mod.rs"), expected);
    assert!(!read(folder.path(), "intents/b.rs").contains("cfg(test)"));
}

#[test]
fn only_what_calls_the_webhook_and_has_no_line_gets_a_handler() {
    let folder = folder();
    let intent = |name: &str, uses: bool| {
        json!({"id": name, "name": name, "webhookUsed": uses, "events": [{"name": name.to_uppercase()}],
               "responses": [{"action": format!("do.{name}"), "messages": [{"type": "0", "speech": "Hello."}]}]})
    };
    let pack = ["named", "acted", "evented", "lacking"]
        .iter()
        .fold(Pack::new(json!({})), |pack, name| {
            pack.intent(&intent(name, true))
        })
        .intent(&intent("silent", false));
    std::fs::write(folder.path().join("agent.zip"), pack.zip()).unwrap();
    let lines =
        "Intents::new(app).on(\"named\", x::a).on_action(\"do.acted\", x::b).on_event(\"Evented\", x::c)";
    write(
        folder.path(),
        "intents/mod.rs",
        &BEGINNING.replace("Intents::new(app)", lines),
    );
    let output = new(folder.path(), &["--from", "agent.zip"]);
    assert!(said(&output.stdout).starts_with("wrote     intents/lacking.rs for `lacking`\nchanged "));
    assert_eq!(listing(folder.path()).len(), 2);
    let output = new(folder.path(), &["--from", "agent.zip"]);
    assert_eq!(
        said(&output.stdout),
        "every intent whose webhook is on has a handler; nothing was changed\n"
    );
    fails(
        folder.path(),
        &["lackin", "--from", "agent.zip"],
        1,
        "the export has no intent `lackin`; did you mean `lacking`?",
    );
}

#[test]
fn several_at_once_come_one_after_the_other() {
    let folder = folder();
    let names = ["one", "two", "two", "two", "three", "four", "four", "five"];
    let start = |name: &str| {
        Command::new(FLOWHOOK)
            .args(["new", name])
            .current_dir(folder.path())
            .spawn()
            .unwrap()
    };
    let all: Vec<_> = names.into_iter().map(start).collect();
    for mut one in all {
        assert!(one.wait().unwrap().success());
    }
    let table = read(folder.path(), "intents/mod.rs");
    for name in names {
        assert_eq!(table.matches(&format!("mod {name};")).count(), 1, "{table}");
        assert_eq!(table.matches(&format!(".on(\"{name}\"")).count(), 1, "{table}");
        assert!(read(folder.path(), &format!("intents/{name}.rs")).contains(name));
    }
    assert_eq!(listing(folder.path()).len(), 6);
}
