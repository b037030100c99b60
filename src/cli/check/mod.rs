//! `flowhook check`: the settings and the table by themselves, and against the agent's export.
//!
//! `rule` lists what must be so; `start` looks at what would stop the program; `agent`, `handlers`, `parameters`, `contexts` and
//! `events` look at a `subject`, which is both sides, and give `finding`s; `allowed` sorts out what the settings pass over;
//! `report` and `machines` write them down.

mod agent;
mod allowed;
mod contexts;
mod events;
mod finding;
mod handlers;
mod machines;
mod parameters;
mod report;
mod rule;
mod start;
mod subject;
#[cfg(test)]
mod tests;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;

use super::{connect, handler_threads};
use crate::agent_export::Export;
use crate::config::{self, Allowance, Given, Settings};
use crate::telemetry;
use crate::webhook::{BoxError, Intents, Table};

use finding::{Finding, Findings};
use report::Scope;
use rule::{Level, Rule};
use start::{Started, started};
use subject::Subject;

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = "Examples:
  flowhook check
  flowhook check my-agent.zip
  flowhook check my-agent/ --format github --deny-warnings
  flowhook check --project my-project

An export is what the console gives under the agent's settings, Export and Import, Export as ZIP. Nothing in it is changed, and
no secret in it is shown. docs/check.md explains each rule, and how to pass one over with a reason.

Exit codes: 0 nothing to mend, or warnings alone; 1 errors, or warnings with --deny-warnings; 2 it could not be checked.")]
pub(super) struct Arguments {
    /// The agent's export: a ZIP, or the folder that one was unpacked to
    agent: Option<PathBuf>,
    /// Fetch the export of this project's agent by Google's API, instead of a file
    #[arg(long, value_name = "PROJECT", conflicts_with = "agent")]
    project: Option<String>,
    /// The location of that agent, as in europe-west1 [default: global]
    #[arg(long, value_name = "LOCATION", requires = "project")]
    location: Option<String>,
    /// As JSON, for other programs: the same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// How the findings are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Fail on warnings too
    #[arg(long)]
    deny_warnings: bool,
    /// List the rules and leave
    #[arg(long, conflicts_with_all = ["agent", "project", "json", "format", "deny_warnings"])]
    rules: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations in GitHub's workflows
    Github,
}

pub(super) fn run<App, F>(arguments: &Arguments, given: &Given, start: F) -> Result<ExitCode, BoxError>
where
    App: Send + Sync + 'static,
    F: AsyncFnOnce(&Settings) -> Result<Intents<App>, BoxError>,
{
    if arguments.rules {
        return rules();
    }
    // Read first, for without it nothing of what was asked for can be told.
    let export = match read(arguments, given) {
        Ok(export) => export,
        Err(why) => {
            eprintln!("{}: {}", config::program_name(), telemetry::Shown(&why));
            return Ok(ExitCode::from(2));
        }
    };
    let mut scope = Scope {
        export: match (&arguments.agent, &arguments.project) {
            (Some(path), _) => Some(path.display().to_string()),
            (None, project) => project.clone(),
        },
        is_folder: arguments.agent.as_ref().is_some_and(|path| path.is_dir()),
        intents: export.as_ref().map_or(0, |export| export.intents.len()),
        ..Scope::default()
    };
    let findings = match started(given, start) {
        Err(standing) => Findings {
            standing,
            allowed: Vec::new(),
        },
        Ok(Started {
            settings,
            webhook,
            findings,
        }) => {
            let table = webhook.table();
            scope.lines = table.entries().len();
            scope.undeclared = undeclared(table);
            let is_complete = export.is_some();
            let mut all = findings;
            if let Some(export) = &export {
                let apologies = settings.webhook.options().apologies.into_keys().collect();
                all.extend(against(&Subject::new(
                    table,
                    export,
                    settings.webhook.api_version,
                    apologies,
                )));
            }
            sorted(all, &settings.check.allow, is_complete)
        }
    };
    let is_fine = findings.count(Level::Error) == 0
        && (findings.count(Level::Warning) == 0 || !arguments.deny_warnings);
    let format = if arguments.json {
        Format::Json
    } else {
        arguments.format
    };
    let mut out = std::io::stdout();
    match format {
        Format::Text => {
            let colour = config::wants_colour() && out.is_terminal();
            write!(out, "{}", report::in_words(&findings, &scope, colour))?;
        }
        Format::Json => writeln!(out, "{:#}", report::as_json(&findings, &scope, is_fine))?,
        Format::Sarif => writeln!(out, "{:#}", machines::sarif(&findings, &scope))?,
        Format::Github => write!(out, "{}", machines::github(&findings, &scope))?,
    }
    Ok(if is_fine {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The export that is asked for: of a file, a folder, or by Google's API.
fn read(arguments: &Arguments, given: &Given) -> Result<Option<Export>, String> {
    if let Some(path) = &arguments.agent {
        let export = Export::open(path);
        return export
            .map(Some)
            .map_err(|error| format!("{}: {error}", path.display()));
    }
    let Some(project) = &arguments.project else {
        return Ok(None);
    };
    let settings = Settings::load(given).map_err(|error| error.to_string())?;
    let threads = handler_threads(1).map_err(|error| error.to_string())?;
    let agent = connect::agent_named(&settings, project, arguments.location.as_deref(), &threads);
    let agent = agent.map_err(|error| error.to_string())?;
    let bytes = threads.block_on(agent.export())?;
    let export = Export::from_zip(&bytes);
    export
        .map(Some)
        .map_err(|error| format!("the export of {project}: {error}"))
}

/// All that the table and the agent have against one another.
fn against(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    agent::check(subject, &mut findings);
    handlers::check(subject, &mut findings);
    parameters::check(subject, &mut findings);
    contexts::check(subject, &mut findings);
    events::check(subject, &mut findings);
    findings
}

fn sorted(findings: Vec<Finding>, allow: &[Allowance], is_complete: bool) -> Findings {
    allowed::sort(findings, allow, is_complete)
}

/// Lines that say nothing of what their handlers do beyond their types.
fn undeclared(table: &Table) -> usize {
    let says_nothing = |entry: &&crate::webhook::Entry| entry.declared == crate::webhook::Declared::default();
    table.entries().iter().filter(says_nothing).count()
}

fn rules() -> Result<ExitCode, BoxError> {
    let mut out = std::io::stdout();
    let width = Rule::ALL
        .iter()
        .map(|rule| rule.id().len())
        .max()
        .unwrap_or_default();
    for rule in Rule::ALL {
        writeln!(
            out,
            "{:<width$}  {:<7}  {}",
            rule.id(),
            rule.level().word(),
            rule.about()
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
