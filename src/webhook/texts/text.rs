//! A text to be looked up: its key, and what its variables hold.

use std::fmt;

use fluent_bundle::{FluentArgs, FluentValue};

/// A key of the catalogue, with what the variables of its message hold. A key alone is a `&str`.
///
/// ```
/// use flowhook::{Reply, Result, Text, Turn};
///
/// async fn book(turn: Turn) -> Result<Reply> {
///     let booked = turn.text(Text::of("booked").with("guests", 4).with("name", "Ada"))?;
///     Ok(Reply::text(booked).chips([turn.text("booked.cancel")?]))
/// }
/// ```
#[derive(Clone, PartialEq)]
pub struct Text {
    pub(super) key: String,
    variables: Vec<(String, Variable)>,
}

/// What a variable of a message holds.
#[derive(Clone, PartialEq)]
pub enum Variable {
    /// Words, which stand in the text as they are.
    Words(String),
    /// A number, which chooses among plurals and is written plainly: `1200.5`. Numbers for the eyes of one country (`1.200,50`)
    /// are written by the handler and given as words.
    Number(f64),
}

impl Text {
    /// The text of that key: a message of the catalogue, or an attribute of one, as in `booked.cancel`.
    #[must_use]
    pub fn of(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            variables: Vec::new(),
        }
    }

    /// What the variable `$name` holds: words or a number.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, holds: impl Into<Variable>) -> Self {
        self.variables.push((name.into(), holds.into()));
        self
    }

    pub(super) fn arguments(&self) -> FluentArgs<'_> {
        self.variables
            .iter()
            .map(|(name, variable)| (name.as_str(), variable.value()))
            .collect()
    }
}

/// Numbers that are longer in writing are given as words. The plural rules hold whole and fractional digits in 64 bits, and panic
/// where those do not suffice.
const LONGEST_NUMBER: usize = 17;

impl Variable {
    fn value(&self) -> FluentValue<'_> {
        match self {
            Self::Words(words) => words.as_str().into(),
            Self::Number(number) => {
                let written = number.to_string();
                if number.is_finite() && written.len() <= LONGEST_NUMBER {
                    number.into()
                } else {
                    written.into()
                }
            }
        }
    }
}

impl From<&str> for Text {
    fn from(key: &str) -> Self {
        Self::of(key)
    }
}

impl From<String> for Text {
    fn from(key: String) -> Self {
        Self::of(key)
    }
}

impl From<&str> for Variable {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<String> for Variable {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl From<&String> for Variable {
    fn from(words: &String) -> Self {
        Self::Words(words.clone())
    }
}

macro_rules! numbers {
    ($($number:ty)+) => {$(
        impl From<$number> for Variable {
            // Plurals need no more than a float holds.
            fn from(number: $number) -> Self {
                Self::Number(number as f64)
            }
        }
    )+};
}

numbers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64);

/// Shows the key and the names of the variables, and nothing of what they hold.
impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.variables.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("Text")
            .field("key", &self.key)
            .field("variables", &names)
            .finish()
    }
}

/// Shows what kind it is, and nothing of what it holds.
impl fmt::Debug for Variable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Words(_) => "Words",
            Self::Number(_) => "Number",
        })
    }
}
