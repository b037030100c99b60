//! A conversation: turn after turn, with all that Dialogflow carries between them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::expect::same;
use super::request::{Ask, Query, To, next_response_id};
use super::state::State;
use super::{Caller, Design, Heard};
use crate::webhook::{Context, SessionData, session_data};
use crate::wire::Struct;

/// How many matches may follow one another in a turn. Source: the events guide.
const MATCHES_IN_A_TURN: usize = 3;

/// A conversation with an agent, in a session of its own. See [`super`] for an example.
///
/// - A context is active for as many further turns as its lifespan says. It ends when a reply or a design sets it to 0, and
///   twenty minutes after it was set or renewed. Session entities last twenty minutes, too.
/// - The parameters of the matched intent go into every active context, as `NAME` and, in the user's words, `NAME.original`.
/// - A reply that triggers an event is followed by the match of the intent that listens to it, with a call and a deadline of its
///   own: what is heard is the last one. At most three matches follow one another, and each counts as a turn for lifespans.
/// - Slots are collected over the turns of one intent, and given up when another is asked.
/// - An intent that the fallback of the agent stands for counts as not understood, and the count is told.
///
/// Where Google's documents are silent, the choice is: parameters of a context that a reply sets replace those it carried; an event
/// that nothing listens to, or that comes after the third match, leaves the user with the console's response of the last intent.
pub struct Conversation {
    caller: Caller,
    designs: Vec<Design>,
    session: String,
    speaker: Query,
    state: State,
    last: Option<(Bytes, Value)>,
}

impl Conversation {
    pub(super) fn new(caller: Caller) -> Self {
        Self {
            caller,
            designs: Vec::new(),
            session: next_session(),
            speaker: Query::default(),
            state: State::default(),
            last: None,
        }
    }

    /// The language in which all of it is held; without this call `en`.
    #[must_use]
    pub fn language(mut self, code: &str) -> Self {
        self.speaker.language = Some(code.to_owned());
        self
    }

    /// The integration that all of it comes from, in Google's spelling: `google`, `facebook`, ...
    #[must_use]
    pub fn source(mut self, source: &str) -> Self {
        self.speaker.source = Some(source.to_owned());
        self
    }

    /// What the integration sends along on each turn.
    #[must_use]
    pub fn payload(mut self, payload: Value) -> Self {
        self.speaker.payload = Some(payload);
        self
    }

    /// The session's full name, in any of the four forms that there are.
    #[must_use]
    pub fn session(mut self, name: &str) -> Self {
        self.session = name.to_owned();
        self
    }

    /// What the console says of an intent. The last word on an intent counts.
    #[must_use]
    pub fn designed(mut self, design: Design) -> Self {
        self.designs.retain(|earlier| earlier.intent != design.intent);
        self.designs.push(design);
        self
    }

    /// What the console says of several intents.
    #[must_use]
    pub fn designed_as(self, designs: impl IntoIterator<Item = Design>) -> Self {
        designs.into_iter().fold(self, Self::designed)
    }

    /// Lets an event lead to an intent.
    #[must_use]
    pub fn listens(self, event: &str, intent: &str) -> Self {
        let design = self.design(intent).listens(event);
        self.designed(design)
    }

