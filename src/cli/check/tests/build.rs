//! Agents and tables, made of a few words each.

use super::*;

pub(super) async fn hello(_: Turn) -> crate::Result<Reply> {
    Ok(Reply::text("Hello!"))
}

/// A handler that reads these parameters.
macro_rules! reads {
    ($($(#[$note:meta])* $field:ident: $holds:ty),* $(,)?) => {{
        #[derive(serde::Deserialize)]
        #[expect(dead_code, reason = "only its shape is read")]
        struct Parameters {
            $($(#[$note])* $field: $holds,)*
        }
        async fn handler(_: Turn<Parameters>) -> crate::Result<Reply> {
            Ok(Reply::text("Hello!"))
        }
        handler
    }};
}

pub(super) struct Booking;

impl Context for Booking {
    const NAME: &'static str = "booking";
}

/// An intent whose webhook is on and that says something itself.
pub(super) fn intent(name: &str) -> Intent {
    Intent {
        file: format!("intents/{name}.json"),
        name: name.to_owned(),
        uses_webhook: true,
        messages: vec![Message {
            platform: None,
            language: None,
            content: Content::Text(vec!["Sorry.".to_owned()]),
        }],
        ..Intent::default()
    }
}

pub(super) fn parameter(name: &str, entity: &str) -> Parameter {
    Parameter {
        name: name.to_owned(),
        entity: entity.to_owned(),
        value: format!("${name}"),
        is_required: true,
        ..Parameter::default()
    }
}

/// An intent `book` with one parameter.
pub(super) fn book(parameter: Parameter) -> Intent {
    Intent {
        parameters: vec![parameter],
        ..intent("book")
    }
}

pub(super) fn named(name: &str, events: &[&str]) -> Intent {
    Intent {
        events: events.iter().map(|event| (*event).to_owned()).collect(),
        ..intent(name)
    }
}

pub(super) fn with_phrase(intent: Intent) -> Intent {
    Intent {
        phrases: [("en".to_owned(), vec![Phrase::default()])].into(),
        ..intent
    }
}

pub(super) fn entity(name: &str, is_enum: bool, values: &[&str]) -> EntityType {
    let entry = |value: &&str| Entry {
        value: (*value).to_owned(),
        synonyms: Vec::new(),
    };
    EntityType {
        name: name.to_owned(),
        file: format!("entities/{name}.json"),
        is_enum,
        entries: [("en".to_owned(), values.iter().map(entry).collect())].into(),
        ..EntityType::default()
    }
}

/// An agent that breaks no rule, with these intents.
pub(super) fn agent(intents: impl IntoIterator<Item = Intent>) -> Export {
    let fallback = Intent {
        is_fallback: true,
        uses_webhook: false,
        ..intent("Default Fallback Intent")
    };
    Export {
        agent: Agent {
            language: "en".to_owned(),
            webhook: Fulfillment {
                is_available: true,
                url: "https://example.com/".to_owned(),
                ..Fulfillment::default()
            },
            ..Agent::default()
        },
        intents: intents.into_iter().chain([fallback]).collect(),
        entities: vec![
            entity("size", false, &["S", "M"]),
            entity("count", false, &["1", "2"]),
        ],
        ..Export::default()
    }
}

pub(super) fn checked(table: Intents, export: &Export) -> Vec<Finding> {
    let table = table.into_table().unwrap();
    against(&Subject::new(
        &table,
        export,
        ApiVersion::V2,
        vec!["en".to_owned(), "de".to_owned()],
    ))
}

/// What is found, as rules.
pub(super) fn found(table: Intents, export: &Export) -> Vec<Rule> {
    checked(table, export)
        .iter()
        .map(|finding| finding.rule)
        .collect()
}

pub(super) fn table() -> Intents {
    Intents::new(())
}

/// One side that breaks the rule, and one that does not.
pub(super) type Pair = [(Intents, Export); 2];

/// The table with the one line `book`, and agents with the intent `book`.
pub(super) fn of_book<P: crate::webhook::Parameters, F, Fut>(
    handler: F,
    bad: Parameter,
    good: Parameter,
) -> Pair
where
    F: Fn(Turn<P>) -> Fut + Send + Sync + Copy + 'static,
    Fut: crate::webhook::Awaitable + Send + 'static,
    Fut::Output: crate::webhook::Outcome,
{
    [bad, good].map(|parameter| (table().on("book", handler), agent([book(parameter)])))
}

pub(super) fn changed(change: impl Fn(&mut Export)) -> Export {
    let mut export = agent([intent("hello")]);
    change(&mut export);
    export
}

pub(super) fn agents(bad: impl Fn(&mut Export), good: impl Fn(&mut Export)) -> Pair {
    [changed(bad), changed(good)].map(|export| (table().on("hello", hello), export))
}

pub(super) use reads;
