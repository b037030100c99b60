//! A file that holds secrets. What it holds is read anew when the file changes, and stays when the file goes.

use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

/// More than any list of secrets.
const MAX_BYTES: u64 = 64 * 1024;

/// A file is read at least so often, even if it seems to be the same: Cloud Run fetches a mounted secret when it is read,
/// and what it says of the file before that need not change.
const READ_EVERY: Duration = Duration::from_secs(60);

/// A file that holds secrets, and what it held when it was last read.
#[derive(Clone)]
pub(super) struct SecretFile {
    path: PathBuf,
    text: SecretString,
    stamp: Option<Stamp>,
    read_at: Option<Instant>,
    is_ill: bool,
}

/// What tells one state of a file from the next. Behind a link it is that of the file that the link leads to: mounted
/// secrets are links, which are turned to a new file.
#[derive(Clone, PartialEq)]
struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: Option<SystemTime>,
}

impl From<Metadata> for Stamp {
    fn from(metadata: Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

/// Why a file gives no secrets.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the file {} is empty", .0.display())]
    Empty(PathBuf),
    #[error("the file {} has more than {MAX_BYTES} bytes", .0.display())]
    TooLarge(PathBuf),
    #[error("the file {} has a line of another form", .0.display())]
    Misformed(PathBuf),
}

impl SecretFile {
    /// A file that was not read yet.
    pub(super) fn at(path: PathBuf) -> Self {
        Self {
            path,
            text: SecretString::default(),
            stamp: None,
            read_at: None,
            is_ill: false,
        }
    }

    /// What it held when it was last read, one secret a line.
    pub(super) fn text(&self) -> &SecretString {
        &self.text
    }

    /// Reads it. Blocks.
    pub(super) fn read(&mut self) -> Result<(), FileError> {
        self.text = self.fetch()?;
        Ok(())
    }

    /// Reads it if it changed, and says whether it holds other secrets now. What is no list of such lines as `fits` is not
    /// taken: the old secrets stay, and the log tells it once. Blocks.
    pub(super) fn look(&mut self, key: &str, fits: fn(&str) -> bool) -> bool {
        let stamp = std::fs::metadata(&self.path).ok().map(Stamp::from);
        let is_due = self.read_at.is_none_or(|at| at.elapsed() >= READ_EVERY);
        if stamp.is_some() && stamp == self.stamp && !is_due {
            return false;
        }
        let fetched = self.fetch().and_then(|text| {
            let mut lines = text
                .expose_secret()
                .lines()
                .filter(|line| !line.trim().is_empty());
            if lines.all(fits) {
                Ok(text)
            } else {
                Err(FileError::Misformed(self.path.clone()))
            }
        });
        match fetched {
            Ok(text) => {
                (self.stamp, self.read_at) = (stamp, Some(Instant::now()));
                if std::mem::take(&mut self.is_ill) {
                    tracing::info!("`{key}`: {} can be read again", self.path.display());
                }
                let is_other = text.expose_secret() != self.text.expose_secret();
                self.text = text;
                is_other
            }
            Err(error) => {
                // Not remembered as read: it is looked at again next time.
                self.stamp = None;
                if !std::mem::replace(&mut self.is_ill, true) {
                    tracing::error!("`{key}`: {error}; the secrets that it held before stay");
                }
                false
            }
        }
    }

    fn fetch(&self) -> Result<SecretString, FileError> {
        let unreadable = |source| FileError::Unreadable {
            path: self.path.clone(),
            source,
        };
        let file = File::open(&self.path).map_err(unreadable)?;
        let mut text = String::new();
        file.take(MAX_BYTES + 1)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        let text = SecretString::from(text);
        match text.expose_secret() {
            held if held.len() as u64 > MAX_BYTES => Err(FileError::TooLarge(self.path.clone())),
            held if held.trim().is_empty() => Err(FileError::Empty(self.path.clone())),
            _ => Ok(text),
        }
    }
}
