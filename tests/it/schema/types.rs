//! What the parser refuses, field by field: unknown names, wrong types, two members of one oneof.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Api, Enum, Field, Kind, Message, enumeration, message, numbers};

/// How many messages may lie inside each other, each value of a Struct counting as one.
///
/// The Java parser counts from the top of the reply, not from the top of a Struct.
const MAX_DEPTH: usize = 100;

/// Why the parser would refuse this JSON as the given message.
pub fn faults(message: &Message, json: &Value, api: Api) -> Vec<String> {
    let mut judge = Judge {
        api,
        faults: Vec::new(),
    };
    judge.message(message, json, "$", 0);
    judge.faults
}

struct Judge {
    api: Api,
    faults: Vec<String>,
}

impl Judge {
    fn refuse(&mut self, place: &str, why: &str) {
        self.faults.push(format!("`{place}` {why}."));
    }

    fn refuse_sort(&mut self, place: &str, wanted: &str, json: &Value) {
        self.refuse(place, &format!("must be {wanted}; this is {}", sort(json)));
    }

    fn message(&mut self, message: &Message, json: &Value, place: &str, depth: usize) {
        let Value::Object(members) = json else {
            return self.refuse_sort(place, "an object", json);
        };
        for (written, value) in members {
            let place = format!("{place}.{written}");
            match message.field(written, self.api) {
                Some(field) => self.field(field, value, &place, depth),
                None => {
                    let home = format!("{} of {}", message.name, self.api.name());
                    self.refuse(&place, &format!("is not a field of {home}"));
                }
            }
        }
        self.spellings(message, members, place);
        self.oneofs(message, members, place);
    }

    fn spellings(&mut self, message: &Message, members: &Map<String, Value>, place: &str) {
        for Field { json, proto, .. } in message.fields(self.api) {
            if json != proto && members.contains_key(json) && members.contains_key(proto) {
                self.refuse(&format!("{place}.{proto}"), &format!("repeats `{json}`"));
            }
        }
    }

    fn oneofs(&mut self, message: &Message, members: &Map<String, Value>, place: &str) {
        let mut said: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for field in message.fields(self.api) {
            if let Some(oneof) = &field.oneof
                && field.said(members).is_some()
            {
                said.entry(oneof).or_default().push(&field.json);
            }
        }
        for names in said.values().filter(|names| names.len() > 1) {
            self.refuse(place, &format!("may have only one of `{}`", names.join("`, `")));
        }
    }

    fn field(&mut self, field: &Field, json: &Value, place: &str, depth: usize) {
        if json.is_null() {
            return;
        }
        if !field.repeated {
            return self.single(&field.kind, json, place, depth);
        }
        let Value::Array(elements) = json else {
            return self.refuse_sort(place, "a list", json);
        };
        for (index, element) in elements.iter().enumerate() {
            self.single(&field.kind, element, &format!("{place}[{index}]"), depth);
        }
    }

    fn single(&mut self, kind: &Kind, json: &Value, place: &str, depth: usize) {
        let (wanted, fits) = match kind {
            Kind::String => ("a string", json.is_string()),
            Kind::Bool => ("a bool", json.is_boolean()),
            Kind::Int32 => ("a whole number of 32 bits", numbers::int32(json).is_some()),
            Kind::Float => ("a number of 32 bits", is_float(json)),
            Kind::Object => ("an object", json.is_object()),
            Kind::Enum(name) => {
                let fits = is_enum(enumeration(name), json, self.api);
                ("the exact name or the number of an enum value", fits)
            }
            Kind::Message(name) if depth < MAX_DEPTH => {
                return self.message(message(name), json, place, depth + 1);
            }
            Kind::Message(_) => return self.refuse(place, "is nested too deep"),
        };
        if !fits {
            self.refuse_sort(place, wanted, json);
        } else if matches!(kind, Kind::Object) && depth + levels(json) > MAX_DEPTH {
            self.refuse(place, &format!("holds a value more than {MAX_DEPTH} levels deep"));
        }
    }
}

fn is_float(json: &Value) -> bool {
    let special = ["NaN", "Infinity", "-Infinity"];
    numbers::float(json).is_some() || json.as_str().is_some_and(|text| special.contains(&text))
}

/// Whether the parser takes this for an enum; it keeps a number that it does not know.
fn is_enum(enumeration: &Enum, json: &Value, api: Api) -> bool {
    match json {
        Value::Number(_) => numbers::int32(json).is_some(),
        _ => enumeration.name_of(json, api).is_some(),
    }
}

/// How many values lie inside each other here, scalars included.
fn levels(json: &Value) -> usize {
    let inside = match json {
        Value::Object(members) => members.values().map(levels).max(),
        Value::Array(elements) => elements.iter().map(levels).max(),
        _ => None,
    };
    1 + inside.unwrap_or(0)
}

