//! Dialogflow's API on a real socket, as strict as its descriptors: method, path, query, mask, members, bearer.
//!
//! Source: the published descriptors of Dialogflow v2, and what they say of each field.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::stand::{Call, Stand};

/// What the token endpoint gives.
const ACCESS_TOKEN: &str = "ya29.access-sekrit";

/// What a mask of a fulfillment may name.
const MASKED: [&str; 6] = [
    "displayName",
    "enabled",
    "genericWebService.password",
    "genericWebService.requestHeaders",
    "genericWebService.uri",
    "genericWebService.username",
];

/// How many intents a page has, whatever is asked for.
const PAGE: usize = 2;

#[derive(Debug, Default)]
pub(super) struct State {
    /// By resource name: that of the draft, and those of environments.
    pub(super) fulfillments: BTreeMap<String, Value>,
    pub(super) intents: Vec<Value>,
    /// The ZIP that an export gives.
    pub(super) export: Vec<u8>,
    /// How often an operation is looked at before it is done.
    pub(super) looks: usize,
    /// Calls that changed something.
    pub(super) changes: Vec<(String, String, Value)>,
    /// Answers the next reading of a fulfillment but one with another URL: somebody else was faster.
    pub(super) meddles: Option<usize>,
    pub(super) refuses: Option<(u16, &'static str)>,
    /// How many changes are made before Google is too busy, and how often it is then.
    pub(super) is_busy: Option<(usize, usize)>,
    pub(super) comes_again: Comes,
    /// Whether each page of intents names the same one as the next.
    pub(super) turns_in_a_circle: bool,
    pub(super) faults: Vec<String>,
}

/// When a busy Google wants to be asked again.
#[derive(Debug, Default)]
pub(super) enum Comes {
    #[default]
    AtOnce,
    InAMinute,
}

pub(super) type Dialogflow = Stand<State>;

pub(super) fn start() -> Dialogflow {
    Stand::start(|state: &mut State, call| {
        let (status, answer) = state.answer(call);
        let again = match state.comes_again {
            Comes::AtOnce => "retry-after: 0\r\n",
            Comes::InAMinute => "retry-after: 60\r\n",
        };
        Some((status, if status == 429 { again } else { "" }, answer))
    })
}

fn error(code: u16, status: &str) -> (u16, Value) {
    (
        code,
        json!({"error": {"code": code, "status": status, "message": "quotes what-was-sent"}}),
    )
}

impl State {
    fn fault(&mut self, text: String) -> (u16, Value) {
        self.faults.push(text);
        error(400, "INVALID_ARGUMENT")
    }

    fn answer(&mut self, call: &Call) -> (u16, Value) {
        let (method, path, query) = (call.method.as_str(), &call.path, &call.query);
        if (method, path.as_str()) == ("POST", "/token") {
            return (
                200,
                json!({"access_token": ACCESS_TOKEN, "expires_in": 3_600, "token_type": "Bearer"}),
            );
        }
        if call.header("authorization") != Some(&format!("Bearer {ACCESS_TOKEN}")) {
            self.faults.push(format!("{path}: no bearer"));
            return error(401, "UNAUTHENTICATED");
        }
        if let Some((code, status)) = self.refuses {
            return error(code, status);
        }
        let Some(name) = path.strip_prefix("/v2/") else {
            return self.fault(format!("{path}: another version"));
        };
        let sent = call.body.clone();
        let known: &[&str] = match method {
            "PATCH" => &["updateMask"],
            "GET" if name.ends_with("/intents") => &["pageSize", "pageToken"],
            _ => &[],
        };
        if let Some(stranger) = query.keys().find(|key| !known.contains(&key.as_str())) {
            return self.fault(format!("{path}: unknown query {stranger}"));
        }
        match method {
            "GET" if !call.bytes.is_empty() => self.fault(format!("{path}: a body with GET")),
            "GET" => self.got(name, query),
            "PATCH" => self.patched(name, query.get("updateMask"), sent),
            "POST" if name.ends_with("agent:export") && sent == json!({}) => {
                self.looks += 1;
                (200, json!({"name": "projects/p/operations/42", "metadata": {}}))
            }
            _ => self.fault(format!("{method} {path}: no such method")),
        }
    }

