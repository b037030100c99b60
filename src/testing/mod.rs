//! A pretend Dialogflow, for tests and for `flowhook ask`: asks an agent in process, and tells what its user hears.
//!
//! [`Caller`] asks one turn, with everything that Dialogflow may send given by the test. [`Conversation`] asks turn after turn,
//! and carries from one to the next what Dialogflow would: contexts and their lifespans, collected slots, session entities,
//! events that lead to other intents. Both give a [`Heard`], whose `expect_..` methods say what should have been heard and,
//! when it was not, what was.
//!
//! ```
//! use flowhook::testing::{Caller, Design};
//! use flowhook::{Context, Intents, Reply, Result, Turn};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Booking {
//!     guests: u8,
//! }
//!
//! impl Context for Booking {
//!     const NAME: &'static str = "booking";
//! }
//!
//! async fn book(turn: Turn<Booking>) -> Result<Reply> {
//!     Ok(Reply::text("Booked.").chips(["One more"]).remember(&turn.params))
//! }
//!
//! async fn one_more(turn: Turn) -> Result<Reply> {
//!     let Some(Booking { guests }) = turn.recall()? else { return Ok(Reply::text("Book first.")) };
//!     Ok(Reply::text(format!("Now you are {}.", guests + 1)).remember(&Booking { guests: guests + 1 }))
//! }
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let agent = Intents::new(()).on("book", book).on("one more", one_more);
//! let mut talk = Caller::new(agent).conversation().designed(Design::of("one more").needs("booking"));
//!
//! let heard = talk.asks("book").said("A table for two").parameter("guests", 2).await;
//! heard.expect_text("Booked.").expect_chips(["One more"]).expect_sound();
//!
//! talk.asks("one more").await.expect_text("Now you are 3.");
//! talk.expect_remembered(&Booking { guests: 3 }).expect_context("booking", 5);
//! # });
//! ```
//!
//! **Time** is tokio's. In a test that holds it still (`#[tokio::test(start_paused = true)]`) a handler that sleeps for eight
//! seconds is late at once, and [`Conversation::idle`] passes twenty minutes in none.
//!
//! **What is not simulated:** understanding. Which intent a user's words lead to, and which parameters are found in them, is
//! decided by the agent's training; here the test says it. A test that asks an intent whose input contexts are not active is
//! told so, where the [`Design`] names them.

mod caller;
mod request;

mod conversation;
mod design;
mod state;

mod expect;
mod heard;
mod lines;
mod payloads;
pub mod seen;

pub use caller::Caller;
pub use conversation::Conversation;
pub use design::Design;
pub use heard::Heard;
pub use request::Ask;
