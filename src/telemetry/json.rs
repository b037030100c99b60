//! Lines as Cloud Logging takes them from standard output: JSON objects, written straight into the line.
//!
//! Source of the names: Google's own logging library, and the documentation of Cloud Logging on structured logs. Names with a
//! `logging.googleapis.com/` before them become fields of the log entry itself, all others stay in its payload.

use std::fmt::{self, Display, Write as _};
use std::io::Write;
use std::ops::Range;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::Serializer as _;
use serde_json::{Serializer, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use super::around::Told;
use super::raw::Raw;

/// How the time of a line is written.
const TIME: DateTimePrinter = DateTimePrinter::new();

/// A line in the making.
pub(super) struct Line<'a> {
    out: &'a mut Vec<u8>,
    project: Option<&'a str>,
    seen: Seen,
}

/// What of an event's fields is told in another form too.
#[derive(Default)]
struct Seen {
    http_status: Option<u64>,
    request_bytes: Option<u64>,
    reply_bytes: Option<u64>,
    elapsed_ms: Option<u64>,
    /// Where in the line their values stand.
    intent: Option<Range<usize>>,
    outcome: Option<Range<usize>>,
}

impl<'a> Line<'a> {
    /// The line of an event, behind what stands in `out`.
    pub(super) fn begin(out: &'a mut Vec<u8>, event: &Event<'_>, project: Option<&'a str>) -> Self {
        let severity = match *event.metadata().level() {
            Level::ERROR => "ERROR",
            Level::WARN => "WARNING",
            Level::INFO => "INFO",
            Level::DEBUG | Level::TRACE => "DEBUG",
        };
        out.extend_from_slice(b"{\"severity\":\"");
        out.extend_from_slice(severity.as_bytes());
        out.extend_from_slice(b"\",\"time\":\"");
        // Writing to memory does not fail.
        let _ = TIME.print_timestamp(&Timestamp::now(), &mut *out);
        out.push(b'"');
        open(out, "target");
        string(out, event.metadata().target());
        Self {
            out,
            project,
            seen: Seen::default(),
        }
    }

    /// Writes a field of a span.
    pub(super) fn told(&mut self, name: &'static str, value: Told<'_>) {
        match value {
            Told::Words(text) => self.text(name, text),
            Told::Plain(value) => self.plain(name, value),
        }
    }

    /// Writes a member, unless `value` writes nothing.
    fn member(&mut self, name: &'static str, value: impl FnOnce(&mut Vec<u8>)) {
        let (before, key) = (self.out.len(), self.key(name));
        open(self.out, key);
        let from = self.out.len();
        value(self.out);
        if self.out.len() == from || &self.out[from..] == b"\"\"" && name != "message" {
            self.out.truncate(before);
            return;
        }
        match name {
            "intent" => self.seen.intent = Some(from..self.out.len()),
            "outcome" => self.seen.outcome = Some(from..self.out.len()),
            _ => {}
        }
    }

