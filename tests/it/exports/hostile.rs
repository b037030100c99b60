//! What is no export, or would do harm, is refused: with the entry's name, within bounds, and without a panic.

use std::io::{Cursor, Write};

use flowhook::agent_export::{Export, ExportError, Fault};
use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::pack::Pack;
use super::shapes::boat_hire;

#[track_caller]
fn refused(bytes: &[u8], entry: Option<&str>, fault: &Fault) {
    let ExportError {
        entry: found,
        fault: why,
    } = Export::from_zip(bytes).unwrap_err();
    assert_eq!((found.as_deref(), &why), (entry, fault));
}

/// Replaces one name by another of the same length, wherever it stands.
fn renamed(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    for place in 0..bytes.len() - from.len() {
        if bytes[place..].starts_with(from.as_bytes()) {
            bytes[place..place + to.len()].copy_from_slice(to.as_bytes());
        }
    }
    bytes
}

/// Changes two bytes in every header of the entry of that name: at `local` in the one before its content, two further on in the
/// directory.
fn patched(bytes: &[u8], name: &str, local: usize, value: u16) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (signature, length, field) in [(b"PK\x03\x04", 30, local), (b"PK\x01\x02", 46, local + 2)] {
        for place in 0..bytes.len() - length {
            let is_header =
                bytes[place..].starts_with(signature) && bytes[place + length..].starts_with(name.as_bytes());
            if is_header {
                bytes[place + field..place + field + 2].copy_from_slice(&value.to_le_bytes());
            }
        }
    }
    bytes
}

#[test]
fn what_is_no_zip_is_told_apart_from_one_that_is_cut_short() {
    for bytes in [&b""[..], b"{}", b"<html>", &[0; 4096], b"Rar!\x1a\x07"] {
        refused(bytes, None, &Fault::NotZip);
    }
    let whole = boat_hire().zip();
    for length in [4, 30, 100, whole.len() / 2, whole.len() - 22, whole.len() - 1] {
        refused(&whole[..length], None, &Fault::CutShort);
    }
    refused(&Pack::default().zip(), None, &Fault::NoAgent);
    refused(
        &Pack::default().json("intents/a.json", &json!({})).zip(),
        None,
        &Fault::NoAgent,
    );
}

#[test]
fn paths_that_lead_elsewhere_are_refused_even_where_they_are_not_read() {
    for path in [
        "../agent.json",
        "/etc/passwd",
        "C:/windows/x.json",
        "..\\x.json",
        "intents/../../x.json",
        "\\\\host\\share",
        "a\0b",
    ] {
        refused(&boat_hire().raw(path, *b"{}").zip(), Some(path), &Fault::Path);
    }
    let deep = format!("{}x.json", "a/".repeat(40));
    refused(&boat_hire().raw(&deep, *b"{}").zip(), Some(&deep), &Fault::Path);
    let long = "x".repeat(5_000);
    let error = Export::from_zip(&boat_hire().raw(&long, *b"{}").zip()).unwrap_err();
    assert!(error.to_string().len() < 400, "{error}");
    let error = Export::from_zip(&boat_hire().raw("a\u{1b}[2J", *b"{}").zip()).unwrap_err();
    assert!(!error.to_string().contains('\u{1b}'), "{error}");
}

#[test]
fn links_are_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .start_file("agent.json", SimpleFileOptions::default())
        .unwrap();
    writer.write_all(b"{}").unwrap();
    writer
        .add_symlink("intents/a.json", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    refused(&bytes, Some("intents/a.json"), &Fault::NotAFile);

    let folder = tempfile::tempdir().unwrap();
    boat_hire().unpack(folder.path());
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("intents/link.json")).unwrap();
    let error = Export::open(folder.path()).unwrap_err();
    assert_eq!(
        error,
        ExportError {
            entry: Some("intents/link.json".into()),
            fault: Fault::NotAFile
        }
    );
}

#[test]
fn a_pipe_in_a_folder_is_refused_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    boat_hire().unpack(folder.path());
    let pipe = folder.path().join("intents/pipe.json");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let error = Export::open(folder.path()).unwrap_err();
    assert_eq!(
        (error.entry.as_deref(), &error.fault),
        (Some("intents/pipe.json"), &Fault::NotAFile)
    );
    assert_eq!(Export::open(&pipe).unwrap_err().fault, Fault::NotAFile);
}

#[test]
fn an_entry_that_is_there_twice_is_named() {
    let pack = Pack::new(json!({}))
        .intent(&json!({"name": "a1"}))
        .intent(&json!({"name": "a2"}));
    let bytes = renamed(&pack.zip(), "intents/a2.json", "intents/a1.json");
    refused(&bytes, Some("intents/a1.json"), &Fault::Twice);
    let pack = Pack::new(json!({}))
        .intent(&json!({"name": "a"}))
        .raw("./intents//a.json", *b"{}");
    refused(&pack.zip(), Some("./intents//a.json"), &Fault::Twice);
}

