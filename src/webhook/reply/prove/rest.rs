//! The rules for all that is no message: contexts, session entities, the event, the reply's own payload.

use super::limits::{ADVISED_CONTEXTS, MAX_EVENT_NAME};
use super::{Rule, Terms, fault_of_struct, take};
use crate::webhook::context;
use crate::webhook::reply::Finding;
use crate::wire::{self, Context, EntityOverrideMode, SessionEntityType, WebhookResponse};

pub(super) fn prove(response: &mut WebhookResponse, terms: &Terms<'_>, findings: &mut Vec<Finding>) {
    prove_event(response, findings);
    prove_contexts(&mut response.output_contexts, terms.session, findings);
    prove_entities(&mut response.session_entity_types, terms.session, findings);
    if let Some(rule) = response.payload.as_ref().and_then(fault_of_struct) {
        findings.push(rule.takes_out("payload"));
        response.payload = None;
    }
}

/// An event, and what Dialogflow ignores beside one.
fn prove_event(response: &mut WebhookResponse, findings: &mut Vec<Finding>) {
    let Some(event) = &mut response.followup_event_input else {
        return;
    };
    let place = "followupEventInput";
    let rule = if event.name.trim().is_empty() || event.name.contains(char::is_control) {
        Some(EVENT_NAME)
    } else if event.name.chars().count() > MAX_EVENT_NAME {
        Some(EVENT_LENGTH)
    } else {
        event.parameters.as_ref().and_then(fault_of_struct)
    };
    if let Some(rule) = rule {
        findings.push(rule.takes_out(place));
        response.followup_event_input = None;
        return;
    }
    if event.language_code.is_empty() {
        findings.push(EVENT_LANGUAGE.changes("followupEventInput.languageCode"));
        event.language_code = "en".to_owned();
    }
    let ignored = [
        ("fulfillmentText", !response.fulfillment_text.is_empty()),
        ("fulfillmentMessages", !response.fulfillment_messages.is_empty()),
        ("payload", response.payload.is_some()),
    ];
    let ignored = ignored.into_iter().filter(|(_, is_there)| *is_there);
    findings.extend(ignored.map(|(place, _)| BESIDE_EVENT.takes_out(place)));
    response.fulfillment_text.clear();
    response.fulfillment_messages.clear();
    response.payload = None;
}

fn prove_contexts(contexts: &mut Vec<Context>, session: Option<&str>, findings: &mut Vec<Finding>) {
    let list = "outputContexts";
    if contexts.len() > ADVISED_CONTEXTS {
        findings.push(MANY_CONTEXTS.advises(list));
    }
    for (place, context) in contexts.iter_mut().enumerate() {
        if context.lifespan_count < 0 {
            findings.push(LIFESPAN.changes(&format!("{list}[{place}].lifespanCount")));
            context.lifespan_count = 0;
        }
    }
    take(contexts, list, findings, |context| {
        let (of, id) = wire::parts_of(&context.name).unwrap_or_default();
        if !is_of_session(of, session) {
            return Some(CONTEXT_NAME);
        }
        if let Some(says) = context::fault_of_id(id) {
            return Some(Rule {
                says,
                mend: "give the context another id",
            });
        }
        context.parameters.as_deref().and_then(fault_of_struct)
    });
}

fn prove_entities(types: &mut Vec<SessionEntityType>, session: Option<&str>, findings: &mut Vec<Finding>) {
    let list = "sessionEntityTypes";
    for (place, entity_type) in types.iter_mut().enumerate() {
        let place = format!("{list}[{place}].entities");
        take(&mut entity_type.entities, &place, findings, |entity| {
            entity.value.is_empty().then_some(ENTITY)
        });
    }
    take(types, list, findings, |entity_type| {
        let (of, name) = entity_type.name.rsplit_once("/entityTypes/").unwrap_or_default();
        if !is_of_session(of, session) || name.is_empty() {
            return Some(ENTITY_TYPE_NAME);
        }
        if entity_type.entity_override_mode == EntityOverrideMode::Unspecified {
            return Some(MODE);
        }
        entity_type.entities.is_empty().then_some(ENTITIES)
    });
}

/// Whether that is the session's full name; where the session is not known, whether it is one's at all.
fn is_of_session(name: &str, session: Option<&str>) -> bool {
    match session {
        Some(session) => name == session,
        None => name.starts_with("projects/") && name.contains("/sessions/"),
    }
}

const EVENT_NAME: Rule = Rule {
    says: "an event has a name, without control characters",
    mend: "name an event that an intent listens to",
};
const EVENT_LENGTH: Rule = Rule {
    says: "an event's name has at most 150 characters",
    mend: "name an event that an intent listens to",
};
const EVENT_LANGUAGE: Rule = Rule {
    says: "an event has a language; `en` was set, for Dialogflow uses the turn's all the same",
    mend: "send the turn's language",
};
const BESIDE_EVENT: Rule = Rule {
    says: "Dialogflow ignores words, messages and payload beside an event",
    mend: "say them in the intent that the event triggers, or trigger no event",
};
const MANY_CONTEXTS: Rule = Rule {
    says: "more than 30 contexts in one reply may be more than Dialogflow takes",
    mend: "put what belongs together into one context",
};
const LIFESPAN: Rule = Rule {
    says: "a lifespan is not negative; the context was ended",
    mend: "send 0 to end a context",
};
const CONTEXT_NAME: Rule = Rule {
    says: "a context's name is `SESSION/contexts/ID`, with the session of the turn",
    mend: "put the request's `session` before `/contexts/`",
};
const ENTITY_TYPE_NAME: Rule = Rule {
    says: "session entities are named `SESSION/entityTypes/DISPLAY_NAME`, with the session of the turn",
    mend: "put the request's `session` before `/entityTypes/`",
};
const MODE: Rule = Rule {
    says: "session entities override or supplement those of the agent",
    mend: "set ENTITY_OVERRIDE_MODE_OVERRIDE or ENTITY_OVERRIDE_MODE_SUPPLEMENT",
};
const ENTITIES: Rule = Rule {
    says: "session entities have at least one entity",
    mend: "give one, or leave the entity type out",
};
const ENTITY: Rule = Rule {
    says: "an entity has a value",
    mend: "give it one, or leave it out",
};
