//! A list that may come as one value.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, SeqAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::webhook::params::{ONE_OR_MANY, read_value};

/// A list parameter. Whether one value comes as a list of one or by itself is a tick in the console; both are read, and a
/// parameter that nobody filled or that is missing is an empty list.
///
/// `Vec<T>` does as well in a handler's parameters, but for one that may be missing altogether.
///
/// ```
/// use flowhook::sys::OneOrMany;
///
/// let many: OneOrMany<u8> = serde_json::from_str("[1.0, 2.0]")?;
/// let one: OneOrMany<u8> = serde_json::from_str("1.0")?;
/// let none: OneOrMany<u8> = serde_json::from_str(r#""""#)?;
/// assert_eq!((&many[..], &one[..], &none[..]), (&[1, 2][..], &[1][..], &[][..]));
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T> Deref for OneOrMany<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> IntoIterator for OneOrMany<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a OneOrMany<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Serialize> Serialize for OneOrMany<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Without what the user said.
impl<T> fmt::Debug for OneOrMany<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "OneOrMany of {}", self.0.len())
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As an option, for then a member that is missing counts as none.
        deserializer.deserialize_option(Reading(PhantomData)).map(Self)
    }
}

struct Reading<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for Reading<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list, or one of its elements")
    }

    fn visit_none<E: Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_unit<E: Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_some<D: Deserializer<'de>>(self, came: D) -> Result<Vec<T>, D::Error> {
        // Our own reader knows the name, and hands elements over; others hand over what came.
        came.deserialize_newtype_struct(ONE_OR_MANY, self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(list)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, came: D) -> Result<Vec<T>, D::Error> {
        let came = Value::deserialize(came)?;
        read_value(&came).map_err(D::Error::custom)
    }
}
