//! What `@sys.date-time` holds: a moment, days, or a span of time, whichever the user named.

use serde_json::{Value, json};

use super::date::ends;
use super::kinds::DATE_TIME;
use super::read::{Misread, Readable, readable};
use super::{Date, DatePeriod, Kind, Moment, ZoneError};

/// A date, a time, or a period of them: `@sys.date-time`, in all its forms.
///
/// | said | comes as | is |
/// | --- | --- | --- |
/// | tomorrow at two | `{"date_time": ".."}` | [`DateTime::Moment`] |
/// | tomorrow | text, at noon | [`DateTime::Moment`] |
/// | next week | `{"startDate": "..", "endDate": ".."}` | [`DateTime::Days`] |
/// | tomorrow from two to four | `{"startDateTime": "..", "endDateTime": ".."}` | [`DateTime::Span`] |
/// | tomorrow afternoon | `{"startTime": "..", "endTime": ".."}` | [`DateTime::Span`] |
///
/// ```
/// use flowhook::sys::DateTime;
///
/// let when: DateTime = serde_json::from_str(r#"{"startDate": "2026-04-01T12:00:00+02:00", "endDate": "2026-04-30T12:00:00+02:00"}"#)?;
/// let DateTime::Days(days) = when else { panic!("a month is a period of days") };
/// assert_eq!(days.to_string(), "2026-04-01/2026-04-30");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum DateTime {
    /// One moment. Where the user named only a day it is noon, and Dialogflow does not tell that from a noon that was meant.
    Moment(Moment),
    /// From a day to a day.
    Days(DatePeriod),
    /// From a moment to a moment.
    Span {
        /// When it begins.
        start: Moment,
        /// When it ends.
        end: Moment,
    },
}

impl DateTime {
    /// The moment, where it is one.
    #[must_use]
    pub fn moment(&self) -> Option<&Moment> {
        match self {
            Self::Moment(moment) => Some(moment),
            Self::Days(_) | Self::Span { .. } => None,
        }
    }

    /// The first day of it, as its clocks show it.
    #[must_use]
    pub fn date(&self) -> Date {
        match self {
            Self::Moment(start) | Self::Span { start, .. } => start.date(),
            Self::Days(days) => days.start.clone(),
        }
    }

    /// The same on the clocks of a zone. Days stay what they are.
    ///
    /// # Errors
    ///
    /// When nobody knows a zone of that name.
    pub fn in_zone(&self, name: &str) -> Result<Self, ZoneError> {
        Ok(match self {
            Self::Moment(moment) => Self::Moment(moment.in_zone(name)?),
            Self::Days(days) => {
                super::zone::named(name)?;
                Self::Days(days.clone())
            }
            Self::Span { start, end } => Self::Span {
                start: start.in_zone(name)?,
                end: end.in_zone(name)?,
            },
        })
    }
}

impl Readable for DateTime {
    const KIND: &'static Kind = &DATE_TIME;

    fn read(came: &Value) -> Result<Self, Misread> {
        let misread = || Misread::content::<Self>(came);
        if let Some(inner) = came.get("date_time").or_else(|| came.get("dateTime")) {
            return Self::read(inner).map_err(|_| misread());
        }
        if let Some(moment) = came.as_str().and_then(Moment::parse) {
            return Ok(Self::Moment(moment));
        }
        for (start, end) in [("startDateTime", "endDateTime"), ("startTime", "endTime")] {
            if let Some((start, end)) = ends(came, start, end)
                && let (Some(start), Some(end)) = (Moment::parse(start), Moment::parse(end))
            {
                return Ok(Self::Span { start, end });
            }
        }
        // Early agents send a day as nothing but the day.
        if let Ok(day) = Date::read(came) {
            let end = day.clone();
            return Ok(Self::Days(DatePeriod { start: day, end }));
        }
        DatePeriod::read(came).map(Self::Days).map_err(|_| misread())
    }

    fn json(&self) -> Value {
        match self {
            Self::Moment(moment) => moment.text().into(),
            Self::Days(days) => days.json(),
            Self::Span { start, end } => json!({"startDateTime": start.text(), "endDateTime": end.text()}),
        }
    }
}

readable!(DateTime);