fn sort(json: &Value) -> &'static str {
    match json {
        Value::Null => "null",
        Value::Bool(_) => "a bool",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::super::judge::faults;
    use super::{Api, Value};
    use serde_json::json;

    /// Expects both versions to refuse a response at this place, and nothing else in it.
    #[track_caller]
    fn refuses(place: &str, response: Value) {
        for api in [Api::V2, Api::V2Beta1] {
            let faults = faults("WebhookResponse", &response, api);
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].starts_with(&format!("`{place}` ")), "{faults:?}");
        }
    }

    #[track_caller]
    fn accepts(response: Value) {
        for api in [Api::V2, Api::V2Beta1] {
            assert_eq!(faults("WebhookResponse", &response, api), [""; 0]);
        }
    }

    fn nested(levels: usize) -> Value {
        (1..levels).fold(json!({}), |inner, _| json!({ "in": inner }))
    }

    #[test]
    fn an_unknown_field_is_refused() {
        refuses("$.speech", json!({"speech": null}));
        let text = json!({"text": {"text": ["hi"], "ETag": null}});
        refuses(
            "$.fulfillmentMessages[0].text.ETag",
            json!({"fulfillmentMessages": [text]}),
        );
    }

    #[test]
    fn a_field_of_v2beta1_is_refused_in_v2() {
        let response = json!({"endInteraction": true});
        assert_eq!(
            faults("WebhookResponse", &response, Api::V2),
            ["`$.endInteraction` is not a field of WebhookResponse of v2."]
        );
        assert_eq!(faults("WebhookResponse", &response, Api::V2Beta1), [""; 0]);
    }

    #[test]
    fn an_enum_value_of_v2beta1_is_refused_in_v2() {
        let message = json!({"platform": "TELEPHONY"});
        assert_eq!(faults("Intent.Message", &message, Api::V2).len(), 1);
        assert_eq!(faults("Intent.Message", &message, Api::V2Beta1), [""; 0]);
    }

    #[test]
    fn a_scalar_of_another_type_is_refused() {
        refuses("$.source", json!({"source": 5}));
        refuses("$.fulfillmentText", json!({"fulfillmentText": {}}));
        let row = json!({"tableCard": {"rows": [{"dividerAfter": "true"}]}});
        let place = "$.fulfillmentMessages[0].tableCard.rows[0].dividerAfter";
        refuses(place, json!({"fulfillmentMessages": [row]}));
        let sentiment = json!({"score": "high", "magnitude": "1.0"});
        assert_eq!(faults("Sentiment", &sentiment, Api::V2).len(), 1);
    }

    #[test]
    fn an_empty_string_is_refused_as_an_object_or_a_list() {
        refuses("$.payload", json!({"payload": ""}));
        refuses("$.followupEventInput", json!({"followupEventInput": ""}));
        refuses("$.outputContexts", json!({"outputContexts": ""}));
    }

    #[test]
    fn a_string_is_refused_as_a_list() {
        let message = json!({"text": {"text": "hi"}});
        refuses(
            "$.fulfillmentMessages[0].text.text",
            json!({"fulfillmentMessages": [message]}),
        );
    }

    #[test]
    fn null_is_refused_inside_a_list_only() {
        refuses("$.fulfillmentMessages[0]", json!({"fulfillmentMessages": [null]}));
        let message = json!({"text": {"text": ["hi", null]}});
        refuses(
            "$.fulfillmentMessages[0].text.text[1]",
            json!({"fulfillmentMessages": [message]}),
        );
        accepts(json!({"fulfillmentText": null, "outputContexts": null, "payload": null}));
        accepts(json!({"payload": {"free": [null, {"in": null}]}}));
    }

    #[test]
    fn two_members_of_a_oneof_are_refused() {
        let message = json!({"text": {}, "card": {}, "image": null});
        refuses(
            "$.fulfillmentMessages[0]",
            json!({"fulfillmentMessages": [message]}),
        );
        accepts(json!({"fulfillmentMessages": [{"text": {}, "card": null, "payload": null}]}));
    }

    #[test]
    fn one_field_in_both_spellings_is_refused() {
        refuses(
            "$.fulfillment_text",
            json!({"fulfillmentText": "a", "fulfillment_text": "b"}),
        );
        accepts(json!({"fulfillment_text": "a", "output_contexts": [{"lifespan_count": 1}]}));
    }

    #[test]
    fn an_enum_is_known_by_its_exact_name_or_a_number() {
        for refused in [json!("slack"), json!("SMS"), json!("2"), json!(2.5), json!(true)] {
            let messages = json!([{"platform": refused}]);
            refuses(
                "$.fulfillmentMessages[0].platform",
                json!({"fulfillmentMessages": messages}),
            );
        }
        for accepted in [json!("SLACK"), json!(2), json!(99), json!(null)] {
            accepts(json!({"fulfillmentMessages": [{"platform": accepted}]}));
        }
    }

    #[test]
    fn an_int32_that_is_not_whole_is_refused() {
        for refused in [
            json!(5.5),
            json!("five"),
            json!(""),
            json!(2147483648_i64),
            json!(true),
        ] {
            let context = json!({"lifespanCount": refused});
            refuses(
                "$.outputContexts[0].lifespanCount",
                json!({"outputContexts": [context]}),
            );
        }
        for accepted in [json!(5), json!(5.0), json!("5"), json!(-1)] {
            accepts(json!({"outputContexts": [{"lifespanCount": accepted}]}));
        }
    }

    #[test]
    fn a_struct_that_is_no_object_is_refused() {
        refuses("$.payload", json!({"payload": [{}]}));
        refuses(
            "$.outputContexts[0].parameters",
            json!({"outputContexts": [{"parameters": 5}]}),
        );
    }

    #[test]
    fn a_struct_nested_too_deep_is_refused() {
        accepts(json!({"payload": nested(100)}));
        refuses("$.payload", json!({"payload": nested(101)}));
        accepts(json!({"outputContexts": [{"parameters": nested(99)}]}));
        refuses(
            "$.outputContexts[0].parameters",
            json!({"outputContexts": [{"parameters": nested(100)}]}),
        );
    }
}
