//! A calendar day, and a period of days.

use std::fmt;
use std::hash::{Hash, Hasher};

use jiff::civil;
use jiff::fmt::temporal::Pieces;
use serde_json::{Value, json};

use super::kinds::{DATE, DATE_PERIOD};
use super::read::{Misread, Readable, readable};
use super::{Kind, Moment, Occurrence, Time, ZoneError};

/// A day: `@sys.date`.
///
/// Dialogflow sends it as noon with an offset (`2026-03-29T12:00:00+02:00`). Only the day counts, as it is written there: two
/// dates are equal when they name the same day.
///
/// ```
/// use flowhook::sys::{Date, Time};
///
/// let date: Date = serde_json::from_str(r#""2026-03-29T12:00:00+01:00""#)?;
/// let time: Time = serde_json::from_str(r#""2026-11-27T14:30:00+01:00""#)?;
/// assert_eq!(date.to_string(), "2026-03-29");
/// // Summer time has begun that morning.
/// assert_eq!(date.at(&time, "Europe/Madrid")?.usual().text(), "2026-03-29T14:30:00+02:00");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Date {
    text: String,
    day: civil::Date,
}

impl Date {
    /// A day of the Gregorian calendar; none when there is no such day.
    #[must_use]
    pub fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        let month = i8::try_from(month).ok()?;
        civil::Date::new(year, month, i8::try_from(day).ok()?)
            .ok()
            .map(Self::of)
    }

    pub(super) fn of(day: civil::Date) -> Self {
        Self {
            text: day.to_string(),
            day,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let day = Pieces::parse(text.trim()).ok()?.date();
        Some(Self {
            text: text.to_owned(),
            day,
        })
    }

    /// The text as it came.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The year.
    #[must_use]
    pub fn year(&self) -> i16 {
        self.day.year()
    }

    /// The month, from 1 to 12.
    #[must_use]
    pub fn month(&self) -> u8 {
        self.day.month().unsigned_abs()
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day(&self) -> u8 {
        self.day.day().unsigned_abs()
    }

    /// The day of the week, from 1 for Monday to 7 for Sunday.
    #[must_use]
    pub fn weekday(&self) -> u8 {
        self.day.weekday().to_monday_one_offset().unsigned_abs()
    }

    /// When the clocks of a zone show `time` on this day.
    ///
    /// # Errors
    ///
    /// When nobody knows a zone of that name.
    pub fn at(&self, time: &Time, zone: &str) -> Result<Occurrence, ZoneError> {
        Occurrence::of(civil::DateTime::from_parts(self.day, time.jiff()), zone)
    }

    /// As jiff has it, for reckoning with it. This call follows jiff's version.
    #[must_use]
    pub fn jiff(&self) -> civil::Date {
        self.day
    }
}

impl PartialEq for Date {
    fn eq(&self, other: &Self) -> bool {
        self.day == other.day
    }
}

impl Eq for Date {}

impl PartialOrd for Date {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Date {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.day.cmp(&other.day)
    }
}

impl Hash for Date {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.day.hash(state);
    }
}

/// `2026-03-29`.
impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.day.fmt(formatter)
    }
}

/// Days from one to another, both included: `@sys.date-period`.
#[derive(Clone, PartialEq, Eq)]
pub struct DatePeriod {
    /// The first day.
    pub start: Date,
    /// The last day.
    pub end: Date,
}

impl DatePeriod {
    /// Whether the day is one of them.
    #[must_use]
    pub fn contains(&self, date: &Date) -> bool {
        (&self.start..=&self.end).contains(&date)
    }
}

/// `2026-03-29/2026-03-30`.
impl fmt::Display for DatePeriod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.start, self.end)
    }
}

impl Readable for Date {
    const KIND: &'static Kind = &DATE;

    fn read(came: &Value) -> Result<Self, Misread> {
        let text = came.as_str().ok_or_else(|| Misread::kind::<Self>(came))?;
        Self::parse(text).ok_or_else(|| Misread::content::<Self>(came))
    }

    fn json(&self) -> Value {
        self.text.as_str().into()
    }
}

impl Readable for DatePeriod {
    const KIND: &'static Kind = &DATE_PERIOD;

    fn read(came: &Value) -> Result<Self, Misread> {
        let (start, end) =
            ends(came, "startDate", "endDate").ok_or_else(|| Misread::content::<Self>(came))?;
        let read = |text| Date::parse(text).ok_or_else(|| Misread::content::<Self>(came));
        Ok(Self {
            start: read(start)?,
            end: read(end)?,
        })
    }

    fn json(&self) -> Value {
        json!({"startDate": self.start.json(), "endDate": self.end.json()})
    }
}

/// The two texts of a period: members of an object, or one text with `/` between them, which early agents have.
pub(super) fn ends<'a>(came: &'a Value, start: &str, end: &str) -> Option<(&'a str, &'a str)> {
    match came {
        Value::Object(members) => Some((members.get(start)?.as_str()?, members.get(end)?.as_str()?)),
        Value::String(text) => text.split_once('/'),
        _ => None,
    }
}

impl From<&Moment> for Date {
    fn from(moment: &Moment) -> Self {
        moment.date()
    }
}

readable!(Date, DatePeriod);
