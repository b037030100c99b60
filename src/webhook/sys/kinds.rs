//! The types of this module by name: what each expects in plain words, and a value that it reads.

use serde_json::Value;

/// A type of this module.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::webhook) struct Kind {
    /// Its name in Rust.
    pub(in crate::webhook) name: &'static str,
    /// Its name on the way through serde, by which a reader knows it.
    pub(in crate::webhook) mark: &'static str,
    /// What it expects.
    pub(in crate::webhook) expects: &'static str,
    /// A value that it reads, as JSON.
    sample: &'static str,
}

impl Kind {
    /// The type of which a reader was told this mark.
    pub(in crate::webhook) fn marked(mark: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.mark == mark).copied()
    }

    /// The type of that name.
    pub(in crate::webhook) fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name).copied()
    }

    pub(in crate::webhook) fn sample(&self) -> Value {
        serde_json::from_str(self.sample).expect("the samples are JSON")
    }
}

macro_rules! kinds {
    ($($constant:ident $name:literal: $expects:literal, $sample:literal;)*) => {
        $(
            pub(super) const $constant: Kind = Kind {
                name: $name,
                mark: concat!("flowhook::sys::", $name),
                expects: $expects,
                sample: $sample,
            };
        )*

        const KINDS: &[&Kind] = &[$(&$constant),*];
    };
}

kinds! {
    DATE "Date": "a date", r#""2026-03-29T12:00:00Z""#;
    TIME "Time": "a time of day", r#""2026-03-29T14:30:00Z""#;
    DATE_TIME "DateTime": "a date, a time, or a period of them", r#""2026-03-29T14:30:00Z""#;
    DATE_PERIOD "DatePeriod": "a period from a date to a date",
        r#"{"startDate": "2026-03-29T12:00:00Z", "endDate": "2026-03-30T12:00:00Z"}"#;
    TIME_PERIOD "TimePeriod": "a period from a time to a time",
        r#"{"startTime": "2026-03-29T12:00:00Z", "endTime": "2026-03-29T16:00:00Z"}"#;
    NUMBER "Number": "a number", "1.0";
    WHOLE "Whole": "a whole number", "1.0";
    PERCENTAGE "Percentage": "a percentage", r#""1%""#;
    MONEY "Money": "an amount of money", r#"{"amount": 1.0, "currency": "EUR"}"#;
    LENGTH "Length": "a length", r#"{"amount": 1.0, "unit": "m"}"#;
    AREA "Area": "an area", r#"{"amount": 1.0, "unit": "sq m"}"#;
    WEIGHT "Weight": "a weight", r#"{"amount": 1.0, "unit": "kg"}"#;
    VOLUME "Volume": "a volume", r#"{"amount": 1.0, "unit": "L"}"#;
    SPEED "Speed": "a speed", r#"{"amount": 1.0, "unit": "km/h"}"#;
    INFORMATION "Information": "an amount of information", r#"{"amount": 1.0, "unit": "MB"}"#;
    TEMPERATURE "Temperature": "a temperature", r#"{"amount": 1.0, "unit": "C"}"#;
    DURATION "Duration": "a duration", r#"{"amount": 1.0, "unit": "min"}"#;
    AGE "Age": "an age", r#"{"amount": 1.0, "unit": "year"}"#;
    LOCATION "Location": "a location", r#"{"city": "Lyon"}"#;
    PERSON "Person": "a person's name", r#"{"name": "Name"}"#;
    PLACE "Place": "a place, as text or an object", r#""Lyon""#;
}
