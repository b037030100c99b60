//! Agents that break the rules of parameters.

use super::build::*;
use super::*;

pub(super) fn pairs(rule: Rule) -> Vec<Pair> {
    match rule {
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
        _ => Vec::new(),
    }
}
