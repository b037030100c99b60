//! Speaking in one space: at a pace that Chat allows, several texts at once, and silent for a while when Chat wants that.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::sync::oneshot::error::TryRecvError;
use tokio::sync::{Mutex as Turns, oneshot};
use tokio::time::{Instant, sleep_until};

use super::error::{Error, Verdict, verdict};
use super::letter::{Letter, request_id};
use super::target::Target;
use crate::channels::look;
use crate::channels::worker::random_share;
use crate::google::{self, Account, Call, Client, Code, Credentials};

/// Between two writes to a space. All who write to it share 60 in 60 seconds. Source: Chat's limits on usage.
const PACE: Duration = Duration::from_secs(1);

/// The shortest and the longest pause after a refusal: the longest is the time over which Chat counts.
const PAUSES: (f64, f64) = (1.0, 60.0);

/// A pause that is worth waiting for; for a longer one a message goes back into the queue.
const SHORT: Duration = Duration::from_secs(5);

/// How often a message whose answer was lost is sent in a row, with the same id.
const REPEATS: u32 = 3;

/// How often in a row Chat may break over a message before it is given up.
const BREAKS: u32 = 5;

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What Chat said of a message that it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The message's name, as in `spaces/AAAA/messages/BBBB`; none if it was taken before.
    pub message: Option<String>,
    /// The thread's name, as in `spaces/AAAA/threads/CCCC`.
    pub thread: Option<String>,
}

impl Receipt {
    fn of(answer: &Value) -> Self {
        Self {
            message: look::owned(answer, "name"),
            thread: look::owned(answer, "thread.name"),
        }
    }
}

/// What all webhooks of one space share: whose turn it is, and how long nobody's.
#[derive(Default)]
pub(super) struct Floor {
    /// Who has it writes; in it, when somebody last wrote.
    turn: Turns<Option<Instant>>,
    closed: Mutex<Closed>,
}

#[derive(Default)]
struct Closed {
    until: Option<Instant>,
    /// How often in a row Chat has refused.
    refusals: u32,
    /// How often in a row something broke at Chat's.
    breaks: u32,
}

impl Floor {
    fn closed(&self) -> MutexGuard<'_, Closed> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For how long nobody is to write.
    fn closed_for(&self) -> Duration {
        let until = self.closed().until;
        until.map_or(Duration::ZERO, |until| {
            until.saturating_duration_since(Instant::now())
        })
    }

    /// Lets nobody write for a random time, up to one that doubles with every refusal, and not before Chat says.
    fn close(&self, asked: Option<Duration>) -> Duration {
        let mut closed = self.closed();
        closed.refusals = closed.refusals.saturating_add(1);
        let (shortest, longest) = PAUSES;
        let doubled = 2_f64.powi(closed.refusals.min(16).cast_signed()).min(longest);
        let pause = shortest + (doubled - shortest) * random_share();
        let pause = Duration::from_secs_f64(pause).max(asked.unwrap_or_default());
        closed.until = Some(Instant::now() + pause);
        pause
    }

    fn open(&self) {
        *self.closed() = Closed::default();
    }

    /// Counts that something broke at Chat's, and says whether that is enough.
    fn breaks_again(&self) -> bool {
        let mut closed = self.closed();
        closed.breaks += 1;
        let is_enough = closed.breaks >= BREAKS;
        if is_enough {
            closed.breaks = 0;
        }
        is_enough
    }
}

/// Asks Chat to take a letter, with that request id.
pub(super) type Ask =
    dyn Fn(&Target, &Letter, String) -> BoxFuture<'static, Result<Value, google::Error>> + Send + Sync;

/// Asks Chat itself. Nobody's credentials are shown: those are in the URL.
pub(super) fn chat() -> Arc<Ask> {
    let nobody = Credentials::new(&Account::Nobody, "").expect("nobody needs no credentials");
    let client = Client::new(nobody);
    Arc::new(move |target, letter, request_id| {
        let (client, target, letter) = (client.clone(), target.clone(), letter.clone());
        async move { client.call(call(&target, letter, request_id)).await }.boxed()
    })
}

fn call(target: &Target, letter: Letter, request_id: String) -> Call<'_> {
    let path = ["v1", "spaces", &target.space, "messages"];
    let mut call = Call::post("send the message", &target.endpoint, path)
        .query("key", target.key.expose_secret())
        .query("token", target.token.expose_secret())
        .query("requestId", request_id)
        .within(PATIENCE);
    if let Some(option) = letter.reply_option() {
        call = call.query("messageReplyOption", option);
    }
    call.json(Value::Object(letter.body))
}

/// A space that the settings name.
pub(super) struct Space {
    pub(super) name: String,
    pub(super) target: Target,
    ask: Arc<Ask>,
    floor: Arc<Floor>,
    waiting: Mutex<Vec<Waiting>>,
    disabled: Mutex<Option<Code>>,
}

impl fmt::Debug for Space {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.name, self.target)
    }
}

/// A letter that waits to be sent.
struct Waiting {
    /// The lower, the earlier.
    place: i64,
    key: [u8; 32],
    letter: Letter,
    outcome: oneshot::Sender<Result<Receipt, Error>>,
}

impl Space {
    pub(super) fn new(name: &str, target: Target, floor: Arc<Floor>, ask: Arc<Ask>) -> Self {
        Self {
            name: name.to_owned(),
            target,
            ask,
            floor,
            waiting: Mutex::default(),
            disabled: Mutex::default(),
        }
    }

