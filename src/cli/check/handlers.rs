//! Intents without handlers, handlers without intents, and what is said when a handler cannot answer.

use super::finding::{Finding, Place};
use super::rule::Rule;
use super::subject::{Answering, Line, Subject};
use crate::agent_export::{Export, Intent};
use crate::cli::nearest;
use crate::webhook::Route;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for intent in subject
        .export
        .intents
        .iter()
        .filter(|intent| intent.calls_webhook())
    {
        findings.extend(unanswered(subject, intent));
        findings.extend(silent(subject.export, intent));
    }
    for line in &subject.lines {
        findings.extend(unasked(subject, line));
    }
}

/// An intent whose calls reach no handler.
fn unanswered(subject: &Subject<'_>, intent: &Intent) -> Option<Finding> {
    let Intent { name, file, .. } = intent;
    let finding = |says: String| {
        Finding::new(Rule::MissingHandler, Place::Export(file.clone()), says)
            .of(name)
            .why("each call fails, and the user hears the console's response or the apology")
    };
    match subject.answering(intent) {
        Answering::Nobody => {
            let names = subject.lines.iter().filter_map(|line| match line.route {
                Route::Intent(name) => Some(name.as_str()),
                _ => None,
            });
            let unused = names.filter(|name| subject.export.intent(name).is_none());
            let like = nearest(name, unused).map_or_else(String::new, |like| {
                format!("; the line for `{like}` has no intent: is it meant?")
            });
            Some(
                finding(format!(
                    "the webhook of the intent `{name}` is on, and no line of the table answers it"
                ))
                .mend(format!(
                    "add `.on(\"{name}\", ..)` to the table, or switch the intent's webhook off{like}"
                )),
            )
        }
        Answering::Events(lines, None) => {
            let is_answered = |event: &String| {
                let is_for = |line: &&Line<'_>| {
                    line.route
                        .name()
                        .is_some_and(|name| name.eq_ignore_ascii_case(event))
                };
                lines.iter().any(is_for)
            };
            let is_otherwise_reached =
                intent.is_fallback || intent.phrases.values().any(|phrases| !phrases.is_empty());
            let left = intent.events.iter().find(|event| !is_answered(event));
            let what = match left {
                Some(event) => format!("its event `{event}`"),
                None if is_otherwise_reached => "users who reach it by their words".to_owned(),
                None => return None,
            };
            Some(
                finding(format!(
                    "lines of the table answer the intent `{name}` for some of its events, but not {what}"
                ))
                .mend(format!("add `.on(\"{name}\", ..)` to the table")),
            )
        }
        _ => None,
    }
}

/// An intent that says nothing itself, in one language at least.
fn silent(export: &Export, intent: &Intent) -> Option<Finding> {
    let languages = export.agent.languages();
    let silent: Vec<_> = languages
        .iter()
        .copied()
        .filter(|language| !intent.says_something_in(language))
        .collect();
    if silent.is_empty() {
        return None;
    }
    let name = &intent.name;
    let in_which = if silent.len() == languages.len() {
        String::new()
    } else {
        format!(" in {}", silent.join(", "))
    };
    let says = format!("the intent `{name}` has no response in the console{in_which}");
    Some(
        Finding::new(Rule::NoResponse, Place::Export(intent.file.clone()), says)
            .of(name)
            .why("it is what users hear when the webhook cannot be reached or does not answer in time; without it they hear nothing")
            .mend("add a text response to the intent in the console, such as an apology"),
    )
}

/// A line whose handler is never called.
fn unasked(subject: &Subject<'_>, line: &Line<'_>) -> Option<Finding> {
    let intents = &subject.export.intents;
    let Line {
        route,
        function,
        place,
        ..
    } = line;
    let unknown = |says: String, near: Option<&str>, mend: &str| {
        let like = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Finding::new(Rule::UnknownIntent, place.clone(), says)
            .why(format!("`{function}` is never called"))
            .mend(format!("{mend}{like}"))
    };
    let with_webhook = |found: Vec<&Intent>| {
        if found.iter().any(|intent| intent.calls_webhook()) {
            return None;
        }
        let name = &found.first()?.name;
        let of = match route {
            Route::Intent(_) => String::new(),
            _ => format!(", which {route} is of,"),
        };
        let says = format!("the webhook of the intent `{name}`{of} is off");
        Some(
            Finding::new(Rule::WebhookOff, place.clone(), says)
                .of(name)
                .why(format!("`{function}` is never called; the user hears the console's response"))
                .mend("enable the webhook call in the intent, under Fulfillment, or take the line out of the table"),
        )
    };
    match route {
        Route::Intent(name) => match subject.export.intent(name) {
            Some(intent) => with_webhook(vec![intent]),
            None => {
                let free = intents.iter().filter(|intent| !subject.claims(&intent.name));
                let near = nearest(name, free.map(|intent| intent.name.as_str()))
                    .or_else(|| nearest(name, intents.iter().map(|intent| intent.name.as_str())));
                let says = format!("the agent has no intent `{name}`");
                Some(
                    unknown(
                        says,
                        near,
                        "write the name as it stands in the console, or take the line out",
                    )
                    .of(name),
                )
            }
        },
        Route::Action(action) => {
            let found: Vec<_> = intents.iter().filter(|intent| intent.action == *action).collect();
            let is_open = intents
                .iter()
                .any(|intent| intent.action.starts_with('#') && intent.calls_webhook());
            if found.is_empty() && is_open {
                return None;
            }
            if found.is_empty() {
                let near = nearest(
                    action,
                    intents
                        .iter()
                        .map(|intent| intent.action.as_str())
                        .filter(|action| !action.is_empty()),
                );
                let says = format!("no intent has the action `{action}`");
                return Some(unknown(
                    says,
                    near,
                    "write the action as it stands in the console, or take the line out",
                ));
            }
            with_webhook(found)
        }
        Route::Event(event) => {
            let found: Vec<_> = subject.export.listening_to(event).collect();
            if found.is_empty() {
                let events = intents
                    .iter()
                    .flat_map(|intent| &intent.events)
                    .map(String::as_str);
                let says = format!("no intent listens to the event `{event}`");
                let mend = "add the event to an intent in the console, or take the line out";
                return Some(unknown(says, nearest(event, events), mend));
            }
            with_webhook(found)
        }
        Route::Fallback => None,
    }
}
