//! One JSON for each meaning, so that two ways of writing a message can be compared.

use serde_json::{Map, Value};

use super::{Api, Field, Kind, Message, enumeration, message, numbers};

/// The message as protobuf would print it: camelCase names, enum names, plain numbers, no defaults.
///
/// Messages, Structs and members of a oneof stay even when empty, for their presence means
/// something. What is no field of this version stays as it is.
pub fn canonical(message: &str, json: &Value, api: Api) -> Value {
    of_message(super::message(message), json, api)
}

fn of_message(message: &Message, json: &Value, api: Api) -> Value {
    let Value::Object(members) = json else {
        return json.clone();
    };
    let mut meaning = Map::new();
    for (written, value) in members {
        let Some(field) = message.field(written, api) else {
            meaning.insert(written.clone(), value.clone());
            continue;
        };
        if let Some(value) = of_field(field, value, api) {
            meaning.insert(field.json.clone(), value);
        }
    }
    Value::Object(meaning)
}

/// What the field means, or nothing where leaving it out means the same.
fn of_field(field: &Field, json: &Value, api: Api) -> Option<Value> {
    match json {
        Value::Null => None,
        Value::Array(elements) if field.repeated => {
            let meaning = elements
                .iter()
                .map(|element| of_single(&field.kind, element, api));
            (!elements.is_empty()).then(|| meaning.collect())
        }
        _ if field.repeated => Some(json.clone()),
        _ => {
            let meaning = of_single(&field.kind, json, api);
            let tells = field.oneof.is_some() || !is_default(&field.kind, &meaning);
            tells.then_some(meaning)
        }
    }
}

fn of_single(kind: &Kind, json: &Value, api: Api) -> Value {
    let meaning = match kind {
        Kind::String | Kind::Bool => None,
        Kind::Int32 => numbers::int32(json).map(Value::from),
        Kind::Float => numbers::float(json).map(Value::from),
        Kind::Enum(name) => of_enum(name, json, api),
        Kind::Message(name) => Some(of_message(message(name), json, api)),
        Kind::Object => Some(of_struct(json)),
    };
    meaning.unwrap_or_else(|| json.clone())
}

fn of_enum(name: &str, json: &Value, api: Api) -> Option<Value> {
    match enumeration(name).name_of(json, api) {
        Some(name) => Some(Value::from(name)),
        None if json.is_number() => numbers::int32(json).map(Value::from),
        None => None,
    }
}

fn of_struct(json: &Value) -> Value {
    match json {
        Value::Number(number) => Value::Number(numbers::double(number)),
        Value::Array(elements) => elements.iter().map(of_struct).collect(),
        Value::Object(members) => {
            let meaning = members
                .iter()
                .map(|(name, value)| (name.clone(), of_struct(value)));
            Value::Object(meaning.collect())
        }
        _ => json.clone(),
    }
}

