//! The words by which a user ends and begins to be written to, country by country.

use super::{Event, Kind};

/// Whether a user wants to be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Yes.
    Subscribed,
    /// No: only what is essential may be sent.
    Unsubscribed,
}

/// Calling codes, the words that end, and the words that begin. Google Messages sends them as a text, beside the platform's event.
/// Source: RBM's guide "Receive events".
const WORDS: [(&str, &[&str], &[&str]); 8] = [
    ("1", &["stop"], &["start"]),
    ("91", &["stop"], &["start"]),
    ("44", &["stop"], &["start"]),
    ("49", &["stop"], &["start"]),
    // With the accent in one sign and in two.
    ("33", &["stop"], &["d\u{e9}marrer", "de\u{301}marrer"]),
    ("34", &["baja"], &["alta"]),
    ("52", &["baja"], &["alta"]),
    ("55", &["parar"], &["come\u{e7}ar", "comec\u{327}ar"]),
];

impl Event {
    /// What the event says of the user's consent: an event of the platform's says it by its kind, a text by being nothing but the
    /// keyword of the user's country.
    #[must_use]
    pub fn consent(&self) -> Option<Consent> {
        let said = match &self.kind {
            Kind::Subscribed => return Some(Consent::Subscribed),
            Kind::Unsubscribed => return Some(Consent::Unsubscribed),
            Kind::Text(said) => said.trim().to_lowercase(),
            _ => return None,
        };
        let digits = self.user.as_ref()?.as_str().trim_start_matches('+');
        let (_, ends, begins) = WORDS.iter().find(|(country, _, _)| digits.starts_with(country))?;
        if ends.contains(&said.as_str()) {
            Some(Consent::Unsubscribed)
        } else if begins.contains(&said.as_str()) {
            Some(Consent::Subscribed)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_keyword_counts_in_its_country_and_alone() {
        let unsubscribed = Some(Consent::Unsubscribed);
        let subscribed = Some(Consent::Subscribed);
        for (number, text, consent) in [
            ("+15550100", "STOP", unsubscribed),
            ("+15550100", " stop\n", unsubscribed),
            ("+15550100", "Stop it", None),
            ("+15550100", "BAJA", None),
            ("+15550100", "START", subscribed),
            ("+445550100", "Stop", unsubscribed),
            ("+345550100", "BAJA", unsubscribed),
            ("+345550100", "STOP", None),
            ("+525550100", "alta", subscribed),
            ("+555550100", "Parar", unsubscribed),
            ("+555550100", "Come\u{e7}ar", subscribed),
            ("+335550100", "D\u{c9}MARRER", subscribed),
            ("+335550100", "De\u{301}marrer", subscribed),
            ("+815550100", "STOP", None),
        ] {
            let event = Event::read(&json!({
                "senderPhoneNumber": number, "messageId": "m", "agentId": "a@rbm.goog", "text": text
            }));
            assert_eq!(event.consent(), consent, "{number} {text}");
        }
    }
}
