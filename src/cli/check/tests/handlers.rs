//! Agents that break the rules of intents and handlers.

use super::build::*;
use super::*;

pub(super) fn pairs(rule: Rule) -> Vec<Pair> {
    match rule {
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
        _ => Vec::new(),
    }
}