#[test]
fn encrypted_and_strangely_packed_entries_are_named() {
    let bytes = boat_hire().zip();
    refused(
        &patched(&bytes, "intents/Hire a boat.json", 6, 1),
        Some("intents/Hire a boat.json"),
        &Fault::Encrypted,
    );
    for method in [9, 12, 14, 93, 99] {
        let bytes = patched(&bytes, "agent.json", 8, method);
        refused(&bytes, Some("agent.json"), &Fault::Method);
    }
}

#[test]
fn bombs_are_refused_before_they_are_unpacked() {
    let zeros = |bytes: usize| boat_hire().raw("intents/bomb.json", vec![b' '; bytes]).zip();
    refused(&zeros(8 << 20), Some("intents/bomb.json"), &Fault::Bomb(200));
    refused(
        &zeros(17 << 20),
        Some("intents/bomb.json"),
        &Fault::TooLarge(16 << 20),
    );
    // One that says it is small.
    let bytes = zeros(8 << 20);
    let small = patched(
        &patched(&bytes, "intents/bomb.json", 22, 100),
        "intents/bomb.json",
        24,
        0,
    );
    refused(&small, Some("intents/bomb.json"), &Fault::Damaged);
    // Where nothing is read it may be as large as it likes.
    assert!(Export::from_zip(&boat_hire().raw("notes/bomb.json", vec![b' '; 8 << 20]).zip()).is_ok());
}

#[test]
fn many_entries_and_many_bytes_have_bounds() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for number in 0..=100_000 {
        writer
            .start_file(format!("intents/{number}.txt"), options)
            .unwrap();
    }
    refused(
        &writer.finish().unwrap().into_inner(),
        None,
        &Fault::TooMany(100_000),
    );
    let mut huge = vec![0; (64 << 20) + 1];
    huge[..2].copy_from_slice(b"PK");
    refused(&huge, None, &Fault::TooLarge(64 << 20));
    // Each of them is allowed, all together are not.
    let line = |number: u32| format!("\"{:x}{:<150}\"", number.wrapping_mul(2_654_435_761), "");
    let lines: Vec<_> = (0..99_000).map(line).collect();
    let file = format!("[{}]", lines.join(","));
    assert!(file.len() < 16 << 20);
    let one = boat_hire().raw("intents/0.json", file).zip();
    let mut one = ZipArchive::new(Cursor::new(one)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut copy = |from: &str, to: &str| {
        writer
            .raw_copy_file_rename(one.by_name(from).unwrap(), to)
            .unwrap();
    };
    copy("agent.json", "agent.json");
    for number in 0..17 {
        copy("intents/0.json", &format!("intents/{number}.json"));
    }
    refused(
        &writer.finish().unwrap().into_inner(),
        Some("intents/16.json"),
        &Fault::TooLarge(256 << 20),
    );
}

#[test]
fn what_is_not_json_in_utf_8_is_named_with_its_place() {
    let refused_file = |content: Vec<u8>, fault: &Fault| {
        refused(
            &boat_hire().raw("intents/x.json", content).zip(),
            Some("intents/x.json"),
            fault,
        );
    };
    refused_file(b"\xff\xfe{\0}\0".to_vec(), &Fault::NotUtf8);
    refused_file(b"{\"name\": \"Gr\xfc\xdfe\"}".to_vec(), &Fault::NotUtf8);
    refused_file(b"".to_vec(), &Fault::NotJson { line: 1, column: 0 });
    refused_file(
        b"{\n<<<<<<< HEAD".to_vec(),
        &Fault::NotJson { line: 2, column: 1 },
    );
    refused_file(b"7".to_vec(), &Fault::NotAnObject);
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let error = Export::from_zip(&boat_hire().raw("intents/x.json", deep).zip()).unwrap_err();
    assert!(matches!(error.fault, Fault::NotJson { line: 1, .. }), "{error}");
}

#[test]
fn a_damaged_entry_is_named() {
    let pack = boat_hire();
    let mut bytes = pack.zipped(CompressionMethod::Stored, false);
    let place = bytes.windows(4).position(|window| window == b"Ahoy").unwrap();
    bytes[place] = b'a';
    refused(
        &bytes,
        Some("intents/Default Welcome Intent.json"),
        &Fault::Damaged,
    );
}

#[test]
fn of_several_agents_one_has_to_be_named() {
    let two = |folder: &'static str| boat_hire().moved(move |path| format!("{folder}/{path}"));
    let mut pack = two("one");
    pack.files.extend(two("two").files);
    refused(&pack.zip(), None, &Fault::Several("one/, two/".into()));
    let folder = tempfile::tempdir().unwrap();
    pack.unpack(folder.path());
    assert_eq!(
        Export::open(folder.path()).unwrap_err().fault,
        Fault::Several("one/, two/".into())
    );
    assert!(Export::open(&folder.path().join("one")).is_ok());
}

#[test]
fn a_path_without_an_export_says_so() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Export::open(folder.path()).unwrap_err().fault, Fault::NoAgent);
    let missing = folder.path().join("missing.zip");
    let error = Export::open(&missing).unwrap_err();
    assert_eq!(error.to_string(), "cannot be read: it does not exist");
    assert_eq!(
        Export::open("/dev/null".as_ref()).unwrap_err().fault,
        Fault::NotAFile
    );
}
