//! Types for the system entities of Dialogflow ES.

mod entities;
mod kinds;

pub use entities::{ENTITIES, Entity, Form};
pub(super) use kinds::Kind;
