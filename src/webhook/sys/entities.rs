//! All system entities of Dialogflow ES: as what their values come, and which types read them.

use std::fmt;

use serde_json::Value;

use super::kinds::{
    AGE, AREA, DATE, DATE_PERIOD, DATE_TIME, DURATION, INFORMATION, Kind, LENGTH, LOCATION, MONEY, NUMBER,
    PERCENTAGE, PERSON, PLACE, SPEED, TEMPERATURE, TIME, TIME_PERIOD, VOLUME, WEIGHT, WHOLE,
};

/// A system entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Its name without the `@`: `sys.date`.
    pub name: &'static str,
    /// As what JSON its values come.
    pub comes_as: Form,
    pub(super) kinds: &'static [&'static Kind],
}

/// As what JSON a value comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A string.
    Text,
    /// A number, always a double.
    Number,
    /// An object with these members, of which some may be missing or empty.
    Object(&'static [&'static str]),
    /// A string or an object, which depends on the language or on what was said.
    TextOrObject,
    /// Nothing: the entity only marks words as meaningless.
    Nothing,
}

impl fmt::Display for Form {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Text => "text",
            Self::Number => "a number",
            Self::Object(_) => "an object",
            Self::TextOrObject => "text or an object",
            Self::Nothing => "nothing",
        })
    }
}

impl Entity {
    /// The entity of that name, with or without `@`; none for an entity of the agent's own, or a system entity that is not
    /// known here.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let name = name.strip_prefix('@').unwrap_or(name);
        ENTITIES.iter().find(|entity| entity.name == name)
    }

    /// The types of [`sys`](super) that read its values, the best first. Empty where `String` is the best type.
    pub fn types(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.kinds.iter().map(|kind| kind.name)
    }

    /// A value as Dialogflow sends it, for trying things out.
    #[must_use]
    pub fn sample(&self) -> Value {
        let of_type = self.kinds.first().map(|kind| kind.sample());
        of_type.unwrap_or_else(|| match self.name {
            "sys.number-sequence" => "12".into(),
            _ => "words".into(),
        })
    }
}

const fn text(name: &'static str) -> Entity {
    Entity {
        name,
        comes_as: Form::Text,
        kinds: &[],
    }
}

const fn place(name: &'static str) -> Entity {
    Entity {
        name,
        comes_as: Form::TextOrObject,
        kinds: &[&PLACE],
    }
}

