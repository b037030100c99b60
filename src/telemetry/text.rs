//! Lines for people: the time, how grave it is, the message, and the fields behind it, written straight into the line.

use std::fmt::{self, Display, Write as _};

use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use super::around::Told;
use super::raw::Raw;

/// A line in the making.
pub(super) struct Line<'a> {
    out: &'a mut Vec<u8>,
    /// Where the message belongs, whenever it comes.
    message_at: usize,
    dim: &'static str,
    bright: &'static str,
}

impl<'a> Line<'a> {
    /// The line of an event, behind what stands in `out`.
    pub(super) fn begin(out: &'a mut Vec<u8>, event: &Event<'_>, colour: bool) -> Self {
        let (severity, paint) = match *event.metadata().level() {
            Level::ERROR => ("ERROR", "\x1b[31m"),
            Level::WARN => ("WARN ", "\x1b[33m"),
            Level::INFO => ("INFO ", "\x1b[32m"),
            Level::DEBUG => ("DEBUG", "\x1b[34m"),
            Level::TRACE => ("TRACE", "\x1b[35m"),
        };
        let (paint, dim, bright) = if colour {
            (paint, "\x1b[2m", "\x1b[0m")
        } else {
            ("", "", "")
        };
        let now = jiff::Timestamp::now();
        // Writing to memory does not fail.
        let _ = write!(Raw(out), "{dim}{now:.3}{bright} {paint}{severity}{bright} ");
        Self {
            message_at: out.len(),
            out,
            dim,
            bright,
        }
    }

    /// Writes a field of a span.
    pub(super) fn told(&mut self, name: &'static str, value: Told<'_>) {
        match value {
            Told::Words(text) => self.words(name, text),
            Told::Plain(value) => self.plain(name, value),
        }
    }

    /// Ends the line.
    pub(super) fn end(self) {
        self.out.push(b'\n');
    }

    fn words(&mut self, name: &'static str, text: impl Display) {
        if name == "message" {
            return self.message(text);
        }
        let before = self.out.len();
        self.name(name);
        let from = self.out.len();
        // One that fails half-way is told as far as it came.
        let _ = write!(Raw(self.out), "{text}");
        if self.out.len() == from {
            return self.out.truncate(before);
        }
        if self.out[from..].iter().any(|byte| b" \"=".contains(byte)) {
            let text = self.taken(from);
            let _ = write!(Raw(self.out), "{text:?}");
        }
        self.tame(from);
    }

    fn plain(&mut self, name: &'static str, value: impl Display) {
        self.name(name);
        let _ = write!(Raw(self.out), "{value}");
    }

    fn name(&mut self, name: &'static str) {
        for part in [" ", self.dim, name, "=", self.bright] {
            self.out.extend_from_slice(part.as_bytes());
        }
    }

    fn message(&mut self, text: impl Display) {
        let from = self.out.len();
        let _ = write!(Raw(self.out), "{text}");
        self.tame(from);
        let length = self.out.len() - from;
        self.out[self.message_at..].rotate_right(length);
    }

    /// Sees to it that what stands from there on cannot end the line or play with the terminal.
    fn tame(&mut self, from: usize) {
        if !self.out[from..].iter().all(|byte| (b' '..=b'~').contains(byte)) {
            let text = self.taken(from);
            let _ = write!(Raw(self.out), "{}", Shown(&text));
        }
    }

    fn taken(&mut self, from: usize) -> String {
        String::from_utf8_lossy(&self.out.split_off(from)).into_owned()
    }
}

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.words(field.name(), format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.words(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.plain(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field.name(), value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.plain(field.name(), Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field.name(), value);
    }
}

/// Signs that end a line or change the direction of the text behind them.
const TURNS_TEXT_AROUND: [char; 13] = [
    '\u{2028}', '\u{2029}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}',
    '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

/// Text that cannot end the line or play with the terminal.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            if letter.is_control() || TURNS_TEXT_AROUND.contains(&letter) {
                write!(formatter, "{}", letter.escape_default())?;
            } else {
                formatter.write_char(letter)?;
            }
        }
        Ok(())
    }
}
