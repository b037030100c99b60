//! Numbers as protobuf writes and reads them in JSON.

use serde_json::{Number, Value};

/// The whole number meant by `5`, `5.0` or `"5"`, if it fits.
pub fn int32(json: &Value) -> Option<i32> {
    match json {
        Value::Number(number) => match number.as_i64() {
            Some(whole) => i32::try_from(whole).ok(),
            None => whole(number.as_f64()?),
        },
        Value::String(text) if !text.starts_with('+') => text.parse().ok(),
        _ => None,
    }
}

/// The number meant by `1`, `1.0` or `"1.0"`, if a 32-bit float can hold it.
pub fn float(json: &Value) -> Option<f64> {
    let number = match json {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse::<Number>().ok()?.as_f64(),
        _ => None,
    };
    number.filter(|number| number.abs() <= f64::from(f32::MAX))
}

/// The same number as a double, the only number a Struct has.
pub fn double(number: &Number) -> Number {
    number
        .as_f64()
        .and_then(Number::from_f64)
        .unwrap_or_else(|| number.clone())
}

fn whole(number: f64) -> Option<i32> {
    // The cast stops at the ends of the range and drops fractions; both show in the way back.
    let whole = number as i32;
    (f64::from(whole) == number).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_whole_number_may_be_written_in_three_ways() {
        for five in [json!(5), json!(5.0), json!("5")] {
            assert_eq!(int32(&five), Some(5), "{five}");
        }
        assert_eq!(int32(&json!(-0.0)), Some(0));
        assert_eq!(int32(&json!(-2147483648.0)), Some(i32::MIN));
    }

    #[test]
    fn a_number_that_is_not_whole_or_does_not_fit_is_none() {
        let strange = ["5.0", "+5", " 5", "five", ""].map(Value::from);
        let too_big = [
            json!(5.5),
            json!(2147483648_i64),
            json!(2147483648.0),
            json!(1e300),
        ];
        for json in strange.iter().chain(&too_big).chain(&[json!(true), json!([5])]) {
            assert_eq!(int32(json), None, "{json}");
        }
    }

    #[test]
    fn a_float_may_be_written_in_three_ways() {
        for one in [json!(1), json!(1.0), json!("1.0")] {
            assert_eq!(float(&one), Some(1.0), "{one}");
        }
        for strange in [json!("one"), json!(""), json!("1."), json!(1e39), json!(false)] {
            assert_eq!(float(&strange), None, "{strange}");
        }
    }
}
