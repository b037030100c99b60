//! What the program tells of itself. Log lines: for Cloud Logging as JSON objects with its field names, for people as text. Whoever
//! logs does not wait: a thread of its own writes the lines, many at a time. [`metrics`] are numbers for Prometheus,
//! [`Traces`] spans for OpenTelemetry.

mod around;
mod json;
mod level;
mod lines;
pub mod metrics;
mod raw;
mod sink;
pub(crate) mod spans;
mod text;

use std::io::Write;

#[cfg(feature = "otlp")]
use tracing_subscriber::Layer as _;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::Registry;

use self::lines::Lines;
use self::sink::Sink;

pub use level::Levels;
pub(crate) use level::targets;
pub use metrics::Metrics;
pub use spans::Traces;
pub(crate) use text::Shown;

/// Why logging could not be started, or its level not be changed.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter cannot be read.
    #[error(
        "`log.level`: expected error, warn, info, debug or trace, or levels by module as in `info,flowhook=debug`"
    )]
    Level,
    /// Spans cannot be sent by this program.
    #[error(
        "`traces.endpoint`: this program was built without the feature `otlp`: build it with `--features otlp`, or leave the \
         setting out"
    )]
    NoSpans,
    /// Spans cannot be sent so.
    #[error("`traces.endpoint`: {0}")]
    Spans(String),
    /// Something else logs in this process already.
    #[error("logging was started before in this process")]
    Started,
}

/// How a line of the log looks.
#[derive(Clone, Debug)]
pub enum Look {
    /// A JSON object with the field names of Cloud Logging. Where the Google Cloud project is known, lines name their trace so
    /// that Cloud Logging shows them with it.
    Json {
        /// The project that traces are kept in.
        project: Option<String>,
    },
    /// For people.
    Text {
        /// Whether the terminal may be sent colours.
        colour: bool,
    },
}

/// Sends every log line of the process to `out` from now on. When what is returned is dropped, all lines are written.
///
/// `level` says what is written, `always` what holds beside it whatever the level is. Spans are sent
/// where `traces` says.
///
/// # Errors
///
/// When the filter in `level` cannot be read, spans cannot be sent, or logging was started before.
pub fn start(
    look: Look,
    level: &str,
    always: &'static str,
    traces: Option<Traces>,
    out: impl Write + Send + 'static,
) -> Result<Logging, LogError> {
    let levels = Levels::new(level, always)?;
    let sink = Sink::start(out, lost);
    let lines = Lines::new(look, sink.clone());
    let Some(traces) = traces else {
        let subscriber = Registry::default().with(levels.clone()).with(lines);
        tracing::subscriber::set_global_default(subscriber).map_err(|_| LogError::Started)?;
        return Ok(Logging {
            #[cfg(feature = "otlp")]
            sending: None,
            sink,
            levels,
        });
    };
    #[cfg(feature = "otlp")]
    {
        let (spans, sending) = spans::layer(traces)?;
        // The level is the log's, and not that of spans.
        let subscriber = Registry::default()
            .with(lines.with_filter(levels.clone()))
            .with(spans);
        tracing::subscriber::set_global_default(subscriber).map_err(|_| LogError::Started)?;
        Ok(Logging {
            sending: Some(sending),
            sink,
            levels,
        })
    }
    #[cfg(not(feature = "otlp"))]
    {
        drop(traces);
        Err(LogError::NoSpans)
    }
}

/// The process logs. Dropping this writes the lines that are still on their way, and waits for that a second at most; before that
/// it sends the spans that are still here.
#[must_use = "lines that are on their way are lost when the program ends"]
pub struct Logging {
    /// Goes first, for what it has to tell is a line.
    #[cfg(feature = "otlp")]
    sending: Option<spans::Sending>,
    sink: Sink,
    levels: Levels,
}

impl Logging {
    /// What is logged, which may be changed while the program runs.
    #[must_use]
    pub fn levels(&self) -> Levels {
        self.levels.clone()
    }
}

