//! What would stop the program, and what is wrong with its texts: all that can be told without an export.

use super::finding::{Finding, Place};
use super::rule::Rule;
use crate::cli::{handler_threads, serve};
use crate::config::{Given, Settings};
use crate::telemetry;
use crate::webhook::texts::{self, Fault, Texts};
use crate::webhook::{BoxError, Intents, Webhook};

/// Settings and table that can be used, and what is wrong with them even so.
pub(super) struct Started {
    pub(super) settings: Settings,
    pub(super) webhook: Webhook,
    pub(super) findings: Vec<Finding>,
}

/// Starts the agent as `serve` would, but for the server; or tells what would stop it.
pub(super) fn started<App, F>(given: &Given, start: F) -> Result<Started, Vec<Finding>>
where
    App: Send + Sync + 'static,
    F: AsyncFnOnce(&Settings) -> Result<Intents<App>, BoxError>,
{
    let of = |rule, mend: &'static str| {
        move |text: &str| {
            vec![
                Finding::new(rule, Place::Settings, text)
                    .why("the program would not start")
                    .mend(mend),
            ]
        }
    };
    let in_settings = of(
        Rule::Settings,
        "mend the setting; `flowhook settings` shows all there are",
    );
    let settings = Settings::load(given).map_err(|error| {
        error
            .0
            .iter()
            .flat_map(|fault| in_settings(fault))
            .collect::<Vec<_>>()
    })?;
    serve::gate(&settings).map_err(|error| in_settings(&error.to_string()))?;
    telemetry::targets(&settings.log.level).map_err(|error| in_settings(&error.to_string()))?;
    let in_start = of(
        Rule::Start,
        "see to what it needs: files, databases, settings of its own",
    );
    let threads =
        handler_threads(settings.server.handler_threads).map_err(|error| in_start(&error.to_string()))?;
    let intents = threads
        .block_on(start(&settings))
        .map_err(|error| in_start(&format!("the agent could not be started: {error}")))?;
    let faults = intents.catalogue().map_or_else(Vec::new, Texts::faults);
    let findings: Vec<_> = faults.iter().map(of_text).collect();
    let in_table = of(Rule::Table, "give each line a name of its own");
    let webhook =
        Webhook::new(intents, settings.webhook.options(), threads.handle().clone()).map_err(|error| {
            let error = error.to_string();
            // Texts that stop the start are among the faults of the catalogue already.
            let of_table = |line: &&str| !faults.iter().any(|fault| fault.to_string() == **line);
            let of_table = error.lines().filter(of_table).flat_map(in_table);
            findings.iter().cloned().chain(of_table).collect::<Vec<_>>()
        })?;
    // What the agent has opened may run on; nothing here waits for it.
    threads.shutdown_background();
    Ok(Started {
        settings,
        webhook,
        findings,
    })
}

/// A fault of the catalogue of texts.
fn of_text(fault: &Fault) -> Finding {
    let place = Place::Line {
        file: fault.file.clone(),
        line: u32::try_from(fault.line).unwrap_or(u32::MAX),
    };
    let finding = Finding::new(Rule::Texts, place, fault.text.clone()).mend("change the file at that line");
    match fault.rule {
        texts::Rule::MissingKey | texts::Rule::UnknownKey | texts::Rule::Plurals => finding
            .why(format!(
                "users of `{}` hear another text than they should",
                fault.language
            ))
            .only_a_warning(),
        _ if fault.is_fatal() => finding.why("the program would not start"),
        _ => finding.why("the text cannot be said as it stands"),
    }
}
