//! What an agent's export adds to a turn: what Dialogflow would send that nobody has to type.

use std::collections::BTreeMap;

use jiff::Zoned;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::Arguments;
use super::value::typed;
use crate::agent_export::{Export, Intent, Parameter};
use crate::testing::Ask;

/// For how long contexts live that the intent needs.
const LIFESPAN: u32 = 5;

/// The turn with all that the export knows of it, and what is to be said about that.
pub(super) fn designed<'a>(
    mut ask: Ask<'a>,
    arguments: &Arguments,
    intent: &Intent,
    export: &Export,
) -> (Ask<'a>, Vec<String>) {
    let mut notes = Vec::new();
    let language = arguments.language.as_deref().unwrap_or(&export.agent.language);
    let values = values(arguments, intent, export, &mut notes);
    if !language.is_empty() {
        ask = ask.language(language);
    }
    let missing = missing(intent, &values);
    if let Some(first) = missing.first() {
        let prompt = intent
            .parameter(first)
            .and_then(|parameter| parameter.prompts.first());
        let prompt = prompt.map_or_else(String::new, |prompt| format!(": {}", prompt.text));
        if intent.uses_webhook_for_slots {
            ask = ask.missing(missing.clone());
            notes.push(format!(
                "slot filling goes on: the agent asks for `{first}`{prompt}"
            ));
        } else {
            notes.push(format!(
                "the agent would ask for `{first}` first, and not call the webhook{prompt}"
            ));
        }
    }
    ask = contexts(ask, arguments, intent, &values);
    for (name, value) in values {
        ask = ask.parameter(&name, value);
    }
    if !intent.action.is_empty() {
        ask = ask.action(&intent.action);
    }
    if intent.is_fallback {
        ask = ask.fallback();
    }
    if arguments.said.is_none()
        && let Some(words) = said(intent, language)
    {
        ask = ask.said(&words);
    }
    if arguments.console.is_none()
        && let Some(words) = console(intent, language)
    {
        ask = ask.console(words);
    }
    if !intent.calls_webhook() {
        notes.push(format!(
            "the webhook of the intent `{}` is off: the agent would not call it",
            intent.name
        ));
    } else if !export.agent.webhook.is_available {
        notes.push("the webhook of the whole agent is off: it would not call".to_owned());
    }
    (ask, notes)
}

/// All parameters of the intent: those that were typed, by their entities; defaults; else nothing, as Dialogflow sends it.
fn values(
    arguments: &Arguments,
    intent: &Intent,
    export: &Export,
    notes: &mut Vec<String>,
) -> BTreeMap<String, Value> {
    let now = now(export);
    let mut values: BTreeMap<String, Value> = BTreeMap::new();
    for parameter in &intent.parameters {
        values.insert(parameter.name.clone(), nothing(parameter));
    }
    values.remove("");
    let pairs = arguments
        .parameters
        .iter()
        .filter_map(|pair| pair.split_once('='));
    for (name, text) in pairs {
        let Some(parameter) = intent.parameter(name) else {
            notes.push(format!("the intent `{}` has no parameter `{name}`", intent.name));
            values.insert(name.to_owned(), super::as_json(text));
            continue;
        };
        let (value, doubt) = typed(text, &parameter.entity, export, &now);
        notes.extend(doubt.map(|doubt| format!("`{name}`: {doubt}")));
        match (parameter.is_list, value, values.get_mut(name)) {
            // A list is typed as JSON, or value by value.
            (true, value @ Value::Array(_), _) => drop(values.insert(name.to_owned(), value)),
            (true, value, Some(Value::Array(list))) => list.push(value),
            (_, value, _) => drop(values.insert(name.to_owned(), value)),
        }
    }
    for parameter in &intent.parameters {
        let is_default = values.get(&parameter.name).is_some_and(is_nothing) && !parameter.default.is_empty();
        if is_default && !parameter.default.starts_with(['#', '$']) {
            let default = Value::from(parameter.default.as_str());
            let value = if parameter.is_list {
                json!([default])
            } else {
                default
            };
            values.insert(parameter.name.clone(), value);
        }
        let is_constant = !parameter.value.is_empty() && !parameter.value.starts_with(['#', '$']);
        if is_constant && values.get(&parameter.name).is_some_and(is_nothing) {
            values.insert(parameter.name.clone(), parameter.value.as_str().into());
        }
    }
    values
}

fn nothing(parameter: &Parameter) -> Value {
    if parameter.is_list { json!([]) } else { "".into() }
}

fn is_nothing(value: &Value) -> bool {
    *value == json!([]) || *value == ""
}

/// Now, in the agent's time zone.
fn now(export: &Export) -> Zoned {
    let zone = TimeZone::get(&export.agent.time_zone).unwrap_or(TimeZone::UTC);
    Zoned::now().with_time_zone(zone)
}

/// The required parameters that have no value.
fn missing(intent: &Intent, values: &BTreeMap<String, Value>) -> Vec<String> {
    let is_missing =
        |parameter: &&Parameter| parameter.is_required && values.get(&parameter.name).is_some_and(is_nothing);
    intent
        .parameters
        .iter()
        .filter(is_missing)
        .map(|parameter| parameter.name.clone())
        .collect()
}

/// The contexts that the intent needs and those that it sets, which all carry the parameters, but for those that were given.
fn contexts<'a>(
    mut ask: Ask<'a>,
    arguments: &Arguments,
    intent: &Intent,
    values: &BTreeMap<String, Value>,
) -> Ask<'a> {
    let is_given = |name: &str| {
        arguments
            .context
            .iter()
            .any(|(given, _)| given.eq_ignore_ascii_case(name))
    };
    let carried: Map<String, Value> = values
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut active: BTreeMap<String, u32> = BTreeMap::new();
    for name in &intent.input_contexts {
        active.insert(name.to_lowercase(), LIFESPAN);
    }
    for output in &intent.output_contexts {
        match output.lifespan {
            0 => drop(active.remove(&output.name.to_lowercase())),
            turns => drop(active.insert(output.name.to_lowercase(), turns)),
        }
    }
    for (name, turns) in active {
        if !is_given(&name) {
            ask = ask.context(&name, turns, Value::Object(carried.clone()));
        }
    }
    ask
}

/// The first phrase that a user may say or, where there is none, the event that leads there.
fn said(intent: &Intent, language: &str) -> Option<String> {
    if !intent.is_fallback {
        let phrases = intent
            .phrases
            .get(language)
            .or_else(|| intent.phrases.values().next());
        if let Some(phrase) = phrases.and_then(|phrases| phrases.first()) {
            return Some(phrase.text());
        }
    }
    intent.events.first().cloned()
}

/// The first words of the console's response in that language.
fn console<'a>(intent: &'a Intent, language: &str) -> Option<&'a str> {
    let root = language.split('-').next().unwrap_or_default();
    let fits = |own: &Option<String>| {
        own.as_deref()
            .is_none_or(|own| own.eq_ignore_ascii_case(language) || own.eq_ignore_ascii_case(root))
    };
    let mut messages = intent
        .messages
        .iter()
        .filter(|message| message.platform.is_none() && fits(&message.language));
    messages
        .find_map(|message| message.texts().first())
        .map(String::as_str)
}
