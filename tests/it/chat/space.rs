//! Google Chat on a real socket, as strict as its documentation lets it be: path, query, media type, size, members, threads, pace.
//! Whatever breaks a rule is refused, and told at the end.
//!
//! Sources: Chat's guide to incoming webhooks, its reference of `spaces.messages.create`, and its limits on usage.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::{decoded, read};

/// Longer than anything here should take on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What stands in the URLs of webhooks, and nowhere else.
pub const KEY: &str = "key-hush-hush";
pub const TOKEN: &str = "token-psst-psst";

/// An answer that stands in for the usual one.
#[derive(Clone)]
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

#[derive(Default)]
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
pub struct Space {
    pub address: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Space {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let space = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::default(),
        };
        let server = space.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let server = server.clone();
                std::thread::spawn(move || server.serve(connection));
            }
        });
        space
    }

    /// The setting that has Chat be here.
    pub fn here(&self) -> String {
        format!("google.chat=http://{}", self.address)
    }

    /// The URL of the space's webhook, as Chat shows it.
    pub fn url() -> String {
        format!("https://chat.googleapis.com/v1/spaces/AAAAspace/messages?key={KEY}&token={TOKEN}")
    }

    /// Several programs write, and do not know of one another.
    pub fn is_shared(self) -> Self {
        self.state.0.lock().unwrap().is_shared = true;
        self
    }

    /// Answers the next calls with these, in turn.
    pub fn answers(&self, instead: impl IntoIterator<Item = Instead>) {
        self.state.0.lock().unwrap().instead.extend(instead);
    }

    /// Answers every call with this until further notice.
    pub fn always(&self, instead: Option<Instead>) {
        self.state.0.lock().unwrap().always = instead;
    }

    /// Everything that was asked for so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.state.0.lock().unwrap().asked.clone()
    }

    /// The lines of all texts that were taken, in their order.
    pub fn told(&self) -> Vec<String> {
        told(&self.state.0.lock().unwrap())
    }

    /// Waits until so many lines were told.
    #[track_caller]
    pub fn wait_for(&self, lines: usize) -> Vec<String> {
        self.wait(|state| Some(told(state)).filter(|told| told.len() >= lines))
    }

    /// Waits until so many calls came.
    #[track_caller]
    pub fn wait_for_calls(&self, calls: usize) -> Vec<Asked> {
        self.wait(|state| (state.asked.len() >= calls).then(|| state.asked.clone()))
    }

    #[track_caller]
    fn wait<T>(&self, find: impl Fn(&State) -> Option<T>) -> T {
        let (lock, changed) = &*self.state;
        let end = Instant::now() + PATIENCE;
        let mut state = lock.lock().unwrap();
        loop {
            if let Some(found) = find(&state) {
                return found;
            }
            let came = (&state.faults, &state.asked);
            assert!(Instant::now() < end, "it never came; {came:#?}");
            state = changed.wait_timeout(state, Duration::from_millis(200)).unwrap().0;
        }
    }

    /// That no call broke a rule.
    #[track_caller]
    pub fn expect_sound(&self) {
        assert_eq!(self.state.0.lock().unwrap().faults, [""; 0]);
    }

    fn serve(&self, mut connection: TcpStream) {
        let mut reader = BufReader::new(connection.try_clone().unwrap());
        while let Some((head, body)) = read(&mut reader) {
            let (lock, changed) = &*self.state;
            let answer = lock.lock().unwrap().answer(&head, &body);
            changed.notify_all();
            let Some((status, headers, answer)) = answer else {
                return;
            };
            let answer = answer.to_string();
            let text = format!(
                "HTTP/1.1 {status} .\r\ncontent-type: application/json; charset=UTF-8\r\n{headers}content-length: {}\r\n\r\n{answer}",
                answer.len()
            );
            // Whoever asked may have been killed.
            if connection.write_all(text.as_bytes()).is_err() {
                return;
            }
        }
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
    fn answer(&mut self, head: &[String], body: &[u8]) -> Option<(u16, &'static str, Value)> {
        let mut words = head[0].split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let query = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        });
        let asked = Asked {
            query: query.collect(),
            body: serde_json::from_slice(body).unwrap_or_default(),
        };
        let faults = self.faults_of(method, path, head, &asked, body.len());
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

    fn faults_of(
        &mut self,
        method: &str,
        path: &str,
        head: &[String],
        asked: &Asked,
        bytes: usize,
    ) -> Vec<String> {
        let mut faults = Vec::new();
        let mut rule = |is_kept: bool, rule: &str| {
            if !is_kept {
                faults.push(rule.to_owned());
            }
        };
        let header = |name: &str| {
            let mut lines = head.iter().filter_map(|line| line.split_once(": "));
            lines
                .find(|(found, _)| found.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.to_ascii_lowercase())
        };
        rule(method == "POST", "a message is posted");
        rule(
            path == "/v1/spaces/AAAAspace/messages",
            "the path is that of the space's messages",
        );
        rule(
            header("content-type").as_deref() == Some("application/json; charset=utf-8"),
            "the body is JSON in UTF-8, and says so",
        );
        rule(
            header("authorization").is_none(),
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
        rule(bytes < 32_000, "a message has fewer than 32,000 bytes");
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
