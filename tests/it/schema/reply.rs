//! What a reply owes beyond its types: names in full, counts written out, and nothing said in vain.

use serde_json::{Map, Value};

use super::canonical::canonical;
use super::{Api, Kind, LIST, Message, enumeration, message};

/// Where a well-typed reply would not do what it says; wrong types are left to the judge.
pub fn faults(reply: &Value, api: Api) -> Vec<String> {
    let mut reading = Reading {
        api,
        faults: Vec::new(),
    };
    reading.message(message("WebhookResponse"), reply, "$");
    reading.beside_event(reply);
    reading.faults
}

struct Reading {
    api: Api,
    faults: Vec<String>,
}

impl Reading {
    fn message(&mut self, message: &Message, json: &Value, place: &str) {
        let Value::Object(members) = json else { return };
        self.required(message, members, place);
        match message.name.as_str() {
            "Intent.Message" => self.member(message, members, place),
            "Context" => {
                self.resource(members, place, &LIST.context_suffix);
                self.lifespan(message, members, place);
            }
            "SessionEntityType" => {
                self.resource(members, place, &LIST.entity_suffix);
                self.entities(message, members, place);
            }
            _ => {}
        }
        for field in message.fields(self.api) {
            let (Kind::Message(inner), Some(value)) = (&field.kind, field.said(members)) else {
                continue;
            };
            let place = format!("{place}.{}", field.json);
            let Value::Array(elements) = value else {
                self.message(super::message(inner), value, &place);
                continue;
            };
            for (index, element) in elements.iter().enumerate() {
                self.message(super::message(inner), element, &format!("{place}[{index}]"));
            }
        }
    }

    fn required(&mut self, message: &Message, members: &Map<String, Value>, place: &str) {
        let rows = LIST
            .required_in_reply
            .iter()
            .filter(|row| row.message == message.name);
        for row in rows {
            let said = message
                .field(&row.field, self.api)
                .and_then(|field| field.said(members));
            if said.is_none_or(|value| value == "") {
                self.faults
                    .push(format!("`{place}.{}` must be there: {}.", row.field, row.with));
            }
        }
    }

    fn resource(&mut self, members: &Map<String, Value>, place: &str, suffix: &str) {
        let Some(Value::String(name)) = members.get("name") else {
            return;
        };
        let full = |session: &String| follows(name, &format!("{session}{suffix}"));
        if !name.is_empty() && !LIST.session_patterns.iter().any(full) {
            self.faults.push(format!(
                "`{place}.name` must be a session followed by `{suffix}`."
            ));
        }
    }

    fn lifespan(&mut self, message: &Message, members: &Map<String, Value>, place: &str) {
        let field = message.field("lifespanCount", self.api);
        if field.and_then(|field| field.said(members)).is_none() {
            self.faults.push(format!(
                "`{place}.lifespanCount` is left out, which deletes the context."
            ));
        }
    }

    fn entities(&mut self, message: &Message, members: &Map<String, Value>, place: &str) {
        for field in message.fields(self.api) {
            let Some(value) = field.said(members) else {
                continue;
            };
            let useless = match &field.kind {
                Kind::Enum(name) => {
                    let mode = enumeration(name);
                    let known = mode.name_of(value, self.api);
                    known.is_none_or(|name| name == mode.first().name)
                }
                _ => value.as_array().is_some_and(Vec::is_empty),
            };
            if useless {
                self.faults
                    .push(format!("`{place}.{}` sets no entities this way.", field.json));
            }
        }
    }

    fn member(&mut self, message: &Message, members: &Map<String, Value>, place: &str) {
        let mut choices = message.fields(self.api).filter(|field| field.oneof.is_some());
        if !choices.any(|field| field.said(members).is_some()) {
            self.faults
                .push(format!("`{place}` is a message that says nothing."));
        }
    }

    fn beside_event(&mut self, reply: &Value) {
        let said = canonical("WebhookResponse", reply, self.api);
        if said.get("followupEventInput").is_none() {
            return;
        }
        for name in LIST
            .ignored_beside_event
            .iter()
            .filter(|name| said.get(name).is_some())
        {
            self.faults
                .push(format!("`$.{name}` is ignored beside `followupEventInput`."));
        }
    }
}

/// Whether a resource name has the segments of a pattern such as `projects/{project}/agent`.
fn follows(name: &str, pattern: &str) -> bool {
    let fits = |(name, pattern): (&str, &str)| match pattern.starts_with('{') {
        true => !name.is_empty(),
        false => name == pattern,
    };
    name.split('/').count() == pattern.split('/').count() && name.split('/').zip(pattern.split('/')).all(fits)
}

#[cfg(test)]
mod tests {
    use super::super::judge::faults_of_reply;
    use super::*;
    use serde_json::json;

    const BOTH: [Api; 2] = [Api::V2, Api::V2Beta1];
    const SESSION: &str = "projects/p/locations/global/agent/sessions/s";

