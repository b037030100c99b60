//! Contexts that are read or needed, against those that somebody sets.

use std::collections::BTreeSet;

use super::finding::{Finding, Place};
use super::rule::Rule;
use super::subject::{Line, Subject, comes_from_outside};
use crate::agent_export::Intent;
use crate::cli::nearest;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let set = subject.contexts_set();
    for line in &subject.lines {
        for read in &line.declared.reads {
            findings.extend(unset(line, read, &set).or_else(|| other_case(subject, line, read)));
        }
    }
    for intent in subject.export.intents.iter().filter(|intent| intent.can_match()) {
        let needed: BTreeSet<_> = needed(intent).into_iter().collect();
        for name in needed {
            findings.extend(unset_input(intent, name, &set));
        }
    }
}

fn is_set(name: &str, set: &BTreeSet<String>) -> bool {
    set.contains(&name.to_lowercase()) || comes_from_outside(name)
}

fn like(name: &str, set: &BTreeSet<String>) -> String {
    nearest(&name.to_lowercase(), set.iter().map(String::as_str))
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// A context that a handler reads and nobody sets.
fn unset(line: &Line<'_>, name: &str, set: &BTreeSet<String>) -> Option<Finding> {
    if is_set(name, set) {
        return None;
    }
    let says = format!(
        "`{}` reads the context `{name}`, which nobody sets",
        line.function
    );
    Some(
        Finding::new(Rule::UnsetContext, line.place.clone(), says)
            .why("it is never active, so the handler never finds it")
            .mend(format!(
                "write it as it is set; if a handler sets it, add `.sets::<..>()` or `.sets_context(\"{name}\")` to that line{}",
                like(name, set)
            )),
    )
}

/// A context that is set in another spelling.
fn other_case(subject: &Subject<'_>, line: &Line<'_>, name: &str) -> Option<Finding> {
    let by_intents = subject
        .export
        .intents
        .iter()
        .flat_map(|intent| &intent.output_contexts);
    let by_handlers = subject.lines.iter().flat_map(|line| &line.declared.sets);
    let mut spellings = by_intents
        .map(|context| &context.name)
        .chain(by_handlers)
        .filter(|other| other.eq_ignore_ascii_case(name))
        .peekable();
    let other = spellings.peek().copied()?;
    if spellings.any(|other| other == name) {
        return None;
    }
    let says = format!(
        "`{}` reads the context `{name}`, which is set as `{other}`",
        line.function
    );
    Some(
        Finding::new(Rule::ContextCase, line.place.clone(), says)
            .why("it is found even so, for Dialogflow writes contexts in lower case; but who searches for one spelling misses the other")
            .mend(format!("write `{}` in both places", other.to_lowercase())),
    )
}

/// A context that an intent needs and nobody sets.
fn unset_input(intent: &Intent, name: &str, set: &BTreeSet<String>) -> Option<Finding> {
    if is_set(name, set) {
        return None;
    }
    let says = format!(
        "the intent `{}` needs the context `{name}`, which nobody is known to set",
        intent.name
    );
    Some(
        Finding::new(Rule::UnsetInputContext, Place::Export(intent.file.clone()), says)
            .of(&intent.name)
            .why("an intent matches only while all its input contexts are active, and a value out of a context is empty without it")
            .mend(format!("let some intent set it; if a handler sets it, add `.sets_context(\"{name}\")` to its line{}", like(name, set))),
    )
}

/// The contexts that an intent needs: to match, and for values of the form `#context.parameter`.
fn needed(intent: &Intent) -> Vec<&str> {
    let parameters = intent.parameters.iter();
    let values = parameters.flat_map(|parameter| [&parameter.value, &parameter.default]);
    let referred = values.chain([&intent.action]).filter_map(|value| {
        let (context, _) = value.strip_prefix('#')?.split_once('.')?;
        (!context.is_empty() && !context.contains(char::is_whitespace)).then_some(context)
    });
    intent
        .input_contexts
        .iter()
        .map(String::as_str)
        .chain(referred)
        .collect()
}
