//! Names and values that may stand in a command: out of the program's table, or out of an agent's export.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::Candidate;
use super::takes::Takes;
use super::typed::Typed;
use crate::agent_export::{Export, Intent, Kind, Parameter};
use crate::cli::handler_threads;
use crate::cli::intents::without_crate;
use crate::config::{Given, Settings};
use crate::webhook::params::{Field, Shape};
use crate::webhook::{BoxError, Entry, Intents, Route, Table, Texts};

/// For how long somebody who has pressed Tab waits for an agent to start.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is known where the cursor is.
pub(super) struct Known {
    pub(super) typed: Typed,
    /// The export that was named. Where there is one it is asked, as by `flowhook ask`.
    pub(super) export: Option<Export>,
    /// The program's table, where it was needed and the agent has started.
    pub(super) table: Option<Table>,
}

/// The program's table. An agent that fails, panics or takes too long has none.
pub(super) fn table<App, F>(given: &Given, start: F) -> Option<Table>
where
    App: Send + Sync + 'static,
    F: AsyncFnOnce(&Settings) -> Result<Intents<App>, BoxError>,
{
    let settings = Settings::load(given).ok()?;
    let threads = handler_threads(1).ok()?;
    // One that blocks its thread cannot be left by waiting less.
    let (done, waits) = channel::<()>();
    std::thread::spawn(move || {
        if waits.recv_timeout(PATIENCE * 2) == Err(RecvTimeoutError::Timeout) {
            std::process::exit(1);
        }
    });
    let started = catch_unwind(AssertUnwindSafe(|| {
        threads.block_on(async { tokio::time::timeout(PATIENCE, start(&settings)).await })
    }));
    drop(done);
    threads.shutdown_background();
    started.ok()?.ok()?.ok()?.into_table().ok()
}

impl Known {
    /// What an argument may be, as far as it was typed.
    pub(super) fn names(&self, takes: Takes, typed: &str) -> Vec<Candidate> {
        match takes {
            Takes::Intents => self.intents(),
            Takes::Unanswered => self.unanswered(),
            Takes::Parameters => match typed.split_once('=') {
                None => self.parameters(),
                Some((name, _)) => self.values(name),
            },
            Takes::Contexts => self.contexts(),
            Takes::Languages => self.languages(),
        }
    }

    fn entries(&self) -> &[Entry] {
        self.table.as_ref().map_or(&[], Table::entries)
    }

    /// The line that answers the intent, found by its name.
    fn entry(&self) -> Option<&Entry> {
        let takes = Route::Intent(self.typed.intent.clone()?);
        self.entries().iter().find(|entry| entry.route == takes)
    }

    /// The intent as the export has it.
    fn intent(&self) -> Option<&Intent> {
        self.export.as_ref()?.intent(self.typed.intent.as_deref()?)
    }

    fn intents(&self) -> Vec<Candidate> {
        if let Some(export) = &self.export {
            return export.intents.iter().map(in_export).collect();
        }
        let answered = self.entries().iter().filter_map(|entry| match &entry.route {
            Route::Intent(name) => Some(candidate(name, without_crate(entry.function()))),
            _ => None,
        });
        answered.collect()
    }

    fn unanswered(&self) -> Vec<Candidate> {
        let intents = self.export.iter().flat_map(|export| &export.intents);
        let is_answered = |intent: &Intent| {
            let route = Route::Intent(intent.name.clone());
            self.entries().iter().any(|entry| entry.route == route)
        };
        intents
            .filter(|intent| intent.calls_webhook() && !is_answered(intent))
            .map(in_export)
            .collect()
    }

