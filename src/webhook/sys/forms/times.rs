//! Dates, times, and periods of them.

use serde_json::json;

use super::{LATER, NOON, reads, refuses};
use crate::webhook::params::read_value;
use crate::webhook::sys::{Date, DatePeriod, DateTime, Duration, Money, Percentage, Time, TimePeriod};

fn when(when: &DateTime) -> String {
    match when {
        DateTime::Moment(moment) => format!("at {moment}"),
        DateTime::Days(days) => format!("days {days}"),
        DateTime::Span { start, end } => format!("from {start} to {end}"),
    }
}

#[test]
fn a_date_time_comes_in_all_its_forms() {
    for (came, expected) in [
        (json!(NOON), format!("at {NOON}")),
        (json!({"date_time": NOON}), format!("at {NOON}")),
        (
            json!({"date_time": {"startDateTime": NOON, "endDateTime": LATER}}),
            format!("from {NOON} to {LATER}"),
        ),
        (
            json!({"startDate": NOON, "endDate": LATER}),
            "days 2026-03-29/2026-03-30".into(),
        ),
        (
            json!({"startDateTime": NOON, "endDateTime": LATER}),
            format!("from {NOON} to {LATER}"),
        ),
        (
            json!({"startTime": NOON, "endTime": LATER}),
            format!("from {NOON} to {LATER}"),
        ),
        (
            json!(format!("{NOON}/{LATER}")),
            format!("from {NOON} to {LATER}"),
        ),
        (
            json!("2026-03-29/2026-03-30"),
            "days 2026-03-29/2026-03-30".into(),
        ),
        (json!("2026-03-29"), "days 2026-03-29/2026-03-29".into()),
        (
            json!({"startTime": NOON, "endTime": LATER, "unknown": 1}),
            format!("from {NOON} to {LATER}"),
        ),
    ] {
        reads(&came, when, &expected);
    }
    for (came, found) in [
        (json!("secret"), "other text"),
        (json!(2026), "a number"),
        (json!([NOON]), "a list"),
        (json!(true), "a bool"),
        (json!({}), "nothing"),
        (json!(""), "nothing"),
        (json!({"date_time": ""}), "nothing"),
        (json!({"startDate": NOON}), "an object with other members"),
        (
            json!({"startDate": NOON, "endDate": ""}),
            "an object with other members",
        ),
        (
            json!({"startTime": "noon", "endTime": LATER}),
            "an object with other members",
        ),
        (
            json!({"date_time": {"date_time": ["x"]}}),
            "an object with other members",
        ),
        (json!("2026-02-30T12:00:00Z"), "other text"),
    ] {
        refuses::<DateTime>(
            &came,
            &format!("a date, a time, or a period of them, found {found}"),
        );
    }
}

#[test]
fn of_a_date_only_the_day_counts_and_of_a_time_only_the_time() {
    for came in [
        NOON,
        "2026-03-29T00:00:00-11:00",
        "2026-03-29T23:59:59Z",
        "2026-03-29",
    ] {
        reads(&json!(came), Date::to_string, "2026-03-29");
        reads(&json!(came), |date: &Date| date.text().to_owned(), came);
    }
    for came in [
        "2026-03-29T14:30:00+02:00",
        "1999-01-01T14:30:00-08:00",
        "14:30:00",
        "14:30",
    ] {
        reads(&json!(came), Time::to_string, "14:30");
    }
    reads(&json!("2026-03-29T00:00:07Z"), Time::to_string, "00:00:07");
    refuses::<Date>(
        &json!({"startDate": NOON, "endDate": LATER}),
        "a date, found an object",
    );
    refuses::<Date>(&json!("tomorrow"), "a date, found other text");
    refuses::<Time>(&json!("2026-03-29"), "a time of day, found other text");
    assert_eq!(Date::new(2026, 2, 29), None);
    let date = Date::new(2026, 3, 29).unwrap();
    assert_eq!(
        (date.year(), date.month(), date.day(), date.weekday()),
        (2026, 3, 29, 7)
    );
}

