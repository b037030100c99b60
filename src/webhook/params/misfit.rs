//! Why a value does not fit the type it is read as, and where it stands. Never the value itself.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use crate::webhook::sys::FOUND;

/// Why a value does not fit, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The way to the value, innermost step first.
    way: Vec<Step>,
    reason: String,
}

/// A step on the way to a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Into a field that the type has.
    Field(&'static str),
    /// Into a member that the type does not know by name. The name may be a user's word, so it is not told.
    Member,
    /// Into an element of a list.
    Element(usize),
}

const NOT_GIVEN: &str = "not given";

impl Misfit {
    fn because(reason: impl Into<String>) -> Self {
        Self {
            way: Vec::new(),
            reason: reason.into(),
        }
    }

    /// The same, seen from one step further out.
    pub(super) fn within(mut self, step: Step) -> Self {
        self.way.push(step);
        self
    }

    pub(super) fn fraction() -> Self {
        Self::because("expected a whole number, found a fraction")
    }

    pub(super) fn too_large() -> Self {
        Self::because("expected a whole number, found one of more than 64 bits")
    }

    /// Whether nobody gave the value.
    pub(super) fn is_not_given(&self) -> bool {
        self.reason == NOT_GIVEN
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.way.is_empty() {
            return formatter.write_str(&self.reason);
        }
        formatter.write_str("`")?;
        for (depth, step) in self.way.iter().rev().enumerate() {
            let dot = if depth > 0 { "." } else { "" };
            match step {
                Step::Field(name) => write!(formatter, "{dot}{name}")?,
                Step::Member => write!(formatter, "{dot}*")?,
                Step::Element(place) => write!(formatter, "[{place}]")?,
            }
        }
        write!(formatter, "`: {}", self.reason)
    }
}

impl std::error::Error for Misfit {}

impl Error for Misfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        // The text is the type's own and may quote the value.
        Self::because("the type that reads it refused it")
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::because(format!(
            "expected {}, found {}",
            in_words(expected),
            kind_of(&unexpected)
        ))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::because(format!(
            "expected {}, found another {}",
            in_words(expected),
            noun_of(&unexpected)
        ))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::because(format!(
            "expected {}, found {length} elements",
            in_words(expected)
        ))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::because(format!("expected one of {}", expected.join(", ")))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self::because(format!("a member that is none of {}", expected.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::because(NOT_GIVEN).within(Step::Field(field))
    }
}

/// What a type expects, for people who do not speak Rust.
fn in_words(expected: &dyn Expected) -> String {
    match expected.to_string().as_str() {
        "u8" => format!("a whole number from 0 to {}", u8::MAX),
        "u16" => format!("a whole number from 0 to {}", u16::MAX),
        "u32" => format!("a whole number from 0 to {}", u32::MAX),
        "u64" | "u128" | "usize" => "a whole number from 0 up".to_owned(),
        "i8" => format!("a whole number from {} to {}", i8::MIN, i8::MAX),
        "i16" => format!("a whole number from {} to {}", i16::MIN, i16::MAX),
        "i32" => format!("a whole number from {} to {}", i32::MIN, i32::MAX),
        "a string" => "text".to_owned(),
        "a sequence" => "a list".to_owned(),
        other if other.starts_with("struct ") => "an object".to_owned(),
        other => other.to_owned(),
    }
}

fn kind_of(unexpected: &Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Unit | Unexpected::Option => "nothing".into(),
        Unexpected::Seq => "a list".into(),
        Unexpected::Map => "an object".into(),
        Unexpected::Char(_) | Unexpected::Str(_) => "text".into(),
        // Only words that our own types have for what came: others may quote it.
        Unexpected::Other(found) if FOUND.contains(found) => (*found).to_owned(),
        _ => format!("a {}", noun_of(unexpected)),
    }
}

fn noun_of(unexpected: &Unexpected<'_>) -> &'static str {
    match unexpected {
        Unexpected::Bool(_) => "bool",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "number",
        Unexpected::Char(_) | Unexpected::Str(_) => "text",
        Unexpected::Seq => "list",
        Unexpected::Map => "object",
        _ => "value",
    }
}
