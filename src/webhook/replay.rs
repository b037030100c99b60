//! Calls that come twice. Dialogflow repeats a call on its own when the first one timed out or the connection broke; the
//! handler runs once, and both get the same answer.
//!
//! Source: the guide, "Webhook service", on retries. What identifies a repeated call is not documented: here it is the
//! whole body, in which response id and session stand. Another call of a follow-up chain has another body.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

use super::isolate::Threads;
use super::shared::{Far, Shared, key};
use super::{Answered, Call, Verdict};
use crate::store::{Claim, Found, Key, Kind, Store, Terms, Ticket};

/// A claim in this process ends with the turn that has it, or with the process.
const HERE: Duration = Duration::from_secs(60 * 60);

/// A claim that other processes see is renewed as long as its turn runs. When the process dies, another takes the call over
/// after this time, and still has some left to answer it.
const LEASE: Duration = Duration::from_millis(1_500);

/// How often such a claim is renewed.
const RENEW_EVERY: Duration = Duration::from_millis(500);

/// Answers each call once.
pub(super) struct Replay {
    shared: Arc<Shared>,
    /// How long an answer is kept for the call's repetition; zero for not at all.
    keep: Duration,
    threads: Threads,
}

impl Replay {
    pub(super) fn new(shared: Arc<Shared>, keep: Duration, threads: Threads) -> Self {
        Self {
            shared,
            keep,
            threads,
        }
    }

    /// What `turn` answers, or what it answered before, or what it will have answered by `until` where it is running now;
    /// what `late` says if it will not.
    pub(super) async fn answer(
        &self,
        call: &Call,
        until: Instant,
        turn: BoxFuture<'static, Answered>,
        late: impl FnOnce() -> Answered + Send + 'static,
    ) -> Answered {
        // Dialogflow's calls have a response id. Whoever calls without one means every call.
        if self.keep.is_zero() || call.response_id().is_empty() {
            return turn.await;
        }
        let key = key(Kind::Replay, &[call.body()]);
        match self.shared.calls.claim_now(&key, Terms::leased(HERE)) {
            Ok(Claim::Mine(ticket)) => {
                let held = Held {
                    shared: Arc::clone(&self.shared),
                    ticket: Some(ticket),
                };
                let first = first(held, self.threads.clone(), key, until, self.keep, turn, late);
                Unhurried {
                    turn: Some(Box::pin(first)),
                    threads: self.threads.runtime(),
                }
                .await
            }
            Ok(Claim::Done(stored)) => replayed(&stored),
            Ok(Claim::Running) => match timeout_at(until, self.shared.calls.wait(&key)).await {
                Ok(Ok(Found::Done(stored))) => joined(&stored),
                _ => late(),
            },
            // Nothing can be kept just now, so the call is answered as if there were no other.
            Ok(Claim::Lost) | Err(_) => turn.await,
        }
    }
}

/// A claim in this process, which is given back unless it is finished.
struct Held {
    shared: Arc<Shared>,
    ticket: Option<Ticket>,
}

impl Held {
    fn finish(mut self, stored: Bytes, keep: Duration) {
        let Some(ticket) = &self.ticket else { return };
        if self.shared.calls.finish_now(ticket, stored, keep).is_ok() {
            self.ticket = None;
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.shared.calls.release_now(&ticket);
        }
    }
}

/// The first of the calls in this process.
async fn first(
    held: Held,
    threads: Threads,
    key: Key,
    until: Instant,
    keep: Duration,
    turn: BoxFuture<'static, Answered>,
    late: impl FnOnce() -> Answered,
) -> Answered {
    let shared = Arc::clone(&held.shared);
    let (answered, far_ticket) = match &shared.far {
        None => (turn.await, None),
        // Boxed, for few programs share a store, and all would make room for it at each call.
        Some(far) => match Box::pin(first_of_all(far, &key, until)).await {
            Elsewhere::Answered(answered) => (answered, None),
            Elsewhere::Late => (late(), None),
            Elsewhere::Nobody => (turn.await, None),
            Elsewhere::Claimed(ticket) => {
                let beat = Beat::start(&shared, &threads, ticket.clone());
                let answered = turn.await;
                drop(beat);
                (answered, Some(ticket))
            }
        },
    };
    let stored = stored(&answered);
    if let Some(ticket) = far_ticket {
        // The answer need not wait until others can see it, but the program's end does.
        let (piece, shared, stored) = (shared.begin(), Arc::clone(&shared), stored.clone());
        threads.runtime().spawn(async move {
            let Some(far) = &shared.far else { return };
            let _ = match stored {
                Some(stored) => far.within_budget(far.store().finish(&ticket, stored, keep)).await,
                None => far.within_budget(far.store().release(&ticket)).await,
            };
            drop(piece);
        });
    }
    if let Some(stored) = stored {
        held.finish(stored, keep);
    }
    answered
}

