//! The spaces that the settings name, and the queue between who tells them something and Chat.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep, timeout};

use super::error::Error;
use super::letter::Letter;
use super::space::{Ask, Floor, Receipt, Space, chat};
use super::{Message, Target};
use crate::channels::Id;
use crate::channels::worker::{Failed, Patience, Ran, Worker};
use crate::store::queue::{Job, Lane, NewJob, Queue, fingerprint};

/// The kind of the jobs that send messages.
pub const KIND: &str = "chat.message";

/// How long a message is tried to be sent.
pub const KEPT_TRYING: Duration = Duration::from_secs(15 * 60);

/// How long a turn may wait for the store.
const STORE: Duration = Duration::from_secs(2);

/// Chat spaces by name. Cheap to clone: all clones are one.
///
/// The program's own are those of the settings: `settings.spaces()`.
#[derive(Clone, Default)]
pub struct Spaces(Arc<Inner>);

#[derive(Default)]
struct Inner {
    spaces: BTreeMap<String, Arc<Space>>,
    queue: OnceLock<Arc<dyn Queue>>,
}

/// What a job holds.
#[derive(Serialize, Deserialize)]
struct Post {
    space: String,
    letter: Letter,
}

impl Spaces {
    /// These, by name.
    #[must_use]
    pub fn new(targets: impl IntoIterator<Item = (String, Target)>) -> Self {
        Self::asking(targets, &chat())
    }

    pub(super) fn asking(targets: impl IntoIterator<Item = (String, Target)>, ask: &Arc<Ask>) -> Self {
        // What two webhooks of one space may write is counted together.
        let mut floors: HashMap<String, Arc<Floor>> = HashMap::new();
        let spaces = targets.into_iter().map(|(name, target)| {
            let floor = Arc::clone(floors.entry(target.space()).or_default());
            let space = Space::new(&name, target, floor, Arc::clone(ask));
            (name, Arc::new(space))
        });
        Self(Arc::new(Inner {
            spaces: spaces.collect(),
            queue: OnceLock::new(),
        }))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.spaces.is_empty()
    }

    /// Whether there is one of that name, for an agent that tells a space only where there is one.
    #[must_use]
    pub fn has(&self, space: &str) -> bool {
        self.0.spaces.contains_key(space)
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.spaces.keys().map(String::as_str)
    }

    /// From now on, messages are put into this queue. Whoever serves does that once; what runs the jobs is [`on`](Self::on).
    pub fn through(&self, queue: Arc<dyn Queue>) {
        // The first one stays.
        let _ = self.0.queue.set(queue);
    }

    /// The worker, which sends what is in the queue. What Chat does not take is tried again for [`KEPT_TRYING`].
    #[must_use]
    pub fn on(&self, worker: Worker) -> Worker {
        let spaces = self.clone();
        worker.on(KIND, patience(), move |job| {
            let spaces = spaces.clone();
            async move { spaces.run(&job).await }
        })
    }

    /// Sends a message. When this answers, it is as safe as the store is, and the worker does the rest. Where there is no queue, as in
    /// `flowhook ask`, it is sent at once, and what Chat says is waited for.
    ///
    /// # Errors
    ///
    /// When there is no such space, Chat would refuse the message, or it cannot be put into the queue within two seconds. A reply should
    /// not depend on it: log the error, and answer the user.
    pub async fn send(&self, space: &str, message: impl Into<Message>) -> Result<(), Error> {
        let message = message.into();
        let space = self.space(space)?;
        let letter = message.letter(&space.target)?;
        let key = key(&space.name, &message);
        let Some(queue) = self.0.queue.get() else {
            return space.say(0, key, letter).await.map(drop);
        };
        let post = Post {
            space: space.name.clone(),
            letter,
        };
        let payload = serde_json::to_vec(&post).expect("texts and JSON are JSON");
        let job = NewJob::new(KIND, lane(&space.name), key, payload).from("chat");
        timeout(STORE, queue.put(vec![job]))
            .await
            .map_err(|_| Error::StoreIsSlow)??;
        Ok(())
    }

    /// Sends a message now, without the queue, and waits for what Chat says. What Chat does not take is tried again for that long.
    ///
    /// # Errors
    ///
    /// When there is no such space, the message does not fit, or Chat did not take it in that time.
    pub async fn deliver(
        &self,
        space: &str,
        message: impl Into<Message>,
        patience: Duration,
    ) -> Result<Receipt, Error> {
        let message = message.into();
        let space = self.space(space)?;
        let letter = message.letter(&space.target)?;
        let key = key(&space.name, &message);
        let end = Instant::now() + patience;
        loop {
            let error = match space.say(0, key, letter.clone()).await {
                Ok(receipt) => return Ok(receipt),
                Err(error) => error,
            };
            match error.retry_after() {
                Some(after) if Instant::now() + after <= end => sleep(after).await,
                _ => return Err(error),
            }
        }
    }

    /// The target of a space, to show it: no secret is in what it shows.
    #[must_use]
    pub fn target(&self, space: &str) -> Option<&Target> {
        self.0.spaces.get(space).map(|space| &space.target)
    }

    fn space(&self, name: &str) -> Result<&Arc<Space>, Error> {
        let space = self.0.spaces.get(name);
        space.ok_or_else(|| Error::NoSuchSpace(name.to_owned()))
    }

    pub(super) async fn run(&self, job: &Job) -> Ran {
        let post: Post = serde_json::from_slice(&job.payload)
            .map_err(|_| Failed::not_understood("no message of this version's"))?;
        let space = self.space(&post.space)?;
        space.say(job.ticket.id(), job.key, post.letter).await?;
        Ok(Vec::new())
    }
}

/// How a message is tried to be sent.
pub(super) fn patience() -> Patience {
    Patience {
        // The age decides: a message that is held back counts as an attempt too.
        attempts: 10_000,
        age: KEPT_TRYING,
        // Chat or the space says when.
        first: Duration::ZERO,
        longest: Duration::ZERO,
        attempt: Duration::from_secs(120),
    }
}

/// What tells the message from others: what it was said to be, else nothing that comes again.
fn key(space: &str, message: &Message) -> [u8; 32] {
    match message.once_key() {
        Some(once) => fingerprint(&[KIND.as_bytes(), space.as_bytes(), once.as_bytes()]),
        None => fingerprint(&[KIND.as_bytes(), Id::random().to_string().as_bytes()]),
    }
}

/// The lane of a space's messages.
fn lane(space: &str) -> Lane {
    Lane::new(&format!("chat.{space}"))
}

/// Shows each with its space's id and a hash of its token.
impl fmt::Debug for Spaces {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.0.spaces.values()).finish()
    }
}
