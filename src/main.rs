//! The program: Flowhook, with the agent in `intents/`.

#[path = "../intents/mod.rs"]
mod intents;

fn main() -> std::process::ExitCode {
    flowhook::main(intents::start)
}
