//! Other doors: RCS for Business (RBM) and Business Messages.
//!
//! [`intake`] answers their calls: it checks, stores, and answers, and nothing else. [`worker`] does the rest, job by job, from
//! the queue of the store.
//!
//! [`content`] is what both show: cards, media, things to tap, and which limits they have. [`rbm`] and [`business_messages`] read what
//! their users send and send what an agent answers.

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

mod id;
mod look;

pub mod intake;
pub mod worker;

pub mod content;

pub mod business_messages;
pub mod rbm;

pub use content::Unfit;
pub use id::Id;
