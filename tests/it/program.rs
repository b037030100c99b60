//! Programs under test: started as a user starts them, asked as Dialogflow asks them.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::schema::{Api, judge};

/// Longer than anything here should take on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The path of the program `flowhook`.
pub const FLOWHOOK: &str = env!("CARGO_BIN_EXE_flowhook");

/// The path of the clumsy agent, which `cargo test` builds beside the tests.
pub fn clumsy() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let path = tests.ancestors().nth(2).unwrap().join("examples/clumsy");
    assert!(
        path.exists(),
        "{} is not built: run `cargo test` without `--test`",
        path.display()
    );
    path
}

/// A program about to be started, in an empty folder and without settings in its environment.
pub struct Starting {
    command: Command,
    api: Api,
    folder: tempfile::TempDir,
}

impl Starting {
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(program.into());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("FLOWHOOK_") || name == "PORT")
        {
            command.env_remove(name);
        }
        command.env_remove("GOOGLE_APPLICATION_CREDENTIALS");
        command.current_dir(folder.path()).args([
            "--set",
            "log.format=json",
            "--set",
            "server.bind=127.0.0.1:0",
        ]);
        Self {
            command,
            api: Api::V2,
            folder,
        }
    }

    pub fn set(mut self, setting: &str) -> Self {
        if setting == "webhook.api_version=v2beta1" {
            self.api = Api::V2Beta1;
        }
        self.command.args(["--set", setting]);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// In a folder that is there already, with files that its settings name.
    pub fn inside(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Starts it, which must fail, and gives what it printed.
    pub fn fail(mut self) -> String {
        let output = self.command.stdin(Stdio::null()).output().unwrap();
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed).into_owned();
        keep(&printed);
        assert_eq!(output.status.code(), Some(1), "{printed}");
        printed
    }

    /// Starts it and waits until it listens.
    pub fn start(mut self) -> Program {
        self.command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap();
        let output = Output::default();
        output.follow(child.stdout.take().unwrap());
        output.follow(child.stderr.take().unwrap());
        let mut program = Program {
            child,
            output,
            address: ([0, 0, 0, 0], 0).into(),
            api: self.api,
            _folder: self.folder,
        };
        program.address = program
            .output
            .wait_for(address)
            .unwrap_or_else(|| panic!("the program does not listen:\n{}", program.output()));
        program
    }
}

/// Where a program says that it listens, in its log or to a person.
fn address(output: &str) -> Option<SocketAddr> {
    let line = output
        .lines()
        .find(|line| line.contains("listening on ") || line.contains("answers on http://"))?;
    let (_, address) = line
        .split_once("http://")
        .or_else(|| line.split_once("listening on "))?;
    let end = address.find(|letter: char| !(letter.is_ascii_hexdigit() || ".:[]".contains(letter)))?;
    address[..end].parse().ok()
}

/// A running program.
pub struct Program {
    child: Child,
    output: Output,
    pub address: SocketAddr,
    api: Api,
    _folder: tempfile::TempDir,
}

impl Program {
    /// Posts a request to the webhook. A reply that Dialogflow would refuse fails the test.
    #[track_caller]
    pub fn ask(&self, request: &Value) -> Answer {
        self.post("/", request.to_string(), "")
    }

    /// Posts a body, with further header lines (each ending in CRLF).
    #[track_caller]
    pub fn post(&self, path: &str, body: impl AsRef<[u8]>, headers: &str) -> Answer {
        let answer = self.send(&post(path, body.as_ref(), headers));
        if answer.status == 200 {
            let faults = judge::faults_of_reply(&answer.body, self.api);
            assert_eq!(faults, [""; 0], "{}", String::from_utf8_lossy(&answer.body));
        }
        answer
    }

    /// Sends bytes on a connection of their own, and reads the answer to them.
    pub fn send(&self, request: &[u8]) -> Answer {
        let mut connection = self.connect();
        connection.write_all(request).unwrap();
        Answer::read(&mut BufReader::new(connection)).expect("every request gets an answer")
    }

    pub fn connect(&self) -> TcpStream {
        let connection = TcpStream::connect(self.address).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        connection
    }

    /// The first line of the log that fits; waits for it.
    pub fn log_line(&self, fits: impl Fn(&Value) -> bool) -> Value {
        let find = |text: &str| {
            text.lines()
                .filter_map(|line| serde_json::from_str(line).ok())
                .find(&fits)
        };
        self.output
            .wait_for(find)
            .unwrap_or_else(|| panic!("no such line in the log:\n{}", self.output()))
    }

