//! `flowhook ask`: one turn in process. `design` adds what an agent's export knows of it, `value` reads what people type.

mod design;
mod value;

use std::future::IntoFuture;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::Value;

use super::completions::{Takes, sources};
use super::{Agent, nearest};
use crate::agent_export::Export;
use crate::config::{self, Format};
use crate::telemetry::{self, Look, Shown};
use crate::testing::{Ask, Caller, Heard};
use crate::webhook::reply::Finding;
use crate::webhook::{Answered, BoxError, Entry, Route, Source, Verdict};

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = "Examples:
  flowhook ask 'Default Welcome Intent'
  flowhook ask table.book guests=2 name=Ada
  flowhook ask table.size --context 'booking={\"guests\": 2}' --json
  flowhook ask guide.card --as messenger
  flowhook ask table.book 'guests=2 guests' date=tomorrow --agent my-agent.zip
  flowhook ask --request request.json

A value that is JSON is taken as such (2, true, [\"a\"], {\"amount\": 2}), anything else as text; to have the text 2 write
'\"2\"'. The handler runs as it would in production, with all its effects; but nothing is remembered from one `ask` to the
next, so late work and what must happen once begin anew.")]
pub(super) struct Arguments {
    /// The intent's display name
    #[arg(required_unless_present = "request", add = Takes::Intents.here())]
    intent: Option<String>,
    /// Parameters that the agent collected
    #[arg(value_name = "NAME=VALUE", value_parser = super::pair, add = Takes::Parameters.here())]
    parameters: Vec<String>,
    /// What the user said
    #[arg(long, value_name = "WORDS")]
    said: Option<String>,
    /// The language of the turn
    #[arg(long, value_name = "CODE", add = Takes::Languages.here())]
    language: Option<String>,
    /// The integration that shows the reply: google, facebook, slack, telegram, line, messenger, ...
    #[arg(long = "as", value_name = "SOURCE", value_parser = source, add = sources())]
    source: Option<String>,
    /// An active context, and what it carries as JSON; may be given several times
    #[arg(long, value_name = "NAME[=JSON]", value_parser = context, add = Takes::Contexts.here())]
    context: Vec<(String, Value)>,
    /// The response that the intent has in the console
    #[arg(long, value_name = "WORDS")]
    console: Option<String>,
    /// The agent's export, a ZIP or a folder. By it values are typed (`2 guests` is 2 for a number) and checked, and what Dialogflow adds
    /// is added: parameters nobody gave, defaults, contexts, action, a phrase, the console's response
    #[arg(long, value_name = "AGENT")]
    agent: Option<PathBuf>,
    /// A recorded request, as Dialogflow sent it, in place of an intent; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["intent", "parameters", "said", "language", "source", "context", "console", "agent"])]
    request: Option<PathBuf>,
    /// Show the reply as it goes on the wire
    #[arg(long)]
    json: bool,
}

fn source(argument: &str) -> Result<String, String> {
    match Source::named(argument) {
        Source::Other(_) => Err(format!("expected one of {}", Source::NAMES.join(", "))),
        _ => Ok(argument.to_owned()),
    }
}

fn context(argument: &str) -> Result<(String, Value), String> {
    let (name, carries) = argument.split_once('=').unwrap_or((argument, "{}"));
    match serde_json::from_str(carries) {
        Ok(carries @ Value::Object(_)) => Ok((name.to_owned(), carries)),
        _ => Err("expected a name, `=` and a JSON object, as in cart={\"items\": 2}".to_owned()),
    }
}

pub(super) fn run(arguments: &Arguments, agent: Agent) -> Result<ExitCode, BoxError> {
    // What the turn's line would tell is shown below; what handlers log themselves is not lost.
    let level = "warn,flowhook::webhook::line=off";
    let look = match agent.settings.log.format() {
        Format::Json => Look::Json { project: None },
        Format::Text => Look::Text { colour: false },
    };
    let _logging = telemetry::start(look, level, "", None, std::io::stderr())?;
    let recorded = arguments.request.as_deref().map(recorded).transpose()?;
    let export = match &arguments.agent {
        None => None,
        Some(path) => {
            let export = Export::open(path);
            Some(export.map_err(|error| format!("{}: {error}", path.display()))?)
        }
    };
    let ungiven = match &arguments.intent {
        Some(intent) => look_for(intent, arguments, agent.webhook.table().entries())?,
        None => Vec::new(),
    };
    let caller = Caller::of(agent.webhook);
    let heard = match recorded {
        Some(request) => agent.threads.block_on(caller.send(&request)),
        None => {
            let ask = turn(arguments, &caller, export.as_ref())?;
            agent.threads.block_on(ask.into_future())
        }
    };
    let Answered {
        verdict,
        failure,
        findings,
        ..
    } = heard.answered();
    if let Verdict::NotARequest(why) = verdict {
        let place = arguments.request.as_deref().unwrap_or(Path::new("-"));
        return Err(format!("{}: not a request of Dialogflow's: {why}", place.display()).into());
    }
    for finding in findings {
        for line in told(finding) {
            eprintln!("{}", Shown(&line));
        }
    }
    if let Some(failed) = failure {
        eprintln!("failed    {}", Shown(&failed.text));
        if failed.kind == "parameters" {
            ungiven.iter().for_each(|line| eprintln!("{line}"));
        }
        eprintln!("mend      {}", failed.mend);
    }
    match verdict {
        Verdict::Reply(body) if arguments.json => {
            std::io::stdout().write_all(&[body, &b"\n"[..]].concat())?;
        }
        _ if arguments.json => eprintln!("an error status lets Dialogflow speak the console's response"),
        _ => show(&heard)?,
    }
    // A handler that blocks its thread must not keep the program.
    agent.threads.shutdown_background();
    Ok(if failure.is_none() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Says what is known of the intent before it is asked: whether there is a handler, and what it does not read. Gives what the handler
/// needs and is not given.
fn look_for(intent: &str, arguments: &Arguments, entries: &[Entry]) -> Result<Vec<String>, BoxError> {
    let line = entries
        .iter()
        .find(|entry| entry.route == Route::Intent(intent.to_owned()));
    match line {
        Some(entry) => {
            warn_of_unread(entry, &arguments.parameters);
            return Ok(told_of_ungiven(entry, &arguments.parameters));
        }
        // Its action or an event may lead to a line, which only the export tells.
        None if arguments.agent.is_some()
            && entries
                .iter()
                .any(|entry| !matches!(entry.route, Route::Intent(_))) => {}
        None if entries.iter().any(|entry| entry.route == Route::Fallback) => {
            eprintln!("no handler for `{intent}`: the fallback answers");
        }
        None => return Err(no_such_intent(intent, entries).into()),
    }
    Ok(Vec::new())
}

/// A request out of a file or standard input.
fn recorded(path: &Path) -> Result<Value, BoxError> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(drop)
    } else {
        std::fs::read_to_string(path).map(|read| text = read)
    };
    read.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    // Some editors begin a file with a mark.
    let json = serde_json::from_str(text.trim_start_matches('\u{feff}'));
    Ok(json.map_err(|error| format!("{}: not the JSON of a request: {error}", path.display()))?)
}

/// A finding, with what it did, how to mend it, and what Dialogflow would have said: a line each.
fn told(finding: &Finding) -> Vec<String> {
    let mut lines = vec![
        format!("{:<9} {finding}", finding.effect),
        format!("  mend    {}", finding.mend),
    ];
    let said = finding.refusal.iter();
    lines.extend(said.map(|refusal| format!("  refused {refusal}")));
    lines
}

fn no_such_intent(intent: &str, entries: &[Entry]) -> String {
    match nearest(intent, entries.iter().filter_map(|entry| entry.route.name())) {
        Some(name) => format!("the agent has no handler for the intent `{intent}`; did you mean `{name}`?"),
        None => format!(
            "the agent has no handler for the intent `{intent}`; `{} intents` shows all that is answered",
            config::program_name()
        ),
    }
}

/// Tells of parameters that the handler does not read: most are misspelt.
fn warn_of_unread(entry: &Entry, parameters: &[String]) {
    let Some(fields) = entry.parameters() else { return };
    for (name, _) in parameters
        .iter()
        .filter_map(|parameter| parameter.split_once('='))
    {
        if fields.iter().any(|field| field.name == name) {
            continue;
        }
        let hint = nearest(name, fields.iter().map(|field| field.name));
        let hint = hint.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        eprintln!("the handler reads no parameter `{name}`{hint}");
    }
}

/// A line for each parameter that the handler cannot do without and the arguments do not give.
fn told_of_ungiven(entry: &Entry, parameters: &[String]) -> Vec<String> {
    let is_given = |name: &str| {
        let mut given = parameters
            .iter()
            .filter_map(|parameter| parameter.split_once('='));
        given.any(|(given, _)| given == name)
    };
    let fields = entry.parameters().unwrap_or_default();
    fields
        .iter()
        .filter(|field| !field.optional && !is_given(field.name))
        .map(|field| format!("give it   as {}=.. ({})", field.name, field.shape))
        .collect()
}

/// The turn that the arguments describe, and the export where there is one.
fn turn<'a>(arguments: &Arguments, caller: &'a Caller, export: Option<&Export>) -> Result<Ask<'a>, BoxError> {
    let name = arguments.intent.as_deref().unwrap_or_default();
    let mut ask = caller.ask(name);
    if let Some(export) = export {
        let intent = export.intent(name).ok_or_else(|| {
            let near = nearest(name, export.intents.iter().map(|intent| intent.name.as_str()));
            let like = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            format!("the export has no intent `{name}`{like}")
        })?;
        let notes;
        (ask, notes) = design::designed(ask, arguments, intent, export);
        for note in notes {
            eprintln!("{}", Shown(&note));
        }
    } else {
        let pairs = arguments
            .parameters
            .iter()
            .filter_map(|parameter| parameter.split_once('='));
        for (name, value) in pairs {
            ask = ask.parameter(name, as_json(value));
        }
    }
    for (name, carries) in &arguments.context {
        ask = ask.context(name, 5, carries.clone());
    }
    ask = arguments.said.iter().fold(ask, |ask, words| ask.said(words));
    ask = arguments
        .language
        .iter()
        .fold(ask, |ask, code| ask.language(code));
    ask = arguments
        .source
        .iter()
        .fold(ask, |ask, source| ask.source(source));
    Ok(arguments
        .console
        .iter()
        .fold(ask, |ask, words| ask.console(words)))
}

/// JSON as such, anything else as text.
fn as_json(value: &str) -> Value {
    serde_json::from_str(value).unwrap_or_else(|_| value.into())
}

/// What the user hears and sees, and below it what becomes of the conversation.
fn show(heard: &Heard) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    let lines = heard.lines();
    let mut lines = lines.iter().flat_map(|words| words.split('\n'));
    lines.try_for_each(|line| writeln!(out, "{}", Shown(line)))
}
