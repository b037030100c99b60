//! What handlers read of an intent's parameters, against what the intent collects.

use super::finding::Finding;
use super::rule::Rule;
use super::subject::{Line, Subject};
use crate::agent_export::{Export, Intent, Kind, Parameter};
use crate::cli::nearest;
use crate::webhook::params::{Field, Shape};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for (line, answered) in subject.answers() {
        let intents: Vec<_> = answered.iter().filter(|intent| intent.calls_webhook()).collect();
        for field in line.fields.iter().flatten() {
            let unknown = intents.iter().filter_map(|intent| unknown(line, field, intent));
            if !field.optional {
                findings.extend(unknown);
            } else if !intents
                .iter()
                .any(|intent| intent.parameter(field.name).is_some())
            {
                // A line for several intents may read what only some of them have; what none has is told once.
                findings.extend(unknown.take(1));
            }
        }
        for intent in &intents {
            for field in line.fields.iter().flatten() {
                if let Some(parameter) = intent.parameter(field.name) {
                    findings.extend(unfit(subject.export, line, field, intent, parameter));
                    findings.extend(maybe_missing(line, field, intent, parameter));
                }
            }
            findings.extend(slots(line, intent));
        }
    }
}

/// A parameter that the intent does not have.
fn unknown(line: &Line<'_>, field: &Field, intent: &Intent) -> Option<Finding> {
    if intent.parameter(field.name).is_some() {
        return None;
    }
    let (parameter, name) = (field.name, &intent.name);
    let says = format!(
        "`{}` reads the parameter `{parameter}`, which the intent `{name}` does not have",
        line.function
    );
    let near = nearest(
        parameter,
        intent.parameters.iter().map(|parameter| parameter.name.as_str()),
    );
    let like = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    let finding = Finding::new(Rule::UnknownParameter, line.place.clone(), says)
        .of(name)
        .mend(format!("write the field as the parameter is called in the console, with #[serde(rename = \"..\")] where Rust cannot{like}"));
    Some(if field.optional {
        finding.why("it is never given").only_a_warning()
    } else {
        finding.why("without it the parameters cannot be read, and every turn fails")
    })
}

/// A type that cannot hold what the entity sends.
fn unfit(
    export: &Export,
    line: &Line<'_>,
    field: &Field,
    intent: &Intent,
    parameter: &Parameter,
) -> Option<Finding> {
    // What comes from elsewhere may be anything.
    if parameter.entity.is_empty() || !parameter.is_as_spoken() {
        return None;
    }
    let misfit = misfit(export, &field.shape, &parameter.entity, parameter.is_list)?;
    let says = format!(
        "`{}` cannot read the parameter `{}` of the intent `{}`",
        line.function, field.name, intent.name
    );
    Some(
        Finding::new(Rule::ParameterType, line.place.clone(), says)
            .of(&intent.name)
            .why(misfit)
            .mend("give the field a type that holds it, or the parameter another entity"),
    )
}

/// Why a type does not hold what an entity sends.
fn misfit(export: &Export, shape: &Shape, entity: &str, is_list: bool) -> Option<String> {
    if let Err(why) = shape.takes(entity, is_list) {
        return Some(why.to_string());
    }
    let shape = match shape {
        Shape::List(each) => each,
        other => other,
    };
    let entity = export.entity(entity)?;
    let name = &entity.name;
    let comes_as = |what: &str| Some(format!("`@{name}` comes as {what}, the handler reads {shape}"));
    match (shape, entity.kind()) {
        (Shape::Object(fields), Kind::Composite(members)) => fields.iter().find_map(|field| {
            let Some(types) = members.get(field.name) else {
                let missing = format!(
                    "`@{name}` has no member `{}`, which the handler needs",
                    field.name
                );
                return (!field.optional).then_some(missing);
            };
            if !field.optional
                && !matches!(field.shape, Shape::List(_))
                && !is_in_every_entry(entity, field.name)
            {
                return Some(format!(
                    "the member `{}` of `@{name}` may be missing, and the handler needs it",
                    field.name
                ));
            }
            types
                .iter()
                .find_map(|entity| misfit(export, &field.shape, entity, false))
        }),
        (Shape::Text | Shape::Whole | Shape::Number | Shape::Bool | Shape::OneOf(_), Kind::Composite(_)) => {
            comes_as("an object")
        }
        (Shape::Object(_) | Shape::Members, Kind::Map | Kind::List | Kind::Regexp) => comes_as("text"),
        (Shape::OneOf(names), Kind::Map | Kind::List) => {
            let value = values(entity).find(|value| !names.contains(value))?;
            Some(format!(
                "`@{name}` sends `{value}` too, the handler reads {shape}"
            ))
        }
        (Shape::Whole | Shape::Number, Kind::Map | Kind::List) => {
            let value = values(entity).find(|value| value.trim().parse::<f64>().is_err())?;
            comes_as(&format!("text, such as `{value}`"))
        }
        (Shape::Bool, Kind::Map | Kind::List) => {
            let value = values(entity).find(|value| !["true", "false"].contains(value))?;
            comes_as(&format!("text, such as `{value}`"))
        }
        _ => None,
    }
}

