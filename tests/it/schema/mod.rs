//! The protocol as data: every message Dialogflow knows, and what tests can do with that knowledge.
//!
//! The field list is a fixture, parsed once. From it `judge` tells what Dialogflow would refuse,
//! `canonical` brings two ways of writing one message to the same JSON, `known` tells every field, and
//! `draw` invents requests that nobody thought of.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

/// The text of a fixture; the one place that says where fixtures are.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/", $name))
    };
}

mod list;

pub mod judge;

mod reply;
mod twice;
mod types;

pub mod canonical;

pub mod known;

mod numbers;

pub mod draw;

mod values;

/// The version of the API an agent speaks; it decides which fields exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// Version 2.
    V2,
    /// Version 2 beta 1, which knows everything a webhook knows in version 2 and more.
    V2Beta1,
}

impl Api {
    /// The name in package names and in the field list.
    pub fn name(self) -> &'static str {
        match self {
            Api::V2 => "v2",
            Api::V2Beta1 => "v2beta1",
        }
    }
}

/// The messages and enums, and what a reply must obey beyond its types.
struct FieldList {
    messages: BTreeMap<String, Message>,
    enums: BTreeMap<String, Enum>,
    required_in_reply: Vec<Required>,
    ignored_beside_event: Vec<String>,
    session_patterns: Vec<String>,
    context_suffix: String,
    entity_suffix: String,
    max_reply_bytes: usize,
}

struct Message {
    name: String,
    /// What may hold it: `request`, `response` or the agent's own configuration.
    roots: Vec<String>,
    fields: Vec<Field>,
}

struct Field {
    json: String,
    proto: String,
    kind: Kind,
    repeated: bool,
    oneof: Option<String>,
    apis: Vec<Api>,
}

enum Kind {
    String,
    Bool,
    Int32,
    Float,
    Enum(String),
    Message(String),
    /// Any JSON object: a `Struct`, or an `Any` inside a status.
    Object,
}

struct Enum {
    values: Vec<EnumValue>,
}

struct EnumValue {
    name: String,
    number: i32,
    apis: Vec<Api>,
}

/// A field that a reply must fill, and with what.
struct Required {
    message: String,
    field: String,
    with: String,
}

static LIST: LazyLock<FieldList> = LazyLock::new(|| {
    let json = serde_json::from_str(fixture!("protocol-fields.json"));
    FieldList::read(&json.expect("the field list is JSON"))
});

fn message(name: &str) -> &'static Message {
    LIST.messages
        .get(name)
        .expect("the field list has every message that is asked for")
}

fn enumeration(name: &str) -> &'static Enum {
    LIST.enums
        .get(name)
        .expect("the field list has every enum that a field names")
}

impl Message {
    fn fields(&self, api: Api) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.apis.contains(&api))
    }

    /// The field with this name, in either spelling.
    fn field(&self, written: &str, api: Api) -> Option<&Field> {
        self.fields(api)
            .find(|field| field.json == written || field.proto == written)
    }
}

impl Field {
    /// What an object says for this field, in either spelling; null says nothing.
    fn said<'a>(&self, members: &'a Map<String, Value>) -> Option<&'a Value> {
        let spellings = [&self.json, &self.proto];
        spellings
            .into_iter()
            .filter_map(|name| members.get(name))
            .find(|value| !value.is_null())
    }
}

impl Enum {
    fn values(&self, api: Api) -> impl Iterator<Item = &EnumValue> {
        self.values.iter().filter(move |value| value.apis.contains(&api))
    }

    /// The name of a value given by name or by number, where this version knows it.
    fn name_of(&self, value: &Value, api: Api) -> Option<&str> {
        let number = value.is_number().then(|| numbers::int32(value)).flatten();
        let mut values = self.values(api);
        values
            .find(|known| Some(known.number) == number || Some(known.name.as_str()) == value.as_str())
            .map(|known| known.name.as_str())
    }

    /// The value that a field has when nobody sets it.
    fn first(&self) -> &EnumValue {
        self.values
            .iter()
            .find(|value| value.number == 0)
            .expect("every enum has a zero")
    }
}
