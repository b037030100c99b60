//! `[log]`: what is logged, and how it looks.

use serde::Deserialize;

use super::value;

/// What is logged.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// How a line looks; none until it is settled by where the program runs.
    #[serde(deserialize_with = "value::named")]
    format: Option<Format>,
    /// Whether the terminal asks for plain text.
    #[serde(skip)]
    plain: bool,
    /// What is written, as `tracing`'s filters have it.
    pub level: String,
}

/// Whether a terminal may be sent colours, for commands that need no other setting. Not with `NO_COLOR`, nor if it is a
/// dumb one.
#[must_use]
pub fn wants_colour() -> bool {
    let variable = |name| std::env::var(name).ok();
    !is_plain(variable("NO_COLOR").as_deref(), variable("TERM").as_deref())
}

/// Whether a terminal asks for plain text: by `NO_COLOR`, or by being a dumb one.
pub(super) fn is_plain(no_color: Option<&str>, terminal: Option<&str>) -> bool {
    no_color.is_some_and(|value| !value.is_empty()) || terminal == Some("dumb")
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// A JSON object with the field names of Cloud Logging.
    Json,
    /// For people.
    Text,
}

impl Log {
    pub(super) fn settle(&mut self, on_cloud_run: bool, plain: bool) {
        self.format
            .get_or_insert(if on_cloud_run { Format::Json } else { Format::Text });
        self.plain = plain;
    }

    /// How a line looks.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format.unwrap_or(Format::Text)
    }

    /// Whether a terminal may be sent colours.
    #[must_use]
    pub fn wants_colour(&self) -> bool {
        !self.plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_plain_when_it_asks_for_it() {
        for (no_color, terminal, plain) in [
            (None, Some("xterm"), false),
            (Some(""), Some("xterm"), false),
            (Some("1"), Some("xterm"), true),
            (None, Some("dumb"), true),
            (None, None, false),
        ] {
            assert_eq!(is_plain(no_color, terminal), plain, "{no_color:?} {terminal:?}");
        }
    }
}
