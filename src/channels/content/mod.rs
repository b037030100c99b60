//! What both platforms show: cards, media, and things to tap.
//!
//! A message is checked as a whole when it is turned into JSON, before anything is sent: [`Unfit`] names each place that does not fit,
//! and the limit. The limits are those of Google's documentation and of its generated models; where the two differ, the lower one
//! counts.

mod card;
mod check;
mod media;
mod suggestion;

pub use card::{Card, Width};
pub use check::Unfit;
pub use media::{File, Height, Media};
pub use suggestion::{CalendarEvent, Suggestion, View};

pub(super) use super::intake::Product;
pub(super) use card::{MAX_CARDS, MAX_DESCRIPTION, MAX_ON_CARD, MAX_TITLE, carousel, suggestions};
pub(super) use check::{Check, NOT_WEB, is_web};
pub(super) use suggestion::{MAX_LABEL, MAX_POSTBACK};

#[cfg(test)]
mod tests;
