//! Google Chat on a real socket, as strict as its documentation lets it be: path, query, media type, size, members, threads, pace.
//! Whatever breaks a rule is refused, and told at the end.
//!
//! Sources: Chat's guide to incoming webhooks, its reference of `spaces.messages.create`, and its limits on usage.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::stand::{Answer, Call, Stand};

/// Where messages of the one space are posted.
const PATH: &str = "/v1/spaces/AAAAspace/messages";

/// What stands in the URLs of webhooks, and nowhere else.
pub const KEY: &str = "key-hush-hush";
pub const TOKEN: &str = "token-psst-psst";

/// An answer that stands in for the usual one.
#[derive(Clone, Debug)]
pub enum Instead {
    /// This one.
    Answer(u16, &'static str, Value),
    /// None, though the message is taken.
    Lost,
}

/// A message that was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub query: BTreeMap<String, String>,
    pub body: Value,
}

impl Asked {
    pub fn text(&self) -> &str {
        self.body["text"].as_str().unwrap_or_default()
    }

    pub fn thread(&self) -> &str {
        self.body["thread"]["threadKey"].as_str().unwrap_or_default()
    }
}

#[derive(Debug, Default)]
struct State {
    /// Every call that kept the rules, whatever it was answered.
    asked: Vec<Asked>,
    /// What was taken, by request id: a repetition is not here twice.
    taken: Vec<(String, Asked)>,
    threads: BTreeSet<String>,
    faults: Vec<String>,
    instead: VecDeque<Instead>,
    always: Option<Instead>,
    last: Option<Instant>,
    /// How many programs write, each at a pace of its own.
    is_shared: bool,
}

/// The server, with one space. It ends with the process.
#[derive(Clone)]
pub struct Space(Stand<State>);

impl Space {
    pub fn start() -> Self {
        Self(Stand::start(State::answer))
    }

    /// Where its messages are posted.
    pub fn messages(&self) -> String {
        format!("{}{PATH}", self.0.url())
    }

    /// The setting that has Chat be here.
    pub fn here(&self) -> String {
        format!("google.chat={}", self.0.url())
    }

    /// The URL of the space's webhook, as Chat shows it.
    pub fn url() -> String {
        format!("https://chat.googleapis.com/v1/spaces/AAAAspace/messages?key={KEY}&token={TOKEN}")
    }

    /// Several programs write, and do not know of one another.
    pub fn shared(self) -> Self {
        self.0.state().is_shared = true;
        self
    }

    /// Answers the next calls with these, in turn.
    pub fn answers(&self, instead: impl IntoIterator<Item = Instead>) {
        self.0.state().instead.extend(instead);
    }

    /// Answers every call with this until further notice.
    pub fn always(&self, instead: Option<Instead>) {
        self.0.state().always = instead;
    }

    /// Everything that was asked for so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.0.state().asked.clone()
    }

    /// The lines of all texts that were taken, in their order.
    pub fn told(&self) -> Vec<String> {
        told(&self.0.state())
    }

    /// Waits until so many lines were told.
    #[track_caller]
    pub fn wait_for(&self, lines: usize) -> Vec<String> {
        self.0
            .wait(|state| Some(told(state)).filter(|told| told.len() >= lines))
    }

    /// Waits until so many calls came.
    #[track_caller]
    pub fn wait_for_calls(&self, calls: usize) -> Vec<Asked> {
        self.0
            .wait(|state| (state.asked.len() >= calls).then(|| state.asked.clone()))
    }

    /// That no call broke a rule.
    #[track_caller]
    pub fn expect_sound(&self) {
        assert_eq!(self.0.state().faults, [""; 0]);
    }
}

fn told(state: &State) -> Vec<String> {
    let texts = state.taken.iter().flat_map(|(_, asked)| asked.text().lines());
    texts.map(str::to_owned).collect()
}

/// An error as the wire has it.
pub fn wrapped(code: u16, status: &str) -> Value {
    json!({"error": {"code": code, "status": status, "message": "I am Quilliams of Zanzibar"}})
}

/// An error as one of Google's guides prints it.
pub fn bare(code: u16, status: &str) -> Value {
    wrapped(code, status)["error"].clone()
}

