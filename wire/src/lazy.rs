//! A JSON object whose members are made when somebody asks for them. Dialogflow sends many that most handlers never look at: the
//! parameters of each active context, what the integration sent, diagnostics.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::Struct;
use super::field::{Field, Key};

/// How deep such an object may be nested. Google's parser stops at 100 levels, counted from the top of the message.
const MAX_DEPTH: usize = 100;

/// The longest run of digits in a number that surely fits a double, which goes up to 1.8e308.
const MAX_DIGITS: usize = 300;

/// serde_json takes the text in a member of this name for JSON, and the object around it for that, once [`RawValue`] is built in.
/// No caller may make use of it: what was checked would be read as something else.
const RESERVED: &str = "$serde_json::private::RawValue";

/// Refuses the one member name that is read in another way than it is checked.
pub(super) fn check_name<E: Error>(name: &str) -> Result<(), E> {
    if name == RESERVED {
        return Err(E::custom("a member has a reserved name, expected another name"));
    }
    Ok(())
}

/// A [`Struct`] that is read when it is first used. It is checked when it comes, so that reading it does not fail.
#[derive(Clone, Default)]
pub struct LazyStruct {
    /// What came, until it is read. None for one that was made here.
    came: Option<Box<RawValue>>,
    members: OnceLock<Struct>,
}

impl Deref for LazyStruct {
    type Target = Struct;

    fn deref(&self) -> &Struct {
        self.members.get_or_init(|| match &self.came {
            Some(came) => serde_json::from_str(came.get()).expect("it was checked when it came"),
            None => Struct::new(),
        })
    }
}

impl DerefMut for LazyStruct {
    fn deref_mut(&mut self) -> &mut Struct {
        let _ = self.deref();
        self.members.get_mut().expect("it was just read")
    }
}

impl From<Struct> for LazyStruct {
    fn from(members: Struct) -> Self {
        Self {
            came: None,
            members: members.into(),
        }
    }
}

impl From<LazyStruct> for Struct {
    fn from(mut lazy: LazyStruct) -> Self {
        std::mem::take(&mut *lazy)
    }
}

impl PartialEq for LazyStruct {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Serialize for LazyStruct {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(json)
    }
}

impl<'de> Deserialize<'de> for LazyStruct {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let came = Box::<RawValue>::deserialize(json)?;
        if !came.get().starts_with('{') {
            return Err(D::Error::invalid_type(Unexpected::Other("no object"), &"a map"));
        }
        if !is_plain(came.get()) {
            Checked(MAX_DEPTH)
                .deserialize(&mut serde_json::Deserializer::from_str(came.get()))
                .map_err(|_| {
                    D::Error::custom(
                        "an object cannot be read, expected JSON nested 100 levels at most, and no reserved names",
                    )
                })?;
        }
        Ok(Self {
            came: Some(came),
            members: OnceLock::new(),
        })
    }
}

impl Field for LazyStruct {
    fn read<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        Self::deserialize(json)
    }

    fn is_default(&self) -> bool {
        self.is_empty()
    }
}

/// Whether the bytes alone show that this JSON can be read, as those of most objects do: nothing in it is escaped, no text begins
/// as [`RESERVED`] does, no number is so long or has an exponent, and no more is opened than may be nested.
fn is_plain(json: &str) -> bool {
    let (mut opened, mut digits, mut before) = (0, 0, 0);
    for byte in json.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'\\' => return false,
            b'$' if before == b'"' => return false,
            b'e' | b'E' if digits > 0 => return false,
            b'{' | b'[' => (opened, digits) = (opened + 1, 0),
            _ => digits = 0,
        }
        before = byte;
        if digits > MAX_DIGITS {
            return false;
        }
    }
    opened <= MAX_DEPTH
}

/// Looks at everything in a value as reading it would, and keeps nothing. So many levels may be in it.
struct Checked(usize);

impl<'de> DeserializeSeed<'de> for Checked {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl Checked {
    fn inner<E: Error>(&self) -> Result<usize, E> {
        self.0.checked_sub(1).ok_or_else(|| E::custom("nested too deep"))
    }
}

impl<'de> Visitor<'de> for Checked {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        while elements.next_element_seed(Checked(inner))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        // A name is checked as it is read.
        while members.next_key::<Key<'de>>()?.is_some() {
            members.next_value_seed(Checked(inner))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::{RequestError, WebhookRequest};

