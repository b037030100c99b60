//! The agent's own entity types, and what each of them sends to a webhook.

use std::collections::{BTreeMap, BTreeSet};

use super::node::Node;

/// An entity type of the agent's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntityType {
    /// Its file in the export.
    pub file: String,
    /// Its id.
    pub id: String,
    /// Its name, without `@`.
    pub name: String,
    /// Whether its entries have no synonyms, but are themselves what is matched.
    pub is_enum: bool,
    /// Whether its entries are regular expressions.
    pub is_regexp: bool,
    /// Whether a session may change it.
    pub is_overridable: bool,
    /// Whether values match that are not listed.
    pub is_expanded: bool,
    /// Whether values match that are only similar.
    pub is_fuzzy: bool,
    /// Its entries by language.
    pub entries: BTreeMap<String, Vec<Entry>>,
}

/// What an entity type is made of, and so what it sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Values with synonyms: sends the value.
    Map,
    /// Values alone: sends the words as written.
    List,
    /// Regular expressions: sends the words that matched.
    Regexp,
    /// Other entities under names: sends an object with some of these names, each with its entity type with `@`. One name may
    /// have several types.
    Composite(BTreeMap<String, BTreeSet<String>>),
}

impl EntityType {
    /// What it is made of.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if self.is_regexp {
            return Kind::Regexp;
        }
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for entry in self.entries.values().flatten() {
            for (entity, name) in references(&entry.value) {
                names
                    .entry(name.to_owned())
                    .or_default()
                    .insert(entity.to_owned());
            }
        }
        match (names.is_empty(), self.is_enum) {
            (false, _) => Kind::Composite(names),
            (true, true) => Kind::List,
            (true, false) => Kind::Map,
        }
    }

    pub(super) fn read(file: &str, node: &Node<'_>, default_language: &str) -> Self {
        let mut entries = BTreeMap::new();
        // The oldest exports have the entries in the same file.
        let inside = read_entries(node.list("entries"));
        if !inside.is_empty() {
            entries.insert(default_language.to_owned(), inside);
        }
        let name = node.some_text("name").unwrap_or_else(|| {
            node.passed_over("an entity type's `name`");
            let file = file.strip_prefix("entities/").unwrap_or(file);
            file.trim_end_matches(".json").to_owned()
        });
        Self {
            file: file.to_owned(),
            id: node.text("id"),
            name: name.trim_start_matches('@').to_owned(),
            is_enum: node.flag("isEnum"),
            is_regexp: node.flag("isRegexp"),
            is_overridable: node.flag("isOverridable"),
            is_expanded: node.flag("automatedExpansion"),
            is_fuzzy: node.flag("allowFuzzyExtraction"),
            entries,
        }
    }
}

/// The references in a composite entry, `@sys.number:steps @direction:direction`, as entity type and name.
fn references(value: &str) -> impl Iterator<Item = (&str, &str)> {
    value.split_whitespace().filter_map(|word| {
        let (entity, name) = word.split_once(':')?;
        (entity.len() > 1 && entity.starts_with('@') && !name.is_empty()).then_some((entity, name))
    })
}

/// An entry of an entity type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The value that is sent.
    pub value: String,
    /// What is matched; the value itself only if it is listed too.
    pub synonyms: Vec<String>,
}

pub(super) fn read_entries(list: Vec<Node<'_>>) -> Vec<Entry> {
    let entry = |node: &Node<'_>| {
        if node.value().is_string() {
            let value = node.as_text();
            return Entry {
                synonyms: vec![value.clone()],
                value,
            };
        }
        Entry {
            value: node.text("value"),
            synonyms: node.texts("synonyms"),
        }
    };
    list.iter().map(entry).collect()
}
