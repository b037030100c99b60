//! The program itself, on a port of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tempfile::TempDir;

/// Nothing here takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `flowhook serve`; it ends with this.
pub struct Program {
    child: Child,
    log: Arc<Log>,
    pub address: SocketAddr,
}

/// What the program has logged.
#[derive(Default)]
struct Log {
    text: Mutex<String>,
    grown: Condvar,
}

fn command(folder: &TempDir, settings: &str) -> Command {
    std::fs::write(folder.path().join("flowhook.toml"), settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowhook"));
    command
        .env_clear()
        .current_dir(folder)
        .args(["serve", "--set", "log.format=json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

impl Program {
    /// Starts in `folder`, whose files `settings`, the text of a flowhook.toml, may name.
    pub fn start(folder: &TempDir, settings: &str) -> Self {
        let mut child = command(folder, &format!("server.bind = '127.0.0.1:0'\n{settings}"))
            .spawn()
            .unwrap();
        let log = Arc::new(Log::default());
        let lines = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn({
            let log = Arc::clone(&log);
            move || {
                for line in lines.lines().map_while(Result::ok) {
                    let mut text = log.text.lock().unwrap();
                    text.push_str(&line);
                    text.push('\n');
                    log.grown.notify_all();
                }
            }
        });
        let mut program = Self {
            child,
            log,
            address: ([0, 0, 0, 0], 0).into(),
        };
        let told = program.logged("listening on ");
        let (_, address) = told.split_once("listening on ").unwrap();
        program.address = address.split('"').next().unwrap().parse().unwrap();
        program
    }

    /// What it says when it does not start.
    pub fn fail(folder: &TempDir, settings: &str) -> String {
        let output = command(folder, settings).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// The first line of the log with that text in it, once there is one.
    pub fn logged(&mut self, text: &str) -> String {
        let log = self.log.text.lock().unwrap();
        let is_missing = |log: &mut String| !log.contains(text);
        let (log, timeout) = self
            .log
            .grown
            .wait_timeout_while(log, PATIENCE, is_missing)
            .unwrap();
        if timeout.timed_out() {
            let mut said = String::new();
            let _ = self.child.kill();
            let _ = self
                .child
                .stderr
                .take()
                .map(|mut stderr| stderr.read_to_string(&mut said));
            panic!("`{text}` was not logged, but:\n{log}\n{said}");
        }
        log.lines().find(|line| line.contains(text)).unwrap().to_owned()
    }

    /// Everything that is logged so far.
    pub fn log(&self) -> String {
        self.log.text.lock().unwrap().clone()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
