//! Servers that stand in for Google's: a state that answers calls, and that tests look into.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than anything here should take on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A call as it came.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: String,
    pub path: String,
    pub query: BTreeMap<String, String>,
    /// The lines of the head, the first one too.
    pub head: Vec<String>,
    pub bytes: Vec<u8>,
    /// The same as JSON; null where it is none.
    pub body: Value,
}

/// A status, further header lines (each ending in CRLF), and a body; null is an empty one.
pub type Answer = (u16, &'static str, Value);

/// A server on this machine. It ends with the process.
pub struct Stand<S> {
    pub address: SocketAddr,
    state: Arc<(Mutex<S>, Condvar)>,
}

impl<S> Clone for Stand<S> {
    fn clone(&self) -> Self {
        Self {
            address: self.address,
            state: Arc::clone(&self.state),
        }
    }
}

impl<S: Default + Debug + Send + 'static> Stand<S> {
    /// A server that answers with that; none closes the connection.
    pub fn start(answer: fn(&mut S, &Call) -> Option<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stand = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::default(),
        };
        let server = stand.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let server = server.clone();
                std::thread::spawn(move || server.serve(connection, answer));
            }
        });
        stand
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn state(&self) -> MutexGuard<'_, S> {
        self.state.0.lock().unwrap()
    }

    /// What `find` finds in the state, waiting until it does.
    #[track_caller]
    pub fn wait<T>(&self, find: impl Fn(&S) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        let mut state = self.state();
        loop {
            if let Some(found) = find(&state) {
                return found;
            }
            assert!(Instant::now() < end, "it never came; {:#?}", *state);
            let waited = self.state.1.wait_timeout(state, Duration::from_millis(200));
            state = waited.unwrap().0;
        }
    }

    fn serve(&self, mut connection: TcpStream, answer: fn(&mut S, &Call) -> Option<Answer>) {
        let mut reader = BufReader::new(connection.try_clone().unwrap());
        while let Some(call) = read(&mut reader) {
            let answered = answer(&mut self.state(), &call);
            self.state.1.notify_all();
            let Some((status, headers, body)) = answered else {
                return;
            };
            let body = if body.is_null() {
                String::new()
            } else {
                body.to_string()
            };
            let text = format!(
                "HTTP/1.1 {status} .\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
                body.len()
            );
            // Whoever asked may have been killed.
            if connection.write_all(text.as_bytes()).is_err() {
                return;
            }
        }
    }
}

impl Call {
    /// The value of a header, whose name is given in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.iter().filter_map(|line| line.split_once(": "));
        lines
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// The next call; none when the connection ends.
fn read(reader: &mut BufReader<TcpStream>) -> Option<Call> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    let mut words = head.first()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let query = pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    });
    let mut call = Call {
        method,
        path: decoded(path),
        query: query.collect(),
        head: Vec::new(),
        bytes: Vec::new(),
        body: Value::Null,
    };
    call.head = head;
    let length = call
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    call.bytes = vec![0; length];
    reader.read_exact(&mut call.bytes).ok()?;
    call.body = serde_json::from_slice(&call.bytes).unwrap_or_default();
    Some(call)
}

/// A part of a URL without its escapes.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap()
}