    #[track_caller]
    fn refuses(place: &str, body: &[u8]) {
        for api in BOTH {
            let faults = faults_of_reply(body, api);
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].starts_with(&format!("`{place}` ")), "{faults:?}");
        }
    }

    #[track_caller]
    fn accepts(body: &[u8]) {
        for api in BOTH {
            assert_eq!(faults_of_reply(body, api), [""; 0]);
        }
    }

    fn bytes(reply: Value) -> Vec<u8> {
        reply.to_string().into_bytes()
    }

    fn context(name: &str) -> Vec<u8> {
        bytes(json!({"outputContexts": [{"name": name, "lifespanCount": 0}]}))
    }

    fn entity_type(mode: Value, entities: Value) -> Vec<u8> {
        let name = format!("{SESSION}/entityTypes/fruit");
        let set = json!({"name": name, "entityOverrideMode": mode, "entities": entities});
        bytes(json!({"sessionEntityTypes": [set]}))
    }

    #[test]
    fn a_context_needs_its_full_name() {
        accepts(&context(&format!("{SESSION}/contexts/order")));
        accepts(&context(
            "projects/p/agent/environments/e/users/-/sessions/s/contexts/order",
        ));
        for short in ["order", "contexts/order", "sessions/s/contexts/order"] {
            refuses("$.outputContexts[0].name", &context(short));
        }
        for cut in ["", "/contexts/", "/contexts/order/more", "/entityTypes/order"] {
            refuses("$.outputContexts[0].name", &context(&format!("{SESSION}{cut}")));
        }
        refuses("$.outputContexts[0].name", &context(""));
        refuses(
            "$.outputContexts[0].name",
            &bytes(json!({"outputContexts": [{"lifespanCount": 1}]})),
        );
    }

    #[test]
    fn a_context_without_a_lifespan_is_refused() {
        let name = format!("{SESSION}/contexts/order");
        let place = "$.outputContexts[0].lifespanCount";
        refuses(place, &bytes(json!({"outputContexts": [{"name": name}]})));
        refuses(
            place,
            &bytes(json!({"outputContexts": [{"name": name, "lifespanCount": null}]})),
        );
        accepts(&bytes(
            json!({"output_contexts": [{"name": name, "lifespan_count": 0}]}),
        ));
    }

    #[test]
    fn a_session_entity_type_needs_all_its_fields() {
        let entities = json!([{"value": "APPLE", "synonyms": []}]);
        accepts(&entity_type(
            json!("ENTITY_OVERRIDE_MODE_SUPPLEMENT"),
            entities.clone(),
        ));
        accepts(&entity_type(json!(1), entities.clone()));
        let mode = "$.sessionEntityTypes[0].entityOverrideMode";
        refuses(mode, &entity_type(json!(null), entities.clone()));
        refuses(
            mode,
            &entity_type(json!("ENTITY_OVERRIDE_MODE_UNSPECIFIED"), entities.clone()),
        );
        refuses(mode, &entity_type(json!(0), entities));
        refuses(
            "$.sessionEntityTypes[0].entities",
            &entity_type(json!(1), json!([])),
        );
        let no_value = json!([{"synonyms": ["apple"]}]);
        refuses(
            "$.sessionEntityTypes[0].entities[0].value",
            &entity_type(json!(1), no_value),
        );
        let no_synonyms = json!([{"value": "APPLE"}]);
        refuses(
            "$.sessionEntityTypes[0].entities[0].synonyms",
            &entity_type(json!(1), no_synonyms),
        );
    }

    #[test]
    fn a_message_without_a_member_is_refused() {
        let place = "$.fulfillmentMessages[0]";
        refuses(place, br#"{"fulfillmentMessages":[{}]}"#);
        refuses(
            place,
            br#"{"fulfillmentMessages":[{"platform":"SLACK","text":null}]}"#,
        );
        accepts(br#"{"fulfillmentMessages":[{"text":{}}]}"#);
    }

    #[test]
    fn an_event_needs_a_name_and_a_language() {
        let event = json!({"followupEventInput": {"name": "", "languageCode": "en"}});
        refuses("$.followupEventInput.name", &bytes(event));
        let event = json!({"followupEventInput": {"name": "welcome"}});
        refuses("$.followupEventInput.languageCode", &bytes(event));
    }

    #[test]
    fn what_an_event_silences_is_refused_beside_it() {
        let event = json!({"name": "welcome", "languageCode": "en"});
        for (name, value) in [
            ("fulfillmentText", json!("hi")),
            ("fulfillmentMessages", json!([{"text": {"text": ["hi"]}}])),
            ("payload", json!({})),
        ] {
            let reply = json!({"followupEventInput": event, name: value});
            refuses(&format!("$.{name}"), &bytes(reply));
        }
        accepts(&bytes(
            json!({"followupEventInput": event, "source": "a", "payload": null}),
        ));
    }
}