    /// A turn in which the intent of that display name is matched. Awaiting it asks.
    ///
    /// # Panics
    ///
    /// When nothing answers an intent of that name, and when Dialogflow could not match it, because an input context of its is
    /// not active.
    #[track_caller]
    pub fn asks(&mut self, intent: &str) -> Ask<'_> {
        self.caller.expect_line_for(intent);
        if let Some(context) = self.lacks(intent) {
            let active: Vec<_> = self.state.active().map(|context| context.id.as_str()).collect();
            panic!(
                "Dialogflow would not match the intent `{intent}`: its input context `{context}` is not active; active are {active:?}"
            );
        }
        let query = self.spoken(Query::of(intent));
        Ask::new(To::Conversation(self), query)
    }

    /// An event from outside, such as an integration's welcome, or one that the client sends. It leads to the intent that
    /// listens to it.
    ///
    /// # Panics
    ///
    /// When no intent listens to it, and as [`Self::asks`].
    #[track_caller]
    pub fn event(&mut self, event: &str, parameters: Value) -> Ask<'_> {
        let Some(intent) = self.listener(event) else {
            panic!("no intent listens to the event `{event}`: say which one does with `.listens(..)`");
        };
        self.caller.expect_line_for(&intent);
        let parameters = parameters.as_object().cloned().unwrap_or_default();
        let query = self.spoken(Query::default()).led_by(event, parameters, &intent);
        Ask::new(To::Conversation(self), query)
    }

    /// Sends the last request once more, as Dialogflow does when it saw no answer. Nothing of the conversation changes.
    ///
    /// # Panics
    ///
    /// When nothing was asked yet.
    pub async fn again(&mut self) -> Heard {
        let (body, request) = self
            .last
            .clone()
            .expect("something was asked before it is repeated");
        Heard::of(self.caller.answer(body).await, &request)
    }

    /// Lets time pass in which nobody says anything. In a test that holds time still it takes none.
    pub async fn idle(&mut self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    /// Begins anew in another session, with nothing remembered. What was set up stays.
    pub fn reset(&mut self) {
        self.session = next_session();
        self.state = State::default();
        self.last = None;
    }

    /// The ids of the contexts that are active for the next turn.
    pub fn contexts(&self) -> impl Iterator<Item = &str> {
        self.state.active().map(|context| context.id.as_str())
    }

    /// What a context carries, and for how many turns more it is active.
    #[must_use]
    pub fn context(&self, id: &str) -> Option<(u32, &Struct)> {
        let context = self.state.context(id)?;
        Some((context.lifespan, &context.parameters))
    }

    /// What is remembered as a `T` for the next turn.
    ///
    /// # Panics
    ///
    /// When the context is active, but what it carries is no `T`.
    #[must_use]
    #[track_caller]
    pub fn remembered<T: Context + DeserializeOwned>(&self) -> Option<T> {
        let context = self.state.context(T::NAME)?;
        match crate::webhook::params::read(&context.parameters) {
            Ok(value) => Some(value),
            Err(misfit) => panic!("context `{}`: {misfit}", T::NAME),
        }
    }

    /// What the session keeps as a `T`.
    ///
    /// # Panics
    ///
    /// When what is kept under the type's name is no `T`.
    #[must_use]
    #[track_caller]
    pub fn session_data<T: SessionData + DeserializeOwned>(&self) -> Option<T> {
        let context = self.state.context(session_data::CONTEXT)?;
        match session_data::read_from(&context.parameters) {
            Ok(value) => value,
            Err(misfit) => panic!("session data `{}`: {misfit}", T::NAME),
        }
    }

    /// The values of the session entities of that type, as far as a reply gave any.
    #[must_use]
    pub fn entities(&self, entity_type: &str) -> Vec<&str> {
        let entities = self
            .state
            .entities(entity_type)
            .and_then(|entities| entities["entities"].as_array());
        let values = entities
            .into_iter()
            .flatten()
            .map(|entity| entity["value"].as_str());
        values.flatten().collect()
    }

    /// The intent whose slots are being filled.
    #[must_use]
    pub fn filling(&self) -> Option<&str> {
        self.state.filling()
    }

    /// A context is active for so many turns more.
    #[track_caller]
    pub fn expect_context(&self, id: &str, turns: u32) -> &Self {
        let found = self.state.context(id).map(|context| context.lifespan);
        assert!(
            found == Some(turns),
            "expected the context `{id}` to be active for {turns} turns more; instead {}",
            self.told()
        );
        self
    }

    /// A context is not active for the next turn.
    #[track_caller]
    pub fn expect_no_context(&self, id: &str) -> &Self {
        assert!(
            self.state.context(id).is_none(),
            "expected the context `{id}` not to be active; instead {}",
            self.told()
        );
        self
    }

    /// A value is remembered for the next turn. What the context carries beside it, such as an intent's parameters, does not
    /// matter.
    #[track_caller]
    pub fn expect_remembered<T: Context + Serialize>(&self, value: &T) -> &Self {
        let value = serde_json::to_value(value).expect("what is remembered can be written as JSON");
        let carried = self.state.context(T::NAME).map(|context| &context.parameters);
        let holds = |carried: &Struct| {
            let mut members = value.as_object().into_iter().flatten();
            members.all(|(name, value)| same(carried.get(name).unwrap_or(&Value::Null), value))
        };
        assert!(
            carried.is_some_and(holds),
            "expected the context `{}` to carry {value}; instead {}",
            T::NAME,
            self.told()
        );
        self
    }

    /// Nothing is remembered as a `T`.
    #[track_caller]
    pub fn expect_forgotten<T: Context>(&self) -> &Self {
        self.expect_no_context(T::NAME)
    }

    /// The session entities of that type have these values.
    #[track_caller]
    pub fn expect_entities<const N: usize>(&self, entity_type: &str, values: [&str; N]) -> &Self {
        let found = self.entities(entity_type);
        assert!(
            found == values,
            "expected the session entities {values:?} of the type `{entity_type}`; instead there are {found:?}"
        );
        self
    }

    /// The contexts in words, for who expected others.
    fn told(&self) -> String {
        let told = self.state.active().map(|context| {
            let carries = Value::Object(context.parameters.clone());
            format!("\n    {}, {} turns: {carries}", context.id, context.lifespan)
        });
        let told: String = told.collect();
        if told.is_empty() {
            "no context is active".to_owned()
        } else {
            format!("these are:{told}")
        }
    }

    fn design(&self, intent: &str) -> Design {
        let design = self.designs.iter().find(|design| design.intent == intent);
        design.cloned().unwrap_or_else(|| Design::of(intent))
    }

    /// The input context of the intent that is not active.
    fn lacks(&self, intent: &str) -> Option<String> {
        let mut needed = self.design(intent).needs.into_iter();
        needed.find(|id| self.state.context(id).is_none())
    }

    /// The intent that an event leads to: one that listens to it, and whose input contexts are active.
    fn listener(&self, event: &str) -> Option<String> {
        let listens = |design: &&Design| {
            design.listens.iter().any(|heard| heard == event) && self.lacks(&design.intent).is_none()
        };
        self.designs
            .iter()
            .find(listens)
            .map(|design| design.intent.clone())
    }

    /// The query, said by who speaks here.
    fn spoken(&self, query: Query) -> Query {
        Query {
            language: self.speaker.language.clone(),
            source: self.speaker.source.clone(),
            payload: self.speaker.payload.clone(),
            ..query
        }
    }

    /// The request that the query becomes, as things stand.
    pub(super) fn request(&self, mut query: Query) -> Value {
        self.matched(&mut query, &mut self.state.clone(), &next_response_id())
    }

    fn matched(&self, query: &mut Query, state: &mut State, response_id: &str) -> Value {
        let design = self.design(&query.intent);
        if query.action.is_empty() {
            query.action.clone_from(&design.action);
        }
        let contexts = state.matched(query, &design);
        if let Some(words) = design.says.as_ref().filter(|_| query.console.is_empty()) {
            query.console = vec![serde_json::json!({"text": {"text": [words]}})];
        }
        query.request(&self.session, response_id, &contexts)
    }

    /// One turn: the match, and those that events lead to.
    pub(super) async fn turn(&mut self, mut query: Query) -> Heard {
        // A chain of events may repeat the id, so it does.
        let response_id = next_response_id();
        let mut earlier = Vec::new();
        loop {
            let mut state = self.state.clone();
            let request = self.matched(&mut query, &mut state, &response_id);
            self.state = state;
            let body = Bytes::from(request.to_string());
            self.last = Some((body.clone(), request.clone()));
            let mut heard = Heard::of(self.caller.answer(body).await, &request);
            self.state.replied(heard.json());
            let Some(event) = heard.event() else {
                return heard.after(earlier);
            };
            let Some(intent) = self.listener(event) else {
                let why = format!("no intent that can be matched now listens to the event `{event}`");
                heard.leads_nowhere(why);
                return heard.after(earlier);
            };
            if earlier.len() + 1 == MATCHES_IN_A_TURN {
                let why = format!(
                    "Dialogflow does not follow the event `{event}`: {MATCHES_IN_A_TURN} matches in a turn are the most"
                );
                heard.leads_nowhere(why);
                return heard.after(earlier);
            }
            let handed_over = heard.json()["followupEventInput"]["parameters"].as_object();
            query = query.led_by(event, handed_over.cloned().unwrap_or_default(), &intent);
            earlier.push(heard);
        }
    }
}

fn next_session() -> String {
    static HELD: AtomicU64 = AtomicU64::new(1);
    let number = HELD.fetch_add(1, Ordering::Relaxed);
    format!("projects/demo/locations/global/agent/sessions/test-{number}")
}
