//! Log lines: for Cloud Logging as JSON objects with its field names, for people as text.

mod sink;

use std::fmt::{self, Write as _};
use std::io::Write;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber, span};
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

use self::sink::Sink;
use crate::config::Format;

/// Why logging could not be started.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter cannot be read.
    #[error(
        "`log.level`: expected error, warn, info, debug or trace, or levels by module as in `info,flowhook=debug`"
    )]
    Level,
    /// Something else logs in this process already.
    #[error("logging was started before in this process")]
    Started,
}

/// Sends every log line of the process to `out` from now on. When what is returned is dropped, all lines are written.
///
/// # Errors
///
/// When the filter in `level` cannot be read, or logging was started before.
pub fn start(
    format: Format,
    colour: bool,
    level: &str,
    out: impl Write + Send + 'static,
) -> Result<Logging, LogError> {
    let filter = filter(level)?;
    let sink = Sink::start(out, lost);
    let lines = Lines {
        format,
        colour,
        sink: sink.clone(),
    };
    let subscriber = Registry::default().with(filter).with(lines);
    tracing::subscriber::set_global_default(subscriber).map_err(|_| LogError::Started)?;
    Ok(Logging(sink))
}

/// The filter that `level` describes.
///
/// # Errors
///
/// When it cannot be read.
pub(crate) fn filter(level: &str) -> Result<EnvFilter, LogError> {
    // The parser would take a misspelt level for a module's name, and silence everything else.
    let mut levels = level
        .split(',')
        .map(str::trim)
        .filter(|part| !part.contains(['=', '[']));
    if !levels.all(|level| level.parse::<LevelFilter>().is_ok()) {
        return Err(LogError::Level);
    }
    EnvFilter::builder().parse(level).map_err(|_| LogError::Level)
}

/// The process logs. Dropping this writes the lines that are still on their way, and waits for that a second at most.
#[must_use = "lines that are on their way are lost when the program ends"]
pub struct Logging(Sink);

impl Drop for Logging {
    fn drop(&mut self) {
        self.0.flush();
    }
}

/// Readable as JSON and as text.
fn lost(lines: u64) -> String {
    format!(
        "{{\"severity\":\"ERROR\",\"message\":\"{lines} log lines were lost: nobody read them in time\"}}\n"
    )
}

/// Writes each event as one line.
struct Lines {
    format: Format,
    colour: bool,
    sink: Sink,
}

/// The message of an event and its fields, in the order they were given.
#[derive(Default)]
struct Fields {
    message: String,
    named: Vec<(&'static str, Value)>,
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
        self.add(field, format!("{value:?}").into());
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

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.named.extend(outer.named.iter().cloned());
            }
        }
        event.record(&mut fields);
        let line = match self.format {
            Format::Json => json_line(event, fields),
            Format::Text => text_line(event, &fields, self.colour),
        };
        self.sink.put(&line);
    }
}

/// An object as Cloud Logging takes it from standard output. Source: the field names of Google's own logging library.
fn json_line(event: &Event<'_>, fields: Fields) -> String {
    let severity = match *event.metadata().level() {
        Level::ERROR => "ERROR",
        Level::WARN => "WARNING",
        Level::INFO => "INFO",
        Level::DEBUG | Level::TRACE => "DEBUG",
    };
    let mut line = Map::new();
    line.insert("severity".into(), severity.into());
    line.insert("time".into(), jiff::Timestamp::now().to_string().into());
    line.insert("message".into(), fields.message.into());
    line.insert("target".into(), event.metadata().target().into());
    for (name, value) in fields.named {
        line.insert(name.into(), value);
    }
    let mut line = Value::Object(line).to_string();
    line.push('\n');
    line
}

fn text_line(event: &Event<'_>, fields: &Fields, colour: bool) -> String {
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
    line
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: Format, log: impl FnOnce()) -> String {
        let written = Written::default();
        let sink = Sink::start(written.clone(), lost);
        let lines = Lines {
            format,
            colour: false,
            sink: sink.clone(),
        };
        tracing::subscriber::with_default(Registry::default().with(lines), log);
        sink.flush();
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_json_line_has_cloud_logging_names_and_the_fields_of_its_span() {
        let line = logged(Format::Json, || {
            let _span = tracing::info_span!("turn", request_id = "r1").entered();
            tracing::warn!(elapsed_ms = 7, heard = "", "line one\nline two");
        });
        assert_eq!(line.lines().count(), 1);
        let mut line: Value = serde_json::from_str(&line).unwrap();
        assert!(line.as_object_mut().unwrap().remove("time").is_some());
        assert_eq!(
            line,
            serde_json::json!({"severity": "WARNING", "message": "line one\nline two", "request_id": "r1",
                "elapsed_ms": 7, "target": "flowhook::telemetry::tests"})
        );
    }

    #[test]
    fn a_field_cannot_pass_for_several() {
        let line = logged(Format::Text, || {
            tracing::info!(intent = "x outcome=answered", "told")
        });
        assert!(line.ends_with("told intent=\"x outcome=answered\"\n"), "{line}");
    }

    #[test]
    fn a_text_line_stays_one_line_and_leaves_the_terminal_alone() {
        let line = logged(Format::Text, || tracing::error!(intent = "a\x1b[2Jb", "one\ntwo"));
        assert_eq!(line.lines().count(), 1);
        assert!(line.ends_with("ERROR one\\ntwo intent=a\\u{1b}[2Jb\n"), "{line}");
    }
}