/// Renews a claim that others see, apart from the turn that has it, so that neither waits for the other.
struct Beat(JoinHandle<()>);

impl Beat {
    fn start(shared: &Arc<Shared>, threads: &Threads, ticket: Ticket) -> Self {
        let shared = Arc::clone(shared);
        Self(threads.runtime().spawn(async move {
            let Some(far) = &shared.far else { return };
            loop {
                sleep(RENEW_EVERY).await;
                let _ = far.within_budget(far.store().renew(&ticket, LEASE)).await;
            }
        }))
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// How a call stands in the other processes.
enum Elsewhere {
    /// It is this process's.
    Claimed(Ticket),
    /// Another process has answered it.
    Answered(Answered),
    /// Another process was at it, and is not done in time.
    Late,
    /// Nobody can tell.
    Nobody,
}

async fn first_of_all(far: &Far, key: &Key, until: Instant) -> Elsewhere {
    let mut others_until = None;
    loop {
        match far
            .within_budget(far.store().claim(key, Terms::leased(LEASE)))
            .await
        {
            Ok(Claim::Mine(ticket)) => return Elsewhere::Claimed(ticket),
            Ok(Claim::Done(stored)) => return Elsewhere::Answered(replayed(&stored)),
            Ok(Claim::Running) => {
                others_until = Some(Instant::now() + LEASE);
                match timeout_at(until, far.store().wait(key)).await {
                    Ok(Ok(Found::Done(stored))) => return Elsewhere::Answered(joined(&stored)),
                    // Whoever had it is gone, or the store is: ask again.
                    Ok(_) => {}
                    Err(_) => return Elsewhere::Late,
                }
            }
            // While another process may be at it, the store is given the time to come back.
            Err(_) if others_until.is_some_and(|others| Instant::now() < others.min(until)) => {
                sleep(Duration::from_millis(50)).await;
            }
            Ok(Claim::Lost) | Err(_) => return Elsewhere::Nobody,
        }
    }
}

/// What is stored of an answer: a failure stays a failure. None for what the next call should try again.
fn stored(answered: &Answered) -> Option<Bytes> {
    let is_stopping = answered
        .failure
        .as_ref()
        .is_some_and(|failed| failed.kind == "stopping");
    if is_stopping {
        return None;
    }
    Some(match &answered.verdict {
        Verdict::Reply(reply) => {
            let mut stored = BytesMut::with_capacity(reply.len() + 1);
            stored.put_u8(b'R');
            stored.extend_from_slice(reply);
            stored.freeze()
        }
        Verdict::NoHandler => Bytes::from_static(b"N"),
        Verdict::Failed => Bytes::from_static(b"F"),
        Verdict::Unavailable => Bytes::from_static(b"U"),
        Verdict::NotARequest(_) => return None,
    })
}

/// The answer of a call that was still running.
fn joined(stored: &Bytes) -> Answered {
    Answered {
        was_running: true,
        ..replayed(stored)
    }
}

fn replayed(stored: &Bytes) -> Answered {
    let verdict = match stored.first() {
        Some(b'R') => Verdict::Reply(stored.slice(1..)),
        Some(b'N') => Verdict::NoHandler,
        Some(b'F') => Verdict::Failed,
        _ => Verdict::Unavailable,
    };
    Answered {
        is_replayed: true,
        ..Answered::of(verdict)
    }
}

/// A turn that goes on when its caller leaves: Dialogflow leaves when it has waited for long enough, and calls again.
struct Unhurried<T: Send + 'static> {
    turn: Option<BoxFuture<'static, T>>,
    threads: Handle,
}

impl<T: Send + 'static> Future for Unhurried<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let turn = self.turn.as_mut().expect("a turn is not polled after its end");
        let polled = turn.as_mut().poll(context);
        if polled.is_ready() {
            self.turn = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Unhurried<T> {
    fn drop(&mut self) {
        if let Some(turn) = self.turn.take() {
            self.threads.spawn(turn);
        }
    }
}
