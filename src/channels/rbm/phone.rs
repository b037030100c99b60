//! The number of a user's phone.

use std::str::FromStr;

/// A phone number in E.164: `+`, the country, the rest; 7 to 15 digits. It never shows itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

/// What was read is no phone number in E.164.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a phone number in E.164: `+` and 7 to 15 digits")]
pub struct NotAPhoneNumber;

impl PhoneNumber {
    /// The number as text. Keep it out of logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhoneNumber {
    type Err = NotAPhoneNumber;

    fn from_str(text: &str) -> Result<Self, NotAPhoneNumber> {
        let digits = text.strip_prefix('+').ok_or(NotAPhoneNumber)?;
        let is_number = (7..=15).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && !digits.starts_with('0');
        is_number.then(|| Self(text.to_owned())).ok_or(NotAPhoneNumber)
    }
}

hide!(PhoneNumber);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_e164_is_a_phone_number_and_it_never_shows() {
        let number: PhoneNumber = "+15550100".parse().unwrap();
        assert_eq!(number.as_str(), "+15550100");
        assert_eq!(format!("{number:?}"), "PhoneNumber");
        for text in [
            "",
            "+",
            "15550100",
            "+1555",
            "+1555010012345678",
            "+0155501000",
            "+1555 0100",
            "+155501OO",
            " +15550100",
        ] {
            assert_eq!(text.parse::<PhoneNumber>(), Err(NotAPhoneNumber), "{text}");
        }
    }
}
