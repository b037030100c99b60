//! An export as a ZIP: entries are read one by one into memory, never extracted, and the hostile are refused.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use zip::{CompressionMethod, ZipArchive};

use super::files::{
    Files, MAX_ARCHIVE, MAX_DEPTH, MAX_ENTRIES, MAX_FILE, MAX_PATH, is_leftover, is_wanted, root_of,
};
use super::{ExportError, Fault};

/// How many times its packed size an entry may have, once it is above [`FREE`]. JSON with an id in each phrase comes to 12, the
/// most repetitive list of entries to about 50; DEFLATE ends at 1,032.
const MAX_RATIO: u64 = 200;

/// Bytes of an entry for which its ratio is no matter.
const FREE: u64 = 1 << 20;

/// What each entry of a ZIP's directory begins with, and the least bytes of one. Source: APPNOTE.TXT 4.3.12.
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
const MIN_DIRECTORY_ENTRY: usize = 46;

/// The bytes of a file that may be a ZIP.
pub(super) fn bytes_of(path: &Path) -> Result<Vec<u8>, ExportError> {
    let unreadable = |error: std::io::Error| ExportError::unreadable(None, &error);
    // Asked before it is opened: a pipe would keep us for ever.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Fault::NotAFile.into());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_ARCHIVE + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

/// The files of the agent in a ZIP.
pub(super) fn read(bytes: &[u8]) -> Result<Files, ExportError> {
    if bytes.len() as u64 > MAX_ARCHIVE {
        return Err(Fault::TooLarge(MAX_ARCHIVE).into());
    }
    // Counted before the directory is taken into memory.
    if bytes.len() / MIN_DIRECTORY_ENTRY > MAX_ENTRIES && directory_entries(bytes).count() > MAX_ENTRIES {
        return Err(Fault::TooMany(MAX_ENTRIES).into());
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
        if bytes.starts_with(b"PK") {
            Fault::CutShort
        } else {
            Fault::NotZip
        }
    })?;
    if archive.len() > MAX_ENTRIES {
        return Err(Fault::TooMany(MAX_ENTRIES).into());
    }
    if archive.has_duplicate_names() {
        return Err(ExportError {
            entry: first_twice(bytes),
            fault: Fault::Twice,
        });
    }
    let paths = paths(&mut archive)?;
    let files: BTreeSet<_> = paths.iter().flatten().map(String::as_str).collect();
    let root = root(&files)?;
    let mut read = Files::default();
    for (place, path) in paths.iter().enumerate() {
        let below_root = path.as_deref().and_then(|path| path.strip_prefix(root.as_str()));
        if let Some(below_root) = below_root.filter(|path| is_wanted(path)) {
            add(&mut archive, place, below_root, &mut read)?;
        }
    }
    Ok(read)
}

/// The path of each entry that is a file, in order. All are examined, also those that are not read.
fn paths<R: Read + std::io::Seek>(archive: &mut ZipArchive<R>) -> Result<Vec<Option<String>>, ExportError> {
    let mut paths = Vec::with_capacity(archive.len());
    let mut seen = BTreeSet::new();
    for place in 0..archive.len() {
        let entry = archive.by_index_data(place).map_err(|_| Fault::CutShort)?;
        let name = entry.name().map_err(|_| Fault::Path)?.into_owned();
        let path = normal(&name).ok_or_else(|| ExportError::at(&name, Fault::Path))?;
        let is_folder = entry.is_dir() || name.ends_with('\\');
        // The kind of file, as Unix has it: regular, folder, or nothing at all.
        let kind = entry.unix_mode().map_or(0, |mode| mode & 0o170_000);
        if ![0, 0o100_000, 0o040_000].contains(&kind) {
            return Err(ExportError::at(&name, Fault::NotAFile));
        }
        if entry.encrypted() {
            return Err(ExportError::at(&name, Fault::Encrypted));
        }
        if is_folder || kind == 0o040_000 {
            paths.push(None);
            continue;
        }
        if !seen.insert(path.clone()) {
            return Err(ExportError::at(&name, Fault::Twice));
        }
        paths.push(Some(path));
    }
    Ok(paths)
}

