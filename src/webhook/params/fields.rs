//! What a handler's parameter type asks for, read from the type itself: for `flowhook intents` and `flowhook check`.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::read::{ONE_OR_MANY, read};
use super::shape::{Shape, sample_of};
use crate::webhook::sys::Kind;

/// A parameter that a handler reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the agent.
    pub name: &'static str,
    /// What it must hold.
    pub shape: Shape,
    /// Whether the handler does without it: an `Option`, or a parameter with a default.
    pub optional: bool,
}

/// How deep a type is looked into. Types may hold themselves.
const DEEPEST: usize = 5;

/// The parameters that `P` reads; none when it is not a struct and so takes whatever comes.
#[must_use]
pub fn fields_of<P: DeserializeOwned>() -> Option<Vec<Field>> {
    let Shape::Object(mut fields) = shape_of::<P>() else {
        return None;
    };
    let sample = sample_of(&fields);
    if read::<P>(&sample).is_ok() {
        for field in fields.iter_mut().filter(|field| !field.optional) {
            let mut without = sample.clone();
            without.remove(field.name);
            field.optional = read::<P>(&without).is_ok();
        }
    }
    Some(fields)
}

/// What `P` reads. Members that `P` takes without knowing their names (`serde(flatten)`) cannot be told.
#[must_use]
pub fn shape_of<P: DeserializeOwned>() -> Shape {
    look::<P>(&mut Vec::new()).0
}

/// What stands at the end of the way into `P`, and whether it may be missing.
fn look<P: DeserializeOwned>(way: &mut Vec<usize>) -> (Shape, bool) {
    if way.len() > DEEPEST {
        return (Shape::Any, false);
    }
    let mut sight = Sight::default();
    let probe = Probe {
        way,
        sight: &mut sight,
    };
    // It never gives a value; what it was asked for is what we came for.
    let _ = P::deserialize(probe);
    let shape = match sight.seen {
        Seen::Value(shape) => shape,
        Seen::List => {
            way.push(0);
            let (each, _) = look::<P>(way);
            way.pop();
            Shape::List(Box::new(each))
        }
        Seen::Struct(names) => {
            let field = |(place, name): (usize, &&'static str)| {
                way.push(place);
                let (shape, optional) = look::<P>(way);
                way.pop();
                Field {
                    name,
                    shape,
                    optional,
                }
            };
            Shape::Object(names.iter().enumerate().map(field).collect())
        }
    };
    (shape, sight.optional)
}

/// What stands at the end of the way.
struct Sight {
    seen: Seen,
    optional: bool,
}

impl Default for Sight {
    fn default() -> Self {
        Self {
            seen: Seen::Value(Shape::Any),
            optional: false,
        }
    }
}

enum Seen {
    Value(Shape),
    List,
    Struct(&'static [&'static str]),
}

/// A deserializer that gives nothing, and notes what it was asked for at the end of a way.
struct Probe<'a> {
    /// The places of the members that lead there; in a list any number does.
    way: &'a [usize],
    sight: &'a mut Sight,
}

impl Probe<'_> {
    fn saw<T>(self, seen: Seen) -> Result<T, End> {
        if self.way.is_empty() {
            self.sight.seen = seen;
        }
        Err(End)
    }
}

/// The probe has seen what it came for.
#[derive(Debug)]
struct End;

impl fmt::Display for End {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the type was only probed")
    }
}

impl std::error::Error for End {}

