//! `[check]`: what `flowhook check` passes over, and why.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::SettingsError;

/// What `flowhook check` passes over.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Findings that are as they should be.
    #[serde(deserialize_with = "allowances")]
    pub allow: Vec<Allowance>,
}

/// A rule that may be broken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Allowance {
    /// Which rule.
    pub rule: String,
    /// Why that is as it should be.
    pub reason: String,
    /// In which intent alone; none means anywhere.
    pub intent: Option<String>,
}

impl Check {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let mut faults = Vec::new();
        for allowance in &self.allow {
            if allowance.rule.trim().is_empty() {
                faults.push(
                    "`check.allow`: expected the rule, as in `rule = \"no-console-response\"`".to_owned(),
                );
            } else if allowance.reason.trim().is_empty() {
                faults.push(format!(
                    "`check.allow`: expected a reason why `{}` may be broken",
                    allowance.rule
                ));
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(SettingsError(faults))
        }
    }
}

fn allowances<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<Allowance>, D::Error> {
    value.deserialize_any(Allowances)
}

/// A list of sections; or lines of text, `rule: reason`, for the environment.
struct Allowances;

impl<'de> Visitor<'de> for Allowances {
    type Value = Vec<Allowance>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "[[check.allow]] with `rule`, `reason` and perhaps `intent`, or a line `rule: reason` for each",
        )
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let allowance = |line: &str| {
            let (rule, reason) = line
                .split_once(':')
                .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str("it"), &self))?;
            Ok(Allowance {
                rule: rule.trim().to_owned(),
                reason: reason.trim().to_owned(),
                intent: None,
            })
        };
        lines.map(allowance).collect()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(list)
    }

    /// One section alone, `[check.allow]`.
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        Ok(vec![Allowance::deserialize(MapAccessDeserializer::new(members))?])
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Settings;

    fn fault(toml: &str) -> String {
        Settings::from_toml(toml).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn a_rule_may_be_broken_everywhere_or_in_one_intent_with_a_reason() {
        let settings = Settings::from_toml(
            "[[check.allow]]\nrule = 'no-console-response'\nreason = 'the apology will do'\n\
             [[check.allow]]\nrule = 'event-chain'\nintent = 'pay'\nreason = 'it is short in practice'\n",
        );
        let allow = settings.unwrap().check.allow;
        assert_eq!(
            (allow[0].rule.as_str(), allow[0].intent.as_deref()),
            ("no-console-response", None)
        );
        assert_eq!(
            (allow[1].reason.as_str(), allow[1].intent.as_deref()),
            ("it is short in practice", Some("pay"))
        );
        let lines = Settings::from_toml(
            "check.allow = '''\nevent-chain: it is short\n\nunset-context: a client sets it'''",
        )
        .unwrap();
        assert_eq!(
            (lines.check.allow[1].rule.as_str(), lines.check.allow.len()),
            ("unset-context", 2)
        );
    }

    #[test]
    fn a_rule_without_a_reason_is_refused() {
        let text = fault("[[check.allow]]\nrule = 'event-chain'\n");
        assert_eq!(
            text,
            "`check.allow`: expected a reason why `event-chain` may be broken"
        );
        assert!(fault("[[check.allow]]\nreason = 'none'\n").contains("expected the rule"));
        assert!(fault("check.allow = 'event-chain'").contains("expected [[check.allow]]"));
        assert!(
            fault("[[check.allow]]\nrules = 'x'\n").contains("expected one of `rule`, `reason`, `intent`")
        );
    }
}
