//! An agent's settings, `agent.json`.

use std::fmt;

use secrecy::SecretString;

use super::node::Node;

/// An agent's settings. Every key may be missing.
#[derive(Clone, Debug, Default)]
pub struct Agent {
    /// Its display name; newer exports have it.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// The default language, `en` where the export says nothing.
    pub language: String,
    /// Further languages.
    pub supported_languages: Vec<String>,
    /// The time zone, as in `Europe/Madrid`.
    pub time_zone: String,
    /// Where fulfillment goes.
    pub webhook: Webhook,
    /// The API version that the agent speaks to its webhook.
    pub api_version: VersionSetting,
    /// From which confidence on an intent matches.
    pub min_confidence: Option<f64>,
    /// Whether the sentiment of the user's words is analysed.
    pub analyses_sentiment: bool,
    /// Whether logs of interactions are switched off.
    pub disables_interaction_logs: bool,
    /// The key that older clients use, a secret.
    pub secondary_key: Option<SecretString>,
}

impl Agent {
    /// All languages, the default one first, each once.
    #[must_use]
    pub fn languages(&self) -> Vec<&str> {
        let mut languages = Vec::new();
        for language in std::iter::once(&self.language).chain(&self.supported_languages) {
            if !languages.contains(&language.as_str()) {
                languages.push(language.as_str());
            }
        }
        languages
    }

    pub(super) fn read(node: &Node<'_>) -> Self {
        let webhook = node.member("webhook");
        Self {
            display_name: node.text("displayName"),
            description: node.text("description"),
            language: node.some_text("language").unwrap_or_else(|| "en".to_owned()),
            supported_languages: node.texts("supportedLanguages"),
            time_zone: node.text("defaultTimezone"),
            webhook: webhook.map_or_else(Webhook::default, |node| Webhook::read(&node)),
            api_version: VersionSetting::read(node),
            min_confidence: node.number("mlMinConfidence"),
            analyses_sentiment: node.flag("analyzeQueryTextSentiment"),
            disables_interaction_logs: node.flag("disableInteractionLogs"),
            secondary_key: secret(node, "secondaryKey"),
        }
    }
}

/// Where an agent's fulfillment goes, and with which credentials. `Debug` shows neither, for a URL may hold a secret too.
#[derive(Clone, Default)]
pub struct Webhook {
    /// Whether fulfillment is switched on for the agent.
    pub is_available: bool,
    /// The URL; empty when none is set.
    pub url: String,
    /// The user name of Basic authentication.
    pub user_name: Option<SecretString>,
    /// Its password. Exports are not known to hold one.
    pub password: Option<SecretString>,
    /// Further headers, without those that have no name.
    pub headers: Vec<Header>,
    /// Whether small talk calls the webhook too.
    pub is_used_for_small_talk: bool,
    /// Whether the inline editor's Cloud Function is in use instead of a URL.
    pub is_inline: bool,
}

impl Webhook {
    fn read(node: &Node<'_>) -> Self {
        let headers = node.member("headers");
        let object = headers.as_ref().and_then(|headers| headers.value().as_object());
        let header = |(name, value): (&String, &serde_json::Value)| Header {
            name: name.clone(),
            value: SecretString::from(value.as_str().unwrap_or_default()),
        };
        Self {
            is_available: node.flag("available"),
            url: node.text("url"),
            user_name: secret(node, "username"),
            password: secret(node, "password"),
            // The console writes a header without name and value where there is none.
            headers: object
                .into_iter()
                .flatten()
                .filter(|(name, _)| !name.is_empty())
                .map(header)
                .collect(),
            is_used_for_small_talk: node.flag("useForDomains"),
            is_inline: node.flag("cloudFunctionsEnabled"),
        }
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Webhook")
            .field("is_available", &self.is_available)
            .field("has_url", &!self.url.is_empty())
            .field("has_user_name", &self.user_name.is_some())
            .field("headers", &self.headers.len())
            .field("is_inline", &self.is_inline)
            .finish_non_exhaustive()
    }
}

/// A header that Dialogflow sends to the webhook.
#[derive(Clone, Debug)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value, a secret.
    pub value: SecretString,
}

/// The API version that an agent is set to, `onePlatformApiVersion`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum VersionSetting {
    /// Nothing is said, which means v2.
    #[default]
    Unset,
    /// `v2`.
    V2,
    /// `v2beta1`.
    V2Beta1,
    /// `v1legacy`: calls come in a form that has been switched off.
    V1Legacy,
    /// Something else.
    Other(String),
}

impl VersionSetting {
    fn read(node: &Node<'_>) -> Self {
        match node.text("onePlatformApiVersion").to_ascii_lowercase().as_str() {
            "" => Self::Unset,
            "v2" => Self::V2,
            "v2beta1" => Self::V2Beta1,
            "v1legacy" | "v1" => Self::V1Legacy,
            other => Self::Other(other.to_owned()),
        }
    }
}

fn secret(node: &Node<'_>, name: &str) -> Option<SecretString> {
    node.some_text(name).map(SecretString::from)
}
