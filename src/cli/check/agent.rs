//! The agent as a whole: its settings, its languages, names that are there twice.

use std::collections::BTreeMap;

use super::finding::{Finding, Place};
use super::rule::Rule;
use super::subject::Subject;
use crate::agent_export::VersionSetting;
use crate::wire::ApiVersion;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for note in &subject.export.notes {
        let says = if note.path.is_empty() {
            format!("expected {}", note.expected)
        } else {
            format!("`{}`: expected {}", note.path, note.expected)
        };
        findings.push(
            Finding::new(Rule::Note, Place::Export(note.file.clone()), says)
                .why("the value was passed over, so what it says was not checked")
                .mend("export the agent anew; if it is there again, look at it in the console"),
        );
    }
    fulfillment(subject, findings);
    version(subject, findings);
    names(subject, findings);
    let fallback =
        |intent: &&crate::agent_export::Intent| intent.is_fallback && intent.input_contexts.is_empty();
    if !subject
        .export
        .intents
        .iter()
        .filter(fallback)
        .any(crate::agent_export::Intent::can_match)
    {
        findings.push(
            Finding::new(Rule::NoFallback, settings(), "no fallback intent matches without a context")
                .why("what matches no other intent gets no answer at all")
                .mend("add a fallback intent without input contexts, as new agents have it: Default Fallback Intent"),
        );
    }
    languages(subject, findings);
}

fn settings() -> Place {
    Place::Export("agent.json".to_owned())
}

fn fulfillment(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let webhook = &subject.export.agent.webhook;
    let disabled = |says: &str, mend: &str| {
        Finding::new(Rule::Disabled, settings(), says)
            .why("no handler is ever called; the console's responses are all that users hear")
            .mend(mend)
    };
    if !webhook.is_available {
        let mend =
            "enable the webhook under Fulfillment in the console and save, then export the agent again";
        findings.push(disabled("fulfillment is switched off for the whole agent", mend));
    } else if webhook.is_inline {
        let mend = "disable the inline editor under Fulfillment in the console, and enable the webhook with this program's URL";
        findings.push(disabled("the inline editor answers in place of a webhook", mend));
    } else if webhook.url.is_empty() {
        let mend = "give the webhook under Fulfillment in the console this program's URL";
        findings.push(disabled("fulfillment is switched on, but goes to no URL", mend));
    }
}

fn languages(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for language in subject.export.agent.languages() {
        let root = language.split('-').next().unwrap_or_default();
        let has = |tag: &str| {
            let mut apologies = subject.apologies.iter();
            apologies.any(|apology| apology.eq_ignore_ascii_case(tag))
        };
        if !has(language) && !has(root) {
            let says = format!("the agent speaks `{language}`, and no apology does");
            findings.push(
                Finding::new(Rule::Apology, Place::Settings, says)
                    .why("when a turn fails and the console has no response, the user hears the apology in English")
                    .mend(format!("add `{root} = \"...\"` below [webhook.apologies]")),
            );
        }
        if let Some(texts) = subject.texts.filter(|texts| !texts.speaks(language)) {
            let (says, default) = (
                format!("the agent speaks `{language}`, and no text does"),
                texts.default_language(),
            );
            findings.push(
                Finding::new(Rule::LanguageTexts, settings(), says)
                    .why(format!("users of that language hear the texts in `{default}`"))
                    .mend(format!(
                        "add texts in `{root}`: a file, and a line for it where the catalogue is made"
                    )),
            );
        }
    }
}

fn version(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let ours = subject.api_version;
    let theirs = &subject.export.agent.api_version;
    let finding = |says: String| Finding::new(Rule::ApiVersion, settings(), says);
    match (theirs, ours) {
        (VersionSetting::V2Beta1, ApiVersion::V2Beta1)
        | (VersionSetting::V2 | VersionSetting::Unset, ApiVersion::V2) => {}
        (VersionSetting::V2Beta1, _) => findings.push(
            finding(format!(
                "the agent speaks v2beta1, `webhook.api_version` is {ours}"
            ))
            .why("replies are kept to what v2 knows: messages for the phone and for RCS are taken out")
            .mend("set `webhook.api_version = \"v2beta1\"`")
            .only_a_warning(),
        ),
        (VersionSetting::V2 | VersionSetting::Unset, _) => findings.push(
            finding(format!("the agent speaks v2, `webhook.api_version` is {ours}"))
                .why("Dialogflow refuses a whole reply for one field that its version does not have")
                .mend("set `webhook.api_version = \"v2\"`, or the agent to v2beta1 in its settings"),
        ),
        (VersionSetting::V1Legacy, _) => findings.push(
            finding("the agent speaks v1, which has been switched off".to_owned())
                .why("calls in that form cannot be answered")
                .mend("set the agent's API version to v2 in its settings"),
        ),
        (VersionSetting::Other(_), _) => findings.push(
            finding("the agent's API version is not known here".to_owned())
                .why("the form of its calls and replies may be another")
                .mend("set the agent's API version to v2 in its settings"),
        ),
    }
}

fn names(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let intents = subject
        .export
        .intents
        .iter()
        .map(|intent| ("intent", &intent.name, &intent.file));
    let entities = subject
        .export
        .entities
        .iter()
        .map(|entity| ("entity type", &entity.name, &entity.file));
    let mut first = BTreeMap::new();
    for (kind, name, file) in intents.chain(entities) {
        if let Some(other) = first.insert((kind, name), file) {
            let says = format!("the {kind} `{name}` is in `{other}` already");
            findings.push(
                Finding::new(Rule::DuplicateName, Place::Export(file.clone()), says)
                    .of(name)
                    .why("handlers and replies know it by its name, so they cannot tell the two apart")
                    .mend("give one of them another name in the console"),
            );
        }
    }
}
