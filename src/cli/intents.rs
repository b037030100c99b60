//! `flowhook intents`: the table, for people and as JSON.

use std::io::Write;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::Agent;
use crate::webhook::params::Field;
use crate::webhook::{BoxError, Door, Entry, Route};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// As JSON, for other programs
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, agent: &Agent) -> Result<ExitCode, BoxError> {
    let mut out = std::io::stdout();
    let entries = agent.webhook.table().entries();
    if arguments.json {
        let doors = agent.doors.lines().iter().map(door_as_json);
        let entries: Vec<_> = entries.iter().map(as_json).chain(doors).collect();
        writeln!(out, "{:#}", Value::from(entries))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = vec![["ANSWERS", "HANDLER", "PARAMETERS"].map(str::to_owned)];
    rows.extend(entries.iter().map(row));
    let doors = agent.doors.lines().iter();
    rows.extend(doors.map(|door| {
        let function = without_crate(door.function).to_owned();
        [
            format!("what comes in by {}", door.name),
            function,
            "-".to_owned(),
        ]
    }));
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or_default()
    };
    let (first, second) = (width(0), width(1));
    for [answers, handler, parameters] in &rows {
        writeln!(out, "{answers:first$}  {handler:second$}  {parameters}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn row(entry: &Entry) -> [String; 3] {
    let answers = match &entry.route {
        Route::Intent(name) => name.clone(),
        Route::Action(name) => format!("action {name}"),
        Route::Event(name) => format!("event {name}"),
        Route::Fallback => "all the rest".to_owned(),
    };
    let parameters = match entry.parameters() {
        None => "any".to_owned(),
        Some(fields) if fields.is_empty() => "-".to_owned(),
        Some(fields) => fields.iter().map(in_words).collect::<Vec<_>>().join(", "),
    };
    [answers, without_crate(entry.function()).to_owned(), parameters]
}

fn in_words(field: &Field) -> String {
    let Field {
        name,
        shape,
        optional,
    } = field;
    if *optional {
        format!("{name}: {shape} or nothing")
    } else {
        format!("{name}: {shape}")
    }
}

/// A function's path as it stands in the source.
pub(super) fn without_crate(function: &str) -> &str {
    function.split_once("::").map_or(function, |(_, path)| path)
}

fn as_json(entry: &Entry) -> Value {
    let (kind, name) = match &entry.route {
        Route::Intent(name) => ("intent", Some(name)),
        Route::Action(name) => ("action", Some(name)),
        Route::Event(name) => ("event", Some(name)),
        Route::Fallback => ("fallback", None),
    };
    let parameters = entry.parameters().map(|fields| {
        let told =
            |field: &Field| json!({"name": field.name, "holds": field.shape.to_string(), "optional": field.optional});
        fields.iter().map(told).collect::<Vec<_>>()
    });
    let declared = &entry.declared;
    json!({
        "answers": kind,
        "name": name,
        "parameters": parameters,
        "reads": declared.reads,
        "sets": declared.sets,
        "sends": declared.sends,
        "entities": declared.entities,
        "fills_slots": declared.fills_slots,
        "handler": without_crate(entry.function()),
        "line": place(entry.line),
    })
}

fn door_as_json(door: &Door) -> Value {
    json!({
        "answers": "channel",
        "name": door.name,
        "parameters": [],
        "handler": without_crate(door.function),
        "line": place(door.line),
    })
}

/// A line of the program.
fn place(line: &std::panic::Location<'_>) -> String {
    line.to_string().replacen("src/../", "", 1)
}
