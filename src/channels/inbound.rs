//! Handlers of what comes in by other doors, registered like those of intents.

use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::webhook::BoxError;

/// A door: what comes in by it, what a handler answers, and what else can be sent.
pub trait Door: 'static {
    /// What comes in.
    type Event: fmt::Debug + Send + 'static;
    /// What a handler answers.
    type Answer: Send + 'static;
    /// What writes to users at any time.
    type Client: Send + 'static;
    /// What it is called in the program's errors.
    const NAME: &'static str;
}

/// Something that came in, as a handler gets it. It gives everything that its event gives.
pub struct Inbound<D: Door, App = ()> {
    /// What came in.
    pub event: D::Event,
    /// The agent's own state, shared by all.
    pub app: Arc<App>,
    /// How long ago it came in: after some minutes an answer may confuse more than it helps.
    pub age: Duration,
    /// Sends whatever is more than an answer. What is answered comes once; what is sent by this, each time the handler runs.
    pub client: D::Client,
}

impl<D: Door, App> Deref for Inbound<D, App> {
    type Target = D::Event;

    fn deref(&self) -> &D::Event {
        &self.event
    }
}

/// Shows the event, which shows nothing of the user.
impl<D: Door, App> fmt::Debug for Inbound<D, App> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Inbound")
            .field("event", &self.event)
            .field("age", &self.age)
            .finish_non_exhaustive()
    }
}

/// An answer under way.
pub(crate) type Handling<D> = Pin<Box<dyn Future<Output = Result<<D as Door>::Answer, BoxError>> + Send>>;

/// A handler whose state is known to itself alone.
pub(crate) struct Handler<D: Door> {
    run: Box<Run<D>>,
}

type Run<D> = dyn Fn(<D as Door>::Event, Duration, <D as Door>::Client) -> Handling<D> + Send + Sync;

impl<D: Door> Handler<D> {
    pub(crate) fn new<App, F, Fut, A>(app: Arc<App>, handler: F) -> Self
    where
        App: Send + Sync + 'static,
        F: Fn(Inbound<D, App>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A, BoxError>> + Send + 'static,
        A: Into<D::Answer>,
    {
        let handler = Arc::new(handler);
        let run = move |event, age, client| -> Handling<D> {
            let inbound = Inbound {
                event,
                app: Arc::clone(&app),
                age,
                client,
            };
            let handler = Arc::clone(&handler);
            Box::pin(async move { handler(inbound).await.map(Into::into) })
        };
        Self { run: Box::new(run) }
    }

    pub(crate) fn run(&self, event: D::Event, age: Duration, client: D::Client) -> Handling<D> {
        (self.run)(event, age, client)
    }
}
