//! What a type reads, as data: so that a table can be checked against an agent's entities.

use std::fmt;

use serde_json::{Map, Value};

use super::Field;
use crate::webhook::sys::{Entity, Form, Kind};

/// What a type reads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// Whatever comes, or what cannot be told from the type.
    Any,
    /// Text.
    Text,
    /// A number without a fraction.
    Whole,
    /// A number.
    Number,
    /// True or false.
    Bool,
    /// A list, or one value in its place.
    List(Box<Shape>),
    /// An object with these members.
    Object(Vec<Field>),
    /// An object with any members.
    Members,
    /// One of these names.
    OneOf(&'static [&'static str]),
    /// A type of [`sys`](crate::sys), by its name there: `Date`.
    System(&'static str),
}

impl Shape {
    pub(super) fn system(kind: &Kind) -> Self {
        Self::System(kind.name)
    }

    /// Whether the values of an entity fit, by the entity's name in the agent (`@sys.date` or `sys.date`), and whether the
    /// parameter is a list there. Entities that only the agent knows fit wherever one of theirs could: their entries tell more.
    ///
    /// ```
    /// use flowhook::webhook::params::Shape;
    ///
    /// assert!(Shape::Whole.takes("@sys.number", false).is_ok());
    /// let why = Shape::Whole.takes("@sys.date", false).unwrap_err();
    /// assert_eq!(why.to_string(), "`@sys.date` comes as text, the handler reads a whole number; `sys::Date` reads it");
    /// ```
    ///
    /// # Errors
    ///
    /// Why it does not fit, and what would.
    pub fn takes(&self, entity: &str, is_list: bool) -> Result<(), Unfit> {
        match self {
            Self::Any => return Ok(()),
            Self::List(each) => return each.takes(entity, false),
            _ if is_list => {
                return Err(Unfit(format!(
                    "the parameter is a list in the agent, the handler reads {self}; `Vec<..>` reads a list"
                )));
            }
            _ => {}
        }
        match Entity::named(entity) {
            Some(known) if self.takes_values_of(known) => Ok(()),
            Some(known) => Err(self.unfit_for(known)),
            // Nothing is known of its values but what its entries say.
            None => Ok(()),
        }
    }

    fn takes_values_of(&self, entity: &Entity) -> bool {
        match (self, entity.comes_as) {
            (_, Form::Nothing) => false,
            (Self::System(name), _) => entity.types().any(|known| known == *name),
            (Self::Text | Self::OneOf(_), form) => form == Form::Text,
            (Self::Whole | Self::Number, Form::Number) => true,
            (Self::Whole | Self::Number, _) => entity.name == "sys.number-sequence",
            (Self::Object(fields), Form::Object(members)) => {
                let is_there = |field: &Field| field.optional || members.contains(&field.name);
                fields.iter().all(is_there)
            }
            (Self::Members, form) => matches!(form, Form::Object(_)),
            (Self::Bool | Self::Object(_), _) => false,
            (Self::Any | Self::List(_), _) => true,
        }
    }

    fn unfit_for(&self, entity: &Entity) -> Unfit {
        let Entity { name, comes_as, .. } = entity;
        let mend = match (entity.types().next(), comes_as) {
            (_, Form::Nothing) => "take the parameter out".to_owned(),
            (Some(kind), _) => format!("`sys::{kind}` reads it"),
            (None, _) => "`String` reads it".to_owned(),
        };
        Unfit(format!(
            "`@{name}` comes as {comes_as}, the handler reads {self}; {mend}"
        ))
    }

    /// A value that the type may read.
    pub(super) fn sample(&self) -> Value {
        match self {
            Self::Any | Self::Text => "1".into(),
            Self::Whole | Self::Number => 1.into(),
            Self::Bool => true.into(),
            Self::List(_) => Vec::<Value>::new().into(),
            Self::Object(fields) => sample_of(fields).into(),
            Self::Members => Map::new().into(),
            Self::OneOf(names) => names.first().copied().into(),
            Self::System(name) => Kind::named(name).map_or(Value::Null, Kind::sample),
        }
    }
}

