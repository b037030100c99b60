//! What a handler gives: messages or an event, contexts, session entities.

mod entities;
mod list;
mod memory;
mod message;

pub mod assistant;
pub mod messenger;
pub mod payload;
pub mod rbm;
pub mod ssml;
pub mod telephony;

mod finding;
mod prove;
mod rendering;

mod withheld;

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use super::handler::Answer;
use super::{Call, OutputContext, session_data};
use crate::wire::{ApiVersion, EventInput, Struct, WebhookResponse};

pub use entities::SessionEntities;
pub use finding::{Effect, Finding};
pub use list::{List, ListItem};
pub use message::{Card, Message};
use payload::Payload;
pub use prove::{MAX_BYTES, Proof, Terms, prove};
use withheld::withheld;

/// The member of a reply's own payload that tells of a hand-off; see [`Reply::hand_off`].
const HANDOFF: &str = "handoff";

/// The most bytes of a hand-off's reason. Ours: the whole reply may have 64 KiB, and a reason that fills it takes the words.
const MAX_REASON: usize = 4 * 1024;

/// A reply. `Reply` is one that speaks: messages, payloads, or the console's own response. `Reply<Event>` triggers an
/// event instead, and cannot carry messages, because Dialogflow would ignore them. Both can carry contexts and session
/// entities.
///
/// ```
/// use flowhook::{Card, Reply};
///
/// let reply = Reply::text("Here is the menu.")
///     .say(Card::new("Menu").subtitle("Today").button("Order", "order now"))
///     .chips(["Drinks", "Dishes"]);
/// ```
#[derive(Clone)]
#[must_use = "a handler says a reply by returning it"]
pub struct Reply<Form = Messages> {
    form: Form,
    contexts: Vec<OutputContext>,
    session_data: session_data::Changes,
    session_entities: Vec<SessionEntities>,
    webhook_source: String,
    live_agent_handoff: bool,
    handoff_reason: Option<String>,
    end_interaction: bool,
    faults: Vec<Finding>,
}

/// The form of a reply that speaks.
#[derive(Clone, Default)]
pub struct Messages {
    messages: Vec<Message>,
    payload: Struct,
    fulfillment_text: String,
}

/// The form of a reply that triggers an event.
#[derive(Clone)]
pub struct Event {
    name: String,
    parameters: Struct,
    language: Option<String>,
}

impl Reply {
    /// Says words.
    pub fn text(words: impl Into<String>) -> Self {
        Self::message(Message::text(words))
    }

    /// Says one of several wordings. The choice depends on the turn alone: a repeated call gets the same one.
    pub fn one_of<T: Into<String>>(wordings: impl IntoIterator<Item = T>) -> Self {
        Self::message(Message::one_of(wordings))
    }

    /// Says one message: words, a [`Card`], any [`Message`].
    pub fn message(message: impl Into<Message>) -> Self {
        Self::console().say(message)
    }

    /// Says nothing itself: the responses of the intent in the console stand. Contexts may still be set.
    pub fn console() -> Self {
        Self::of(Messages::default())
    }

    /// Says nothing itself, so that the agent asks for the slot in its own words: on a turn of slot filling its prompt is the
    /// console's response. To ask in other words say something else; see [`Slots`](super::Slots).
    pub fn prompt() -> Self {
        Self::console()
    }

    /// Says one message more.
    pub fn say(mut self, message: impl Into<Message>) -> Self {
        self.form.messages.push(message.into());
        self
    }

    /// Offers things to tap instead of typing them: quick replies.
    pub fn chips<T: Into<String>>(self, chips: impl IntoIterator<Item = T>) -> Self {
        self.say(Message::quick_replies("", chips))
    }

    /// Adds to the reply's own payload, which becomes the result's `webhookPayload`: a message of a platform's, see
    /// [`payload`], or a JSON object whose keys are platforms. It is not a message: for a payload among the messages see
    /// [`Message::payload`].
    pub fn webhook_payload(mut self, payload: impl Payload) -> Self {
        match payload.members() {
            Ok(payload) => self.form.payload.extend(payload),
            Err(rule) => self.faults.push(Finding::new("payload", rule)),
        }
        self
    }

