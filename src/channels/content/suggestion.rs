//! Things to tap: answers, and actions of the phone.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Check;

/// The longest label, in characters.
pub(in crate::channels) const MAX_LABEL: usize = 25;

/// The longest postback, and the longest question to the map, in characters.
pub(in crate::channels) const MAX_POSTBACK: usize = 2_048;

/// Something to tap: a label of at most 25 characters, and the postback, of at most 2,048, that the agent receives when it is tapped.
#[derive(Clone, PartialEq)]
pub struct Suggestion {
    label: String,
    postback: String,
    tapped: Tapped,
    fallback_url: Option<String>,
}

/// What a tap does.
#[derive(Clone, PartialEq)]
enum Tapped {
    Reply,
    Dial(String),
    OpenUrl {
        url: String,
        view: View,
    },
    ShowPlace {
        latitude: f64,
        longitude: f64,
        name: Option<String>,
    },
    FindPlace(String),
    Calendar(CalendarEvent),
    ShareLocation,
    LiveAgent,
}

/// Where a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// In the browser, or in the app that is registered for the address.
    Browser,
    /// In the conversation, over all of it.
    Full,
    /// In the conversation, over half of it.
    Half,
    /// In the conversation, over three quarters of it.
    Tall,
}

/// An entry for the user's calendar.
#[derive(Clone, PartialEq)]
pub struct CalendarEvent {
    title: String,
    description: Option<String>,
    start: Timestamp,
    end: Timestamp,
}

impl CalendarEvent {
    /// An event with a title of at most 100 characters.
    #[must_use]
    pub fn new(title: impl Into<String>, start: Timestamp, end: Timestamp) -> Self {
        Self {
            title: title.into(),
            description: None,
            start,
            end,
        }
    }

    /// With a text of at most 500 characters.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }
}

impl Suggestion {
    /// A suggested answer.
    #[must_use]
    pub fn reply(label: impl Into<String>, postback: impl Into<String>) -> Self {
        Self::of(label, postback, Tapped::Reply)
    }

    /// Opens the dialler with that number: E.164, or a short code.
    #[must_use]
    pub fn dial(label: impl Into<String>, postback: impl Into<String>, number: impl Into<String>) -> Self {
        Self::of(label, postback, Tapped::Dial(number.into()))
    }

    /// Opens a link. Business Messages opens it in the browser only.
    #[must_use]
    pub fn open_url(
        label: impl Into<String>,
        postback: impl Into<String>,
        url: impl Into<String>,
        view: View,
    ) -> Self {
        let url = url.into();
        Self::of(label, postback, Tapped::OpenUrl { url, view })
    }

    /// Shows a place on the map, under a name if it is given. RBM only.
    #[must_use]
    pub fn show_place(
        label: impl Into<String>,
        postback: impl Into<String>,
        (latitude, longitude): (f64, f64),
        name: Option<&str>,
    ) -> Self {
        let name = name.map(str::to_owned);
        let tapped = Tapped::ShowPlace {
            latitude,
            longitude,
            name,
        };
        Self::of(label, postback, tapped)
    }

    /// Looks for something on the map, around the user. RBM only.
    #[must_use]
    pub fn find_place(
        label: impl Into<String>,
        postback: impl Into<String>,
        query: impl Into<String>,
    ) -> Self {
        Self::of(label, postback, Tapped::FindPlace(query.into()))
    }

    /// Offers an entry for the calendar. RBM only.
    #[must_use]
    pub fn calendar(label: impl Into<String>, postback: impl Into<String>, event: CalendarEvent) -> Self {
        Self::of(label, postback, Tapped::Calendar(event))
    }

    /// Asks for the user's location. RBM only.
    #[must_use]
    pub fn share_location(label: impl Into<String>, postback: impl Into<String>) -> Self {
        Self::of(label, postback, Tapped::ShareLocation)
    }

    /// Asks for a human. Business Messages only; it has a label of its own.
    #[must_use]
    pub fn live_agent() -> Self {
        Self::of("", "", Tapped::LiveAgent)
    }

    /// With an address to open where a phone does not know the action. RBM only.
    #[must_use]
    pub fn fallback_url(mut self, url: impl Into<String>) -> Self {
        self.fallback_url = Some(url.into());
        self
    }

