//! Writing an agent's files: never over one that is there, and `mod.rs` in one step.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Files to write: new ones, and one that changes.
pub(super) struct Change<'a> {
    /// The folder of the agent.
    pub(super) folder: &'a Path,
    /// Names of new files, with their text.
    pub(super) new: Vec<(String, String)>,
    /// What `mod.rs` was read as, and what it becomes.
    pub(super) before: &'a str,
    pub(super) after: String,
}

impl Change<'_> {
    /// Makes the change, all of it or nothing.
    ///
    /// # Errors
    ///
    /// When a file cannot be written, or is there already, or `mod.rs` has changed since it was read. Then everything is as before.
    pub(super) fn make(&self) -> Result<(), String> {
        let mut written = Vec::new();
        let done = self.write(&mut written);
        if done.is_err() {
            for path in written {
                // It is ours, made a moment ago; what cannot be taken away is named by nobody.
                let _ = fs::remove_file(path);
            }
        }
        done
    }

    fn write(&self, written: &mut Vec<PathBuf>) -> Result<(), String> {
        for (name, text) in &self.new {
            let path = self.folder.join(name);
            // Left by a run that was cut short.
            if fs::read_to_string(&path).is_ok_and(|there| there == *text) {
                continue;
            }
            let told = |error: io::Error| match error.kind() {
                ErrorKind::AlreadyExists => {
                    format!("{} is there already; nothing was changed", path.display())
                }
                _ => format!("cannot write {}: {error}; nothing was changed", path.display()),
            };
            let temporary = self.folder.join(format!(".{name}.{}", std::process::id()));
            put(&temporary, text).map_err(told)?;
            // A link is refused where a file stands, a rename is not.
            let linked = fs::hard_link(&temporary, &path);
            let _ = fs::remove_file(&temporary);
            match linked {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(told(error)),
                // Some file systems know no links.
                Err(_) => put(&path, text).map_err(told)?,
            }
            written.push(path);
        }
        let path = self.folder.join("mod.rs");
        let told =
            |error: io::Error| format!("cannot write {}: {error}; nothing was changed", path.display());
        // What is a link stays one.
        let path = fs::canonicalize(&path).map_err(told)?;
        let permissions = fs::metadata(&path).map_err(told)?.permissions();
        let temporary = path.with_file_name(format!(".mod.rs.{}", std::process::id()));
        let replaced = put(&temporary, &self.after)
            .and_then(|()| fs::set_permissions(&temporary, permissions))
            .and_then(|()| {
                if fs::read_to_string(&path)? == self.before {
                    fs::rename(&temporary, &path)
                } else {
                    Err(io::Error::other("it was changed meanwhile, by somebody else"))
                }
            });
        replaced.map_err(|error| {
            let _ = fs::remove_file(&temporary);
            told(error)
        })
    }
}

/// Lets others who write in the folder wait until it is let go. Where a folder cannot be locked, `mod.rs` is still looked at again
/// before it is replaced.
pub(super) fn alone(folder: &Path) -> Option<File> {
    let folder = File::open(folder).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

/// Writes a new file to the disk.
fn put(path: &Path, text: &str) -> io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// The text as rustfmt writes it, by the settings that hold for the folder; none where there is no rustfmt, or it refuses.
pub(super) fn formatted(folder: &Path, text: &str) -> Option<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--quiet"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let text = text.to_owned();
    // It may write before it has read all.
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().ok()?;
    writer.join().ok()?.ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.is_empty()).then_some(text)
}
