//! A server on a thread of its own, and calls of it over HTTP/1.1, for benchmarks.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;

use flowhook::channels::intake::Intake;
use flowhook::config::Settings;
use flowhook::{Webhook, server};
use tokio::sync::oneshot;

/// A server. It serves until it is [stopped](Self::stop) or dropped.
pub struct Served {
    /// Where it listens.
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Served {
    /// A server with these settings, and with the intake of channels if there is one.
    pub fn start(settings: Settings, webhook: Webhook, intake: Option<Intake>) -> Self {
        let gate = settings.gate().unwrap();
        let intake = intake.map(Arc::new);
        let (listening, address) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let ready = move |addresses: &[SocketAddr]| listening.send(addresses[0]).unwrap();
            let stop = async {
                let _ = stopped.await;
                "done"
            };
            let inside = server::Inside::default();
            server::serve(&settings, webhook, intake, gate, inside, ready, stop).unwrap();
        });
        Self {
            address: address.recv().unwrap(),
            stop,
            thread,
        }
    }

    /// Stops it, and waits until it has.
    pub fn stop(self) {
        self.stop.send(()).unwrap();
        self.thread.join().unwrap();
    }
}

/// A connection to a server.
pub struct Connection {
    stream: BufReader<TcpStream>,
    line: String,
    /// The body of the last answer.
    pub answer: Vec<u8>,
}

impl Connection {
    /// A connection to that address.
    pub fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream: BufReader::new(stream),
            line: String::new(),
            answer: Vec::new(),
        }
    }

    /// Posts a body with these headers, each closed by `\r\n`, and gives the status of the answer.
    pub fn post(&mut self, path: &str, headers: &str, body: &str) -> u16 {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\n{headers}content-length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut status, mut length) = (0, 0);
        self.line.clear();
        while self.stream.read_line(&mut self.line).unwrap() > 2 {
            if let Some(first) = self.line.strip_prefix("HTTP/1.1 ") {
                status = first[..3].parse().unwrap();
            } else if let Some(value) = self.line.strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
            self.line.clear();
        }
        self.answer.resize(length, 0);
        self.stream.read_exact(&mut self.answer).unwrap();
        status
    }
}
