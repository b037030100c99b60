//! The load: connections that are kept, one call on its way on each, and no call like another. Either as many as the server
//! answers, or at a fixed rate, where a call's time counts from when it was due: a server that falls behind is not spared.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll;
use rustix::fd::OwnedFd;
use rustix::time::Timespec;

use super::calls::{Answer, Call, answer};
use super::cores::stay_on;

/// How many connections there are in all.
const CONNECTIONS: usize = 64;
/// How long is waited for what is still on its way at the end.
const LEFT: Duration = Duration::from_secs(5);
/// How long a connection may take to come about.
const CONNECTING: Duration = Duration::from_secs(5);

/// How long an answer may be, with its head.
const ROOM: usize = 16 * 1024;

/// How fast to ask.
#[derive(Clone, Copy)]
pub enum Pace {
    /// The next call of a connection when the one before it was answered.
    Full,
    /// So many calls a second, whatever the server does.
    Fixed(u32),
}

/// What came of it.
#[derive(Default)]
pub struct Seen {
    /// How many calls were answered with 200 while the load lasted.
    pub answered: u64,
    /// How many were answered after its end, or not with 200, or not at all.
    pub late: u64,
    /// How many were answered with another status, or with nothing but a closed connection.
    pub errors: u64,
    /// What part of its time the load's thread had something to do, 1 being all; the largest of all threads.
    pub busy: f64,
    /// At a fixed rate: how long each answered call took from when it was due, the shortest first.
    pub took: Vec<Duration>,
}

/// Asks for so long, with a thread on each of these processors.
///
/// # Errors
///
/// When the server takes no more connections, or answers with something else than HTTP.
pub fn run(
    address: SocketAddr,
    calls: &[Call],
    cores: &[usize],
    pace: Pace,
    lasts: Duration,
) -> io::Result<Seen> {
    let threads = cores.len();
    let all: Vec<io::Result<Seen>> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    stay_on(&cores[thread..=thread])?;
                    let mine = (thread..CONNECTIONS).step_by(threads);
                    let mut worker = Worker::open(address, mine.map(|number| &calls[number % calls.len()]))?;
                    let began = Instant::now();
                    match pace {
                        Pace::Full => worker.full(began + lasts)?,
                        Pace::Fixed(rate) => {
                            worker.fixed(began, f64::from(rate) / threads as f64, lasts)?;
                        }
                    }
                    worker.seen.busy = 1.0 - worker.idle.as_secs_f64() / began.elapsed().as_secs_f64();
                    Ok(worker.seen)
                })
            })
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("the load does not panic"))
            .collect()
    });
    let mut sum = Seen::default();
    for seen in all {
        let seen = seen?;
        sum.answered += seen.answered;
        sum.late += seen.late;
        sum.errors += seen.errors;
        sum.busy = sum.busy.max(seen.busy);
        sum.took.extend(seen.took);
    }
    sum.took.sort_unstable();
    Ok(sum)
}

/// Numbers for response ids, over all loads of this program.
static CONNECTED: AtomicU64 = AtomicU64::new(1);

/// A connection, and the call that it carries again and again.
struct Connection {
    stream: TcpStream,
    call: Call,
    number: u64,
    asked: u64,
    /// When the call that is on its way was due.
    due: Option<Instant>,
    answer: Box<[u8; ROOM]>,
    /// How much of the answer is there.
    held: usize,
}

/// One thread's connections.
struct Worker {
    address: SocketAddr,
    epoll: OwnedFd,
    connections: Vec<Connection>,
    seen: Seen,
    /// How long it looked and found nothing.
    idle: Duration,
}

/// What a connection had to say.
enum Heard {
    Nothing,
    Answered(Instant),
    Failed,
}

