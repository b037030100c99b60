//! Google on a real socket: RCS for Business, Business Messages, Dialogflow and the token endpoint, as strict as the documentation lets
//! them be. Whatever breaks a rule is refused, and told at the end.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;
use std::net::SocketAddr;

use serde_json::{Value, json};

use super::rules;
pub use crate::stand::Call;
use crate::stand::{Answer, Stand};

/// What the token endpoint gives.
pub const ACCESS_TOKEN: &str = "ya29.access-sekrit";

/// What it is asked with.
pub const REFRESH_TOKEN: &str = "1//refresh-sekrit";

/// An answer that stands in for the usual one.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub status: u16,
    pub headers: &'static str,
    pub body: Value,
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<Call>,
    /// What was sent, by its id: to whom, and what. A repetition of RBM's is not here twice.
    sent: BTreeMap<String, (String, Value)>,
    faults: Vec<String>,
    /// Tokens that were shown and are not the one that was given.
    bearers: Vec<String>,
    /// What the next calls whose path has that in it are answered.
    refusals: VecDeque<(&'static str, Refusal)>,
    /// What the agent says: the query result for a text or an event's name.
    says: BTreeMap<String, Value>,
}

/// The server. It ends with the process.
#[derive(Clone)]
pub struct Google {
    pub address: SocketAddr,
    stand: Stand<State>,
}

impl Google {
    pub fn start() -> Self {
        let stand = Stand::start(|state: &mut State, call| Some(state.answer(call)));
        Self {
            address: stand.address,
            stand,
        }
    }

    pub fn url(&self) -> String {
        self.stand.url()
    }

    /// A file with the credentials of a user, for whom this is the token endpoint.
    pub fn credentials(&self) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let json = json!({
            "type": "authorized_user",
            "client_id": "client",
            "client_secret": "client-sekrit",
            "refresh_token": REFRESH_TOKEN,
            "token_uri": format!("{}/token", self.url()),
        });
        write!(file, "{json}").unwrap();
        file
    }

    /// What the Dialogflow agent says to a text or an event.
    pub fn says(&self, to: &str, result: Value) {
        self.stand.state().says.insert(to.to_owned(), result);
    }

    /// Answers the next call whose path has `part` in it with that.
    pub fn refuse(&self, part: &'static str, refusal: Refusal) {
        let mut state = self.stand.state();
        state.refusals.push_back((part, refusal));
    }

    /// The calls so far whose path has `part` in it.
    pub fn calls(&self, part: &str) -> Vec<Call> {
        let state = self.stand.state();
        state
            .calls
            .iter()
            .filter(|call| call.path.contains(part))
            .cloned()
            .collect()
    }

    /// The texts that this user was sent, in the order in which they came first.
    pub fn told(&self, user: &str) -> Vec<String> {
        texts(&self.stand.state(), user)
    }

    /// Waits until so many texts were sent to the user.
    #[track_caller]
    pub fn wait_for_texts(&self, user: &str, count: usize) -> Vec<String> {
        self.stand
            .wait(|state| Some(texts(state, user)).filter(|texts| texts.len() >= count))
    }

    /// Tokens that were shown and are not the one that was given.
    pub fn bearers(&self) -> Vec<String> {
        self.stand.state().bearers.clone()
    }

    /// What broke a rule.
    pub fn faults(&self) -> Vec<String> {
        self.stand.state().faults.clone()
    }
}

