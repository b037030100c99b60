//! For each rule a pair of agents: one that breaks it, and one that differs only in what mends it.

use super::*;
use crate::agent_export::{
    Agent, Content, EntityType, Entry, Intent, Message, Note, OutputContext, Parameter, Phrase,
};
use crate::agent_export::{VersionSetting, Webhook as Fulfillment};
use crate::webhook::{Context, Reply, Turn};
use crate::wire::ApiVersion;

async fn hello(_: Turn) -> crate::Result<Reply> {
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

struct Booking;

impl Context for Booking {
    const NAME: &'static str = "booking";
}

/// An intent whose webhook is on and that says something itself.
fn intent(name: &str) -> Intent {
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

fn parameter(name: &str, entity: &str) -> Parameter {
    Parameter {
        name: name.to_owned(),
        entity: entity.to_owned(),
        value: format!("${name}"),
        is_required: true,
        ..Parameter::default()
    }
}

/// An intent `book` with one parameter.
fn book(parameter: Parameter) -> Intent {
    Intent {
        parameters: vec![parameter],
        ..intent("book")
    }
}

fn named(name: &str, events: &[&str]) -> Intent {
    Intent {
        events: events.iter().map(|event| (*event).to_owned()).collect(),
        ..intent(name)
    }
}

fn with_phrase(intent: Intent) -> Intent {
    Intent {
        phrases: [("en".to_owned(), vec![Phrase::default()])].into(),
        ..intent
    }
}

fn entity(name: &str, is_enum: bool, values: &[&str]) -> EntityType {
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
fn agent(intents: impl IntoIterator<Item = Intent>) -> Export {
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

fn checked(table: Intents, export: &Export) -> Vec<Finding> {
    let table = table.into_table().unwrap();
    against(&Subject::new(
        &table,
        export,
        ApiVersion::V2,
        vec!["en".to_owned()],
    ))
}

/// What is found, as rules.
fn found(table: Intents, export: &Export) -> Vec<Rule> {
    checked(table, export)
        .iter()
        .map(|finding| finding.rule)
        .collect()
}

fn table() -> Intents {
    Intents::new(())
}

/// One side that breaks the rule, and one that does not.
type Pair = [(Intents, Export); 2];

/// The table with the one line `book`, and agents with the intent `book`.
fn of_book<P: crate::webhook::Parameters, F, Fut>(handler: F, bad: Parameter, good: Parameter) -> Pair
where
    F: Fn(Turn<P>) -> Fut + Send + Sync + Copy + 'static,
    Fut: crate::webhook::Awaitable + Send + 'static,
    Fut::Output: crate::webhook::Outcome,
{
    [bad, good].map(|parameter| (table().on("book", handler), agent([book(parameter)])))
}

fn changed(change: impl Fn(&mut Export)) -> Export {
    let mut export = agent([intent("hello")]);
    change(&mut export);
    export
}

fn agents(bad: impl Fn(&mut Export), good: impl Fn(&mut Export)) -> Pair {
    [changed(bad), changed(good)].map(|export| (table().on("hello", hello), export))
}

/// Pairs that show a rule; each of them is broken by its first and kept by its second, and no other rule is broken.
fn pairs(rule: Rule) -> Vec<Pair> {
    let same = |_: &mut Export| {};
    match rule {
        // These come before there is anything to compare, or after: `tests/it/check` has them.
        Rule::Settings | Rule::Start | Rule::Table | Rule::Allowance => Vec::new(),
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
            |export| export.agent.supported_languages = vec!["de".to_owned()],
            |export| export.agent.supported_languages = vec!["en-us".to_owned(), "en".to_owned()],
        )],
        Rule::MissingHandler => {
            let listening = || named("greet", &["WELCOME", "HELLO"]);
            vec![
                [
                    (table(), agent([intent("hello")])),
                    (table().fallback(hello), agent([intent("hello")])),
                ],
                [
                    (table().on_event("WELCOME", hello), agent([listening()])),
                    (
                        table().on_event("WELCOME", hello).on_event("hello", hello),
                        agent([listening()]),
                    ),
                ],
                [
                    (
                        table().on_event("WELCOME", hello),
                        agent([with_phrase(named("greet", &["WELCOME"]))]),
                    ),
                    (
                        table().on_event("WELCOME", hello).fallback(hello),
                        agent([with_phrase(named("greet", &["WELCOME"]))]),
                    ),
                ],
            ]
        }
        Rule::UnknownIntent => vec![
            [
                (
                    table().on("hello", hello).on("helo", hello),
                    agent([intent("hello")]),
                ),
                (table().on("hello", hello), agent([intent("hello")])),
            ],
            [
                (
                    table().on("hello", hello).on_action("act", hello),
                    agent([intent("hello")]),
                ),
                (
                    table().on_action("act", hello),
                    agent([Intent {
                        action: "act".to_owned(),
                        ..intent("hello")
                    }]),
                ),
            ],
            [
                (
                    table().on("hello", hello).on_event("EVENT", hello),
                    agent([intent("hello")]),
                ),
                (
                    table().on("hello", hello).on_event("EVENT", hello),
                    agent([named("hello", &["event"])]),
                ),
            ],
        ],
        Rule::WebhookOff => {
            let off = |on: bool| Intent {
                uses_webhook: on,
                action: "act".to_owned(),
                events: vec!["EVENT".to_owned()],
                ..intent("hello")
            };
            vec![
                [false, true].map(|on| (table().on("hello", hello), agent([off(on)]))),
                [false, true].map(|on| (table().on_action("act", hello), agent([off(on)]))),
                [false, true].map(|on| (table().on_event("EVENT", hello), agent([off(on)]))),
            ]
        }
        Rule::NoResponse => {
            let says = |language: &str| {
                let mut intent = intent("hello");
                intent.messages[0].language = Some(language.to_owned());
                intent
            };
            vec![
                [
                    (table().on("hello", hello), agent([says("de")])),
                    (table().on("hello", hello), agent([says("en")])),
                ],
                [
                    (
                        table().on("hello", hello),
                        agent([Intent {
                            messages: Vec::new(),
                            ..intent("hello")
                        }]),
                    ),
                    (table().on("hello", hello), agent([intent("hello")])),
                ],
            ]
        }
        Rule::SlotFilling => {
            let filled = || Intent {
                uses_webhook_for_slots: true,
                ..book(parameter("guests", "@sys.number"))
            };
            vec![
                [
                    (
                        table().on("book", reads!(guests: u8)).fills_slots(),
                        agent([filled()]),
                    ),
                    (
                        table().on("book", reads!(guests: Option<u8>)).fills_slots(),
                        agent([filled()]),
                    ),
                ],
                [
                    (table().on("book", reads!(guests: Option<u8>)), agent([filled()])),
                    (
                        table().on("book", reads!(guests: Option<u8>)),
                        agent([book(parameter("guests", "@sys.number"))]),
                    ),
                ],
            ]
        }
        Rule::UnknownParameter => {
            let one = |name: &str| book(parameter(name, "@sys.number"));
            let another = || Intent {
                name: "another".to_owned(),
                ..one("guests")
            };
            vec![
                of_book(
                    reads!(guests: u8),
                    parameter("guest", "@sys.number"),
                    parameter("guests", "@sys.number"),
                ),
                of_book(
                    reads!(guests: Option<u8>),
                    parameter("guest", "@sys.number"),
                    parameter("guests", "@sys.number"),
                ),
                [
                    (
                        table()
                            .on("book", reads!(guests: u8))
                            .on("another", reads!(guests: u8)),
                        agent([one("guest"), another()]),
                    ),
                    (
                        table().fallback(reads!(guests: Option<u8>)),
                        agent([one("guest"), another()]),
                    ),
                ],
            ]
        }
        Rule::ParameterType => {
            let of = |name: &str, entity: &str| parameter(name, entity);
            let list = |name: &str, entity: &str| Parameter {
                is_list: true,
                ..parameter(name, entity)
            };
            vec![
                of_book(reads!(day: u8), of("day", "@sys.date"), of("day", "@sys.number")),
                of_book(
                    reads!(day: String),
                    list("day", "@sys.any"),
                    of("day", "@sys.any"),
                ),
                of_book(reads!(size: u8), of("size", "@size"), of("size", "@count")),
                of_book(reads!(size: bool), of("size", "@size"), of("size", "@nowhere")),
                of_book(
                    reads!(day: u8),
                    of("day", "@sys.date"),
                    Parameter {
                        value: "#booking.day".to_owned(),
                        ..of("day", "")
                    },
                )
                .map(|(table, export)| (table.sets_context("booking"), export)),
                [("@size", &["S"][..]), ("@size", &["S", "M"])].map(|(entity, names)| {
                    #[derive(serde::Deserialize)]
                    enum One {
                        S,
                    }
                    #[derive(serde::Deserialize)]
                    enum Both {
                        S,
                        M,
                    }
                    let _ = (One::S, Both::S, Both::M);
                    let table = if names.len() == 1 {
                        table().on("book", reads!(size: One))
                    } else {
                        table().on("book", reads!(size: Both))
                    };
                    (table, agent([book(of("size", entity))]))
                }),
            ]
        }
        Rule::OptionalParameter => {
            let maybe = || Parameter {
                is_required: false,
                ..parameter("day", "@sys.any")
            };
            vec![
                of_book(reads!(day: String), maybe(), parameter("day", "@sys.any")),
                of_book(
                    reads!(day: String),
                    maybe(),
                    Parameter {
                        default: "today".to_owned(),
                        ..maybe()
                    },
                ),
                of_book(
                    reads!(day: String),
                    maybe(),
                    Parameter {
                        value: "today".to_owned(),
                        ..maybe()
                    },
                ),
                of_book(
                    reads!(day: Vec<String>),
                    maybe(),
                    Parameter {
                        is_list: true,
                        ..maybe()
                    },
                ),
                [
                    (table().on("book", reads!(day: String)), agent([book(maybe())])),
                    (
                        table().on("book", reads!(day: Option<String>)),
                        agent([book(maybe())]),
                    ),
                ],
            ]
        }
        Rule::UnsetContext => vec![
            [
                (
                    table().on("hello", hello).reads::<Booking>(),
                    agent([intent("hello")]),
                ),
                (
                    table().on("hello", hello).reads::<Booking>().sets::<Booking>(),
                    agent([intent("hello")]),
                ),
            ],
            [
                (
                    table().on("hello", hello).reads_context("cart"),
                    agent([intent("hello")]),
                ),
                (table().on("hello", hello).reads_context("hello-followup"), {
                    let context = OutputContext {
                        name: "hello-followup".to_owned(),
                        lifespan: 2,
                    };
                    agent([Intent {
                        output_contexts: vec![context],
                        ..intent("hello")
                    }])
                }),
            ],
            [
                (table().on("hello", hello).reads_context("cart"), {
                    let ended = OutputContext {
                        name: "cart".to_owned(),
                        lifespan: 0,
                    };
                    agent([Intent {
                        output_contexts: vec![ended],
                        ..intent("hello")
                    }])
                }),
                (
                    table()
                        .on("hello", hello)
                        .reads_context("PAID")
                        .reads_context("generic"),
                    agent([named("hello", &["paid"])]),
                ),
            ],
        ],
        Rule::ContextCase => {
            let cart = |spelling: &str| {
                let context = OutputContext {
                    name: spelling.to_owned(),
                    lifespan: 5,
                };
                (
                    table().on("hello", hello).reads_context("Cart"),
                    agent([Intent {
                        output_contexts: vec![context],
                        ..intent("hello")
                    }]),
                )
            };
            vec![[cart("cart"), cart("Cart")]]
        }
        Rule::UnsetInputContext => {
            let needs = |context: &str| Intent {
                input_contexts: vec![context.to_owned()],
                ..intent("hello")
            };
            let refers = |value: &str| Intent {
                name: "hello".to_owned(),
                ..book(Parameter {
                    value: value.to_owned(),
                    ..parameter("a", "")
                })
            };
            vec![
                [
                    (table().on("hello", hello), agent([needs("cart")])),
                    (
                        table().on("hello", hello).sets_context("Cart"),
                        agent([needs("cart")]),
                    ),
                ],
                [
                    (table().on("hello", hello), agent([refers("#cart.items")])),
                    (table().on("hello", hello), agent([refers("#1 of all")])),
                ],
                [
                    (table().on("hello", hello), agent([needs("cart")])),
                    (
                        table().on("hello", hello),
                        agent([Intent {
                            priority: Some(-1.0),
                            ..needs("cart")
                        }]),
                    ),
                ],
            ]
        }
        Rule::UnknownEvent => vec![[
            (
                table().on("hello", hello).sends_event("GO_ON"),
                agent([intent("hello")]),
            ),
            (
                table().on("hello", hello).sends_event("GO_ON"),
                agent([named("hello", &["go_on"])]),
            ),
        ]],
        Rule::EventChain => {
            let steps = || {
                agent([
                    intent("a"),
                    named("b", &["B"]),
                    named("c", &["C"]),
                    named("d", &["D"]),
                ])
            };
            let two = || {
                table()
                    .on("a", hello)
                    .sends_event("B")
                    .on("b", hello)
                    .sends_event("C")
                    .on("d", hello)
            };
            vec![[
                (two().on("c", hello).sends_event("D"), steps()),
                (two().on("c", hello).sends_event("A"), {
                    let mut export = steps();
                    export.intents[0].events.push("A".to_owned());
                    export
                }),
            ]]
        }
        Rule::UnknownEntity => vec![
            [
                (
                    table().on("hello", hello).sets_entities("sise"),
                    agent([intent("hello")]),
                ),
                (
                    table().on("hello", hello).sets_entities("@size"),
                    agent([intent("hello")]),
                ),
            ],
            [
                (
                    table().on("hello", hello).sets_entities("sys.color"),
                    agent([intent("hello")]),
                ),
                (
                    table().on("hello", hello).sets_entities("size"),
                    agent([intent("hello")]),
                ),
            ],
        ],
    }
}

#[test]
fn each_rule_is_broken_by_one_agent_and_kept_by_its_neighbour() {
    for rule in Rule::ALL {
        let is_compared = !matches!(rule, Rule::Settings | Rule::Start | Rule::Table | Rule::Allowance);
        assert_eq!(pairs(*rule).is_empty(), !is_compared, "{rule}");
        for (place, [(bad_table, bad), (good_table, good)]) in pairs(*rule).into_iter().enumerate() {
            let findings = found(bad_table, &bad);
            assert!(!findings.is_empty(), "{rule}, pair {place}");
            assert!(
                findings.iter().all(|found| found == rule),
                "{rule}, pair {place}: {findings:?}"
            );
            assert_eq!(found(good_table, &good), [], "{rule}, pair {place}");
        }
    }
}

#[test]
fn a_finding_says_where_why_and_how_to_mend_it() {
    for rule in Rule::ALL {
        for [(table, export), _] in pairs(*rule) {
            for finding in checked(table, &export) {
                assert!(
                    !finding.says.is_empty() && !finding.why.is_empty() && !finding.mend.is_empty(),
                    "{finding:?}"
                );
                let text = [&finding.says, &finding.why, &finding.mend];
                assert!(
                    text.iter()
                        .all(|text| !text.ends_with('.') && !text.contains("  ")),
                    "{finding:?}"
                );
                if let Place::Line { file, line } = &finding.place {
                    assert!(file.ends_with("check/tests.rs") && *line > 0, "{finding:?}");
                }
            }
        }
    }
}

#[test]
fn the_nearest_name_is_suggested() {
    let mended = |table: Intents, export: &Export| checked(table, export).remove(0).mend;
    let ends = |text: String, end: &str| assert!(text.ends_with(end), "{text}");
    ends(
        mended(
            table().on("helo", hello).on("hello", hello),
            &agent([intent("hello")]),
        ),
        "did you mean `hello`?",
    );
    ends(
        mended(
            table().on("book", reads!(guest: u8)),
            &agent([book(parameter("guests", "@sys.number"))]),
        ),
        "did you mean `guests`?",
    );
    ends(
        mended(
            table()
                .on("hello", hello)
                .sets::<Booking>()
                .reads_context("bookings"),
            &agent([intent("hello")]),
        ),
        "did you mean `booking`?",
    );
    ends(
        mended(
            table().on("hello", hello).sends_event("GO"),
            &agent([named("hello", &["GO_"])]),
        ),
        "did you mean `GO_`?",
    );
    ends(
        mended(
            table().on("hello", hello).sets_entities("sizes"),
            &agent([intent("hello")]),
        ),
        "did you mean `size`?",
    );
    let renamed = checked(table().on("table.book", hello), &agent([intent("table-book")]));
    assert_eq!(
        renamed.iter().map(|finding| finding.rule).collect::<Vec<_>>(),
        [Rule::MissingHandler, Rule::UnknownIntent]
    );
    ends(
        renamed[0].mend.clone(),
        "the line for `table.book` has no intent: is it meant?",
    );
}

#[test]
fn composites_are_looked_into() {
    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "only its shape is read")]
    struct Move {
        steps: Option<u32>,
        direction: String,
    }
    let mut export = agent([book(parameter("step", "@move"))]);
    let check = |export: &Export| {
        let findings = checked(table().on("book", reads!(step: Move)), export);
        findings
            .into_iter()
            .map(|finding| finding.why)
            .collect::<Vec<_>>()
    };
    export
        .entities
        .push(entity("direction", true, &["left", "right"]));
    export.entities.push(entity(
        "move",
        true,
        &["@sys.number:steps @direction:direction", "@direction:direction"],
    ));
    assert_eq!(check(&export), [""; 0]);
    export.entities[3] = entity(
        "move",
        true,
        &["@sys.number:steps @direction:direction", "@sys.number:steps"],
    );
    assert_eq!(
        check(&export),
        ["the member `direction` of `@move` may be missing, and the handler needs it"]
    );
    export.entities[3] = entity("move", true, &["@sys.date:steps @direction:direction"]);
    assert_eq!(check(&export).len(), 1);
    export.entities[3] = entity("move", true, &["@direction:way"]);
    assert_eq!(
        check(&export),
        ["`@move` has no member `direction`, which the handler needs"]
    );
    export.entities[3] = entity("move", true, &["left"]);
    assert_eq!(
        check(&export),
        ["`@move` comes as text, the handler reads an object with steps, direction"]
    );
}

