//! For each rule a pair of agents: one that breaks it, and one that differs only in what mends it.

mod build;

mod agent;
mod contexts;
mod handlers;
mod parameters;

use super::finding::Place;
use super::*;
use crate::agent_export::{
    Agent, Content, EntityType, Entry, Intent, Message, Note, OutputContext, Parameter, Phrase,
};
use crate::agent_export::{VersionSetting, Webhook as Fulfillment};
use crate::webhook::{Context, Reply, Texts, Turn};
use crate::wire::ApiVersion;

use build::*;

/// Pairs that show a rule: the first side breaks it, the second keeps it, and no other rule is broken.
fn pairs(rule: Rule) -> Vec<Pair> {
    let groups = [agent::pairs, handlers::pairs, parameters::pairs, contexts::pairs];
    groups.iter().flat_map(|pairs| pairs(rule)).collect()
}

#[test]
fn each_rule_is_broken_by_one_agent_and_kept_by_its_neighbour() {
    for rule in Rule::ALL {
        let is_compared = !matches!(
            rule,
            Rule::Settings | Rule::Start | Rule::Table | Rule::Texts | Rule::Allowance
        );
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
                    assert!(file.contains("check/tests/") && *line > 0, "{finding:?}");
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
