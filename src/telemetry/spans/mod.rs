//! Spans for OpenTelemetry: what a turn spends its time with, sent by OTLP over HTTP. Built with the feature `otlp`; without it, or
//! without an address to send them to, nothing is made of them.
//!
//! Our own spans have the target `flowhook::span`, which the log never shows. A handler's own, of level info and above, are sent
//! too.

use tokio::runtime::Handle;
#[cfg(not(feature = "otlp"))]
use tracing::Span;

#[cfg(not(feature = "otlp"))]
use crate::webhook::Trace;

#[cfg(feature = "otlp")]
mod otlp;

#[cfg(feature = "otlp")]
pub(crate) use otlp::join;
#[cfg(feature = "otlp")]
pub(super) use otlp::{Sending, layer};

/// Where spans go.
#[derive(Clone, Debug)]
pub struct Traces {
    /// The address that takes them, as in `http://127.0.0.1:4318/v1/traces`.
    pub endpoint: String,
    /// Of a hundred traces that no caller has decided on, so many are recorded.
    pub percent: u8,
    /// Where sending runs, until logging ends.
    pub threads: Handle,
}

/// The trace that a call's span belongs to, for the log: that of its caller.
#[cfg(not(feature = "otlp"))]
pub(crate) fn join(_: &Span, trace: Option<Trace>) -> Option<Trace> {
    trace
}
