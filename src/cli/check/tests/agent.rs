//! Agents that break the rules of the agent as a whole.

use super::build::*;
use super::*;

pub(super) fn pairs(rule: Rule) -> Vec<Pair> {
    let same = |_: &mut Export| {};
    match rule {
        Rule::Note => {
            let note = Note {
                file: "intents/a.json".to_owned(),
                path: "name".to_owned(),
                expected: "text",
            };
            vec![agents(move |export| export.notes.push(note.clone()), same)]
        }
        Rule::Disabled => vec![
            agents(|export| export.agent.webhook.is_available = false, same),
            agents(|export| export.agent.webhook.url.clear(), same),
            agents(|export| export.agent.webhook.is_inline = true, same),
        ],
        Rule::ApiVersion => [
            VersionSetting::V2Beta1,
            VersionSetting::V1Legacy,
            VersionSetting::Other("v9".to_owned()),
        ]
        .map(|version| {
            agents(
                move |export| export.agent.api_version = version.clone(),
                |export| export.agent.api_version = VersionSetting::V2,
            )
        })
        .into(),
        Rule::DuplicateName => vec![
            agents(|export| export.intents.push(intent("hello")), same),
            agents(
                |export| export.entities.push(entity("size", true, &[])),
                |export| export.entities.push(entity("hello", true, &[])),
            ),
        ],
        Rule::NoFallback => vec![
            agents(|export| export.intents.retain(|intent| !intent.is_fallback), same),
            agents(
                |export| export.intents[1].input_contexts.push("generic".to_owned()),
                |export| {
                    let second = Intent {
                        input_contexts: vec!["generic".to_owned()],
                        ..export.intents[1].clone()
                    };
                    export.intents.push(Intent {
                        name: "another".to_owned(),
                        ..second
                    });
                },
            ),
        ],
        Rule::Apology => vec![agents(
            |export| export.agent.supported_languages = vec!["fr".to_owned()],
            |export| export.agent.supported_languages = vec!["en-us".to_owned(), "en".to_owned()],
        )],
        Rule::LanguageTexts => {
            let speaking = |language: &str| {
                let texts = Texts::new("en").file("a.en.ftl", "hello = Hello");
                let table = table().on("hello", hello).texts(texts);
                (
                    table,
                    changed(|export| export.agent.supported_languages = vec![language.to_owned()]),
                )
            };
            vec![[speaking("de"), speaking("en-gb")]]
        }
        _ => Vec::new(),
    }
}
