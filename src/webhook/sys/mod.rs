//! Types for the system entities of Dialogflow ES.
//!
//! Each reads every form in which its entity comes, as a handler's parameter, in what a context carries, and through plain
//! serde. What they hold is not shown by `Debug`, for it is what a user said. Written by serde they come back as Dialogflow
//! sends them, so they can be remembered in a [`Context`](crate::Context).
//!
//! ```
//! use flowhook::testing::Caller;
//! use flowhook::{Intents, Reply, Result, Turn, sys};
//! use serde::Deserialize;
//! use serde_json::json;
//!
//! #[derive(Deserialize)]
//! struct Transfer {
//!     amount: sys::Money,
//!     when: Option<sys::Date>, // arrives as "" when nobody said it
//! }
//!
//! async fn transfer(turn: Turn<Transfer>) -> Result<Reply> {
//!     let Transfer { amount, when } = &turn.params;
//!     let when = when.as_ref().map_or("today".to_owned(), |date| format!("on {date}"));
//!     Ok(Reply::text(format!("{amount}, {when}.")))
//! }
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let caller = Caller::new(Intents::new(()).on("transfer", transfer));
//! let ask = caller.ask("transfer").parameter("amount", json!({"amount": 50.0, "currency": "EUR"}));
//! assert_eq!(ask.parameter("when", "2026-03-29T12:00:00+02:00").await.text(), "50 EUR, on 2026-03-29.");
//! # });
//! ```
//!
//! A composite entity is a struct of yours whose fields are named like its aliases; a list is a [`OneOrMany`] or a `Vec`.
//! Time zones are those of the IANA database, which is part of the program (0.2 MiB): a container needs none.
//!
#![doc = include_str!("entities.md")]

mod entities;
mod kinds;
mod read;

mod date;
mod date_time;
mod moment;
mod time;
mod zone;

mod amount;
mod duration;
mod number;

mod one_or_many;
mod place;

#[cfg(test)]
mod forms;

pub use amount::{Age, Area, Duration, Information, Length, Money, Speed, Temperature, Volume, Weight};
pub use date::{Date, DatePeriod};
pub use date_time::DateTime;
pub use entities::{ENTITIES, Entity, Form};
pub(super) use kinds::Kind;
pub use moment::Moment;
pub use number::{Number, Percentage, Whole};
pub use one_or_many::OneOrMany;
pub use place::{Location, Person, Place};
pub(super) use read::FOUND;
pub use time::{Time, TimePeriod};
pub use zone::{Occurrence, ZoneError};
