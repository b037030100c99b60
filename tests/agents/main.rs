//! Real agents: each a table and handlers as a user would write them, played as whole conversations.
//!
//! They behave as Google's samples for fulfillment behave, where these behave well. Code and texts are our own.

mod front_desk;
mod postcard;
mod temperature;
