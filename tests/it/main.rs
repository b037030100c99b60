//! Flowhook from the outside: real programs on real sockets, and the public types.
//!
//! `schema` knows what Dialogflow accepts and judges every reply that a program gives here; `program` starts programs and
//! talks to them. `clumsy.rs` is an agent of its own that does everything wrong; `holder.rs` claims keys of a store and never
//! lets go, `relay.rs` answers events of channels; both are there to be killed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[macro_use]
mod schema;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
#[macro_use]
mod engines;

mod program;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod stand;

#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod answering;
mod asking;
mod auth;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod chat;
mod check;
mod command_line;
mod completion;
mod connect;
mod deploy;
mod doctor;
mod exports;
mod failures;
mod faults_of_peers;
mod fields;
mod guide;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod intake;
mod kit;
mod memory;
mod mistakes;
mod new;
mod once;
mod parameters;
mod private;
mod proof;
mod random_replies;
mod rendering;
mod replies;
mod rude;
mod session_data;
mod slots;
mod stopping;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod stores;
mod telemetry;
mod texts;
mod tidy;
mod tls;
mod turn;
mod vocabulary;
mod wire;
