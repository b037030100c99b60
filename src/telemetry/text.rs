//! Lines for people: the time, how grave it is, the message, and the fields behind it.

use std::fmt::{self, Write as _};

use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

/// The message of an event and its fields, in the order they were given.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) message: String,
    pub(super) named: Vec<(&'static str, Value)>,
}

impl Fields {
    fn add(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message = text,
            (_, Value::String(text)) if text.is_empty() => {}
            (name, value) => self.named.push((name, value)),
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // One that fails half-way is told as far as it came.
        let mut shown = String::new();
        let _ = write!(shown, "{value:?}");
        self.add(field, shown.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value.into());
    }
}

/// Appends the line of an event.
pub(super) fn write(out: &mut Vec<u8>, event: &Event<'_>, fields: &Fields, colour: bool) {
    let (severity, paint) = match *event.metadata().level() {
        Level::ERROR => ("ERROR", "\x1b[31m"),
        Level::WARN => ("WARN ", "\x1b[33m"),
        Level::INFO => ("INFO ", "\x1b[32m"),
        Level::DEBUG => ("DEBUG", "\x1b[34m"),
        Level::TRACE => ("TRACE", "\x1b[35m"),
    };
    let (paint, dim, plain) = if colour {
        (paint, "\x1b[2m", "\x1b[0m")
    } else {
        ("", "", "")
    };
    let now = jiff::Timestamp::now();
    let mut line = format!(
        "{dim}{now:.3}{plain} {paint}{severity}{plain} {}",
        Shown(&fields.message)
    );
    for (name, value) in &fields.named {
        let value = match value {
            Value::String(text) if text.contains([' ', '"', '=']) => format!("{text:?}"),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let _ = write!(line, " {dim}{name}={plain}{}", Shown(&value));
    }
    line.push('\n');
    out.extend_from_slice(line.as_bytes());
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
