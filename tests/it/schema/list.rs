//! Reading the field list.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Api, Enum, EnumValue, Field, FieldList, Kind, Message, Required, numbers};

/// What the field list says of google.rpc.Status in a sentence, as rows.
const STATUS: [(&str, Kind, bool); 3] = [
    ("code", Kind::Int32, false),
    ("message", Kind::String, false),
    ("details", Kind::Object, true),
];

impl FieldList {
    pub fn read(json: &Value) -> FieldList {
        let mut messages: BTreeMap<_, _> = members(&json["messages"])
            .map(|(name, row)| (name.clone(), Message::read(name, row)))
            .collect();
        let status = Message::status();
        messages.insert(status.name.clone(), status);
        FieldList {
            messages,
            enums: members(&json["enums"])
                .map(|(name, row)| (name.clone(), Enum::read(row)))
                .collect(),
            required_in_reply: members(&json["required_in_response"])
                .map(Required::read)
                .collect(),
            ignored_beside_event: texts(&json["ignored_when_followupEventInput_set"]),
            session_patterns: texts(&json["session_patterns"]),
            context_suffix: text(&json["child_suffixes"]["context"]),
            entity_suffix: text(&json["child_suffixes"]["session_entity_type"]),
            max_reply_bytes: json["response_rules"]["max_bytes"]
                .as_u64()
                .and_then(|bytes| usize::try_from(bytes).ok())
                .expect("the field list has a size limit"),
        }
    }
}

impl Message {
    fn read(name: &str, row: &Value) -> Message {
        // The one map is in the agent's configuration, which no request or reply contains.
        let rows = members(&row["fields"]).filter(|(_, field)| field["type"] != "map<string,string>");
        Message {
            name: name.to_owned(),
            roots: texts(&row["in"]),
            fields: rows.map(Field::read).collect(),
        }
    }

    fn status() -> Message {
        let fields = STATUS.map(|(name, kind, repeated)| Field {
            json: name.to_owned(),
            proto: name.to_owned(),
            kind,
            repeated,
            oneof: None,
            // The one field that holds a status is in v2 alone.
            apis: vec![Api::V2],
        });
        Message {
            name: "google.rpc.Status".to_owned(),
            roots: vec!["request".to_owned()],
            fields: fields.into(),
        }
    }
}

impl Field {
    fn read((json, row): (&String, &Value)) -> Field {
        let kind = match text(&row["type"]).as_str() {
            "string" => Kind::String,
            "bool" => Kind::Bool,
            "int32" => Kind::Int32,
            "float" => Kind::Float,
            "Struct" => Kind::Object,
            name => match name.strip_prefix("enum ") {
                Some(name) => Kind::Enum(name.to_owned()),
                None => Kind::Message(name.to_owned()),
            },
        };
        Field {
            json: json.clone(),
            proto: text(&row["proto"]),
            kind,
            repeated: row["repeated"] == true,
            oneof: row["oneof"].as_str().map(str::to_owned),
            apis: apis(row),
        }
    }
}

impl Enum {
    fn read(row: &Value) -> Enum {
        let value = |(name, row): (&String, &Value)| EnumValue {
            name: name.clone(),
            number: numbers::int32(&row["number"]).expect("an enum value has a number"),
            apis: apis(row),
        };
        Enum {
            values: members(&row["values"]).map(value).collect(),
        }
    }
}

impl Required {
    fn read((place, with): (&String, &Value)) -> Required {
        let (message, field) = place.rsplit_once('.').expect("a required field is MESSAGE.FIELD");
        Required {
            message: message.to_owned(),
            field: field.to_owned(),
            with: text(with),
        }
    }
}

fn members(json: &Value) -> impl Iterator<Item = (&String, &Value)> {
    json.as_object()
        .expect("the field list has an object here")
        .iter()
}

fn text(json: &Value) -> String {
    json.as_str()
        .expect("the field list has a string here")
        .to_owned()
}

fn texts(json: &Value) -> Vec<String> {
    json.as_array()
        .expect("the field list has a list here")
        .iter()
        .map(text)
        .collect()
}

fn apis(row: &Value) -> Vec<Api> {
    let names = texts(&row["apis"]);
    [Api::V2, Api::V2Beta1]
        .into_iter()
        .filter(|api| names.iter().any(|name| name == api.name()))
        .collect()
}