    /// Puts plain words beside the messages, for a client of the API that reads no more than the result's
    /// `fulfillmentText`. They are no message: a reply that has nothing else leaves the answer to the console.
    pub fn fulfillment_text(mut self, words: impl Into<String>) -> Self {
        self.form.fulfillment_text = words.into();
        self
    }

    /// Asks for a human, and tells them why. The reason becomes the member `handoff.reason` of the reply's own payload,
    /// which whoever called Dialogflow reads from the result's `webhookPayload`, in both versions of the API; it is never
    /// shown as a message, and never logged. One of more than 4 KiB is cut. Where the caller is the user's own browser, as with Dialogflow Messenger, the
    /// browser can read it too.
    ///
    /// The flag beside it is v2beta1 only: for a v2 agent it is left out and logged, and the reason alone tells of the
    /// hand-off.
    pub fn hand_off(mut self, reason: impl Into<String>) -> Self {
        self.handoff_reason = Some(reason.into());
        self.live_agent_handoff()
    }

    /// Answers Google Assistant in its own form, and waits for the user: words, or a whole
    /// [`Response`](payload::google::Response).
    pub fn google_assistant(response: impl Into<payload::google::Response>) -> Self {
        Self::console().webhook_payload(response.into())
    }
}

impl Reply<Event> {
    /// Triggers an event: Dialogflow matches the intent that listens to it, at once and without answering the user, and
    /// calls the webhook for that intent. At most three matches follow one another in a turn.
    pub fn event(name: impl Into<String>) -> Self {
        Self::of(Event {
            name: name.into(),
            parameters: Struct::new(),
            language: None,
        })
    }

    /// Hands a value over with the event. It arrives in a context named like the event.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.form.parameters.insert(name.into(), value.into());
        self
    }

    /// The event's language. Dialogflow asks for one and uses the turn's; without this call the turn's is sent.
    pub fn language(mut self, code: impl Into<String>) -> Self {
        self.form.language = Some(code.into());
        self
    }
}

impl<Form> Reply<Form> {
    fn of(form: Form) -> Self {
        Self {
            form,
            contexts: Vec::new(),
            session_data: session_data::Changes::default(),
            session_entities: Vec::new(),
            webhook_source: String::new(),
            live_agent_handoff: false,
            handoff_reason: None,
            end_interaction: false,
            faults: Vec::new(),
        }
    }

    /// Gives the session entities of its own. The last word on an entity type counts: a session has one set for each.
    pub fn session_entities(mut self, entities: SessionEntities) -> Self {
        self.session_entities
            .retain(|earlier| !earlier.are_of_the_type_of(&entities));
        self.session_entities.push(entities);
        self
    }

    /// Names where the reply comes from, in words of your own: a client of the API reads them in the result's `webhookSource`.
    pub fn webhook_source(mut self, name: impl Into<String>) -> Self {
        self.webhook_source = name.into();
        self
    }

    /// Asks for a human; [`Reply::hand_off`](Reply::hand_off) tells them why. v2beta1 only: for a v2 agent it is left out
    /// and logged.
    pub fn live_agent_handoff(mut self) -> Self {
        self.live_agent_handoff = true;
        self
    }

    /// Ends the interaction. v2beta1 only: for a v2 agent it is left out and logged.
    pub fn end_interaction(mut self) -> Self {
        self.end_interaction = true;
        self
    }

    /// The parts that every reply may carry, on the wire, and what could not be put there.
    fn carried(self, call: &Call) -> (Form, WebhookResponse, Vec<Finding>) {
        let session = call.session_name();
        let mut faults = self.faults;
        let contexts = self
            .contexts
            .into_iter()
            .filter_map(|context| context.on_the_wire(call).transpose());
        let mut output_contexts = sound(contexts, "outputContexts", &mut faults);
        let mut refused = Vec::new();
        output_contexts.extend(self.session_data.on_the_wire(call, &mut refused));
        let refused = refused.into_iter();
        faults.extend(refused.map(|rule| Finding::new("outputContexts", rule)));
        let entities = self
            .session_entities
            .into_iter()
            .map(|entities| entities.on_the_wire(session));
        let response = WebhookResponse {
            source: self.webhook_source,
            output_contexts,
            session_entity_types: sound(entities, "sessionEntityTypes", &mut faults),
            live_agent_handoff: self.live_agent_handoff,
            end_interaction: self.end_interaction,
            ..WebhookResponse::default()
        };
        (self.form, response, faults)
    }
}