    /// The name of a field, as Cloud Logging has it.
    fn key(&self, name: &'static str) -> &'static str {
        match name {
            "trace_id" if self.project.is_some() => "logging.googleapis.com/trace",
            "span_id" => "logging.googleapis.com/spanId",
            "trace_sampled" => "logging.googleapis.com/trace_sampled",
            // A handler's own fields do not pass for ours.
            "severity" => "severity_",
            "time" => "time_",
            "target" => "target_",
            "httpRequest" => "httpRequest_",
            name => name,
        }
    }

    fn text(&mut self, name: &'static str, text: &str) {
        match (name, self.project) {
            ("trace_id", Some(_)) => self.shown(name, text),
            _ => self.member(name, |out| string(out, text)),
        }
    }

    fn shown(&mut self, name: &'static str, value: impl Display) {
        match (name, self.project) {
            ("trace_id", Some(project)) => self.member(name, |out| {
                displayed(out, &format_args!("projects/{project}/traces/{value}"));
            }),
            _ => self.member(name, |out| displayed(out, &value)),
        }
    }

    /// Writes a value that shows itself as JSON does.
    fn plain(&mut self, name: &'static str, value: impl Display) {
        self.member(name, |out| {
            let _ = write!(out, "{value}");
        });
    }

    fn number(&mut self, name: &'static str, number: u64) {
        match name {
            // Told by `httpRequest`.
            "http_status" => self.seen.http_status = Some(number),
            "request_bytes" => self.seen.request_bytes = Some(number),
            "reply_bytes" => self.seen.reply_bytes = Some(number),
            _ => {
                if name == "elapsed_ms" {
                    self.seen.elapsed_ms = Some(number);
                }
                self.member(name, |out| whole(out, number));
            }
        }
    }

    /// Ends the line with what Cloud Logging wants to have in forms of its own.
    pub(super) fn end(mut self) {
        let bytes = [
            ("request_bytes", "requestSize", self.seen.request_bytes),
            ("reply_bytes", "responseSize", self.seen.reply_bytes),
        ];
        if let Some(status) = self.seen.http_status {
            self.out
                .extend_from_slice(b",\"httpRequest\":{\"requestMethod\":\"POST\",\"status\":");
            whole(self.out, status);
            for (_, name, bytes) in bytes {
                if let Some(bytes) = bytes {
                    // 64-bit numbers are text in Google's JSON.
                    open(self.out, name);
                    self.out.push(b'"');
                    whole(self.out, bytes);
                    self.out.push(b'"');
                }
            }
            if let Some(ms) = self.seen.elapsed_ms {
                open(self.out, "latency");
                self.out.push(b'"');
                whole(self.out, ms / 1_000);
                self.out.push(b'.');
                for place in [100, 10, 1] {
                    self.out.push(b'0' + (ms / place % 10) as u8);
                }
                self.out.extend_from_slice(b"s\"");
            }
            self.out.push(b'}');
        } else {
            // The line is of no request.
            for (name, _, bytes) in bytes {
                if let Some(bytes) = bytes {
                    self.member(name, |out| whole(out, bytes));
                }
            }
        }
        let Self { out, seen, .. } = self;
        if let Some(outcome) = seen.outcome {
            out.extend_from_slice(b",\"logging.googleapis.com/labels\":{\"outcome\":");
            out.extend_from_within(outcome);
            if let Some(intent) = seen.intent {
                out.extend_from_slice(b",\"intent\":");
                out.extend_from_within(intent);
            }
            out.push(b'}');
        }
        out.extend_from_slice(b"}\n");
    }
}

/// Writes the name of a member, for its value to come.
fn open(out: &mut Vec<u8>, key: &str) {
    out.push(b',');
    out.push(b'"');
    out.extend_from_slice(key.as_bytes());
    out.push(b'"');
    out.push(b':');
}

fn whole(out: &mut Vec<u8>, number: u64) {
    let _ = Serializer::new(out).serialize_u64(number);
}

fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let from = out.len();
    out.extend_from_slice(text.as_bytes());
    close(out, from);
}

/// A value as it shows itself. One that fails half-way is left out.
fn displayed(out: &mut Vec<u8>, value: &(impl Display + ?Sized)) {
    out.push(b'"');
    let from = out.len();
    // Written by `fmt`, for `io` panics where a value cannot be shown.
    if write!(Raw(out), "{value}").is_err() {
        out.truncate(from - 1);
    } else {
        close(out, from);
    }
}

/// Ends a string, whose text stands in the line from there on.
fn close(out: &mut Vec<u8>, from: usize) {
    let is_escaped = |byte: &u8| matches!(byte, 0..0x20 | b'"' | b'\\');
    if out[from..].iter().any(is_escaped) {
        let text = out.split_off(from);
        out.truncate(from - 1);
        let _ = Serializer::new(out).serialize_str(&String::from_utf8_lossy(&text));
    } else {
        out.push(b'"');
    }
}

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.shown(field.name(), format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.number(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        match u64::try_from(value) {
            Ok(value) => self.number(field.name(), value),
            Err(_) => self.plain(field.name(), value),
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // What is no number in JSON is null.
        self.plain(field.name(), Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field.name(), if value { "true" } else { "false" });
    }
}
