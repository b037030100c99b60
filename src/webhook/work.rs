//! Work that takes longer than a turn, and effects that must happen once.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::shared::key;
use super::workshop::{Begun, EFFECT, Ended, WORK, Workshop, Written};
use super::{BoxError, Call, words};
use crate::store::{Key, Kind, StoreError};
use crate::wire::WebhookRequest;

/// What of the handler's time is left for making a reply of the result, or of there being none.
const FOR_THE_REPLY: Duration = Duration::from_millis(200);

/// Why work or an effect gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// The work failed, with this text, in which what the user said is withheld.
    #[error("the work failed: {0}")]
    Failed(String),
    /// Its result is of another type than the one it is read as: two kinds of work have the same name.
    #[error("the result is of another type: two kinds of work have the same key")]
    OtherType,
    /// The effect is under way and was not done before the deadline.
    #[error("the effect is still under way")]
    UnderWay,
    /// Another call was at the effect and gave it up; this one did not begin it, and may ask again.
    #[error("another call was at the effect and gave it up: ask again")]
    NotBegun,
    /// The effect was begun and its process died: nobody knows whether it happened, so it is not begun again.
    #[error("the effect was begun and never finished: look up whether it happened")]
    Unknown,
    /// The store that would have to remember the effect is away, so it was not begun.
    #[error("the effect was not begun: {0}")]
    Store(StoreError),
}

/// Work that was begun, or joined.
#[must_use = "what the work comes to is known by awaiting `before_deadline`"]
pub struct Work<T> {
    workshop: Arc<Workshop>,
    key: Key,
    begun: oneshot::Receiver<Result<Begun, StoreError>>,
    until: Instant,
    result: PhantomData<fn() -> T>,
}

impl<T> fmt::Debug for Work<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Work").finish_non_exhaustive()
    }
}

impl<T: DeserializeOwned> Work<T> {
    /// The result, or none if it is not there shortly before the handler's deadline. The work goes on then, and a later
    /// turn of the session that asks for the same key gets the result.
    ///
    /// # Errors
    ///
    /// When the work failed or panicked, or its result is of another type or cannot be kept.
    pub async fn before_deadline(self) -> Result<Option<T>, WorkError> {
        let found = timeout_at(self.until, async {
            match self.begun.await {
                Ok(Ok(Begun::Here(end))) => match end.await {
                    Ok(Ended::Done(result)) => Some(result),
                    Ok(Ended::Failed(_) | Ended::Panicked) | Err(_) => None,
                },
                Ok(Ok(Begun::Done(result))) => Some(result),
                Ok(Ok(Begun::Elsewhere)) => self.workshop.settled(&self.key).await,
                Ok(Ok(Begun::Lost) | Err(_)) | Err(_) => None,
            }
        });
        found.await.ok().flatten().map(|result| read(&result)).transpose()
    }
}

/// What work comes to, its error as the text that is kept: without what the user said on the turn that began it. Telling an
/// error is the agent's code too, so it is done where the work is.
async fn told<T>(work: impl Future<Output = Result<T, BoxError>>, body: Bytes) -> Result<T, String> {
    work.await.map_err(|error| {
        let request = WebhookRequest::parse(&body).expect("the body was read as a request before");
        words::withhold(&error.to_string(), &Call::new(request, body))
    })
}

fn read<T: DeserializeOwned>(result: &[u8]) -> Result<T, WorkError> {
    match serde_json::from_slice(result) {
        Ok(Written::Done(result)) => Ok(result),
        Ok(Written::Failed(text)) => Err(WorkError::Failed(text)),
        Err(_) => Err(WorkError::OtherType),
    }
}

impl Call {
    /// Begins work that may take longer than the turn, or joins it where this session has begun work under that key before.
    /// It goes on when the turn is over; a later turn, on any instance that shares the store, joins it in the same way.
    /// Results and errors are kept for 20 minutes.
    ///
    /// ```
    /// # use flowhook::{Reply, Result, Turn};
    /// # async fn ask_the_airline() -> Result<u32> { Ok(99) }
    /// async fn price(turn: Turn) -> Result<Reply> {
    ///     let price = turn.keep_working("price", ask_the_airline()).before_deadline().await?;
    ///     Ok(match price {
    ///         Some(price) => Reply::text(format!("That is {price} euros.")),
    ///         None => Reply::text("I am still asking the airline. Shall I look again?").chips(["Look again"]),
    ///     })
    /// }
    /// ```
    ///
    /// When the program is told to stop, work gets what is left of the grace. What is not done by then, or when the process
    /// dies, is begun anew by the next turn that asks for it, once its lease of 10 seconds is over: for what must not be
    /// begun twice there is [`once`](Self::once).
    pub fn keep_working<T, F>(&self, key: &str, work: F) -> Work<T>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Future<Output = Result<T, BoxError>> + Send + 'static,
    {
        let workshop = Arc::clone(self.workshop());
        let key = self.key(Kind::Work, key);
        let begun = workshop.begin(key, WORK, told(work, self.body().clone()));
        Work {
            workshop,
            key,
            begun,
            until: self.reply_by(),
            result: PhantomData,
        }
    }

    /// Does something that must not be done twice, such as a payment, once for this session and key: however often the call
    /// or others ask for it, on any instance that shares the store. Whoever asks later gets the first result, for a day.
    ///
    /// An effect that fails with an error is taken not to have happened, and may be tried again. If you cannot tell, return
    /// what you know as a result. It goes on when the turn is over.
    ///
    /// # Errors
    ///
    /// When the effect fails, is not done before the deadline, was begun by a process that died, or cannot be remembered
    /// because the store is away; then it was not begun.
    pub async fn once<T, F>(&self, key: &str, effect: F) -> Result<T, WorkError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Future<Output = Result<T, BoxError>> + Send + 'static,
    {
        let workshop = Arc::clone(self.workshop());
        let key = self.key(Kind::Once, key);
        let begun = workshop.begin(key, EFFECT, told(effect, self.body().clone()));
        let settled = async {
            match begun.await {
                Ok(Ok(Begun::Here(end))) => match end.await {
                    Ok(Ended::Done(result)) => read(&result),
                    Ok(Ended::Failed(text)) => Err(WorkError::Failed(text)),
                    Ok(Ended::Panicked) | Err(_) => Err(WorkError::Unknown),
                },
                Ok(Ok(Begun::Done(result))) => read(&result),
                Ok(Ok(Begun::Elsewhere)) => match workshop.settled(&key).await {
                    Some(result) => read(&result),
                    None => Err(WorkError::NotBegun),
                },
                Ok(Ok(Begun::Lost)) | Err(_) => Err(WorkError::Unknown),
                Ok(Err(error)) => Err(WorkError::Store(error)),
            }
        };
        timeout_at(self.reply_by(), settled)
            .await
            .unwrap_or(Err(WorkError::UnderWay))
    }

    /// Until when a handler must know what to say.
    fn reply_by(&self) -> Instant {
        self.deadline()
            .checked_sub(FOR_THE_REPLY)
            .unwrap_or_else(|| self.deadline())
    }

    fn key(&self, kind: Kind, name: &str) -> Key {
        key(kind, &[self.session_name().as_bytes(), name.as_bytes()])
    }
}
