//! The words so far, read as far as they can be.

use std::path::PathBuf;

use clap::{ArgMatches, Command};

use crate::agent_export::Export;
use crate::config::Given;

/// What of the words so far says more about the one that is not finished.
pub(super) struct Typed {
    /// The intent that is asked for.
    pub(super) intent: Option<String>,
    /// Parameters, each with its value.
    pub(super) parameters: Vec<String>,
    /// The language of the turn.
    pub(super) language: Option<String>,
    /// Settings, as for every command.
    pub(super) given: Given,
    /// Where the agent's export is.
    agent: Option<PathBuf>,
}

impl Typed {
    pub(super) fn read(command: Command, words: &[String]) -> Self {
        let all = relaxed(command).try_get_matches_from(words).ok();
        let mut innermost = all.as_ref();
        while let Some((_, inner)) = innermost.and_then(ArgMatches::subcommand) {
            innermost = Some(inner);
        }
        let texts = |id: &str| -> Vec<String> {
            // Another command may know no such argument.
            let values = [innermost, all.as_ref()]
                .into_iter()
                .flatten()
                .find_map(|matches| matches.try_get_raw(id).ok().flatten());
            let values = values.into_iter().flatten();
            values.map(|value| value.to_string_lossy().into_owned()).collect()
        };
        let text = |id: &str| texts(id).pop();
        Self {
            intent: text("intent"),
            parameters: texts("parameters"),
            language: text("language"),
            agent: text("agent").or_else(|| text("from")).map(PathBuf::from),
            given: Given {
                file: text("config").map(PathBuf::from),
                flags: texts("set"),
            },
        }
    }

    /// The agent's export, where one was named that can be read.
    pub(super) fn export(&self) -> Option<Export> {
        Export::open(self.agent.as_deref()?).ok()
    }
}

/// The same command, to which no value is wrong and nothing is missing.
fn relaxed(command: Command) -> Command {
    command
        .ignore_errors(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .mut_args(|argument| {
            if argument.get_action().takes_values() {
                argument.value_parser(clap::value_parser!(std::ffi::OsString))
            } else {
                argument
            }
        })
        .mut_subcommands(relaxed)
}
