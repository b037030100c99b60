//! What came of a turn: the reply as it goes on the wire, and what its user hears and sees.

use serde_json::Value;

use super::seen::{self, Card, Image, List, Part};
use crate::webhook::{Answered, Source, Verdict};
use crate::wire::{OriginalDetectIntentRequest, id_of};

/// What came of a turn.
///
/// What is heard is what the turn's integration shows: where there are messages for its platform, these and no others, as
/// Dialogflow chooses them. A turn without a known integration hears everything. Where the reply leaves the answer to the
/// console, or an error status does, it is the console's response.
#[derive(Debug)]
pub struct Heard {
    answered: Answered,
    json: Value,
    intent: String,
    source: Source,
    console: Vec<Value>,
    earlier: Vec<Heard>,
    lost: Option<String>,
}

impl Heard {
    pub(super) fn of(answered: Answered, request: &Value) -> Self {
        let json = match &answered.verdict {
            Verdict::Reply(body) => serde_json::from_slice(body).expect("a reply is JSON"),
            _ => Value::Null,
        };
        let result = &request["queryResult"];
        let console = result["fulfillmentMessages"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        Self {
            answered,
            json,
            intent: result["intent"]["displayName"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            source: source(&request["originalDetectIntentRequest"]),
            console,
            earlier: Vec::new(),
            lost: None,
        }
    }

    /// It was led to by the events of these.
    pub(super) fn after(mut self, earlier: Vec<Self>) -> Self {
        self.earlier = earlier;
        self
    }

    /// Its event is not followed, and why.
    pub(super) fn leads_nowhere(&mut self, why: String) {
        self.lost = Some(why);
    }

    /// The answer as a server gets it: the verdict, why it failed, what was taken out of the reply.
    #[must_use]
    pub fn answered(&self) -> &Answered {
        &self.answered
    }

    /// The intent that answered: in a conversation the last that events led to.
    #[must_use]
    pub fn intent(&self) -> &str {
        &self.intent
    }

    /// What came of the matches whose events led here, first to last. Their users heard nothing of them.
    #[must_use]
    pub fn earlier(&self) -> &[Self] {
        &self.earlier
    }

    /// The events that were followed in this turn, in their order.
    pub fn followed(&self) -> impl Iterator<Item = &str> {
        self.earlier.iter().filter_map(Self::event)
    }

    /// Why the event of the reply was not followed in the conversation; none where it has no event.
    #[must_use]
    pub fn lost(&self) -> Option<&str> {
        self.lost.as_deref()
    }

    /// The reply as it goes on the wire; null when there is none.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// All messages as they go on the wire, for whichever platform.
    pub fn messages(&self) -> impl Iterator<Item = &Value> {
        self.json["fulfillmentMessages"].as_array().into_iter().flatten()
    }

    /// The integration that the turn came from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Whether the reply, or an error status, leaves the answer to the console.
    #[must_use]
    pub fn is_left_to_console(&self) -> bool {
        match &self.answered.verdict {
            Verdict::Reply(_) => {
                let is_lost_event = self.event().is_some() && self.lost.is_some();
                let says_nothing = self.messages().next().is_none() && self.json["payload"].is_null();
                says_nothing && (self.event().is_none() || is_lost_event)
            }
            Verdict::NotARequest(_) => false,
            Verdict::NoHandler | Verdict::Failed | Verdict::Unavailable => true,
        }
    }

    /// What the console would say.
    pub(super) fn console(&self) -> &[Value] {
        &self.console
    }

    /// All that is heard and seen, in its order.
    #[must_use]
    pub fn parts(&self) -> Vec<Part<'_>> {
        let mut parts: Vec<_> = self.shown().into_iter().flat_map(seen::parts).collect();
        if self.source == Source::GoogleAssistant {
            parts.extend(seen::assistant(&self.json["payload"]));
        }
        parts
    }

    /// The messages that the turn's integration shows.
    fn shown(&self) -> Vec<&Value> {
        let messages: Vec<_> = if self.is_left_to_console() {
            self.console.iter().collect()
        } else {
            self.messages().collect()
        };
        let Some(platform) = platform_of(&self.source) else {
            return messages;
        };
        let of = |platform: &str| {
            let is_for = |message: &&&Value| message["platform"].as_str().unwrap_or(UNSPECIFIED) == platform;
            messages.iter().filter(is_for).copied().collect::<Vec<_>>()
        };
        let own = of(platform);
        if own.is_empty() { of(UNSPECIFIED) } else { own }
    }

    /// All that is said in words, a line for each message.
    #[must_use]
    pub fn text(&self) -> String {
        let words = self.parts().into_iter().filter_map(|part| match part {
            Part::Text(words) => Some(words),
            _ => None,
        });
        words.collect::<Vec<_>>().join("\n")
    }

    /// All that can be tapped.
    #[must_use]
    pub fn chips(&self) -> Vec<&str> {
        let chips = self.parts().into_iter().filter_map(|part| match part {
            Part::Chips(chips) => Some(chips),
            _ => None,
        });
        chips.flatten().collect()
    }

    /// All cards.
    #[must_use]
    pub fn cards(&self) -> Vec<Card<'_>> {
        let cards = self.parts().into_iter().filter_map(|part| match part {
            Part::Card(card) => Some(card),
            _ => None,
        });
        cards.collect()
    }

