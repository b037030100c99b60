//! The program itself, on a real socket, with its log.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

type Log = Arc<(Mutex<Vec<Value>>, Condvar)>;

/// `flowhook serve`, until it is dropped.
pub(super) struct Service {
    child: Child,
    log: Log,
    pub(super) address: String,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.headers.iter().filter(move |(header, _)| header == name);
        named.map(|(_, value)| value.as_str())
    }
}

impl Service {
    /// The program with these settings, once it listens.
    pub(super) fn start(settings: &[(&str, &str)]) -> Self {
        let settings = settings
            .iter()
            .flat_map(|(key, value)| ["--set".to_owned(), format!("{key}={value}")]);
        Self::run(settings.collect())
    }

    /// The program with this settings file, once it listens.
    pub(super) fn with_file(toml: &str) -> Self {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), toml).unwrap();
        Self::run(vec![
            "--config".to_owned(),
            file.path().to_str().unwrap().to_owned(),
        ])
    }

    fn run(settings: Vec<String>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_flowhook"))
            .env_clear()
            .current_dir(std::env::temp_dir())
            .args([
                "--bind",
                "127.0.0.1:0",
                "--set",
                "log.format=json",
                "--set",
                "log.level=info",
            ])
            .args(settings)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Log::default();
        let (lines, writing) = (
            BufReader::new(child.stdout.take().unwrap()).lines(),
            Arc::clone(&log),
        );
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                writing
                    .0
                    .lock()
                    .unwrap()
                    .push(serde_json::from_str(&line).unwrap());
                writing.1.notify_all();
            }
        });
        let mut service = Self {
            child,
            log,
            address: String::new(),
        };
        let listening = service.line(|line| line["address"].is_string());
        service.address = listening["address"].as_str().unwrap().to_owned();
        service
    }

    /// The first line of the log for which `is_it` holds, now or soon.
    pub(super) fn line(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        let (lines, changed) = &*self.log;
        let lines = lines.lock().unwrap();
        let wait = Duration::from_secs(20);
        let (lines, _) = changed
            .wait_timeout_while(lines, wait, |lines| !lines.iter().any(&is_it))
            .unwrap();
        let found = lines.iter().find(|line| is_it(line)).cloned();
        found.unwrap_or_else(|| panic!("no such line in {lines:#?}"))
    }

    /// All of the log so far.
    pub(super) fn log(&self) -> Vec<Value> {
        self.log.0.lock().unwrap().clone()
    }

    /// What the log tells of this call.
    pub(super) fn line_of(&self, answer: &Answer) -> Value {
        let id = answer.all("x-request-id").next().unwrap();
        self.line(|line| line["request_id"] == id)
    }

    /// Calls the webhook as Dialogflow does, with these headers as they are.
    pub(super) fn call(&self, headers: &[(&str, &[u8])]) -> Answer {
        let intent = json!({"displayName": "get-agent-name"});
        let body = json!({"session": "projects/p/agent/sessions/1", "queryResult": {"intent": intent}});
        self.post(headers, body.to_string().as_bytes())
    }

    /// Calls the webhook with this in the `Authorization` header.
    pub(super) fn call_with(&self, authorization: &str) -> Answer {
        self.call(&[("authorization", authorization.as_bytes())])
    }

    /// Posts this body with these headers as they are.
    pub(super) fn post(&self, headers: &[(&str, &[u8])], body: &[u8]) -> Answer {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        connection
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut request = format!(
            "POST /webhook HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\ncontent-length: {}\r\n",
            body.len()
        )
        .into_bytes();
        for (name, value) in headers {
            request.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        request.extend_from_slice(b"\r\n");
        request.extend_from_slice(body);
        connection.write_all(&request).unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_ascii_lowercase(), value.to_owned())
        };
        Answer {
            status,
            headers: lines.map(header).collect(),
            body: body.to_owned(),
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
