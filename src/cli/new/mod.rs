//! `flowhook new`: a handler for an intent, and for every intent of an export that lacks one.
//!
//! `table` understands the agent's `mod.rs`; `names`, `types` and `opening` make Rust of what an agent calls things, collects and
//! says; `module` makes the file of it; `files` writes, and never over a file that is there.

mod files;
mod making;
mod module;
mod names;
mod opening;
mod table;
mod types;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::agent_export::{Export, Intent};
use crate::cli::completions::Takes;
use crate::cli::nearest;
use crate::config;
use crate::telemetry::Shown;
use crate::webhook::BoxError;

use files::{Change, alone, formatted};
use module::Plan;
use table::{Addition, Answered, Table};

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = "Examples:
  flowhook new table.book
  flowhook new --from my-agent.zip
  flowhook new table.book --from my-agent.zip

For each intent it writes a file with a handler and a test, and adds a `mod` line and a line of the table to the agent's mod.rs.
With --from it does so for every intent whose webhook is on and that no line answers yet, and takes parameters, their types, contexts
and first replies from the export. No file that is there is overwritten, and what is there already is left as it is: it may be run again.")]
pub(super) struct Arguments {
    /// The intent's display name, as in the console
    #[arg(value_name = "INTENT", value_parser = display_name, required_unless_present = "from", add = Takes::Unanswered.here())]
    name: Option<String>,
    /// The agent's export, a ZIP or a folder: for every intent whose webhook is on and that lacks a handler
    #[arg(long, value_name = "AGENT")]
    from: Option<PathBuf>,
    /// The folder of the agent's code
    #[arg(long, value_name = "FOLDER", default_value = "intents")]
    intents: PathBuf,
    /// The module's name, where the one made of the intent's does not please
    #[arg(long, value_name = "NAME", requires = "name", value_parser = module_name)]
    module: Option<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

fn display_name(argument: &str) -> Result<String, String> {
    if argument.trim().is_empty() || argument.chars().any(char::is_control) {
        return Err("expected an intent's display name, as in the console".to_owned());
    }
    Ok(argument.to_owned())
}

fn module_name(argument: &str) -> Result<String, String> {
    if argument.is_ascii() && names::of_module(argument) == argument {
        return Ok(argument.to_owned());
    }
    Err(format!(
        "expected a name of small letters, digits and `_`, and no word of Rust's, as in {}",
        names::of_module(argument)
    ))
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, BoxError> {
    let folder = &arguments.intents;
    let place = folder.join("mod.rs");
    // Two at once would take each other's files for leftovers of their own.
    let _alone = alone(folder);
    let text = std::fs::read_to_string(&place).map_err(|error| {
        format!(
            "cannot read {}: {error}; run it in the program's folder, or name the agent's with --intents",
            place.display()
        )
    })?;
    let table = Table::read(&text).map_err(|why| {
        format!(
            "cannot add a line to {}: {why}; nothing was changed",
            place.display()
        )
    })?;
    for line in &table.answered.unread {
        eprintln!(
            "{}:{line}: the name is no literal, so nobody knows here what the line answers",
            place.display()
        );
    }
    let export = match &arguments.from {
        None => None,
        Some(path) => {
            let export = Export::open(path);
            Some(export.map_err(|error| format!("{}: {error}", path.display()))?)
        }
    };
    let wanted = wanted(arguments, export.as_ref(), &table.answered)?;
    let mut plans = Vec::new();
    let mut taken = BTreeSet::new();
    for one in &wanted {
        let plan = plan(one, arguments, export.as_ref(), &table, &taken)?;
        taken.insert(plan.module.clone());
        plans.push(plan);
    }
    let mut out = std::io::stdout();
    if plans.is_empty() {
        writeln!(out, "{}", nothing_to_do(arguments))?;
        return Ok(ExitCode::SUCCESS);
    }
    let change = change(folder, &text, &table, &plans);
    if arguments.dry_run {
        for (name, text) in &change.new {
            writeln!(out, "would write {}:\n\n{text}", folder.join(name).display())?;
        }
        writeln!(out, "would change {}:\n\n{}", place.display(), change.after)?;
        return Ok(ExitCode::SUCCESS);
    }
    change.make()?;
    tell(&mut out, arguments, &plans, &change, &table)?;
    Ok(ExitCode::SUCCESS)
}

/// An intent that gets a handler: by its name alone, or as the export has it.
enum Wanted<'a> {
    Name(&'a str),
    Intent(&'a Intent),
}

impl Wanted<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Name(name) => name,
            Self::Intent(intent) => &intent.name,
        }
    }
}