#[test]
fn periods_have_two_ends() {
    let days = json!({"startDate": NOON, "endDate": LATER});
    reads(&days, DatePeriod::to_string, "2026-03-29/2026-03-30");
    reads(
        &json!("2026-03-29/2026-03-30"),
        DatePeriod::to_string,
        "2026-03-29/2026-03-30",
    );
    let days: DatePeriod = read_value(&days).unwrap();
    assert!(days.contains(&days.end) && !days.contains(&Date::new(2026, 3, 31).unwrap()));
    refuses::<DatePeriod>(
        &json!({"startDate": NOON}),
        "a period from a date to a date, found an object with other members",
    );

    let times = json!({"startTime": "2026-03-29T22:00:00Z", "endTime": "2026-03-30T02:00:00Z"});
    reads(&times, TimePeriod::to_string, "22:00/02:00");
    reads(&json!("22:00:00/02:00:00"), TimePeriod::to_string, "22:00/02:00");
    let night: TimePeriod = read_value(&times).unwrap();
    let within = [(22, 0), (23, 59), (1, 59)].map(|(hour, minute)| Time::new(hour, minute).unwrap());
    assert!(within.iter().all(|time| night.contains(time)));
    assert!(!night.contains(&Time::new(2, 0).unwrap()));
    refuses::<TimePeriod>(&json!(NOON), "a period from a time to a time, found other text");
}

proptest::proptest! {
    #[test]
    fn whatever_looks_like_a_timestamp_is_read_alike_or_refused_and_moved_without_a_panic(
        text in "-?[0-9]{4}-[0-1][0-9]-[0-3][0-9]([Tt ][0-2][0-9]:[0-5][0-9](:[0-6][0-9](\\.[0-9]{1,9})?)?(Z|[+-][0-2][0-9]:?[0-5][0-9])?)?",
        zone in proptest::sample::select(vec!["Europe/Madrid", "Pacific/Apia", "America/St_Johns", "Asia/Beirut", "UTC"]),
    ) {
        for came in [json!(text), json!({"startDateTime": text, "endDateTime": text}), json!({"startDate": text, "endDate": text})] {
            let ours = read_value::<DateTime>(&came);
            let plain = serde_json::from_value::<DateTime>(came);
            proptest::prop_assert_eq!(ours.is_ok(), plain.is_ok());
            let Ok(when) = ours else { continue };
            // Only the ends of the calendar are out of a zone's reach.
            let moved = when.in_zone(zone);
            proptest::prop_assert!(moved.is_ok() || text.contains("9999"), "{}", text);
            let Some(moved) = moved.as_ref().ok().and_then(DateTime::moment) else { continue };
            if let Some(before) = when.moment().and_then(crate::webhook::sys::Moment::unix_seconds) {
                proptest::prop_assert_eq!(moved.unix_seconds(), Some(before));
            }
        }
    }

    #[test]
    fn whatever_else_comes_is_refused_without_a_panic(text in "\\PC{0,40}", amount in proptest::num::f64::ANY) {
        for came in [json!(text), json!(amount), json!({"amount": amount, "unit": text}), json!({"date_time": text})] {
            let _ = read_value::<DateTime>(&came).map(|when| when.in_zone(&text));
            let _ = read_value::<Time>(&came);
            let _ = read_value::<DatePeriod>(&came);
            let _ = read_value::<Percentage>(&came).map(|percentage| percentage.fraction());
            for unit in [text.as_str(), "h", "wk", "yr", "century"] {
                let amount = read_value::<Duration>(&json!({"amount": amount, "unit": unit}));
                let _ = amount.map(|amount| (amount.exact(), amount.jiff()));
            }
            let _ = read_value::<Money>(&came).map(|money| money.in_minor_units(u8::MAX));
        }
    }
}
