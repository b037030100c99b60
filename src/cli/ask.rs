//! `flowhook ask`: one turn in process.

use std::future::IntoFuture;
use std::process::ExitCode;

use serde_json::Value;

use super::Agent;
use crate::telemetry;
use crate::testing::{Ask, Caller, Heard};
use crate::webhook::{BoxError, Entry, Route};
use crate::wire::id_of;

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = "Examples:
  flowhook ask 'Default Welcome Intent'
  flowhook ask table.book guests=2 name=Ada
  flowhook ask table.size --context 'booking={\"guests\": 2}' --json

A value that is JSON is taken as such (2, true, [\"a\"], {\"amount\": 2}), anything else as text; to have the text 2 write
'\"2\"'. The handler runs as it would in production, with all its effects.")]
pub(super) struct Arguments {
    /// The intent's display name
    intent: String,
    /// Parameters that the agent collected
    #[arg(value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// What the user said
    #[arg(long, value_name = "WORDS")]
    said: Option<String>,
    /// The language of the turn
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// The integration: google, facebook, slack, ...
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// An active context, and what it carries as JSON; may be given several times
    #[arg(long, value_name = "NAME[=JSON]")]
    context: Vec<String>,
    /// The response that the intent has in the console
    #[arg(long, value_name = "WORDS")]
    console: Option<String>,
    /// Show the reply as it goes on the wire
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, agent: Agent) -> Result<ExitCode, BoxError> {
    telemetry::start(agent.settings.log.format(), false, "warn", std::io::stderr())?;
    let entries = agent.webhook.table().entries();
    if !entries
        .iter()
        .any(|entry| entry.route == Route::Intent(arguments.intent.clone()))
    {
        if !entries.iter().any(|entry| entry.route == Route::Fallback) {
            return Err(no_such_intent(&arguments.intent, entries).into());
        }
        eprintln!("no handler for `{}`: the fallback answers", arguments.intent);
    }
    let caller = Caller::of(agent.webhook);
    let ask = turn(arguments, &caller)?;
    let heard = agent.threads.block_on(ask.into_future());
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(heard.json())?);
    } else {
        show(&heard, arguments.console.as_deref());
    }
    // A handler that blocks its thread must not keep the program.
    agent.threads.shutdown_background();
    Ok(if heard.answered().failure.is_none() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn no_such_intent(intent: &str, entries: &[Entry]) -> String {
    let names = entries.iter().filter_map(|entry| entry.route.name());
    let near = |name: &str| strsim::normalized_damerau_levenshtein(name, intent);
    let nearest = names.max_by(|one, other| near(one).total_cmp(&near(other)));
    let hint = match nearest {
        Some(name) if near(name) > 0.5 => format!("did you mean `{name}`?"),
        _ => "`flowhook intents` shows all that is answered".to_owned(),
    };
    format!("the agent has no handler for the intent `{intent}`; {hint}")
}

/// The turn that the arguments describe.
fn turn<'a>(arguments: &Arguments, caller: &'a Caller) -> Result<Ask<'a>, String> {
    let mut ask = caller.ask(&arguments.intent);
    for parameter in &arguments.parameters {
        let (name, value) = parameter
            .split_once('=')
            .ok_or_else(|| format!("`{parameter}`: expected NAME=VALUE, as in guests=2"))?;
        ask = ask.parameter(name, as_json(value));
    }
    for context in &arguments.context {
        let (name, carries) = context.split_once('=').unwrap_or((context, "{}"));
        let carries: Value = serde_json::from_str(carries)
            .map_err(|error| format!("--context {name}: what it carries is not JSON: {error}"))?;
        ask = ask.context(name, 5, carries);
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
fn show(heard: &Heard, console: Option<&str>) {
    let json = heard.json();
    let is_left_to_console = json["fulfillmentMessages"].is_null() && json["followupEventInput"].is_null();
    if let Some(words) = console.filter(|_| is_left_to_console && json["payload"].is_null()) {
        println!("{words}");
    }
    heard.messages().for_each(show_message);
    if let Some(payload) = json["payload"].as_object() {
        println!("payload   {}", Value::from(payload.clone()));
    }
    if let Some(event) = heard.event() {
        println!("event     {event} {}", json["followupEventInput"]["parameters"]);
    }
    for context in json["outputContexts"].as_array().into_iter().flatten() {
        let id = id_of(context["name"].as_str().unwrap_or_default());
        match context["lifespanCount"].as_u64() {
            Some(0) => println!("context   {id}: ended"),
            lifespan => println!(
                "context   {id}, {} turns: {}",
                lifespan.unwrap_or_default(),
                context
                    .get("parameters")
                    .unwrap_or(&Value::Object(Default::default()))
            ),
        }
    }
    for entities in json["sessionEntityTypes"].as_array().into_iter().flatten() {
        let name = entities["name"].as_str().unwrap_or_default();
        let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
        println!("entities  {name}: {}", entities["entities"]);
    }
}

fn show_message(message: &Value) {
    let platform = message["platform"]
        .as_str()
        .map(|name| format!(" ({name} only)"))
        .unwrap_or_default();
    if let Some(words) = message["text"]["text"][0].as_str() {
        println!("{words}{platform}");
    } else if let Some(chips) = message["quickReplies"]["quickReplies"].as_array() {
        let chips: Vec<_> = chips
            .iter()
            .filter_map(Value::as_str)
            .map(|chip| format!("[{chip}]"))
            .collect();
        println!("chips     {}{platform}", chips.join(" "));
    } else {
        for (kind, content) in message
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, _)| *name != "platform")
        {
            println!("{kind:<9} {content}{platform}");
        }
    }
}
