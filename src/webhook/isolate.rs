//! A handler on its own: whatever it does, its caller gets an answer in time and nobody else waits for it.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::pace::Pace;
use super::{Failure, panics};

/// Runs `work` until the deadline: on `threads`, or its first poll here where its pace allows. A panic is a failure, and so
/// is being late; the work is then cancelled at its next await.
pub(super) async fn run<T: Send + 'static>(
    threads: &Handle,
    deadline: Instant,
    handler: &Arc<Paced>,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Failure> {
    let mut work = Watched {
        work: Box::pin(work),
        handler: Arc::clone(handler),
    };
    if handler.pace.is_quick()
        && let Poll::Ready(done) = work.poll_here(threads)
    {
        return done.map_err(Failure::Panic);
    }
    let mut task = Cancelled(threads.spawn(work));
    match timeout_at(deadline, &mut task.0).await {
        Ok(Ok(done)) => done.map_err(Failure::Panic),
        Ok(Err(_)) => Err(Failure::Stopping),
        Err(_) => Err(Failure::Late),
    }
}

/// A handler's name and pace.
#[derive(Debug, Default)]
pub(super) struct Paced {
    pub(super) function: &'static str,
    pub(super) pace: Pace,
}

/// A task that ends when nobody waits for it any more.
struct Cancelled<T>(JoinHandle<T>);

impl<T> Drop for Cancelled<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Work whose panics are caught and whose polls are timed.
struct Watched<F> {
    work: Pin<Box<F>>,
    handler: Arc<Paced>,
}

impl<F: Future> Watched<F> {
    /// The first poll, on this thread. What the work starts, it starts on `threads`; whatever it waits for is asked again
    /// when it is polled there.
    fn poll_here(&mut self, threads: &Handle) -> Poll<Result<F::Output, String>> {
        let _runtime = threads.enter();
        let started = Instant::now();
        let polled = self.poll_caught(&mut Context::from_waker(Waker::noop()));
        if self.handler.pace.note_on_http_thread(started.elapsed()) {
            tracing::warn!(
                handler = self.handler.function,
                elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
                mend = "await what takes long, or move it into tokio::task::spawn_blocking",
                "a handler held the thread that serves HTTP: from now on it always runs apart"
            );
        }
        polled
    }

    fn poll_caught(&mut self, context: &mut Context<'_>) -> Poll<Result<F::Output, String>> {
        let poll = AssertUnwindSafe(|| self.work.as_mut().poll(context));
        match panics::watched(|| catch_unwind(poll)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
            Err(_) => Poll::Ready(Err(panics::note())),
        }
    }
}

impl<F: Future> Future for Watched<F> {
    type Output = Result<F::Output, String>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let started = Instant::now();
        let polled = self.poll_caught(context);
        self.handler.pace.note(started.elapsed());
        polled
    }
}

/// Whether the threads for handlers still run anything: a beat that stops when all of them are blocked.
#[derive(Debug)]
pub(super) struct Pulse {
    started: Instant,
    last_beat_ms: Arc<AtomicU64>,
}

impl Pulse {
    const BEAT: Duration = Duration::from_millis(250);

    /// So long without a beat, and the threads count as blocked.
    const SILENCE: Duration = Duration::from_secs(2);

    /// Starts the beat on `threads`. It ends with them, or when the pulse is dropped.
    pub(super) fn start(threads: &Handle) -> Self {
        let pulse = Self {
            started: Instant::now(),
            last_beat_ms: Arc::default(),
        };
        let (started, beat) = (pulse.started, Arc::downgrade(&pulse.last_beat_ms));
        threads.spawn(async move {
            while let Some(beat) = beat.upgrade() {
                beat.store(milliseconds(started.elapsed()), Ordering::Relaxed);
                drop(beat);
                tokio::time::sleep(Self::BEAT).await;
            }
        });
        pulse
    }

