//! What is wrong with a catalogue, and where.

use std::collections::BTreeSet;
use std::fmt;

use super::catalogue::{File, Language};
use super::messages::{Message, Messages, messages_of, variables_of};
use crate::webhook::language;

/// A fault of a catalogue, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which rule is broken.
    pub rule: Rule,
    /// The file, by the name it was given. For a missing key that of the default language, where the key stands.
    pub file: String,
    /// The line in it, the first being 1.
    pub line: usize,
    /// The language that has the fault.
    pub language: String,
    /// The key of the text; none where the fault is the file's.
    pub key: Option<String>,
    /// What is wrong, and how to mend it.
    pub text: String,
}

/// A rule for catalogues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// A file is written in Fluent.
    Syntax,
    /// A language has each key once.
    Double,
    /// A file's name has a language, and the default language has a file.
    Language,
    /// A language has all keys that the default has.
    MissingKey,
    /// A language has no key that the default has not.
    UnknownKey,
    /// A text needs the same variables in each language.
    Variables,
    /// A choice by number has all plurals of its language.
    Plurals,
    /// What a message refers to exists.
    Reference,
}

impl Fault {
    /// Whether it stops the program's start.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        matches!(self.rule, Rule::Syntax | Rule::Double | Rule::Language)
    }

    pub(super) fn without_default(language: &str) -> Self {
        Self {
            rule: Rule::Language,
            file: "texts".to_owned(),
            line: 1,
            language: language.to_owned(),
            key: None,
            text: format!("the default language `{language}` has no file; add one, or name another default"),
        }
    }

    fn of(message: &Message<'_>, language: &Language, key: &str, rule: Rule, text: String) -> Self {
        Self {
            rule,
            file: message.file.name.clone(),
            line: message.line,
            language: language.code.clone(),
            key: Some(key.to_owned()),
            text: format!("text `{key}`{text}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, text, .. } = self;
        write!(formatter, "{file}:{line}: {text}")
    }
}

/// A key that stands in a file, and in the language before.
pub(super) fn double(code: &str, file: &File, key: String) -> Fault {
    let source = file.resource.source();
    let starts = |line: &str| {
        let line = line.strip_prefix('-').unwrap_or(line);
        let rest = line.strip_prefix(key.as_str());
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let places = source.lines().enumerate().filter(|(_, line)| starts(line));
    let line = places.map(|(line, _)| line).last();
    Fault {
        rule: Rule::Double,
        file: file.name.clone(),
        line: line.map_or(1, |line| line + 1),
        language: code.to_owned(),
        text: format!("text `{key}`: `{code}` has that key already; keep one"),
        key: Some(key),
    }
}

/// What is wrong in each language, and between it and the default.
pub(super) fn between(languages: &[Language], default: Option<&Language>) -> Vec<Fault> {
    let all: Vec<_> = languages
        .iter()
        .map(|language| (language, messages_of(language)))
        .collect();
    let default = all
        .iter()
        .find(|(language, _)| default.is_some_and(|default| default.tag == language.tag));
    let mut faults = Vec::new();
    for (language, messages) in &all {
        for (key, message) in messages {
            faults.extend(plurals(language, key, message));
            faults.extend(references(language, key, message, messages));
        }
        let Some((default, expected)) = default else {
            continue;
        };
        if language.tag == default.tag {
            continue;
        }
        for (key, message) in texts(messages) {
            faults.extend(against_default(
                language,
                key,
                message,
                messages,
                (default, expected),
            ));
        }
        let reachable: Vec<_> = all
            .iter()
            .filter(|(other, _)| language::tags(&language.tag).any(|tag| tag == other.tag))
            .collect();
        let is_there = |key: &String| reachable.iter().any(|(_, messages)| messages.contains_key(key));
        for (key, message) in texts(expected).filter(|(key, _)| !is_there(key)) {
            let text = format!(": `{}` has none; users of it get the default's", language.code);
            faults.push(Fault::of(message, language, key, Rule::MissingKey, text));
        }
    }
    let file = |fault: &Fault| {
        let files = languages.iter().flat_map(|language| &language.files);
        files.into_iter().position(|file| file.name == fault.file)
    };
    faults.sort_by_key(|fault| (file(fault), fault.line));
    faults
}

/// The messages that a handler may ask for.
fn texts<'a>(messages: &'a Messages<'a>) -> impl Iterator<Item = (&'a String, &'a Message<'a>)> {
    messages.iter().filter(|(key, _)| !key.starts_with('-'))
}

fn plurals(language: &Language, key: &str, message: &Message<'_>) -> Vec<Fault> {
    let choices = message.choices.iter().filter_map(|choice| {
        let lacking = choice.keys.lacking(&language.identifier, choice.kind);
        let names = listed(lacking, "");
        let text = format!(
            ": `{}` has the plurals {names} too, and they would get the default variant; add them",
            language.code
        );
        let fault = Fault::of(message, language, key, Rule::Plurals, text);
        (!names.is_empty()).then_some(Fault {
            line: choice.line,
            ..fault
        })
    });
    choices.collect()
}

fn references(language: &Language, key: &str, message: &Message<'_>, messages: &Messages<'_>) -> Vec<Fault> {
    let unknown = message
        .references
        .iter()
        .filter(|key| !messages.contains_key(*key));
    let faults = unknown.map(|unknown| {
        let text = format!(" refers to `{unknown}`, which `{}` does not have", language.code);
        Fault::of(message, language, key, Rule::Reference, text)
    });
    faults.collect()
}

/// What is wrong with a message, the default's messages being right.
fn against_default(
    language: &Language,
    key: &str,
    message: &Message<'_>,
    messages: &Messages<'_>,
    (default, expected): (&Language, &Messages<'_>),
) -> Option<Fault> {
    if !expected.contains_key(key) {
        let text = format!(
            ": the default language `{}` has none, so other users would hear nothing; add it there, or remove it",
            default.code
        );
        return Some(Fault::of(message, language, key, Rule::UnknownKey, text));
    }
    let (here, there) = (variables_of(key, messages), variables_of(key, expected));
    let more = listed(here.difference(&there).copied().collect(), "$");
    let fewer = listed(there.difference(&here).copied().collect(), "$");
    let text = match (more.as_str(), fewer.as_str()) {
        ("", "") => return None,
        (more, "") => format!(" uses {more}, and in `{}` it does not", default.code),
        ("", fewer) => format!(" does not use {fewer}, and in `{}` it does", default.code),
        (more, fewer) => format!(" uses {more} in place of {fewer} of `{}`", default.code),
    };
    Some(Fault::of(message, language, key, Rule::Variables, text))
}

fn listed(names: BTreeSet<&str>, sign: &str) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{sign}{name}`")).collect();
    names.join(", ")
}

/// The line on which `part` of `source` begins.
pub(super) fn line_of(source: &str, part: &str) -> usize {
    // A part that the parser has copied lies elsewhere, and counts as the beginning.
    let before = part.as_ptr().addr().checked_sub(source.as_ptr().addr());
    line_at(source, before.filter(|at| *at <= source.len()).unwrap_or(0))
}

/// The line at a byte of `source`.
pub(super) fn line_at(source: &str, byte: usize) -> usize {
    let before = source.bytes().take(byte);
    before.filter(|byte| *byte == b'\n').count() + 1
}

/// An error text of Fluent's, as part of a sentence.
pub(super) fn in_lower_case(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
