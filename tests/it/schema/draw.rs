//! Requests that nobody thought of, drawn from the field list by a seeded generator.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::{Api, Field, Kind, Message, enumeration, message, values};

/// About how many bytes a request may fill before it keeps to what it must have.
const ROOM: usize = 40_000;

/// How deep a drawn Struct may be.
const STRUCT_LEVELS: usize = 5;

/// A request in which every field may be there, or absent, or its default, or null.
///
/// Only `session` and `queryResult` are always there. Names, enums and numbers come in every
/// notation the protocol allows, texts and names of parameters from all of Unicode.
pub fn request(rng: &mut Rng, api: Api) -> Value {
    let session = values::session(rng);
    let mut draw = Draw {
        rng,
        api,
        session,
        room: ROOM,
    };
    draw.message(message("WebhookRequest")).into()
}

struct Draw<'a> {
    rng: &'a mut Rng,
    api: Api,
    session: String,
    room: usize,
}

/// What becomes of a field.
enum Shape {
    Absent,
    Null,
    Default,
    Value,
}

impl Draw<'_> {
    fn message(&mut self, message: &Message) -> Map<String, Value> {
        let mut members = Map::new();
        // In any order, so that no field gets its turn only when there is no room left.
        let mut fields: Vec<&Field> = message.fields(self.api).collect();
        self.rng.shuffle(&mut fields);
        let mut chosen: Vec<&str> = Vec::new();
        let undecided = self.rng.u8(..10) == 0;
        for field in fields {
            let taken = field
                .oneof
                .as_deref()
                .is_some_and(|oneof| undecided || chosen.contains(&oneof));
            let value = match self.shape(message, field) {
                Shape::Null => Value::Null,
                Shape::Default if !taken => self.default(field),
                Shape::Value if !taken => self.value(message, field),
                _ => continue,
            };
            if let Some(oneof) = &field.oneof
                && !value.is_null()
            {
                chosen.push(oneof);
            }
            let name = if self.rng.u8(..8) == 0 {
                &field.proto
            } else {
                &field.json
            };
            members.insert(name.clone(), value);
            self.spend(name.len() + 6);
        }
        members
    }

    fn shape(&mut self, message: &Message, field: &Field) -> Shape {
        if message.name == "WebhookRequest" && ["session", "queryResult"].contains(&&*field.json) {
            return Shape::Value;
        }
        match self.rng.u8(..10) {
            _ if self.room == 0 => Shape::Absent,
            0 => Shape::Null,
            1 => Shape::Default,
            2..=4 => Shape::Absent,
            _ => Shape::Value,
        }
    }

    fn default(&mut self, field: &Field) -> Value {
        match &field.kind {
            _ if field.repeated => json!([]),
            Kind::String => json!(""),
            Kind::Bool => json!(false),
            Kind::Int32 => values::one_of(self.rng, [json!(0), json!(0.0), json!("0")]),
            Kind::Float => values::one_of(self.rng, [json!(0), json!(0.0)]),
            Kind::Enum(name) => values::one_of(self.rng, [json!(0), json!(enumeration(name).first().name)]),
            Kind::Message(_) | Kind::Object => json!({}),
        }
    }

    fn value(&mut self, message: &Message, field: &Field) -> Value {
        if !field.repeated {
            return self.single(message, field);
        }
        let mut elements = Vec::new();
        for _ in 0..self.rng.usize(1..4) {
            if self.room > 0 {
                elements.push(self.single(message, field));
                self.spend(4);
            }
        }
        elements.into()
    }

    fn single(&mut self, message: &Message, field: &Field) -> Value {
        let value = match &field.kind {
            Kind::Message(name) => return self.message(super::message(name)).into(),
            Kind::String => self.string(message, field).into(),
            Kind::Bool => self.rng.bool().into(),
            Kind::Int32 => values::int32(self.rng),
            Kind::Float => values::float(self.rng),
            Kind::Enum(name) => self.choice(name),
            Kind::Object => values::object(self.rng, STRUCT_LEVELS).into(),
        };
        self.spend(value.to_string().len());
        value
    }

    fn string(&mut self, message: &Message, field: &Field) -> String {
        match (message.name.as_str(), field.json.as_str()) {
            ("WebhookRequest", "session") => self.session.clone(),
            ("Context", "name") if self.rng.u8(..8) > 0 => {
                format!("{}/contexts/{}", self.session, values::id(self.rng))
            }
            _ => values::text(self.rng),
        }
    }

    fn choice(&mut self, name: &str) -> Value {
        let values: Vec<_> = enumeration(name).values(self.api).collect();
        let value = values[self.rng.usize(..values.len())];
        values::one_of(self.rng, [json!(value.name), json!(value.number)])
    }

    fn spend(&mut self, bytes: usize) {
        self.room = self.room.saturating_sub(bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::judge::faults;
    use super::*;

    const BOTH: [Api; 2] = [Api::V2, Api::V2Beta1];

    type Fields = BTreeSet<(String, String)>;

    /// Every field below a message, whether or not a request says it.
    fn known(message: &Message, api: Api, fields: &mut Fields) {
        for field in message.fields(api) {
            let new = fields.insert((message.name.clone(), field.json.clone()));
            if let (true, Kind::Message(inner)) = (new, &field.kind) {
                known(super::message(inner), api, fields);
            }
        }
    }

    /// Every field that a message says.
    fn said(message: &Message, json: &Value, api: Api, fields: &mut Fields) {
        let members = json.as_object().unwrap();
        for field in message.fields(api) {
            let Some(value) = field.said(members) else {
                continue;
            };
            fields.insert((message.name.clone(), field.json.clone()));
            let Kind::Message(inner) = &field.kind else {
                continue;
            };
            for element in value.as_array().unwrap_or(&vec![value.clone()]) {
                said(super::message(inner), element, api, fields);
            }
        }
    }

    #[test]
    fn a_drawn_request_is_never_refused() {
        for api in BOTH {
            let mut rng = Rng::with_seed(1);
            for number in 0..300 {
                let request = request(&mut rng, api);
                assert_eq!(
                    faults("WebhookRequest", &request, api),
                    [""; 0],
                    "request {number}"
                );
            }
        }
    }

    #[test]
    fn every_field_is_drawn_sooner_or_later() {
        let root = message("WebhookRequest");
        for api in BOTH {
            let mut rng = Rng::with_seed(2);
            let mut missing = Fields::new();
            known(root, api, &mut missing);
            for _ in 0..3000 {
                let mut fields = Fields::new();
                said(root, &request(&mut rng, api), api, &mut fields);
                missing.retain(|field| !fields.contains(field));
                if missing.is_empty() {
                    break;
                }
            }
            assert_eq!(missing, Fields::new());
        }
    }

    #[test]
    fn a_drawn_request_says_its_session_and_its_result() {
        let mut rng = Rng::with_seed(3);
        let root = message("WebhookRequest");
        for _ in 0..300 {
            let request = request(&mut rng, Api::V2);
            let field = |name| {
                root.field(name, Api::V2)
                    .unwrap()
                    .said(request.as_object().unwrap())
            };
            assert!(
                field("session")
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .starts_with("projects/")
            );
            assert!(field("queryResult").unwrap().is_object());
        }
    }

    #[test]
    fn a_field_may_be_absent_null_or_its_default() {
        let mut rng = Rng::with_seed(4);
        let mut shapes = BTreeSet::new();
        for _ in 0..300 {
            let request = request(&mut rng, Api::V2);
            shapes.insert(match request.get("responseId") {
                None => "absent or in its other spelling",
                Some(Value::Null) => "null",
                Some(Value::String(text)) if text.is_empty() => "default",
                Some(_) => "value",
            });
            shapes.extend(request.get("response_id").map(|_| "other spelling"));
        }
        assert_eq!(shapes.len(), 5, "{shapes:?}");
    }

    #[test]
    fn a_drawn_request_is_small_and_survives_being_sent() {
        for api in BOTH {
            let mut rng = Rng::with_seed(5);
            for _ in 0..300 {
                let request = request(&mut rng, api);
                let text = request.to_string();
                assert!(text.len() < 100_000, "{} bytes", text.len());
                assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), request);
            }
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_request() {
        let draw = || request(&mut Rng::with_seed(6), Api::V2Beta1);
        assert_eq!(draw(), draw());
    }
}