    /// Whether the threads ran something within the last two seconds.
    pub(super) fn is_felt(&self) -> bool {
        let silence = milliseconds(self.started.elapsed()) - self.last_beat_ms.load(Ordering::Relaxed);
        silence < milliseconds(Self::SILENCE)
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::thread::ThreadId;

    use tokio::runtime::{Builder, Runtime};

    use super::*;

    fn handler() -> Arc<Paced> {
        Arc::new(Paced {
            function: "test",
            pace: Pace::default(),
        })
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    fn apart() -> Runtime {
        Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
    }

    #[tokio::test]
    async fn work_that_is_done_in_time_gives_its_result() {
        assert_eq!(
            run(&Handle::current(), soon(), &handler(), async { 7 })
                .await
                .unwrap(),
            7
        );
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_never_ends_is_late_and_cancelled() {
        struct Dropped(tokio::sync::mpsc::Sender<()>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                self.0.try_send(()).unwrap();
            }
        }
        let (sender, mut dropped) = tokio::sync::mpsc::channel(1);
        let work = async move {
            let _dropped = Dropped(sender);
            std::future::pending::<()>().await;
        };
        assert!(matches!(
            run(&Handle::current(), soon(), &handler(), work).await,
            Err(Failure::Late)
        ));
        dropped.recv().await.unwrap();
    }

    /// The thread that polls first, after the handler has run so many times.
    async fn first_poll_after(runs: usize, threads: &Handle, handler: &Arc<Paced>) -> ThreadId {
        for _ in 0..runs {
            run(threads, soon(), handler, async {}).await.unwrap();
        }
        run(threads, soon(), handler, async { std::thread::current().id() })
            .await
            .unwrap()
    }

    #[test]
    fn a_handler_earns_its_first_poll_here_and_loses_it_by_overstaying() {
        let (here, apart) = (
            Builder::new_current_thread().enable_all().build().unwrap(),
            apart(),
        );
        let (threads, handler) = (apart.handle(), handler());
        let this_thread = std::thread::current().id();
        here.block_on(async {
            assert_ne!(first_poll_after(0, threads, &handler).await, this_thread);
            assert_eq!(first_poll_after(200, threads, &handler).await, this_thread);
            let blocking = async { std::thread::sleep(Duration::from_millis(20)) };
            run(threads, soon(), &handler, blocking).await.unwrap();
            assert_ne!(first_poll_after(200, threads, &handler).await, this_thread);
        });
        apart.shutdown_background();
    }

    #[test]
    fn work_that_has_to_wait_moves_over_and_is_woken_there() {
        let (here, apart) = (
            Builder::new_current_thread().enable_all().build().unwrap(),
            apart(),
        );
        let handler = handler();
        here.block_on(async {
            first_poll_after(200, apart.handle(), &handler).await;
            let waiting = async {
                let before = std::thread::current().id();
                tokio::time::sleep(Duration::from_millis(1)).await;
                (before, std::thread::current().id())
            };
            let (before, after) = run(apart.handle(), soon(), &handler, waiting).await.unwrap();
            assert_eq!(before, std::thread::current().id());
            assert_ne!(before, after);
        });
        apart.shutdown_background();
    }

    #[test]
    fn a_panic_is_a_failure_on_either_thread() {
        let (here, apart) = (
            Builder::new_current_thread().enable_all().build().unwrap(),
            apart(),
        );
        let handler = handler();
        here.block_on(async {
            for runs in [0, 200] {
                first_poll_after(runs, apart.handle(), &handler).await;
                let panicking = async { panic!("on purpose") };
                let outcome: Result<(), Failure> = run(apart.handle(), soon(), &handler, panicking).await;
                assert!(matches!(outcome, Err(Failure::Panic(_))));
            }
        });
        apart.shutdown_background();
    }

    #[test]
    fn the_pulse_is_lost_while_every_thread_is_blocked_and_comes_back() {
        let apart = apart();
        let pulse = Pulse::start(apart.handle());
        assert!(pulse.is_felt());
        let (free, blocked) = std::sync::mpsc::channel::<()>();
        apart.spawn(async move { blocked.recv() });
        while pulse.is_felt() {
            std::thread::yield_now();
        }
        free.send(()).unwrap();
        while !pulse.is_felt() {
            std::thread::yield_now();
        }
        apart.shutdown_background();
    }
}
