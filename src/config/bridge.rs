//! `[bridge]`: which Dialogflow agent answers what RBM users say.

use std::sync::Arc;

use serde::Deserialize;

use super::google::name;
use super::{Secrets, Settings, SettingsError, value};
use crate::channels::bridge::{self, Options};

/// The fewest characters of the key that sessions are named with.
const SHORTEST_KEY: usize = 16;

/// The bridge from RCS for Business to a Dialogflow agent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bridge {
    /// The agent's project; empty for no bridge.
    project: String,
    /// The agent's location; empty for the global one.
    location: String,
    /// The agent's environment; empty for the draft.
    environment: String,
    /// The language of conversations.
    language: String,
    /// What session ids are made with.
    session_key: Secrets,
    /// What begins a tap's postback that names an event.
    event_prefix: String,
    /// What begins a tap's postback that names an intent of this program's table.
    intent_prefix: String,
    /// The event that a place triggers.
    location_event: String,
    /// The event that a file triggers.
    file_event: String,
    /// Whether handlers of intents are told the user's phone number.
    #[serde(deserialize_with = "value::switch")]
    share_phone_number: bool,
    /// Whether taps that name an intent or an event of this program's table are answered without Dialogflow.
    #[serde(deserialize_with = "value::switch")]
    pub answer_taps_here: bool,
}

impl Bridge {
    /// Whether there is one.
    #[must_use]
    pub fn is_built(&self) -> bool {
        !self.project.trim().is_empty()
    }

    pub(super) fn agent(&self) -> (&str, &str) {
        (self.project.trim(), self.location.trim())
    }

    pub(super) fn settle(&mut self) -> Result<(), SettingsError> {
        if !self.is_built() {
            return Ok(());
        }
        let mut faults = Vec::new();
        self.session_key.read_files("bridge.session_key", &mut faults);
        let key = self.session_key.lines().next().unwrap_or_default();
        if faults.is_empty() && key.chars().count() < SHORTEST_KEY {
            faults.push(format!(
                "`bridge.session_key`: expected at least {SHORTEST_KEY} random characters, as `openssl rand -hex 32` prints them: \
                 sessions are named by a keyed hash of the user, so that they tell nobody's number"
            ));
        }
        for (key, text) in [
            ("bridge.project", &self.project),
            ("bridge.location", &self.location),
            ("bridge.environment", &self.environment),
        ] {
            if let Err(SettingsError(fault)) = name(key, text.trim()) {
                faults.extend(fault);
            }
        }
        for (key, text) in [
            ("bridge.language", &self.language),
            ("bridge.location_event", &self.location_event),
            ("bridge.file_event", &self.file_event),
        ] {
            if text.trim().is_empty() {
                faults.push(format!("`{key}`: expected something; Dialogflow asks for it"));
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(SettingsError(faults))
        }
    }
}

impl Settings {
    /// How the bridge is built; none where no project is set.
    ///
    /// # Errors
    ///
    /// When the location is none that a host can be named by.
    pub fn bridge_options(&self) -> Result<Option<Options>, SettingsError> {
        let bridge = &self.bridge;
        if !bridge.is_built() {
            return Ok(None);
        }
        let some = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let location = some(&bridge.location);
        let endpoint = match &self.google.dialogflow {
            Some(endpoint) => endpoint.clone(),
            None => bridge::endpoint(location.as_deref())
                .map_err(|error| SettingsError(vec![format!("`bridge.location`: {error}")]))?,
        };
        let key = bridge.session_key.lines().next().unwrap_or_default();
        Ok(Some(Options {
            endpoint,
            project: bridge.project.trim().to_owned(),
            location,
            environment: some(&bridge.environment),
            language: bridge.language.trim().to_owned(),
            session_key: Arc::from(key.as_bytes()),
            event_prefix: bridge.event_prefix.clone(),
            intent_prefix: bridge.intent_prefix.clone(),
            location_event: bridge.location_event.trim().to_owned(),
            file_event: bridge.file_event.trim().to_owned(),
            shares_phone_number: bridge.share_phone_number,
            apologies: self.webhook.options().apologies,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bridge_needs_a_key_and_names_that_can_be() {
        let key = "session_key = '0123456789abcdef'";
        let built = Settings::from_toml(&format!(
            "[bridge]\nproject = 'p'\nlocation = 'europe-west1'\n{key}"
        ))
        .unwrap();
        let options = built.bridge_options().unwrap().unwrap();
        assert_eq!(
            options.endpoint.to_string(),
            "https://europe-west1-dialogflow.googleapis.com"
        );
        assert!(!format!("{built:?}").contains("0123456789abcdef"));
        assert!(
            Settings::from_toml("")
                .unwrap()
                .bridge_options()
                .unwrap()
                .is_none()
        );
        for (toml, fault) in [
            (
                "project = 'p'",
                "`bridge.session_key`: expected at least 16 random characters",
            ),
            (
                "project = 'p'\nsession_key = 'sekrit'",
                "`bridge.session_key`: expected at least 16",
            ),
            (
                &format!("project = 'p/q'\n{key}"),
                "`bridge.project`: expected letters",
            ),
            (
                &format!("project = 'p'\nlanguage = ''\n{key}"),
                "`bridge.language`: expected something",
            ),
            (
                "share_phone_number = 'sekrit'",
                "flowhook.toml: `bridge.share_phone_number`: expected `true` or `false`",
            ),
        ] {
            let error = Settings::from_toml(&format!("[bridge]\n{toml}"))
                .map(|_| ())
                .unwrap_err()
                .to_string();
            assert!(error.starts_with(fault), "{error}");
            assert!(!error.contains("sekrit"), "{error}");
        }
    }

    #[test]
    fn addresses_are_googles_unless_others_are_set_and_none_is_in_the_clear() {
        let google = Settings::from_toml("").unwrap().google;
        assert_eq!(
            google.rbm().to_string(),
            "https://rcsbusinessmessaging.googleapis.com"
        );
        assert_eq!(
            google.business_messages().to_string(),
            "https://businessmessages.googleapis.com"
        );
        let set =
            Settings::from_toml("google.rbm = 'https://us-rcsbusinessmessaging.googleapis.com'").unwrap();
        assert_eq!(
            set.google.rbm().to_string(),
            "https://us-rcsbusinessmessaging.googleapis.com"
        );
        for toml in [
            "google.rbm = 'http://example.com'",
            "google.rbm_traffic_type = 'SALE'",
        ] {
            let error = Settings::from_toml(toml).map(|_| ()).unwrap_err().to_string();
            assert!(error.starts_with("flowhook.toml: `google.rbm"), "{error}");
            assert!(error.contains("expected"), "{error}");
        }
    }
}
