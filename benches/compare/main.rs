//! Flowhook beside other ways to answer Dialogflow: the same calls, the same checks, one machine, one run, in turn.
//!
//! `cargo run --release --example compare`; `benches/README.md` tells what is measured and how. It takes Linux, which says who may run on
//! which processor.

#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]
#![expect(clippy::print_stderr, reason = "progress is told beside what was measured")]

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("nothing is measured");
    eprintln!("this comparison takes Linux");
}
