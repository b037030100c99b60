//! `flowhook completions`: the script that a shell reads once, and what the script asks the program for at each Tab.
//!
//! `takes` marks what only the program knows, `known` knows it, out of the table or an export, `typed` reads the words so far, and
//! `spelling` knows how shells quote.

mod known;
mod spelling;
mod takes;
mod typed;

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::{Command, CommandFactory};
use clap_complete::{CompletionCandidate, Shell, engine};

use crate::config::{self, Settings};
use crate::webhook::{BoxError, Intents};

use known::{Known, table};
use spelling::{BashLine, Rules};
pub(in crate::cli) use takes::{Takes, sources};
use typed::Typed;

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = "In the file that your shell reads at its start:
  bash  source <(flowhook completions bash)       in ~/.bashrc
  zsh   source <(flowhook completions zsh)        in ~/.zshrc, after compinit
  fish  flowhook completions fish | source        in ~/.config/fish/config.fish

In bash, zsh and fish the names of intents, their parameters and the values of these are completed too: out of the program's table,
or of the export that --agent names. For that the program is run at each Tab, by the name that was typed, and its agent is
started, for a second at most; it serves nothing. In elvish and powershell commands and options are completed.")]
pub(super) struct Arguments {
    /// Which shell
    shell: Shell,
    /// What the script asks: the words so far, the last of them unfinished
    #[arg(last = true, hide = true)]
    words: Vec<OsString>,
}

/// What may stand where the cursor is.
struct Candidate {
    value: String,
    /// What it is, in a few words; may be empty.
    help: String,
}

pub(super) fn run<App, F>(arguments: &Arguments, start: F) -> Result<ExitCode, BoxError>
where
    App: Send + Sync + 'static,
    F: AsyncFnOnce(&Settings) -> Result<Intents<App>, BoxError>,
{
    let mut out = std::io::stdout();
    if arguments.words.is_empty() {
        out.write_all(&script(arguments.shell))?;
        return Ok(ExitCode::SUCCESS);
    }
    let words: Vec<_> = arguments
        .words
        .iter()
        .map(|word| word.to_string_lossy())
        .collect();
    let lines: Vec<_> = match arguments.shell {
        Shell::Bash => {
            let breaks = words.get(1).map_or("", |breaks| breaks);
            let line = BashLine::read(&words[0], breaks);
            let found = candidates(&line.words, start);
            found
                .iter()
                .filter_map(|one| line.completed(&one.value))
                .collect()
        }
        Shell::Zsh | Shell::Fish => {
            // fish takes the quotes off the finished words itself.
            let (rules, first) = match arguments.shell {
                Shell::Zsh => (Rules::Zsh, 0),
                _ => (Rules::Fish, words.len() - 1),
            };
            let plain = words.iter().enumerate().map(|(place, word)| match place {
                place if place < first => word.to_string(),
                _ => spelling::plain(word, rules),
            });
            let found = candidates(&plain.collect::<Vec<_>>(), start);
            found
                .iter()
                .map(|Candidate { value, help }| format!("{value}\t{help}"))
                .collect()
        }
        _ => Vec::new(),
    };
    // What the agent printed as it started may have left a line open.
    let lines: String = lines.iter().map(|line| format!("\t{line}\n")).collect();
    write!(out, "\n{lines}")?;
    Ok(ExitCode::SUCCESS)
}

/// What a shell reads at its start.
fn script(shell: Shell) -> Vec<u8> {
    let name = config::program_name();
    let text = match shell {
        Shell::Bash => include_str!("script.bash"),
        Shell::Zsh => include_str!("script.zsh"),
        Shell::Fish => include_str!("script.fish"),
        other => {
            let mut script = Vec::new();
            clap_complete::generate(other, &mut command(), name, &mut script);
            return script;
        }
    };
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let function = name.replace(|sign| !is_part(sign), "_");
    text.replace("FUNCTION", &function)
        .replace("NAME", &name)
        .into_bytes()
}

fn command() -> Command {
    super::Arguments::command()
}

/// What the last of the words may become. An agent that does not start has no candidates, and says nothing about it.
fn candidates<App, F>(words: &[String], start: F) -> Vec<Candidate>
where
    App: Send + Sync + 'static,
    F: AsyncFnOnce(&Settings) -> Result<Intents<App>, BoxError>,
{
    let Some((current, before)) = words.split_last() else {
        return Vec::new();
    };
    let all = words.iter().map(OsString::from).collect();
    // The folder is the current one; what cannot be completed is nobody's fault.
    let found = engine::complete(&mut command(), all, before.len(), Some(Path::new(".")));
    let mut found = found.unwrap_or_default();
    // What begins with a dash becomes an option, for which no agent need be started.
    if current.starts_with('-') {
        found.retain(|one| Takes::marked(one).is_none_or(|(_, prefix)| !prefix.is_empty()));
    }
    let marks: Vec<_> = found.iter().map(Takes::marked).collect();
    let known = marks.iter().flatten().next().map(|_| {
        let typed = Typed::read(command(), before);
        let export = typed.export();
        let needs_table = marks
            .iter()
            .flatten()
            .any(|(mark, _)| mark.needs_table(export.is_some()));
        let table = needs_table.then(|| table(&typed.given, start)).flatten();
        Known { typed, export, table }
    });
    let mut candidates = Vec::new();
    for (candidate, mark) in found.iter().zip(marks) {
        let (Some((takes, prefix)), Some(known)) = (mark, &known) else {
            candidates.extend(plain(candidate));
            continue;
        };
        let typed = current.strip_prefix(&prefix).unwrap_or_default();
        let names = known.names(takes, typed).into_iter();
        candidates.extend(names.map(|Candidate { value, help }| Candidate {
            value: format!("{prefix}{value}"),
            help,
        }));
    }
    // Who has typed nothing wants to know what belongs here; options begin with a dash.
    let is_option = |one: &Candidate| one.value.starts_with('-');
    if current.is_empty() && !candidates.iter().all(is_option) {
        candidates.retain(|one| !is_option(one));
    }
    // Lines and tabs would be taken for the ends of candidates.
    let is_one_line = |text: &str| !text.chars().any(char::is_control);
    candidates.retain(|one| is_one_line(&one.value));
    for one in &mut candidates {
        one.help = one.help.replace(char::is_control, " ");
    }
    candidates
}

/// A candidate of the command line's own: a command, an option, a path.
fn plain(candidate: &CompletionCandidate) -> Option<Candidate> {
    let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    Some(Candidate {
        value: candidate.get_value().to_str()?.to_owned(),
        help: help.lines().next().unwrap_or_default().to_owned(),
    })
}
