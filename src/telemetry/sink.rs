//! Where log lines go. Whoever logs never waits: the lines are gathered, and a thread of its own writes what there is in one
//! go. If nobody reads them any more, the newest are dropped and counted, and nothing else stops.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// So many bytes of lines may wait to be written.
const ROOM: usize = 4 * 1024 * 1024;

/// How long the end of the program waits for the last lines to be written.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A sink, and the thread that empties it.
#[derive(Clone)]
pub(super) struct Sink(Arc<Shared>);

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    has_lines: Condvar,
    is_empty: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    lost: u64,
    is_writing: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink {
    /// A sink that is emptied into `out`. `lost` is the line that tells how many were dropped.
    pub(super) fn start(mut out: impl Write + Send + 'static, lost: fn(u64) -> String) -> Self {
        let sink = Self(Arc::default());
        let shared = Arc::clone(&sink.0);
        thread::Builder::new()
            .name("flowhook-log".to_owned())
            .spawn(move || {
                loop {
                    let mut waiting = shared.lock();
                    while waiting.lines.is_empty() {
                        waiting.is_writing = false;
                        shared.is_empty.notify_all();
                        waiting = shared
                            .has_lines
                            .wait(waiting)
                            .unwrap_or_else(PoisonError::into_inner);
                    }
                    waiting.is_writing = true;
                    let mut lines = std::mem::take(&mut waiting.lines);
                    let dropped = std::mem::take(&mut waiting.lost);
                    drop(waiting);
                    if dropped > 0 {
                        lines.extend(lost(dropped).into_bytes());
                    }
                    // A log that nobody can read any more must not end the program.
                    let _ = out.write_all(&lines).and_then(|()| out.flush());
                }
            })
            .expect("the system has a thread for the log");
        sink
    }

    /// Takes a line, if there is room.
    pub(super) fn put(&self, line: &str) {
        let mut waiting = self.0.lock();
        if waiting.lines.len() + line.len() > ROOM {
            waiting.lost += 1;
        } else {
            waiting.lines.extend_from_slice(line.as_bytes());
        }
        self.0.has_lines.notify_one();
    }

    /// Waits until all lines are written, but not for long.
    pub(super) fn flush(&self) {
        let waiting = self.0.lock();
        let busy = |waiting: &mut Waiting| waiting.is_writing || !waiting.lines.is_empty();
        drop(self.0.is_empty.wait_timeout_while(waiting, LAST_WORDS, busy));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Hands what it is given to a channel, and then waits until it is let go on.
    struct Slow {
        out: mpsc::Sender<Vec<u8>>,
        go_on: mpsc::Receiver<()>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.out.send(bytes.to_vec()).unwrap();
            let _ = self.go_on.recv();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whoever_logs_does_not_wait_for_a_reader_and_is_told_what_was_lost() {
        let ((out, written), (go_on, going_on)) = (mpsc::channel(), mpsc::channel());
        let sink = Sink::start(Slow { out, go_on: going_on }, |lost| format!("{lost} lost\n"));
        sink.put("first\n");
        assert_eq!(written.recv().unwrap(), b"first\n");
        // The writer is held now, and there is room for four of these.
        let line = "x".repeat(ROOM / 4);
        (0..6).for_each(|_| sink.put(&line));
        go_on.send(()).unwrap();
        let rest = String::from_utf8(written.recv().unwrap()).unwrap();
        assert_eq!(rest.len(), ROOM + "2 lost\n".len());
        assert!(rest.ends_with("2 lost\n"));
    }
}
