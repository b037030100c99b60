//! Waiting for a layer, and saying so when it takes long.

use std::io::{IsTerminal, Write};
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, interval_at};

use super::report::Layer;

/// After so long somebody at a terminal wonders.
const WONDERING: Duration = Duration::from_secs(1);

/// Waits for `work`. Every second that it takes is told on standard error: to a terminal in a line that goes again, else
/// once.
pub(super) async fn watched<T>(layer: Layer, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    let mut stderr = std::io::stderr();
    let is_terminal = stderr.is_terminal();
    let started = Instant::now();
    let mut ticks = interval_at(started + WONDERING, WONDERING);
    let mut has_told = false;
    loop {
        tokio::select! {
            done = &mut work => {
                if has_told && is_terminal {
                    let _ = write!(stderr, "\r\x1b[K");
                }
                return done;
            }
            _ = ticks.tick() => {
                let seconds = started.elapsed().as_secs();
                // Standard error may be closed; the examination goes on.
                let _ = if is_terminal {
                    write!(stderr, "\r...       {layer:<6}  {seconds} s").and_then(|()| stderr.flush())
                } else if has_told {
                    Ok(())
                } else {
                    writeln!(stderr, "waiting for {layer} ...")
                };
                has_told = true;
            }
        }
    }
}
