//! Holding a message to its limits.

use std::fmt;

use reqwest::Url;

use crate::channels::intake::Product;

/// The longest address, in characters. The documentation limits those of actions only; a longer one is a mistake anywhere.
pub(super) const MAX_URL: usize = 2_048;

impl Product {
    /// The longest text, in characters.
    pub(in crate::channels) const MAX_TEXT: usize = 3_072;

    /// How many things to tap a message may have below it.
    pub(in crate::channels) const fn max_chips(self) -> usize {
        match self {
            Self::Rbm => 11,
            Self::BusinessMessages => 13,
        }
    }
}

/// A message that the platform would refuse: each place that does not fit, with its limit. What stands there is not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit(Vec<String>);

impl Unfit {
    pub(in crate::channels) fn of(faults: Vec<String>) -> Self {
        Self(faults)
    }

    /// Each place with what is wrong there.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the message would be refused: {}", self.0.join("; "))
    }
}

impl std::error::Error for Unfit {}

/// Faults, collected while a message is turned into JSON.
pub(in crate::channels) struct Check {
    pub(in crate::channels) product: Product,
    faults: Vec<String>,
}

impl Check {
    pub(in crate::channels) fn of(product: Product) -> Self {
        Self {
            product,
            faults: Vec::new(),
        }
    }

    pub(in crate::channels) fn fault(&mut self, place: &str, why: impl fmt::Display) {
        self.faults.push(format!("`{place}`: {why}"));
    }

    /// A text of at least one and at most so many characters.
    pub(in crate::channels) fn text(&mut self, place: &str, text: &str, max: usize) {
        let length = text.chars().count();
        if length == 0 {
            self.fault(place, "it is empty");
        } else if length > max {
            self.fault(place, format_args!("{length} characters, at most {max}"));
        }
    }

    /// A list of that many.
    pub(in crate::channels) fn count(&mut self, place: &str, count: usize, min: usize, max: usize) {
        if count > max {
            self.fault(place, format_args!("{count}, at most {max}"));
        } else if count < min {
            self.fault(place, format_args!("{count}, at least {min}"));
        }
    }

    /// A web address.
    pub(in crate::channels) fn web(&mut self, place: &str, text: &str) {
        self.text(place, text, MAX_URL);
        if !is_web(text) {
            self.fault(place, NOT_WEB);
        }
    }

    /// What RBM has and Business Messages has not.
    pub(in crate::channels) fn only_rbm(&mut self, place: &str, what: &str) {
        if self.product == Product::BusinessMessages {
            self.fault(place, format_args!("Business Messages has no {what}"));
        }
    }

    pub(in crate::channels) fn done<T>(self, message: T) -> Result<T, Unfit> {
        if self.faults.is_empty() {
            Ok(message)
        } else {
            Err(Unfit(self.faults))
        }
    }
}

/// What is said where a web address is expected and something else is there.
pub(in crate::channels) const NOT_WEB: &str = "expected an address that begins with https:// or http://";

/// Whether it is an address on the web.
pub(in crate::channels) fn is_web(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| ["http", "https"].contains(&url.scheme()) && url.has_host())
}
