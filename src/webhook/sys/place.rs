//! Places and people.

use std::fmt;

use serde_json::{Value, json};

use super::Kind;
use super::kinds::{LOCATION, PERSON, PLACE};
use super::read::{Misread, Readable, readable, text_of};
use crate::wire::Struct;

macro_rules! location {
    ($($(#[$doc:meta])* $field:ident $name:literal;)*) => {
        /// A location: `@sys.location`. All nine members come; those that nobody said are none here.
        #[derive(Clone, Default, PartialEq, Eq)]
        pub struct Location {
            $($(#[$doc])* pub $field: Option<String>,)*
        }

        impl Readable for Location {
            const KIND: &'static Kind = &LOCATION;

            fn read(came: &Value) -> Result<Self, Misread> {
                let members = came.as_object().ok_or_else(|| Misread::kind::<Self>(came))?;
                if ![$($name),*].into_iter().any(|name| members.contains_key(name)) {
                    return Err(Misread::content::<Self>(came));
                }
                Ok(Self { $($field: text_of(members, $name),)* })
            }

            fn json(&self) -> Value {
                json!({ $($name: self.$field.as_deref().unwrap_or_default(),)* })
            }
        }
    };
}

location! {
    /// The country.
    country "country";
    /// The city.
    city "city";
    /// The state, province or region.
    admin_area "admin-area";
    /// The county or district.
    subadmin_area "subadmin-area";
    /// The name of a shop, a station, an airport, ...
    business_name "business-name";
    /// Street and number.
    street_address "street-address";
    /// The postal code.
    zip_code "zip-code";
    /// A word for a place that the user has: `home`, `work`.
    shortcut "shortcut";
    /// The island.
    island "island";
}

/// A person's name: `@sys.person`.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// As the user said it.
    pub name: String,
}

/// A place that comes as text or as an object, by language: an airport, a country's code, a state, a county, a sight.
///
/// ```
/// use flowhook::sys::Place;
///
/// let from: Place = serde_json::from_str(r#"{"IATA": "LYS", "name": "Lyon Airport"}"#)?;
/// assert_eq!((from.name(), from.get("IATA")), (Some("Lyon Airport"), Some("LYS")));
/// let from: Place = serde_json::from_str(r#""Lyon Airport""#)?;
/// assert_eq!((from.name(), from.get("IATA")), (Some("Lyon Airport"), None));
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub enum Place {
    /// Its name, or its code.
    Text(String),
    /// What is known of it: `name`, `city`, `country`, `IATA`, `ICAO`, `alpha-2`, ...
    Object(Struct),
}

impl Place {
    /// What the place is called.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Text(name) => Some(name),
            Self::Object(_) => ["name", "city", "county", "state", "country"]
                .into_iter()
                .find_map(|member| self.get(member)),
        }
    }

    /// A text that is known of it, by its name on the wire; none where the place came as text.
    #[must_use]
    pub fn get(&self, member: &str) -> Option<&str> {
        let Self::Object(members) = self else {
            return None;
        };
        members.get(member)?.as_str().filter(|text| !text.is_empty())
    }
}

impl Readable for Person {
    const KIND: &'static Kind = &PERSON;

    fn read(came: &Value) -> Result<Self, Misread> {
        let name = came.get("name").unwrap_or(came);
        match name.as_str() {
            Some(name) if !name.is_empty() => Ok(Self {
                name: name.to_owned(),
            }),
            _ => Err(Misread::content::<Self>(came)),
        }
    }

    fn json(&self) -> Value {
        json!({"name": self.name})
    }
}

impl Readable for Place {
    const KIND: &'static Kind = &PLACE;

    fn read(came: &Value) -> Result<Self, Misread> {
        match came {
            Value::String(text) => Ok(Self::Text(text.clone())),
            Value::Object(members) => Ok(Self::Object(members.clone())),
            _ => Err(Misread::kind::<Self>(came)),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Object(members) => members.clone().into(),
        }
    }
}

/// The name.
impl fmt::Display for Person {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

readable!(Location, Person, Place);