    /// The first line of the log with that text in it; waits for it.
    #[track_caller]
    pub fn logged(&self, text: &str) -> String {
        let find = |output: &str| output.lines().find(|line| line.contains(text)).map(str::to_owned);
        self.output
            .wait_for(find)
            .unwrap_or_else(|| panic!("`{text}` was not logged, but:\n{}", self.output()))
    }

    /// The line of the call that got this answer.
    pub fn line_of(&self, answer: &Answer) -> Value {
        let id = &answer.headers["x-request-id"];
        self.log_line(|line| line["request_id"] == id.as_str() && line["outcome"].is_string())
    }

    /// Everything that it has printed so far.
    pub fn output(&self) -> String {
        self.output.text.lock().unwrap().clone()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn terminate(&self) {
        let status = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits until it ends, and gives all that it printed.
    pub fn end(mut self) -> (ExitStatus, String) {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.output.wait_for(|_| None::<()>);
                return (status, self.output());
            }
            assert!(
                Instant::now() < end,
                "the program does not end:\n{}",
                self.output()
            );
            std::thread::yield_now();
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.output.wait_for(|_| None::<()>);
        keep(&self.output());
    }
}

/// Keeps what a program printed where the caller of the tests wants it.
pub fn keep(output: &str) {
    let Some(folder) = std::env::var_os("FLOWHOOK_TEST_OUTPUT") else {
        return;
    };
    let file = tempfile::Builder::new()
        .prefix("program-")
        .suffix(".log")
        .tempfile_in(folder)
        .unwrap();
    let (mut file, _) = file.keep().unwrap();
    file.write_all(output.as_bytes()).unwrap();
}

/// What a program prints, as it comes.
#[derive(Clone, Default)]
struct Output {
    text: Arc<Mutex<String>>,
    readers: Arc<Mutex<usize>>,
    grown: Arc<Condvar>,
}

impl Output {
    fn follow(&self, stream: impl Read + Send + 'static) {
        let output = self.clone();
        *output.readers.lock().unwrap() += 1;
        std::thread::spawn(move || {
            let mut lines = BufReader::new(stream);
            let mut line = Vec::new();
            while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                output
                    .text
                    .lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&line));
                line.clear();
                output.grown.notify_all();
            }
            let _text = output.text.lock().unwrap();
            *output.readers.lock().unwrap() -= 1;
            output.grown.notify_all();
        });
    }

    /// What `find` finds in the text, waiting until it does; none once the program prints no more.
    fn wait_for<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let end = Instant::now() + PATIENCE;
        let mut text = self.text.lock().unwrap();
        loop {
            if let Some(found) = find(&text) {
                return Some(found);
            }
            if *self.readers.lock().unwrap() == 0 || Instant::now() > end {
                return None;
            }
            text = self
                .grown
                .wait_timeout(text, Duration::from_millis(100))
                .unwrap()
                .0;
        }
    }
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads an answer; none when the connection ends before one.
    pub fn read(connection: &mut impl BufRead) -> Option<Self> {
        let mut line = String::new();
        connection.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut headers = HashMap::new();
        loop {
            line.clear();
            connection.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let length = headers
            .get("content-length")
            .map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        connection.read_exact(&mut body).ok()?;
        Some(Self {
            status,
            headers,
            body,
        })
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("every answer is JSON")
    }

    /// What the user hears first.
    #[track_caller]
    pub fn text(&self) -> String {
        self.json()["fulfillmentMessages"][0]["text"]["text"][0]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

/// The bytes of a POST.
pub fn post(path: &str, body: &[u8], headers: &str) -> Vec<u8> {
    let length = body.len();
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: Google-Dialogflow\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{headers}\r\n"
    )
    .into_bytes();
    request.extend(body);
    request
}

/// A request in which an intent was matched that has no response in the console.
pub fn request(intent: &str) -> Value {
    static ASKED: AtomicU64 = AtomicU64::new(0);
    let number = ASKED.fetch_add(1, Ordering::Relaxed);
    json!({
        "responseId": format!("11111111-2222-3333-4444-{number:012x}-66666666"),
        "session": "projects/p/locations/global/agent/sessions/s",
        "queryResult": {
            "queryText": "I am Quilliams of Zanzibar",
            "parameters": {},
            "fulfillmentMessages": [{"text": {"text": [""]}}],
            "intent": {"name": "projects/p/agent/intents/i", "displayName": intent},
            "languageCode": "en",
        },
        "originalDetectIntentRequest": {"source": "DIALOGFLOW_CONSOLE", "payload": {}},
    })
}

/// The same, but the console has a response.
pub fn request_with_console(intent: &str) -> Value {
    let mut request = request(intent);
    request["queryResult"]["fulfillmentMessages"] = json!([{"text": {"text": ["from the console"]}}]);
    request
}
