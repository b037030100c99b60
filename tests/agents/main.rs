//! Real agents: each a table and handlers as a user would write them, played as whole conversations.
//!
//! They behave as Google's samples for fulfillment behave, where these behave well. Code and texts are our own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod postcard;
mod temperature;

mod bike_shop;
mod front_desk;
mod locales;

mod genie;
