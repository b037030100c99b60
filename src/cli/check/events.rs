//! Events that handlers send, and entity types that they change for a session.

use super::finding::Finding;
use super::rule::Rule;
use super::subject::{Answering, Line, Subject};
use crate::agent_export::Intent;
use crate::cli::nearest;

/// How many intents may match in one turn, the first by the user's words. Source: the documentation of follow-up events.
const MATCHES_IN_A_TURN: usize = 3;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for line in &subject.lines {
        for event in &line.declared.sends {
            if subject.export.listening_to(event).next().is_none() {
                findings.push(unheard(subject, line, event));
            }
        }
        findings.extend(
            line.declared
                .entities
                .iter()
                .filter_map(|entity| unknown(subject, line, entity)),
        );
    }
    for intent in &subject.export.intents {
        let mut way = vec![intent];
        if follow(subject, &mut way) {
            findings.push(chain(&way, subject));
        }
    }
}

fn unheard(subject: &Subject<'_>, line: &Line<'_>, event: &str) -> Finding {
    let events = subject
        .export
        .intents
        .iter()
        .flat_map(|intent| &intent.events)
        .map(String::as_str);
    let like = nearest(event, events).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    let says = format!(
        "`{}` sends the event `{event}`, and no intent listens to it",
        line.function
    );
    Finding::new(Rule::UnknownEvent, line.place.clone(), says)
        .why("nothing matches, and the user hears nothing or the fallback")
        .mend(format!("add the event to an intent in the console{like}"))
}

fn unknown(subject: &Subject<'_>, line: &Line<'_>, entity: &str) -> Option<Finding> {
    let name = entity.trim_start_matches('@');
    let finding = |says: String| Finding::new(Rule::UnknownEntity, line.place.clone(), says);
    if name.starts_with("sys.") {
        return Some(
            finding(format!(
                "`{}` changes `@{name}` for the session, a system entity",
                line.function
            ))
            .why("only an agent's own entity types can be changed for a session")
            .mend("make an entity type of your own in the console, and use it in the intent"),
        );
    }
    if subject.export.entity(name).is_some() {
        return None;
    }
    let near = nearest(
        name,
        subject.export.entities.iter().map(|entity| entity.name.as_str()),
    );
    let like = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Some(
        finding(format!(
            "`{}` changes the entity type `{name}` for the session, which the agent does not have",
            line.function
        ))
        .why("Dialogflow takes a change only for an entity type that exists")
        .mend(format!("add the entity type in the console{like}")),
    )
}

/// Lengthens a way from intent to intent by events until it is too long. None is passed twice: how often a handler leads back is
/// its own affair.
fn follow<'a>(subject: &'a Subject<'a>, way: &mut Vec<&'a Intent>) -> bool {
    if way.len() > MATCHES_IN_A_TURN {
        return true;
    }
    let here = way[way.len() - 1];
    if !here.calls_webhook() {
        return false;
    }
    let Answering::Line(line) = subject.answering(here) else {
        return false;
    };
    for event in &line.declared.sends {
        for next in subject.export.listening_to(event) {
            if way.iter().any(|passed| std::ptr::eq(*passed, next)) {
                continue;
            }
            way.push(next);
            if follow(subject, way) {
                return true;
            }
            way.pop();
        }
    }
    false
}

fn chain(way: &[&Intent], subject: &Subject<'_>) -> Finding {
    let names: Vec<_> = way.iter().map(|intent| format!("`{}`", intent.name)).collect();
    let place = match subject.answering(way[0]) {
        Answering::Line(line) => line.place.clone(),
        _ => super::finding::Place::Export(way[0].file.clone()),
    };
    Finding::new(Rule::EventChain, place, format!("events lead from {}", names.join(" to ")))
        .of(&way[0].name)
        .why("Dialogflow follows three matches in a turn, the first among them; the last of these is never reached")
        .mend("answer earlier, or call the last handlers' code from the first instead of sending events")
}