    fn got(&mut self, name: &str, query: &BTreeMap<String, String>) -> (u16, Value) {
        if name == "projects/p/operations/42" {
            self.looks -= 1;
            if self.looks > 0 {
                return (200, json!({"name": name, "done": false}));
            }
            let response = json!({"@type": "type.googleapis.com/google.cloud.dialogflow.v2.ExportAgentResponse",
                                  "agentContent": STANDARD.encode(&self.export)});
            return (200, json!({"name": name, "done": true, "response": response}));
        }
        if name.ends_with("/agent/intents") {
            let from: usize = query.get("pageToken").map_or(0, |token| token.parse().unwrap());
            let page: Vec<_> = self.intents.iter().skip(from).take(PAGE).cloned().collect();
            let next = from + page.len();
            let token = if self.turns_in_a_circle {
                "0".to_owned()
            } else if next < self.intents.len() {
                next.to_string()
            } else {
                String::new()
            };
            return (200, json!({"intents": page, "nextPageToken": token}));
        }
        let Some(fulfillment) = self.fulfillments.get_mut(name) else {
            return error(404, "NOT_FOUND");
        };
        if let Some(after) = &mut self.meddles {
            if *after == 0 {
                fulfillment["genericWebService"]["uri"] = "https://faster.example.com".into();
            }
            *after = after.wrapping_sub(1);
        }
        let fulfillment = fulfillment.clone();
        if name.contains("/environments/") {
            return (
                200,
                json!({"name": name, "state": "RUNNING", "fulfillment": fulfillment}),
            );
        }
        (200, fulfillment)
    }

    fn patched(&mut self, name: &str, mask: Option<&String>, sent: Value) -> (u16, Value) {
        let Some(mask) = mask.filter(|mask| !mask.is_empty()) else {
            return self.fault(format!("{name}: without a mask every field is replaced"));
        };
        if sent["name"] != *name {
            return self.fault(format!("{name}: the body is for another resource"));
        }
        if let Some((before, times)) = &mut self.is_busy
            && self.changes.len() == *before
            && *times > 0
        {
            *times -= 1;
            return error(429, "RESOURCE_EXHAUSTED");
        }
        let fields: Vec<_> = mask.split(',').map(str::to_owned).collect();
        self.changes.push((name.to_owned(), mask.clone(), sent.clone()));
        if let Some(place) = self.intents.iter().position(|intent| intent["name"] == *name) {
            let members = ["name", "displayName", "webhookState"];
            if fields != ["webhookState"]
                || sent
                    .as_object()
                    .unwrap()
                    .keys()
                    .any(|key| !members.contains(&key.as_str()))
            {
                return self.fault(format!("{name}: {mask}"));
            }
            self.intents[place]["webhookState"] = sent["webhookState"].clone();
            return (200, self.intents[place].clone());
        }
        let in_environment = name.contains("/environments/");
        let prefix = if in_environment { "fulfillment." } else { "" };
        let fulfillment = if in_environment {
            &sent["fulfillment"]
        } else {
            &sent
        };
        let mut whole = self.fulfillments.get(name).cloned().unwrap_or_default();
        for field in &fields {
            let field = field.strip_prefix(prefix).unwrap_or("another");
            let pointer = format!("/{}", field.replace('.', "/"));
            let Some(value) = fulfillment.pointer(&pointer).filter(|_| MASKED.contains(&field)) else {
                return self.fault(format!("{name}: the mask names {field}"));
            };
            match field.split_once('.') {
                Some((service, member)) => whole[service][member] = value.clone(),
                None => whole[field] = value.clone(),
            }
        }
        let uri = whole["genericWebService"]["uri"].as_str().unwrap_or_default();
        if !uri.starts_with("https://") {
            return self.fault(format!("{name}: the address is compulsory, and https"));
        }
        self.fulfillments.insert(name.to_owned(), whole.clone());
        (
            200,
            if in_environment {
                json!({"name": name, "fulfillment": whole})
            } else {
                whole
            },
        )
    }
}
