//! The way of spans to their collector.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry::{Context, KeyValue, global};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use reqwest::redirect::Policy;
use tokio::runtime::Handle;
use tracing::{Level, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use super::Traces;
use crate::telemetry::LogError;
use crate::webhook::{self, Trace};

/// How long the collector may take to take spans.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the end of the program waits for the last spans to be sent.
const LAST_SPANS: Duration = Duration::from_secs(2);

/// More than a collector has to say.
const MAX_ANSWER: usize = 64 * 1024;

/// Spans are sent. Dropping this sends those that are still here.
pub(in crate::telemetry) struct Sending(SdkTracerProvider);

impl Drop for Sending {
    fn drop(&mut self) {
        // Whoever is not there at the end has been told of before.
        drop(self.0.shutdown_with_timeout(LAST_SPANS));
    }
}

/// The layer that makes spans, and what sends them.
pub(in crate::telemetry) fn layer<S>(
    traces: Traces,
) -> Result<(impl Layer<S> + Send + Sync + 'static, Sending), LogError>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let unusable = |why: &dyn fmt::Display| LogError::Spans(why.to_string());
    let collector = Collector {
        client: reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|error| unusable(&error))?,
        threads: traces.threads,
        is_away: AtomicBool::new(false),
    };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(collector)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(traces.endpoint)
        .with_timeout(PATIENCE)
        .build()
        .map_err(|error| unusable(&error))?;
    let share = f64::from(traces.percent.min(100)) / 100.0;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share))))
        .with_resource(
            Resource::builder_empty()
                .with_service_name("flowhook")
                .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
                .build(),
        )
        .build();
    global::set_text_map_propagator(TraceContextPropagator::new());
    let tracer: SdkTracer = provider.tracer("flowhook");
    let layer = tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_target(false);
    // Events are the log's.
    let layer = layer.with_filter(filter_fn(|metadata| {
        metadata.is_span() && *metadata.level() <= Level::INFO
    }));
    Ok((layer, Sending(provider)))
}

/// Makes a call's span part of its caller's trace. Gives the trace for the log: with our own span if that is recorded.
pub(crate) fn join(span: &Span, trace: Option<Trace>) -> Option<Trace> {
    if let Some(caller) = trace {
        // A trace without a span of its caller's cannot be joined.
        let Some(theirs) = caller.span else {
            return trace;
        };
        let flags = if caller.is_sampled {
            TraceFlags::SAMPLED
        } else {
            TraceFlags::default()
        };
        let context = SpanContext::new(
            TraceId::from_bytes(caller.id.0.to_be_bytes()),
            SpanId::from_bytes(theirs.0.to_be_bytes()),
            flags,
            true,
            TraceState::default(),
        );
        // While nothing is sent there is no span that could have a parent.
        drop(span.set_parent(Context::new().with_remote_span_context(context)));
    }
    let context = span.context();
    let ours = context.span().span_context().clone();
    if !ours.is_valid() || !ours.is_sampled() {
        return trace;
    }
    Some(Trace {
        id: webhook::TraceId(u128::from_be_bytes(ours.trace_id().to_bytes())),
        span: Some(webhook::SpanId(u64::from_be_bytes(ours.span_id().to_bytes()))),
        is_sampled: true,
    })
}

/// Whoever takes spans.
struct Collector {
    client: reqwest::Client,
    threads: Handle,
    is_away: AtomicBool,
}

impl Collector {
    /// The first failure of a row is told, and that it is over.
    fn tell(&self, answered: &Result<Response<Bytes>, HttpError>) {
        let why = match answered {
            Ok(answer) if answer.status().is_success() => {
                if self.is_away.swap(false, Ordering::Relaxed) {
                    tracing::info!("spans are sent again");
                }
                return;
            }
            Ok(answer) => format!("the answer has status {}", answer.status().as_u16()),
            Err(error) => error.to_string(),
        };
        if !self.is_away.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                mend = "look whether `traces.endpoint` is right and its collector runs",
                "spans are lost, since they cannot be sent: {why}"
            );
        }
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Collector")
    }
}

// As the trait's macro has it.
impl HttpClient for Collector {
    fn send_bytes<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        // Whoever waits for this has no runtime of its own.
        let sent = self.threads.spawn(send(self.client.clone(), request));
        Box::pin(async move {
            let answered = sent.await.unwrap_or_else(|error| Err(error.into()));
            self.tell(&answered);
            answered
        })
    }
}

async fn send(client: reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let sent = client.execute(request.try_into()?).await;
    let mut answer = sent.map_err(reqwest::Error::without_url)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err("the answer is too long".into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Response::builder().status(answer.status()).body(body.into())?)
}
