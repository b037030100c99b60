//! The trace that a call belongs to, as its caller names it in a header. Callers write headers, so what is not exactly as it
//! should be is no trace.

use std::fmt;

use super::digits::Digits;

/// A place in a trace: which trace, which span of the caller's, and whether the caller records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Never 0.
    pub id: TraceId,
    /// The caller's span. None where only the trace is named.
    pub span: Option<SpanId>,
    /// Whether the caller records this trace.
    pub is_sampled: bool,
}

/// Shown as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceId(pub u128);

/// Shown as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanId(pub u64);

impl fmt::Display for TraceId {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is taken apart into its halves"
    )]
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (high, low) = ((self.0 >> 64) as u64, self.0 as u64);
        formatter.write_str(Digits::of(high).as_str())?;
        formatter.write_str(Digits::of(low).as_str())
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(Digits::of(self.0).as_str())
    }
}

impl Trace {
    /// What the header `traceparent` names. Source: W3C Trace Context, sections 3.2.2 and 4.
    ///
    /// ```
    /// # use flowhook::webhook::Trace;
    /// let trace = Trace::of_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").unwrap();
    /// assert_eq!(trace.id.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
    /// assert!(trace.is_sampled);
    /// ```
    #[must_use]
    pub fn of_traceparent(header: &str) -> Option<Self> {
        // Later versions may say more, after another dash.
        let (known, more) = header.split_at_checked(55)?;
        let mut parts = known.split('-');
        let mut part = |digits| {
            let part = parts.next()?;
            let is_hex = part
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
            (part.len() == digits && is_hex).then_some(part)
        };
        let (version, id, span, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
        let is_whole = more.is_empty() || (version != "00" && more.starts_with('-'));
        if version == "ff" || !is_whole {
            return None;
        }
        let id = u128::from_str_radix(id, 16).ok().filter(|id| *id != 0)?;
        let span = u64::from_str_radix(span, 16).ok().filter(|span| *span != 0)?;
        let flags = u8::from_str_radix(flags, 16).ok()?;
        Some(Self {
            id: TraceId(id),
            span: Some(SpanId(span)),
            is_sampled: flags & 1 == 1,
        })
    }

    /// What the header `X-Cloud-Trace-Context` names, `TRACE/SPAN;o=1`: 32 hexadecimal digits, a decimal number, and whether the
    /// trace is recorded; the latter two may be missing. Source: Cloud Trace's documentation of the header.
    #[must_use]
    pub fn of_cloud_trace_context(header: &str) -> Option<Self> {
        let (place, options) = match header.split_once(';') {
            Some((place, options)) => (place, Some(options)),
            None => (header, None),
        };
        let (id, span) = match place.split_once('/') {
            Some((id, span)) => (id, Some(span)),
            None => (place, None),
        };
        if id.len() != 32 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let id = u128::from_str_radix(id, 16).ok().filter(|id| *id != 0)?;
        let span = match span {
            None => None,
            Some(span) if span.bytes().all(|b| b.is_ascii_digit()) => Some(span.parse::<u64>().ok()?),
            Some(_) => return None,
        };
        let is_sampled = match options {
            None | Some("o=0") => false,
            Some("o=1") => true,
            Some(_) => return None,
        };
        Some(Self {
            id: TraceId(id),
            // 0 is how the header says that it names none.
            span: span.filter(|span| *span != 0).map(SpanId),
            is_sampled,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn a_traceparent_is_taken_as_the_standard_has_it_and_no_other() {
        for (header, sampled) in [
            (format!("00-{ID}-00f067aa0ba902b7-01"), true),
            (format!("00-{ID}-00f067aa0ba902b7-00"), false),
            (format!("00-{ID}-00f067aa0ba902b7-03"), true),
            (format!("cc-{ID}-00f067aa0ba902b7-01-what-comes-later"), true),
        ] {
            let trace = Trace::of_traceparent(&header).unwrap();
            assert_eq!(trace.id.to_string(), ID);
            assert_eq!(trace.span.unwrap().to_string(), "00f067aa0ba902b7");
            assert_eq!(trace.is_sampled, sampled, "{header}");
        }
        for header in [
            String::new(),
            ID.to_owned(),
            format!("ff-{ID}-00f067aa0ba902b7-01"),
            format!("00-{ID}-00f067aa0ba902b7-01-more"),
            format!("cc-{ID}-00f067aa0ba902b7-01more"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{ID}-0000000000000000-01"),
            format!("00-{}-00f067aa0ba902b7-01", ID.to_uppercase()),
            format!("00-{ID}-00f067aa0ba902b7-0g"),
            format!("00-{ID}-+0f067aa0ba902b7-01"),
            format!(" 00-{ID}-00f067aa0ba902b7-01"),
            format!("00_{ID}_00f067aa0ba902b7_01"),
            "ü".repeat(55),
            "-".repeat(55),
            "0".repeat(100_000),
        ] {
            assert_eq!(Trace::of_traceparent(&header), None, "{header:.80}");
        }
    }

    #[test]
    fn the_header_of_google_cloud_is_taken_in_all_its_forms_and_no_other() {
        for (header, span, sampled) in [
            (format!("{ID}/105445aa7843bc8bf206b120001000;o=1"), None, None),
            (format!("{ID}/74;o=1"), Some(74), Some(true)),
            (format!("{ID}/74;o=0"), Some(74), Some(false)),
            (format!("{ID}/74"), Some(74), Some(false)),
            (ID.to_uppercase(), None, Some(false)),
            (format!("{ID};o=1"), None, Some(true)),
            (format!("{ID}/0;o=1"), None, Some(true)),
            (format!("{ID}/18446744073709551615"), Some(u64::MAX), Some(false)),
            (format!("{ID}/18446744073709551616"), None, None),
            (format!("{ID}/"), None, None),
            (format!("{ID}/+7"), None, None),
            (format!("{ID}/7;o=1;o=1"), None, None),
            (format!("{ID}/7;o=2"), None, None),
            (format!("{ID}0/7"), None, None),
            ("0".repeat(32), None, None),
            (format!("{ID}\n/7"), None, None),
        ] {
            let trace = Trace::of_cloud_trace_context(&header);
            assert_eq!(trace.map(|trace| trace.is_sampled), sampled, "{header}");
            let named = trace.and_then(|trace| trace.span);
            assert_eq!(named.map(|span| span.0), span, "{header}");
        }
    }
}
