//! Numbers, amounts, places and people.

use serde_json::json;

use super::{reads, refuses};
use crate::webhook::params::read_value;
use crate::webhook::sys::*;

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
    refuses::<Percentage>(&json!("1,000%"), "a percentage, found other text");
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
