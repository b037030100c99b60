//! What was passed over in reading, and where.

use std::cell::RefCell;
use std::fmt;

/// The most notes that are kept.
const MAX_NOTES: usize = 100;

/// A value that was passed over, because it is not what is expected in its place. Its content is not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The file in the export.
    pub file: String,
    /// The path within the file, `responses[0].parameters[1].required`; empty for the whole.
    pub path: String,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, path, expected } = self;
        if path.is_empty() {
            write!(formatter, "{file}: expected {expected}")
        } else {
            write!(formatter, "{file}: `{path}`: expected {expected}")
        }
    }
}

/// The notes of one reading.
#[derive(Default)]
pub(super) struct Notes(RefCell<Vec<Note>>);

impl Notes {
    pub(super) fn add(&self, file: &str, path: &str, expected: &'static str) {
        let mut notes = self.0.borrow_mut();
        if notes.len() < MAX_NOTES {
            notes.push(Note {
                file: file.to_owned(),
                path: path.to_owned(),
                expected,
            });
        }
    }

    pub(super) fn taken(self) -> Vec<Note> {
        self.0.into_inner()
    }
}
