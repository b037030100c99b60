//! What a check finds: a rule that is broken, where, why that matters, and how to mend it.

use super::rule::{Level, Rule};

/// Where a finding stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// In the settings.
    Settings,
    /// At a line of a file of the program.
    Line {
        /// The path from the root of the program.
        file: String,
        /// The line, from 1.
        line: u32,
    },
    /// In a file of the export.
    Export(String),
}

/// A rule that is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) rule: Rule,
    pub(super) level: Level,
    pub(super) place: Place,
    /// The intent that it is about.
    pub(super) intent: Option<String>,
    /// What is so.
    pub(super) says: String,
    /// Why it matters.
    pub(super) why: String,
    /// What to do about it.
    pub(super) mend: String,
}

impl Finding {
    pub(super) fn new(rule: Rule, place: Place, says: impl Into<String>) -> Self {
        Self {
            rule,
            level: rule.level(),
            place,
            intent: None,
            says: says.into(),
            why: String::new(),
            mend: String::new(),
        }
    }

    pub(super) fn of(mut self, intent: &str) -> Self {
        self.intent = Some(intent.to_owned());
        self
    }

    pub(super) fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    pub(super) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = mend.into();
        self
    }

    pub(super) fn only_a_warning(mut self) -> Self {
        self.level = Level::Warning;
        self
    }
}

/// The findings of a check: those that stand, and those that the settings pass over, each with the reason.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    pub(super) standing: Vec<Finding>,
    pub(super) allowed: Vec<(Finding, String)>,
}

impl Findings {
    /// How many of them are so bad.
    pub(super) fn count(&self, level: Level) -> usize {
        self.standing
            .iter()
            .filter(|finding| finding.level == level)
            .count()
    }
}
