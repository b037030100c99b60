//! An export as the folder that it was unpacked to. Links are refused: what is unpacked may be hostile too.

use std::fs::{self, File, FileType};
use std::path::Path;

use super::files::{Files, MAX_ENTRIES, is_wanted, root_of};
use super::{ExportError, Fault};

/// How deep below the folder that was named an agent may lie.
const MAX_LEVELS: usize = 3;

/// Folders that hold no agent, and may hold very much.
const PASSED_BY: [&str; 3] = ["__MACOSX", "node_modules", "target"];

/// The files of the agent in a folder.
pub(super) fn read(folder: &Path) -> Result<Files, ExportError> {
    let root = root(folder)?;
    let at = folder.join(&root);
    let mut files = Files::default();
    let mut visited = 0;
    for (below, kind) in [("", ""), ("intents", "intents/"), ("entities", "entities/")] {
        let here = at.join(below);
        if !below.is_empty() && !here.exists() {
            continue;
        }
        if !below.is_empty() && !kind_of(&here, &format!("{root}{below}"))?.is_dir() {
            return Err(ExportError::at(&format!("{root}{below}"), Fault::NotAFile));
        }
        for name in names(&here, &mut visited)? {
            let path = format!("{kind}{name}");
            if !is_wanted(&path) {
                continue;
            }
            let place = here.join(&name);
            let shown = format!("{root}{path}");
            // Asked before it is opened: a pipe would keep us for ever.
            if !kind_of(&place, &shown)?.is_file() {
                return Err(ExportError::at(&shown, Fault::NotAFile));
            }
            let file = File::open(&place).map_err(|error| ExportError::unreadable(Some(&shown), &error))?;
            files.add(&path, &shown, file)?;
        }
    }
    Ok(files)
}

/// The folder of the agent below the one that was named: empty, or a path that ends in `/`.
fn root(folder: &Path) -> Result<String, ExportError> {
    let mut level = vec![String::new()];
    let mut without_intents = Vec::new();
    let mut visited = 0;
    for _ in 0..=MAX_LEVELS {
        let mut found = Vec::new();
        let mut next = Vec::new();
        for path in level {
            let here = folder.join(&path);
            if here.join("agent.json").is_file() {
                found.push((path.clone(), here.join("intents").is_dir()));
            }
            for name in names(&here, &mut visited)? {
                let is_folder = fs::symlink_metadata(here.join(&name)).is_ok_and(|place| place.is_dir());
                if is_folder && !name.starts_with('.') && !PASSED_BY.contains(&name.as_str()) {
                    next.push(format!("{path}{name}/"));
                }
            }
        }
        if found.iter().any(|(_, has_intents)| *has_intents) {
            return root_of(&found).map(str::to_owned);
        }
        without_intents.extend(found);
        level = next;
    }
    root_of(&without_intents).map(str::to_owned)
}

/// What lies in a folder, sorted. A name that is not UTF-8 is none of Dialogflow's.
fn names(folder: &Path, visited: &mut usize) -> Result<Vec<String>, ExportError> {
    let shown = folder.display().to_string();
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| ExportError::unreadable(Some(&shown), &error))? {
        *visited += 1;
        if *visited > MAX_ENTRIES {
            return Err(Fault::TooMany(MAX_ENTRIES).into());
        }
        names.extend(
            entry
                .map_err(|error| ExportError::unreadable(Some(&shown), &error))?
                .file_name()
                .into_string(),
        );
    }
    names.sort();
    Ok(names)
}

/// What lies there, links not followed.
fn kind_of(place: &Path, shown: &str) -> Result<FileType, ExportError> {
    let there = fs::symlink_metadata(place).map_err(|error| ExportError::unreadable(Some(shown), &error))?;
    Ok(there.file_type())
}
