//! `flowhook connect`: the agent's fulfillment settings, and which intents call the webhook, read and changed by Google's API.
//!
//! `agent` talks to Google; `fulfillment` knows what is set and tells what would change; `wanted` and `switch` say what is to change.
//! Nothing is changed before it was shown and agreed to, and nothing secret is shown.

mod agent;
mod arguments;
mod fulfillment;
mod switch;
mod wanted;

use std::io::{BufRead, IsTerminal, Write};
use std::process::ExitCode;

use serde_json::json;

use super::{Agent as Program, handler_threads};
use crate::config::{self, Given, Settings};
use crate::google::{Code, Error};
use crate::telemetry::Shown;
use crate::webhook::{BoxError, Intents};

pub(in crate::cli) use agent::{Agent, Name};
use agent::{Intent, State};
use arguments::{Agreeing, Set, Show, Switch, Which, part};
use fulfillment::Fulfillment;
use switch::{disable, enable};
use wanted::Wanted;

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = "Examples:
  flowhook connect show --project my-project
  flowhook connect set --project my-project --url https://hook.example.com --basic-file secret.txt
  flowhook connect enable --project my-project
  flowhook connect enable --project my-project table.book table.size --yes
  flowhook connect disable --project my-project table.book

As whom Google is called is the setting google.credentials, else the application default credentials; the account needs the role
Dialogflow API Admin. What would change is shown first, and asked about; --yes agrees, --dry-run only shows. Without a terminal and
without --yes nothing is changed. No password and no header's value is ever shown.

Exit codes: 0 it is as was asked for; 1 it failed, or you said no; 2 wrong usage, or nobody could be asked.")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show the fulfillment, and which intents call the webhook
    Show(Show),
    /// Change where the agent calls, and as whom
    Set(Set),
    /// Switch the webhook on: for the agent, and for the intents that have a handler here, or for those that are named
    Enable(Switch),
    /// Switch the webhook off: for the agent, or for the intents that are named
    Disable(Switch),
}

pub(super) fn run<App, F>(arguments: &Arguments, given: &Given, start: F) -> Result<ExitCode, BoxError>
where
    App: Send + Sync + 'static,
    F: AsyncFnOnce(&Settings) -> Result<Intents<App>, BoxError>,
{
    if let Command::Enable(switch) = &arguments.command
        && switch.intents.is_empty()
        && switch.which.environment.is_none()
    {
        // Which intents have a handler, only the table knows.
        let program = Program::start(given, start)?;
        let table = program.webhook.table().entries();
        let agent = agent_of(&program.settings, &switch.which, &program.threads)?;
        return finish(program.threads.block_on(enable(&agent, switch, table)));
    }
    let settings = Settings::load(given)?;
    let threads = handler_threads(1)?;
    let of = |which: &Which| agent_of(&settings, which, &threads);
    let done = match &arguments.command {
        Command::Show(asked) => threads.block_on(show(&of(&asked.which)?, asked)),
        Command::Set(asked) => {
            // Files are read before anybody is asked anything.
            let wanted = Wanted::read(asked)?;
            threads.block_on(set(&of(&asked.which)?, asked, &wanted))
        }
        Command::Enable(asked) => threads.block_on(enable(&of(&asked.which)?, asked, &[])),
        Command::Disable(asked) => threads.block_on(disable(&of(&asked.which)?, asked)),
    };
    finish(done)
}

/// An agent by its name alone, for `check`.
pub(in crate::cli) fn agent_named(
    settings: &Settings,
    project: &str,
    location: Option<&str>,
    threads: &tokio::runtime::Runtime,
) -> Result<Agent, BoxError> {
    let which = Which {
        project: Some(part(project)?),
        location: location.map(part).transpose()?,
        environment: None,
    };
    agent_of(settings, &which, threads)
}

fn agent_of(
    settings: &Settings,
    which: &Which,
    threads: &tokio::runtime::Runtime,
) -> Result<Agent, BoxError> {
    let or_set = |given: &Option<String>, set: &str| {
        given
            .clone()
            .or_else(|| Some(set.to_owned()).filter(|set| !set.is_empty()))
    };
    let (project, location) = settings.bridged_agent();
    let project =
        or_set(&which.project, project).ok_or("whose agent? give --project, or set bridge.project")?;
    let location = or_set(&which.location, location).filter(|location| location != "global");
    let endpoint = settings.dialogflow(location.as_deref())?;
    // Tokens are kept fresh by a task.
    let _inside = threads.enter();
    Ok(Agent {
        client: settings.dialogflow_client()?,
        endpoint,
        name: Name {
            project,
            location,
            environment: which.environment.clone(),
        },
    })
}

/// What may end a command.
enum Stopped {
    Google(Error),
    /// Nothing can be written to standard output, or read from standard input.
    Output(std::io::Error),
    Told(String),
    /// Nobody could be asked.
    Unasked,
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Google(error)
    }
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

