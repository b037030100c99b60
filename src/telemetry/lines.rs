//! From events to lines.

use std::cell::Cell;

use tracing::{Event, Level, Subscriber, span};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::Look;
use super::json;
use super::sink::Sink;
use super::text::{self, Fields};

/// A buffer that has grown larger than this is not kept for the next line.
const KEPT: usize = 16 * 1024;

thread_local! {
    /// Where this thread makes its lines.
    static LINE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Writes each event as one line.
pub(super) struct Lines {
    look: Look,
    sink: Sink,
}

impl Lines {
    pub(super) fn new(look: Look, sink: Sink) -> Self {
        Self { look, sink }
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
        // Taken, not borrowed: what is shown may log in its turn.
        let mut line = LINE.take();
        line.clear();
        let around = outer_fields(event, &context);
        match &self.look {
            Look::Json { project } => json::write(&mut line, event, &around, project.as_deref()),
            Look::Text { colour } => {
                let mut fields = Fields {
                    named: around,
                    ..Fields::default()
                };
                event.record(&mut fields);
                text::write(&mut line, event, &fields, *colour);
            }
        }
        let is_urgent = *event.metadata().level() <= Level::WARN;
        self.sink.put(&line, is_urgent);
        if line.capacity() <= KEPT {
            LINE.set(line);
        }
    }
}

/// The fields of the spans around an event, of which the event's own and those of inner spans hide others of the same name.
fn outer_fields<S: Subscriber + for<'a> LookupSpan<'a>>(
    event: &Event<'_>,
    context: &Context<'_, S>,
) -> Vec<(&'static str, serde_json::Value)> {
    let mut around: Vec<(&'static str, serde_json::Value)> = Vec::new();
    for span in context.event_scope(event).into_iter().flatten() {
        if let Some(outer) = span.extensions().get::<Fields>() {
            for (name, value) in &outer.named {
                let is_hidden = event.metadata().fields().field(name).is_some()
                    || around.iter().any(|(inner, _)| inner == name);
                if !is_hidden {
                    around.push((name, value.clone()));
                }
            }
        }
    }
    around
}
