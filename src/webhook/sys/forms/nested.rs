//! The types within others: lists, structs, what a reader does with nothing, and what is printed.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{LATER, NOON, reads};
use crate::webhook::params::{read, read_value};
use crate::webhook::sys::*;

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
    let Ok(Either::Day(day)) = read_value(&json!(NOON)) else {
        panic!("the text is a date")
    };
    let Ok(Either::Long(long)) = read_value(&json!({"amount": 1.0, "unit": "h"})) else {
        panic!("the object is a duration")
    };
    assert_eq!(
        (day.to_string(), long.to_string()),
        ("2026-03-29".into(), "1 h".into())
    );
}