fn finish(done: Result<(), Stopped>) -> Result<ExitCode, BoxError> {
    let program = config::program_name();
    match done {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Stopped::Google(error)) => {
            eprintln!("{program}: {error}");
            let mend = match error.code() {
                Some(Code::PermissionDenied) => Some(
                    "give the account the role Dialogflow API Admin (roles/dialogflow.admin) in the project, and see that the API is \
                     enabled; a user's own credentials need a quota project, a service account's key does not",
                ),
                Some(Code::NotFound) => {
                    Some("look at --project, --location and --environment: an agent lies in one location")
                }
                _ if error.is_about_credentials() => {
                    Some("set google.credentials to a service account's key")
                }
                _ => None,
            };
            if let Some(mend) = mend {
                eprintln!("mend      {mend}");
            }
            Ok(ExitCode::FAILURE)
        }
        Err(Stopped::Output(error)) => Err(error.into()),
        Err(Stopped::Told(text)) => {
            eprintln!("{program}: {}", Shown(&text));
            Ok(ExitCode::FAILURE)
        }
        Err(Stopped::Unasked) => {
            eprintln!("{program}: there is no terminal to ask at; nothing was changed: agree with --yes");
            Ok(ExitCode::from(2))
        }
    }
}

async fn show(agent: &Agent, asked: &Show) -> Result<(), Stopped> {
    let fulfillment = agent.fulfillment().await?;
    let intents = match agent.name.environment {
        None => Some(agent.intents().await?),
        // An environment has those of its version.
        Some(_) => None,
    };
    let mut out = std::io::stdout();
    if asked.json {
        let intents = intents.map(|intents| {
            let intent =
                |intent: &Intent| json!({"name": intent.display_name, "webhook": intent.state.told()});
            intents.iter().map(intent).collect::<Vec<_>>()
        });
        let all = json!({
            "project": agent.name.project,
            "location": agent.name.location,
            "environment": agent.name.environment,
            "fulfillment": fulfillment.for_programs(),
            "intents": intents,
        });
        writeln!(out, "{all:#}")?;
        return Ok(());
    }
    writeln!(out, "agent     {}", agent.name.told())?;
    for line in fulfillment.told() {
        writeln!(out, "{}", Shown(&line))?;
    }
    let Some(intents) = intents else { return Ok(()) };
    let on = intents.iter().filter(|intent| intent.state != State::Off);
    writeln!(
        out,
        "intents   {} of {} call the webhook",
        on.clone().count(),
        intents.len()
    )?;
    for intent in on {
        writeln!(
            out,
            "          `{}`: {}",
            Shown(&intent.display_name),
            intent.state.told()
        )?;
    }
    Ok(())
}

async fn set(agent: &Agent, asked: &Set, wanted: &Wanted) -> Result<(), Stopped> {
    let before = agent.fulfillment().await?;
    let after = wanted.of(&before, asked)?;
    if agreed(agent, &before.told_difference(&after), &asked.agreeing)? {
        change(agent, &before, &after).await?;
        if !after.is_enabled {
            println!(
                "next      the webhook is off: {} connect enable",
                config::program_name()
            );
        }
    }
    Ok(())
}

/// Changes the fulfillment, if it is still as it was shown, and looks whether it is then as it was meant.
async fn change(agent: &Agent, before: &Fulfillment, after: &Fulfillment) -> Result<(), Stopped> {
    if before.differences(after).is_empty() {
        return Ok(());
    }
    // The API has no etag: what somebody else did meanwhile would be lost without a word.
    let now = agent.fulfillment().await?;
    if !now.differences(before).is_empty() {
        let why = "the fulfillment was changed by somebody else meanwhile; it was left as it is: look at it, and try again";
        return Err(Stopped::Told(why.to_owned()));
    }
    let changed = agent.change(before, after).await?;
    if changed.url != after.url || changed.is_enabled != after.is_enabled {
        let why = "Google took the change, and answered something else than was asked for: look at it with connect show";
        return Err(Stopped::Told(why.to_owned()));
    }
    println!("changed   the fulfillment of {}", agent.name.told());
    Ok(())
}

/// Shows what would change, and whether it is to be done.
fn agreed(agent: &Agent, lines: &[String], agreeing: &Agreeing) -> Result<bool, Stopped> {
    let mut out = std::io::stdout();
    if lines.is_empty() {
        writeln!(out, "it is so already; nothing was changed")?;
        return Ok(false);
    }
    writeln!(out, "agent     {}", agent.name.told())?;
    for line in lines {
        writeln!(out, "{}", Shown(line))?;
    }
    if agreeing.dry_run {
        writeln!(out, "nothing was changed: it is a dry run")?;
        return Ok(false);
    }
    if agreeing.yes {
        return Ok(true);
    }
    if !std::io::stdin().is_terminal() || !out.is_terminal() {
        return Err(Stopped::Unasked);
    }
    write!(out, "Change it? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if ["y", "yes"].contains(&answer.trim().to_lowercase().as_str()) {
        return Ok(true);
    }
    Err(Stopped::Told("nothing was changed".to_owned()))
}