impl State {
    fn answer(&mut self, call: &Call) -> Option<Answer> {
        let asked = Asked {
            query: call.query.clone(),
            body: call.body.clone(),
        };
        let faults = self.faults_of(call, &asked);
        if !faults.is_empty() {
            self.faults.extend(faults);
            return Some((400, "", wrapped(400, "INVALID_ARGUMENT")));
        }
        self.asked.push(asked.clone());
        let instead = self.instead.pop_front().or(self.always.clone());
        if let Some(Instead::Answer(status, headers, body)) = instead {
            return Some((status, headers, body));
        }
        let key = asked.thread().to_owned();
        if asked.query.get("messageReplyOption").map(String::as_str) == Some("REPLY_MESSAGE_OR_FAIL")
            && !self.threads.contains(&key)
        {
            return Some((404, "", wrapped(404, "NOT_FOUND")));
        }
        self.threads.insert(key);
        let id = asked.query["requestId"].clone();
        let place = self.taken.iter().position(|(taken, _)| *taken == id);
        let place = place.unwrap_or_else(|| {
            self.taken.push((id, asked));
            self.taken.len() - 1
        });
        let name = format!("spaces/AAAAspace/messages/m{place}");
        let answer = json!({"name": name, "thread": {"name": "spaces/AAAAspace/threads/t"}});
        instead.is_none().then_some((200, "", answer))
    }

    fn faults_of(&mut self, call: &Call, asked: &Asked) -> Vec<String> {
        let mut faults = Vec::new();
        let mut rule = |is_kept: bool, rule: &str| {
            if !is_kept {
                faults.push(rule.to_owned());
            }
        };
        rule(call.method == "POST", "a message is posted");
        rule(call.path == PATH, "the path is that of the space's messages");
        rule(
            call.header("content-type")
                .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json; charset=utf-8")),
            "the body is JSON in UTF-8, and says so",
        );
        rule(
            call.header("authorization").is_none(),
            "a webhook has no credentials but those in its URL",
        );
        let query = |name: &str| asked.query.get(name).map(String::as_str);
        let known = ["key", "token", "requestId", "messageReplyOption"];
        rule(
            asked.query.keys().all(|name| known.contains(&name.as_str())),
            "no other parameters",
        );
        rule(
            query("key") == Some(KEY) && query("token") == Some(TOKEN),
            "key and token are the webhook's",
        );
        let id = query("requestId").unwrap_or_default();
        rule(id.parse::<uuid::Uuid>().is_ok(), "the request id is a UUID");
        let members = ["text", "cardsV2", "fallbackText", "thread"];
        let body = asked.body.as_object();
        rule(
            body.is_some_and(|body| body.keys().all(|name| members.contains(&name.as_str()))),
            "a webhook's message has these members alone",
        );
        rule(call.bytes.len() < 32_000, "a message has fewer than 32,000 bytes");
        rule(
            !asked.text().is_empty() || asked.body["cardsV2"].is_array(),
            "there is a text or a card",
        );
        let thread = asked.thread().chars().count();
        rule(
            thread <= 4_000 && (asked.body.get("thread").is_some() == (thread > 0)),
            "a thread has a key, of 4000 characters at most",
        );
        let options = ["REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD", "REPLY_MESSAGE_OR_FAIL"];
        let option = query("messageReplyOption");
        rule(
            option.is_some() == (thread > 0),
            "a reply option stands with a thread, and never without",
        );
        rule(
            option.is_none_or(|option| options.contains(&option)),
            "the reply option is one of two",
        );
        let cards = asked.body["cardsV2"].as_array().cloned().unwrap_or_default();
        let ids: BTreeSet<_> = cards
            .iter()
            .map(|card| card["cardId"].as_str().unwrap_or_default())
            .collect();
        rule(
            ids.len() == cards.len() && !ids.contains(""),
            "each card has an id of its own",
        );
        rule(
            cards
                .iter()
                .all(|card| card["card"]["header"]["title"].is_string()),
            "each card has a title",
        );
        let before = self.asked.iter().find(|before| before.query["requestId"] == id);
        rule(
            before.is_none_or(|before| before.body == asked.body && before.query == asked.query),
            "a request id is repeated with the same request only",
        );
        let now = Instant::now();
        let pause = self.last.replace(now).map(|last| now - last);
        // The time from the program's clock to here is not always the same.
        rule(
            self.is_shared || pause.is_none_or(|pause| pause > Duration::from_millis(800)),
            "one write a second",
        );
        faults
    }
}
