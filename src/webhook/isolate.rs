//! A handler on its own: whatever it does, its caller gets an answer in time and nobody else waits for it.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::{JoinHandle, block_in_place};
use tokio::time::{Instant, timeout, timeout_at};

use super::pace::Pace;
use super::{Failure, panics};

/// The threads that handlers run on.
#[derive(Clone, Debug)]
pub(super) struct Threads {
    runtime: Handle,
    /// How many handlers hold a thread although nobody waits for them any more.
    stuck: Arc<AtomicUsize>,
}

impl Threads {
    pub(super) fn of(runtime: Handle) -> Self {
        Self {
            runtime,
            stuck: Arc::default(),
        }
    }

    pub(super) fn runtime(&self) -> Handle {
        self.runtime.clone()
    }

    /// Whether fewer handlers are stuck than there are threads.
    pub(super) fn are_free(&self) -> bool {
        self.stuck.load(Ordering::Relaxed) < self.runtime.metrics().num_workers()
    }

    /// Runs `work` until the deadline: on these threads, or its first poll here where its pace allows. A panic is a failure,
    /// and so is being late; the work is then cancelled at its next await.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        deadline: Instant,
        handler: &Arc<Paced>,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Failure> {
        let (mut work, life) = self.watched(handler, work);
        if handler.pace.is_quick()
            && let Poll::Ready(done) = work.poll_here()
        {
            return done.map_err(Failure::Panic);
        }
        let mut task = Cancelled(self.runtime.spawn(work));
        match timeout_at(deadline, &mut task.0).await {
            Ok(Ok(done)) => done.map_err(Failure::Panic),
            Ok(Err(error)) if error.is_panic() => Err(Failure::Panic(panics::SOMEWHERE.to_owned())),
            Ok(Err(_)) => Err(Failure::Stopping),
            Err(_) => {
                life.note_if_stuck();
                Err(Failure::Late)
            }
        }
    }

    /// Runs `work` on these threads for as long as it takes. Its panic is an error that says where.
    pub(super) async fn see_through<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, String> {
        let (work, life) = self.watched(&Arc::new(Paced::apart()), work);
        let mut task = self.runtime.spawn(work);
        let mut polls = 0;
        loop {
            match timeout(LOOK_EVERY, &mut task).await {
                Ok(done) => return done.unwrap_or_else(|_| Err(panics::SOMEWHERE.to_owned())),
                // Still in the same poll as when it was looked at before.
                Err(_) if polls == life.polls.load(Ordering::SeqCst) => life.note_if_stuck(),
                Err(_) => polls = life.polls.load(Ordering::SeqCst),
            }
        }
    }

    fn watched<F: Future>(&self, handler: &Arc<Paced>, work: F) -> (Watched<F>, Arc<Life>) {
        let life = Arc::new(Life {
            threads: self.clone(),
            polls: AtomicU64::default(),
            polled: AtomicBool::default(),
            stuck: AtomicBool::default(),
        });
        (
            Watched {
                work: Box::pin(work),
                handler: Arc::clone(handler),
                life: Arc::clone(&life),
            },
            life,
        )
    }
}

/// How often work without a deadline is looked at, whether it blocks its thread.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A handler's name and pace.
#[derive(Debug, Default)]
pub(super) struct Paced {
    pub(super) function: &'static str,
    pub(super) pace: Pace,
}

impl Paced {
    /// For code that never runs on an HTTP thread.
    pub(super) fn apart() -> Self {
        Self {
            function: "",
            pace: Pace::apart(),
        }
    }
}

/// A task that ends when nobody waits for it any more.
struct Cancelled<T>(JoinHandle<T>);

impl<T> Drop for Cancelled<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whether a piece of work is just being polled, and whether it is among the stuck ones.
struct Life {
    threads: Threads,
    /// How many polls were begun.
    polls: AtomicU64,
    polled: AtomicBool,
    stuck: AtomicBool,
}

impl Life {
    /// Counts the work as stuck if it holds its thread while nobody waits for it any more.
    fn note_if_stuck(&self) {
        if self.polled.load(Ordering::SeqCst) && !self.stuck.swap(true, Ordering::SeqCst) {
            self.threads.stuck.fetch_add(1, Ordering::Relaxed);
            // It may have let go between the two looks.
            if !self.polled.load(Ordering::SeqCst) {
                self.let_go();
            }
        }
    }