/// The intents that lack a handler, of those that are asked for.
fn wanted<'a>(
    arguments: &'a Arguments,
    export: Option<&'a Export>,
    answered: &Answered,
) -> Result<Vec<Wanted<'a>>, BoxError> {
    let is_answered = |name: &str| answered.intents.contains(name);
    match (&arguments.name, export) {
        (Some(name), _) if is_answered(name) => Ok(Vec::new()),
        (Some(name), None) => Ok(vec![Wanted::Name(name)]),
        (Some(name), Some(export)) => match export.intent(name) {
            Some(intent) => Ok(vec![Wanted::Intent(intent)]),
            None => {
                let near = nearest(name, export.intents.iter().map(|intent| intent.name.as_str()));
                let like = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                Err(format!("the export has no intent `{name}`{like}").into())
            }
        },
        (None, export) => {
            let mut names = BTreeSet::new();
            let intents = export
                .into_iter()
                .flat_map(|export| &export.intents)
                .filter(|intent| {
                    let by_event = || {
                        intent
                            .events
                            .iter()
                            .any(|event| answered.events.contains(&event.to_lowercase()))
                    };
                    intent.calls_webhook()
                        && intent.can_match()
                        && !intent.name.trim().is_empty()
                        && !is_answered(&intent.name)
                        && !answered.actions.contains(&intent.action)
                        && !by_event()
                        && names.insert(intent.name.as_str())
                });
            Ok(intents.map(Wanted::Intent).collect())
        }
    }
}

fn plan(
    wanted: &Wanted<'_>,
    arguments: &Arguments,
    export: Option<&Export>,
    table: &Table,
    taken: &BTreeSet<String>,
) -> Result<Plan, String> {
    let making = table.making.as_ref();
    let made = |module: String| match (wanted, export) {
        (Wanted::Intent(intent), Some(export)) => Plan::of(intent, export, module, making),
        _ => Plan::plain(wanted.name(), module, making),
    };
    let folder = &arguments.intents;
    let lies = |module: &str| {
        let file = folder.join(format!("{module}.rs"));
        // What a run wrote that was cut short is ours.
        let is_ours = || {
            std::fs::read_to_string(&file).is_ok_and(|text| text == in_form(folder, &made(module.to_owned())))
        };
        folder.join(module).exists() || file.exists() && !is_ours()
    };
    if let Some(module) = &arguments.module {
        return match (table.is_taken(module), lies(module)) {
            (false, false) => Ok(made(module.clone())),
            _ => Err(format!(
                "there is a `{module}` already; nothing was changed: choose another name for --module"
            )),
        };
    }
    let name = names::of_module(wanted.name());
    let name = names::unique(name, |name| {
        table.is_taken(name) || taken.contains(name) || lies(name)
    });
    Ok(made(name))
}

/// A plan's file, formatted where rustfmt is at hand.
fn in_form(folder: &Path, plan: &Plan) -> String {
    formatted(folder, &plan.text).unwrap_or_else(|| plan.text.clone())
}

/// All files as they are to be, formatted where rustfmt is at hand.
fn change<'a>(folder: &'a Path, text: &'a str, table: &Table, plans: &[Plan]) -> Change<'a> {
    let additions: Vec<_> = plans
        .iter()
        .map(|plan| Addition {
            module: &plan.module,
            lines: &plan.lines,
        })
        .collect();
    let mut after = table.with(&additions);
    // What was not formatted before is left as its owner likes it.
    if formatted(folder, text).is_some_and(|formatted| formatted == text) {
        after = formatted(folder, &after).unwrap_or(after);
    }
    let new = plans.iter().map(|plan| {
        let text = in_form(folder, plan);
        (format!("{}.rs", plan.module), text)
    });
    Change {
        folder,
        new: new.collect(),
        before: text,
        after,
    }
}

fn nothing_to_do(arguments: &Arguments) -> String {
    match &arguments.name {
        Some(name) => {
            let name = name.clone();
            format!(
                "the table answers `{}` already; nothing was changed",
                Shown(&name)
            )
        }
        None => "every intent whose webhook is on has a handler; nothing was changed".to_owned(),
    }
}

fn tell(
    out: &mut impl Write,
    arguments: &Arguments,
    plans: &[Plan],
    change: &Change<'_>,
    table: &Table,
) -> std::io::Result<()> {
    let folder = arguments.intents.display();
    for (plan, (name, _)) in plans.iter().zip(&change.new) {
        writeln!(out, "wrote     {folder}/{name} for `{}`", Shown(&plan.intent))?;
    }
    match plans {
        [plan] => writeln!(
            out,
            "changed   {folder}/mod.rs: `mod {};` and `{}`",
            plan.module,
            Shown(&plan.lines.concat())
        )?,
        _ => writeln!(
            out,
            "changed   {folder}/mod.rs: {} modules and lines of the table",
            plans.len()
        )?,
    }
    if table.making.is_none() {
        writeln!(
            out,
            "note      there are no tests in them: what the agent is made of is not to be had without its start"
        )?;
    }
    let program = config::program_name();
    match plans {
        [plan] => {
            let (module, intent) = (&plan.module, plan.intent.replace('\'', "'\\''"));
            writeln!(
                out,
                "next      say what you want said in {folder}/{module}.rs, then: cargo test {module}"
            )?;
            writeln!(
                out,
                "          hear it: {program} ask '{}' (built anew)",
                Shown(&intent)
            )
        }
        _ => {
            writeln!(out, "next      say what you want said in them, then: cargo test")?;
            let agent = arguments
                .from
                .as_ref()
                .map_or_else(String::new, |path| path.display().to_string());
            writeln!(
                out,
                "          hold them against the agent: {program} check {} (built anew)",
                Shown(&agent)
            )
        }
    }
}