    /// Each parameter that was not given yet, with its `=`. A list may be given value by value.
    fn parameters(&self) -> Vec<Candidate> {
        let is_given = |name: &str| {
            let mut given = self.typed.parameters.iter();
            given.any(|pair| pair.split_once('=').is_some_and(|(given, _)| given == name))
        };
        if let Some(intent) = self.intent() {
            let open = intent.parameters.iter().filter(|parameter| {
                !parameter.name.is_empty() && (parameter.is_list || !is_given(&parameter.name))
            });
            let told = |parameter: &Parameter| {
                let default = match parameter.default.as_str() {
                    "" => String::new(),
                    default => format!(", else {default}"),
                };
                format!("{}{default}", parameter.entity)
            };
            return open
                .map(|parameter| candidate(&format!("{}=", parameter.name), &told(parameter)))
                .collect();
        }
        let fields = self.fields().into_iter().filter(|field| !is_given(field.name));
        fields
            .map(|field| candidate(&format!("{}=", field.name), &field.shape.to_string()))
            .collect()
    }

    /// What the handler reads, by its type.
    fn fields(&self) -> Vec<Field> {
        self.entry().and_then(Entry::parameters).unwrap_or_default()
    }

    /// The values of a parameter that can be told, each with the name before it: its default, and the entries of an entity.
    fn values(&self, name: &str) -> Vec<Candidate> {
        let pair = |value: &str, told: &str| candidate(&format!("{name}={value}"), told);
        if let Some(export) = &self.export {
            let Some(parameter) = self.intent().and_then(|intent| intent.parameter(name)) else {
                return Vec::new();
            };
            let mut seen = BTreeSet::new();
            let mut values = Vec::new();
            // A default that is computed from the conversation is no value.
            if !parameter.default.is_empty() && !parameter.default.starts_with(['#', '$']) {
                seen.insert(parameter.default.as_str());
                values.push(pair(&parameter.default, "the default"));
            }
            let entity = export.entity(&parameter.entity);
            let entity = entity.filter(|entity| matches!(entity.kind(), Kind::Map | Kind::List));
            let entries = entity.and_then(|entity| {
                let language = self.typed.language.as_deref();
                let language = language.unwrap_or(&export.agent.language);
                let entries = entity.entries.get(language);
                entries.or_else(|| entity.entries.values().next())
            });
            for entry in entries.into_iter().flatten() {
                if seen.insert(&entry.value) {
                    values.push(pair(&entry.value, ""));
                }
            }
            return values;
        }
        let field = self.fields().into_iter().find(|field| field.name == name);
        let values = field.map_or(&[][..], |field| closed(&field.shape));
        values.iter().map(|value| pair(value, "")).collect()
    }

    /// The contexts that the intent needs; those of the whole agent where it needs none that are known.
    fn contexts(&self) -> Vec<Candidate> {
        let mut names: BTreeSet<String> = BTreeSet::new();
        if let Some(export) = &self.export {
            let needed = self
                .intent()
                .into_iter()
                .flat_map(|intent| &intent.input_contexts);
            names.extend(needed.cloned());
            if names.is_empty() {
                let all = export.intents.iter();
                names.extend(all.flat_map(|intent| intent.input_contexts.iter().cloned()));
            }
        } else {
            let read = self.entry().map(|entry| entry.declared.reads.clone());
            names.extend(read.into_iter().flatten());
            if names.is_empty() {
                let all = self.entries().iter();
                names.extend(all.flat_map(|entry| entry.declared.reads.iter().cloned()));
            }
        }
        names.iter().map(|name| candidate(name, "")).collect()
    }

    fn languages(&self) -> Vec<Candidate> {
        let texts = self.table.as_ref().and_then(Table::texts);
        let codes: Vec<&str> = match &self.export {
            Some(export) => export.agent.languages(),
            None => texts.map(Texts::languages).into_iter().flatten().collect(),
        };
        codes.iter().map(|code| candidate(code, "")).collect()
    }
}

fn in_export(intent: &Intent) -> Candidate {
    let told = if intent.calls_webhook() {
        ""
    } else {
        "its webhook is off"
    };
    candidate(&intent.name, told)
}

/// All values of a type that has few.
fn closed(shape: &Shape) -> &'static [&'static str] {
    match shape {
        Shape::OneOf(names) => names,
        Shape::Bool => &["true", "false"],
        Shape::List(each) => closed(each),
        _ => &[],
    }
}

fn candidate(value: &str, help: &str) -> Candidate {
    Candidate {
        value: value.to_owned(),
        help: help.to_owned(),
    }
}
