//! Every form in which a system entity comes, read by Flowhook's reader and by plain serde.

mod amounts;
mod nested;
mod times;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::webhook::params::read_value;

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
