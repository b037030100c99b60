//! What a webhook goes by: the agent's API version, the deadlines, and what is said when all else fails.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Source;
use crate::wire::ApiVersion;

/// What a webhook goes by.
#[derive(Clone, Debug)]
pub struct Options {
    /// The agent's API version.
    pub api_version: ApiVersion,
    /// How long Dialogflow waits for an answer.
    pub deadline: Duration,
    /// How long it waits when the user is on Google Assistant.
    pub assistant_deadline: Duration,
    /// What of that time is kept for writing and sending the answer.
    pub margin: Duration,
    /// How long the answer to a call is kept, for the case that Dialogflow repeats the call; zero for not at all.
    pub replay_for: Duration,
    /// What a request comes from that names no known source; the API, unless it is known to be an integration.
    pub unnamed_source: Source,
    /// What the user hears when a turn fails and the console has no response: language code to words. They are not among
    /// the agent's [`Texts`](super::Texts), so that they can be said whatever is wrong with those.
    pub apologies: BTreeMap<String, String>,
    /// For tests: which of several wordings is chosen, 0 the first, 1 the second, and round again. None: the call decides.
    pub seed: Option<u64>,
}

/// What Dialogflow documents, and an apology in English.
impl Default for Options {
    fn default() -> Self {
        Self {
            api_version: ApiVersion::V2,
            deadline: Duration::from_secs(5),
            assistant_deadline: Duration::from_secs(10),
            margin: Duration::from_millis(500),
            replay_for: Duration::from_secs(60),
            unnamed_source: Source::Api,
            apologies: BTreeMap::new(),
            seed: None,
        }
    }
}
