//! What Dialogflow keeps of a session from turn to turn, and how a match and a reply change it.
//!
//! Sources: the contexts, events, session-entities and slot-filling guides and the comments of the published protos. Where these
//! are silent the comments here say what was chosen.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::Design;
use super::request::Query;
use crate::wire::{Struct, id_of};

/// How long a context lasts after it was set or renewed, as the guide has it. The proto's comment counts from the last query that
/// matched. Session entities last as long, and so do slots that nobody goes on filling.
const KEPT_FOR: Duration = Duration::from_secs(20 * 60);

/// An active context.
#[derive(Clone, Debug)]
pub(super) struct Active {
    pub(super) id: String,
    /// How many queries more it is active for.
    pub(super) lifespan: u32,
    pub(super) parameters: Struct,
    set_at: Instant,
}

impl Active {
    /// A context that is set now.
    pub(super) fn new(id: impl Into<String>, lifespan: u32, parameters: Struct) -> Self {
        Self {
            id: id.into(),
            lifespan,
            parameters,
            set_at: Instant::now(),
        }
    }

    fn is_kept(&self) -> bool {
        self.set_at.elapsed() < KEPT_FOR
    }

    /// As requests tell of it. In its last turn its count is 0, which JSON leaves out.
    pub(super) fn on_the_wire(&self, session: &str) -> Value {
        let mut context = json!({"name": format!("{session}/contexts/{}", self.id)});
        if self.lifespan > 0 {
            context["lifespanCount"] = self.lifespan.into();
        }
        if !self.parameters.is_empty() {
            context["parameters"] = doubles(Value::Object(self.parameters.clone()));
        }
        context
    }
}

/// What is kept of a session.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    contexts: Vec<Active>,
    /// Session entities by the display name of their type, and since when they are.
    entities: BTreeMap<String, (Value, Instant)>,
    /// The intent whose slots are being filled, and those that are.
    filling: Option<(String, Struct)>,
    no_match: u32,
    no_input: u32,
    asked_at: Option<Instant>,
}

impl State {
    /// The contexts that are active for the next query.
    pub(super) fn active(&self) -> impl Iterator<Item = &Active> {
        let contexts = self.contexts.iter();
        contexts.filter(|context| context.is_kept() && context.lifespan > 0)
    }

    pub(super) fn context(&self, id: &str) -> Option<&Active> {
        self.active().find(|context| context.id.eq_ignore_ascii_case(id))
    }

    /// The intent that Dialogflow collects parameters for.
    pub(super) fn filling(&self) -> Option<&str> {
        let filling = self.filling.as_ref().filter(|_| self.is_going_on());
        filling.map(|(intent, _)| intent.as_str())
    }

    /// The session entities of that type, as a reply gave them.
    pub(super) fn entities(&self, entity_type: &str) -> Option<&Value> {
        let (entities, set_at) = self.entities.get(entity_type)?;
        (set_at.elapsed() < KEPT_FOR).then_some(entities)
    }

    fn is_going_on(&self) -> bool {
        self.asked_at.is_none_or(|asked| asked.elapsed() < KEPT_FOR)
    }

    /// Matches the query's intent: completes the query by what the session and the design know, and gives the contexts that
    /// the request tells of.
    pub(super) fn matched(&mut self, query: &mut Query, design: &Design) -> Vec<Active> {
        if !self.is_going_on() {
            self.filling = None;
            (self.no_match, self.no_input) = (0, 0);
        }
        self.asked_at = Some(Instant::now());
        self.contexts.retain_mut(|context| {
            let is_active = context.is_kept() && context.lifespan > 0;
            context.lifespan = context.lifespan.saturating_sub(1);
            is_active
        });
        self.count(query, design);
        // Given with 0 turns left, one is in its last turn.
        for context in std::mem::take(&mut query.contexts) {
            self.end(&context.id);
            self.contexts.push(context);
        }
        self.fill(query, design);
        let is_complete = query.missing.is_empty() && !query.cancels_slot_filling;
        if is_complete && design.resets_contexts {
            self.contexts.clear();
        }
        for (id, lifespan) in design.sets.iter().filter(|_| is_complete) {
            let renewed = self
                .contexts
                .iter()
                .find(|context| context.id.eq_ignore_ascii_case(id));
            // The agent renews a context and keeps what it carries.
            let parameters = renewed.map(|context| context.parameters.clone());
            self.set(Active::new(id, *lifespan, parameters.unwrap_or_default()));
        }
        for context in &mut self.contexts {
            context.parameters.extend(query.parameters.clone());
            context.parameters.extend(originals(query));
        }
        let mut sent = self.contexts.clone();
        sent.extend(self.own_contexts(query));
        sent
    }

