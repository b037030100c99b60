//! Numbers and percentages.

use std::fmt;

use serde_json::Value;

use super::Kind;
use super::kinds::{NUMBER, PERCENTAGE, WHOLE};
use super::read::{Misread, Readable, readable};

/// A number: `@sys.number`. A plain `f64` does as well in a handler's parameters; this one also reads `"2.5"` elsewhere.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Number(pub f64);

/// A number without a fraction: `@sys.number-integer`, `@sys.cardinal`, `@sys.ordinal`. It comes as `2.0`. A plain `u8` or `i64`
/// does as well in a handler's parameters, and says which numbers it takes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Whole(pub i64);

/// A percentage: `@sys.percentage`. It comes as text: `50%`.
///
/// ```
/// use flowhook::sys::Percentage;
///
/// let tip: Percentage = serde_json::from_str(r#""12.5%""#)?;
/// assert_eq!((tip.percent(), tip.fraction()), (12.5, 0.125));
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Percentage {
    text: String,
    percent: f64,
}

impl Percentage {
    /// The text as it came.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// 50 for `50%`.
    #[must_use]
    pub fn percent(&self) -> f64 {
        self.percent
    }

    /// 0.5 for `50%`.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        self.percent / 100.0
    }
}

impl Readable for Number {
    const KIND: &'static Kind = &NUMBER;

    fn read(came: &Value) -> Result<Self, Misread> {
        number(came)
            .map(Self)
            .ok_or_else(|| Misread::content::<Self>(came))
    }

    fn json(&self) -> Value {
        self.0.into()
    }
}

impl Readable for Whole {
    const KIND: &'static Kind = &WHOLE;

    fn read(came: &Value) -> Result<Self, Misread> {
        // As digits first: a float has not room for all of a long number.
        let digits = came.as_str().map(str::trim);
        if let Some(whole) = digits.map_or_else(|| came.as_i64(), |digits| digits.parse().ok()) {
            return Ok(Self(whole));
        }
        let number = number(came).ok_or_else(|| Misread::content::<Self>(came))?;
        if number.fract() != 0.0 {
            return Err(Misread::found::<Self>("a fraction"));
        }
        if number.abs() >= 2f64.powi(63) {
            return Err(Misread::found::<Self>("a number too large"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
        Ok(Self(number as i64))
    }

    fn json(&self) -> Value {
        self.0.into()
    }
}

impl Readable for Percentage {
    const KIND: &'static Kind = &PERCENTAGE;

    fn read(came: &Value) -> Result<Self, Misread> {
        let misread = || Misread::content::<Self>(came);
        let (text, percent) = match came {
            Value::Number(_) => {
                let percent = number(came).ok_or_else(misread)?;
                (format!("{percent}%"), percent)
            }
            Value::String(text) => {
                let figure = text.trim().trim_end_matches(['%', '\u{66A}']).trim();
                // `1,000` is a thousand here and one there: nobody can tell.
                let is_unclear = figure.split_once(',').is_some_and(|(_, rest)| rest.len() == 3);
                let percent = Some(figure.replacen(',', ".", 1))
                    .filter(|_| !is_unclear)
                    .and_then(|figure| parsed(&figure))
                    .ok_or_else(misread)?;
                (text.clone(), percent)
            }
            _ => return Err(Misread::kind::<Self>(came)),
        };
        Ok(Self { text, percent })
    }

    fn json(&self) -> Value {
        self.text.as_str().into()
    }
}

/// A number, also one that comes as text.
pub(super) fn number(came: &Value) -> Option<f64> {
    match came {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => parsed(text),
        _ => None,
    }
}

fn parsed(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

impl From<Number> for f64 {
    fn from(number: Number) -> Self {
        number.0
    }
}

impl From<Whole> for i64 {
    fn from(number: Whole) -> Self {
        number.0
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for Whole {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The text as it came.
impl fmt::Display for Percentage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

readable!(Number, Whole, Percentage);
