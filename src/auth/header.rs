//! A header with a secret in it, as the fulfillment settings add it to every call.

use super::secret::{Secret, is_one_of};
use super::{Headers, Reason, only};

/// A custom header.
#[derive(Debug)]
pub struct Header {
    name: String,
    values: Vec<Secret>,
}

impl Header {
    /// Takes any of these values in the header of that name; several are for the time of a change of secrets.
    #[must_use]
    pub fn new(name: impl Into<String>, values: Vec<Secret>) -> Self {
        Self {
            name: name.into().to_ascii_lowercase(),
            values,
        }
    }

    /// The name of the header, in lower case.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn admits(&self, headers: &dyn Headers) -> Result<(), Reason> {
        let shown = only(headers, &self.name)?;
        if is_one_of(&self.values, shown) {
            Ok(())
        } else {
            Err(Reason::Wrong(self.name.clone()))
        }
    }
}
