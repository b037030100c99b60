//! What is checked: the lines of the table and the agent's export, and which of them belong together.

use std::collections::{BTreeSet, HashMap};

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
    places: Places<'a>,
    /// The intents that each line may answer.
    answered: Vec<Vec<&'a Intent>>,
}

/// Who answers an intent.
pub(super) enum Answering<L> {
    /// A line, by display name or action.
    Line(L),
    /// Lines for some of its events; whatever else reaches it is left to the fallback, if there is one.
    Events(Vec<L>, Option<L>),
    /// The fallback of the table.
    Fallback(L),
    /// The action is known only at run time, and there are lines for actions.
    Unknown,
    /// Nobody.
    Nobody,
}

impl<L> Answering<L> {
    /// All lines that may answer.
    fn lines(self) -> Vec<L> {
        match self {
            Self::Line(line) | Self::Fallback(line) => vec![line],
            Self::Events(lines, fallback) => lines.into_iter().chain(fallback).collect(),
            Self::Unknown | Self::Nobody => Vec::new(),
        }
    }
}

/// Where in the table each name stands.
#[derive(Default)]
struct Places<'a> {
    names: HashMap<&'a str, usize>,
    actions: HashMap<&'a str, usize>,
    /// In lower case, for Dialogflow compares events without case.
    events: HashMap<String, usize>,
    fallback: Option<usize>,
}

impl<'a> Places<'a> {
    fn of(lines: &[Line<'a>]) -> Self {
        let mut places = Self::default();
        for (place, line) in lines.iter().enumerate() {
            match line.route {
                Route::Intent(name) => drop(places.names.insert(name, place)),
                Route::Action(action) => drop(places.actions.insert(action, place)),
                Route::Event(event) => drop(places.events.insert(event.to_lowercase(), place)),
                Route::Fallback => places.fallback = Some(place),
            }
        }
        places
    }

    fn answering(&self, intent: &Intent) -> Answering<usize> {
        let named = self.names.get(intent.name.as_str());
        if let Some(place) = named.or_else(|| self.actions.get(intent.action.as_str())) {
            return Answering::Line(*place);
        }
        if intent.action.starts_with('#') && !self.actions.is_empty() {
            return Answering::Unknown;
        }
        let by_event = intent
            .events
            .iter()
            .filter_map(|event| self.events.get(&event.to_lowercase()));
        let by_event: BTreeSet<usize> = by_event.copied().collect();
        match (by_event.is_empty(), self.fallback) {
            (false, fallback) => Answering::Events(by_event.into_iter().collect(), fallback),
            (true, Some(fallback)) => Answering::Fallback(fallback),
            (true, None) => Answering::Nobody,
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
        let lines: Vec<_> = table.entries().iter().map(Line::of).collect();
        let mut subject = Self {
            places: Places::of(&lines),
            answered: vec![Vec::new(); lines.len()],
            lines,
            export,
            api_version,
            apologies,
            texts: table.texts(),
        };
        for intent in &export.intents {
            for place in subject.places.answering(intent).lines() {
                subject.answered[place].push(intent);
            }
        }
        subject
    }

    /// Who answers an intent, as the table decides at run time: by display name, else by action, else by event, else the
    /// fallback.
    pub(super) fn answering(&self, intent: &Intent) -> Answering<&Line<'a>> {
        let line = |place: usize| &self.lines[place];
        match self.places.answering(intent) {
            Answering::Line(place) => Answering::Line(line(place)),
            Answering::Events(places, fallback) => {
                Answering::Events(places.into_iter().map(line).collect(), fallback.map(line))
            }
            Answering::Fallback(place) => Answering::Fallback(line(place)),
            Answering::Unknown => Answering::Unknown,
            Answering::Nobody => Answering::Nobody,
        }
    }

    /// Each line with the intents that it may answer, whether their webhook is on or not.
    pub(super) fn answers(&self) -> impl Iterator<Item = (&Line<'a>, &[&'a Intent])> {
        self.lines.iter().zip(self.answered.iter().map(Vec::as_slice))
    }

    /// Whether some line has the name, whatever it claims by it.
    pub(super) fn claims(&self, name: &str) -> bool {
        let Places {
            names,
            actions,
            events,
            ..
        } = &self.places;
        names.contains_key(name) || actions.contains_key(name) || events.contains_key(&name.to_lowercase())
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
