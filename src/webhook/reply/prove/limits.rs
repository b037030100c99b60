//! The limits that a reply keeps, each with its source.
//!
//! A documented limit is a rule: what breaks it is changed or taken out. One that is only remembered or told gives advice,
//! and changes nothing.

/// The most bytes that a reply may have. Source: the guide, "Webhook service".
pub const MAX_BYTES: usize = 65_536;

/// Deeper JSON is refused: Google's parser stops at 100 levels, counted from the top of the reply.
pub(super) const MAX_DEPTH: usize = 90;

/// The longest name of an event, in characters. Source: the comments of the published session proto.
pub(super) const MAX_EVENT_NAME: usize = 150;

/// The longest title of an RBM card, in bytes. Source: the comments of the published intent proto, v2beta1.
pub(super) const MAX_RBM_TITLE: usize = 200;

/// The longest description of an RBM card, in bytes. Source: as above.
pub(super) const MAX_RBM_DESCRIPTION: usize = 2_000;

/// How many cards a carousel of RBM's has, and how many pages one of Google Assistant's. Source: the comments of the
/// published intent proto.
pub(super) const CAROUSEL: std::ops::RangeInclusive<usize> = 2..=10;

/// How many items a list and how many a carousel to choose from should have on Google Assistant. Source: memory of its
/// closed documentation, so it is advice.
pub(super) const ADVISED_LIST: std::ops::RangeInclusive<usize> = 2..=30;
pub(super) const ADVISED_CAROUSEL: std::ops::RangeInclusive<usize> = 2..=10;

/// How many chips of Google Assistant's are shown, and with how many characters. Source: as above.
pub(super) const ADVISED_SUGGESTIONS: usize = 8;
pub(super) const ADVISED_SUGGESTION: usize = 25;

/// How many characters a suggestion of RBM's should have. Source: the guide of RCS for Business, not Dialogflow's.
pub(super) const ADVISED_RBM_SUGGESTION: usize = 25;

/// How many contexts a reply should set. Dialogflow's limits page has a number that could not be read, so it is advice.
pub(super) const ADVISED_CONTEXTS: usize = 30;
