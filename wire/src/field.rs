//! How one value of a message is read, skipped when it says nothing, and pruned.
//!
//! Source of the reading rules: the protobuf-JSON mapping and what Google's own parsers accept.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Struct;
use super::lazy::check_name;
use super::prune::{Cut, Path};

/// A value of a message's field.
pub(crate) trait Field: Default + Serialize {
    /// Reads a value that is not null.
    fn read<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error>;

    /// Whether protobuf-JSON would leave the value out.
    fn is_default(&self) -> bool;

    /// Takes out what an API version does not know. False: the value itself cannot stand, take it out as a whole.
    fn prune(&mut self, _: &Path<'_>, _: &mut Cut) -> bool {
        true
    }
}

impl Field for String {
    fn read<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        Self::deserialize(json)
    }

    fn is_default(&self) -> bool {
        self.is_empty()
    }
}

impl Field for bool {
    fn read<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        Self::deserialize(json)
    }

    fn is_default(&self) -> bool {
        !*self
    }
}

impl Field for i32 {
    fn read<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let number = json.deserialize_any(Number)?;
        if number.fract() == 0.0 && (f64::from(Self::MIN)..=f64::from(Self::MAX)).contains(&number) {
            // Whole and in range, so nothing is lost.
            #[expect(clippy::cast_possible_truncation, reason = "checked on the line above")]
            return Ok(number as Self);
        }
        Err(D::Error::invalid_value(
            Unexpected::Float(number),
            &"a whole number of 32 bits",
        ))
    }

    fn is_default(&self) -> bool {
        *self == 0
    }
}

impl Field for f64 {
    fn read<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(Number)
    }

    fn is_default(&self) -> bool {
        *self == 0.0
    }
}

impl Field for Struct {
    fn read<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let members = Self::deserialize(json)?;
        members.keys().try_for_each(|name| check_name(name))?;
        Ok(members)
    }

    fn is_default(&self) -> bool {
        self.is_empty()
    }
}

impl Field for Value {
    fn read<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        Self::deserialize(json)
    }

    fn is_default(&self) -> bool {
        self.is_null()
    }
}

impl<T: Field> Field for Option<T> {
    fn read<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        T::read(json).map(Some)
    }

    fn is_default(&self) -> bool {
        self.is_none()
    }

    fn prune(&mut self, path: &Path<'_>, cut: &mut Cut) -> bool {
        self.as_mut().is_none_or(|value| value.prune(path, cut))
    }
}

impl<T: Field> Field for Box<T> {
    fn read<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        T::read(json).map(Self::new)
    }

    fn is_default(&self) -> bool {
        (**self).is_default()
    }

    fn prune(&mut self, path: &Path<'_>, cut: &mut Cut) -> bool {
        (**self).prune(path, cut)
    }
}

impl<T: Field> Field for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_seq(List(PhantomData))
    }

    fn is_default(&self) -> bool {
        self.is_empty()
    }

    fn prune(&mut self, path: &Path<'_>, cut: &mut Cut) -> bool {
        let mut index = 0;
        self.retain_mut(|element| {
            let stands = element.prune(&path.element(index), cut);
            index += 1;
            stands
        });
        true
    }
}

/// Reads a list, whose elements protobuf-JSON does not let be null.
struct List<T>(PhantomData<T>);

impl<'de, T: Field> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(Present(PhantomData))? {
            list.push(element);
        }
        Ok(list)
    }
}

/// Reads a value that may not be null.
struct Present<T>(PhantomData<T>);

impl<'de, T: Field> DeserializeSeed<'de> for Present<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<T, D::Error> {
        T::read(json)
    }
}

/// Reads a field's value; null is absence.
pub(crate) struct OrAbsent<T>(PhantomData<T>);

impl<T> OrAbsent<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Field> DeserializeSeed<'de> for OrAbsent<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<T>, D::Error> {
        json.deserialize_option(self)
    }
}

impl<'de, T: Field> Visitor<'de> for OrAbsent<T> {
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value or null")
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, json: D) -> Result<Option<T>, D::Error> {
        T::read(json).map(Some)
    }
}

/// A member name, borrowed where the JSON has no escapes in it.
pub(crate) struct Key<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        match json.deserialize_str(Word)? {
            NameOrNumber::Name(name) => {
                check_name(&name)?;
                Ok(Self(name))
            }
            NameOrNumber::Number(_) => Err(D::Error::custom("a member name is a string")),
        }
    }
}

/// An enum's value as it stands in JSON.
pub(crate) enum NameOrNumber<'de> {
    Name(Cow<'de, str>),
    Number(i32),
}

impl<'de> Deserialize<'de> for NameOrNumber<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(Word)
    }
}

/// Reads a string, or a number as `i32` reads it.
struct Word;

impl<'de> Visitor<'de> for Word {
    type Value = NameOrNumber<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name or a number")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(NameOrNumber::Name(Cow::Borrowed(name)))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(NameOrNumber::Name(Cow::Owned(name.to_owned())))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        let json = serde::de::value::F64Deserializer::<E>::new(number);
        i32::read(json).map(NameOrNumber::Number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        let json = serde::de::value::I64Deserializer::<E>::new(number);
        i32::read(json).map(NameOrNumber::Number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        let json = serde::de::value::U64Deserializer::<E>::new(number);
        i32::read(json).map(NameOrNumber::Number)
    }
}

/// Reads a number, also one written as a string.
struct Number;

#[expect(
    clippy::cast_precision_loss,
    reason = "protobuf floats are doubles at most, and 32-bit integers fit a double exactly"
)]
impl Visitor<'_> for Number {
    type Value = f64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
        Ok(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
        text.parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .ok_or_else(|| E::invalid_value(Unexpected::Str(text), &"a number"))
    }
}
