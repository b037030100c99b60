//! The fields of the spans around an event, which its line tells too. They are kept as text from when a span begins, all in one
//! piece: most spans end before anything is logged in them.

use std::fmt::{self, Write as _};

use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber, span};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// How many bytes the fields of a span are expected to have. The names of a turn fit in.
const EXPECTED: usize = 128;

/// The fields of one span.
pub(super) struct Fields {
    text: String,
    kept: Vec<Kept>,
}

/// Where a field's value ends in the text; it begins where the one before it ends.
struct Kept {
    name: &'static str,
    end: usize,
    is_words: bool,
}

/// A field's value.
#[derive(Clone, Copy)]
pub(super) enum Told<'a> {
    /// Text.
    Words(&'a str),
    /// A number, a truth value or null, as JSON has it.
    Plain(&'a str),
}

impl Fields {
    /// Those that a span begins with, but for empty text.
    pub(super) fn of(span: &span::Attributes<'_>) -> Self {
        let mut fields = Self {
            text: String::with_capacity(EXPECTED),
            kept: Vec::with_capacity(span.metadata().fields().len()),
        };
        span.record(&mut fields);
        fields
    }

    fn keep(&mut self, field: &Field, is_words: bool) {
        let begin = self.kept.last().map_or(0, |before| before.end);
        let end = self.text.len();
        if end > begin {
            self.kept.push(Kept {
                name: field.name(),
                end,
                is_words,
            });
        }
    }

    fn keep_plain(&mut self, field: &Field, value: impl fmt::Display) {
        // Writing to memory does not fail.
        let _ = write!(self.text, "{value}");
        self.keep(field, false);
    }

    fn told(&self) -> impl Iterator<Item = (&'static str, Told<'_>)> {
        let mut begin = 0;
        self.kept.iter().map(move |kept| {
            let value = &self.text[begin..kept.end];
            begin = kept.end;
            let told = if kept.is_words {
                Told::Words(value)
            } else {
                Told::Plain(value)
            };
            (kept.name, told)
        })
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // One that fails half-way is told as far as it came.
        let _ = write!(self.text, "{value:?}");
        self.keep(field, true);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text.push_str(value);
        self.keep(field, true);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.keep_plain(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.keep_plain(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // What is no number in JSON is null.
        self.keep_plain(field, Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.keep_plain(field, value);
    }
}

/// Tells the fields of the spans around an event, the innermost first. The event's own and those of inner spans hide others of the
/// same name.
pub(super) fn each<S: Subscriber + for<'a> LookupSpan<'a>>(
    event: &Event<'_>,
    context: &Context<'_, S>,
    mut tell: impl FnMut(&'static str, Told<'_>),
) {
    let mut told = Vec::new();
    for span in context.event_scope(event).into_iter().flatten() {
        if let Some(fields) = span.extensions().get::<Fields>() {
            for (name, value) in fields.told() {
                let is_hidden = event.metadata().fields().field(name).is_some() || told.contains(&name);
                if !is_hidden {
                    tell(name, value);
                    told.push(name);
                }
            }
        }
    }
}
