//! Reads a Struct into a type of the user's, with Dialogflow's habits in mind: numbers come as `2.0` or `"2"`, one value
//! may stand where a list is expected, and `""` or null means that nobody gave a value. No error quotes a value.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error, Expected, IntoDeserializer, Unexpected, Visitor};
use serde_json::Value;

use crate::wire::Struct;

/// Why a value does not fit, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The way to the value, as in `party.guests`; empty for the whole.
    pub path: String,
    /// Why it does not fit, without the value.
    pub reason: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return formatter.write_str(&self.reason);
        }
        write!(formatter, "`{}`: {}", self.path, self.reason)
    }
}

/// Reads the members of `given` as a `T`.
pub(crate) fn read<T: DeserializeOwned>(given: &Struct) -> Result<T, Misfit> {
    if let Ok(read) = T::deserialize(Members(given)) {
        return Ok(read);
    }
    // Once more, to learn where: the way there costs time that fitting values need not pay.
    serde_path_to_error::deserialize(Members(given)).map_err(|error| {
        let at = error.path().to_string();
        let at = if at == "." { String::new() } else { at };
        match error.into_inner() {
            Problem::NotGiven(name) => {
                let dot = if at.is_empty() { "" } else { "." };
                Misfit {
                    path: format!("{at}{dot}{name}"),
                    reason: "not given".into(),
                }
            }
            Problem::Other(reason) => Misfit { path: at, reason },
        }
    })
}

/// What a failed reading says; never a value.
#[derive(Debug)]
pub(super) enum Problem {
    NotGiven(&'static str),
    Other(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotGiven(name) => write!(formatter, "`{name}` is not given"),
            Self::Other(reason) => formatter.write_str(reason),
        }
    }
}

impl std::error::Error for Problem {}

impl Error for Problem {
    fn custom<T: fmt::Display>(_: T) -> Self {
        // The text is the type's own and may quote the value.
        Self::Other("the type that reads it refused it".into())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Other(format!(
            "expected {}, found {}",
            in_words(expected),
            kind_of(&unexpected)
        ))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Other(format!(
            "expected {expected}, found another {}",
            noun_of(&unexpected)
        ))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::Other(format!("expected {expected}, found {length} elements"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::Other(format!("expected one of {}", expected.join(", ")))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self::Other(format!("a member that is none of {}", expected.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::NotGiven(field)
    }
}

/// What a type expects, for people who do not speak Rust.
fn in_words(expected: &dyn Expected) -> String {
    match expected.to_string().as_str() {
        "u8" => format!("a whole number from 0 to {}", u8::MAX),
        "u16" => format!("a whole number from 0 to {}", u16::MAX),
        "u32" => format!("a whole number from 0 to {}", u32::MAX),
        "u64" | "u128" | "usize" => "a whole number from 0 up".to_owned(),
        "i8" => format!("a whole number from {} to {}", i8::MIN, i8::MAX),
        "i16" => format!("a whole number from {} to {}", i16::MIN, i16::MAX),
        "i32" => format!("a whole number from {} to {}", i32::MIN, i32::MAX),
        "a string" => "text".to_owned(),
        "a sequence" => "a list".to_owned(),
        other if other.starts_with("struct ") => "an object".to_owned(),
        other => other.to_owned(),
    }
}

fn kind_of(unexpected: &Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Unit | Unexpected::Option => "nothing".into(),
        Unexpected::Char(_) | Unexpected::Str(_) => "text".into(),
        Unexpected::Seq | Unexpected::Map | Unexpected::Other(_) => noun_of(unexpected).into(),
        _ => format!("a {}", noun_of(unexpected)),
    }
}

fn noun_of(unexpected: &Unexpected<'_>) -> &'static str {
    match unexpected {
        Unexpected::Bool(_) => "bool",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "number",
        Unexpected::Char(_) | Unexpected::Str(_) => "text",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        _ => "something else",
    }
}

/// The members of an object, without those that nobody gave.
struct Members<'a>(&'a Struct);

impl<'a> Members<'a> {
    fn given(&self) -> impl Iterator<Item = (&'a str, Given<'a>)> + use<'a> {
        let named = self.0.iter().map(|(name, value)| (name.as_str(), Given(value)));
        named.filter(|(_, value)| !value.is_absent())
    }
}

impl<'de> Deserializer<'de> for Members<'de> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_map(MapDeserializer::new(self.given()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_enum(MapAccessDeserializer::new(MapDeserializer::new(self.given())))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf seq tuple tuple_struct map
        struct identifier ignored_any
    }
}

/// One value.
#[derive(Clone, Copy)]
struct Given<'a>(&'a Value);

