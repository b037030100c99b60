//! Where work goes on when its turn is over: it is claimed in a store, done on the threads for handlers, and its result written
//! down for whoever asks next.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::isolate::Threads;
use super::shared::Shared;
use super::{LateWork, Witness};
use crate::store::{Claim, Found, GRACE, Key, Lapse, MAX_RESULT, Store, StoreError, Terms, Ticket};

/// Work is claimed for so long at a time. When its process dies, another may begin it anew after that.
const LEASE: Duration = Duration::from_secs(10);

/// How often a claim is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(3);

/// How long a result waits for the turn that picks it up: as long as Dialogflow keeps a session's data.
const KEEP_RESULT: Duration = Duration::from_secs(20 * 60);

/// How long it is remembered that an effect has happened.
const KEEP_EFFECT: Duration = Duration::from_secs(24 * 60 * 60);

/// Where work goes on when its turn is over.
pub(super) struct Workshop {
    shared: Arc<Shared>,
    threads: Threads,
    witness: Option<Arc<dyn Witness>>,
}

/// What work is, and what becomes of it.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    /// How it is counted.
    kind: &'static str,
    terms: Terms,
    /// Whether it may be claimed in this process alone where the shared store is away.
    even_here: bool,
    /// How long its result is kept.
    keep: Duration,
    /// What it means that it failed: that it may be tried again, or that this is its result.
    failure_frees: bool,
}

/// Work that may be begun anew.
pub(super) const WORK: Rules = Rules {
    kind: "work",
    terms: Terms {
        lease: LEASE,
        lapse: Lapse::Frees,
    },
    even_here: true,
    keep: KEEP_RESULT,
    failure_frees: false,
};

/// Effects that must not happen twice.
pub(super) const EFFECT: Rules = Rules {
    kind: "effect",
    terms: Terms {
        lease: LEASE,
        lapse: Lapse::Loses,
    },
    even_here: false,
    keep: KEEP_EFFECT,
    failure_frees: true,
};

/// What came of asking for work.
pub(super) enum Begun {
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
pub(super) enum Ended {
    /// With a result, or a failure that is as good as one.
    Done(Bytes),
    /// With an error, and may be tried again.
    Failed(String),
    /// With a panic: nobody knows how far it got.
    Panicked,
}

impl Workshop {
    pub(super) fn new(shared: Arc<Shared>, threads: Threads, witness: Option<Arc<dyn Witness>>) -> Self {
        Self {
            shared,
            threads,
            witness,
        }
    }

    /// How many pieces are under way.
    pub(super) fn under_way(&self) -> usize {
        self.shared.under_way()
    }

    fn tell(&self, rules: Rules, what: LateWork) {
        if let Some(witness) = &self.witness {
            witness.work(rules.kind, what);
        }
    }

    /// Done when nothing is under way any more.
    pub(super) async fn is_idle(&self) {
        self.shared.is_idle().await;
    }

    /// The result of what somebody else is at, once it is there. None: it was given up.
    pub(super) async fn settled(&self, key: &Key) -> Option<Bytes> {
        loop {
            match self.shared.settled(key).await {
                Ok(Found::Done(result)) => return Some(result),
                Ok(_) => return None,
                // The store is away for a moment; who waits has a deadline.
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Claims the key, and if it is free does the work and writes its result down. Says what came of the claim as soon as
    /// that is known.
    pub(super) fn begin<T: Serialize + Send + 'static>(
        self: &Arc<Self>,
        key: Key,
        rules: Rules,
        work: impl Future<Output = Result<T, String>> + Send + 'static,
    ) -> oneshot::Receiver<Result<Begun, StoreError>> {
        let (told, begun) = oneshot::channel();
        let workshop = Arc::clone(self);
        let piece = self.shared.begin();
        self.threads.runtime().spawn(async move {
            let _piece = piece;
            let (ticket, store) = match workshop.shared.claim(&key, rules.terms, rules.even_here).await {
                Ok((Claim::Mine(ticket), store)) => (ticket, store),
                other => {
                    let begun = other.map(|(claim, _)| without_ticket(claim));
                    workshop.tell(rules, what_became(&begun));
                    return drop(told.send(begun));
                }
            };
            workshop.tell(rules, LateWork::Begun);
            let (ended, end) = oneshot::channel();
            let _ = told.send(Ok(Begun::Here(end)));
            let outcome = beside(renewing(store, &ticket), workshop.threads.see_through(work)).await;
            workshop.tell(
                rules,
                match &outcome {
                    Ok(Ok(_)) => LateWork::Done,
                    Ok(Err(_)) => LateWork::Failed,
                    Err(_) => LateWork::Panicked,
                },
            );
            let (end, result) = match outcome {
                Ok(Ok(value)) => done(Written::Done(value)),
                Ok(Err(text)) if rules.failure_frees => (Ended::Failed(text), None),
                Ok(Err(text)) => done(Written::<T>::Failed(text)),
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

fn what_became(begun: &Result<Begun, StoreError>) -> LateWork {
    match begun {
        Ok(Begun::Here(_)) => LateWork::Begun,
        Ok(Begun::Elsewhere) => LateWork::Joined,
        Ok(Begun::Done(_)) => LateWork::PickedUp,
        Ok(Begun::Lost) => LateWork::Lost,
        Err(_) => LateWork::StoreAway,
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

/// How a result is written down.
#[derive(Serialize, Deserialize)]
pub(super) enum Written<T> {
    Done(T),
    Failed(String),
}
