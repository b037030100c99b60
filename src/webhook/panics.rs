//! Panics: told by their place, never in words that a user may have said.

use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;

thread_local! {
    /// Whether a handler is running on this thread just now.
    static HANDLING: Cell<bool> = const { Cell::new(false) };
    /// Where this thread's last handler panicked.
    static NOTE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs a handler's code, so that the hook leaves the telling of a panic to the turn's line.
pub(super) fn watched<T>(code: impl FnOnce() -> T) -> T {
    struct Handling(bool);
    impl Drop for Handling {
        fn drop(&mut self) {
            HANDLING.set(self.0);
        }
    }
    let _handling = Handling(HANDLING.replace(true));
    code()
}

/// Where the handler panicked whose panic was caught on this thread just now.
pub(super) fn note() -> String {
    NOTE.take().unwrap_or_else(|| "somewhere".to_owned())
}

/// Keeps the words of panics out of the output: a formatted panic text may hold what a user said, or a secret. What is
/// told is the place, and the text if it is a fixed one of the program's.
///
/// A handler's panic is told in its turn's log line, any other in a line of its own. [`flowhook::main`](crate::main)
/// calls this; a program with a `main` of its own should too.
pub fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let note = note_of(panic);
        if HANDLING.get() {
            NOTE.set(Some(note));
        } else {
            tracing::error!("panicked {note}");
        }
    }));
}

fn note_of(panic: &PanicHookInfo<'_>) -> String {
    let place = panic
        .location()
        .map_or_else(|| "somewhere".to_owned(), |at| format!("at {at}"));
    match panic.payload().downcast_ref::<&'static str>() {
        Some(fixed) => format!("{place}: {fixed}"),
        None => format!("{place} (its text was formatted and may hold a user's words, so it is not told)"),
    }
}
