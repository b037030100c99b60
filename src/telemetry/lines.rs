//! From events to lines.

use std::cell::Cell;

use tracing::{Event, Level, Subscriber, span};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::around::{self, Fields};
use super::sink::Sink;
use super::{Look, json, text};

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
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Fields::of(attributes));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        // Taken, not borrowed: what is shown may log in its turn.
        let mut line = LINE.take();
        line.clear();
        match &self.look {
            Look::Json { project } => {
                let mut json = json::Line::begin(&mut line, event, project.as_deref());
                event.record(&mut json);
                around::each(event, &context, |name, value| json.told(name, value));
                json.end();
            }
            Look::Text { colour } => {
                let mut text = text::Line::begin(&mut line, event, *colour);
                event.record(&mut text);
                around::each(event, &context, |name, value| text.told(name, value));
                text.end();
            }
        }
        let is_urgent = *event.metadata().level() <= Level::WARN;
        self.sink.put(&line, is_urgent);
        if line.capacity() <= KEPT {
            LINE.set(line);
        }
    }
}
