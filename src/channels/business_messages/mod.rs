//! Business Messages: what its users send, what they are sent, and the client that sends it.
//!
//! Google closed it on 2024-07-31. It is here for replays, for tests and for archives of old calls, and because some who are to move to
//! RBM have handlers for it.

mod answering;
mod client;
mod event;
mod handler;
mod message;

pub use answering::Answering;
pub use client::{AgentEvent, Client, Error, SCOPE, endpoint};
pub use event::{Event, Kind, ReceiptType, Status};
pub use handler::{Answer, BusinessMessages, Inbound};
pub use message::{Message, Representative};

pub use super::content::{Card, File, Height, Media, Suggestion, Unfit, View, Width};
