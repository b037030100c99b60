//! An agent as Dialogflow ES exports it: a ZIP, or the folder that one was unpacked to, read into types.
//!
//! [`Export::open`] takes either. Exports differ with their age and with whoever packed them again, so reading is tolerant: a
//! key that is missing is its default, one of an unexpected kind too, with a [`Note`] of where it stands, and unknown keys are
//! passed over. What is no export at all, or would do harm, is refused with a [`Fault`] and the name of the entry: nothing is
//! ever written to disk, and size, number and depth have bounds.
//!
//! An export may hold secrets: the agent's secondary key, and the user name, password and headers for its webhook. They are
//! held apart, and no `Debug` shows them.
//!
//! Facts: exports that Google published with its samples, from 2018 to 2020; nothing documents the format.

mod fault;
mod note;

mod archive;
mod files;
mod folder;
mod node;

mod agent;
mod entity;
mod intent;
mod message;
mod phrase;

use std::collections::BTreeMap;
use std::path::Path;

pub use agent::{Agent, Header, VersionSetting, Webhook};
pub use entity::{EntityType, Entry, Kind};
pub use fault::{ExportError, Fault};
pub use intent::{Intent, OutputContext, Parameter, Prompt};
pub use message::{Button, Content, Message};
pub use note::Note;
pub use phrase::{Part, Phrase};

use files::{Files, in_language};
use node::Node;
use note::Notes;

/// A whole agent.
#[derive(Clone, Debug, Default)]
pub struct Export {
    /// Its settings, `agent.json`.
    pub agent: Agent,
    /// Its intents, in the order of their files.
    pub intents: Vec<Intent>,
    /// Its own entity types, in the order of their files.
    pub entities: Vec<EntityType>,
    /// What was passed over, at most a hundred.
    pub notes: Vec<Note>,
}

impl Export {
    /// Reads an export: a folder, or a ZIP whatever it is called.
    ///
    /// # Errors
    ///
    /// When there is nothing to read, it is no export, or it is refused.
    pub fn open(path: &Path) -> Result<Self, ExportError> {
        if path.is_dir() {
            return Self::assembled(&folder::read(path)?);
        }
        Self::from_zip(&archive::bytes_of(path)?)
    }

    /// Reads an export from the bytes of a ZIP, as the API gives them.
    ///
    /// # Errors
    ///
    /// When it is no ZIP, no export, or is refused.
    pub fn from_zip(bytes: &[u8]) -> Result<Self, ExportError> {
        Self::assembled(&archive::read(bytes)?)
    }

    /// The intent of that display name.
    #[must_use]
    pub fn intent(&self, name: &str) -> Option<&Intent> {
        self.intents.iter().find(|intent| intent.name == name)
    }

    /// The agent's own entity type of that name, with or without `@`. System entities are not in an export.
    #[must_use]
    pub fn entity(&self, name: &str) -> Option<&EntityType> {
        let name = name.trim_start_matches('@');
        self.entities.iter().find(|entity| entity.name == name)
    }

    /// The intents that an event triggers; Dialogflow compares the names of events without case.
    pub fn listening_to<'a>(&'a self, event: &'a str) -> impl Iterator<Item = &'a Intent> {
        self.intents
            .iter()
            .filter(move |intent| intent.events.iter().any(|name| name.eq_ignore_ascii_case(event)))
    }

    /// The intent that this one follows up, if it is a follow-up intent.
    #[must_use]
    pub fn parent_of(&self, intent: &Intent) -> Option<&Intent> {
        let id = intent.parent_id.as_deref()?;
        self.intents.iter().find(|other| other.id == id)
    }

    fn assembled(files: &Files) -> Result<Self, ExportError> {
        let notes = Notes::default();
        let mut export = Self::default();
        let settings = files.json("agent.json")?.unwrap_or_default();
        export.agent = Agent::read(&Node::top("agent.json", &settings, &notes));
        let default_language = export.agent.language.clone();

        let mut phrases = Vec::new();
        for path in files.below("intents/") {
            let content = files.json(path)?.unwrap_or_default();
            let node = Node::top(path, &content, &notes);
            // The kind tells phrases from an intent that is called like their file.
            match (content.is_array(), in_language(path, "_usersays_")) {
                (true, Some((of, language))) => {
                    phrases.push((of.to_owned(), language.to_owned(), phrase::read_all(&node)));
                }
                (true, None) => node.passed_over("an intent, not a list"),
                (false, _) => export.intents.push(Intent::read(path, &node, &default_language)),
            }
        }
        let places = places(export.intents.iter().map(|intent| intent.file.as_str()));
        for (of, language, phrases) in phrases {
            match places.get(&of) {
                Some(place) => {
                    export.intents[*place]
                        .phrases
                        .entry(language)
                        .or_default()
                        .extend(phrases);
                }
                None => notes.add(
                    &format!("{of}_usersays_{language}.json"),
                    "",
                    "an intent for these phrases",
                ),
            }
        }

        let mut entries = Vec::new();
        for path in files.below("entities/") {
            let content = files.json(path)?.unwrap_or_default();
            let node = Node::top(path, &content, &notes);
            match (content.is_array(), in_language(path, "_entries_")) {
                (true, Some((of, language))) => {
                    entries.push((
                        of.to_owned(),
                        language.to_owned(),
                        entity::read_entries(node.elements()),
                    ));
                }
                (true, None) => node.passed_over("an entity type, not a list"),
                (false, _) => export
                    .entities
                    .push(EntityType::read(path, &node, &default_language)),
            }
        }
        let places = self::places(export.entities.iter().map(|entity| entity.file.as_str()));
        for (of, language, entries) in entries {
            match places.get(&of) {
                Some(place) => {
                    export.entities[*place]
                        .entries
                        .entry(language)
                        .or_default()
                        .extend(entries);
                }
                None => notes.add(
                    &format!("{of}_entries_{language}.json"),
                    "",
                    "an entity type for these entries",
                ),
            }
        }
        export.notes = notes.taken();
        Ok(export)
    }
}

/// Where each file stands in its list, by the path without `.json`.
fn places<'a>(files: impl Iterator<Item = &'a str>) -> BTreeMap<String, usize> {
    files
        .enumerate()
        .map(|(place, file)| (file.trim_end_matches(".json").to_owned(), place))
        .collect()
}
