//! RCS for Business (RBM): what its users send, what they are sent, and the client that sends it.
//!
//! An [`Event`] is what came in, told apart by its members; a [`Message`] is what goes out, checked against every documented limit
//! before it does. [`Client`] makes the calls. Nothing here shows a phone number, words, a place or an address in `Debug`.

mod answering;
mod client;
mod event;
mod handler;
mod keyword;
mod message;
mod phone;

pub use answering::Answering;
pub use client::{AgentEvent, Capabilities, Client, Error, Reach, Region, SCOPE};
pub use event::{Event, Kind, Launch, LaunchState, Location, Tap, TapKind, UserFile};
pub(super) use handler::Asked;
pub use handler::{Answer, Inbound, Question, Rbm};
pub use keyword::Consent;
pub use message::{Alignment, Message, TrafficType};
pub use phone::{NotAPhoneNumber, PhoneNumber};

pub use super::content::{CalendarEvent, Card, File, Height, Media, Suggestion, Unfit, View, Width};