    fn with(parameters: &str) -> Result<WebhookRequest, RequestError> {
        let body = format!(r#"{{"session": "s", "queryResult": {{"parameters": {parameters}}}}}"#);
        WebhookRequest::parse(body.as_bytes())
    }

    fn nested(levels: usize) -> String {
        format!(r#"{{"a": {}{}}}"#, "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn what_could_not_be_read_later_is_refused_when_it_comes() {
        for broken in [
            r#"{"a": "\ud800"}"#,
            r#"{"\udc00x": 1}"#,
            r#"{"a": 1e999}"#,
            r#"{"a": [-1E999]}"#,
            &format!(r#"{{"a": {}}}"#, "9".repeat(400)),
            r#"{"a": "\q"}"#,
            r#"{"a" 1}"#,
            &nested(200),
        ] {
            let error = with(broken).unwrap_err();
            assert!(matches!(error, RequestError::NotJson { .. }), "{broken}: {error}");
        }
        // What only looks like it is read.
        for whole in [
            r#"{"2e9": "5e999 $", "b": "$"}"#,
            r#"{"a": 1e9, "b": "\\"}"#,
            &nested(98),
        ] {
            with(whole).unwrap_or_else(|error| panic!("{whole}: {error}"));
        }
        for no_object in ["[]", "\"a\"", "1", "true"] {
            let error = with(no_object).unwrap_err().to_string();
            assert!(
                error.starts_with("`queryResult.parameters`: expected a map, at line 1"),
                "{error}"
            );
        }
        let error = with(&nested(110)).unwrap_err().to_string();
        assert!(
            error.contains("expected JSON nested 100 levels at most"),
            "{error}"
        );
    }

    #[test]
    fn no_name_makes_what_was_checked_be_read_as_something_else() {
        let hostile = r#"{"$serde_json::private::RawValue": "no JSON"}"#;
        let escaped = r#"{"\u0024serde_json::private::RawValue": "no JSON"}"#;
        for object in [hostile, escaped] {
            assert!(with(object).is_err());
            assert!(with(&format!(r#"{{"a": [{object}]}}"#)).is_err());
            let member = object.trim_matches(['{', '}']);
            for body in [
                format!(r#"{{{member}, "session": "s", "queryResult": {{}}}}"#),
                format!(r#"{{"session": "s", "queryResult": {object}}}"#),
                format!(
                    r#"{{"session": "s", "queryResult": {{"fulfillmentMessages": [{{"payload": {object}}}]}}}}"#
                ),
                format!(r#"{{"session": "s", "queryResult": {{}}, "unknown": {object}}}"#),
            ] {
                assert!(WebhookRequest::parse(body.as_bytes()).is_err(), "{body}");
            }
        }
        // In an object that nobody here knows it stands for what its text says, each time alike.
        let known =
            r#"{"session": "s", "queryResult": {}, "unknown": {"$serde_json::private::RawValue": "[1]"}}"#;
        assert_eq!(
            WebhookRequest::parse(known.as_bytes()).unwrap().other["unknown"][0],
            1
        );
        let whole: serde_json::Value = serde_json::from_str(known).unwrap();
        assert_eq!(whole["unknown"][0], 1);
    }

    #[test]
    fn what_comes_is_what_is_read_and_what_is_changed_is_written() {
        let text = r#"{"a":1.5,"b":[{"c":"ö\n"}],"d":null}"#;
        let mut query = with(text).unwrap().query_result.unwrap();
        let untouched = query.clone();
        let parameters = query.parameters.as_mut().unwrap();
        assert_eq!(parameters["b"][0]["c"], "ö\n");
        assert_eq!(serde_json::to_string(parameters).unwrap(), text);
        assert_eq!(query, untouched);
        query.parameters.as_mut().unwrap().remove("b");
        assert_eq!(
            serde_json::to_string(&query.parameters).unwrap(),
            r#"{"a":1.5,"d":null}"#
        );
        assert_ne!(query, untouched);
        assert!(with("null").unwrap().query_result.unwrap().parameters.is_none());
        with(&nested(99))
            .unwrap()
            .query_result
            .unwrap()
            .parameters
            .unwrap()
            .len();
    }
}
