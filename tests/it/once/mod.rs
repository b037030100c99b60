//! Once: repeated calls, late work, and effects that must not happen twice, in one process and in several.

mod faults;
mod hard;
mod late;
mod repeats;
mod together;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::program::{Program, Starting, clumsy, request, request_with_console};

/// A file in which an effect leaves a line each time.
struct Lines(tempfile::TempDir);

impl Lines {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("lines")
    }

    fn count(&self) -> usize {
        count(&self.path())
    }

    /// A call of `intent` whose effect goes into this file after a while.
    fn request(&self, intent: &str, after_ms: u64) -> Value {
        let mut request = request(intent);
        request["queryResult"]["parameters"] = json!({"file": self.path(), "after_ms": after_ms});
        request
    }

    /// The same, but the console has a response.
    fn request_with_console(&self, intent: &str, after_ms: u64) -> Value {
        let mut request = request_with_console(intent);
        request["queryResult"]["parameters"] = json!({"file": self.path(), "after_ms": after_ms});
        request
    }
}

fn count(path: &Path) -> usize {
    std::fs::read_to_string(path).map_or(0, |text| text.lines().count())
}

fn agent() -> Program {
    Starting::new(clumsy())
        .set("webhook.deadline=1500ms")
        .set("webhook.margin=500ms")
        .start()
}

/// A process that shares a store with others.
fn agent_on(store: &str) -> Program {
    // A busy machine makes every store slow, which is not what these tests are about.
    Starting::new(clumsy())
        .env("FLOWHOOK_STORE__URL", store)
        .set("store.budget=3s")
        .start()
}
