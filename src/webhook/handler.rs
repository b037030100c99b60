//! From a user's `async fn` to something that the table can hold.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::params::ParamsError;
use super::{BoxError, Call, Event, Reply, Turn};

/// What a turn comes to: a reply that the user hears, or an event that triggers another intent.
///
/// A handler that gives now one and now the other returns `Result<Answer>` and ends with `.into()`.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Messages, or the console's own.
    Reply(Reply),
    /// A follow-up event.
    Event(Reply<Event>),
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}

impl From<Reply<Event>> for Answer {
    fn from(event: Reply<Event>) -> Self {
        Self::Event(event)
    }
}

/// What a handler may return: `Result<Reply>`, `Result<Reply<Event>>` or `Result<Answer>`, with any error type that
/// `?` turns into a boxed error.
#[diagnostic::on_unimplemented(
    message = "a handler returns `flowhook::Result<Reply>`, this one returns `{Self}`",
    label = "this handler returns `{Self}`",
    note = "a handler is an `async fn(turn: Turn<..>) -> Result<Reply>` whose last line is `Ok(Reply::text(\"..\"))`",
    note = "one that triggers an event returns `Result<Reply<Event>>`, one that does either returns `Result<Answer>`"
)]
pub trait Outcome {
    /// The answer, or why there is none.
    ///
    /// # Errors
    ///
    /// The handler's own.
    fn answer(self) -> Result<Answer, BoxError>;
}

#[diagnostic::do_not_recommend]
impl<T: Into<Answer>, E: Into<BoxError>> Outcome for Result<T, E> {
    fn answer(self) -> Result<Answer, BoxError> {
        self.map(Into::into).map_err(Into::into)
    }
}

/// What calling a handler gives: something to await, which an `async fn` makes of itself.
#[diagnostic::on_unimplemented(
    message = "a handler is an `async fn`, this one is not",
    label = "this handler is a plain function that returns `{Self}`",
    note = "write `async fn` in place of `fn`"
)]
pub trait Awaitable: Future {}

#[diagnostic::do_not_recommend]
impl<F: Future> Awaitable for F {}

/// What a handler's parameters may be: any type that serde can read, or [`NoParams`](super::NoParams).
#[diagnostic::on_unimplemented(
    message = "the parameters `{Self}` of a handler cannot be read from a request",
    label = "`{Self}` does not implement `serde::Deserialize`",
    note = "write `#[derive(Deserialize)]` above `struct {Self}`, and `use serde::Deserialize;`",
    note = "its fields must be owned (`String`, not `&str`) and implement `Deserialize` too"
)]
pub trait Parameters: DeserializeOwned + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<P: DeserializeOwned + Send + 'static> Parameters for P {}

/// Why a handler gave no answer.
#[derive(Debug)]
pub(crate) enum HandlerError {
    /// The parameters do not fit what the handler reads.
    Params(ParamsError),
    /// The handler's own error.
    Own(BoxError),
}

/// An answer under way.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Result<Answer, HandlerError>> + Send>>;

/// A hook before the handler, under way.
pub(crate) type Deciding = Pin<Box<dyn Future<Output = Result<Option<Answer>, BoxError>> + Send>>;

/// A handler whose parameters, state and return type are known to itself alone.
pub(crate) type Handler = Arc<dyn Fn(Arc<Call>) -> Answering + Send + Sync>;

pub(super) fn erase<P, App, F, Fut>(app: Arc<App>, handler: F) -> Handler
where
    P: Parameters,
    App: Send + Sync + 'static,
    F: Fn(Turn<P, App>) -> Fut + Send + Sync + 'static,
    Fut: Awaitable + Send + 'static,
    Fut::Output: Outcome,
{
    let handler = Arc::new(handler);
    Arc::new(move |call| {
        let (app, handler) = (Arc::clone(&app), Arc::clone(&handler));
        Box::pin(async move {
            let params = call.typed().map_err(HandlerError::Params)?;
            let answer = handler(Turn { params, app, call });
            answer.await.answer().map_err(HandlerError::Own)
        })
    })
}