impl Worker {
    fn open<'a>(address: SocketAddr, calls: impl Iterator<Item = &'a Call>) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut connections = Vec::new();
        for (index, call) in calls.enumerate() {
            connections.push(Connection {
                stream: connect(address, &epoll, index)?,
                call: call.clone(),
                number: CONNECTED.fetch_add(1, Ordering::Relaxed),
                asked: 0,
                due: None,
                answer: Box::new([0; ROOM]),
                held: 0,
            });
        }
        Ok(Self {
            address,
            epoll,
            connections,
            seen: Seen::default(),
            idle: Duration::ZERO,
        })
    }

    /// Until then, the next call as soon as one is answered.
    fn full(&mut self, end: Instant) -> io::Result<()> {
        let now = Instant::now();
        for index in 0..self.connections.len() {
            self.ask(index, now)?;
        }
        let mut ready = Vec::with_capacity(CONNECTIONS);
        let mut open = self.connections.len();
        while open > 0 {
            self.look(&mut ready)?;
            let now = Instant::now();
            if now > end + LEFT {
                break;
            }
            for event in ready.drain(..) {
                let index = event.data.u64() as usize;
                match self.hear(index)? {
                    Heard::Nothing => continue,
                    Heard::Answered(_) if now < end => self.seen.answered += 1,
                    Heard::Answered(_) => self.seen.late += 1,
                    Heard::Failed => self.seen.errors += 1,
                }
                if now < end {
                    self.ask(index, now)?;
                } else {
                    open -= 1;
                }
            }
        }
        self.seen.errors += open as u64;
        Ok(())
    }

    /// So many calls a second from then on, each on the connection that has been idle for longest, or as soon as one is.
    fn fixed(&mut self, began: Instant, rate: f64, lasts: Duration) -> io::Result<()> {
        let total = (rate * lasts.as_secs_f64()) as u64;
        let due = |call: u64| began + Duration::from_secs_f64(call as f64 / rate);
        let end = began + lasts;
        let mut idle: VecDeque<usize> = (0..self.connections.len()).collect();
        let mut ready = Vec::with_capacity(CONNECTIONS);
        let mut next = 0;
        while (next < total || idle.len() < self.connections.len()) && Instant::now() < end + LEFT {
            while next < total && due(next) <= Instant::now() {
                let Some(index) = idle.pop_front() else { break };
                self.ask(index, due(next))?;
                next += 1;
            }
            self.look(&mut ready)?;
            for event in ready.drain(..) {
                let index = event.data.u64() as usize;
                match self.hear(index)? {
                    Heard::Nothing => continue,
                    Heard::Answered(due) => {
                        let now = Instant::now();
                        self.seen.took.push(now - due);
                        *(if now < end {
                            &mut self.seen.answered
                        } else {
                            &mut self.seen.late
                        }) += 1;
                    }
                    Heard::Failed => self.seen.errors += 1,
                }
                idle.push_back(index);
            }
        }
        self.seen.late += total - next;
        self.seen.errors += (self.connections.len() - idle.len()) as u64;
        Ok(())
    }

    /// Sends the connection's call, under a new response id.
    fn ask(&mut self, index: usize, due: Instant) -> io::Result<()> {
        let connection = &mut self.connections[index];
        connection.due = Some(due);
        connection.asked += 1;
        let bytes = connection.call.bytes(connection.number, connection.asked);
        // Nothing else is on its way on this connection, so all of it has room in the socket's buffer.
        match connection.stream.write_all(bytes) {
            // It was closed while it was idle, and the call did not get there.
            Err(error) if is_closed(&error) => {
                self.reconnect(index)?;
                let connection = &mut self.connections[index];
                let bytes = connection.call.bytes(connection.number, connection.asked);
                connection.stream.write_all(bytes)
            }
            sent => sent,
        }
    }

    /// Reads what has come on the connection.
    fn hear(&mut self, index: usize) -> io::Result<Heard> {
        let connection = &mut self.connections[index];
        let held = connection.held;
        match connection.stream.read(&mut connection.answer[held..]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Heard::Nothing),
            Err(error) if !is_closed(&error) => return Err(error),
            Ok(0) | Err(_) => {
                let asked = connection.due.take();
                self.reconnect(index)?;
                return Ok(asked.map_or(Heard::Nothing, |_| Heard::Failed));
            }
            Ok(read) => connection.held += read,
        }
        let Some(Answer { status, closes, .. }) = answer(&connection.answer[..connection.held])? else {
            return Ok(Heard::Nothing);
        };
        connection.held = 0;
        let due = connection.due.take();
        if closes {
            self.reconnect(index)?;
        }
        Ok(match due {
            Some(due) if status == 200 => Heard::Answered(due),
            Some(_) => Heard::Failed,
            // Nobody has asked: the server gives the connection up.
            None => Heard::Nothing,
        })
    }

    fn reconnect(&mut self, index: usize) -> io::Result<()> {
        self.connections[index].stream = connect(self.address, &self.epoll, index)?;
        self.connections[index].held = 0;
        Ok(())
    }

    /// Which connections have something to say. It does not sleep until one has: a server would pay for waking it, at each
    /// answer and the more so the longer it takes for one, as no server pays for callers on other machines.
    fn look(&mut self, ready: &mut Vec<epoll::Event>) -> io::Result<()> {
        let began = Instant::now();
        match epoll::wait(&self.epoll, spare_capacity(ready), Some(&Timespec::default())) {
            Ok(0) | Err(rustix::io::Errno::INTR) => self.idle += began.elapsed(),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

fn connect(address: SocketAddr, epoll: &OwnedFd, index: usize) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, CONNECTING)?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    epoll::add(
        epoll,
        &stream,
        epoll::EventData::new_u64(index as u64),
        epoll::EventFlags::IN,
    )?;
    Ok(stream)
}

fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted
    )
}
