//! `[traces]`: where spans are sent.

use serde::Deserialize;

use super::{SettingsError, value};

/// Spans for OpenTelemetry.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    /// The address that takes them by OTLP over HTTP, as written; empty for none.
    endpoint: String,
    /// Of a hundred traces that no caller has decided on, so many are recorded.
    #[serde(deserialize_with = "value::number")]
    pub percent: u8,
}

impl Traces {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let fault = |text: &str| Err(SettingsError(vec![text.to_owned()]));
        if self.percent > 100 {
            return fault("`traces.percent`: expected 0 to 100");
        }
        let is_address = reqwest::Url::parse(&self.endpoint).is_ok_and(|url| {
            ["http", "https"].contains(&url.scheme()) && url.username().is_empty() && url.password().is_none()
        });
        if !self.endpoint.is_empty() && !is_address {
            return fault("`traces.endpoint`: expected an address such as http://127.0.0.1:4318/v1/traces");
        }
        Ok(())
    }

    /// The address that takes spans, if they are sent.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        (!self.endpoint.is_empty()).then_some(self.endpoint.as_str())
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Settings;

    #[test]
    fn spans_are_sent_to_an_address_that_can_be_one() {
        let endpoint = |toml: &str| {
            Settings::from_toml(toml).map(|settings| settings.traces.endpoint().map(str::to_owned))
        };
        assert_eq!(endpoint("").unwrap(), None);
        let collector = "http://127.0.0.1:4318/v1/traces";
        assert_eq!(
            endpoint(&format!("traces.endpoint = '{collector}'"))
                .unwrap()
                .as_deref(),
            Some(collector)
        );
        for wrong in [
            "traces.endpoint = 'collector:4317'",
            "traces.endpoint = 'http://user:secret@collector/'",
            "traces.percent = 101",
        ] {
            assert!(endpoint(wrong).is_err(), "{wrong}");
        }
    }
}
