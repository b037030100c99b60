//! What is checked: the lines of the table and the agent's export, and which of them belong together.

use std::collections::BTreeSet;

use super::finding::Place;
use crate::agent_export::{Export, Intent};
use crate::cli::intents::without_crate;
use crate::webhook::params::Field;
use crate::webhook::{Declared, Entry, Route, Table, Texts};
use crate::wire::ApiVersion;

/// A line of the table.
pub(super) struct Line<'a> {
    pub(super) route: &'a Route,
    pub(super) function: &'a str,
    pub(super) place: Place,
    /// The parameters that the handler reads; none when it takes whatever comes.
    pub(super) fields: Option<Vec<Field>>,
    pub(super) declared: &'a Declared,
}

impl<'a> Line<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self {
            route: &entry.route,
            function: without_crate(entry.function()),
            place: Place::Line {
                file: entry.line.file().replacen("src/../", "", 1),
                line: entry.line.line(),
            },
            fields: entry.parameters(),
            declared: &entry.declared,
        }
    }
}

/// Both sides.
pub(super) struct Subject<'a> {
    pub(super) lines: Vec<Line<'a>>,
    pub(super) export: &'a Export,
    pub(super) api_version: ApiVersion,
    /// The languages that have an apology.
    pub(super) apologies: Vec<String>,
    /// The catalogue of texts, if there is one.
    pub(super) texts: Option<&'a Texts>,
}

/// Who answers an intent.
pub(super) enum Answering<'a> {
    /// A line, by display name or action.
    Line(&'a Line<'a>),
    /// Lines for some of its events; whatever else reaches it is left to the fallback, if there is one.
    Events(Vec<&'a Line<'a>>, Option<&'a Line<'a>>),
    /// The fallback of the table.
    Fallback(&'a Line<'a>),
    /// The action is known only at run time, and there are lines for actions.
    Unknown,
    /// Nobody.
    Nobody,
}

impl<'a> Answering<'a> {
    /// All lines that may answer.
    pub(super) fn lines(&self) -> Vec<&'a Line<'a>> {
        match self {
            Self::Line(line) | Self::Fallback(line) => vec![*line],
            Self::Events(lines, fallback) => lines.iter().copied().chain(*fallback).collect(),
            Self::Unknown | Self::Nobody => Vec::new(),
        }
    }
}

impl<'a> Subject<'a> {
    pub(super) fn new(
        table: &'a Table,
        export: &'a Export,
        api_version: ApiVersion,
        apologies: Vec<String>,
    ) -> Self {
        Self {
            lines: table.entries().iter().map(Line::of).collect(),
            export,
            api_version,
            apologies,
            texts: table.texts(),
        }
    }

    /// Who answers an intent, as the table decides at run time: by display name, else by action, else by event, else the
    /// fallback.
    pub(super) fn answering(&'a self, intent: &Intent) -> Answering<'a> {
        let line = |is_wanted: &dyn Fn(&Route) -> bool| self.lines.iter().find(|line| is_wanted(line.route));
        let by_name = line(&|route| matches!(route, Route::Intent(name) if *name == intent.name));
        let by_action = || line(&|route| matches!(route, Route::Action(name) if *name == intent.action));
        if let Some(line) = by_name.or_else(by_action) {
            return Answering::Line(line);
        }
        let has_actions = self
            .lines
            .iter()
            .any(|line| matches!(line.route, Route::Action(_)));
        if intent.action.starts_with('#') && has_actions {
            return Answering::Unknown;
        }
        let fallback = line(&|route| *route == Route::Fallback);
        let listens = |name: &str| intent.events.iter().any(|event| event.eq_ignore_ascii_case(name));
        let by_event: Vec<_> = self
            .lines
            .iter()
            .filter(|line| matches!(line.route, Route::Event(name) if listens(name)))
            .collect();
        match (by_event.is_empty(), fallback) {
            (false, fallback) => Answering::Events(by_event, fallback),
            (true, Some(fallback)) => Answering::Fallback(fallback),
            (true, None) => Answering::Nobody,
        }
    }

    /// The intents that a line may answer, whether their webhook is on or not.
    pub(super) fn answered_by(&'a self, line: &Line<'_>) -> Vec<&'a Intent> {
        let is_this = |other: &&Line<'_>| std::ptr::eq(other.route, line.route);
        let answers = |intent: &&Intent| self.answering(intent).lines().iter().any(is_this);
        self.export.intents.iter().filter(answers).collect()
    }

    /// The contexts that are set, by whom it may be, in lower case: by an intent, by a handler that says so, by an event, which
    /// brings a context of its own name.
    pub(super) fn contexts_set(&self) -> BTreeSet<String> {
        let by_intents = self.export.intents.iter().flat_map(|intent| {
            let lasting = intent
                .output_contexts
                .iter()
                .filter(|context| context.lifespan > 0);
            lasting.map(|context| &context.name).chain(&intent.events)
        });
        let by_handlers = self
            .lines
            .iter()
            .flat_map(|line| line.declared.sets.iter().chain(&line.declared.sends));
        by_intents
            .chain(by_handlers)
            .map(|name| name.to_lowercase())
            .collect()
    }
}

/// Whether a context comes from Dialogflow itself or from one of its integrations.
///
/// Source: the reserved names of the published descriptors, and requests of Google Assistant and of the messaging integrations.
pub(super) fn comes_from_outside(context: &str) -> bool {
    let context = context.to_lowercase();
    context == "generic"
        || context == "_actions_on_google"
        || context.starts_with("__")
        || context.starts_with("actions_")
        || context.starts_with("google_assistant_")
}
