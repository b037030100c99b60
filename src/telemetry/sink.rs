//! Where log lines go. Whoever logs never waits: the lines are gathered for a moment, and a thread of its own writes what there
//! is in one go; warnings and errors at once. If nobody reads them any more, the newest are dropped and counted, and nothing else stops.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// So many bytes of lines may wait to be written.
const ROOM: usize = 4 * 1024 * 1024;

/// How long lines are gathered before they are written: waking a thread for each of them would cost more than making it.
const GATHERED: Duration = Duration::from_millis(20);

/// So many bytes of lines are written at once.
const ENOUGH: usize = 64 * 1024;

/// A buffer that has grown larger than this is made smaller again.
const KEPT: usize = 2 * ENOUGH;

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
    /// The thread has nothing to do, and must be woken for the first line.
    is_asleep: bool,
    /// What waits is to be written now.
    is_urgent: bool,
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
                let mut lines = Vec::new();
                loop {
                    let mut waiting = shared.lock();
                    while waiting.lines.is_empty() {
                        (waiting.is_writing, waiting.is_asleep) = (false, true);
                        shared.is_empty.notify_all();
                        waiting = shared
                            .has_lines
                            .wait(waiting)
                            .unwrap_or_else(PoisonError::into_inner);
                    }
                    waiting.is_asleep = false;
                    let gathers = |waiting: &mut Waiting| !waiting.is_urgent && waiting.lines.len() < ENOUGH;
                    let gathered = shared.has_lines.wait_timeout_while(waiting, GATHERED, gathers);
                    let (mut waiting, _) = gathered.unwrap_or_else(PoisonError::into_inner);
                    (waiting.is_writing, waiting.is_urgent) = (true, false);
                    // Two buffers take turns, so that neither has to grow anew each time.
                    std::mem::swap(&mut lines, &mut waiting.lines);
                    let dropped = std::mem::take(&mut waiting.lost);
                    drop(waiting);
                    if dropped > 0 {
                        lines.extend(lost(dropped).into_bytes());
                    }
                    // A log that nobody can read any more must not end the program.
                    let _ = out.write_all(&lines).and_then(|()| out.flush());
                    lines.clear();
                    lines.shrink_to(KEPT);
                }
            })
            .expect("the system has a thread for the log");
        sink
    }

    /// Takes a line, if there is room. It is written soon; if it is urgent, at once.
    pub(super) fn put(&self, line: &[u8], is_urgent: bool) {
        let mut waiting = self.0.lock();
        if waiting.lines.len() + line.len() > ROOM {
            waiting.lost += 1;
        } else {
            waiting.lines.extend_from_slice(line);
        }
        let before = waiting.is_urgent || waiting.lines.len().saturating_sub(line.len()) >= ENOUGH;
        waiting.is_urgent |= is_urgent;
        let is_due = !before && (is_urgent || waiting.lines.len() >= ENOUGH);
        if waiting.is_asleep || is_due {
            waiting.is_asleep = false;
            self.0.has_lines.notify_one();
        }
    }

    /// Waits until all lines are written, but not for long.
    pub(super) fn flush(&self) {
        let mut waiting = self.0.lock();
        waiting.is_urgent = true;
        self.0.has_lines.notify_one();
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
        sink.put(b"first\n", false);
        assert_eq!(written.recv().unwrap(), b"first\n");
        // The writer is held now, and there is room for four of these.
        let line = "x".repeat(ROOM / 4);
        (0..6).for_each(|_| sink.put(line.as_bytes(), false));
        go_on.send(()).unwrap();
        let rest = String::from_utf8(written.recv().unwrap()).unwrap();
        assert_eq!(rest.len(), ROOM + "2 lost\n".len());
        assert!(rest.ends_with("2 lost\n"));
    }

    #[test]
    fn a_warning_is_written_at_once_and_takes_what_waits_along() {
        let ((out, written), (go_on, going_on)) = (mpsc::channel(), mpsc::channel());
        let sink = Sink::start(Slow { out, go_on: going_on }, |lost| format!("{lost} lost\n"));
        // The writer is held over the first, so what is put meanwhile is seen at once when it is let go on.
        sink.put(b"first\n", true);
        assert_eq!(written.recv().unwrap(), b"first\n");
        sink.put(b"second\n", false);
        sink.put(b"third\n", true);
        go_on.send(()).unwrap();
        assert_eq!(written.recv().unwrap(), b"second\nthird\n");
    }
}
