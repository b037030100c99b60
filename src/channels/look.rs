//! Looking into JSON that others wrote: what is missing, null or of another kind is not there.

use jiff::Timestamp;
use serde_json::Value;

/// The text at a path of members; none where it is empty.
pub(super) fn text<'a>(json: &'a Value, path: &str) -> Option<&'a str> {
    at(json, path)?.as_str().filter(|text| !text.is_empty())
}

/// The same, kept.
pub(super) fn owned(json: &Value, path: &str) -> Option<String> {
    text(json, path).map(str::to_owned)
}

/// The number at a path, also one written as text: protobuf-JSON writes 64-bit integers so.
pub(super) fn number(json: &Value, path: &str) -> Option<f64> {
    match at(json, path)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// The count at a path.
pub(super) fn count(json: &Value, path: &str) -> Option<u64> {
    let number = number(json, path)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast saturates, and the sign is looked at"
    )]
    (number >= 0.0).then_some(number as u64)
}

/// The time at a path.
pub(super) fn time(json: &Value, path: &str) -> Option<Timestamp> {
    text(json, path)?.parse().ok()
}

/// Whatever is at a path of members, unless it is null.
pub(super) fn at<'a>(json: &'a Value, path: &str) -> Option<&'a Value> {
    let found = path
        .split('.')
        .try_fold(json, |value, member| value.get(member))?;
    (!found.is_null()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_of_another_kind_is_not_there() {
        let json = json!({"a": {"b": "c", "n": "12", "m": 1.5, "bad": -1, "none": null, "empty": ""}});
        assert_eq!(text(&json, "a.b"), Some("c"));
        assert_eq!(text(&json, "a.n.deeper"), None);
        assert_eq!(text(&json, "a.empty"), None);
        assert_eq!(text(&json, "a.m"), None);
        assert_eq!(number(&json, "a.n"), Some(12.0));
        assert_eq!(number(&json, "a.m"), Some(1.5));
        assert_eq!(count(&json, "a.n"), Some(12));
        assert_eq!(count(&json, "a.bad"), None);
        assert!(at(&json, "a.none").is_none());
        assert!(time(&json, "a.b").is_none());
    }
}
