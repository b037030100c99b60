//! What the doctor examines: Flowhook itself, and servers that answer what they are told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Longer than any of this takes, so that a test that hangs ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the doctor said.
pub(super) struct Told {
    pub(super) code: i32,
    pub(super) text: String,
    pub(super) stderr: String,
}

impl Told {
    /// That it says all of this, and ends with that code.
    #[track_caller]
    pub(super) fn says(&self, code: i32, parts: &[&str]) {
        // The report is broken into lines.
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in parts {
            assert!(
                text.contains(part),
                "no `{part}` in:\n{}\n{}",
                self.text,
                self.stderr
            );
        }
        assert_eq!(self.code, code, "{}\n{}", self.text, self.stderr);
    }
}

/// Asks the doctor about a URL.
pub(super) fn doctor(url: &str, options: &[&str]) -> Told {
    doctor_reading("", url, options)
}

/// Asks the doctor, with text on its standard input.
pub(super) fn doctor_reading(input: &str, url: &str, options: &[&str]) -> Told {
    doctor_in(&[], input, url, options)
}

/// Asks the doctor, in that environment.
pub(super) fn doctor_in(environment: &[(&str, &str)], input: &str, url: &str, options: &[&str]) -> Told {
    let mut child = Command::new(env!("CARGO_BIN_EXE_flowhook"))
        .args(["doctor", url])
        .args(options)
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin
        .write_all(input.as_bytes())
        .expect("the program is there to read");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    Told {
        code: output.status.code().expect("the program ends by itself"),
        text: String::from_utf8(output.stdout).expect("the report is text"),
        stderr: String::from_utf8(output.stderr).expect("what is told beside it is text"),
    }
}

/// Flowhook itself, until it is dropped.
pub(super) struct Flowhook {
    child: Child,
    pub(super) url: String,
}

impl Flowhook {
    pub(super) fn start(environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_flowhook"))
            .args(["--bind", "127.0.0.1:0"])
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut log = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let address = log
            .find_map(|line| {
                Some(
                    line.ok()?
                        .split_once("listening on ")?
                        .1
                        .split(' ')
                        .next()?
                        .to_owned(),
                )
            })
            .expect("it says where it listens");
        // Its log must go somewhere, else it waits.
        thread::spawn(move || log.for_each(drop));
        Self {
            child,
            url: format!("http://{address}/"),
        }
    }
}

impl Drop for Flowhook {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that answers every call in the same way.
pub(super) struct Fake {
    pub(super) port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// Answers with these bytes, and closes the connection.
    pub(super) fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::answering(None, move |_, stream| stream.write_all(&answer))
    }

    /// Answers a body with that status and these headers.
    pub(super) fn sending(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Self {
        Self::saying(answer(status, headers, body))
    }

    /// Answers over TLS.
    pub(super) fn over_tls(config: ServerConfig, answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::answering(Some(Arc::new(config)), move |_, stream| stream.write_all(&answer))
    }

    /// Answers as `respond` does, which is told the request.
    pub(super) fn answering(
        config: Option<Arc<ServerConfig>>,
        respond: impl Fn(&str, &mut dyn Write) -> std::io::Result<()> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away in the middle is what some tests are about.
                let _ = serve(stream, config.clone(), &noted, &respond);
            }
        });
        Self { port, heard }
    }

    pub(super) fn http(&self) -> String {
        format!("http://127.0.0.1:{}/webhook", self.port)
    }

    pub(super) fn https(&self) -> String {
        format!("https://127.0.0.1:{}/webhook", self.port)
    }

    /// The requests that came, as they were.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panics under this lock").clone()
    }
}

fn serve(
    mut stream: TcpStream,
    config: Option<Arc<ServerConfig>>,
    heard: &Mutex<Vec<String>>,
    respond: &dyn Fn(&str, &mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let Some(config) = config else {
        let request = read(&mut stream)?;
        heard
            .lock()
            .expect("no panics under this lock")
            .push(request.clone());
        return respond(&request, &mut stream);
    };
    let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let request = read(&mut stream)?;
    heard
        .lock()
        .expect("no panics under this lock")
        .push(request.clone());
    respond(&request, &mut stream)?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// Reads a request with its body.
fn read(stream: &mut dyn Read) -> std::io::Result<String> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer)?;
        request.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let is_whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            body.len() >= length.unwrap_or(0)
        });
        if is_whole || count == 0 {
            return Ok(text);
        }
    }
}

/// An answer as it goes over the line.
pub(super) fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