    /// Takes over what a reply says of contexts and session entities.
    pub(super) fn replied(&mut self, reply: &Value) {
        for context in reply["outputContexts"].as_array().into_iter().flatten() {
            let lifespan = context["lifespanCount"].as_u64().unwrap_or_default();
            // Dialogflow lowercases ids.
            let id = id_of(context["name"].as_str().unwrap_or_default()).to_lowercase();
            // Whether parameters are merged or replaced is not documented; here they are replaced.
            let parameters = context["parameters"].as_object().cloned().unwrap_or_default();
            self.set(Active::new(
                id,
                u32::try_from(lifespan).unwrap_or(u32::MAX),
                parameters,
            ));
        }
        for entities in reply["sessionEntityTypes"].as_array().into_iter().flatten() {
            let name = entities["name"].as_str().unwrap_or_default();
            let name = name.rsplit('/').next().unwrap_or_default();
            self.entities
                .insert(name.to_owned(), (entities.clone(), Instant::now()));
        }
    }

    /// Sets, renews or ends a context.
    fn set(&mut self, context: Active) {
        self.end(&context.id);
        if context.lifespan > 0 {
            self.contexts.push(context);
        }
    }

    fn end(&mut self, id: &str) {
        self.contexts
            .retain(|context| !context.id.eq_ignore_ascii_case(id));
    }

    fn count(&mut self, query: &mut Query, design: &Design) {
        query.is_fallback |= design.is_fallback;
        self.no_match = if query.is_fallback && !query.is_silent {
            self.no_match + 1
        } else {
            0
        };
        self.no_input = if query.is_silent { self.no_input + 1 } else { 0 };
    }

    /// Collects slots over the turns of one intent. Another intent, or leaving, gives up what was collected.
    fn fill(&mut self, query: &mut Query, design: &Design) {
        if let Some((intent, earlier)) = self.filling.take()
            && intent == query.intent
        {
            for (name, value) in earlier {
                query.parameters.entry(name).or_insert(value);
            }
        }
        for (name, value) in &design.defaults {
            if query.parameters.get(name).is_none_or(is_not_given) {
                query.parameters.insert(name.clone(), self.resolved(value));
            }
        }
        let required = design.requires.iter().map(|(name, _)| name);
        let missing: Vec<_> = required
            .chain(&query.missing)
            .filter(|name| query.parameters.get(*name).is_none_or(is_not_given))
            .cloned()
            .collect();
        for name in &missing {
            query.parameters.entry(name.clone()).or_insert_with(|| "".into());
        }
        query.missing = if query.cancels_slot_filling {
            Vec::new()
        } else {
            missing
        };
        if let Some(asked) = query.missing.first() {
            self.filling = Some((query.intent.clone(), query.parameters.clone()));
            let prompt = design.requires.iter().find(|(name, _)| name == asked);
            if let Some((_, prompt)) = prompt.filter(|_| query.console.is_empty()) {
                query.console = vec![json!({"text": {"text": [prompt]}})];
            }
        }
    }

    /// A default value: a constant, or what a context carries.
    fn resolved(&self, value: &Value) -> Value {
        let Some(reference) = value.as_str().and_then(|text| text.strip_prefix('#')) else {
            return value.clone();
        };
        let carried = reference.split_once('.').and_then(|(id, parameter)| {
            let context = self
                .contexts
                .iter()
                .find(|context| context.id.eq_ignore_ascii_case(id))?;
            context.parameters.get(parameter).cloned()
        });
        carried.unwrap_or_else(|| "".into())
    }

    /// The contexts that Dialogflow keeps for itself: its counters, and where it stands in filling slots.
    fn own_contexts(&self, query: &Query) -> Vec<Active> {
        let own = |id: String, lifespan: u32, parameters: Value| {
            Active::new(id, lifespan, parameters.as_object().cloned().unwrap_or_default())
        };
        let counters = json!({"no-match": self.no_match, "no-input": self.no_input});
        let mut contexts = vec![own("__system_counters__".to_owned(), 1, counters)];
        if let Some(asked) = query.missing.first() {
            let name = query.intent.to_lowercase().replace(' ', "");
            let collected = Value::Object(query.parameters.clone());
            contexts.extend([
                own(
                    format!("{}_id_dialog_context", query.intent_id()),
                    2,
                    collected.clone(),
                ),
                own(format!("{name}_dialog_context"), 2, collected.clone()),
                own(format!("{name}_dialog_params_{asked}"), 1, collected),
            ]);
        }
        contexts
    }
}

/// The words in which the query's parameters were given; where the test does not say, the values themselves.
fn originals(query: &Query) -> Struct {
    let spoken = |value: &Value| match value {
        Value::String(words) => Value::String(words.clone()),
        Value::Number(number) => number.to_string().trim_end_matches(".0").into(),
        _ => "".into(),
    };
    let words = query.parameters.iter().map(|(name, value)| {
        let words = query.originals.get(name).cloned();
        let words = words.unwrap_or_else(|| match value {
            Value::Array(values) => values.iter().map(spoken).collect(),
            value => spoken(value),
        });
        (format!("{name}.original"), words)
    });
    words.collect()
}

/// Whether a value is Dialogflow's way of saying that nobody gave one.
fn is_not_given(value: &Value) -> bool {
    value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty)
}

/// A value after its way through a `google.protobuf.Struct`, whose numbers are doubles: 2 arrives as 2.0.
pub(super) fn doubles(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(list) => list.into_iter().map(doubles).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, doubles(value)))
            .collect(),
        value => value,
    }
}
