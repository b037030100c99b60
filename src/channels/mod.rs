//! Other doors: RCS for Business (RBM), Business Messages, and out to Google Chat.
//!
//! [`intake`] answers their calls: it checks, stores, and answers, and nothing else. [`worker`] does the rest, job by job, from the queue
//! of the store.
//!
//! [`rbm`] and [`business_messages`] say what comes in, what goes out, and who answers it: the agent's own handlers, or by the [`bridge`] a
//! Dialogflow agent. [`content`] is what both show: cards, media, things to tap, with their limits. Whether a user wants to be written to
//! is kept by [`Consents`].
//!
//! [`chat`] only goes out: it tells people in Chat spaces what happens, from the same queue.

/// Shows a type's name and nothing of what it holds, since that is somebody's.
macro_rules! hide {
    ($($name:ident),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(stringify!($name))
            }
        })+
    };
}

mod consent;
mod id;
mod inbound;
mod look;
mod outbox;

pub mod intake;
pub mod worker;

pub mod content;

pub mod business_messages;
pub mod rbm;

pub mod bridge;

pub mod chat;

pub use consent::Consents;
pub use content::Unfit;
pub use id::Id;
pub use inbound::{Door, Inbound};