    fn let_go(&self) {
        self.polled.store(false, Ordering::SeqCst);
        if self.stuck.swap(false, Ordering::SeqCst) {
            self.threads.stuck.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Work whose panics are caught and whose polls are timed.
struct Watched<F> {
    work: Pin<Box<F>>,
    handler: Arc<Paced>,
    life: Arc<Life>,
}

impl<F: Future> Watched<F> {
    /// The first poll, on this thread. What the work starts, it starts on the threads for handlers; whatever it waits for
    /// is asked again when it is polled there.
    fn poll_here(&mut self) -> Poll<Result<F::Output, String>> {
        let life = Arc::clone(&self.life);
        let _runtime = life.threads.runtime.enter();
        let started = Instant::now();
        self.handler.pace.begin_on_http_thread();
        let polled = self.poll_caught(&mut Context::from_waker(Waker::noop()));
        if self.handler.pace.end_on_http_thread(started.elapsed()) {
            tracing::warn!(
                handler = self.handler.function,
                elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
                mend = "await what takes long, or move it into tokio::task::spawn_blocking",
                "a handler held the thread that serves HTTP: it runs apart until it has proved quick anew, which takes longer each time"
            );
        }
        // Some of tokio's functions panic on a thread that serves HTTP, and there alone.
        if matches!(polled, Poll::Ready(Err(_))) {
            self.handler.pace.bar();
        }
        polled
    }

    /// A poll on a thread for handlers. It hands the thread's other tasks over first: a runtime does not notice a blocked
    /// thread by itself, and that thread may be the one that watches sockets and timers for all.
    fn poll_apart(&mut self, context: &mut Context<'_>) -> Poll<Result<F::Output, String>> {
        match self.life.threads.runtime.runtime_flavor() {
            RuntimeFlavor::MultiThread => block_in_place(|| self.poll_caught(context)),
            _ => self.poll_caught(context),
        }
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
        self.life.polls.fetch_add(1, Ordering::SeqCst);
        self.life.polled.store(true, Ordering::SeqCst);
        let polled = self.poll_apart(context);
        self.life.let_go();
        self.handler.pace.note(started.elapsed());
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::thread::ThreadId;

    use tokio::runtime::{Builder, Runtime};

    use super::*;

    fn handler() -> Arc<Paced> {
        Arc::default()
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    /// Threads of their own, and a runtime for the one that waits.
    fn apart(threads: usize) -> (Runtime, Threads, Runtime) {
        let apart = Builder::new_multi_thread()
            .worker_threads(threads)
            .enable_all()
            .build()
            .unwrap();
        let threads = Threads::of(apart.handle().clone());
        (
            apart,
            threads,
            Builder::new_current_thread().enable_all().build().unwrap(),
        )
    }

    #[tokio::test]
    async fn work_that_is_done_in_time_gives_its_result() {
        let threads = Threads::of(Handle::current());
        assert_eq!(threads.run(soon(), &handler(), async { 7 }).await.unwrap(), 7);
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
        let threads = Threads::of(Handle::current());
        assert!(matches!(
            threads.run(soon(), &handler(), work).await,
            Err(Failure::Late)
        ));
        dropped.recv().await.unwrap();
    }

    /// The thread that polls first, after the handler has run so many times.
    async fn first_poll_after(runs: usize, threads: &Threads, handler: &Arc<Paced>) -> ThreadId {
        for _ in 0..runs {
            threads.run(soon(), handler, async {}).await.unwrap();
        }
        threads
            .run(soon(), handler, async { std::thread::current().id() })
            .await
            .unwrap()
    }

    #[test]
    fn a_handler_earns_its_first_poll_here_and_loses_it_by_overstaying() {
        let (apart, threads, here) = apart(1);
        let (handler, this_thread) = (handler(), std::thread::current().id());
        here.block_on(async {
            assert_ne!(first_poll_after(0, &threads, &handler).await, this_thread);
            assert_eq!(first_poll_after(200, &threads, &handler).await, this_thread);
            let blocking = async { std::thread::sleep(Duration::from_millis(20)) };
            threads.run(soon(), &handler, blocking).await.unwrap();
            assert_ne!(first_poll_after(200, &threads, &handler).await, this_thread);
        });
        apart.shutdown_background();
    }

    #[test]
    fn work_that_has_to_wait_moves_over_and_is_woken_there() {
        let (apart, threads, here) = apart(1);
        let handler = handler();
        here.block_on(async {
            first_poll_after(200, &threads, &handler).await;
            let waiting = async {
                let before = std::thread::current().id();
                tokio::time::sleep(Duration::from_millis(1)).await;
                (before, std::thread::current().id())
            };
            let (before, after) = threads.run(soon(), &handler, waiting).await.unwrap();
            assert_eq!(before, std::thread::current().id());
            assert_ne!(before, after);
        });
        apart.shutdown_background();
    }

    #[test]
    fn a_panic_is_a_failure_on_either_thread() {
        let (apart, threads, here) = apart(1);
        let handler = handler();
        here.block_on(async {
            for runs in [0, 200] {
                first_poll_after(runs, &threads, &handler).await;
                let panicking = async { panic!("on purpose") };
                let outcome: Result<(), Failure> = threads.run(soon(), &handler, panicking).await;
                assert!(matches!(outcome, Err(Failure::Panic(_))));
            }
        });
        apart.shutdown_background();
    }

    #[test]
    fn blocked_handlers_stop_nobodys_timers_and_are_counted_until_they_let_go() {
        let (apart, threads, here) = apart(2);
        let (free, blocked) = std::sync::mpsc::channel::<()>();
        let blocked = Arc::new(std::sync::Mutex::new(blocked));
        here.block_on(async {
            for _ in 0..6 {
                let blocked = Arc::clone(&blocked);
                // The runtime's driver is with one thread at a time: whichever it is, it gets blocked.
                let blocking = async move {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    let _ = blocked.lock().unwrap().recv();
                };
                let deadline = Instant::now() + Duration::from_millis(100);
                assert!(matches!(
                    threads.run(deadline, &handler(), blocking).await,
                    Err(Failure::Late)
                ));
                let innocent = tokio::time::sleep(Duration::from_millis(10));
                threads.run(soon(), &handler(), innocent).await.unwrap();
            }
            assert!(!threads.are_free());
            drop(free);
            while !threads.are_free() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        apart.shutdown_background();
    }
}
