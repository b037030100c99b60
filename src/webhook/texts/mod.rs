//! Texts by language: a catalogue that is compiled in, with plurals, variables and fallback. Its files are written in
//! [Fluent](https://projectfluent.org/fluent/guide/).
//!
//! [`Texts`] is the catalogue, [`Text`] a key of it with what its variables hold. [`Texts::faults`] tells what is wrong with a
//! catalogue before a user hears it.

mod catalogue;
mod faults;
mod messages;
mod plurals;
mod text;

pub use catalogue::{TextError, Texts};
pub use faults::{Fault, Rule};
pub use text::{Text, Variable};
