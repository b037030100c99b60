//! The files of an export in memory, and the rules that archive and folder share: what is read, and how much.

use std::collections::BTreeMap;
use std::io::Read;

use serde_json::Value;

use super::fault::shown;
use super::{ExportError, Fault};

/// The most bytes of a ZIP. Exports of large agents have a few megabytes.
pub(super) const MAX_ARCHIVE: u64 = 64 << 20;

/// The most bytes of one file. The phrases of an intent in one language, at most 2,000 of them, take a megabyte or two.
pub(super) const MAX_FILE: u64 = 16 << 20;

/// The most bytes of all files together.
pub(super) const MAX_TOTAL: u64 = 256 << 20;

/// The most entries: 2,000 intents with phrases in twenty languages make 42,000.
pub(super) const MAX_ENTRIES: usize = 100_000;

/// The most parts that a path may have, and the most bytes.
pub(super) const MAX_DEPTH: usize = 16;
pub(super) const MAX_PATH: usize = 1_024;

/// The files below the root of one agent, by their path from there.
#[derive(Default)]
pub(super) struct Files {
    read: BTreeMap<String, Vec<u8>>,
    bytes: u64,
}

impl Files {
    /// Reads one file more, within the bounds.
    pub(super) fn add(&mut self, path: &str, entry: &str, content: impl Read) -> Result<(), ExportError> {
        let mut bytes = Vec::new();
        content
            .take(MAX_FILE + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::PermissionDenied => ExportError::unreadable(Some(entry), &error),
                _ => ExportError::at(entry, Fault::Damaged),
            })?;
        let size = bytes.len() as u64;
        if size > MAX_FILE {
            return Err(ExportError::at(entry, Fault::TooLarge(MAX_FILE)));
        }
        self.bytes += size;
        if self.bytes > MAX_TOTAL {
            return Err(ExportError::at(entry, Fault::TooLarge(MAX_TOTAL)));
        }
        if self.read.insert(path.to_owned(), bytes).is_some() {
            return Err(ExportError::at(entry, Fault::Twice));
        }
        Ok(())
    }

    /// Whether a file has so many bytes.
    pub(super) fn holds(&self, path: &str, bytes: u64) -> bool {
        self.read.get(path).is_some_and(|read| read.len() as u64 == bytes)
    }

    /// The files directly in a folder, `intents/`.
    pub(super) fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        self.read
            .keys()
            .map(String::as_str)
            .filter(move |path| path.starts_with(folder))
    }

    /// A file's content, when it is there.
    pub(super) fn json(&self, path: &str) -> Result<Option<Value>, ExportError> {
        let Some(bytes) = self.read.get(path) else {
            return Ok(None);
        };
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|_| ExportError::at(path, Fault::NotUtf8))?;
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            ExportError::at(path, Fault::NotJson { line, column })
        })?;
        if value.is_object() || (value.is_array() && path != "agent.json") {
            Ok(Some(value))
        } else {
            Err(ExportError::at(path, Fault::NotAnObject))
        }
    }
}

/// Whether a file of that path from the root is read: the settings, and what lies directly in the two folders.
pub(super) fn is_wanted(path: &str) -> bool {
    if path == "agent.json" {
        return true;
    }
    let below = |folder| {
        path.strip_prefix(folder)
            .filter(|name: &&str| !name.contains('/'))
    };
    below("intents/")
        .or_else(|| below("entities/"))
        .is_some_and(|name| name.ends_with(".json") && !is_leftover(name))
}

/// Whether a name is one that macOS leaves behind, which is not JSON whatever it ends in.
pub(super) fn is_leftover(name: &str) -> bool {
    name.starts_with("._") || name == "__MACOSX"
}

/// The file that a file in one language belongs to, without `.json`, and the language. From the right, for a name may end in
/// `_` or hold the mark itself.
pub(super) fn in_language<'a>(path: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    path.strip_suffix(".json")?
        .rsplit_once(mark)
        .filter(|(of, language)| !of.ends_with('/') && !language.is_empty())
}

/// Which of the folders that hold an `agent.json` is the agent's: the least deep one with `intents/` beside it, else the least
/// deep one. The folders come as paths that end in `/`, or empty.
pub(super) fn root_of(folders: &[(String, bool)]) -> Result<&str, ExportError> {
    let of_kind = |with_intents: bool| {
        let some: Vec<_> = folders.iter().filter(|(_, has)| *has || !with_intents).collect();
        let depth = |path: &str| path.matches('/').count();
        let least = some.iter().map(|(path, _)| depth(path)).min()?;
        Some(
            some.into_iter()
                .filter(|(path, _)| depth(path) == least)
                .map(|(path, _)| path.as_str())
                .collect::<Vec<_>>(),
        )
    };
    let found = of_kind(true).or_else(|| of_kind(false)).ok_or(Fault::NoAgent)?;
    match found.as_slice() {
        [root] => Ok(root),
        several => {
            let mut names: Vec<_> = several.iter().take(3).map(|name| shown(name)).collect();
            if several.len() > names.len() {
                names.push("…".to_owned());
            }
            Err(Fault::Several(names.join(", ")).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_a_language_is_told_from_the_right() {
        for (path, of, language) in [
            ("intents/a_usersays_en.json", "intents/a", "en"),
            ("intents/a_b__usersays_pt-br.json", "intents/a_b_", "pt-br"),
            (
                "intents/x_usersays_en_usersays_de.json",
                "intents/x_usersays_en",
                "de",
            ),
        ] {
            assert_eq!(in_language(path, "_usersays_"), Some((of, language)));
        }
        for path in [
            "intents/a.json",
            "intents/_usersays_en.json",
            "intents/a_usersays_.json",
        ] {
            assert_eq!(in_language(path, "_usersays_"), None, "{path}");
        }
    }

    #[test]
    fn only_an_agents_own_files_are_read() {
        for path in [
            "agent.json",
            "intents/live agent.json",
            "entities/size_entries_en.json",
        ] {
            assert!(is_wanted(path), "{path}");
        }
        for path in [
            "package.json",
            "intents/._a.json",
            "intents/deep/a.json",
            "intents/a.txt",
            "knowledgeBases/a.json",
        ] {
            assert!(!is_wanted(path), "{path}");
        }
    }

    #[test]
    fn the_root_is_where_agent_json_has_intents_beside_it() {
        let folders = |list: &[(&str, bool)]| -> Vec<_> {
            list.iter()
                .map(|(path, has)| ((*path).to_owned(), *has))
                .collect()
        };
        assert_eq!(
            root_of(&folders(&[("", false), ("deep/", true)])).unwrap(),
            "deep/"
        );
        assert_eq!(root_of(&folders(&[("", false), ("deep/", false)])).unwrap(), "");
        assert_eq!(root_of(&folders(&[("a/", true), ("a/b/", true)])).unwrap(), "a/");
        assert_eq!(root_of(&[]).unwrap_err().fault, Fault::NoAgent);
        let several = root_of(&folders(&[("a/", true), ("b/", true)])).unwrap_err();
        assert_eq!(several.to_string(), "several agents in it (a/, b/); name one");
    }
}
