//! The line of the agent's table that handles what RBM's users send.

use std::any::type_name;

use serde_json::Value;

use super::{Client, Event, Message};
use crate::channels::inbound::{self, Door, Handler};
use crate::webhook::{BoxError, Intents};

/// RBM as a door.
#[derive(Clone, Copy, Debug)]
pub struct Rbm;

impl Door for Rbm {
    type Event = Event;
    type Answer = Answer;
    type Client = Client;
    const NAME: &'static str = "RCS for Business";
}

/// What an RBM user sent, as a handler gets it.
pub type Inbound<App = ()> = inbound::Inbound<Rbm, App>;

/// What a handler answers: messages, nothing, or what Dialogflow says. A `Message`, a list of them, `()` and a [`Question`] are turned
/// into it.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// These messages, in their order.
    Messages(Vec<Message>),
    /// Whatever the Dialogflow agent of `[bridge]` says.
    Dialogflow(Question),
}

/// What the Dialogflow agent is asked. The default is what the user said or tapped, in the language of the settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    pub(in crate::channels) language: Option<String>,
    pub(in crate::channels) asked: Option<Asked>,
}

/// What is asked in place of what the user said.
#[derive(Clone, PartialEq)]
pub(in crate::channels) enum Asked {
    Text(String),
    Event { name: String, parameters: Value },
}

hide!(Asked);

impl Question {
    /// What the user said or tapped.
    #[must_use]
    pub fn as_said() -> Self {
        Self::default()
    }

    /// These words in place of the user's.
    #[must_use]
    pub fn text(words: impl Into<String>) -> Self {
        Self {
            language: None,
            asked: Some(Asked::Text(words.into())),
        }
    }

    /// An event, with parameters as a JSON object.
    #[must_use]
    pub fn event(name: impl Into<String>, parameters: Value) -> Self {
        let name = name.into();
        Self {
            language: None,
            asked: Some(Asked::Event { name, parameters }),
        }
    }

    /// In another language than that of the settings, as in `pt-BR`.
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }
}

impl From<Message> for Answer {
    fn from(message: Message) -> Self {
        Self::Messages(vec![message])
    }
}

impl From<Vec<Message>> for Answer {
    fn from(messages: Vec<Message>) -> Self {
        Self::Messages(messages)
    }
}

impl<const N: usize> From<[Message; N]> for Answer {
    fn from(messages: [Message; N]) -> Self {
        Self::Messages(messages.into())
    }
}

/// Nothing.
impl From<()> for Answer {
    fn from((): ()) -> Self {
        Self::Messages(Vec::new())
    }
}

impl From<Question> for Answer {
    fn from(question: Question) -> Self {
        Self::Dialogflow(question)
    }
}

impl<App: Send + Sync + 'static> Intents<App> {
    /// Handles what comes in by RCS for Business: messages, taps, receipts, subscriptions, news of the agent. It may run more than once
    /// for one event, as when the program is killed; what it answers is sent once even so. Without a handler, messages and taps go to
    /// the Dialogflow agent of `[bridge]`.
    ///
    /// ```
    /// use flowhook::channels::rbm::{Answer, Inbound, Kind, Message, Question};
    /// use flowhook::{Intents, Result};
    ///
    /// async fn rbm(inbound: Inbound) -> Result<Answer> {
    ///     Ok(match &inbound.kind {
    ///         Kind::Unsubscribed => Message::text("You will hear no more from us.").into(),
    ///         Kind::Location(_) => Message::text("Thank you, we are on our way.").into(),
    ///         _ => Question::as_said().into(),
    ///     })
    /// }
    ///
    /// let agent = Intents::new(()).rbm(rbm);
    /// ```
    #[track_caller]
    pub fn rbm<F, Fut, A>(self, handler: F) -> Self
    where
        F: Fn(Inbound<App>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A, BoxError>> + Send + 'static,
        A: Into<Answer>,
    {
        let handler = Handler::<Rbm>::new(self.app(), handler);
        self.door(Rbm::NAME, type_name::<F>(), handler)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn nothing(_: Inbound) -> crate::webhook::Result<()> {
        Ok(())
    }

    #[test]
    fn two_lines_for_one_door_stop_the_start_with_both_places() {
        let agent = Intents::new(()).rbm(nothing).rbm(nothing);
        let error = agent.into_table().err().unwrap().to_string();
        assert!(error.contains("RCS for Business is handled by"), "{error}");
        assert_eq!(
            error.matches("src/channels/rbm/handler.rs:").count(),
            2,
            "{error}"
        );
    }
}
