//! `[webhook]`: how Dialogflow is answered.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::{SettingsError, value};
use crate::webhook::{Options, Source};
use crate::wire::ApiVersion;

/// Answering Dialogflow.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Where Dialogflow may post to.
    #[serde(deserialize_with = "value::list")]
    pub paths: Vec<String>,
    /// The agent's API version.
    #[serde(deserialize_with = "api_version")]
    pub api_version: ApiVersion,
    /// How long Dialogflow waits for an answer.
    #[serde(deserialize_with = "value::duration")]
    pub deadline: Duration,
    /// How long it waits when the user is on Google Assistant.
    #[serde(deserialize_with = "value::duration")]
    pub assistant_deadline: Duration,
    /// What of that time is kept for writing and sending the answer.
    #[serde(deserialize_with = "value::duration")]
    pub margin: Duration,
    /// How long the answer to a call is kept, for the case that Dialogflow repeats the call.
    #[serde(deserialize_with = "value::duration")]
    pub replay_for: Duration,
    /// What a request comes from that names no known source, for the form that its reply is shown in: `messenger` for an
    /// agent whose website has Dialogflow Messenger, `google`, `facebook`, ... Empty: the API, which gets the plain form.
    pub unnamed_source: String,
    /// What the user hears when a turn fails and the console has no response, by language.
    pub apologies: BTreeMap<String, String>,
}

impl Webhook {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let mut faults = Vec::new();
        if self.paths.is_empty() || self.paths.iter().any(|path| !path.starts_with('/')) {
            faults.push("`webhook.paths`: expected at least one path, each beginning with `/`".to_owned());
        }
        if self.paths.iter().any(|path| path.contains(['{', '}', '?', '#'])) {
            faults.push("`webhook.paths`: a path has no `{`, `}`, `?` or `#` in it".to_owned());
        }
        if self.paths.iter().any(|path| path.starts_with("/health/")) {
            faults.push("`webhook.paths`: paths below /health/ are for the health routes".to_owned());
        }
        if self.margin >= self.deadline.min(self.assistant_deadline) {
            faults.push(
                "`webhook.margin`: expected less than `webhook.deadline` and `webhook.assistant_deadline`, else no handler has time".to_owned(),
            );
        }
        if let Source::Other(_) = Source::named(&self.unnamed_source) {
            faults.push(format!(
                "`webhook.unnamed_source`: expected a known source, one of {}, or nothing",
                Source::NAMES.join(", ")
            ));
        }
        if let Some((language, _)) = self.apologies.iter().find(|(_, words)| words.trim().is_empty()) {
            faults.push(format!(
                "`webhook.apologies.{language}`: expected words; remove the line to have none"
            ));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(SettingsError(faults))
        }
    }

    /// What the webhook goes by.
    #[must_use]
    pub fn options(&self) -> Options {
        let tagged = |(language, words): (&String, &String)| {
            (language.to_lowercase().replace('_', "-"), words.clone())
        };
        Options {
            api_version: self.api_version,
            deadline: self.deadline,
            assistant_deadline: self.assistant_deadline,
            margin: self.margin,
            replay_for: self.replay_for,
            unnamed_source: Source::named(&self.unnamed_source),
            apologies: self.apologies.iter().map(tagged).collect(),
            seed: None,
        }
    }
}

fn api_version<'de, D: Deserializer<'de>>(value: D) -> Result<ApiVersion, D::Error> {
    Ok(value::named(value)?.unwrap_or_default())
}
