//! `[log]`: what is logged, and how it looks.

use serde::Deserialize;

use super::{SettingsError, value};

/// What is logged.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// How a line looks; none until it is settled by where the program runs.
    #[serde(deserialize_with = "value::named")]
    format: Option<Format>,
    /// Whether lines for people have colours; none: where a terminal shows them that does not ask for plain text.
    #[serde(deserialize_with = "value::named")]
    colour: Option<Colour>,
    /// Whether the terminal asks for plain text.
    #[serde(skip)]
    plain: bool,
    /// The Google Cloud project that traces are kept in; empty until it is settled by where the program runs.
    project: String,
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

/// When lines for people have colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Colour {
    /// In files and pipes too.
    Always,
    /// Nowhere.
    Never,
}

impl Log {
    /// Finds what the settings leave open. `project` is the variable by which Google's libraries are told the project.
    pub(super) fn settle(
        &mut self,
        on_cloud_run: bool,
        plain: bool,
        project: Option<&str>,
    ) -> Result<(), SettingsError> {
        if self.project.is_empty() {
            project.unwrap_or_default().clone_into(&mut self.project);
        }
        let is_id = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:".contains(&b);
        if self.project.len() > 100 || !self.project.bytes().all(is_id) {
            let fault = "`log.project`: expected the id of a Google Cloud project, such as quiet-river-1234 (it may come \
                         from GOOGLE_CLOUD_PROJECT)";
            return Err(SettingsError(vec![fault.to_owned()]));
        }
        self.format
            .get_or_insert(if on_cloud_run { Format::Json } else { Format::Text });
        self.plain = plain;
        Ok(())
    }

    /// How a line looks.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format.unwrap_or(Format::Text)
    }

    /// Whether lines for people have colours, in a terminal or elsewhere.
    #[must_use]
    pub fn wants_colour(&self, in_terminal: bool) -> bool {
        match self.colour {
            Some(Colour::Always) => true,
            Some(Colour::Never) => false,
            None => in_terminal && !self.plain,
        }
    }

    /// The Google Cloud project that traces are kept in, where it is known.
    #[must_use]
    pub fn project(&self) -> Option<String> {
        (!self.project.is_empty()).then(|| self.project.clone())
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

    #[test]
    fn colours_can_be_had_and_refused_anywhere() {
        let wants = |toml: &str| {
            let log = crate::config::Settings::from_toml(toml).unwrap().log;
            (log.wants_colour(true), log.wants_colour(false))
        };
        assert_eq!(wants(""), (true, false));
        assert_eq!(wants("log.colour = 'always'"), (true, true));
        assert_eq!(wants("log.colour = 'never'"), (false, false));
    }

    #[test]
    fn a_project_that_cannot_be_one_is_refused() {
        let project = |text: &str| {
            crate::config::Settings::from_toml(&format!("log.project = '{text}'"))
                .map(|settings| settings.log.project())
        };
        assert_eq!(
            project("quiet-river-1234").unwrap().as_deref(),
            Some("quiet-river-1234")
        );
        assert_eq!(project("").unwrap(), None);
        for wrong in ["projects/x", "a b", "a\"b", "Ü"] {
            assert!(
                project(wrong)
                    .unwrap_err()
                    .to_string()
                    .starts_with("`log.project`: expected the id"),
                "{wrong}"
            );
        }
    }
}
