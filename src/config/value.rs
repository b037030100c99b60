//! Values as people write them: durations as `5s`, lists with commas, switches as `true`. The environment has only text,
//! so each of them is also read from text.

use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Unexpected, Visitor};

/// A time such as `5s` or `500ms`.
pub(super) fn duration<'de, D: Deserializer<'de>>(value: D) -> Result<Duration, D::Error> {
    value.deserialize_any(Time)
}

struct Time;

impl Visitor<'_> for Time {
    type Value = Duration;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a time such as `5s`, `500ms` or `1m 30s`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
        let parsed = text
            .parse::<jiff::SignedDuration>()
            .ok()
            .and_then(|time| time.try_into().ok());
        parsed.ok_or_else(|| E::invalid_value(Unexpected::Str("it"), &self))
    }
}

/// A whole number, also written as text.
pub(super) fn number<'de, D: Deserializer<'de>, N: FromStr + TryFrom<i64>>(value: D) -> Result<N, D::Error> {
    value.deserialize_any(Number(PhantomData))
}

struct Number<N>(PhantomData<N>);

impl<N: FromStr + TryFrom<i64>> Visitor<'_> for Number<N> {
    type Value = N;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a whole number from 0 up")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<N, E> {
        N::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(0), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<N, E> {
        text.trim()
            .parse()
            .map_err(|_| E::invalid_value(Unexpected::Str("it"), &self))
    }
}

/// `true` or `false`, also written as text.
pub(super) fn switch<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    value.deserialize_any(Switch)
}

struct Switch;

impl Visitor<'_> for Switch {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`true` or `false`")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        text.trim()
            .parse()
            .map_err(|_| E::invalid_value(Unexpected::Str("it"), &self))
    }
}

/// A list of texts, also written as one text with commas in it.
pub(super) fn list<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<String>, D::Error> {
    value.deserialize_any(List)
}

struct List;

impl<'de> Visitor<'de> for List {
    type Value = Vec<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of texts")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<String>, E> {
        let parts = text.split(',').map(|part| part.trim().to_owned());
        Ok(parts.filter(|part| !part.is_empty()).collect())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<String>, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(list)
    }
}

/// A path, `""` being none.
pub(super) fn path<'de, D: Deserializer<'de>>(value: D) -> Result<Option<PathBuf>, D::Error> {
    let path = PathBuf::deserialize(value)?;
    Ok((!path.as_os_str().is_empty()).then_some(path))
}

/// Whether HTTP allows the name for a header (RFC 9110, `token`).
pub(super) fn is_header_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// A name out of a few, `""` being the default.
pub(super) fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    value.deserialize_any(Named(PhantomData))
}

struct Named<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Named<T> {
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Option<T>, E> {
        if name.is_empty() {
            return Ok(None);
        }
        T::deserialize(serde::de::value::StrDeserializer::<E>::new(name)).map(Some)
    }
}
