//! What only the running program knows, marked on the arguments that take it.

use std::ffi::OsStr;

use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate};

use crate::webhook::Source;

/// What stands between what was typed of an option and the mark; no argument can hold it.
const MARK: char = '\0';

/// What an argument takes that only the table or an export knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Takes {
    /// The display name of an intent that is answered.
    Intents,
    /// The display name of an intent that nobody answers yet.
    Unanswered,
    /// A parameter, and its value.
    Parameters,
    /// The name of a context.
    Contexts,
    /// The code of a language.
    Languages,
}

impl Takes {
    const ALL: [Self; 5] = [
        Self::Intents,
        Self::Unanswered,
        Self::Parameters,
        Self::Contexts,
        Self::Languages,
    ];

    /// For `#[arg(add = ..)]`. It gives a mark alone: whether the agent has to be started is known when all marks are found.
    pub(in crate::cli) fn here(self) -> ArgValueCompleter {
        ArgValueCompleter::new(move |_: &OsStr| vec![CompletionCandidate::new(format!("{MARK}{self:?}"))])
    }

    /// What a candidate is the mark of, and what stands before it, as in `--intent=`.
    pub(super) fn marked(candidate: &CompletionCandidate) -> Option<(Self, String)> {
        let (prefix, name) = candidate.get_value().to_str()?.split_once(MARK)?;
        let takes = Self::ALL.into_iter().find(|takes| format!("{takes:?}") == name)?;
        Some((takes, prefix.to_owned()))
    }

    /// Whether the agent has to be started for it: an export says what belongs to the agent, but not what is answered.
    pub(super) fn needs_table(self, has_export: bool) -> bool {
        match self {
            Self::Unanswered => has_export,
            _ => !has_export,
        }
    }
}

/// For arguments that take an integration.
pub(in crate::cli) fn sources() -> ArgValueCandidates {
    ArgValueCandidates::new(|| Source::NAMES.into_iter().map(CompletionCandidate::new).collect())
}
