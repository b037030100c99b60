#![doc = include_str!("ARCHITECTURE.md")]
#![warn(unreachable_pub)]

pub mod wire;

pub mod webhook;

pub mod auth;

pub use webhook::reply::{Card, Message, SessionEntities};
pub use webhook::{
    Answer, BoxError, Call, Context, Event, Failure, Intents, NoParams, Outcome, OutputContext, Parameters,
    Reply, Result, Session, Source, Turn, UserId, Webhook,
};
/// x
pub fn main() {}
