//! Calls that come twice. Dialogflow repeats a call on its own when the first one timed out or the connection broke; the
//! handler runs once, and both get the same answer.
//!
//! Source: the guide, "Webhook service", on retries. What identifies a repeated call is not documented: here it is the
//! whole body, in which response id and session stand. Another call of a follow-up chain has another body.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout_at};

use super::shared::{Far, Shared, key};
use super::{Answered, Call, Verdict};
use crate::store::{Claim, Found, Key, Kind, Store, Terms, Ticket};

/// A claim in this process outlives the turn's deadline by so much.
const SLACK: Duration = Duration::from_secs(1);

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
    threads: Handle,
}

impl Replay {
    pub(super) fn new(shared: Arc<Shared>, keep: Duration, threads: Handle) -> Self {
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
        turn: impl Future<Output = Answered> + Send + 'static,
        late: impl FnOnce() -> Answered + Send + 'static,
    ) -> Answered {
        // Dialogflow's calls have a response id. Whoever calls without one means every call.
        if self.keep.is_zero() || call.response_id().is_empty() {
            return turn.await;
        }
        let key = key(Kind::Replay, &[call.body()]);
        let terms = Terms::leased(until.saturating_duration_since(Instant::now()) + SLACK);
        match self.shared.near.claim(&key, terms).await {
            Ok(Claim::Mine(ticket)) => {
                let shared = Arc::clone(&self.shared);
                let first = first(shared, key, ticket, until, self.keep, turn, late);
                Unhurried {
                    turn: Some(Box::pin(first)),
                    threads: self.threads.clone(),
                }
                .await
            }
            Ok(Claim::Done(stored)) => replayed(&stored),
            Ok(Claim::Running) => match timeout_at(until, self.shared.near.wait(&key)).await {
                Ok(Ok(Found::Done(stored))) => replayed(&stored),
                _ => late(),
            },
            // Nothing can be kept just now, so the call is answered as if there were no other.
            Ok(Claim::Lost) | Err(_) => turn.await,
        }
    }
}

/// The first of the calls in this process.
async fn first(
    shared: Arc<Shared>,
    key: Key,
    ticket: Ticket,
    until: Instant,
    keep: Duration,
    turn: impl Future<Output = Answered>,
    late: impl FnOnce() -> Answered,
) -> Answered {
    let (answered, far_ticket) = match &shared.far {
        None => (turn.await, None),
        Some(far) => match first_of_all(far, &key, until).await {
            Elsewhere::Answered(answered) => (answered, None),
            Elsewhere::Late => (late(), None),
            Elsewhere::Nobody => (turn.await, None),
            Elsewhere::Claimed(ticket) => (renewed(far, &ticket, turn).await, Some(ticket)),
        },
    };
    let Some(stored) = stored(&answered) else {
        let _ = shared.near.release(&ticket).await;
        if let (Some(far), Some(ticket)) = (&shared.far, &far_ticket) {
            let _ = far.within_budget(far.store().release(ticket)).await;
        }
        return answered;
    };
    let _ = shared.near.finish(&ticket, stored.clone(), keep).await;
    if let Some(ticket) = far_ticket {
        // The answer need not wait until it is stored for others.
        tokio::spawn(async move {
            if let Some(far) = &shared.far {
                let _ = far.within_budget(far.store().finish(&ticket, stored, keep)).await;
            }
        });
    }
    answered
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

/// What the turn answers; meanwhile the claim is renewed.
async fn renewed(far: &Far, ticket: &Ticket, turn: impl Future<Output = Answered>) -> Answered {
    let mut turn = pin!(turn);
    loop {
        tokio::select! {
            answered = &mut turn => return answered,
            () = sleep(RENEW_EVERY) => drop(far.within_budget(far.store().renew(ticket, LEASE)).await),
        }
    }
}

async fn first_of_all(far: &Far, key: &Key, until: Instant) -> Elsewhere {
    loop {
        match far
            .within_budget(far.store().claim(key, Terms::leased(LEASE)))
            .await
        {
            Ok(Claim::Mine(ticket)) => return Elsewhere::Claimed(ticket),
            Ok(Claim::Done(stored)) => return Elsewhere::Answered(replayed(&stored)),
            Ok(Claim::Running) => match timeout_at(until, far.store().wait(key)).await {
                Ok(Ok(Found::Done(stored))) => return Elsewhere::Answered(replayed(&stored)),
                // Whoever had it is gone.
                Ok(Ok(_)) => {}
                Ok(Err(_)) => return Elsewhere::Nobody,
                Err(_) => return Elsewhere::Late,
            },
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
