//! The command line, and the only place that prints.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is what this module is for"
)]

mod ask;
mod channels;
mod check;
mod completions;
mod connect;
mod doctor;
mod intents;
mod new;
mod notify;
mod queue;
mod serve;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use tokio::runtime::{Builder, Runtime};

use crate::config::{self, Given, Settings};
use crate::telemetry;
use crate::webhook::{BoxError, Doors, Intents, Webhook, keep_panics_quiet};

/// The webhook that a Dialogflow ES agent calls to know what to say.
#[derive(Debug, Parser)]
#[command(name = "flowhook", version, about, arg_required_else_help = false)]
#[command(after_help = "Without a command it serves. Exit codes: 0 fine, 1 failed, 2 wrong usage.")]
struct Arguments {
    /// The settings file [default: flowhook.toml, where it is there]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    config: Option<PathBuf>,
    /// A setting, as in webhook.deadline=2s; may be given several times
    #[arg(long, global = true, value_name = "SETTING=VALUE", help_heading = "Settings")]
    set: Vec<String>,
    #[command(flatten)]
    serve: serve::Arguments,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer Dialogflow's calls (what is done without a command)
    Serve(serve::Arguments),
    /// Ask the agent in process, and show what a user would hear
    Ask(ask::Arguments),
    /// Show the table: what is answered, by which function, with which parameters
    Intents(intents::Arguments),
    /// Check the settings, and the table against the agent's export
    Check(check::Arguments),
    /// Read and change the agent's fulfillment settings, and which intents call the webhook
    Connect(connect::Arguments),
    /// Write a handler for an intent: its file, its `mod` line, its line of the table
    New(new::Arguments),
    /// Call a live webhook the way Dialogflow does, and say which layer refuses
    Doctor(Box<doctor::Arguments>),
    /// Tell a Google Chat space something, and wait until Chat has taken it
    Notify(notify::Arguments),
    /// Look into the queue of a store: what waits, failed or is in quarantine; run it anew, or drop it
    Queue(queue::Arguments),
    /// Print every setting with its default, ready for flowhook.toml
    Settings {
        /// Only check the settings that are in force, without printing any
        #[arg(long)]
        check: bool,
    },
    /// Print what makes a shell complete commands, options, intents, parameters and their values
    Completions(completions::Arguments),
}

/// Runs the program `flowhook` with the agent that `start` gives: what its own `main` does.
///
/// `start` is told the settings, and may open what the agent needs: a database, a client, a file.
///
/// ```no_run
/// use flowhook::{Intents, Reply, Result, Turn, config::Settings};
///
/// async fn welcome(_: Turn) -> Result<Reply> {
///     Ok(Reply::text("Hello!"))
/// }
///
/// async fn start(_: &Settings) -> Result<Intents> {
///     Ok(Intents::new(()).on("Default Welcome Intent", welcome))
/// }
///
/// fn main() -> std::process::ExitCode {
///     flowhook::main(start)
/// }
/// ```
pub fn main<App, F>(start: F) -> ExitCode
where
    App: Send + Sync + 'static,
    F: AsyncFnOnce(&Settings) -> Result<Intents<App>, BoxError>,
{
    keep_panics_quiet();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // What stands there may be a secret, and clap would quote it.
        Err(error) if error.kind() == ErrorKind::InvalidSubcommand && error.to_string().contains('=') => {
            eprintln!(
                "{}: expected a command; a setting is given as --set NAME=VALUE",
                config::program_name()
            );
            return ExitCode::from(2);
        }
        Err(error) => error.exit(),
    };
    match run(arguments, start) {
        Ok(code) => code,
        // Whoever reads has read enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", config::program_name());
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &BoxError) -> bool {
    let error = error.downcast_ref::<std::io::Error>();
    error.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// An argument that is a name and a value.
fn pair(argument: &str) -> Result<String, String> {
    match argument.split_once('=') {
        Some((name, _)) if !name.trim().is_empty() => Ok(argument.to_owned()),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// The name that is most like the wanted one, if any is much like it.
fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = |name: &str| strsim::normalized_damerau_levenshtein(name, wanted);
    names
        .max_by(|one, other| near(one).total_cmp(&near(other)))
        .filter(|name| near(name) > 0.5)
}

fn run<App, F>(arguments: Arguments, start: F) -> Result<ExitCode, BoxError>
where
    App: Send + Sync + 'static,
    F: AsyncFnOnce(&Settings) -> Result<Intents<App>, BoxError>,
{
    let given = Given {
        file: arguments.config,
        flags: arguments.set,
    };
    match arguments.command {
        None => serve::run(arguments.serve, given, start),
        Some(Command::Serve(inner)) => serve::run(inner.or(arguments.serve), given, start),
        Some(Command::Ask(arguments)) => ask::run(&arguments, Agent::start(&given, start)?),
        Some(Command::Intents(arguments)) => intents::run(&arguments, &Agent::start(&given, start)?),
        Some(Command::Check(arguments)) => check::run(&arguments, &given, start),
        Some(Command::Connect(arguments)) => connect::run(&arguments, &given, start),
        Some(Command::New(arguments)) => new::run(&arguments),
        Some(Command::Doctor(arguments)) => doctor::run(&arguments),
        Some(Command::Notify(arguments)) => notify::run(&arguments, &given),
        Some(Command::Queue(arguments)) => queue::run(&arguments, &given),
        Some(Command::Settings { check: false }) => {
            write!(std::io::stdout(), "{}", config::DEFAULTS)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Settings { check: true }) => {
            let settings = Settings::load(&given)?;
            serve::gate(&settings)?;
            telemetry::targets(&settings.log.level)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Completions(arguments)) => completions::run(&arguments, start),
    }
}

/// An agent that was started, and the threads that its handlers run on.
struct Agent {
    settings: Settings,
    webhook: Webhook,
    /// Handlers of what comes in by channels.
    doors: Doors,
    threads: Runtime,
}

impl Agent {
    fn start<App, F>(given: &Given, start: F) -> Result<Self, BoxError>
    where
        App: Send + Sync + 'static,
        F: AsyncFnOnce(&Settings) -> Result<Intents<App>, BoxError>,
    {
        let settings = Settings::load(given)?;
        let threads = handler_threads(settings.server.handler_threads)?;
        let intents = threads
            .block_on(start(&settings))
            .map_err(|error| format!("the agent could not be started: {error}"))?;
        let doors = intents.doors();
        let webhook = Webhook::new(intents, settings.webhook.options(), threads.handle().clone())?;
        Ok(Self {
            settings,
            webhook,
            doors,
            threads,
        })
    }
}

/// The runtime that handlers run on, apart from the threads that serve HTTP.
fn handler_threads(wanted: usize) -> std::io::Result<Runtime> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if wanted == 0 { processors.max(4) } else { wanted };
    Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_name("flowhook-handler")
        // Of threads that stood in for others. Handlers are apart until they have proved quick, so a start under load makes dozens.
        .thread_keep_alive(Duration::from_secs(1))
        .enable_all()
        .build()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_well_defined() {
        Arguments::command().debug_assert();
    }
}