/// The path with `/` between its parts and no `.` among them; none when it would leave the archive.
fn normal(name: &str) -> Option<String> {
    // Some programs on Windows write its own separator.
    let name = name.replace('\\', "/");
    let parts: Vec<_> = name
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let has_drive = parts
        .first()
        .is_some_and(|part| part.as_bytes().get(1) == Some(&b':') && part.len() == 2);
    let is_refused = name.starts_with('/')
        || has_drive
        || name.len() > MAX_PATH
        || parts.is_empty()
        || parts.len() > MAX_DEPTH
        || parts
            .iter()
            .any(|part| *part == ".." || part.contains(char::is_control));
    (!is_refused).then(|| parts.join("/"))
}

/// The folder of the agent: empty, or a path that ends in `/`.
fn root(files: &BTreeSet<&str>) -> Result<String, ExportError> {
    let folders = files.iter().filter_map(|path| {
        let folder = path.strip_suffix("agent.json")?;
        let is_folder = folder.is_empty() || folder.ends_with('/');
        // An intent may be called `agent`.
        let is_of_agent = ["intents/", "entities/"]
            .iter()
            .all(|name| !folder.ends_with(name));
        (is_folder && is_of_agent && !folder.split('/').any(is_leftover)).then_some(folder)
    });
    let folders: Vec<_> = folders
        .map(|folder| {
            let intents = format!("{folder}intents/");
            let has_intents = files
                .range(intents.as_str()..)
                .next()
                .is_some_and(|path| path.starts_with(&intents));
            (folder.to_owned(), has_intents)
        })
        .collect();
    root_of(&folders).map(str::to_owned)
}

fn add<R: Read + std::io::Seek>(
    archive: &mut ZipArchive<R>,
    place: usize,
    path: &str,
    read: &mut Files,
) -> Result<(), ExportError> {
    let method = archive
        .by_index_data(place)
        .map_err(|_| Fault::CutShort)?
        .compression();
    if ![CompressionMethod::Stored, CompressionMethod::Deflated].contains(&method) {
        return Err(ExportError::at(path, Fault::Method));
    }
    let entry = archive
        .by_index(place)
        .map_err(|_| ExportError::at(path, Fault::Damaged))?;
    let (declared, packed) = (entry.size(), entry.compressed_size());
    if declared > MAX_FILE {
        return Err(ExportError::at(path, Fault::TooLarge(MAX_FILE)));
    }
    let most = packed.saturating_mul(MAX_RATIO).max(FREE);
    if declared > most {
        return Err(ExportError::at(path, Fault::Bomb(MAX_RATIO)));
    }
    // The declared size may be a lie; nobody unpacks beyond it to find out.
    read.add(path, path, entry.take(declared + 1))?;
    read.holds(path, declared)
        .then_some(())
        .ok_or_else(|| ExportError::at(path, Fault::Damaged))
}

/// The places where an entry of the directory seems to begin.
fn directory_entries(bytes: &[u8]) -> impl Iterator<Item = usize> {
    bytes
        .windows(DIRECTORY_ENTRY.len())
        .enumerate()
        .filter(|(_, window)| *window == DIRECTORY_ENTRY)
        .map(|(place, _)| place)
}

/// The first name that stands in the directory twice.
fn first_twice(bytes: &[u8]) -> Option<String> {
    let mut seen = BTreeSet::new();
    directory_entries(bytes).find_map(|place| {
        let length = bytes.get(place + 28..place + 30)?;
        let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
        let name = bytes.get(place + MIN_DIRECTORY_ENTRY..place + MIN_DIRECTORY_ENTRY + length)?;
        (!seen.insert(name)).then(|| String::from_utf8_lossy(name).into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_the_archive_is_none() {
        for (name, path) in [
            ("intents/a.json", "intents/a.json"),
            ("./agent.json", "agent.json"),
            ("top\\intents\\a.json", "top/intents/a.json"),
            ("intents//What? Is: it.json", "intents/What? Is: it.json"),
        ] {
            assert_eq!(normal(name).as_deref(), Some(path));
        }
        let deep = "a/".repeat(MAX_DEPTH + 1);
        let long = "x".repeat(MAX_PATH + 1);
        for name in [
            "/agent.json",
            "../agent.json",
            "a/../../b",
            "C:\\agent.json",
            "\\\\host\\a",
            "a\0b",
            "",
            "/",
            ".",
            &deep,
            &long,
        ] {
            assert_eq!(normal(name), None, "{name:?}");
        }
    }
}
