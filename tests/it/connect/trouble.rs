//! What `flowhook connect` does when it does not go smoothly: a busy Google, Ctrl-C in the middle, pages without an end.

use std::process::Command;

use super::google::Comes;
use super::{agent, begin, changes, run, said};

#[test]
fn a_busy_google_is_asked_again() {
    let dialogflow = agent();
    dialogflow.state().is_busy = Some((1, 2));
    let output = run(&dialogflow, &["connect", "enable", "--yes"], "");
    let told = said(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
    let again =
        "cannot switch the webhook of an intent: RESOURCE_EXHAUSTED (HTTP status 429); again in 0 s\n";
    assert_eq!(told.matches(again).count(), 2, "{told}");
    assert_eq!(changes(&dialogflow).len(), 3);
    assert_eq!(dialogflow.state().faults, [""; 0]);

    dialogflow.state().is_busy = Some((0, usize::MAX));
    let output = run(&dialogflow, &["connect", "disable", "guide.card", "--yes"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output.stderr).contains("0 of 1 intents were switched; `guide.card` was not\n"));
}

#[test]
fn ctrl_c_among_many_intents_tells_what_was_done() {
    let dialogflow = agent();
    {
        let mut state = dialogflow.state();
        state.is_busy = Some((1, usize::MAX));
        state.comes_again = Comes::InAMinute;
    }
    let begun = begin(&dialogflow, &["connect", "enable", "--yes"]);
    // The second intent was asked to be switched, and Google has sent us away for a minute.
    dialogflow.wait(|state| {
        let (_, left) = state.is_busy?;
        (left < usize::MAX).then_some(())
    });
    let status = Command::new("kill")
        .args(["-INT", &begun.child.id().to_string()])
        .status();
    assert!(status.unwrap().success());
    let output = begun.end();
    assert_eq!(output.status.code(), Some(1));
    let told = said(&output.stderr);
    let line = "flowhook: stopped: 1 of 2 intents were switched; `guide.card` may be, the others and the agent are as they were\n";
    assert!(told.ends_with(line), "{told}");
    assert_eq!(changes(&dialogflow).len(), 1);
}

#[test]
fn pages_that_do_not_end_are_left() {
    let dialogflow = agent();
    dialogflow.state().turns_in_a_circle = true;
    let output = run(&dialogflow, &["connect", "show"], "");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        said(&output.stderr),
        "flowhook: cannot list the intents: the answer cannot be read: its pages do not end\n"
    );
}
