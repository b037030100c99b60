//! `flowhook notify`, as a script meets it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use super::expect_secret;
use super::space::{Instead, Space, bare, wrapped};
use crate::program::{FLOWHOOK, keep};

/// Tells the space something, with text on the standard input.
fn notify(space: &Space, arguments: &[&str], input: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(FLOWHOOK)
        .args(["--set", &space.here(), "notify"])
        .args(arguments)
        .env("FLOWHOOK_CHAT__SPACES__ONCALL__URL", Space::url())
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read it may have ended.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let printed = [output.stdout.clone(), output.stderr.clone()].concat();
    let printed = String::from_utf8(printed).unwrap();
    keep(&printed);
    expect_secret(&printed);
    output
}

#[track_caller]
fn expect(output: &Output, code: i32, stdout: &str, in_stderr: &str) {
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(output.status.code(), Some(code), "{out}{err}");
    assert_eq!(out, stdout, "{err}");
    assert!(
        err.contains(in_stderr) && err.is_empty() == in_stderr.is_empty(),
        "{err}"
    );
}

#[test]
fn a_message_is_told_and_where_it_went_is_printed() {
    let space = Space::start().shared();
    let output = notify(&space, &["oncall", "The backup has *failed*."], "");
    expect(&output, 0, "told in oncall: spaces/AAAAspace/messages/m0\n", "");
    let output = notify(
        &space,
        &["oncall", "--stdin", "--thread", "backup", "--quiet"],
        "line 1\nline 2\n",
    );
    expect(&output, 0, "", "");
    assert_eq!(space.told(), ["The backup has *failed*.", "line 1", "line 2"]);
    assert_eq!(space.asked()[1].thread(), "backup");
    space.expect_sound();
}

#[test]
fn a_card_has_its_fields_and_buttons() {
    let space = Space::start();
    let card = [
        "oncall",
        "It is cold.",
        "--card",
        "Oven 3",
        "--field",
        "Since=12:03",
        "--button",
        "Open=https://example.com/3?a=b",
    ];
    expect(
        &notify(&space, &card, ""),
        0,
        "told in oncall: spaces/AAAAspace/messages/m0\n",
        "",
    );
    let shown = space.asked()[0].body["cardsV2"][0]["card"].clone();
    assert_eq!(
        shown,
        serde_json::json!({
            "header": {"title": "Oven 3"},
            "sections": [{"widgets": [
                {"textParagraph": {"text": "It is cold."}},
                {"decoratedText": {"topLabel": "Since", "text": "12:03", "wrapText": true}},
                {"buttonList": {"buttons": [{"text": "Open", "onClick": {"openLink": {"url": "https://example.com/3?a=b"}}}]}},
            ]}],
        })
    );
    space.expect_sound();
}

#[test]
fn a_text_that_is_too_long_is_cut_and_says_so() {
    let space = Space::start();
    let output = notify(
        &space,
        &["oncall", "--stdin", "-q"],
        &"a long line of a log\n".repeat(5_000),
    );
    expect(&output, 0, "", "its end is left out");
    assert!(space.told().last().unwrap().ends_with(" bytes more)"));
    space.expect_sound();
}

#[test]
fn what_was_not_told_has_an_exit_code_a_reason_and_a_way_out() {
    let space = Space::start();
    space.answers([Instead::Answer(401, "", wrapped(401, "UNAUTHENTICATED"))]);
    let output = notify(&space, &["oncall", "Quilliams"], "");
    expect(
        &output,
        1,
        "",
        "since Chat answered UNAUTHENTICATED; the webhook is gone or not allowed: make a new one",
    );

    let space = Space::start();
    space.always(Some(Instead::Answer(
        429,
        "retry-after: 60\r\n",
        bare(429, "RESOURCE_EXHAUSTED"),
    )));
    let output = notify(&space, &["oncall", "Quilliams", "--wait", "2s"], "");
    expect(
        &output,
        1,
        "",
        "RESOURCE_EXHAUSTED (HTTP status 429); to try for longer, say --wait 15m",
    );
    assert_eq!(
        space.asked().len(),
        1,
        "a wait that would not be over in time is not begun"
    );
    space.expect_sound();
}

#[test]
fn t10_notify_waits_for_chat_through_a_refusal_and_a_lost_answer() {
    let space = Space::start();
    space.answers([
        Instead::Answer(429, "", bare(429, "RESOURCE_EXHAUSTED")),
        Instead::Lost,
    ]);
    let output = notify(&space, &["oncall", "at last"], "");
    expect(&output, 0, "told in oncall: spaces/AAAAspace/messages/m0\n", "");
    assert_eq!(space.asked().len(), 3);
    assert_eq!(space.told(), ["at last"]);
    space.expect_sound();
}

#[test]
fn wrong_usage_is_told_with_what_is_right() {
    let space = Space::start();
    for (arguments, told) in [
        (
            &["onkall", "x"][..],
            "the settings name no such Chat space; did you mean `oncall`?",
        ),
        (&["oncall"], "required"),
        (&["oncall", " "], "`text`: it is empty"),
        (&["oncall", "x", "--stdin"], "cannot be used with"),
        (&["oncall", "x", "--field", "a=b"], "--card"),
        (
            &["oncall", "x", "--card", "t", "--button", "a=b"],
            "expected an address that begins with https:// or http://",
        ),
        (&["oncall", "x", "--thread", ""], "--thread"),
        (
            &["oncall", "x", "--wait", "soon"],
            "expected a time such as 30s or 15m",
        ),
    ] {
        expect(&notify(&space, arguments, ""), 2, "", told);
    }
    assert!(space.asked().is_empty());
}
