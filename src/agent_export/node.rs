//! A place in an export's JSON: gives values in whatever form they come, and notes what is of no use.

use serde_json::Value;

use super::note::Notes;

/// The most elements that are read of a list. Source of the size: an entity type has at most 30,000 entries, by the quotas as
/// they are remembered.
const MAX_ELEMENTS: usize = 100_000;

/// A value, with where it stands.
pub(super) struct Node<'a> {
    file: &'a str,
    path: String,
    value: &'a Value,
    notes: &'a Notes,
}

impl<'a> Node<'a> {
    pub(super) fn top(file: &'a str, value: &'a Value, notes: &'a Notes) -> Self {
        Self {
            file,
            path: String::new(),
            value,
            notes,
        }
    }

    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    /// Notes that the value here is not what was expected.
    pub(super) fn passed_over(&self, expected: &'static str) {
        self.notes.add(self.file, &self.path, expected);
    }

    /// The member of that name, unless it is missing or null.
    pub(super) fn member(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        Some(Self { path, value, ..*self })
    }

    /// The elements of a list; one value that stands where a list is expected is its only element.
    pub(super) fn elements(&self) -> Vec<Self> {
        let element = |place: usize, value: &'a Value| Self {
            path: format!("{}[{place}]", self.path),
            value,
            ..*self
        };
        match self.value {
            Value::Array(list) => {
                if list.len() > MAX_ELEMENTS {
                    self.passed_over("at most 100,000 elements");
                }
                let list = list.iter().take(MAX_ELEMENTS).enumerate();
                list.map(|(place, value)| element(place, value)).collect()
            }
            Value::Null => Vec::new(),
            _ => vec![Self {
                path: self.path.clone(),
                ..*self
            }],
        }
    }

    /// The elements of a member.
    pub(super) fn list(&self, name: &str) -> Vec<Self> {
        self.member(name)
            .map_or_else(Vec::new, |member| member.elements())
    }

    /// Text, also a number or a switch as it is written. Empty when there is none.
    pub(super) fn as_text(&self) -> String {
        match self.value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(switch) => switch.to_string(),
            Value::Null => String::new(),
            Value::Array(_) | Value::Object(_) => {
                self.passed_over("text");
                String::new()
            }
        }
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.member(name)
            .map_or_else(String::new, |member| member.as_text())
    }

    /// Text that is worth something.
    pub(super) fn some_text(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// One text or a list of them, without the empty ones.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let texts = self.list(name).into_iter().map(|element| element.as_text());
        texts.filter(|text| !text.is_empty()).collect()
    }

    /// Names in a list, each a text or an object with `name`.
    pub(super) fn names(&self, name: &str) -> Vec<String> {
        let names = self.list(name).into_iter().map(|element| {
            if element.value.is_object() {
                element.text("name")
            } else {
                element.as_text()
            }
        });
        names.filter(|name| !name.is_empty()).collect()
    }

    /// A switch, also written as text or number; off when there is none.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.some_flag(name).unwrap_or(false)
    }

    pub(super) fn some_flag(&self, name: &str) -> Option<bool> {
        let member = self.member(name)?;
        let flag = match member.value {
            Value::Bool(switch) => Some(*switch),
            Value::Number(number) => number.as_f64().map(|number| number != 0.0),
            Value::String(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "1" => Some(true),
                "false" | "0" | "" => Some(false),
                _ => None,
            },
            _ => None,
        };
        if flag.is_none() {
            member.passed_over("true or false");
        }
        flag
    }

    /// A number, also written as text.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        let member = self.member(name)?;
        let number = match member.value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        };
        if number.is_none() {
            member.passed_over("a number");
        }
        number
    }

    /// A whole number that is not negative.
    pub(super) fn count(&self, name: &str) -> Option<u32> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a conversion from float to integer keeps within its range"
        )]
        self.number(name).map(|number| number as u32)
    }
}
