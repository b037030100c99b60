//! Which integration a turn comes from, and who its user is there.

use std::fmt;

use serde_json::Value;

use crate::wire::{OriginalDetectIntentRequest, Platform, Struct};

/// The integration that a turn comes from.
///
/// Source of the names: captured requests and Google's own library; compared without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The API itself, or an older console: no source was sent.
    Api,
    /// The console's test panel.
    Console,
    /// Google Assistant, which waits ten seconds instead of five.
    GoogleAssistant,
    /// Facebook Messenger.
    Facebook,
    /// Slack.
    Slack,
    /// Telegram.
    Telegram,
    /// LINE.
    Line,
    /// Viber.
    Viber,
    /// Kik.
    Kik,
    /// Skype.
    Skype,
    /// Twilio, by text message or by IP messaging.
    Twilio,
    /// Google Chat.
    GoogleChat,
    /// The phone gateway.
    Telephony,
    /// Dialogflow Messenger, the chat window for websites. What it calls itself is not established: it is known under
    /// `dialogflow_messenger`, and by the setting `webhook.unnamed_source`.
    Messenger,
    /// Any other, under the name it gives itself.
    Other(String),
}

/// A user's id within one integration.
#[derive(Clone, PartialEq, Eq)]
pub struct UserId {
    /// The id. For the phone gateway it is a phone number: keep it out of logs.
    pub id: String,
    /// Where in the payload it stood, as in `data.sender.id`.
    pub found_at: &'static str,
}

/// Shows where it stood, and not the id.
impl fmt::Debug for UserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("UserId")
            .field("found_at", &self.found_at)
            .finish_non_exhaustive()
    }
}

impl Source {
    /// The names that [`Self::named`] knows, one for each source.
    pub const NAMES: [&'static str; 13] = [
        "dialogflow_console",
        "google",
        "facebook",
        "slack",
        "telegram",
        "line",
        "viber",
        "kik",
        "skype",
        "twilio",
        "hangouts",
        "google_telephony",
        "messenger",
    ];

    /// The source of a request; old connectors put it one level down, into the payload.
    #[must_use]
    pub fn of(original: &OriginalDetectIntentRequest) -> Self {
        let name = if original.source.is_empty() {
            let inner = original
                .payload
                .as_ref()
                .and_then(|payload| payload.get("source"));
            inner.and_then(Value::as_str).unwrap_or_default()
        } else {
            original.source.as_str()
        };
        Self::named(name)
    }

    /// The source of that name, upper and lower case being the same; `""` is the API.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "" | "platform_unspecified" => Self::Api,
            "dialogflow_console" => Self::Console,
            "google" => Self::GoogleAssistant,
            "facebook" => Self::Facebook,
            "slack" | "slack_testbot" => Self::Slack,
            "telegram" => Self::Telegram,
            "line" => Self::Line,
            "viber" => Self::Viber,
            "kik" => Self::Kik,
            "skype" => Self::Skype,
            "twilio" | "twilio-ip" => Self::Twilio,
            "hangouts" => Self::GoogleChat,
            "google_telephony" => Self::Telephony,
            "dialogflow_messenger" | "messenger" => Self::Messenger,
            _ => Self::Other(name.to_owned()),
        }
    }

    /// The platform of messages that are for this integration alone.
    #[must_use]
    pub fn platform(&self) -> Option<Platform> {
        Some(match self {
            Self::GoogleAssistant => Platform::ActionsOnGoogle,
            Self::Facebook => Platform::Facebook,
            Self::Slack => Platform::Slack,
            Self::Telegram => Platform::Telegram,
            Self::Line => Platform::Line,
            Self::Viber => Platform::Viber,
            Self::Kik => Platform::Kik,
            Self::Skype => Platform::Skype,
            Self::GoogleChat => Platform::GoogleHangouts,
            Self::Telephony => Platform::Telephony,
            Self::Api | Self::Console | Self::Twilio | Self::Messenger | Self::Other(_) => return None,
        })
    }

    /// The key under which a payload speaks to this integration.
    #[must_use]
    pub fn payload_key(&self) -> Option<&'static str> {
        Some(match self {
            Self::GoogleAssistant => "google",
            Self::Facebook => "facebook",
            Self::Slack => "slack",
            Self::Telegram => "telegram",
            Self::Line => "line",
            Self::Viber => "viber",
            Self::Kik => "kik",
            Self::Skype => "skype",
            Self::GoogleChat => "hangouts",
            Self::Messenger => "richContent",
            Self::Api | Self::Console | Self::Twilio | Self::Telephony | Self::Other(_) => return None,
        })
    }

    /// Its name for people. That of an unknown one is not told, for it is the caller's.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Api => "the API",
            Self::Console => "the console",
            Self::GoogleAssistant => "Google Assistant",
            Self::Facebook => "Facebook Messenger",
            Self::Slack => "Slack",
            Self::Telegram => "Telegram",
            Self::Line => "LINE",
            Self::Viber => "Viber",
            Self::Kik => "Kik",
            Self::Skype => "Skype",
            Self::Twilio => "Twilio",
            Self::GoogleChat => "Google Chat",
            Self::Telephony => "the phone gateway",
            Self::Messenger => "Dialogflow Messenger",
            Self::Other(_) => "an unknown integration",
        }
    }

    /// Where this integration's payload may hold the user's id, best place first.
    fn places_of_user_id(&self) -> &'static [&'static str] {
        match self {
            Self::GoogleAssistant => &["user.userId"],
            Self::Facebook => &["data.sender.id"],
            Self::Slack => &["data.event.user", "data.user"],
            Self::Telegram => &[
                "data.message.from.id",
                "data.callback_query.from.id",
                "data.from.id",
            ],
            Self::Line => &["data.source.userId"],
            Self::GoogleChat => &["data.event.user.name"],
            Self::Telephony => &["telephony.caller_id"],
            _ => &["userId"],
        }
    }

    /// The user's id in a payload of this integration.
    pub(super) fn user_id(&self, payload: &Struct) -> Option<UserId> {
        self.places_of_user_id().iter().find_map(|found_at| {
            let mut steps = found_at.split('.');
            let first = payload.get(steps.next()?)?;
            let id = match steps.try_fold(first, |value, step| value.get(step))? {
                // All callers of a trial agent would have the same one.
                Value::String(id) if *self == Self::Telephony && !is_phone_number(id) => return None,
                Value::String(id) if !id.is_empty() => id.clone(),
                Value::Number(id) => whole(id),
                _ => return None,
            };
            Some(UserId { id, found_at })
        })
    }
}

