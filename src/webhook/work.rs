//! Work that takes longer than a turn, and effects that must happen once.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, interval, sleep_until, timeout_at};

use super::shared::{Shared, key};
use super::{BoxError, Call};
use crate::store::{Claim, Found, GRACE, Key, Kind, Store, StoreError, Terms, Ticket};

/// Work is claimed for so long at a time. When its process dies, another may begin it anew after that.
const LEASE: Duration = Duration::from_secs(10);

/// How often a claim is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(3);

/// How long a result waits for the turn that picks it up: as long as Dialogflow keeps a session's data.
const KEEP_RESULT: Duration = Duration::from_secs(20 * 60);

/// How long it is remembered that an effect has happened.
const KEEP_EFFECT: Duration = Duration::from_secs(24 * 60 * 60);

/// What of the handler's time is left for making a reply of the result, or of there being none.
const FOR_THE_REPLY: Duration = Duration::from_millis(200);

/// Where work goes on when its turn is over.
pub(super) struct Workshop {
    shared: Arc<Shared>,
    threads: Handle,
    /// How many pieces are under way.
    under_way: watch::Sender<usize>,
}

impl Workshop {
    pub(super) fn new(shared: Arc<Shared>, threads: Handle) -> Self {
        Self {
            shared,
            threads,
            under_way: watch::Sender::new(0),
        }
    }

    /// Done when nothing is under way any more.
    pub(super) async fn is_idle(&self) {
        let mut under_way = self.under_way.subscribe();
        // The sender is the workshop's own, so this never fails.
        let _ = under_way.wait_for(|pieces| *pieces == 0).await;
    }

    /// Claims the key, and if it is free does the work and writes its result down. Says how the claim came out as soon as
    /// that is known. Where the shared store is away, the work is claimed in this process if `even_here`.
    fn begin(
        self: &Arc<Self>,
        key: Key,
        terms: Terms,
        even_here: bool,
        keep: Duration,
        work: impl Future<Output = Result<Bytes, BoxError>> + Send + 'static,
    ) -> oneshot::Receiver<Result<Claim, StoreError>> {
        let (claimed, claim) = oneshot::channel();
        let workshop = Arc::clone(self);
        self.threads.spawn(async move {
            let (outcome, store) = match workshop.shared.claim(&key, terms, even_here).await {
                Ok((outcome, store)) => (outcome, store),
                Err(error) => return drop(claimed.send(Err(error))),
            };
            let Claim::Mine(ticket) = outcome else {
                return drop(claimed.send(Ok(outcome)));
            };
            // Counted before it is told, so that nobody who waits for the work finds the workshop idle.
            let _piece = Piece::begin(&workshop);
            let _ = claimed.send(Ok(Claim::Mine(ticket.clone())));
            // Apart, so that a panic of the work's leaves the claim to run out.
            match renewed(store, &ticket, tokio::spawn(work)).await {
                Some(Ok(result)) => finish(store, &ticket, result, keep).await,
                Some(Err(_)) => drop(store.release(&ticket).await),
                None => {}
            }
        });
        claim
    }
}

