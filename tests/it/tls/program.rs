//! The program in a folder with its files, settings among them.

use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::program::{FLOWHOOK, Program, Starting, keep};

/// Starts it with `settings`, the text of a flowhook.toml.
#[track_caller]
pub fn start(folder: &TempDir, settings: &str) -> Program {
    std::fs::write(folder.path().join("flowhook.toml"), settings).unwrap();
    Starting::new(FLOWHOOK).inside(folder.path()).start()
}

/// What it says when it does not start.
#[track_caller]
pub fn fail(folder: &TempDir, settings: &str) -> String {
    std::fs::write(folder.path().join("flowhook.toml"), settings).unwrap();
    let output = Command::new(FLOWHOOK)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    keep(&said);
    assert_eq!(output.status.code(), Some(1), "{said}");
    said
}