    /// Sends a letter when its turn has come, perhaps together with others that wait, and says what became of it. Chat knows a repetition
    /// by the key.
    pub(super) async fn say(&self, place: i64, key: [u8; 32], letter: Letter) -> Result<Receipt, Error> {
        self.may_speak()?;
        let (outcome, mut heard) = oneshot::channel();
        self.waiting().push(Waiting {
            place,
            key,
            letter,
            outcome,
        });
        let mut last = tokio::select! {
            biased;
            heard = &mut heard => return heard.unwrap_or(Err(Error::Interrupted)),
            turn = self.floor.turn.lock() => turn,
        };
        // Whoever has the turn speaks for all, until it has spoken for itself.
        loop {
            match heard.try_recv() {
                Ok(heard) => return heard,
                Err(TryRecvError::Closed) => return Err(Error::Interrupted),
                Err(TryRecvError::Empty) => {}
            }
            self.may_speak()?;
            self.wait_for(*last).await;
            if let Some((letter, batch)) = self.next() {
                self.send(letter, batch, &mut last).await;
            }
        }
    }

    /// Whether it is worth waiting for a turn.
    fn may_speak(&self) -> Result<(), Error> {
        if let Some(code) = *self.disabled.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(Error::Disabled(code));
        }
        match self.floor.closed_for() {
            after if after > SHORT => Err(Error::Held { after }),
            _ => Ok(()),
        }
    }

    /// Waits until a write is allowed.
    async fn wait_for(&self, last: Option<Instant>) {
        let pace = last.map_or_else(Instant::now, |last| last + PACE);
        sleep_until(pace.max(Instant::now() + self.floor.closed_for())).await;
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The letter that has waited longest, with those that can go in one with it; and all who wait for it.
    fn next(&self) -> Option<(Letter, Vec<Waiting>)> {
        let mut waiting = self.waiting();
        waiting.retain(|waiting| !waiting.outcome.is_closed());
        waiting.sort_by_key(|waiting| waiting.place);
        let mut rest = Vec::new();
        let mut all = waiting.drain(..);
        let first = all.next()?;
        let (mut letter, mut batch) = (first.letter.clone(), vec![first]);
        for one in all {
            match letter.and(&one.letter) {
                Some(both) => {
                    letter = both;
                    batch.push(one);
                }
                None => rest.push(one),
            }
        }
        *waiting = rest;
        Some((letter, batch))
    }

    /// Sends what goes together as one letter, and tells each what became of it. If Chat refuses it for good, each is sent by itself, so
    /// that only the one that is at fault is lost.
    async fn send(&self, letter: Letter, batch: Vec<Waiting>, last: &mut Option<Instant>) {
        let keys: Vec<_> = batch.iter().map(|one| one.key).collect();
        let outcome = self.post(letter, &keys, last).await;
        if batch.len() == 1 || !matches!(outcome, Err(Error::Refused(_))) {
            for one in batch {
                // Who waited for it may be gone.
                let _ = one.outcome.send(outcome.clone());
            }
            return;
        }
        for one in batch {
            let outcome = match self.may_speak() {
                Ok(()) => {
                    self.wait_for(*last).await;
                    self.post(one.letter, &[one.key], last).await
                }
                Err(error) => Err(error),
            };
            let _ = one.outcome.send(outcome);
        }
    }

    /// Posts a letter, and does what the table of errors says.
    async fn post(
        &self,
        mut letter: Letter,
        keys: &[[u8; 32]],
        last: &mut Option<Instant>,
    ) -> Result<Receipt, Error> {
        let mut form = 0;
        let mut sent = 0;
        loop {
            sent += 1;
            let answer = (self.ask)(&self.target, &letter, request_id(keys, form)).await;
            // Only now: Chat counts writes when they come in, and this one may have been on its way for long.
            *last = Some(Instant::now());
            let error = match answer {
                Ok(answer) => {
                    self.floor.open();
                    return Ok(Receipt::of(&answer));
                }
                Err(error) => error,
            };
            match verdict(&error) {
                Verdict::Sent => {
                    self.floor.open();
                    return Ok(Receipt::default());
                }
                Verdict::Repeat if sent < REPEATS => {}
                Verdict::Gone if letter.only_in_thread => {
                    letter = letter.anywhere();
                    (form, sent) = (form + 1, 0);
                }
                Verdict::Leave => return Err(Error::Refused(error)),
                Verdict::WaitAFewTimes if self.floor.breaks_again() => return Err(Error::Refused(error)),
                Verdict::Repeat | Verdict::Wait | Verdict::WaitAFewTimes => {
                    let after = self.floor.close(error.retry_after);
                    return Err(Error::NotNow { error, after });
                }
                Verdict::Gone | Verdict::Shut => return Err(self.disable(&error)),
            }
            self.wait_for(*last).await;
        }
    }

    /// Uses the webhook no more, and says so once.
    fn disable(&self, error: &google::Error) -> Error {
        let code = error.code().unwrap_or(Code::Unknown);
        let mut disabled = self.disabled.lock().unwrap_or_else(PoisonError::into_inner);
        if disabled.replace(code).is_none() {
            let (name, target) = (&self.name, &self.target);
            tracing::error!(
                space = %name, %target, code = code.name(),
                mend = format!(
                    "make a new webhook in the space, put its URL into `chat.spaces.{name}.url`, start again, then `flowhook queue retry`"
                ),
                "the webhook of the Chat space `{name}` is switched off until the program is started again: {error}"
            );
        }
        Error::Disabled(code)
    }
}
