//! What Dialogflow says when it refuses a reply, in its own words. Source: recorded failures, and the public source of the
//! parser whose words they are.

use crate::webhook::reply::Finding;
use crate::wire::{ApiVersion, Dropped, Message, Platform, Reason};

/// How each refusal begins.
const BEGINS: &str = "Webhook call failed. Error: Failed to parse webhook JSON response: ";

/// What was pruned, as a finding.
pub(super) fn finding(dropped: &Dropped, version: ApiVersion) -> Finding {
    let path = &dropped.path;
    if dropped.reason == Reason::UnknownField && is_second_kind(path) {
        return Finding::new(
            path,
            "a message has one kind of content, and this one has another already",
        )
        .mend("make two messages of it");
    }
    let mend = match dropped.reason {
        Reason::OnlyInV2Beta1 => {
            "leave it out; or set the agent to v2beta1 in its settings, and `webhook.api_version` too"
        }
        Reason::UnknownField => "leave it out; what is for your own client goes into a payload",
        Reason::UnknownName => "write one of the published names, in capitals",
    };
    let refusal = match dropped.reason {
        Reason::UnknownName => None,
        Reason::OnlyInV2Beta1 | Reason::UnknownField => unknown_field(path, version),
    };
    Finding::new(path, dropped.reason.to_string())
        .mend(mend)
        .refused(refusal)
}

/// A platform that is refused, with the whole message.
pub(super) fn platform(place: &str, rule: &'static str, name: &str, version: ApiVersion) -> Finding {
    Finding::new(place, rule)
        .mend("send the message without a platform, or for one that the version knows")
        .refused(Some(format!(
            "{BEGINS}Invalid enum value: {name} for enum type: google.cloud.dialogflow.{version}.Intent.Message.Platform"
        )))
}

/// The name of a platform as it is sent.
pub(super) fn name_of(platform: &Platform) -> String {
    match serde_json::to_value(platform) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

fn unknown_field(path: &str, version: ApiVersion) -> Option<String> {
    let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
    let message = message_at(parent)?;
    Some(format!(
        "{BEGINS}Cannot find field: {name} in message google.cloud.dialogflow.{version}.{message}"
    ))
}

/// The name of the message that stands at a path, as far down as the quoted refusals go.
fn message_at(path: &str) -> Option<String> {
    let steps: Vec<_> = path
        .split('.')
        .map(|step| step.split_once('[').map_or(step, |(name, _)| name))
        .collect();
    Some(match *steps {
        [""] => "WebhookResponse".to_owned(),
        ["fulfillmentMessages"] => "Intent.Message".to_owned(),
        ["fulfillmentMessages", "rbmStandaloneRichCard"] => "Intent.Message.RbmStandaloneCard".to_owned(),
        ["fulfillmentMessages", "rbmCarouselRichCard"] => "Intent.Message.RbmCarouselCard".to_owned(),
        ["fulfillmentMessages", kind] => {
            let (first, rest) = kind.split_at_checked(1)?;
            format!("Intent.Message.{}{rest}", first.to_ascii_uppercase())
        }
        ["fulfillmentMessages", "card", "buttons"] => "Intent.Message.Card.Button".to_owned(),
        ["outputContexts"] => "Context".to_owned(),
        ["followupEventInput"] => "EventInput".to_owned(),
        ["sessionEntityTypes"] => "SessionEntityType".to_owned(),
        ["sessionEntityTypes", "entities"] => "EntityType.Entity".to_owned(),
        _ => return None,
    })
}

/// Whether an unknown field of a message would be its kind if it stood there alone.
fn is_second_kind(path: &str) -> bool {
    let name = path
        .strip_prefix("fulfillmentMessages[")
        .and_then(|rest| rest.split_once("]."))
        .map(|(_, name)| name);
    name.is_some_and(|name| {
        serde_json::from_value::<Message>(serde_json::json!({name: null}))
            .is_ok_and(|message| message.other.is_empty())
    })
}
