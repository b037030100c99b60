//! Why an export is not read.

use std::fmt;
use std::io::ErrorKind;

/// The most that is shown of an entry's name, in characters.
const MAX_NAME: usize = 120;

/// An export that cannot be read, or that is refused: which entry of it, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct ExportError {
    /// The path of the entry or file; none when it is the whole.
    pub entry: Option<String>,
    /// What is wrong with it.
    pub fault: Fault,
}

impl ExportError {
    /// A file that the system does not give.
    pub(super) fn unreadable(entry: Option<&str>, error: &std::io::Error) -> Self {
        let why = match error.kind() {
            ErrorKind::NotFound => "it does not exist".to_owned(),
            other => other.to_string(),
        };
        Self {
            entry: entry.map(str::to_owned),
            fault: Fault::Unreadable(why),
        }
    }

    /// A fault of one entry.
    pub(super) fn at(entry: &str, fault: Fault) -> Self {
        Self {
            entry: Some(entry.to_owned()),
            fault,
        }
    }
}

impl From<Fault> for ExportError {
    fn from(fault: Fault) -> Self {
        Self { entry: None, fault }
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.entry {
            // A name from an archive must not play with the terminal.
            Some(entry) => {
                let shown = shown(entry);
                write!(formatter, "`{shown}`: {}", self.fault)
            }
            None => self.fault.fmt(formatter),
        }
    }
}

impl std::error::Error for ExportError {}

/// A name in one line, not too long.
pub(super) fn shown(name: &str) -> String {
    let printable = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
    let mut shown: String = name.chars().take(MAX_NAME).map(printable).collect();
    if name.chars().nth(MAX_NAME).is_some() {
        shown.push('…');
    }
    shown
}

/// What is wrong with an export, or with one entry of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file or folder is not there, or may not be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// Something else than a ZIP.
    #[error("this is not a ZIP; expected an agent's export as a ZIP, or the folder that one was unpacked to")]
    NotZip,
    /// It begins like a ZIP and does not end like one.
    #[error("the ZIP is cut short: the directory at its end is missing or damaged; export the agent anew")]
    CutShort,
    /// An entry whose bytes are not what the directory says.
    #[error("the entry is damaged; export the agent anew")]
    Damaged,
    /// More bytes than an export has.
    #[error("too large: more than {0} bytes")]
    TooLarge(u64),
    /// An entry that unpacks to far more than JSON can.
    #[error("refused as a ZIP bomb: it unpacks to more than {0} times its size")]
    Bomb(u64),
    /// More entries than an export has.
    #[error("too many entries: more than {0}")]
    TooMany(usize),
    /// A path that leads out of the archive, or is none.
    #[error("refused: the path is absolute, leads upwards, is too deep or too long, or is no path")]
    Path,
    /// A link, or something else that is neither file nor folder.
    #[error("refused: neither a file nor a folder, but a link or a device")]
    NotAFile,
    /// Two entries at one path.
    #[error("refused: the path is there twice")]
    Twice,
    /// Encrypted.
    #[error("encrypted; expected an export without a password")]
    Encrypted,
    /// Packed in a way that exports never are.
    #[error(
        "packed by a method that is neither stored nor deflated; pack it again with an ordinary zip program"
    )]
    Method,
    /// Another encoding than UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// Not JSON, or nested beyond measure.
    #[error("not JSON, or nested too deep, at line {line}, column {column}")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// JSON, but neither an object nor a list.
    #[error("expected a JSON object or a list")]
    NotAnObject,
    /// No `agent.json`.
    #[error("no agent.json in it, so it is no agent's export")]
    NoAgent,
    /// Several agents.
    #[error("several agents in it ({0}); name one")]
    Several(String),
}
