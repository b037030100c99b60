//! Agents that break the rules of contexts, events and entities.

use super::build::*;
use super::*;

pub(super) fn pairs(rule: Rule) -> Vec<Pair> {
    match rule {
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
        _ => Vec::new(),
    }
}
