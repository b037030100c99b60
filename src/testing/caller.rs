//! Who asks an agent: one turn at a time, or as a conversation.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use tokio::runtime::Handle;

use super::request::{Query, To, next_response_id};
use super::state::State;
use super::{Ask, Conversation, Design, Heard};
use crate::webhook::{Arrival, Entry, Intents, Options, Route, Webhook};

/// Calls an agent the way Dialogflow does, without a network.
///
/// ```
/// use flowhook::testing::Caller;
/// use flowhook::{Intents, Reply, Result, Turn};
///
/// async fn welcome(_: Turn) -> Result<Reply> {
///     Ok(Reply::text("Hello!").chips(["Book a table"]))
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let caller = Caller::new(Intents::new(()).on("Default Welcome Intent", welcome));
/// let heard = caller.ask("Default Welcome Intent").await;
/// assert_eq!(heard.text(), "Hello!");
/// heard.expect_chips(["Book a table"]);
/// # });
/// ```
#[derive(Clone)]
pub struct Caller {
    webhook: Arc<Webhook>,
}

impl Caller {
    /// A caller of this agent, which speaks v2 and has Dialogflow's own deadlines.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime, and when two lines of the table claim the same intent.
    #[must_use]
    pub fn new<App: Send + Sync + 'static>(intents: Intents<App>) -> Self {
        Self::with_options(intents, Options::default())
    }

    /// A caller of this agent under other options, such as API version v2beta1.
    ///
    /// # Panics
    ///
    /// As [`Self::new`].
    #[must_use]
    pub fn with_options<App: Send + Sync + 'static>(intents: Intents<App>, options: Options) -> Self {
        match Webhook::new(intents, options, Handle::current()) {
            Ok(webhook) => Self::of(webhook),
            Err(error) => panic!("{error}"),
        }
    }

    /// A caller of this webhook, such as one that shares a store with others.
    #[must_use]
    pub fn of(webhook: Webhook) -> Self {
        Self {
            webhook: Arc::new(webhook),
        }
    }

    /// A turn in which the intent of that display name was matched. Awaiting it asks.
    ///
    /// # Panics
    ///
    /// When nothing answers an intent of that name: it is misspelt more often than meant. [`Self::send`] asks even so.
    #[track_caller]
    pub fn ask(&self, intent: &str) -> Ask<'_> {
        self.expect_line_for(intent);
        Ask::new(To::Caller(self), Query::of(intent))
    }

    /// A conversation with the agent, in a session of its own. Several may go on at once.
    #[must_use]
    pub fn conversation(&self) -> Conversation {
        Conversation::new(self.clone())
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: &Value) -> Heard {
        Heard::of(self.answer(Bytes::from(request.to_string())).await, request)
    }

    pub(super) async fn answer(&self, body: Bytes) -> crate::webhook::Answered {
        self.webhook.answer(body, Arrival::now()).await
    }

    #[track_caller]
    pub(super) fn expect_line_for(&self, intent: &str) {
        let answers = |entry: &Entry| match &entry.route {
            Route::Intent(name) => name == intent,
            Route::Action(_) | Route::Event(_) | Route::Fallback => true,
        };
        assert!(
            self.webhook.table().entries().iter().any(answers),
            "no line of the table answers the intent `{intent}`"
        );
    }
}

/// The request of a turn that no conversation carries anything to.
pub(super) fn lone_request(query: &Query) -> Value {
    let mut query = query.clone();
    let contexts = State::default().matched(&mut query, &Design::of(""));
    query.request(SESSION, &next_response_id(), &contexts)
}

/// The session of all turns that are asked alone.
const SESSION: &str = "projects/demo/agent/sessions/test";