fn is_default(kind: &Kind, meaning: &Value) -> bool {
    match kind {
        Kind::String => meaning == "",
        Kind::Bool => meaning == false,
        Kind::Int32 => meaning == 0,
        Kind::Float => meaning == 0.0,
        Kind::Enum(name) => meaning == enumeration(name).first().name.as_str(),
        Kind::Message(_) | Kind::Object => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{draw, judge};
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn means(message: &str, written: Value, meaning: Value) {
        for api in [Api::V2, Api::V2Beta1] {
            assert_eq!(canonical(message, &written, api), meaning);
        }
    }

    #[test]
    fn both_spellings_mean_the_same_field() {
        let written = json!({"fulfillment_text": "a", "output_contexts": [{"lifespan_count": 1}]});
        let meaning = json!({"fulfillmentText": "a", "outputContexts": [{"lifespanCount": 1}]});
        means("WebhookResponse", written, meaning);
    }

    #[test]
    fn nulls_and_defaults_mean_nothing() {
        let intent = json!({"name": "", "priority": 0, "isFallback": false, "events": [],
            "webhookState": "WEBHOOK_STATE_UNSPECIFIED", "messages": null, "parameters": []});
        means("Intent", intent, json!({}));
        means("Intent", json!({"priority": "0", "webhookState": 0}), json!({}));
        means("Sentiment", json!({"score": 0, "magnitude": "0.0"}), json!({}));
        means("Sentiment", json!({"score": -0.0}), json!({}));
    }

    #[test]
    fn an_empty_message_or_struct_is_still_there() {
        let written = json!({"queryResult": {"parameters": {}}, "originalDetectIntentRequest": {}});
        means("WebhookRequest", written.clone(), written);
    }

    #[test]
    fn a_member_of_a_oneof_is_still_there_when_empty() {
        let written = json!({"text": ""});
        let name = "Intent.Message.TelephonySynthesizeSpeech";
        assert_eq!(canonical(name, &written, Api::V2Beta1), written);
        means(
            "Intent.Message",
            json!({"text": {"text": []}, "card": null}),
            json!({"text": {}}),
        );
    }

    #[test]
    fn an_enum_means_its_name_where_the_version_knows_it() {
        means(
            "Intent.Message",
            json!({"platform": 2}),
            json!({"platform": "SLACK"}),
        );
        means(
            "Intent.Message",
            json!({"platform": 99.0}),
            json!({"platform": 99}),
        );
        means(
            "Intent.Message",
            json!({"platform": "slack"}),
            json!({"platform": "slack"}),
        );
        let telephony = json!({"platform": 10});
        assert_eq!(canonical("Intent.Message", &telephony, Api::V2), telephony);
        let named = json!({"platform": "TELEPHONY"});
        assert_eq!(canonical("Intent.Message", &telephony, Api::V2Beta1), named);
    }

    #[test]
    fn defaults_in_a_list_keep_their_place() {
        means(
            "Intent",
            json!({"events": ["", "a"]}),
            json!({"events": ["", "a"]}),
        );
        let platforms = json!({"defaultResponsePlatforms": [0, 1]});
        let named = json!({"defaultResponsePlatforms": ["PLATFORM_UNSPECIFIED", "FACEBOOK"]});
        means("Intent", platforms, named);
    }

    #[test]
    fn numbers_mean_the_same_in_every_notation() {
        for five in [json!(5), json!(5.0), json!("5")] {
            means(
                "Context",
                json!({"lifespanCount": five}),
                json!({"lifespanCount": 5}),
            );
        }
        for one in [json!(1), json!(1.0), json!("1.0")] {
            means("Sentiment", json!({"score": one}), json!({"score": 1.0}));
        }
    }

    #[test]
    fn a_struct_stays_as_it_is_but_for_its_numbers() {
        let written = json!({"a_b": 5, "c": [0, "5", null, {"": false}], "d": "", "e": [], "f": {}});
        let meaning = json!({"a_b": 5.0, "c": [0.0, "5", null, {"": false}], "d": "", "e": [], "f": {}});
        means(
            "Context",
            json!({"parameters": written}),
            json!({"parameters": meaning}),
        );
    }

    #[test]
    fn what_is_no_field_of_the_version_stays_as_it_is() {
        let written = json!({"endInteraction": false, "my_field": null, "other": 5});
        assert_eq!(canonical("WebhookResponse", &written, Api::V2), written);
        let known = json!({"my_field": null, "other": 5});
        assert_eq!(canonical("WebhookResponse", &written, Api::V2Beta1), known);
    }

    #[test]
    fn a_value_of_the_wrong_type_stays_as_it_is() {
        let written = json!({"name": 5, "events": "", "messages": {"text": null}, "priority": 5.5});
        means("Intent", written.clone(), written);
    }

    #[test]
    fn the_canonical_form_is_valid_and_its_own_canonical_form() {
        let mut rng = fastrand::Rng::with_seed(1);
        for api in [Api::V2, Api::V2Beta1].into_iter().cycle().take(200) {
            let meaning = canonical("WebhookRequest", &draw::request(&mut rng, api), api);
            assert_eq!(judge::faults("WebhookRequest", &meaning, api), [""; 0]);
            assert_eq!(canonical("WebhookRequest", &meaning, api), meaning);
        }
    }
}
