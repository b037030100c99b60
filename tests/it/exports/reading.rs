//! Every form of export is read, whichever way it is packed, and nothing in it is lost or told that should not be.

use flowhook::agent_export::{Content, Export, Kind, VersionSetting};
use secrecy::ExposeSecret;
use zip::CompressionMethod;

use super::pack::Pack;
use super::shapes::{self, all};

fn counts(export: &Export) -> [usize; 4] {
    let phrases = export.intents.iter().flat_map(|intent| intent.phrases.values());
    let entries = export.entities.iter().flat_map(|entity| entity.entries.values());
    [
        export.intents.len(),
        phrases.map(Vec::len).sum(),
        export.entities.len(),
        entries.map(Vec::len).sum(),
    ]
}

/// What was read, without what `Debug` hides.
fn shown(export: &Export) -> String {
    format!("{export:?}")
}

fn shape(name: &str) -> Pack {
    all().into_iter().find(|shape| shape.name == name).unwrap().pack
}

#[test]
fn every_form_is_read_the_same_however_it_is_packed() {
    for shape in all() {
        let name = shape.name;
        let export = shape
            .pack
            .read()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(counts(&export), shape.counts, "{name}");
        let mut turned = shape.pack.clone();
        turned.files.reverse();
        for bytes in [
            shape.pack.zipped(CompressionMethod::Stored, false),
            shape.pack.zipped(CompressionMethod::Deflated, true),
            turned.zip(),
            [&b"#!/bin/sh\n"[..], &shape.pack.zip()].concat(),
        ] {
            let other = Export::from_zip(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(shown(&other), shown(&export), "{name}");
        }
    }
}

#[test]
fn a_folder_gives_what_its_zip_gives() {
    for shape in all() {
        let name = shape.name;
        if shape.pack.files.iter().any(|(path, _)| path.contains('\\')) {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        shape.pack.unpack(folder.path());
        let export = Export::open(folder.path()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(shown(&export), shown(&shape.pack.read().unwrap()), "{name}");
        let file = folder.path().join("export.bin");
        std::fs::write(&file, shape.pack.zip()).unwrap();
        assert_eq!(shown(&Export::open(&file).unwrap()), shown(&export), "{name}");
    }
}

#[test]
fn only_what_is_of_the_wrong_kind_is_noted() {
    for shape in all() {
        let notes = shape.pack.read().unwrap().notes;
        assert_eq!(
            notes.is_empty(),
            shape.name != "with nothing as it should be",
            "{}: {notes:?}",
            shape.name
        );
    }
    let notes = shape("with nothing as it should be").read().unwrap().notes;
    let notes: Vec<_> = notes.iter().map(ToString::to_string).collect();
    for note in [
        "agent.json: `mlMinConfidence`: expected a number",
        "intents/a.json: `name`: expected text",
        "intents/a.json: `responses.affectedContexts[0].lifespan`: expected a number",
        "intents/a.json: `webhookUsed`: expected true or false",
        "intents/empty.json: expected an intent's `name`",
        "intents/list.json: expected an intent, not a list",
        "intents/nobody_usersays_en.json: expected an intent for these phrases",
        "entities/f_entries_en.json: expected an entity type for these entries",
    ] {
        assert!(
            notes.iter().any(|found| found == note),
            "{note} is not among {notes:#?}"
        );
    }
}

#[test]
fn an_intent_has_all_that_the_export_says_of_it() {
    let export = shapes::boat_hire().read().unwrap();
    let hire = export.intent("Hire a boat").unwrap();
    assert_eq!(hire.file, "intents/Hire a boat.json");
    assert!(hire.calls_webhook() && !hire.says_something_in("en") && hire.can_match());
    assert_eq!(
        (hire.action.as_str(), hire.output_contexts[0].lifespan),
        ("hire", 2)
    );
    let date = hire.parameter("date").unwrap();
    assert!(date.is_required && date.is_always_given() && date.is_as_spoken() && !date.is_list);
    assert_eq!(
        (date.entity.as_str(), date.prompts[0].text.as_str()),
        ("@sys.date", "On which day?")
    );
    assert_eq!(hire.phrases["en"][0].text(), "a rowing boat for tomorrow");
    assert_eq!(
        hire.phrases["en"][0].parts[0].entity.as_deref(),
        Some("@sys.ignore")
    );
    let yes = export.intent("Hire a boat - yes").unwrap();
    assert_eq!(export.parent_of(yes).unwrap().name, "Hire a boat");
    assert_eq!(yes.input_contexts, ["Hireaboat-followup"]);
    let welcome = export.listening_to("facebook_welcome").next().unwrap();
    assert_eq!(welcome.events.len(), 3);
    assert!(welcome.says_something_in("en") && welcome.says_something_in("en-us"));
    let chips = Content::QuickReplies {
        title: String::new(),
        replies: vec!["Hire a boat".to_owned()],
    };
    assert_eq!(
        (
            welcome.messages[0].platform.as_deref(),
            &welcome.messages[0].content
        ),
        (Some("google"), &chips)
    );
    assert!(export.intent("Default Fallback Intent").unwrap().is_fallback);
    assert!(export.agent.webhook.is_available && export.agent.webhook.headers.is_empty());
    assert_eq!(export.agent.api_version, VersionSetting::V2);
}

#[test]
fn the_oldest_form_keeps_phrases_entries_and_words() {
    let export = shape("of the first years").read().unwrap();
    let tea = export.intent("Ask for tea").unwrap();
    assert_eq!(tea.phrases["de"][0].text(), "a cup of green tea");
    assert_eq!(tea.messages[0].texts(), ["Here you are.", "One tea."]);
    assert_eq!(
        export.entity("@tea").unwrap().entries["de"][1].synonyms,
        ["black tea", "black"]
    );
    assert!(export.intent("Fallback").unwrap().says_something_in("de"));
}

#[test]
fn types_of_messages_come_as_number_as_text_and_as_name() {
    let export = shape("of 2020").read().unwrap();
    let kinds = |name: &str| -> Vec<Content> {
        export
            .intent(name)
            .unwrap()
            .messages
            .iter()
            .map(|message| message.content.clone())
            .collect()
    };
    assert_eq!(
        kinds("live agent"),
        [Content::Payload(serde_json::json!({"handoff": "desk"}))]
    );
    assert_eq!(
        kinds("Where's the pool?"),
        [Content::Text(vec!["On the roof.".to_owned()])]
    );
    let rich = kinds("rich");
    assert!(
        matches!(&rich[0], Content::Card { title, buttons, .. } if title == "A room" && buttons[0].postback == "take")
    );
    assert!(matches!(&rich[1], Content::QuickReplies { replies, .. } if replies.len() == 2));
    assert_eq!(rich[2], Content::Image("https://example.com/b.png".to_owned()));
    assert!(matches!(&rich[3], Content::Other { kind, .. } if kind == "basic_card"));
    assert!(matches!(&rich[5], Content::Speech { ssml, .. } if ssml.starts_with("<speak>")));
    let prompts = &export.intent("Where's the pool?").unwrap().parameters[0].prompts;
    assert_eq!(prompts[0].text, "Which floor?");
    let call = shape("on the phone").read().unwrap();
    let call = &call.intent("call").unwrap();
    assert_eq!(call.events, ["TELEPHONY_WELCOME", "CALL"]);
    assert_eq!(
        call.messages[0].content,
        Content::Audio("gs://example/hold.wav".to_owned())
    );
    assert_eq!(
        call.messages[3].content,
        Content::Transfer("+15550100".to_owned())
    );
}

#[test]
fn what_a_parameter_holds_may_come_from_elsewhere() {
    let export = shape("with contexts as memory").read().unwrap();
    let translate = export.intent("translate: text").unwrap();
    let lang = translate.parameter("lang").unwrap();
    assert!(lang.entity.is_empty() && !lang.is_as_spoken() && !lang.is_always_given());
    let lifespans: Vec<_> = translate
        .output_contexts
        .iter()
        .map(|context| context.lifespan)
        .collect();
    assert_eq!(lifespans, [5, 0, 5]);
    assert!(!export.intent("translate: again").unwrap().can_match());
}

#[test]
fn an_entity_type_tells_what_it_is_made_of() {
    let export = shape("with every kind of entity").read().unwrap();
    let kind = |name: &str| export.entity(name).unwrap().kind();
    assert_eq!(
        [kind("size"), kind("colour"), kind("order-id")],
        [Kind::Map, Kind::List, Kind::Regexp]
    );
    let Kind::Composite(names) = kind("move") else {
        panic!("it refers to others")
    };
    let names: Vec<_> = names
        .iter()
        .map(|(name, types)| (name.as_str(), types.iter().next().unwrap().as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("direction", "@direction"),
            ("length", "@sys.unit-length"),
            ("steps", "@sys.number")
        ]
    );
}

#[test]
fn languages_come_once_and_responses_are_told_by_language() {
    let export = shape("in two languages").read().unwrap();
    assert_eq!(export.agent.languages(), ["en", "pt-br"]);
    let english = export.intent("only english").unwrap();
    assert!(english.says_something_in("en") && !english.says_something_in("pt-br"));
    assert_eq!(export.intent("hours").unwrap().phrases["pt-br"].len(), 1);
    assert_eq!(
        export.entity("day").unwrap().entries["pt-br"][0].synonyms,
        ["dia útil"]
    );
}

#[test]
fn secrets_are_there_for_who_asks_and_nowhere_else() {
    let export = shapes::front_desk().read().unwrap();
    assert_eq!(
        export.agent.secondary_key.as_ref().unwrap().expose_secret(),
        "sekrit-key"
    );
    assert_eq!(
        export.agent.webhook.headers[0].value.expose_secret(),
        "sekrit-header"
    );
    assert_eq!(
        export.agent.webhook.password.as_ref().unwrap().expose_secret(),
        "sekrit-password"
    );
    let shown = format!("{export:#?}");
    assert!(!shown.contains("sekrit"), "{shown}");
    assert!(
        shown.contains("x-api-key") || shown.contains("headers: 1"),
        "{shown}"
    );
}
