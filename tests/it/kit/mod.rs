//! The testing kit itself: does a conversation go as Dialogflow would hold it, and do expectations say what is wrong.

mod carried;
mod events;
mod expectations;
mod slots;

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What an expectation says that is not met.
fn complaint<T>(expectation: impl FnOnce() -> T) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(expectation)) else {
        panic!("the expectation is met");
    };
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().unwrap()).to_owned(),
    }
}
