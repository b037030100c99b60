//! Every form in which a system entity comes, read by Flowhook's reader and by plain serde.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;
use crate::webhook::params::{read, read_value};

const NOON: &str = "2026-03-29T12:00:00+02:00";
const LATER: &str = "2026-03-30T16:30:00+02:00";

/// What both readers make of it; they agree, and what is written again is read the same.
#[track_caller]
fn told<T: DeserializeOwned + serde::Serialize>(
    came: &Value,
    tell: fn(&T) -> String,
) -> Result<String, String> {
    let ours = read_value::<T>(came).map_err(|misfit| misfit.to_string());
    let plain = serde_json::from_value::<T>(came.clone()).map_err(|error| error.to_string());
    let from_text = serde_json::from_str::<T>(&came.to_string());
    assert_eq!(plain.is_ok(), from_text.is_ok(), "{came}");
    match (ours, plain) {
        (Ok(ours), Ok(plain)) => {
            assert_eq!(tell(&ours), tell(&plain), "{came}");
            let again: T = serde_json::from_value(serde_json::to_value(&ours).unwrap()).unwrap();
            assert_eq!(tell(&again), tell(&ours), "written again: {came}");
            Ok(tell(&ours))
        }
        (Err(ours), Err(plain)) => {
            let (expected, found) = ours
                .strip_prefix("expected ")
                .unwrap()
                .split_once(", found ")
                .unwrap();
            assert!(plain.contains(expected) && plain.contains(found), "{plain}");
            Err(ours)
        }
        (ours, plain) => panic!(
            "one reads {came}, the other does not: {:?}, {:?}",
            ours.err(),
            plain.err()
        ),
    }
}

#[track_caller]
fn reads<T: DeserializeOwned + serde::Serialize>(came: &Value, tell: fn(&T) -> String, expected: &str) {
    assert_eq!(told(came, tell).as_deref(), Ok(expected), "{came}");
}

#[track_caller]
fn refuses<T: DeserializeOwned + serde::Serialize>(came: &Value, expected: &str) {
    let refused = told::<T>(came, |_| String::new());
    assert_eq!(refused, Err(format!("expected {expected}")), "{came}");
}

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

#[test]
fn numbers_come_as_doubles_or_as_text() {
    for came in [json!(2), json!(2.0), json!("2"), json!(" 2.0 ")] {
        reads(&came, Number::to_string, "2");
        reads(&came, Whole::to_string, "2");
    }
    reads(&json!(0.0), Whole::to_string, "0");
    reads(&json!(-2.5), Number::to_string, "-2.5");
    refuses::<Whole>(&json!(2.5), "a whole number, found a fraction");
    refuses::<Whole>(&json!(1e300), "a whole number, found a number too large");
    refuses::<Number>(&json!("inf"), "a number, found other text");
    refuses::<Number>(&json!([2]), "a number, found a list");
    for (came, fraction) in [
        (json!("50%"), "0.5"),
        (json!("12,5 %"), "0.125"),
        (json!("50"), "0.5"),
        (json!(50.0), "0.5"),
        (json!("-3%"), "-0.03"),
    ] {
        reads(
            &came,
            |percentage: &Percentage| percentage.fraction().to_string(),
            fraction,
        );
    }
    refuses::<Percentage>(&json!("half"), "a percentage, found other text");
    refuses::<Percentage>(&json!(["50%"]), "a percentage, found a list");
}

#[test]
fn an_amount_may_lack_its_number_or_its_unit() {
    for (came, expected) in [
        (json!({"amount": 5.0, "unit": "km"}), "5 km"),
        (json!({"amount": "5", "unit": "km"}), "5 km"),
        (json!({"amount": 0.0, "unit": "km"}), "0 km"),
        (json!({"amount": 5.5, "unit": ""}), "5.5"),
        (json!({"amount": 5.5}), "5.5"),
        (json!({"amount": 5.5, "unit": null}), "5.5"),
        (json!({"amount": "", "unit": "km"}), "km"),
        (json!({"amount": null, "unit": "km"}), "km"),
        (json!({"unit": "km"}), "km"),
        (json!(5), "5"),
    ] {
        reads(&came, Length::to_string, expected);
        reads(&came, Duration::to_string, expected);
        reads(&came, Temperature::to_string, expected);
    }
    refuses::<Weight>(&json!("5 kg"), "a weight, found other text");
    refuses::<Area>(
        &json!({"amount": "many", "unit": "sq m"}),
        "an area, found an object with other members",
    );
    refuses::<Age>(
        &json!({"currency": "EUR"}),
        "an age, found an object with other members",
    );
    refuses::<Volume>(&json!({"amount": "", "unit": ""}), "a volume, found nothing");
    refuses::<Speed>(&json!([5]), "a speed, found a list");
}