#[test]
fn an_action_that_is_known_only_at_run_time_is_left_alone() {
    let open = Intent {
        action: "#cart.action".to_owned(),
        ..intent("hello")
    };
    let export = agent([open]);
    assert_eq!(
        found(
            table()
                .on_action("buy", hello)
                .on("hello", hello)
                .sets_context("cart"),
            &export
        ),
        []
    );
    let rules = found(table().on_action("buy", hello), &export);
    assert_eq!(rules, [Rule::UnsetInputContext]);
}

#[test]
fn what_the_settings_allow_is_passed_over_and_counted() {
    let allowance = |rule: &str, intent: Option<&str>| Allowance {
        rule: rule.to_owned(),
        reason: "it is so".to_owned(),
        intent: intent.map(str::to_owned),
    };
    let silent = || {
        let silent = |name: &str| Intent {
            messages: Vec::new(),
            ..intent(name)
        };
        checked(
            table().on("a", hello).on("b", hello),
            &agent([silent("a"), silent("b")]),
        )
    };
    let of = |allow: &[Allowance], is_complete| {
        let findings = sorted(silent(), allow, is_complete);
        (
            findings
                .standing
                .iter()
                .map(|finding| finding.rule)
                .collect::<Vec<_>>(),
            findings.allowed.len(),
        )
    };
    assert_eq!(of(&[], true), (vec![Rule::NoResponse; 2], 0));
    assert_eq!(of(&[allowance("no-console-response", None)], true), (vec![], 2));
    assert_eq!(
        of(&[allowance("no-console-response", Some("b"))], true),
        (vec![Rule::NoResponse], 1)
    );
    let unused = [
        allowance("no-console-response", None),
        allowance("event-chain", None),
    ];
    assert_eq!(of(&unused, true), (vec![Rule::Allowance], 2));
    assert_eq!(of(&unused, false), (vec![], 2));
    let unknown = [
        allowance("no-console-response", None),
        allowance("event-chains", None),
    ];
    let findings = sorted(silent(), &unknown, false);
    assert_eq!(
        findings.standing[0].mend,
        "write the rule as it is reported; did you mean `event-chain`?"
    );
}

#[test]
fn names_out_of_the_export_cannot_play_with_the_terminal() {
    let findings = sorted(checked(table(), &agent([intent("a\u{1b}[2J\nb")])), &[], true);
    let scope = Scope {
        export: Some("a\u{7}.zip".to_owned()),
        ..Scope::default()
    };
    let text = report::in_words(&findings, &scope, false);
    assert!(!text.replace('\n', "").contains(char::is_control), "{text}");
    assert!(report::in_words(&findings, &scope, true).contains("\x1b[31merror[missing-handler]\x1b[0m"));
}