    /// All pictures that stand alone; those of cards are in [`Self::cards`].
    #[must_use]
    pub fn images(&self) -> Vec<Image<'_>> {
        let images = self.parts().into_iter().filter_map(|part| match part {
            Part::Image(image) => Some(image),
            _ => None,
        });
        images.collect()
    }

    /// All lists.
    #[must_use]
    pub fn lists(&self) -> Vec<List<'_>> {
        let lists = self.parts().into_iter().filter_map(|part| match part {
            Part::List(list) => Some(list),
            _ => None,
        });
        lists.collect()
    }

    /// What is said to a platform in its own form: the member of that name in a payload message, as in `facebook`, or
    /// `richContent` for Dialogflow Messenger.
    #[must_use]
    pub fn payload(&self, platform: &str) -> Option<&Value> {
        self.messages()
            .find_map(|message| message["payload"].get(platform))
    }

    /// What stands under a platform's name in the reply's own payload.
    #[must_use]
    pub fn webhook_payload(&self, platform: &str) -> Option<&Value> {
        self.json["payload"].get(platform)
    }

    /// What the context of that id becomes; none where the reply leaves it as it is.
    #[must_use]
    pub fn context(&self, id: &str) -> Option<&Value> {
        self.json["outputContexts"].as_array()?.iter().find(|context| {
            context["name"]
                .as_str()
                .is_some_and(|name| id_of(name).eq_ignore_ascii_case(id))
        })
    }

    /// The event that the reply triggers.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        self.json["followupEventInput"]["name"].as_str()
    }

    /// The values of the session entities that the reply gives to that type; none where it gives none.
    #[must_use]
    pub fn entities(&self, entity_type: &str) -> Option<Vec<&str>> {
        let mut types = self.json["sessionEntityTypes"].as_array()?.iter();
        let found = types.find(|entities| {
            let name = entities["name"].as_str().unwrap_or_default();
            name.rsplit('/').next() == Some(entity_type)
        })?;
        let entities = found["entities"].as_array().into_iter().flatten();
        Some(entities.filter_map(|entity| entity["value"].as_str()).collect())
    }
}

/// How messages for all platforms are marked, where they are marked at all.
const UNSPECIFIED: &str = "PLATFORM_UNSPECIFIED";

fn source(original: &Value) -> Source {
    let original: Option<OriginalDetectIntentRequest> = serde_json::from_value(original.clone()).ok();
    original.map_or(Source::Api, |original| Source::of(&original))
}

/// The platform whose messages an integration shows.
fn platform_of(source: &Source) -> Option<&'static str> {
    Some(match source {
        Source::GoogleAssistant => "ACTIONS_ON_GOOGLE",
        Source::Facebook => "FACEBOOK",
        Source::Slack => "SLACK",
        Source::Telegram => "TELEGRAM",
        Source::Line => "LINE",
        Source::Viber => "VIBER",
        Source::Kik => "KIK",
        Source::Skype => "SKYPE",
        Source::GoogleChat => "GOOGLE_HANGOUTS",
        Source::Telephony => "TELEPHONY",
        _ => return None,
    })
}
