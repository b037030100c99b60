//! The line of the agent's table that handles what users of Business Messages send.

use std::any::type_name;

use super::{Client, Event, Message};
use crate::channels::inbound::{self, Door, Handler};
use crate::webhook::{BoxError, Intents};

/// Business Messages as a door.
#[derive(Clone, Copy, Debug)]
pub struct BusinessMessages;

impl Door for BusinessMessages {
    type Event = Event;
    type Answer = Answer;
    type Client = Client;
    const NAME: &'static str = "Business Messages";
}

/// What a user sent, as a handler gets it.
pub type Inbound<App = ()> = inbound::Inbound<BusinessMessages, App>;

/// Messages, in their order. A `Message`, a list of them and `()` are turned into it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer(pub Vec<Message>);

impl From<Message> for Answer {
    fn from(message: Message) -> Self {
        Self(vec![message])
    }
}

impl From<Vec<Message>> for Answer {
    fn from(messages: Vec<Message>) -> Self {
        Self(messages)
    }
}

impl<const N: usize> From<[Message; N]> for Answer {
    fn from(messages: [Message; N]) -> Self {
        Self(messages.into())
    }
}

/// Nothing.
impl From<()> for Answer {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl<App: Send + Sync + 'static> Intents<App> {
    /// Handles what comes in by Business Messages. It may run more than once for one event, as when the program is killed; what it
    /// answers is sent once even so.
    ///
    /// ```
    /// use flowhook::channels::business_messages::{Answer, Inbound, Kind, Message};
    /// use flowhook::{Intents, Result};
    ///
    /// async fn business_messages(inbound: Inbound) -> Result<Answer> {
    ///     Ok(match &inbound.kind {
    ///         Kind::Text(_) => Message::text("We have moved to RCS.").into(),
    ///         _ => ().into(),
    ///     })
    /// }
    ///
    /// let agent = Intents::new(()).business_messages(business_messages);
    /// ```
    #[track_caller]
    pub fn business_messages<F, Fut, A>(self, handler: F) -> Self
    where
        F: Fn(Inbound<App>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A, BoxError>> + Send + 'static,
        A: Into<Answer>,
    {
        let handler = Handler::<BusinessMessages>::new(self.app(), handler);
        self.door(BusinessMessages::NAME, type_name::<F>(), handler)
    }
}
