//! A handler on its own: whatever it does, its caller gets an answer in time and nobody else waits for it.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{AssertUnwindSafe, PanicHookInfo};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::Failure;

thread_local! {
    /// Whether a handler is running on this thread just now.
    static HANDLING: Cell<bool> = const { Cell::new(false) };
    /// Where this thread's last handler panicked.
    static NOTE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `work` on `threads` until the deadline. A panic is a failure, and so is being late; the work is then cancelled
/// at its next await.
pub(super) async fn run<T: Send + 'static>(
    threads: &Handle,
    deadline: Instant,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Failure> {
    let mut task = Cancelled(
        threads.spawn(
            AssertUnwindSafe(Watched(Box::pin(work)))
                .catch_unwind()
                .map(|outcome| outcome.map_err(|_| NOTE.take().unwrap_or_else(|| "somewhere".to_owned()))),
        ),
    );
    match timeout_at(deadline, &mut task.0).await {
        Ok(Ok(Ok(done))) => Ok(done),
        Ok(Ok(Err(note))) => Err(Failure::Panic(note)),
        Ok(Err(_)) => Err(Failure::Stopping),
        Err(_) => Err(Failure::Late),
    }
}

/// A task that ends when nobody waits for it any more.
struct Cancelled<T>(JoinHandle<T>);

impl<T> Drop for Cancelled<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Marks the thread as handling while the future is polled, so that the panic hook leaves the telling to the turn's line.
struct Watched<F>(Pin<Box<F>>);

impl<F: Future> Future for Watched<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        struct Handling;
        impl Drop for Handling {
            fn drop(&mut self) {
                HANDLING.set(false);
            }
        }
        HANDLING.set(true);
        let _handling = Handling;
        self.0.as_mut().poll(context)
    }
}

/// Keeps the words of panics out of the output: a formatted panic text may hold what a user said, or a secret. What is
/// told is the place, and the text if it is a fixed one of the program's.
///
/// A handler's panic is told in its turn's log line, any other in a line of its own. [`flowhook::main`](crate::main)
/// calls this; a program with a `main` of its own should too.
pub fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let note = note_of(panic);
        if HANDLING.get() {
            NOTE.set(Some(note));
        } else {
            tracing::error!("panicked {note}");
        }
    }));
}

fn note_of(panic: &PanicHookInfo<'_>) -> String {
    let place = panic
        .location()
        .map_or_else(|| "somewhere".to_owned(), |at| format!("at {at}"));
    match panic.payload().downcast_ref::<&'static str>() {
        Some(fixed) => format!("{place}: {fixed}"),
        None => format!("{place} (its text was formatted and may hold a user's words, so it is not told)"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    #[tokio::test]
    async fn work_that_is_done_in_time_gives_its_result() {
        assert_eq!(run(&Handle::current(), soon(), async { 7 }).await.unwrap(), 7);
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
            run(&Handle::current(), soon(), work).await,
            Err(Failure::Late)
        ));
        dropped.recv().await.unwrap();
    }

    #[tokio::test]
    async fn work_that_panics_is_a_failure() {
        let work = async { panic!("on purpose") };
        let outcome: Result<(), Failure> = run(&Handle::current(), soon(), work).await;
        assert!(matches!(outcome, Err(Failure::Panic(_))));
    }
}
