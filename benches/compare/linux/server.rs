//! A server that runs: started on its processors, asked until it answers, looked at, and ended with all that it has started.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustix::param::clock_ticks_per_second;
use rustix::process::{Pid, Signal, kill_process_group};

use super::calls::{Call, answer};
use super::cores::stay_on;

/// How long a server may take to its first answer.
const STARTING: Duration = Duration::from_secs(60);
/// How long it may take to end.
const ENDING: Duration = Duration::from_secs(10);
/// How often it is asked whether it is there.
const PAUSE: Duration = Duration::from_micros(200);

/// The process group that runs now, for whoever interrupts us.
static RUNNING: Mutex<Option<Pid>> = Mutex::new(None);

/// One that has answered.
pub struct Server {
    child: Child,
    group: Pid,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start to its first answer.
    pub first_answer: Duration,
}

impl Server {
    /// Starts what the command says on these processors, with what it prints in the file `log`.
    ///
    /// # Errors
    ///
    /// When it cannot be started, ends, or has not answered after a minute: what it printed last.
    pub fn start(
        command: impl FnOnce(u16) -> Command,
        cores: &[usize],
        log: &Path,
        first: &mut Call,
    ) -> Result<Self, String> {
        let began_to = |error: io::Error| format!("it cannot be started: {error}");
        let port = free_port().map_err(began_to)?;
        let printed = File::create(log).map_err(began_to)?;
        let mut command = command(port);
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(printed.try_clone().map_err(began_to)?)
            .stderr(printed);
        let (began, child) = on(cores, move || {
            let mut running = RUNNING.lock().expect("no panics under this lock");
            let began = Instant::now();
            let child = command.spawn()?;
            *running = Some(Pid::from_child(&child));
            Ok((began, child))
        })
        .map_err(began_to)?;
        let mut server = Self {
            group: Pid::from_child(&child),
            child,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            first_answer: Duration::ZERO,
        };
        loop {
            let asked = ask(server.address, first.bytes(0, u64::from(port)));
            server.first_answer = began.elapsed();
            match asked {
                Ok((status, body)) => return first.judge(status, &body).map(|()| server),
                Err(error) if server.first_answer > STARTING => {
                    return Err(format!(
                        "it did not answer within {STARTING:?}: {error}{}",
                        last_of(log)
                    ));
                }
                Err(_) => {}
            }
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("it ended with {status}{}", last_of(log)));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// What all its processes hold in memory, in MiB; pages that several of them share count for each.
    pub fn memory_mib(&self) -> f64 {
        let rolled = |process: &Path| fs::read_to_string(process.join("smaps_rollup")).unwrap_or_default();
        let kib: f64 = self
            .processes()
            .iter()
            .filter_map(|(process, _)| {
                let text = rolled(process);
                let line = text.lines().find_map(|line| line.strip_prefix("Rss:"))?;
                line.trim().trim_end_matches(" kB").parse::<f64>().ok()
            })
            .sum();
        kib / 1024.0
    }

    /// How long all its processes have worked.
    pub fn worked(&self) -> Duration {
        let ticks: u64 = self.processes().iter().map(|(_, ticks)| ticks).sum();
        Duration::from_secs_f64(ticks as f64 / clock_ticks_per_second() as f64)
    }

    /// The folders in `/proc` of its processes, and how many ticks of the clock each has worked.
    fn processes(&self) -> Vec<(std::path::PathBuf, u64)> {
        let group = self.group.as_raw_nonzero().to_string();
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries
            .filter_map(|entry| {
                let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
                // The name of the program, in parentheses, may hold anything.
                let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
                let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
                (*fields.get(2)? == group).then(|| (entry.path(), ticks))
            })
            .collect()
    }
}

impl Drop for Server {
    /// Asks it to end, and makes it.
    fn drop(&mut self) {
        // Where it has ended on its own there is nobody to tell.
        let _ = kill_process_group(self.group, Signal::TERM);
        let _ = within(&mut self.child, ENDING);
        let _ = kill_process_group(self.group, Signal::KILL);
        let _ = self.child.wait();
        *RUNNING.lock().expect("no panics under this lock") = None;
    }
}

/// Ends the server that runs, and this program, when it is interrupted.
///
/// # Errors
///
/// When the system lets nobody listen for signals.
pub fn end_when_interrupted() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut terminated = {
        let _inside = runtime.enter();
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?
    };
    std::thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
        });
        if let Some(group) = *RUNNING.lock().expect("no panics under this lock") {
            let _ = kill_process_group(group, Signal::KILL);
        }
        std::process::exit(130);
    });
    Ok(())
}

/// What a child ended with, or that it was ended after so long.
pub fn within(child: &mut Child, limit: Duration) -> io::Result<ExitStatus> {
    let end = Instant::now() + limit;
    while Instant::now() < end {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill()?;
    child.wait()?;
    Err(io::Error::other(format!("it was not done within {limit:?}")))
}

/// Asks once, on a connection of its own.
pub fn ask(address: SocketAddr, request: &[u8]) -> io::Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(request)?;
    let mut held = Vec::new();
    let mut part = [0; 4096];
    loop {
        let read = stream.read(&mut part)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        held.extend_from_slice(&part[..read]);
        if let Some(answer) = answer(&held)? {
            return Ok((answer.status, held[answer.start..answer.end].to_vec()));
        }
    }
}

/// Does it on a thread that stays on these processors, as then do all that it starts.
fn on<T: Send>(cores: &[usize], work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    std::thread::scope(|scope| {
        let working = scope.spawn(|| {
            stay_on(cores)?;
            work()
        });
        working
            .join()
            .expect("a thread that starts a program does not panic")
    })
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// The last lines of a log, to be shown.
fn last_of(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let last = &lines[lines.len().saturating_sub(12)..];
    format!("; {}: {}", log.display(), last.join(" | "))
}