fn values(entity: &crate::agent_export::EntityType) -> impl Iterator<Item = &str> {
    entity
        .entries
        .values()
        .flatten()
        .map(|entry| entry.value.as_str())
}

/// Whether each entry of a composite has a member of that name, so that it is never missing.
fn is_in_every_entry(entity: &crate::agent_export::EntityType, name: &str) -> bool {
    let has = |value: &str| {
        value
            .split_whitespace()
            .any(|word| word.split_once(':').is_some_and(|(_, own)| own == name))
    };
    values(entity).all(has)
}

/// A parameter that users may leave out, and the handler cannot do without.
fn maybe_missing(line: &Line<'_>, field: &Field, intent: &Intent, parameter: &Parameter) -> Option<Finding> {
    let is_list = parameter.is_list && matches!(field.shape, Shape::List(_) | Shape::Any);
    if field.optional || is_list || is_always_given(intent, parameter) {
        return None;
    }
    let says = format!(
        "`{}` needs the parameter `{}`, which is not required in the intent `{}`",
        line.function, field.name, intent.name
    );
    Some(
        Finding::new(Rule::OptionalParameter, line.place.clone(), says)
            .of(&intent.name)
            .why("when the user leaves it out it arrives as \"\", which is nothing, and the turn fails")
            .mend("make the field an `Option<..>`, or the parameter required in the console, or give it a default value"),
    )
}

fn is_always_given(intent: &Intent, parameter: &Parameter) -> bool {
    // `$date.original` is there when `$date` is.
    let of_another = parameter.value.strip_prefix('$').and_then(|value| {
        let name = value.split('.').next().unwrap_or_default();
        intent
            .parameter(name)
            .filter(|other| other.name != parameter.name)
    });
    parameter.is_always_given() || of_another.is_some_and(Parameter::is_always_given)
}

/// A handler that is called while the agent still asks.
fn slots(line: &Line<'_>, intent: &Intent) -> Option<Finding> {
    if !intent.uses_webhook_for_slots {
        return None;
    }
    let name = &intent.name;
    let needed = line.fields.iter().flatten().find(|field| {
        let parameter = intent.parameter(field.name);
        !field.optional
            && !matches!(field.shape, Shape::List(_))
            && parameter.is_some_and(|parameter| parameter.is_required)
    });
    let finding = |says: String| Finding::new(Rule::SlotFilling, line.place.clone(), says).of(name);
    if let Some(field) = needed {
        return Some(
            finding(format!(
                "the intent `{name}` calls the webhook during slot filling, and `{}` needs the parameter `{}`",
                line.function, field.name
            ))
            .why("until the user has given it, every turn fails")
            .mend("make the field an `Option<..>`, or switch the webhook call for slot filling off in the intent"),
        );
    }
    (!line.declared.fills_slots).then(|| {
        finding(format!("the intent `{name}` calls the webhook during slot filling, and its line does not say that `{}` knows", line.function))
            .why("what a handler says takes the place of the agent's question; one that does not look for missing slots answers too early")
            .mend("let the handler keep the agent's prompt while slots are missing and add `.fills_slots()` to its line, or switch the webhook call for slot filling off in the intent")
            .only_a_warning()
    })
}