impl Error for End {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

macro_rules! note {
    ($($method:ident)*: $shape:expr) => {
        $(
            fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, End> {
                self.saw(Seen::Value($shape))
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = End;

    note! { deserialize_any deserialize_ignored_any deserialize_unit deserialize_identifier: Shape::Any }
    note! { deserialize_bool: Shape::Bool }
    note! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128: Shape::Whole }
    note! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128: Shape::Whole }
    note! { deserialize_f32 deserialize_f64: Shape::Number }
    note! { deserialize_char deserialize_str deserialize_string: Shape::Text }
    note! { deserialize_bytes deserialize_byte_buf: Shape::Text }
    note! { deserialize_map: Shape::Members }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, End> {
        if self.way.is_empty() {
            self.sight.optional = true;
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, End> {
        if name == ONE_OR_MANY {
            return self.deserialize_seq(visitor);
        }
        match Kind::marked(name) {
            Some(kind) => self.saw(Seen::Value(Shape::system(kind))),
            None => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, End> {
        match self.way {
            [] => self.saw(Seen::Struct(names)),
            [place, way @ ..] => visitor.visit_map(Inside {
                name: names.get(*place).copied(),
                probe: Some(Probe {
                    way,
                    sight: self.sight,
                }),
            }),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, End> {
        match self.way {
            [] => self.saw(Seen::List),
            [_, way @ ..] => visitor.visit_seq(Inside {
                name: None,
                probe: Some(Probe {
                    way,
                    sight: self.sight,
                }),
            }),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, _: V) -> Result<V::Value, End> {
        self.saw(Seen::Value(Shape::Any))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, End> {
        self.saw(Seen::Value(Shape::List(Box::new(Shape::Any))))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, End> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, End> {
        self.saw(Seen::Value(Shape::OneOf(names)))
    }
}

/// Offers the one member, or the one element, that leads further.
struct Inside<'a> {
    name: Option<&'static str>,
    probe: Option<Probe<'a>>,
}

impl<'de> MapAccess<'de> for Inside<'_> {
    type Error = End;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, key: K) -> Result<Option<K::Value>, End> {
        let Some(name) = self.name.take() else {
            return Ok(None);
        };
        key.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, value: T) -> Result<T::Value, End> {
        value.deserialize(self.probe.take().ok_or(End)?)
    }
}

impl<'de> SeqAccess<'de> for Inside<'_> {
    type Error = End;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, element: T) -> Result<Option<T::Value>, End> {
        element.deserialize(self.probe.take().ok_or(End)?).map(Some)
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
        dishes: Vec<Dish>,
        #[serde(default)]
        outside: bool,
        size: Option<Size>,
        anything: serde_json::Value,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape is read")]
    struct Dish {
        name: String,
        price: Option<f64>,
        sides: Vec<Dish>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Size {
        Small,
        Large,
    }

    fn told(name: &'static str, shape: Shape, optional: bool) -> Field {
        Field {
            name,
            shape,
            optional,
        }
    }

    #[test]
    fn the_fields_of_a_struct_are_told_with_what_they_hold() {
        let fields = fields_of::<Party>().unwrap();
        assert_eq!(fields[0], told("guests", Shape::Whole, false));
        assert_eq!(fields[1], told("name", Shape::Text, true));
        assert_eq!(fields[4], told("size", Shape::OneOf(&["small", "large"]), true));
        assert_eq!(fields[5], told("anything", Shape::Any, false));
    }

    #[test]
    fn lists_and_objects_are_looked_into_even_when_they_hold_themselves() {
        let fields = fields_of::<Party>().unwrap();
        let Shape::List(each) = &fields[2].shape else {
            panic!("{:?}", fields[2])
        };
        let Shape::Object(dish) = &**each else {
            panic!("{each:?}")
        };
        assert_eq!(
            dish[..2],
            [
                told("name", Shape::Text, false),
                told("price", Shape::Number, true)
            ]
        );
        assert_eq!(
            fields[2].shape.to_string(),
            "a list, each an object with name, price, sides"
        );
    }

    #[test]
    fn a_field_with_a_default_is_optional() {
        assert_eq!(
            fields_of::<Party>().unwrap()[3],
            told("outside", Shape::Bool, true)
        );
    }

    #[test]
    fn a_map_takes_whatever_comes() {
        assert_eq!(fields_of::<crate::wire::Struct>(), None);
    }
}
