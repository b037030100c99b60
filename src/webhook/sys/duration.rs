//! What a duration comes to on a clock, and on a calendar.

use super::Duration;

const NANOS: f64 = 1e9;

impl Duration {
    /// As the standard library has it. None without an amount, below zero, and for what has no fixed length: days, weeks,
    /// months and years, which are longer or shorter by the calendar. [`Self::jiff`] reckons with those.
    #[must_use]
    pub fn exact(&self) -> Option<std::time::Duration> {
        let seconds = self.amount? * f64::from(seconds_in(self.unit.as_deref()?)?);
        // Rounded to what a clock can show, for a double holds 0.1 only nearly.
        std::time::Duration::try_from_secs_f64((seconds * NANOS).round() / NANOS).ok()
    }

    /// As jiff has it, for adding it to a moment or a day: whole days, weeks, months and years too. None without an amount
    /// or a known unit, and for a fraction of a day or more. This call follows jiff's version.
    ///
    /// ```
    /// use flowhook::sys::{Date, Duration};
    ///
    /// let notice: Duration = serde_json::from_str(r#"{"amount": 1.0, "unit": "mo"}"#)?;
    /// let from = Date::new(2026, 1, 31).expect("there is such a day");
    /// let until = from.jiff().checked_add(notice.jiff().expect("a whole month"))?;
    /// assert_eq!(until.to_string(), "2026-02-28");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn jiff(&self) -> Option<jiff::Span> {
        let unit = self.unit.as_deref()?;
        if seconds_in(unit).is_some() {
            let exact = jiff::SignedDuration::try_from(self.magnitude().exact()?).ok()?;
            let signed = if self.amount? < 0.0 { -exact } else { exact };
            return jiff::Span::try_from(signed).ok();
        }
        let amount = self
            .amount
            .filter(|amount| amount.fract() == 0.0 && amount.abs() < 1e9)?;
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
        let amount = amount as i64;
        let none = jiff::Span::new();
        match unit {
            "day" | "days" | "d" => none.try_days(amount),
            "wk" | "week" | "weeks" => none.try_weeks(amount),
            "mo" | "month" | "months" => none.try_months(amount),
            "yr" | "year" | "years" => none.try_years(amount),
            "decade" => none.try_years(amount * 10),
            "century" => none.try_years(amount * 100),
            _ => return None,
        }
        .ok()
    }

    fn magnitude(&self) -> Self {
        Self {
            amount: self.amount.map(f64::abs),
            unit: self.unit.clone(),
        }
    }
}

fn seconds_in(unit: &str) -> Option<u32> {
    match unit {
        "s" | "sec" | "second" | "seconds" => Some(1),
        "min" | "minute" | "minutes" => Some(60),
        "h" | "hr" | "hour" | "hours" => Some(3600),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duration(amount: f64, unit: &str) -> Duration {
        Duration {
            amount: Some(amount),
            unit: Some(unit.to_owned()),
        }
    }

    #[test]
    fn it_is_exact_where_a_clock_can_say_it_and_nothing_elsewhere() {
        for (amount, unit, milliseconds) in [
            (90.0, "s", Some(90_000)),
            (1.5, "min", Some(90_000)),
            (1.1, "h", Some(3_960_000)),
            (0.1, "s", Some(100)),
            (0.0, "min", Some(0)),
            (-1.0, "min", None),
            (1.0, "day", None),
            (1.0, "mo", None),
            (1.0, "fortnight", None),
            (f64::MAX, "h", None),
        ] {
            let exact = duration(amount, unit).exact();
            assert_eq!(
                exact.map(|exact| exact.as_millis()),
                milliseconds,
                "{amount} {unit}"
            );
        }
        let unsaid = Duration {
            amount: Some(5.0),
            unit: None,
        };
        assert_eq!(unsaid.exact(), None);
    }

    #[test]
    fn a_calendar_reckons_with_whole_days_and_more() {
        for (amount, unit, span) in [
            (90.0, "s", Some("PT90S")),
            (-5.0, "min", Some("-PT300S")),
            (2.0, "day", Some("P2D")),
            (-1.0, "wk", Some("-P1W")),
            (6.0, "mo", Some("P6M")),
            (1.0, "yr", Some("P1Y")),
            (1.0, "century", Some("P100Y")),
            (1.5, "day", None),
            (1e12, "yr", None),
            (1e308, "h", None),
        ] {
            let told = duration(amount, unit).jiff().map(|span| span.to_string());
            assert_eq!(told.as_deref(), span, "{amount} {unit}");
        }
    }
}