    fn of(label: impl Into<String>, postback: impl Into<String>, tapped: Tapped) -> Self {
        Self {
            label: label.into(),
            postback: postback.into(),
            tapped,
            fallback_url: None,
        }
    }

    pub(in crate::channels) fn json(&self, check: &mut Check, place: &str) -> Value {
        if self.tapped == Tapped::LiveAgent {
            if check.product == super::Product::Rbm {
                check.fault(
                    place,
                    "RBM has no request for a live agent; send a reply that your handler takes for one",
                );
            }
            return json!({"liveAgentRequest": {}});
        }
        check.text(&format!("{place}.text"), &self.label, MAX_LABEL);
        check.text(&format!("{place}.postbackData"), &self.postback, MAX_POSTBACK);
        let mut tap = json!({"text": self.label, "postbackData": self.postback});
        let Some((member, action)) = self.action(check, place) else {
            if self.fallback_url.is_some() {
                check.fault(&format!("{place}.fallbackUrl"), "only an action has one");
            }
            return json!({"reply": tap});
        };
        tap[member] = action;
        if let Some(url) = &self.fallback_url {
            check.only_rbm(place, "fallback address");
            check.web(&format!("{place}.fallbackUrl"), url);
            tap["fallbackUrl"] = json!(url);
        }
        json!({"action": tap})
    }

    /// The member that holds the action, and its value; none for a reply.
    fn action(&self, check: &mut Check, place: &str) -> Option<(&'static str, Value)> {
        Some(match &self.tapped {
            Tapped::Reply | Tapped::LiveAgent => return None,
            Tapped::Dial(number) => {
                let is_number = number
                    .chars()
                    .all(|sign| sign.is_ascii_digit() || "+*#".contains(sign));
                if number.is_empty() || !is_number {
                    let why = "expected digits, `+`, `*` and `#`";
                    check.fault(&format!("{place}.dialAction.phoneNumber"), why);
                }
                ("dialAction", json!({"phoneNumber": number}))
            }
            Tapped::OpenUrl { url, view } => {
                check.web(&format!("{place}.openUrlAction.url"), url);
                let mut action = json!({"url": url});
                let mode = match view {
                    View::Browser => None,
                    View::Full => Some("FULL"),
                    View::Half => Some("HALF"),
                    View::Tall => Some("TALL"),
                };
                if let Some(mode) = mode {
                    check.only_rbm(&format!("{place}.openUrlAction"), "web view");
                    action["application"] = json!("WEBVIEW");
                    action["webviewViewMode"] = json!(mode);
                }
                ("openUrlAction", action)
            }
            Tapped::ShowPlace {
                latitude,
                longitude,
                name,
            } => {
                check.only_rbm(place, "map");
                if !(-90.0..=90.0).contains(latitude) || !(-180.0..=180.0).contains(longitude) {
                    let why = "expected a latitude from -90 to 90 and a longitude from -180 to 180";
                    check.fault(&format!("{place}.viewLocationAction.latLong"), why);
                }
                let mut action = json!({"latLong": {"latitude": latitude, "longitude": longitude}});
                if let Some(name) = name {
                    action["label"] = json!(name);
                }
                ("viewLocationAction", action)
            }
            Tapped::FindPlace(query) => {
                check.only_rbm(place, "map");
                check.text(&format!("{place}.viewLocationAction.query"), query, MAX_POSTBACK);
                ("viewLocationAction", json!({"query": query}))
            }
            Tapped::Calendar(event) => {
                check.only_rbm(place, "calendar");
                let place = format!("{place}.createCalendarEventAction");
                check.text(&format!("{place}.title"), &event.title, 100);
                if event.end < event.start {
                    check.fault(&format!("{place}.endTime"), "it is before startTime");
                }
                let mut action = json!({
                    "title": event.title,
                    "startTime": event.start.to_string(),
                    "endTime": event.end.to_string(),
                });
                if let Some(text) = &event.description {
                    check.text(&format!("{place}.description"), text, 500);
                    action["description"] = json!(text);
                }
                ("createCalendarEventAction", action)
            }
            Tapped::ShareLocation => {
                check.only_rbm(place, "request for a location");
                ("shareLocationAction", json!({}))
            }
        })
    }
}

hide!(CalendarEvent, Suggestion);
