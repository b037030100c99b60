//! What the clocks of a place show, and when: the days on which they are changed too.

use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

use super::Moment;

/// When the clocks of a zone show a date and a time: once as a rule, twice or never in the night in which they are changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occurrence {
    /// Once.
    Once(Moment),
    /// Twice: the clocks are put back over it.
    Twice {
        /// Before they are put back.
        first: Moment,
        /// After that.
        second: Moment,
    },
    /// Never: the clocks are put forward over it.
    Never {
        /// As far before as they are put forward: 01:30 for 02:30.
        earlier: Moment,
        /// As far after: 03:30 for 02:30.
        later: Moment,
    },
}

impl Occurrence {
    pub(super) fn of(shown: civil::DateTime, name: &str) -> Result<Self, ZoneError> {
        let found = named(name)?.to_ambiguous_zoned(shown);
        let kind = found.offset();
        let moment = |zoned: Result<jiff::Zoned, jiff::Error>| match zoned {
            Ok(zoned) => Ok(Moment::of(&zoned)),
            Err(_) => Err(ZoneError::OutOfReach),
        };
        Ok(match kind {
            AmbiguousOffset::Unambiguous { .. } => Self::Once(moment(found.compatible())?),
            AmbiguousOffset::Fold { .. } => Self::Twice {
                first: moment(found.clone().earlier())?,
                second: moment(found.later())?,
            },
            AmbiguousOffset::Gap { .. } => Self::Never {
                earlier: moment(found.clone().earlier())?,
                later: moment(found.later())?,
            },
        })
    }

    /// The one that calendars take: the first of two, and for a time that never comes the later one.
    ///
    /// Source: RFC 5545, section 3.3.5.
    #[must_use]
    pub fn usual(self) -> Moment {
        match self {
            Self::Once(moment) | Self::Twice { first: moment, .. } | Self::Never { later: moment, .. } => {
                moment
            }
        }
    }

    /// The moment, where there is one and only one: for the rest ask the user.
    #[must_use]
    pub fn once(self) -> Option<Moment> {
        match self {
            Self::Once(moment) => Some(moment),
            Self::Twice { .. } | Self::Never { .. } => None,
        }
    }
}

/// Why a zone's clocks do not tell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// No time zone has that name.
    #[error("no time zone is called `{0}`; names are those of the IANA database: `Europe/Madrid`")]
    Unknown(String),
    /// The first or the last hours of the calendar, which is kept from the year -9999 to 9999.
    #[error("the calendar does not reach that far")]
    OutOfReach,
}

/// The zone of that name, from the database within the program: a container may have none of its own.
pub(super) fn named(name: &str) -> Result<TimeZone, ZoneError> {
    TimeZoneDatabase::bundled()
        .get(name)
        .map_err(|_| ZoneError::Unknown(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::sys::{Date, Time};

    /// When clocks in Madrid show this.
    fn in_madrid(date: (i16, u8, u8), time: (u8, u8)) -> Occurrence {
        let date = Date::new(date.0, date.1, date.2).unwrap();
        date.at(&Time::new(time.0, time.1).unwrap(), "Europe/Madrid")
            .unwrap()
    }

    #[test]
    fn a_time_comes_once_on_most_days() {
        let once = in_madrid((2026, 3, 28), (2, 30));
        assert_eq!(once.clone().usual().text(), "2026-03-28T02:30:00+01:00");
        assert_eq!(once.clone().once(), Some(once.usual()));
    }

    #[test]
    fn a_time_that_clocks_skip_in_spring_is_told_with_its_neighbours() {
        let Occurrence::Never { earlier, later } = in_madrid((2026, 3, 29), (2, 30)) else {
            panic!("clocks go from two to three");
        };
        assert_eq!(earlier.text(), "2026-03-29T01:30:00+01:00");
        assert_eq!(later.text(), "2026-03-29T03:30:00+02:00");
        assert_eq!(in_madrid((2026, 3, 29), (2, 30)).usual(), later);
        assert_eq!(in_madrid((2026, 3, 29), (2, 30)).once(), None);
    }

    #[test]
    fn a_time_that_clocks_show_twice_in_autumn_is_told_with_both() {
        let Occurrence::Twice { first, second } = in_madrid((2026, 10, 25), (2, 30)) else {
            panic!("clocks go from three to two");
        };
        assert_eq!(first.text(), "2026-10-25T02:30:00+02:00");
        assert_eq!(second.text(), "2026-10-25T02:30:00+01:00");
        assert_eq!(
            second.unix_seconds().unwrap() - first.unix_seconds().unwrap(),
            3600
        );
        assert_eq!(in_madrid((2026, 10, 25), (2, 30)).usual(), first);
    }

    #[test]
    fn midnight_belongs_to_the_day_that_begins() {
        assert_eq!(
            in_madrid((2026, 3, 29), (0, 0)).usual().text(),
            "2026-03-29T00:00:00+01:00"
        );
        // In Beirut summer time begins at midnight, so the day has none.
        let date = Date::new(2024, 3, 31).unwrap();
        let midnight = date.at(&Time::new(0, 0).unwrap(), "Asia/Beirut").unwrap();
        assert_eq!(midnight.usual().text(), "2024-03-31T01:00:00+03:00");
    }

    #[test]
    fn the_ends_of_the_calendar_are_an_error() {
        let last = Date::new(9999, 12, 31).unwrap();
        let result = last.at(&Time::new(23, 59).unwrap(), "Pacific/Honolulu");
        assert_eq!(result, Err(ZoneError::OutOfReach));
    }
}