/// Those parts of a list that keep the rules; what the others break is noted with their place.
fn sound<T>(
    parts: impl Iterator<Item = Result<T, &'static str>>,
    list: &str,
    faults: &mut Vec<Finding>,
) -> Vec<T> {
    let mut sound = Vec::new();
    for (place, part) in parts.enumerate() {
        match part {
            Ok(part) => sound.push(part),
            Err(rule) => faults.push(Finding::new(&format!("{list}[{place}]"), rule)),
        }
    }
    sound
}

impl<T: Into<Message>> From<T> for Reply {
    fn from(message: T) -> Self {
        Self::message(message)
    }
}

impl Answer {
    /// The answer to `call` on the wire, and what could not be put there.
    pub(super) fn on_the_wire(self, call: &Call) -> (WebhookResponse, Vec<Finding>) {
        match self {
            Self::Reply(mut reply) => {
                let reason = reply.handoff_reason.take();
                let (mut form, mut response, mut faults) = reply.carried(call);
                let messages = form.messages.into_iter().enumerate();
                let messages = messages.map(|(place, message)| message.choosing(|| call.choice(place)));
                let shown = rendering::render(messages.collect(), &form.payload, call.drawn_by());
                response.fulfillment_messages = shown.messages;
                faults.extend(shown.findings);
                if let Some(mut reason) = reason {
                    if reason.len() > MAX_REASON {
                        reason.truncate(reason.floor_char_boundary(MAX_REASON));
                        faults.push(
                            Finding::new(
                                "payload.handoff.reason",
                                "the reason of a hand-off has at most 4096 bytes",
                            )
                            .with(Effect::Changed)
                            .mend("give the reason in short, and keep what was said elsewhere"),
                        );
                    }
                    form.payload.insert(HANDOFF.to_owned(), json!({"reason": reason}));
                }
                response.payload = (!form.payload.is_empty()).then_some(form.payload);
                response.fulfillment_text = form.fulfillment_text;
                (response, faults)
            }
            Self::Event(event) => {
                let (form, mut response, faults) = event.carried(call);
                let spoken = if call.language().is_empty() {
                    "en"
                } else {
                    call.language()
                };
                response.followup_event_input = Some(EventInput {
                    name: form.name,
                    parameters: (!form.parameters.is_empty()).then_some(form.parameters),
                    language_code: form
                        .language
                        .filter(|code| !code.is_empty())
                        .unwrap_or_else(|| spoken.to_owned()),
                    other: Struct::new(),
                });
                (response, faults)
            }
        }
    }

    /// Whether the user hears nothing of the reply, unless the console speaks or somebody else takes over, which only
    /// v2beta1 can ask for.
    pub(super) fn is_silent(&self, version: ApiVersion) -> bool {
        let Self::Reply(reply) = self else {
            return false;
        };
        let says_nothing = reply.form.messages.is_empty() && reply.form.payload.is_empty();
        let hands_over = reply.end_interaction || reply.live_agent_handoff;
        says_nothing && !(hands_over && version == ApiVersion::V2Beta1)
    }
}

/// Shows of what kinds it is and what it changes, and nothing that is said.
impl<Form: fmt::Debug> fmt::Debug for Reply<Form> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reply")
            .field("form", &self.form)
            .field("contexts", &self.contexts)
            .field("session_data", &self.session_data)
            .finish_non_exhaustive()
    }
}

/// Shows the kinds of the messages.
impl fmt::Debug for Messages {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(&self.messages).finish()
    }
}

withheld!(Event);

/// A value as a JSON object, or the rule that it breaks.
fn object(value: impl Serialize) -> Result<Struct, &'static str> {
    match serde_json::to_value(value) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err("a payload is a JSON object, not a list or a single value"),
        Err(_) => Err("a payload's type cannot be written as JSON"),
    }
}
