//! What it costs to tell of turns: with log lines and metrics, with either, and with neither.
//!
//! `cargo bench --bench telemetry`. One server, with a password and all that is on by default, stays on one half of the processors, and
//! is asked from the other half, as in the comparison. Lines and metrics are switched on and off while it runs, many times, so that
//! whatever else the machine does falls on each of the four ways. Lines are JSON and go to a file: whoever read a pipe would do so
//! on the same processors, and pass for a part of the cost. The medians of the rounds are told, and those of the ratios within each
//! round, over HTTP and for the turn alone. It takes Linux, which says who may run on which processor.

#![expect(clippy::unwrap_used, reason = "a benchmark stops where something is wrong")]
#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

#[cfg(target_os = "linux")]
mod linux;

fn main() {
    #[cfg(target_os = "linux")]
    linux::main();
    #[cfg(not(target_os = "linux"))]
    println!("nothing is measured: this takes Linux");
}
