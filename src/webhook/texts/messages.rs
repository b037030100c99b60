//! What stands in the messages of a language: the variables they use, what they refer to, and where they choose a plural.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey,
};

use super::catalogue::{File, Language};
use super::faults::line_of;
use super::plurals::{Keys, Kind};

/// The messages of a language by their keys. An attribute is a message of its own, as in `booked.cancel`, and a term has its
/// sign: `-brand`.
pub(super) type Messages<'a> = BTreeMap<String, Message<'a>>;

/// A message, and what stands in it.
pub(super) struct Message<'a> {
    pub(super) file: &'a File,
    pub(super) line: usize,
    /// The variables of its own.
    variables: BTreeSet<&'a str>,
    /// The keys of what it refers to.
    pub(super) references: BTreeSet<String>,
    pub(super) choices: Vec<Choice<'a>>,
}

/// A choice that depends on a number.
pub(super) struct Choice<'a> {
    pub(super) line: usize,
    pub(super) kind: Kind,
    pub(super) keys: Keys<'a>,
}

impl Language {
    /// The keys that a handler may ask for.
    pub(super) fn keys(&self) -> impl Iterator<Item = String> {
        messages_of(self)
            .into_keys()
            .filter(|key| !key.starts_with('-'))
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// All messages of a language.
pub(super) fn messages_of(language: &Language) -> Messages<'_> {
    let mut messages = Messages::new();
    for file in &language.files {
        for entry in file.resource.entries() {
            let (id, sign, value, attributes) = match entry {
                Entry::Message(message) => (message.id.name, "", message.value.as_ref(), &message.attributes),
                Entry::Term(term) => (term.id.name, "-", Some(&term.value), &term.attributes),
                _ => continue,
            };
            let attributes = attributes.iter().map(|attribute| {
                let name = attribute.id.name;
                (format!("{sign}{id}.{name}"), name, &attribute.value)
            });
            let whole = value.map(|value| (format!("{sign}{id}"), id, value));
            for (key, name, pattern) in whole.into_iter().chain(attributes) {
                messages
                    .entry(key)
                    .or_insert_with(|| Message::of(file, name, pattern));
            }
        }
    }
    messages
}

/// The variables that a handler has to give for a message: its own, and those of the messages it refers to. What a term uses
/// is given by the message that names the term.
pub(super) fn variables_of<'a>(key: &str, messages: &Messages<'a>) -> BTreeSet<&'a str> {
    let (mut variables, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut open = vec![key.to_owned()];
    while let Some(key) = open.pop() {
        if key.starts_with('-') || !seen.insert(key.clone()) {
            continue;
        }
        if let Some(message) = messages.get(&key) {
            variables.extend(&message.variables);
            open.extend(message.references.iter().cloned());
        }
    }
    variables
}

impl<'a> Message<'a> {
    fn of(file: &'a File, name: &'a str, pattern: &'a Pattern<&'a str>) -> Self {
        let mut message = Self {
            file,
            line: line_of(file.resource.source(), name),
            variables: BTreeSet::new(),
            references: BTreeSet::new(),
            choices: Vec::new(),
        };
        message.read(pattern);
        message
    }

    fn read(&mut self, pattern: &'a Pattern<&'a str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.read_expression(expression);
            }
        }
    }

    fn read_expression(&mut self, expression: &'a Expression<&'a str>) {
        match expression {
            Expression::Inline(inline) => self.read_inline(inline),
            Expression::Select { selector, variants } => {
                self.read_inline(selector);
                self.read_choice(selector, variants);
                for variant in variants {
                    self.read(&variant.value);
                }
            }
        }
    }

    fn read_inline(&mut self, inline: &'a InlineExpression<&'a str>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name);
            }
            InlineExpression::MessageReference { id, attribute } => {
                let attribute = attribute.as_ref().map(|attribute| attribute.name);
                self.references.insert(key_of("", id.name, attribute));
            }
            InlineExpression::TermReference {
                id,
                attribute,
                arguments,
            } => {
                let attribute = attribute.as_ref().map(|attribute| attribute.name);
                self.references.insert(key_of("-", id.name, attribute));
                self.read_arguments(arguments.as_ref());
            }
            InlineExpression::FunctionReference { arguments, .. } => self.read_arguments(Some(arguments)),
            InlineExpression::Placeable { expression } => self.read_expression(expression),
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        }
    }

    fn read_arguments(&mut self, arguments: Option<&'a CallArguments<&'a str>>) {
        let Some(arguments) = arguments else { return };
        let named = arguments.named.iter().map(|argument| &argument.value);
        for argument in arguments.positional.iter().chain(named) {
            self.read_inline(argument);
        }
    }

    fn read_choice(&mut self, selector: &'a InlineExpression<&'a str>, variants: &'a [Variant<&'a str>]) {
        let mut keys = Keys::default();
        let mut place = None;
        for variant in variants {
            let key = match &variant.key {
                VariantKey::Identifier { name } => {
                    keys.categories.insert(name);
                    name
                }
                VariantKey::NumberLiteral { value } => {
                    keys.numbers.extend(value.parse::<f64>());
                    value
                }
            };
            place.get_or_insert(*key);
        }
        let is_of_term = matches!(selector, InlineExpression::TermReference { .. });
        if let Some(place) = place
            && !is_of_term
            && keys.are_plurals()
        {
            self.choices.push(Choice {
                line: line_of(self.file.resource.source(), place),
                kind: kind_of(selector),
                keys,
            });
        }
    }
}

/// Whether a choice is by `first, second, third` or by `one, two, three`.
fn kind_of(selector: &InlineExpression<&str>) -> Kind {
    let InlineExpression::FunctionReference { arguments, .. } = selector else {
        return Kind::CARDINAL;
    };
    let is_ordinal = arguments.named.iter().any(|argument| {
        argument.name.name == "type"
            && matches!(
                argument.value,
                InlineExpression::StringLiteral { value: "ordinal" }
            )
    });
    if is_ordinal { Kind::ORDINAL } else { Kind::CARDINAL }
}

fn key_of(sign: &str, id: &str, attribute: Option<&str>) -> String {
    match attribute {
        Some(attribute) => format!("{sign}{id}.{attribute}"),
        None => format!("{sign}{id}"),
    }
}
