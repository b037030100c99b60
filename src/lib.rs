//! The webhook that a Dialogflow ES agent calls to know what to say.
//!
#![doc = include_str!("ARCHITECTURE.md")]
#![warn(unreachable_pub)]

#[doc(inline)]
pub use flowhook_wire as wire;

pub mod store;

pub mod webhook;

pub mod auth;

pub mod google;

pub mod channels;

pub mod agent_export;

pub mod config;

pub mod telemetry;

pub mod server;

pub mod testing;

mod cli;

pub use cli::main;
pub use webhook::reply::{Card, Event, List, ListItem, Message, SessionEntities};
pub use webhook::reply::{assistant, messenger, payload, rbm, ssml, telephony};
pub use webhook::sys;
pub use webhook::{
    Answer, BoxError, Call, Context, Failure, Intents, NoParams, Outcome, OutputContext, Parameters, Reply,
    Result, Session, SessionData, Source, Text, TextError, Texts, Turn, UserId, Webhook, Work, WorkError,
};

/// The recipes for handlers, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../intents/README.md")]
pub struct Recipes;

/// The way from the Node library, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/migration.md")]
pub struct Migration;
