//! The page `docs/fields.md`, written from the rows.

use std::fmt::Write as _;

use super::{Read, Write, apis, reads, writes};
use crate::schema::Api;

/// One line of a table.
struct Line {
    message: &'static str,
    field: &'static str,
    read: Option<String>,
    written: Option<String>,
}

/// All fields in the order of the rows: those of requests, those of replies, those of both.
fn lines() -> [Vec<Line>; 3] {
    let (mut asked, mut answered, mut both) = (Vec::new(), Vec::new(), Vec::new());
    let mut writes = writes();
    for row in reads() {
        let same = |write: &Write| (write.message, write.field) == (row.message, row.field);
        let written = writes.iter().position(same).map(|place| writes.remove(place));
        let line = Line {
            message: row.message,
            field: row.field,
            read: Some(how_read(&row)),
            written: written.map(|write| shown(write.call)),
        };
        if line.written.is_some() {
            both.push(line);
        } else {
            asked.push(line);
        }
    }
    answered.extend(writes.into_iter().map(|row| Line {
        message: row.message,
        field: row.field,
        read: None,
        written: Some(shown(row.call)),
    }));
    [asked, answered, both]
}

fn how_read(row: &Read) -> String {
    let call = shown(row.call.trim_start_matches('&'));
    let call = match row.within {
        [variant, inner] => format!("{} of {} in {call}", shown(inner), shown(variant)),
        _ => call,
    };
    match row.kind {
        "()" => call,
        kind => format!("{call} of {}", shown(&kind[1..kind.len() - 1])),
    }
}

/// A call as it is written in code, on one line.
fn shown(call: &str) -> String {
    let line: Vec<_> = call.split_whitespace().collect();
    let mut line = line.join(" ");
    for (apart, together) in [
        (" .", "."),
        ("( ", "("),
        ("[ ", "["),
        (",)", ")"),
        (" ]", "]"),
        (",..", ", .."),
    ] {
        line = line.replace(apart, together);
    }
    format!("`{line}`")
}

/// What the rows say, as tables.
fn tables() -> String {
    let titles = ["What a call tells", "What a reply says", "What both may hold"];
    let mut page = String::new();
    for (title, lines) in titles.iter().zip(lines()) {
        let _ = write!(page, "\n## {title}\n");
        let mut message = "";
        for line in lines {
            if line.message != message {
                message = line.message;
                let columns = match (&line.read, &line.written) {
                    (Some(_), Some(_)) => "| field | read by | written by |\n| --- | --- | --- |",
                    (Some(_), None) => "| field | read by |\n| --- | --- |",
                    _ => "| field | written by |\n| --- | --- |",
                };
                let _ = write!(page, "\n### `{message}`\n\n{columns}\n");
            }
            let only = match apis(line.message, line.field) {
                [Api::V2] => " (v2 only)",
                [Api::V2Beta1] => " (v2beta1 only)",
                _ => "",
            };
            let _ = write!(page, "| `{}`{only} |", line.field);
            for cell in line.read.iter().chain(&line.written) {
                let _ = write!(page, " {cell} |");
            }
            page.push('\n');
        }
    }
    page
}

#[test]
fn the_tables_in_the_docs_are_the_rows() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/fields.md");
    let page = std::fs::read_to_string(path).unwrap();
    let begin = "`the_tables_in_the_docs_are_the_rows` -->\n";
    let (before, rest) = page.split_once(begin).unwrap();
    let (_, after) = rest.split_once("\n<!-- until here -->").unwrap();
    let meant = format!("{before}{begin}{}\n<!-- until here -->{after}", tables());
    if meant != page {
        let new = concat!(env!("CARGO_TARGET_TMPDIR"), "/fields.md");
        std::fs::write(new, meant).unwrap();
        panic!("docs/fields.md tells another story than the rows; what it should say is in {new}");
    }
}