/// Whether a caller's id is a number in E.164; for agents of the trial edition it is redacted. Source: the published
/// comments on OriginalDetectIntentRequest.
fn is_phone_number(id: &str) -> bool {
    let digits = id.strip_prefix('+').unwrap_or_default();
    !digits.is_empty()
        && digits
            .bytes()
            .all(|letter| letter.is_ascii_digit() || b" -".contains(&letter))
}

/// A numeric id as its platform writes it: a Struct turns 42 into 42.0.
fn whole(id: &serde_json::Number) -> String {
    let text = id.to_string();
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn original(json: Value) -> OriginalDetectIntentRequest {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn the_source_is_read_whatever_its_case_and_place() {
        for (json, source) in [
            (json!({}), Source::Api),
            (json!({"source": "PLATFORM_UNSPECIFIED"}), Source::Api),
            (
                json!({"source": "DIALOGFLOW_CONSOLE", "payload": {}}),
                Source::Console,
            ),
            (json!({"source": "Google"}), Source::GoogleAssistant),
            (json!({"payload": {"source": "slack_testbot"}}), Source::Slack),
            (
                json!({"source": "carrier-pigeon"}),
                Source::Other("carrier-pigeon".into()),
            ),
        ] {
            assert_eq!(Source::of(&original(json)), source);
        }
    }

    #[test]
    fn the_user_is_found_where_each_source_puts_them() {
        for (json, id) in [
            (
                json!({"source": "google", "payload": {"user": {"userId": "u1"}}}),
                Some("u1"),
            ),
            (
                json!({"source": "facebook", "payload": {"data": {"sender": {"id": "u2"}}}}),
                Some("u2"),
            ),
            (
                json!({"source": "telegram", "payload": {"data": {"from": {"id": 42.0}}}}),
                Some("42"),
            ),
            (
                json!({"source": "slack", "payload": {"data": {"event": {"user": "u3"}}}}),
                Some("u3"),
            ),
            (json!({"payload": {"userId": "u4"}}), Some("u4")),
            (json!({"source": "line", "payload": {"data": {}}}), None),
            (
                json!({"source": "GOOGLE_TELEPHONY", "payload": {"telephony": {"caller_id": "+16505550199"}}}),
                Some("+16505550199"),
            ),
            (
                json!({"source": "GOOGLE_TELEPHONY", "payload": {"telephony": {"caller_id": "REDACTED"}}}),
                None,
            ),
        ] {
            let original = original(json);
            let found = Source::of(&original).user_id(&original.payload.unwrap());
            assert_eq!(found.map(|user| user.id).as_deref(), id);
        }
    }
}
