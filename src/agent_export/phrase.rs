//! Training phrases: what users say to reach an intent.

use std::collections::BTreeMap;

use super::node::Node;

/// A training phrase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrase {
    /// Its id.
    pub id: String,
    /// Its parts, in order, with the spaces between words in them.
    pub parts: Vec<Part>,
    /// Whether `@entity:parameter` stands in it written out, an old form that training leaves aside.
    pub is_template: bool,
}

impl Phrase {
    /// The phrase as a user would say it.
    #[must_use]
    pub fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }
}

/// A part of a phrase: words that matter only as language, or an example for a parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The words.
    pub text: String,
    /// The entity type that they are an example of, with `@`; `@sys.ignore` for words without a meaning.
    pub entity: Option<String>,
    /// The parameter that they fill.
    pub parameter: Option<String>,
    /// Whether a person marked them, or Dialogflow did by itself.
    pub is_marked_by_person: bool,
}

/// The phrases of a list.
pub(super) fn read_all(node: &Node<'_>) -> Vec<Phrase> {
    node.elements().iter().map(read).collect()
}

/// Phrases that stand in the intent itself, as in the oldest exports.
pub(super) fn by_language(list: Vec<Node<'_>>, default_language: &str) -> BTreeMap<String, Vec<Phrase>> {
    let mut phrases: BTreeMap<String, Vec<Phrase>> = BTreeMap::new();
    for node in list {
        let language = node
            .some_text("lang")
            .unwrap_or_else(|| default_language.to_owned());
        phrases.entry(language).or_default().push(read(&node));
    }
    phrases
}

fn read(node: &Node<'_>) -> Phrase {
    if node.value().is_string() {
        let text = node.as_text();
        let parts = vec![Part {
            text,
            ..Part::default()
        }];
        return Phrase {
            parts,
            ..Phrase::default()
        };
    }
    Phrase {
        id: node.text("id"),
        parts: node.list("data").iter().map(part).collect(),
        is_template: node.flag("isTemplate"),
    }
}

fn part(node: &Node<'_>) -> Part {
    Part {
        text: node.text("text"),
        entity: node.some_text("meta"),
        parameter: node.some_text("alias"),
        is_marked_by_person: node.flag("userDefined"),
    }
}