impl State {
    fn answer(&mut self, call: &Call) -> Answer {
        let refusal = self
            .refusals
            .iter()
            .position(|(part, _)| call.path.contains(part));
        if let Some((_, refusal)) = refusal.and_then(|place| self.refusals.remove(place)) {
            return (refusal.status, refusal.headers, refusal.body);
        }
        if let Some(about) = call.path.strip_prefix("/computeMetadata/v1/") {
            if call.header("metadata-flavor") != Some("Google") {
                self.faults.push(format!("{about}: no flavour"));
                return (403, "", Value::Null);
            }
            self.calls.push(call.clone());
            return match about {
                "instance/service-accounts/default/token" => (
                    200,
                    "",
                    json!({"access_token": ACCESS_TOKEN, "expires_in": 3_600, "token_type": "Bearer"}),
                ),
                _ => (404, "", Value::Null),
            };
        }
        if call.path == "/token" {
            let faults = rules::token(&call.body);
            if !faults.is_empty() {
                self.faults.extend(faults);
                return (400, "", json!({"error": "invalid_grant"}));
            }
            return (
                200,
                "",
                json!({"access_token": ACCESS_TOKEN, "expires_in": 3_600, "token_type": "Bearer"}),
            );
        }
        let shown = call.header("authorization").unwrap_or_default();
        if shown != format!("Bearer {ACCESS_TOKEN}") {
            self.faults.push(format!("{}: another bearer", call.path));
            self.bearers
                .extend(shown.strip_prefix("Bearer ").map(str::to_owned));
            return (
                401,
                "",
                json!({"error": {"code": 401, "status": "UNAUTHENTICATED"}}),
            );
        }
        let kind = call.header("content-type").unwrap_or_default();
        let faults = rules::of(call, kind, &call.bytes);
        if !faults.is_empty() {
            // As Google does, it quotes.
            let message = format!("bad request: {} {}", call.path, call.body);
            self.faults.extend(faults);
            return (
                400,
                "",
                json!({"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": message}}),
            );
        }
        self.calls.push(call.clone());
        self.done(call)
    }

    /// What is answered to a call that keeps the rules.
    fn done(&mut self, call: &Call) -> Answer {
        let parts: Vec<_> = call.path.trim_start_matches('/').split('/').collect();
        match (call.method.as_str(), parts.as_slice()) {
            ("POST", ["v1", "phones", user, "agentMessages"]) => {
                let id = call.query["messageId"].clone();
                let name = format!("phones/{user}/agentMessages/{id}");
                // A repeated id is ignored.
                self.sent
                    .entry(id)
                    .or_insert_with(|| ((*user).to_owned(), call.body.clone()));
                (200, "", json!({"name": name, "sendTime": "2026-01-02T03:04:05Z"}))
            }
            ("GET", ["v1", "phones", _, "capabilities"]) => (
                200,
                "",
                json!({"features": ["RICHCARD_STANDALONE", "ACTION_DIAL"]}),
            ),
            ("POST", ["v1", "users:batchGet"]) => {
                let users = call.body["users"].as_array().unwrap();
                (
                    200,
                    "",
                    json!({"reachableUsers": users[..1], "totalRandomSampleUserCount": 7, "reachableRandomSampleUserCount": 5}),
                )
            }
            ("POST", ["v1", "files"] | ["upload", "v1", "files"]) => (200, "", json!({"name": "files/1"})),
            ("POST", ["v1", "conversations", conversation, "messages"]) => {
                let id = call.body["messageId"].as_str().unwrap().to_owned();
                if self.sent.contains_key(&id) {
                    return (
                        409,
                        "",
                        json!({"error": {"code": 409, "status": "ALREADY_EXISTS"}}),
                    );
                }
                self.sent
                    .insert(id, ((*conversation).to_owned(), call.body.clone()));
                (200, "", json!({}))
            }
            ("POST", ["v2beta1", ..]) => {
                let input = &call.body["queryInput"];
                let asked = input["text"]["text"]
                    .as_str()
                    .or(input["event"]["name"].as_str())
                    .unwrap();
                let result = self.says.get(asked).cloned();
                let result = result.unwrap_or_else(
                    || json!({"fulfillmentMessages": [{"text": {"text": [format!("You said {asked}.")]}}]}),
                );
                (
                    200,
                    "",
                    json!({"responseId": "r", "queryResult": result, "somethingNew": 1}),
                )
            }
            _ => (200, "", json!({})),
        }
    }
}

/// The texts that this user was sent, in the order in which they came first.
fn texts(state: &State, user: &str) -> Vec<String> {
    let mut seen = Vec::new();
    for call in &state.calls {
        let id = call
            .query
            .get("messageId")
            .map(String::as_str)
            .or(call.body["messageId"].as_str());
        if let Some(id) = id
            && state.sent.get(id).is_some_and(|(to, _)| to == user)
            && !seen.contains(&id)
        {
            seen.push(id);
        }
    }
    let text = |id: &&str| {
        let (_, body) = &state.sent[*id];
        let content = body.get("contentMessage").unwrap_or(body);
        content["text"].as_str().unwrap_or("(no text)").to_owned()
    };
    seen.iter().map(text).collect()
}