impl Drop for Logging {
    fn drop(&mut self) {
        #[cfg(feature = "otlp")]
        drop(self.sending.take());
        self.sink.flush();
    }
}

/// Readable as JSON and as text.
fn lost(lines: u64) -> String {
    format!(
        "{{\"severity\":\"ERROR\",\"message\":\"{lines} log lines were lost: nobody read them in time\"}}\n"
    )
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::Value;

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

    const JSON: Look = Look::Json { project: None };
    const TEXT: Look = Look::Text { colour: false };

    fn logged(look: Look, log: impl FnOnce()) -> String {
        let written = Written::default();
        let sink = Sink::start(written.clone(), lost);
        let lines = Lines::new(look, sink.clone());
        tracing::subscriber::with_default(Registry::default().with(lines), log);
        sink.flush();
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_json_line_has_cloud_logging_names_and_the_fields_of_its_span() {
        let line = logged(JSON, || {
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
        let line = logged(TEXT, || tracing::info!(intent = "x outcome=answered", "told"));
        assert!(line.ends_with("told intent=\"x outcome=answered\"\n"), "{line}");
    }

    #[test]
    fn a_text_line_stays_one_line_and_leaves_the_terminal_alone() {
        let line = logged(TEXT, || tracing::error!(intent = "a\x1b[2Jb", "one\ntwo"));
        assert_eq!(line.lines().count(), 1);
        assert!(line.ends_with("ERROR one\\ntwo intent=a\\u{1b}[2Jb\n"), "{line}");
    }

    #[test]
    fn a_turn_has_its_request_its_trace_and_its_labels_as_cloud_logging_wants_them() {
        let project = Some("quiet-project".to_owned());
        let line = logged(Look::Json { project }, || {
            tracing::info!(
                intent = "a \"b\"",
                outcome = "answered",
                http_status = 200_u16,
                elapsed_ms = 1_007_u64,
                request_bytes = 1_711_usize,
                reply_bytes = 61_usize,
                trace_id = tracing::field::display("4bf92f3577b34da6a3ce929d0e0e4736"),
                span_id = tracing::field::display("00f067aa0ba902b7"),
                trace_sampled = true,
                time = "mine",
                "told"
            );
        });
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            line["httpRequest"],
            serde_json::json!({"requestMethod": "POST", "status": 200, "requestSize": "1711", "responseSize": "61",
                "latency": "1.007s"})
        );
        assert_eq!(
            line["logging.googleapis.com/trace"],
            "projects/quiet-project/traces/4bf92f3577b34da6a3ce929d0e0e4736"
        );
        assert_eq!(line["logging.googleapis.com/spanId"], "00f067aa0ba902b7");
        assert_eq!(line["logging.googleapis.com/trace_sampled"], true);
        assert_eq!(
            line["logging.googleapis.com/labels"],
            serde_json::json!({"intent": "a \"b\"", "outcome": "answered"})
        );
        assert!(line.get("reply_bytes").is_none(), "it is told once");
        assert_eq!(
            line["time_"], "mine",
            "a field does not pass for the line's own time"
        );
    }

    #[test]
    fn what_is_no_request_keeps_its_own_names() {
        let line = logged(JSON, || {
            tracing::info!(reply_bytes = 61_usize, request_bytes = 7_u64, "told")
        });
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&line["reply_bytes"], &line["request_bytes"]),
            (&61.into(), &7.into())
        );
    }

    #[test]
    fn a_line_stays_whole_when_a_field_cannot_be_shown() {
        struct Broken;
        impl std::fmt::Display for Broken {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("half")?;
                Err(std::fmt::Error)
            }
        }
        let log = || tracing::info!(broken = %Broken, share = f64::NAN, quoted = %"a \"b\"\n", "whole");
        let line: Value = serde_json::from_str(&logged(JSON, log)).unwrap();
        assert_eq!(
            (&line["quoted"], &line["broken"], &line["share"]),
            (&"a \"b\"\n".into(), &Value::Null, &Value::Null)
        );
        assert!(logged(TEXT, log).contains("whole broken=half"));
    }
}
