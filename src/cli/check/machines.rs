//! Findings in the forms of others: SARIF for code scanning, and GitHub's workflow commands for annotations.

use serde_json::{Value, json};

use super::finding::{Finding, Findings, Place};
use super::report::{Scope, place, summary};
use super::rule::{Level, Rule};

/// The static analysis results interchange format, SARIF 2.1.0 (OASIS).
pub(super) fn sarif(findings: &Findings, scope: &Scope) -> Value {
    let rules = Rule::ALL.iter().map(|rule| {
        json!({
            "id": rule.id(),
            "shortDescription": {"text": rule.about()},
            "help": {"text": format!("docs/check.md, section {rule}")},
            "defaultConfiguration": {"level": rule.level().word()},
        })
    });
    let standing = findings.standing.iter().map(|finding| result(finding, scope));
    let allowed = findings.allowed.iter().map(|(finding, reason)| {
        let mut result = result(finding, scope);
        result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
        result
    });
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "flowhook check",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            }},
            "results": standing.chain(allowed).collect::<Vec<_>>(),
        }],
    })
}

fn result(finding: &Finding, scope: &Scope) -> Value {
    let index = Rule::ALL.iter().position(|rule| *rule == finding.rule);
    let export = || scope.export.as_deref().unwrap_or_default();
    let location = match &finding.place {
        Place::Settings => json!({"logicalLocations": [{"name": "settings", "kind": "module"}]}),
        Place::Line { file, line } => json!({"physicalLocation": {
            "artifactLocation": {"uri": uri(file)},
            "region": {"startLine": line},
        }}),
        Place::Export(file) if scope.is_folder => {
            let path = format!("{}/{file}", export().trim_end_matches('/'));
            json!({"physicalLocation": {"artifactLocation": {"uri": uri(&path)}}})
        }
        Place::Export(file) => json!({
            "physicalLocation": {"artifactLocation": {"uri": uri(export())}},
            "logicalLocations": [{"name": file, "kind": "resource"}],
        }),
    };
    json!({
        "ruleId": finding.rule.id(),
        "ruleIndex": index,
        "level": finding.level.word(),
        "message": {"text": message(finding)},
        "locations": [location],
    })
}

fn message(finding: &Finding) -> String {
    let Finding { says, why, mend, .. } = finding;
    let why = if why.is_empty() {
        String::new()
    } else {
        format!(": {why}")
    };
    let mend = if mend.is_empty() {
        String::new()
    } else {
        format!(" To mend it: {mend}.")
    };
    format!("{says}{why}.{mend}")
}

/// A path as a relative reference (RFC 3986): what may not stand in one is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// A workflow command for each finding. Source: "Workflow commands for GitHub Actions", setting an error or a warning message.
pub(super) fn github(findings: &Findings, scope: &Scope) -> String {
    let mut text = String::new();
    for finding in &findings.standing {
        let at = match &finding.place {
            Place::Line { file, line } => format!("file={},line={line},", property(file)),
            Place::Export(file) if scope.is_folder => {
                let folder = scope.export.as_deref().unwrap_or_default().trim_end_matches('/');
                format!("file={},", property(&format!("{folder}/{file}")))
            }
            Place::Export(_) => format!("file={},", property(scope.export.as_deref().unwrap_or_default())),
            Place::Settings => String::new(),
        };
        let is_in_zip = matches!(finding.place, Place::Export(_)) && !scope.is_folder;
        let inside = if is_in_zip {
            format!("{}: ", place(&finding.place, scope))
        } else {
            String::new()
        };
        text.push_str(&format!(
            "::{} {at}title={}::{}\n",
            finding.level.word(),
            property(finding.rule.id()),
            escaped(&format!("{inside}{}", message(finding)))
        ));
    }
    let level = if findings.count(Level::Error) + findings.count(Level::Warning) == 0 {
        "notice"
    } else {
        "debug"
    };
    text.push_str(&format!("::{level} ::{}\n", escaped(&summary(findings, scope))));
    text
}

/// What ends a command or begins another is escaped.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> (Findings, Scope) {
        let line = Place::Line {
            file: "intents/mod.rs".to_owned(),
            line: 32,
        };
        let standing = vec![
            Finding::new(
                Rule::UnknownIntent,
                line,
                "the agent has no intent `50%\n::error::x`",
            )
            .why("it")
            .mend("do"),
            Finding::new(
                Rule::NoResponse,
                Place::Export("intents/a b.json".to_owned()),
                "it is silent",
            ),
        ];
        let allowed = vec![(
            Finding::new(Rule::NoFallback, Place::Export("agent.json".to_owned()), "none"),
            "so".to_owned(),
        )];
        let scope = Scope {
            export: Some("my agents/it".to_owned()),
            is_folder: true,
            lines: 1,
            intents: 2,
            undeclared: 0,
        };
        (Findings { standing, allowed }, scope)
    }

    #[test]
    fn an_annotation_stands_at_its_line_and_cannot_be_broken_out_of() {
        let (findings, scope) = found();
        assert_eq!(
            github(&findings, &scope),
            "::error file=intents/mod.rs,line=32,title=unknown-intent::the agent has no intent `50%25%0A::error::x`: it. To mend it: do.\n\
             ::warning file=my agents/it/intents/a b.json,title=no-console-response::it is silent.\n\
             ::debug ::1 handler against 2 intents: 1 error, 1 warning, 1 allowed.\n"
        );
        let scope = Scope {
            export: Some("a.zip".to_owned()),
            is_folder: false,
            ..scope
        };
        assert!(
            github(&findings, &scope)
                .contains("::warning file=a.zip,title=no-console-response::a.zip: intents/a b.json: it")
        );
    }

    #[test]
    fn sarif_has_rules_results_and_what_is_passed_over() {
        let (findings, scope) = found();
        let sarif = sarif(&findings, &scope);
        let run = &sarif["runs"][0];
        assert_eq!(
            run["tool"]["driver"]["rules"].as_array().unwrap().len(),
            Rule::ALL.len()
        );
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 3);
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(
            (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
            (&json!("intents/mod.rs"), &json!(32))
        );
        assert_eq!(
            results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "my%20agents/it/intents/a%20b.json"
        );
        assert_eq!(results[2]["suppressions"][0]["justification"], "so");
    }
}
