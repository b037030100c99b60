//! How findings are written: for people, or as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::finding::{Finding, Findings, Place};
use super::rule::Level;
use crate::telemetry::Shown;

/// What was looked at, for the summary.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// The export as it was named; none when only the settings and the table were checked.
    pub(super) export: Option<String>,
    /// Whether it is a folder.
    pub(super) is_folder: bool,
    /// Lines of the table.
    pub(super) lines: usize,
    /// Intents of the agent.
    pub(super) intents: usize,
    /// Lines that declare nothing of what their handlers read and set.
    pub(super) undeclared: usize,
}

/// A place in one line: `intents/mod.rs:32`, `agent.zip: intents/hello.json`.
pub(super) fn place(place: &Place, scope: &Scope) -> String {
    match place {
        Place::Settings => "settings".to_owned(),
        Place::Line { file, line } => format!("{file}:{line}"),
        Place::Export(file) => format!("{}: {file}", scope.export.as_deref().unwrap_or("export")),
    }
}

/// For people.
pub(super) fn in_words(findings: &Findings, scope: &Scope, colour: bool) -> String {
    let paint = |code: &'static str| if colour { code } else { "" };
    let (bold, dim, plain) = (paint("\x1b[1m"), paint("\x1b[2m"), paint("\x1b[0m"));
    let mut text = String::new();
    for finding in &findings.standing {
        let tint = paint(match finding.level {
            Level::Error => "\x1b[31m",
            Level::Warning => "\x1b[33m",
        });
        let Finding {
            rule,
            says,
            why,
            mend,
            ..
        } = finding;
        let _ = writeln!(
            text,
            "{tint}{}[{rule}]{plain}{bold}: {}{plain}",
            finding.level.word(),
            Shown(says)
        );
        let _ = writeln!(text, "  {dim}-->{plain} {}", Shown(&place(&finding.place, scope)));
        for (name, words) in [("why", why), ("mend", mend)] {
            if !words.is_empty() {
                let _ = writeln!(text, "  {dim}{name}:{plain} {}", Shown(words));
            }
        }
        text.push('\n');
    }
    for (finding, reason) in &findings.allowed {
        let _ = writeln!(
            text,
            "{dim}allowed[{}]{plain}: {} ({})",
            finding.rule,
            Shown(&finding.says),
            Shown(reason)
        );
    }
    if !findings.allowed.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "{}", Shown(&summary(findings, scope)));
    text
}

/// What was checked and what came of it, in a line.
pub(super) fn summary(findings: &Findings, scope: &Scope) -> String {
    let (errors, warnings) = (findings.count(Level::Error), findings.count(Level::Warning));
    let mut result = match (errors, warnings) {
        (0, 0) => "nothing to mend".to_owned(),
        _ => format!("{}, {}", number(errors, "error"), number(warnings, "warning")),
    };
    if !findings.allowed.is_empty() {
        let _ = write!(result, ", {} allowed", findings.allowed.len());
    }
    let lines = number(scope.lines, "handler");
    match &scope.export {
        None => {
            format!("The settings and {lines}: {result}. With an agent's export they are checked against it.")
        }
        Some(_) => {
            let mut text = format!("{lines} against {}: {result}.", number(scope.intents, "intent"));
            if scope.undeclared > 0 {
                let _ = write!(
                    text,
                    " The contexts, events and session entities of {} are not declared, so they were not checked.",
                    number(scope.undeclared, "handler")
                );
            }
            text
        }
    }
}

fn number(count: usize, of: &str) -> String {
    if count == 1 {
        format!("1 {of}")
    } else {
        format!("{count} {of}s")
    }
}

/// As JSON, for other programs.
pub(super) fn as_json(findings: &Findings, scope: &Scope, is_fine: bool) -> Value {
    let told = |finding: &Finding| {
        let (file, line) = match &finding.place {
            Place::Settings => (None, None),
            Place::Line { file, line } => (Some(file), Some(line)),
            Place::Export(file) => (Some(file), None),
        };
        json!({
            "rule": finding.rule.id(),
            "level": finding.level.word(),
            "in": match finding.place {
                Place::Settings => "settings",
                Place::Line { .. } => "table",
                Place::Export(_) => "export",
            },
            "file": file,
            "line": line,
            "intent": finding.intent,
            "says": finding.says,
            "why": finding.why,
            "mend": finding.mend,
        })
    };
    let allowed = findings.allowed.iter().map(|(finding, reason)| {
        let mut told = told(finding);
        told["reason"] = reason.as_str().into();
        told
    });
    json!({
        "fine": is_fine,
        "errors": findings.count(Level::Error),
        "warnings": findings.count(Level::Warning),
        "findings": findings.standing.iter().map(told).collect::<Vec<_>>(),
        "allowed": allowed.collect::<Vec<_>>(),
        "export": scope.export,
        "handlers": scope.lines,
        "intents": scope.intents,
        "undeclared": scope.undeclared,
        "summary": summary(findings, scope),
    })
}
