//! What a handler's parameter type asks for, read from the type itself: for `flowhook intents`.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

/// A parameter that a handler reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the agent.
    pub name: &'static str,
    /// What it must hold: `a whole number`, `text`, ...
    pub holds: &'static str,
    /// Whether the handler does without it.
    pub optional: bool,
}

/// The parameters that `P` reads; none when it is not a struct and so takes whatever comes.
#[must_use]
pub fn fields_of<P: DeserializeOwned>() -> Option<Vec<Field>> {
    let mut probe = Probe {
        names: None,
        asked: 0,
        holds: "",
        optional: false,
    };
    let _ = P::deserialize(&mut probe);
    let names = probe.names?;
    let describe = |(asked, name): (usize, &&'static str)| {
        let mut probe = Probe {
            names: None,
            asked,
            holds: "any value",
            optional: false,
        };
        let _ = P::deserialize(&mut probe);
        Field {
            name,
            holds: probe.holds,
            optional: probe.optional,
        }
    };
    Some(names.iter().enumerate().map(describe).collect())
}

/// A deserializer that gives nothing and notes what it was asked for.
struct Probe {
    names: Option<&'static [&'static str]>,
    asked: usize,
    holds: &'static str,
    optional: bool,
}

/// The probe has seen what it came for.
#[derive(Debug)]
struct Seen;

impl fmt::Display for Seen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the type was only probed")
    }
}

impl std::error::Error for Seen {}

impl Error for Seen {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for &mut Probe {
    type Error = Seen;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Seen> {
        Err(Seen)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Seen> {
        self.names = Some(names);
        visitor.visit_map(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Offers the one member that is asked for.
impl<'de> MapAccess<'de> for &mut Probe {
    type Error = Seen;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, key: K) -> Result<Option<K::Value>, Seen> {
        let Some(name) = self.names.and_then(|names| names.get(self.asked)) else {
            return Ok(None);
        };
        key.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, value: T) -> Result<T::Value, Seen> {
        value.deserialize(Member(self))
    }
}

/// The value of that member: notes as what it is read.
struct Member<'a>(&'a mut Probe);

macro_rules! note {
    ($($method:ident)*: $holds:literal) => {
        $(
            fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Seen> {
                self.0.holds = $holds;
                Err(Seen)
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Member<'_> {
    type Error = Seen;

    note! { deserialize_any deserialize_ignored_any deserialize_unit deserialize_identifier: "any value" }
    note! { deserialize_bool: "true or false" }
    note! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128: "a whole number" }
    note! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128: "a whole number" }
    note! { deserialize_f32 deserialize_f64: "a number" }
    note! { deserialize_char deserialize_str deserialize_string: "text" }
    note! { deserialize_bytes deserialize_byte_buf: "text" }
    note! { deserialize_seq: "a list" }
    note! { deserialize_map: "an object" }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Seen> {
        self.0.optional = true;
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Seen> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Seen> {
        self.0.holds = "an object";
        Err(Seen)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, _: V) -> Result<V::Value, Seen> {
        Err(Seen)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Seen> {
        self.0.holds = "a list";
        Err(Seen)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        _: V,
    ) -> Result<V::Value, Seen> {
        self.0.holds = "a list";
        Err(Seen)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Seen> {
        self.0.holds = "one of a few names";
        Err(Seen)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape is read")]
    struct Party {
        guests: u8,
        name: Option<String>,
        dishes: Vec<String>,
    }

    #[test]
    fn the_fields_of_a_struct_are_told_with_what_they_hold() {
        let told = |name, holds, optional| Field {
            name,
            holds,
            optional,
        };
        assert_eq!(
            fields_of::<Party>().unwrap(),
            [
                told("guests", "a whole number", false),
                told("name", "text", true),
                told("dishes", "a list", false),
            ]
        );
    }

    #[test]
    fn a_map_takes_whatever_comes() {
        assert_eq!(fields_of::<crate::wire::Struct>(), None);
    }
}