#[test]
fn money_keeps_the_code_of_its_currency_and_counts_in_cents() {
    reads(
        &json!({"amount": 50, "currency": "EUR"}),
        Money::to_string,
        "50 EUR",
    );
    reads(&json!({"currency": "EUR"}), Money::to_string, "EUR");
    for (amount, digits, expected) in [
        (json!(19.99), 2, Some(1999)),
        (json!(0.07), 2, Some(7)),
        (json!(-1.1), 2, Some(-110)),
        (json!(1234.0), 0, Some(1234)),
        (json!(1.005), 2, None),
        (json!(1e16), 2, None),
        (json!(""), 2, None),
    ] {
        let money: Money = read_value(&json!({"amount": amount, "currency": "EUR"})).unwrap();
        assert_eq!(money.in_minor_units(digits), expected, "{amount}");
    }
}

#[test]
fn a_location_has_nine_members_and_the_empty_ones_are_none() {
    let came = json!({
        "country": "", "city": "Lyon", "admin-area": "Rhône", "subadmin-area": "", "business-name": "",
        "street-address": "Quai 1", "zip-code": 69001, "shortcut": null, "island": "",
    });
    let tell = |location: &Location| {
        let Location {
            country,
            city,
            admin_area,
            subadmin_area,
            ..
        } = location;
        format!(
            "{country:?} {city:?} {admin_area:?} {subadmin_area:?} {:?} {:?}",
            location.zip_code, location.shortcut
        )
    };
    reads(
        &came,
        tell,
        r#"None Some("Lyon") Some("Rhône") None Some("69001") None"#,
    );
    refuses::<Location>(
        &json!({"town": "Lyon"}),
        "a location, found an object with other members",
    );
    refuses::<Location>(&json!("Lyon"), "a location, found text");
}

