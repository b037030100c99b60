//! Work that takes longer than a turn, and effects that must happen once.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::isolate::Threads;
use super::shared::{Shared, key};
use super::{BoxError, Call};
use crate::store::{Claim, Found, GRACE, Key, Kind, Lapse, MAX_RESULT, Store, StoreError, Terms, Ticket};

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
    threads: Threads,
}

/// What work is, and what becomes of it.
#[derive(Clone, Copy)]
struct Rules {
    terms: Terms,
    /// Whether it may be claimed in this process alone where the shared store is away.
    even_here: bool,
    /// How long its result is kept.
    keep: Duration,
    /// What it means that it failed: that it may be tried again, or that this is its result.
    failure_frees: bool,
}

/// Work that may be begun anew.
const WORK: Rules = Rules {
    terms: Terms {
        lease: LEASE,
        lapse: Lapse::Frees,
    },
    even_here: true,
    keep: KEEP_RESULT,
    failure_frees: false,
};

/// Effects that must not happen twice.
const EFFECT: Rules = Rules {
    terms: Terms {
        lease: LEASE,
        lapse: Lapse::Loses,
    },
    even_here: false,
    keep: KEEP_EFFECT,
    failure_frees: true,
};

/// What came of asking for work.
enum Begun {
    /// It is under way here, and this is told when it is over.
    Here(oneshot::Receiver<Ended>),
    /// Somebody else is at it.
    Elsewhere,
    /// It is done.
    Done(Bytes),
    /// It was begun, and nobody knows how it ended.
    Lost,
}

/// How work that was begun here ended.
enum Ended {
    /// With a result, or a failure that is as good as one.
    Done(Bytes),
    /// With an error, and may be tried again.
    Failed(String),
    /// With a panic: nobody knows how far it got.
    Panicked,
}

impl Workshop {
    pub(super) fn new(shared: Arc<Shared>, threads: Threads) -> Self {
        Self { shared, threads }
    }

    /// Done when nothing is under way any more.
    pub(super) async fn is_idle(&self) {
        self.shared.is_idle().await;
    }

    /// Claims the key, and if it is free does the work and writes its result down. Says what came of the claim as soon as
    /// that is known.
    fn begin<T: Serialize + Send + 'static>(
        self: &Arc<Self>,
        key: Key,
        rules: Rules,
        work: impl Future<Output = Result<T, BoxError>> + Send + 'static,
    ) -> oneshot::Receiver<Result<Begun, StoreError>> {
        let (told, begun) = oneshot::channel();
        let workshop = Arc::clone(self);
        let piece = self.shared.begin();
        self.threads.runtime().spawn(async move {
            let _piece = piece;
            let (ticket, store) = match workshop.shared.claim(&key, rules.terms, rules.even_here).await {
                Ok((Claim::Mine(ticket), store)) => (ticket, store),
                other => return drop(told.send(other.map(|(claim, _)| without_ticket(claim)))),
            };
            let (ended, end) = oneshot::channel();
            let _ = told.send(Ok(Begun::Here(end)));
            let outcome = beside(renewing(store, &ticket), workshop.threads.see_through(work)).await;
            let (end, result) = match outcome {
                Ok(Ok(value)) => done(Written::Done(value)),
                Ok(Err(error)) if rules.failure_frees => (Ended::Failed(error.to_string()), None),
                Ok(Err(error)) => done(Written::<T>::Failed(error.to_string())),
                // What may be begun anew has failed; of what may not, nobody knows.
                Err(place) if rules.terms.lapse == Lapse::Frees => {
                    done(Written::<T>::Failed(format!("it panicked {place}")))
                }
                Err(place) => {
                    tracing::error!(
                        "an effect that must happen once panicked {place}: look up whether it happened"
                    );
                    return drop(ended.send(Ended::Panicked));
                }
            };
            let _ = ended.send(end);
            match result {
                Some(result) => persist(|| store.finish(&ticket, result.clone(), rules.keep)).await,
                None => persist(|| store.release(&ticket)).await,
            }
        });
        begun
    }
}

fn without_ticket(claim: Claim) -> Begun {
    match claim {
        Claim::Done(result) => Begun::Done(result),
        Claim::Lost => Begun::Lost,
        Claim::Running | Claim::Mine(_) => Begun::Elsewhere,
    }
}

/// A result as it is told, and as it is stored. One that cannot be written, or is too large, is a failure of the work's; it
/// is kept even so, for the work was done.
fn done<T: Serialize>(outcome: Written<T>) -> (Ended, Option<Bytes>) {
    let written = match serde_json::to_vec(&outcome) {
        Ok(written) if written.len() <= MAX_RESULT => written,
        Ok(written) => failed(format!(
            "its result has {} bytes, more than the {MAX_RESULT} that are kept",
            written.len()
        )),
        Err(_) => failed("its result cannot be written as JSON".to_owned()),
    };
    let written = Bytes::from(written);
    (Ended::Done(written.clone()), Some(written))
}

fn failed(text: String) -> Vec<u8> {
    tracing::error!("late work failed: {text}");
    serde_json::to_vec(&Written::<()>::Failed(text)).expect("a text can be written")
}

/// Renews a claim, for as long as it is polled.
async fn renewing(store: &dyn Store, ticket: &Ticket) -> Infallible {
    loop {
        sleep(RENEW_EVERY).await;
        let _ = timeout(RENEW_EVERY, store.renew(ticket, LEASE)).await;
    }
}

/// What `work` comes to; the other goes on beside it.
async fn beside<T>(other: impl Future<Output = Infallible>, work: impl Future<Output = T>) -> T {
    tokio::select! {
        never = other => match never {},
        done = work => done,
    }
}

/// Tells the store something, trying for as long as it keeps the claim.
async fn persist<F: Future<Output = Result<(), StoreError>>>(tell: impl Fn() -> F) {
    let mut pause = Duration::from_millis(50);
    while let Err(error) = tell().await {
        if !error.is_transient() || pause > GRACE {
            return tracing::error!("how late work ended is not remembered: {error}");
        }
        sleep(pause).await;
        pause *= 2;
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

impl Workshop {
    /// The result of what somebody else is at, once it is there. None: it was given up.
    async fn settled(&self, key: &Key) -> Option<Bytes> {
        loop {
            match self.shared.settled(key).await {
                Ok(Found::Done(result)) => return Some(result),
                Ok(_) => return None,
                // The store is away for a moment; who waits has a deadline.
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
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
        let begun = workshop.begin(key, WORK, work);
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
        let begun = workshop.begin(key, EFFECT, effect);
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
        key(kind, &[self.session().name.as_bytes(), name.as_bytes()])
    }
}
