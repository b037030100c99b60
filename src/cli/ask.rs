//! `flowhook ask`: one turn in process.

use std::future::IntoFuture;
use std::io::Write;
use std::process::ExitCode;

use serde_json::Value;

use super::{Agent, nearest};
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

A value that is JSON is taken as such (2, true, [\"a\"], {\"amount\": 2}), anything else as text; to have the text 2 write
'\"2\"'. The handler runs as it would in production, with all its effects; but nothing is remembered from one `ask` to the
next, so late work and what must happen once begin anew.")]
pub(super) struct Arguments {
    /// The intent's display name
    intent: String,
    /// Parameters that the agent collected
    #[arg(value_name = "NAME=VALUE", value_parser = super::pair)]
    parameters: Vec<String>,
    /// What the user said
    #[arg(long, value_name = "WORDS")]
    said: Option<String>,
    /// The language of the turn
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// The integration that shows the reply: google, facebook, slack, telegram, line, messenger, ...
    #[arg(long = "as", value_name = "SOURCE", value_parser = source)]
    source: Option<String>,
    /// An active context, and what it carries as JSON; may be given several times
    #[arg(long, value_name = "NAME[=JSON]", value_parser = context)]
    context: Vec<(String, Value)>,
    /// The response that the intent has in the console
    #[arg(long, value_name = "WORDS")]
    console: Option<String>,
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
    let _logging = telemetry::start(look, level, "", std::io::stderr())?;
    let entries = agent.webhook.table().entries();
    let mut ungiven = Vec::new();
    match entries
        .iter()
        .find(|entry| entry.route == Route::Intent(arguments.intent.clone()))
    {
        Some(entry) => {
            warn_of_unread(entry, &arguments.parameters);
            ungiven = told_of_ungiven(entry, &arguments.parameters);
        }
        None if entries.iter().any(|entry| entry.route == Route::Fallback) => {
            eprintln!("no handler for `{}`: the fallback answers", arguments.intent);
        }
        None => return Err(no_such_intent(&arguments.intent, entries).into()),
    }
    let caller = Caller::of(agent.webhook);
    let heard = agent.threads.block_on(turn(arguments, &caller).into_future());
    let Answered {
        verdict,
        failure,
        findings,
        ..
    } = heard.answered();
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

/// The turn that the arguments describe.
fn turn<'a>(arguments: &Arguments, caller: &'a Caller) -> Ask<'a> {
    let mut ask = caller.ask(&arguments.intent);
    for (name, value) in arguments
        .parameters
        .iter()
        .filter_map(|parameter| parameter.split_once('='))
    {
        ask = ask.parameter(name, as_json(value));
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
    arguments
        .console
        .iter()
        .fold(ask, |ask, words| ask.console(words))
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