/// Writes a result down, trying for as long as the store keeps the claim.
async fn finish(store: &dyn Store, ticket: &Ticket, result: Bytes, keep: Duration) {
    let mut pause = Duration::from_millis(50);
    while let Err(error) = store.finish(ticket, result.clone(), keep).await {
        if !error.is_transient() || pause > GRACE {
            return tracing::error!("the result of late work is lost: {error}");
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

/// What `work` comes to; meanwhile the claim is renewed. None: it panicked, and nobody knows how far it got.
async fn renewed(
    store: &dyn Store,
    ticket: &Ticket,
    mut work: tokio::task::JoinHandle<Result<Bytes, BoxError>>,
) -> Option<Result<Bytes, BoxError>> {
    let mut beat = interval(RENEW_EVERY);
    loop {
        tokio::select! {
            done = &mut work => return done.ok(),
            _ = beat.tick() => drop(store.renew(ticket, LEASE).await),
        }
    }
}

/// A piece of work under way, counted as long as it lives.
struct Piece(Arc<Workshop>);

impl Piece {
    fn begin(workshop: &Arc<Workshop>) -> Self {
        workshop.under_way.send_modify(|pieces| *pieces += 1);
        Self(Arc::clone(workshop))
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.0.under_way.send_modify(|pieces| *pieces -= 1);
    }
}

/// Why work or an effect gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// The work failed, with this text.
    #[error("the work failed: {0}")]
    Failed(String),
    /// Its result is of another type than the one it is read as: two kinds of work have the same name.
    #[error("the result is of another type: two kinds of work have the same key")]
    OtherType,
    /// The effect is under way and was not done before the deadline.
    #[error("the effect is still under way")]
    UnderWay,
    /// The effect was begun and its process died: nobody knows whether it happened, so it is not begun again.
    #[error("the effect was begun and never finished: look up whether it happened")]
    Unknown,
    /// The store that would have to remember the effect is away, so it was not begun.
    #[error("the effect was not begun: {0}")]
    Store(StoreError),
}

/// How a result is written down.
#[derive(Serialize, Deserialize)]
enum Written<T> {
    Done(T),
    Failed(String),
}

/// Work that was begun, or joined.
#[must_use = "what the work comes to is known by awaiting `before_deadline`"]
pub struct Work<T> {
    workshop: Arc<Workshop>,
    key: Key,
    claim: oneshot::Receiver<Result<Claim, StoreError>>,
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
    /// When the work failed, or its result is of another type.
    pub async fn before_deadline(self) -> Result<Option<T>, WorkError> {
        let found = timeout_at(self.until, async {
            match self.claim.await {
                Ok(Ok(Claim::Done(result))) => Ok(Found::Done(result)),
                Ok(Ok(_)) => self.workshop.shared.settled(&self.key).await,
                Ok(Err(error)) => Err(error),
                Err(_) => Ok(Found::Free),
            }
        });
        match found.await {
            Ok(Ok(Found::Done(result))) => read(&result).map(Some),
            // Free: it panicked, or the store forgot it. The next turn begins it anew.
            Ok(Ok(_)) | Err(_) => Ok(None),
            Ok(Err(error)) => Err(WorkError::Failed(error.to_string())),
        }
    }
}

fn read<T: DeserializeOwned>(result: &[u8]) -> Result<T, WorkError> {
    match serde_json::from_slice(result) {
        Ok(Written::Done(result)) => Ok(result),
        Ok(Written::Failed(text)) => Err(WorkError::Failed(text)),
        Err(_) => Err(WorkError::OtherType),
    }
}

fn written<T: Serialize>(outcome: Written<T>) -> Result<Bytes, BoxError> {
    Ok(serde_json::to_vec(&outcome)?.into())
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
        let work = async move {
            written(match work.await {
                Ok(result) => Written::Done(result),
                Err(error) => Written::Failed(error.to_string()),
            })
        };
        let claim = workshop.begin(key, Terms::leased(LEASE), true, KEEP_RESULT, work);
        Work {
            workshop,
            key,
            claim,
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
        let (failed, failure) = oneshot::channel();
        let effect = async move {
            match effect.await {
                Ok(result) => written(Written::Done(result)),
                Err(error) => {
                    let _ = failed.send(error.to_string());
                    Err(error)
                }
            }
        };
        let claim = workshop.begin(key, Terms::once(LEASE), false, KEEP_EFFECT, effect);
        let settled = async {
            match claim.await {
                Ok(Ok(Claim::Done(result))) => read(&result),
                Ok(Ok(Claim::Lost)) | Err(_) => Err(WorkError::Unknown),
                Ok(Err(error)) => Err(WorkError::Store(error)),
                Ok(Ok(Claim::Mine(_) | Claim::Running)) => match workshop.shared.settled(&key).await {
                    Ok(Found::Done(result)) => read(&result),
                    Ok(Found::Free) => Err(WorkError::Failed(failure.await.unwrap_or_default())),
                    Ok(Found::Lost | Found::Running(_)) => Err(WorkError::Unknown),
                    Err(_) => Err(WorkError::UnderWay),
                },
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
        key(kind, &[self.session().name.as_bytes(), name.as_bytes()])
    }
}

/// Done at `deadline`, or before it when the workshop is idle.
pub(super) async fn idle_or(workshop: &Workshop, deadline: Instant) {
    tokio::select! {
        () = workshop.is_idle() => {}
        () = sleep_until(deadline) => {}
    }
}