/// Members that a type with these fields may read: as few and as shallow as it takes, for types may hold themselves.
pub(super) fn sample_of(fields: &[Field]) -> Map<String, Value> {
    let sample = |field: &Field| (field.name.to_owned(), field.shape.sample());
    let required = fields.iter().filter(|field| !field.optional);
    required.map(sample).collect()
}

/// In words: `a whole number`, `a list, each text`, `one of small, large`.
impl fmt::Display for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => formatter.write_str("any value"),
            Self::Text => formatter.write_str("text"),
            Self::Whole => formatter.write_str("a whole number"),
            Self::Number => formatter.write_str("a number"),
            Self::Bool => formatter.write_str("true or false"),
            Self::List(each) if **each == Self::Any => formatter.write_str("a list"),
            Self::List(each) => write!(formatter, "a list, each {each}"),
            Self::Object(fields) => {
                formatter.write_str("an object with ")?;
                let names: Vec<_> = fields.iter().map(|field| field.name).collect();
                formatter.write_str(&names.join(", "))
            }
            Self::Members => formatter.write_str("an object"),
            Self::OneOf(names) => write!(formatter, "one of {}", names.join(", ")),
            Self::System(name) => {
                formatter.write_str(Kind::named(name).map_or("a value", |kind| kind.expects))
            }
        }
    }
}

/// Why an entity's values do not fit a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unfit(String);

#[cfg(test)]
mod tests {
    use super::*;

    fn each(shape: Shape) -> Shape {
        Shape::List(Box::new(shape))
    }

    #[test]
    fn a_shape_takes_the_entities_that_its_type_can_read() {
        let amount = |name| Field {
            name,
            shape: Shape::Number,
            optional: false,
        };
        let money = Shape::Object(vec![amount("amount"), amount("currency")]);
        for (shape, entity, is_list) in [
            (Shape::Any, "@sys.date-time", true),
            (Shape::Text, "@sys.color", false),
            (Shape::Text, "sys.date", false),
            (Shape::Whole, "@sys.number", false),
            (Shape::Whole, "@sys.number-sequence", false),
            (each(Shape::Text), "@sys.any", false),
            (each(Shape::Text), "@sys.any", true),
            (Shape::System("DateTime"), "@sys.date-period", false),
            (Shape::System("Whole"), "@sys.ordinal", false),
            (each(Shape::System("Date")), "@sys.date", true),
            (money.clone(), "@sys.unit-currency", false),
            (Shape::Members, "@sys.location", false),
            (Shape::OneOf(&["a"]), "@fruit", false),
            (Shape::Bool, "@yes-or-no", false),
            (Shape::Text, "@sys.of-tomorrow", false),
        ] {
            assert_eq!(shape.takes(entity, is_list), Ok(()), "{shape}: {entity}");
        }
        for (shape, entity, is_list) in [
            (Shape::Text, "@sys.date-time", false),
            (Shape::Text, "@sys.number", false),
            (Shape::Text, "@sys.any", true),
            (Shape::Whole, "@sys.percentage", false),
            (Shape::Bool, "@sys.any", false),
            (Shape::System("Date"), "@sys.date-time", false),
            (Shape::System("Length"), "@sys.unit-weight", false),
            (money, "@sys.unit-length", false),
            (Shape::Members, "@sys.any", false),
            (Shape::Text, "@sys.ignore", false),
            (each(Shape::Whole), "@sys.color", true),
        ] {
            assert!(shape.takes(entity, is_list).is_err(), "{shape}: {entity}");
        }
    }

    #[test]
    fn why_it_does_not_fit_says_what_would() {
        let why = |shape: &Shape, entity, is_list| shape.takes(entity, is_list).unwrap_err().to_string();
        assert_eq!(
            why(&Shape::Whole, "@sys.unit-currency", false),
            "`@sys.unit-currency` comes as an object, the handler reads a whole number; `sys::Money` reads it"
        );
        assert_eq!(
            why(&Shape::Text, "@sys.color", true),
            "the parameter is a list in the agent, the handler reads text; `Vec<..>` reads a list"
        );
    }
}
