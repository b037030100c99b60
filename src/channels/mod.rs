//! Other doors: what calls us beside Dialogflow, and what we call.
//!
//! [`intake`] answers calls of RCS for Business and Business Messages: it checks, stores, and answers, and nothing else.
//! [`worker`] does the rest, job by job, from the queue of the store.

pub mod intake;
pub mod worker;