#[test]
fn people_and_places_come_as_text_or_as_an_object() {
    reads(&json!({"name": "Name"}), Person::to_string, "Name");
    reads(&json!("Name"), Person::to_string, "Name");
    refuses::<Person>(
        &json!({"name": 1}),
        "a person's name, found an object with other members",
    );
    let country = json!({"name": "United Kingdom", "alpha-2": "GB", "numeric": 826.0});
    let tell = |place: &Place| format!("{:?} {:?}", place.name(), place.get("alpha-2"));
    reads(&country, tell, r#"Some("United Kingdom") Some("GB")"#);
    reads(&json!("GB"), tell, r#"Some("GB") None"#);
    reads(&json!({"city": "Lyon", "name": ""}), tell, r#"Some("Lyon") None"#);
    refuses::<Place>(&json!(826), "a place, as text or an object, found a number");
}

#[test]
fn one_or_many_reads_both_and_nothing() {
    let count = |list: &OneOrMany<Date>| list.iter().map(Date::to_string).collect::<Vec<_>>().join(" ");
    reads(&json!(NOON), count, "2026-03-29");
    reads(&json!([NOON, "", LATER]), count, "2026-03-29 2026-03-30");
    reads(&json!([]), count, "");
    reads(&json!(""), count, "");
    reads(&Value::Null, count, "");

    #[derive(serde::Deserialize)]
    struct Trip {
        days: OneOrMany<Date>,
        stops: OneOrMany<Stop>,
    }
    #[derive(serde::Deserialize)]
    struct Stop {
        city: String,
        hours: Option<u8>,
    }
    let trip = |came: Value| read::<Trip>(came.as_object().unwrap());
    let Trip { days, stops } = trip(json!({})).unwrap();
    assert!(days.is_empty() && stops.is_empty());
    let Trip { stops, .. } = trip(json!({"stops": {"city": "Lyon", "hours": "3"}})).unwrap();
    assert_eq!((stops[0].city.as_str(), stops[0].hours), ("Lyon", Some(3)));
    let error = trip(json!({"stops": [{"city": "Lyon"}, {"hours": 2.0}]}))
        .err()
        .unwrap();
    assert_eq!(error.to_string(), "`stops[1].city`: not given");
    let error = trip(json!({"days": [NOON, "secret"]})).err().unwrap();
    assert_eq!(error.to_string(), "`days[1]`: expected a date, found other text");
}

#[test]
fn what_holds_nothing_but_nothing_is_none() {
    #[derive(serde::Deserialize)]
    struct Asked {
        to: Option<Location>,
        by: Option<Person>,
        at: Option<DateTime>,
        long: Option<Duration>,
    }
    let nothing = json!({
        "to": {"country": "", "city": null}, "by": {"name": ""}, "at": "", "long": {"amount": "", "unit": ""},
    });
    let Asked { to, by, at, long } = read(nothing.as_object().unwrap()).unwrap();
    assert!(to.is_none() && by.is_none() && at.is_none() && long.is_none());
    let zero = json!({"long": {"amount": 0.0, "unit": ""}});
    assert_eq!(
        read::<Asked>(zero.as_object().unwrap())
            .unwrap()
            .long
            .unwrap()
            .amount,
        Some(0.0)
    );
}

#[test]
fn nothing_that_a_user_said_is_printed_for_debugging() {
    let said = "Quilliams";
    let printed = [
        format!("{:?}", read_value::<Person>(&json!({"name": said})).unwrap()),
        format!("{:?}", read_value::<Place>(&json!(said)).unwrap()),
        format!("{:?}", read_value::<Location>(&json!({"city": said})).unwrap()),
        format!(
            "{:?}",
            read_value::<Money>(&json!({"amount": 1, "currency": said})).unwrap()
        ),
        format!("{:?}", read_value::<OneOrMany<String>>(&json!([said])).unwrap()),
        format!("{:?}", read_value::<DateTime>(&json!(NOON)).unwrap()),
    ]
    .join(" ");
    assert!(!printed.contains(said) && !printed.contains("2026"), "{printed}");
}

#[test]
fn each_type_reads_the_sample_by_which_defaults_are_found() {
    fn reads<T: DeserializeOwned>(name: &str) {
        let sample = Kind::named(name).unwrap().sample();
        assert!(read_value::<T>(&sample).is_ok(), "{name}");
    }
    reads::<Date>("Date");
    reads::<Time>("Time");
    reads::<DateTime>("DateTime");
    reads::<DatePeriod>("DatePeriod");
    reads::<TimePeriod>("TimePeriod");
    reads::<Number>("Number");
    reads::<Whole>("Whole");
    reads::<Percentage>("Percentage");
    reads::<Money>("Money");
    reads::<Length>("Length");
    reads::<Area>("Area");
    reads::<Weight>("Weight");
    reads::<Volume>("Volume");
    reads::<Speed>("Speed");
    reads::<Information>("Information");
    reads::<Temperature>("Temperature");
    reads::<Duration>("Duration");
    reads::<Age>("Age");
    reads::<Location>("Location");
    reads::<Person>("Person");
    reads::<Place>("Place");
}

#[test]
fn behind_flatten_and_untagged_the_types_read_the_same() {
    #[derive(serde::Deserialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(serde::Deserialize)]
    struct Inner {
        day: Date,
        many: OneOrMany<Whole>,
    }
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Either {
        Day(Date),
        Long(Duration),
    }
    let came = json!({"day": NOON, "many": 3.0});
    let Inner { day, many } = read::<Outer>(came.as_object().unwrap()).unwrap().inner;
    assert_eq!((day.to_string(), many[0]), ("2026-03-29".into(), Whole(3)));
    assert!(matches!(read_value(&json!(NOON)), Ok(Either::Day(_))));
    assert!(matches!(
        read_value(&json!({"amount": 1.0, "unit": "h"})),
        Ok(Either::Long(_))
    ));
}
