//! A point in time as Dialogflow sends it, on the clocks of any zone.

use std::fmt;

use jiff::civil;
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone};

use super::{Date, Occurrence, Time, ZoneError, zone};

/// A date and a time of day, with the offset from UTC of the clocks that show them: `2026-03-29T14:30:00+02:00`.
///
/// The offset is the one that came: that of the agent's time zone, as Dialogflow knows it.
///
/// ```
/// use flowhook::sys::DateTime;
///
/// let when: DateTime = serde_json::from_str(r#""2026-12-24T23:30:00Z""#)?;
/// let there = when.in_zone("Europe/Madrid")?;
/// let moment = there.moment().expect("one moment came");
/// assert_eq!(format!("{} at {}", moment.date(), moment.time()), "2026-12-25 at 00:30");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Moment {
    text: String,
    shown: civil::DateTime,
    clock: Option<Clock>,
}

/// The clocks that show it.
#[derive(Clone, PartialEq, Eq)]
struct Clock {
    offset: Offset,
    zone: TimeZone,
}

impl Moment {
    /// The moment that ISO 8601 text names; none when it is no date with a time.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let pieces = Pieces::parse(text.trim()).ok()?;
        let shown = civil::DateTime::from_parts(pieces.date(), pieces.time()?);
        let clock = pieces.to_numeric_offset().map(|offset| Clock {
            offset,
            zone: TimeZone::fixed(offset),
        });
        if let Some(clock) = &clock {
            // The first and the last hours that a calendar knows may be out of reach elsewhere.
            clock.offset.to_timestamp(shown).ok()?;
        }
        Some(Self {
            text: text.to_owned(),
            shown,
            clock,
        })
    }

    pub(super) fn of(zoned: &jiff::Zoned) -> Self {
        Self {
            text: zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            shown: zoned.datetime(),
            clock: Some(Clock {
                offset: zoned.offset(),
                zone: zoned.time_zone().clone(),
            }),
        }
    }

    /// The text as it came; after [`Self::in_zone`] the same as it would be sent from there.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The date that the clocks show.
    #[must_use]
    pub fn date(&self) -> Date {
        Date::of(self.shown.date())
    }

    /// The time of day that the clocks show.
    #[must_use]
    pub fn time(&self) -> Time {
        Time::of(self.shown.time())
    }

    /// How many seconds the clocks are ahead of UTC; none where no offset came.
    #[must_use]
    pub fn offset_seconds(&self) -> Option<i32> {
        self.clock.as_ref().map(|clock| clock.offset.seconds())
    }

    /// Seconds since 1970-01-01 in UTC; none where no offset came, for then it may be any of a day's.
    #[must_use]
    pub fn unix_seconds(&self) -> Option<i64> {
        self.jiff().map(|zoned| zoned.timestamp().as_second())
    }

    /// The same moment on the clocks of a zone. Where no offset came, the moment at which the zone's clocks show the same:
    /// the usual one of [`Occurrence`].
    ///
    /// # Errors
    ///
    /// When nobody knows a zone of that name.
    pub fn in_zone(&self, name: &str) -> Result<Self, ZoneError> {
        match self.jiff() {
            Some(zoned) => Ok(Self::of(&zoned.with_time_zone(zone::named(name)?))),
            None => Occurrence::of(self.shown, name).map(Occurrence::usual),
        }
    }

    /// As jiff has it, for reckoning with it; none where no offset came. This call follows jiff's version.
    #[must_use]
    pub fn jiff(&self) -> Option<jiff::Zoned> {
        let clock = self.clock.as_ref()?;
        let timestamp = clock.offset.to_timestamp(self.shown).ok()?;
        Some(timestamp.to_zoned(clock.zone.clone()))
    }
}

/// The text as it came.
impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Without what the user said.
impl fmt::Debug for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Moment").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_is_kept_and_the_moment_stays_the_same_elsewhere() {
        let moment = Moment::parse("2026-03-29T00:30:00-03:00").unwrap();
        assert_eq!(moment.offset_seconds(), Some(-3 * 3600));
        for (zone, there) in [
            ("Europe/Madrid", "2026-03-29T05:30:00+02:00"),
            ("America/New_York", "2026-03-28T23:30:00-04:00"),
            ("Asia/Kathmandu", "2026-03-29T09:15:00+05:45"),
            ("UTC", "2026-03-29T03:30:00+00:00"),
        ] {
            let moved = moment.in_zone(zone).unwrap();
            assert_eq!(moved.text(), there);
            assert_eq!(moved.unix_seconds(), moment.unix_seconds());
        }
    }

    #[test]
    fn without_an_offset_it_is_what_the_zones_clocks_show() {
        let moment = Moment::parse("2026-07-01T09:00:00").unwrap();
        assert_eq!((moment.offset_seconds(), moment.unix_seconds()), (None, None));
        assert_eq!(
            moment.in_zone("Europe/Madrid").unwrap().text(),
            "2026-07-01T09:00:00+02:00"
        );
    }

    #[test]
    fn a_zone_that_nobody_knows_is_an_error_and_the_name_is_told() {
        let moment = Moment::parse("2026-07-01T09:00:00Z").unwrap();
        let error = moment.in_zone("Europe/Atlantis").unwrap_err();
        assert_eq!(
            error.to_string(),
            "no time zone is called `Europe/Atlantis`; names are those of the IANA database: `Europe/Madrid`"
        );
    }

    #[test]
    fn the_ends_of_the_calendar_and_what_is_no_time_are_refused_or_kept_but_never_panic() {
        for text in [
            "",
            "tomorrow",
            "2026-02-30T12:00:00Z",
            "2026-01-01",
            "12:00:00",
            "2026-01-01T25:00:00Z",
            "9999-12-31T23:59:59-12:00",
            "-9999-01-01T00:00:00+12:00",
            "2026-01-01T12:00:00+99:00",
            "２０２６-01-01T12:00:00Z",
        ] {
            assert!(Moment::parse(text).is_none(), "{text}");
        }
        for text in [
            "0001-01-01T00:00:00Z",
            "9999-12-30T00:00:00Z",
            " 2026-01-01T12:00:00.123456789Z ",
            "2026-01-01t12:00z",
        ] {
            assert!(
                Moment::parse(text).unwrap().in_zone("Pacific/Auckland").is_ok(),
                "{text}"
            );
        }
    }
}
