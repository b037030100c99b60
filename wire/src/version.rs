//! Which API version the agent speaks, and so which fields a reply may hold.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The agent's API version setting. Dialogflow parses a reply as that version's message and refuses the whole of it
/// for one field that the version does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApiVersion {
    /// `v2`, what an agent speaks unless its settings say otherwise.
    #[default]
    V2,
    /// `v2beta1`, which adds telephony and RCS messages, `endInteraction` and `liveAgentHandoff`.
    V2Beta1,
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::V2 => "v2",
            Self::V2Beta1 => "v2beta1",
        })
    }
}
