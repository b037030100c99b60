//! Google Chat: telling people in a space what happens, by the space's incoming webhook.
//!
//! [`Spaces`] are those that the settings name, `chat.spaces.NAME.url`. A handler reaches them by the agent's own state:
//!
//! ```
//! use flowhook::channels::chat::{Button, Card, Message, Section, Spaces, Widget};
//!
//! # async fn example(chat: Spaces, session: &str) -> Result<(), flowhook::channels::chat::Error> {
//! chat.send("oncall", "The oven is *down*.").await?;
//!
//! let card = Card::new("Somebody wants to talk to you")
//!     .section(Section::new(Widget::pair("Since", "two minutes")).and(Button::link("Open", "https://example.com/desk")));
//! // Whatever belongs to one session is told in one thread. Chat gets a keyed hash of what is named here.
//! chat.send("oncall", Message::card(card).thread_of(session)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! What is sent is put into the queue of the store, and the worker tells it: at most one message a second for each space, texts that wait
//! for the same thread as one message. What Chat does not take now is tried again for 15 minutes, after pauses that grow from 1 s to 60 s,
//! and not before Chat says; then it is a dead letter (`flowhook queue list`). So a burst of alerts loses nothing. Several instances do not
//! know of one another's pace: where two speak at once, Chat refuses one, which tries again.
//!
//! A webhook's URL is a secret: who has it can write to the space. It is in no log, no error and no `Debug`; those show the space's id and
//! a short hash of the token.

mod card;
mod error;
mod letter;
mod message;
mod space;
mod spaces;
mod target;

pub use card::{Button, Card, Image, Pair, Section, Widget};
pub use error::Error;
pub use message::{MAX_BYTES, Message, plain};
pub use space::Receipt;
pub use spaces::{KEPT_TRYING, KIND, Spaces};
pub use target::{Target, TargetError, endpoint};

#[cfg(test)]
mod tests;
