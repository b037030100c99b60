//! Findings that the settings pass over, each with a reason.

use super::finding::{Finding, Findings, Place};
use super::rule::Rule;
use crate::cli::nearest;
use crate::config::Allowance;

/// Sorts the findings. Where everything was checked, an allowance that passes nothing over is one too many.
pub(super) fn sort(findings: Vec<Finding>, allow: &[Allowance], is_complete: bool) -> Findings {
    let mut sorted = Findings::default();
    let mut used = vec![false; allow.len()];
    for finding in findings {
        let fits = |allowance: &Allowance| {
            let is_there = allowance.intent.is_none() || allowance.intent == finding.intent;
            allowance.rule == finding.rule.id() && is_there
        };
        match allow.iter().position(fits) {
            Some(place) => {
                used[place] = true;
                sorted.allowed.push((finding, allow[place].reason.clone()));
            }
            None => sorted.standing.push(finding),
        }
    }
    for (allowance, is_used) in allow.iter().zip(used) {
        let rule = &allowance.rule;
        let finding = |says: String| Finding::new(Rule::Allowance, Place::Settings, says);
        if Rule::named(rule).is_none() {
            let near = nearest(rule, Rule::ALL.iter().map(|rule| rule.id()));
            let like = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            sorted.standing.push(
                finding(format!("`check.allow` names the rule `{rule}`, which is none"))
                    .why("it passes nothing over")
                    .mend(format!("write the rule as it is reported{like}")),
            );
        } else if is_complete && !is_used {
            let of = allowance
                .intent
                .as_ref()
                .map_or_else(String::new, |intent| format!(" for the intent `{intent}`"));
            sorted.standing.push(
                finding(format!(
                    "`check.allow` passes `{rule}` over{of}, and there is nothing of it"
                ))
                .why("it would hide the next fault of that kind")
                .mend("take it out of the settings"),
            );
        }
    }
    sorted.standing.sort_by(|one, other| {
        let key = |finding: &Finding| (finding.place.clone(), finding.rule);
        other
            .level
            .cmp(&one.level)
            .then_with(|| key(one).cmp(&key(other)))
    });
    sorted
}
