//! Other doors: RCS for Business (RBM) and Business Messages.
//!
//! [`content`] is what both show: cards, media, things to tap, and which limits they have. [`rbm`] and [`business_messages`] read what
//! their users send and send what an agent answers; [`bridge`] has a
//! Dialogflow agent answer. Whether a user wants to be written to is kept by [`Consents`].

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

pub mod content;

pub mod business_messages;
pub mod rbm;

pub mod bridge;

pub use consent::Consents;
pub use content::Unfit;
pub use id::Id;
pub use inbound::{Door, Inbound};
