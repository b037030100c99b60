//! A time of day, and a period of them.

use std::fmt;
use std::hash::{Hash, Hasher};

use jiff::civil;
use jiff::fmt::temporal::Pieces;
use serde_json::{Value, json};

use super::date::ends;
use super::kinds::{TIME, TIME_PERIOD};
use super::read::{Misread, Readable, readable};
use super::{Kind, Moment};

/// A time of day: `@sys.time`.
///
/// Dialogflow sends a whole timestamp (`2026-03-29T14:30:00+02:00`). Only the time counts, as it is written there. To know when
/// that is, join it with a day: [`Date::at`](super::Date::at).
#[derive(Clone)]
pub struct Time {
    text: String,
    time: civil::Time,
}

impl Time {
    /// A time of day; none when clocks do not show it.
    #[must_use]
    pub fn new(hour: u8, minute: u8) -> Option<Self> {
        let hour = i8::try_from(hour).ok()?;
        civil::Time::new(hour, i8::try_from(minute).ok()?, 0, 0)
            .ok()
            .map(Self::of)
    }

    pub(super) fn of(time: civil::Time) -> Self {
        Self {
            text: time.to_string(),
            time,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let time = match Pieces::parse(text) {
            Ok(pieces) => pieces.time()?,
            Err(_) => text.parse().ok()?,
        };
        Some(Self {
            text: text.to_owned(),
            time,
        })
    }

    /// The text as it came.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The hour, from 0 to 23.
    #[must_use]
    pub fn hour(&self) -> u8 {
        self.time.hour().unsigned_abs()
    }

    /// The minute, from 0 to 59.
    #[must_use]
    pub fn minute(&self) -> u8 {
        self.time.minute().unsigned_abs()
    }

    /// The second, from 0 to 59.
    #[must_use]
    pub fn second(&self) -> u8 {
        self.time.second().unsigned_abs()
    }

    /// As jiff has it, for reckoning with it. This call follows jiff's version.
    #[must_use]
    pub fn jiff(&self) -> civil::Time {
        self.time
    }
}

impl PartialEq for Time {
    fn eq(&self, other: &Self) -> bool {
        self.time == other.time
    }
}

impl Eq for Time {}

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Time {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.time.cmp(&other.time)
    }
}

impl Hash for Time {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.time.hash(state);
    }
}

/// `14:30`, or `14:30:15` where there are seconds.
impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}:{:02}", self.hour(), self.minute())?;
        if self.second() > 0 {
            write!(formatter, ":{:02}", self.second())?;
        }
        Ok(())
    }
}

/// Times of day from one to another: `@sys.time-period`. The end may be smaller than the start: then midnight lies between.
#[derive(Clone, PartialEq, Eq)]
pub struct TimePeriod {
    /// When it begins.
    pub start: Time,
    /// When it ends.
    pub end: Time,
}

impl TimePeriod {
    /// Whether the time is in it, the end being out of it.
    #[must_use]
    pub fn contains(&self, time: &Time) -> bool {
        if self.start <= self.end {
            (&self.start..&self.end).contains(&time)
        } else {
            *time >= self.start || *time < self.end
        }
    }
}

/// `12:00/16:00`.
impl fmt::Display for TimePeriod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.start, self.end)
    }
}

impl Readable for Time {
    const KIND: &'static Kind = &TIME;

    fn read(came: &Value) -> Result<Self, Misread> {
        let text = came.as_str().ok_or_else(|| Misread::kind::<Self>(came))?;
        Self::parse(text).ok_or_else(|| Misread::content::<Self>(came))
    }

    fn json(&self) -> Value {
        self.text.as_str().into()
    }
}

impl Readable for TimePeriod {
    const KIND: &'static Kind = &TIME_PERIOD;

    fn read(came: &Value) -> Result<Self, Misread> {
        let (start, end) =
            ends(came, "startTime", "endTime").ok_or_else(|| Misread::content::<Self>(came))?;
        let read = |text| Time::parse(text).ok_or_else(|| Misread::content::<Self>(came));
        Ok(Self {
            start: read(start)?,
            end: read(end)?,
        })
    }

    fn json(&self) -> Value {
        json!({"startTime": self.start.json(), "endTime": self.end.json()})
    }
}

impl From<&Moment> for Time {
    fn from(moment: &Moment) -> Self {
        moment.time()
    }
}

readable!(Time, TimePeriod);
