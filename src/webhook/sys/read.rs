//! How the types of this module are read: from Dialogflow's JSON through whichever deserializer hands it over.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::Value;

use super::Kind;
use crate::webhook::params::is_not_given;
use crate::wire::Struct;

/// A type of this module.
pub(super) trait Readable: Sized {
    const KIND: &'static Kind;

    /// Reads it from what came.
    fn read(came: &Value) -> Result<Self, Misread>;

    /// As Dialogflow would send it, so that it can be remembered in a context.
    fn json(&self) -> Value;
}

/// Something came that is not what the type reads. The text says what was expected and what kind of thing came, never the
/// value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub(super) struct Misread {
    pub(super) expected: &'static str,
    pub(super) found: &'static str,
}

/// What a reading may find in place of what it expects. A closed list: nothing of a user's can be in it.
pub(in crate::webhook) const FOUND: [&str; 10] = [
    "nothing",
    "a bool",
    "a number",
    "a fraction",
    "a number too large",
    "text",
    "other text",
    "a list",
    "an object",
    "an object with other members",
];

impl Misread {
    /// Something of another kind came.
    pub(super) fn kind<T: Readable>(came: &Value) -> Self {
        let found = match came {
            Value::Null => "nothing",
            Value::Bool(_) => "a bool",
            Value::Number(_) => "a number",
            Value::String(_) => "text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Self::found::<T>(found)
    }

    /// Text came, or an object, that does not hold what it should.
    pub(super) fn content<T: Readable>(came: &Value) -> Self {
        match came {
            Value::String(_) => Self::found::<T>("other text"),
            Value::Object(_) => Self::found::<T>("an object with other members"),
            _ => Self::kind::<T>(came),
        }
    }

    pub(super) fn found<T: Readable>(found: &'static str) -> Self {
        debug_assert!(FOUND.contains(&found), "{found} is not in the list");
        Self {
            expected: T::KIND.expects,
            found,
        }
    }
}

/// The text of a member, none where nobody gave it. Numbers are taken as they are written.
pub(super) fn text_of(members: &Struct, name: &str) -> Option<String> {
    match members.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

pub(super) fn deserialize<'de, T: Readable, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    // By the name our own reader knows that the type is one of ours; others ignore it.
    deserializer.deserialize_newtype_struct(T::KIND.mark, Reading(PhantomData))
}

struct Reading<T>(PhantomData<T>);

impl<'de, T: Readable> Visitor<'de> for Reading<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(T::KIND.expects)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, came: D) -> Result<T, D::Error> {
        let came = Value::deserialize(came)?;
        let is_empty = came.as_object().is_some_and(Struct::is_empty);
        let read = if is_empty || is_not_given(&came) {
            Err(Misread::found::<T>("nothing"))
        } else {
            T::read(&came)
        };
        read.map_err(|Misread { expected, found }| {
            D::Error::invalid_type(Unexpected::Other(found), &expected)
        })
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        self.visit_newtype_struct(().into_deserializer())
    }

    fn visit_bool<E: Error>(self, came: bool) -> Result<T, E> {
        self.visit_newtype_struct(came.into_deserializer())
    }

    fn visit_i64<E: Error>(self, came: i64) -> Result<T, E> {
        self.visit_newtype_struct(came.into_deserializer())
    }

    fn visit_u64<E: Error>(self, came: u64) -> Result<T, E> {
        self.visit_newtype_struct(came.into_deserializer())
    }

    fn visit_f64<E: Error>(self, came: f64) -> Result<T, E> {
        self.visit_newtype_struct(came.into_deserializer())
    }

    fn visit_str<E: Error>(self, came: &str) -> Result<T, E> {
        self.visit_newtype_struct(came.into_deserializer())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, came: A) -> Result<T, A::Error> {
        self.visit_newtype_struct(SeqAccessDeserializer::new(came))
    }

    fn visit_map<A: MapAccess<'de>>(self, came: A) -> Result<T, A::Error> {
        self.visit_newtype_struct(MapAccessDeserializer::new(came))
    }
}

/// Lets serde read and write the types, and keeps what they hold out of what is printed for debugging.
macro_rules! readable {
    ($($type:ident),*) => {
        $(
            impl<'de> serde::Deserialize<'de> for $type {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    $crate::webhook::sys::read::deserialize(deserializer)
                }
            }

            impl serde::Serialize for $type {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    $crate::webhook::sys::read::Readable::json(self).serialize(serializer)
                }
            }

            /// Without what the user said.
            impl std::fmt::Debug for $type {
                fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    formatter.debug_struct(stringify!($type)).finish_non_exhaustive()
                }
            }
        )*
    };
}

pub(super) use readable;