impl Given<'_> {
    fn is_absent(self) -> bool {
        matches!(self.0, Value::Null) || self.0.as_str().is_some_and(str::is_empty)
    }

    /// The number, also one that came as text.
    fn number(self) -> Option<f64> {
        match self.0 {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn unexpected(&self) -> Unexpected<'_> {
        match self.0 {
            Value::Null => Unexpected::Unit,
            Value::Bool(value) => Unexpected::Bool(*value),
            Value::Number(number) => Unexpected::Float(number.as_f64().unwrap_or_default()),
            Value::String(text) => Unexpected::Str(text),
            Value::Array(_) => Unexpected::Seq,
            Value::Object(_) => Unexpected::Map,
        }
    }

    /// Hands a whole number over as such, for `2.0` fits a `u8`.
    fn whole<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        if let Some(number) = self.0.as_i64() {
            return visitor.visit_i64(number);
        }
        match self.number() {
            #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
            Some(number) if number.fract() == 0.0 && number.abs() < 2f64.powi(63) => {
                visitor.visit_i64(number as i64)
            }
            Some(_) => Err(Problem::Other("expected a whole number, found a fraction".into())),
            None => Err(Problem::invalid_type(self.unexpected(), &"a whole number")),
        }
    }

    fn decimal<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.number() {
            Some(number) => visitor.visit_f64(number),
            None => Err(Problem::invalid_type(self.unexpected(), &"a number")),
        }
    }
}

impl<'de> IntoDeserializer<'de, Problem> for Given<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! read_as {
    ($($number:ident)*: $how:ident) => {
        $(
            fn $number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
                self.$how(visitor)
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Given<'de> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(whole), _) => visitor.visit_u64(whole),
                (_, Some(whole)) => visitor.visit_i64(whole),
                _ => self.decimal(visitor),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(list) => {
                let given = list.iter().map(Given).filter(|value| !value.is_absent());
                visitor.visit_seq(SeqDeserializer::new(given))
            }
            Value::Object(members) => Members(members).deserialize_any(visitor),
        }
    }

    read_as! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128: whole }
    read_as! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128: whole }
    read_as! { deserialize_f32 deserialize_f64: decimal }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.0.as_str() {
            Some("true") => visitor.visit_bool(true),
            Some("false") => visitor.visit_bool(false),
            _ => self.deserialize_any(visitor),
        }
    }

    /// One value where a list is expected is a list of one: whether a parameter is a list is a tick in the console.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.0 {
            Value::Array(_) => self.deserialize_any(visitor),
            _ => visitor.visit_seq(SeqDeserializer::new(std::iter::once(self))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.is_absent() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        match self.0 {
            Value::String(text) => visitor.visit_enum(StrDeserializer::new(text)),
            Value::Object(members) => Members(members).deserialize_enum(name, variants, visitor),
            _ => Err(Problem::invalid_type(self.unexpected(), &"a name")),
        }
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Party {
        guests: u8,
        name: Option<String>,
        #[serde(default)]
        dishes: Vec<String>,
        size: Option<Size>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Size {
        Small,
        Large,
    }

    fn party(json: Value) -> Result<Party, String> {
        read(json.as_object().unwrap()).map_err(|misfit| misfit.to_string())
    }

    #[test]
    fn numbers_come_as_doubles_or_as_text() {
        for guests in [json!(2), json!(2.0), json!("2"), json!("2.0")] {
            assert_eq!(party(json!({ "guests": guests })).unwrap().guests, 2);
        }
    }

    #[test]
    fn an_empty_string_or_null_is_not_given_at_any_depth() {
        let read = party(json!({"guests": 2.0, "name": "", "size": null, "dishes": ["", "soup"]}));
        let expected = Party {
            guests: 2,
            name: None,
            dishes: vec!["soup".into()],
            size: None,
        };
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn one_value_is_a_list_of_one() {
        let read = party(json!({"guests": 2.0, "dishes": "soup", "size": "large"})).unwrap();
        assert_eq!(
            (read.dishes, read.size),
            (vec!["soup".to_owned()], Some(Size::Large))
        );
    }

    #[test]
    fn a_misfit_names_the_place_and_never_the_value() {
        for (json, text) in [
            (json!({"guests": ""}), "`guests`: not given"),
            (json!({}), "`guests`: not given"),
            (
                json!({"guests": "secret"}),
                "`guests`: expected a whole number, found text",
            ),
            (
                json!({"guests": 2.5}),
                "`guests`: expected a whole number, found a fraction",
            ),
            (
                json!({"guests": 300}),
                "`guests`: expected a whole number from 0 to 255, found another number",
            ),
            (
                json!({"guests": 1, "name": {"secret": 1}}),
                "`name`: expected text, found an object",
            ),
            (
                json!({"guests": 1, "dishes": ["a", 2]}),
                "`dishes[1]`: expected text, found a number",
            ),
            (
                json!({"guests": 1, "size": "secret"}),
                "`size`: expected one of small, large",
            ),
        ] {
            assert_eq!(party(json).unwrap_err(), text);
        }
    }
}
