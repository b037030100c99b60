//! Every field that a request or a reply may have, and a value for it.

use serde_json::{Map, Value, json};

use super::{Api, Field, Kind, LIST, Message, enumeration, message};

/// A field of the list.
pub struct Known {
    pub message: &'static str,
    pub field: &'static str,
    /// The versions that have it.
    pub apis: &'static [Api],
    /// Whether a request may hold it.
    pub is_asked: bool,
    /// Whether a reply may hold it.
    pub is_answered: bool,
    /// Whether it holds a message, or several, rather than a value.
    pub is_message: bool,
}

/// All of them, but for those of the agent's own configuration.
pub fn fields() -> Vec<Known> {
    let mut known = Vec::new();
    for message in LIST.messages.values() {
        let is_in = |root: &str| message.roots.iter().any(|name| name == root);
        let (is_asked, is_answered) = (is_in("request"), is_in("response"));
        let fields = message.fields.iter().filter(|_| is_asked || is_answered);
        known.extend(fields.map(|field| Known {
            message: &message.name,
            field: &field.json,
            apis: &field.apis,
            is_asked,
            is_answered,
            is_message: matches!(field.kind, Kind::Message(_)),
        }));
    }
    known
}

/// A value for the field which is not its default; of a message one with all that it can hold.
pub fn example(message: &str, field: &str, api: Api) -> Value {
    let field = super::message(message).field(field, api);
    value(field.expect("the message has the field"), api)
}

fn value(field: &Field, api: Api) -> Value {
    let value = match &field.kind {
        Kind::String => json!("words"),
        Kind::Bool => json!(true),
        Kind::Int32 => json!(7),
        Kind::Float => json!(0.5),
        Kind::Enum(name) => {
            let last = enumeration(name).values(api).max_by_key(|value| value.number);
            json!(last.expect("an enum has values").name)
        }
        Kind::Message(name) => whole(self::message(name), api).into(),
        Kind::Object => json!({"words": [1.5, {"yes": true}]}),
    };
    if field.repeated { json!([value]) } else { value }
}

fn whole(message: &Message, api: Api) -> Map<String, Value> {
    let mut members = Map::new();
    let mut chosen: Vec<&str> = Vec::new();
    for field in message.fields(api) {
        if let Some(oneof) = field.oneof.as_deref() {
            if chosen.contains(&oneof) {
                continue;
            }
            chosen.push(oneof);
        }
        members.insert(field.json.clone(), value(field, api));
    }
    members
}
