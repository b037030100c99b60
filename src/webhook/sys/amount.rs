//! Amounts with a unit: lengths, weights, temperatures, durations, ... and money.

use std::fmt;

use serde_json::{Value, json};

use super::Kind;
use super::kinds::{AGE, AREA, DURATION, INFORMATION, LENGTH, MONEY, SPEED, TEMPERATURE, VOLUME, WEIGHT};
use super::number::number;
use super::read::{Misread, Readable, readable, text_of};

macro_rules! amounts {
    ($($(#[$doc:meta])* $type:ident: $kind:ident, $unit:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, PartialEq)]
            pub struct $type {
                /// How much. None where only the unit was said.
                pub amount: Option<f64>,
                /// In what, as Dialogflow writes it. None where nobody said it.
                pub $unit: Option<String>,
            }

            impl Readable for $type {
                const KIND: &'static Kind = &$kind;

                fn read(came: &Value) -> Result<Self, Misread> {
                    let (amount, $unit) = amount_in(came, stringify!($unit))
                        .ok_or_else(|| Misread::content::<Self>(came))?;
                    Ok(Self { amount, $unit })
                }

                fn json(&self) -> Value {
                    json!({"amount": self.amount, stringify!($unit): self.$unit})
                }
            }

            /// The amount and the unit, as far as they are known: `5 km`.
            impl fmt::Display for $type {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    match (self.amount, &self.$unit) {
                        (Some(amount), Some(unit)) => write!(formatter, "{amount} {unit}"),
                        (Some(amount), None) => amount.fmt(formatter),
                        (None, Some(unit)) => formatter.write_str(unit),
                        (None, None) => Ok(()),
                    }
                }
            }

            readable!($type);
        )*
    };
}

amounts! {
    /// A length: `@sys.unit-length`.
    Length: LENGTH, unit;
    /// An area: `@sys.unit-area`.
    Area: AREA, unit;
    /// A weight: `@sys.unit-weight`.
    Weight: WEIGHT, unit;
    /// A volume: `@sys.unit-volume`.
    Volume: VOLUME, unit;
    /// A speed: `@sys.unit-speed`.
    Speed: SPEED, unit;
    /// An amount of information: `@sys.unit-information`.
    Information: INFORMATION, unit;
    /// A temperature: `@sys.temperature`. Its unit is `C`, `F` or `K`, and often nobody says it.
    Temperature: TEMPERATURE, unit;
    /// A duration: `@sys.duration`. Its unit is `s`, `min`, `h`, `day`, `wk`, `mo` or `yr`.
    ///
    /// ```
    /// use flowhook::sys::Duration;
    ///
    /// let nap: Duration = serde_json::from_str(r#"{"amount": 20.0, "unit": "min"}"#)?;
    /// assert_eq!(nap.exact(), Some(std::time::Duration::from_secs(1200)));
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    Duration: DURATION, unit;
    /// An age: `@sys.age`. Its unit is `year`, `mo`, `wk`, `day`, ...
    Age: AGE, unit;
    /// An amount of money: `@sys.unit-currency`.
    ///
    /// ```
    /// use flowhook::sys::Money;
    ///
    /// let price: Money = serde_json::from_str(r#"{"amount": 19.99, "currency": "EUR"}"#)?;
    /// assert_eq!(price.currency.as_deref(), Some("EUR"));
    /// assert_eq!(price.in_minor_units(2), Some(1999));
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    Money: MONEY, currency;
}

impl Money {
    /// The amount in the currency's smallest unit, of which it has so many digits: 1999 cents for 19.99 and 2 digits. None
    /// without an amount, when it is finer than that, or too large for a double to be exact.
    #[must_use]
    pub fn in_minor_units(&self, digits: u8) -> Option<i64> {
        let scaled = self.amount? * 10f64.powi(digits.into());
        let whole = scaled.round();
        // A double holds 19.99 only nearly; what is further off was finer.
        let is_near = (scaled - whole).abs() <= whole.abs().max(1.0) * 1e-9;
        #[expect(clippy::cast_possible_truncation, reason = "whole, and far within range")]
        (is_near && whole.abs() <= 2f64.powi(53)).then_some(whole as i64)
    }
}

/// Amount and unit. Redirected parameters may hold the bare number.
fn amount_in(came: &Value, unit: &str) -> Option<(Option<f64>, Option<String>)> {
    let Value::Object(members) = came else {
        return came.as_f64().map(|amount| (Some(amount), None));
    };
    let amount = match members.get("amount") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.is_empty() => None,
        Some(amount) => Some(number(amount)?),
    };
    let has_unit = members.contains_key(unit) || members.contains_key("amount");
    has_unit.then(|| (amount, text_of(members, unit)))
}