const fn entity(name: &'static str, comes_as: Form, kinds: &'static [&'static Kind]) -> Entity {
    Entity {
        name,
        comes_as,
        kinds,
    }
}

const AMOUNT: Form = Form::Object(&["amount", "unit"]);

/// The nine members of a location.
const LOCATION_MEMBERS: Form = Form::Object(&[
    "country",
    "city",
    "admin-area",
    "subadmin-area",
    "business-name",
    "street-address",
    "zip-code",
    "shortcut",
    "island",
]);

/// All system entities.
///
/// Source: Google's system entities reference, and for the forms the captures and public code that the protocol's users
/// published.
pub const ENTITIES: &[Entity] = &[
    entity("sys.date", Form::Text, &[&DATE, &DATE_TIME]),
    entity("sys.time", Form::Text, &[&TIME, &DATE_TIME]),
    entity("sys.date-time", Form::TextOrObject, &[&DATE_TIME]),
    entity(
        "sys.date-period",
        Form::Object(&["startDate", "endDate"]),
        &[&DATE_PERIOD, &DATE_TIME],
    ),
    entity(
        "sys.time-period",
        Form::Object(&["startTime", "endTime"]),
        &[&TIME_PERIOD, &DATE_TIME],
    ),
    entity("sys.number", Form::Number, &[&NUMBER, &WHOLE]),
    entity("sys.number-integer", Form::Number, &[&WHOLE, &NUMBER]),
    entity("sys.cardinal", Form::Number, &[&WHOLE, &NUMBER]),
    entity("sys.ordinal", Form::Number, &[&WHOLE, &NUMBER]),
    text("sys.number-sequence"),
    text("sys.flight-number"),
    entity("sys.percentage", Form::Text, &[&PERCENTAGE]),
    entity(
        "sys.unit-currency",
        Form::Object(&["amount", "currency"]),
        &[&MONEY],
    ),
    entity("sys.unit-length", AMOUNT, &[&LENGTH]),
    entity("sys.unit-area", AMOUNT, &[&AREA]),
    entity("sys.unit-weight", AMOUNT, &[&WEIGHT]),
    entity("sys.unit-volume", AMOUNT, &[&VOLUME]),
    entity("sys.unit-speed", AMOUNT, &[&SPEED]),
    entity("sys.unit-information", AMOUNT, &[&INFORMATION]),
    entity("sys.temperature", AMOUNT, &[&TEMPERATURE]),
    entity("sys.duration", AMOUNT, &[&DURATION]),
    entity("sys.age", AMOUNT, &[&AGE]),
    text("sys.currency-name"),
    text("sys.unit-length-name"),
    text("sys.unit-area-name"),
    text("sys.unit-weight-name"),
    text("sys.unit-volume-name"),
    text("sys.unit-speed-name"),
    text("sys.unit-information-name"),
    entity("sys.location", LOCATION_MEMBERS, &[&LOCATION]),
    text("sys.address"),
    text("sys.street-address"),
    text("sys.zip-code"),
    text("sys.geo-capital"),
    text("sys.geo-city"),
    text("sys.geo-country"),
    text("sys.geo-state"),
    place("sys.geo-country-code"),
    place("sys.geo-city-gb"),
    place("sys.geo-city-us"),
    place("sys.geo-county-gb"),
    place("sys.geo-county-us"),
    place("sys.geo-state-gb"),
    place("sys.geo-state-us"),
    place("sys.airport"),
    place("sys.place-attraction"),
    place("sys.place-attraction-gb"),
    place("sys.place-attraction-us"),
    entity("sys.person", Form::Object(&["name"]), &[&PERSON]),
    text("sys.given-name"),
    text("sys.last-name"),
    text("sys.email"),
    text("sys.phone-number"),
    text("sys.url"),
    text("sys.color"),
    text("sys.language"),
    text("sys.music-artist"),
    text("sys.music-genre"),
    text("sys.any"),
    entity("sys.ignore", Form::Nothing, &[]),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the documentation.
    const TABLE: &str = include_str!("entities.md");

    /// The published list of system entities, a name a line.
    const PUBLISHED: &str = include_str!("../../../tests/fixtures/system-entities.txt");

    fn row(entity: &Entity) -> String {
        let comes_as = match entity.comes_as {
            Form::Object(members) => format!("an object: `{}`", members.join("`, `")),
            other => other.to_string(),
        };
        let mut types: Vec<_> = entity.types().map(|name| format!("[`{name}`]")).collect();
        types.extend(match (entity.comes_as, entity.name) {
            (Form::Number, "sys.number") => Some("`f64`, `u8`, ..".to_owned()),
            (Form::Number, _) => Some("`i64`, `u8`, ..".to_owned()),
            (Form::Text, _) => Some("`String`".to_owned()),
            (Form::Nothing, _) => Some("none: it is never a parameter".to_owned()),
            (Form::Object(_) | Form::TextOrObject, _) => None,
        });
        format!("| `@{}` | {comes_as} | {} |", entity.name, types.join(", "))
    }

    #[test]
    fn the_table_of_the_documentation_is_this_list() {
        let rows: Vec<_> = ENTITIES.iter().map(row).collect();
        let written: Vec<_> = TABLE.lines().filter(|line| line.starts_with("| `")).collect();
        assert_eq!(written, rows, "\n{}", rows.join("\n"));
    }

    #[test]
    fn every_published_entity_is_here_once() {
        let mut published: Vec<_> = PUBLISHED
            .lines()
            .filter_map(|line| line.strip_prefix('@'))
            .collect();
        let mut here: Vec<_> = ENTITIES.iter().map(|entity| entity.name).collect();
        published.sort_unstable();
        here.sort_unstable();
        assert_eq!(here, published);
    }

    #[test]
    fn an_entity_is_found_with_and_without_the_at_sign() {
        assert_eq!(Entity::named("@sys.date"), Entity::named("sys.date"));
        assert_eq!(Entity::named("@fruit"), None);
    }
}
