//! Reads a Struct into a type of the user's, with Dialogflow's habits in mind: numbers come as `2.0` or `"2"`, one value
//! may stand where a list is expected, and `""` or null means that nobody gave a value. No error quotes a value.

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::Value;

use super::misfit::{Misfit, Step};
use crate::wire::Struct;

/// By this name a reader knows the type that takes a list, or one value in its place.
pub(in crate::webhook) const ONE_OR_MANY: &str = "flowhook::sys::OneOrMany";

/// Reads the members of `given` as a `T`.
pub(crate) fn read<T: DeserializeOwned>(given: &Struct) -> Result<T, Misfit> {
    T::deserialize(Members(given))
}

/// Reads one value as a `T`.
pub(in crate::webhook) fn read_value<T: DeserializeOwned>(given: &Value) -> Result<T, Misfit> {
    T::deserialize(Given(given))
}

/// The members of an object, without those that nobody gave.
struct Members<'a>(&'a Struct);

impl<'a> Members<'a> {
    /// The members, of which the type that reads them knows these by name.
    fn known(
        &self,
        fields: &'static [&'static str],
    ) -> Entries<'a, impl Iterator<Item = (&'a str, Given<'a>)> + use<'a>> {
        let named = self.0.iter().map(|(name, value)| (name.as_str(), Given(value)));
        Entries {
            left: named.filter(|(_, value)| !value.is_absent()),
            next: None,
            fields,
        }
    }
}

/// Hands members over, and notes in which of them a reading fails.
struct Entries<'a, I> {
    left: I,
    next: Option<(&'a str, Given<'a>)>,
    fields: &'static [&'static str],
}

impl<'de, I: Iterator<Item = (&'de str, Given<'de>)>> MapAccess<'de> for Entries<'de, I> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, key: K) -> Result<Option<K::Value>, Misfit> {
        self.next = self.left.next();
        let Some((name, _)) = self.next else {
            return Ok(None);
        };
        key.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, value: T) -> Result<T::Value, Misfit> {
        let (name, given) = self.next.take().expect("a value is asked for after its name");
        let step = || {
            self.fields
                .iter()
                .find(|field| **field == name)
                .map_or(Step::Member, |field| Step::Field(field))
        };
        value
            .deserialize(given)
            .map_err(|misfit: Misfit| misfit.within(step()))
    }
}

/// Hands the elements of a list over that somebody gave, and notes in which of them a reading fails.
struct Elements<I>(I);

impl<'de, I: Iterator<Item = (usize, Given<'de>)>> SeqAccess<'de> for Elements<I> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, element: T) -> Result<Option<T::Value>, Misfit> {
        let Some((place, given)) = self.0.find(|(_, given)| !given.is_absent()) else {
            return Ok(None);
        };
        element
            .deserialize(given)
            .map(Some)
            .map_err(|misfit: Misfit| misfit.within(Step::Element(place)))
    }
}

impl<'de> Deserializer<'de> for Members<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_map(self.known(&[]))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_map(self.known(fields))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_enum(MapAccessDeserializer::new(self.known(&[])))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf seq tuple tuple_struct map
        identifier ignored_any
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
            Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
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
    fn whole<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        // As digits first: a float has not room for all of an order's number.
        let digits = self.0.as_str().map(str::trim);
        if let Some(number) = digits.map_or_else(|| self.0.as_i64(), |digits| digits.parse().ok()) {
            return visitor.visit_i64(number);
        }
        if let Some(number) = digits.map_or_else(|| self.0.as_u64(), |digits| digits.parse().ok()) {
            return visitor.visit_u64(number);
        }
        match self.number() {
            Some(number) if number.fract() != 0.0 => Err(Misfit::fraction()),
            #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
            Some(number) if number.abs() < 2f64.powi(63) => visitor.visit_i64(number as i64),
            Some(_) => Err(Misfit::too_large()),
            None => Err(Misfit::invalid_type(self.unexpected(), &"a whole number")),
        }
    }

    fn decimal<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.number() {
            Some(number) => visitor.visit_f64(number),
            None => Err(Misfit::invalid_type(self.unexpected(), &"a number")),
        }
    }
}

macro_rules! read_as {
    ($($number:ident)*: $how:ident) => {
        $(
            fn $number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
                self.$how(visitor)
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Given<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(whole), _) => visitor.visit_u64(whole),
                (_, Some(whole)) => visitor.visit_i64(whole),
                _ => self.decimal(visitor),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(list) => visitor.visit_seq(Elements(list.iter().map(Given).enumerate())),
            Value::Object(members) => Members(members).deserialize_any(visitor),
        }
    }

    read_as! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128: whole }
    read_as! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128: whole }
    read_as! { deserialize_f32 deserialize_f64: decimal }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0.as_str() {
            Some("true") => visitor.visit_bool(true),
            Some("false") => visitor.visit_bool(false),
            _ => self.deserialize_any(visitor),
        }
    }

    /// One value where a list is expected is a list of one: whether a parameter is a list is a tick in the console.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Array(_) => self.deserialize_any(visitor),
            _ => visitor.visit_seq(Elements(std::iter::once((0, self)))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if super::is_not_given(self.0) && !self.0.is_array() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        if name == ONE_OR_MANY {
            return self.deserialize_seq(visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Object(members) => Members(members).deserialize_struct(name, fields, visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::String(text) => visitor.visit_enum(StrDeserializer::new(text)),
            Value::Object(members) => Members(members).deserialize_enum(name, variants, visitor),
            _ => Err(Misfit::invalid_type(self.unexpected(), &"a name")),
        }
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct tuple tuple_struct map identifier ignored_any
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
    fn a_large_number_keeps_every_digit_or_is_told_to_be_too_large() {
        #[derive(Debug, Deserialize)]
        struct Order {
            number: u64,
        }
        let number = |json: Value| {
            let read = read::<Order>(json!({ "number": json }).as_object().unwrap());
            read.map(|order| order.number)
                .map_err(|misfit| misfit.to_string())
        };
        for large in [9_007_199_254_740_993, u64::MAX] {
            assert_eq!(number(json!(large)), Ok(large));
            assert_eq!(number(json!(large.to_string())), Ok(large));
        }
        for larger in [json!(1e30), json!("1e30"), json!("18446744073709551616")] {
            let error = number(larger).unwrap_err();
            assert_eq!(
                error,
                "`number`: expected a whole number, found one of more than 64 bits"
            );
        }
        for odd in ["NaN", "inf", "1e999", "0x10", "١٢"] {
            let error = number(json!(odd)).unwrap_err();
            assert_eq!(error, "`number`: expected a whole number, found text");
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
