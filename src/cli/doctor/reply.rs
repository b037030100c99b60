//! Whether Dialogflow would accept a reply, and what its user would hear of it.
//!
//! Sources: Google's published descriptors, recorded refusals, and the guide's limit on size. The texts in quotes are those
//! that Dialogflow's own parser reports.

use serde_json::Value;

use super::json;
use super::report::{Finding, Layer};
use super::secrets::Secrets;
use crate::webhook::Source;
use crate::webhook::reply::{Effect, MAX_BYTES, Terms, prove};
use crate::wire::{ApiVersion, Dropped, Kind, Message, Reason, WebhookResponse};

/// Top-level fields that replies had in Dialogflow's API v1.
const OF_V1: [&str; 5] = ["speech", "displayText", "contextOut", "data", "followupEvent"];

/// What the user hears whenever a call fails.
pub(super) const CONSOLE: &str = "the intent's response in the console, or nothing where it has none";

/// Reads a reply as Dialogflow would: the findings, and the reply where it is one.
pub(super) fn judge(
    body: &[u8],
    content_type: &str,
    version: ApiVersion,
    session: &str,
) -> (Vec<Finding>, Option<WebhookResponse>) {
    let mut findings = Vec::new();
    let value = match json::object(body) {
        Ok(value) => value,
        Err(finding) => return (vec![finding], None),
    };
    findings.push(if content_type.starts_with("application/json") {
        Finding::fine(Layer::Json, "an object, in UTF-8")
    } else {
        Finding::note(
            Layer::Json,
            format!("an object, in UTF-8, sent as `{content_type}`"),
        )
        .because("Dialogflow does not document whether it looks at the content type")
        .mend("send application/json")
    });
    let (found, reply) = schema(body, &value, version, session);
    findings.extend(found);
    findings.push(size(body.len()));
    (findings, reply)
}

/// Reads the object as a WebhookResponse, field by field.
fn schema(
    body: &[u8],
    value: &Value,
    version: ApiVersion,
    session: &str,
) -> (Vec<Finding>, Option<WebhookResponse>) {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let mut reply: WebhookResponse = match serde_path_to_error::deserialize(&mut reader) {
        Ok(reply) => reply,
        Err(error) => {
            // serde's text may quote the reply; what was expected does not.
            let text = error.inner().to_string();
            let expected = text
                .rsplit_once(", expected ")
                .map_or("another value", |(_, expected)| expected);
            let expected = expected.split(" at line ").next().unwrap_or(expected);
            let finding = Finding::failed(Layer::Schema, format!("`{}`: expected {expected}", error.path()))
                .because("the value has another type than the protocol gives it; null stands for nothing given, \"\" does not")
                .mend("write that type there, or leave the field out");
            return (vec![finding], None);
        }
    };
    let as_sent = reply.clone();
    let mut findings: Vec<_> = reply
        .restrict_to(version)
        .iter()
        .map(|dropped| refused(dropped, value, version))
        .collect();
    let v1: Vec<_> = OF_V1
        .into_iter()
        .filter(|name| value.get(name).is_some())
        .collect();
    if !v1.is_empty() && value.get("fulfillmentMessages").is_none() && value.get("fulfillmentText").is_none()
    {
        findings.retain(|finding| {
            !v1.iter()
                .any(|name| finding.says.starts_with(&format!("`{name}`")))
        });
        findings.insert(
            0,
            Finding::failed(
                Layer::Schema,
                format!(
                    "a reply of API v1, with `{}` (Dialogflow: \"Cannot find field: {} in message \
                     google.cloud.dialogflow.{version}.WebhookResponse\")",
                    v1.join("`, `"),
                    v1[0]
                ),
            )
            .because("the webhook was written before 2018, or after an example from then")
            .mend("answer with fulfillmentMessages, outputContexts and followupEventInput"),
        );
    }
    if !findings.is_empty() {
        return (findings, None);
    }
    // What the protocol's grammar allows, and Dialogflow drops or refuses all the same.
    let terms = Terms {
        version,
        session: Some(session),
        source: &Source::Api,
    };
    let proof = prove(reply, Vec::new(), &terms);
    findings.extend(
        proof
            .findings
            .iter()
            .filter(|finding| !finding.rule.contains("65536"))
            .map(|finding| {
                let says = finding.to_string();
                let told = if finding.effect == Effect::Advice {
                    Finding::note(Layer::Schema, says)
                } else {
                    Finding::warning(Layer::Schema, says)
                };
                told.mend(finding.mend.clone())
            }),
    );
    if findings.is_empty() {
        findings.push(Finding::fine(
            Layer::Schema,
            format!("a WebhookResponse of {version}"),
        ));
    }
    (findings, Some(as_sent))
}

/// Why Dialogflow refuses the whole reply for one field of it.
fn refused(dropped: &Dropped, value: &Value, version: ApiVersion) -> Finding {
    let path = &dropped.path;
    let name = path.rsplit('.').next().unwrap_or(path);
    match dropped.reason {
        Reason::OnlyInV2Beta1 => Finding::failed(Layer::Schema, format!("`{path}`: {}", dropped.reason))
            .because(format!("Dialogflow reports \"Cannot find field: {name}\" and refuses the whole reply"))
            .mend(
                "leave it out; or set the agent to v2beta1 in its settings, webhook.api_version too, and tell the doctor \
                 with --api-version",
            ),
        Reason::UnknownName => Finding::failed(Layer::Schema, format!("`{path}`: {}", dropped.reason))
            .because("Dialogflow reports \"Invalid enum value\" and refuses the whole reply; names are in capitals")
            .mend("write one of the published names, or leave it out"),
        Reason::UnknownField if is_second_kind(path, name) => {
            Finding::failed(Layer::Schema, format!("`{path}`: the message has another kind already"))
                .because("a message has one kind of content, and Dialogflow refuses the whole reply for two")
                .mend("make two messages of it")
        }
        Reason::UnknownField => {
            let place = if value.get(path).is_some() {
                format!(" in message google.cloud.dialogflow.{version}.WebhookResponse")
            } else {
                String::new()
            };
            Finding::failed(Layer::Schema, format!("`{path}`: {}", dropped.reason))
                .because(format!("Dialogflow reports \"Cannot find field: {name}{place}\" and refuses the whole reply"))
                .mend("leave it out; what is for your own client goes into `payload`")
        }
    }
}

/// Whether an unknown field of a message would be its kind if it stood there alone.
fn is_second_kind(path: &str, name: &str) -> bool {
    let is_of_message = path
        .strip_prefix("fulfillmentMessages[")
        .and_then(|rest| rest.split_once("]."))
        .is_some_and(|(_, rest)| rest == name);
    is_of_message
        && serde_json::from_value::<Message>(serde_json::json!({name: null}))
            .is_ok_and(|message| message.other.is_empty())
}

/// A reply's size against Dialogflow's limit.
pub(super) fn size(bytes: usize) -> Finding {
    if bytes > MAX_BYTES {
        Finding::failed(
            Layer::Size,
            format!("{bytes} bytes; Dialogflow takes {MAX_BYTES}"),
        )
        .because("contexts or payloads carry more than a conversation needs, or a list grows without an end")
        .mend("keep the bulk in a database, and send what is shown")
    } else if bytes > MAX_BYTES / 5 * 4 {
        Finding::warning(Layer::Size, format!("{bytes} bytes of {MAX_BYTES}"))
            .mend("keep the bulk in a database: contexts grow with the conversation")
    } else {
        Finding::fine(Layer::Size, format!("{bytes} bytes of {MAX_BYTES}"))
    }
}

/// What a user would hear of a reply that Dialogflow accepts.
pub(super) fn heard(reply: &WebhookResponse, secrets: &Secrets) -> String {
    if let Some(event) = reply
        .followup_event_input
        .as_ref()
        .filter(|event| !event.name.is_empty())
    {
        return format!(
            "what the intent answers that listens to the event `{}`",
            secrets.quoted(&event.name)
        );
    }
    let mut others = 0;
    let mut words = Vec::new();
    for message in &reply.fulfillment_messages {
        match &message.kind {
            Some(Kind::Text(text)) => words.extend(text.text.first().map(String::as_str)),
            Some(Kind::SimpleResponses(said)) => {
                let said = said.simple_responses.first();
                words.extend(said.map(|said| said.text_to_speech.as_str()));
            }
            Some(_) => others += 1,
            None => {}
        }
    }
    words.retain(|words| !words.is_empty());
    if words.is_empty() && others == 0 && !reply.fulfillment_text.is_empty() {
        words.push(&reply.fulfillment_text);
    }
    let rest = match others {
        0 => String::new(),
        1 => "1 message that is no text".to_owned(),
        others => format!("{others} messages that are no text"),
    };
    match (words.is_empty(), rest.is_empty()) {
        (false, true) => format!("\"{}\"", secrets.quoted(&words.join(" "))),
        (false, false) => format!("\"{}\", and {rest}", secrets.quoted(&words.join(" "))),
        (true, false) => rest,
        (true, true) if reply.payload.as_ref().is_some_and(|payload| !payload.is_empty()) => {
            "what the payload holds, where the integration knows it".to_owned()
        }
        (true, true) => format!("{CONSOLE}, since the reply leaves it to the console"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::doctor::report::Verdict;

    const SESSION: &str = "projects/p/agent/sessions/s";

    fn worst(body: &[u8], version: ApiVersion) -> String {
        let (findings, reply) = judge(body, "application/json; charset=utf-8", version, SESSION);
        let failed: Vec<_> = findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Failed)
            .map(|finding| &*finding.says)
            .collect();
        assert!(
            reply.is_none() || failed.iter().all(|says| says.contains("bytes")),
            "{failed:?}"
        );
        let warned = findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Warning)
            .map(|finding| &*finding.says);
        if failed.is_empty() {
            warned.collect::<Vec<_>>().join("; ")
        } else {
            failed.join("; ")
        }
    }

    #[test]
    fn what_dialogflow_accepts_is_fine() {
        for body in [
            "{}",
            r#"{"fulfillmentText": "hello"}"#,
            r#"{"fulfillment_text": "hello", "fulfillment_messages": [{"quick_replies": {"quick_replies": ["a"]}}]}"#,
            r#"{"fulfillmentMessages": [{"text": {"text": ["hello"]}, "platform": "FACEBOOK", "card": null}]}"#,
            r#"{"outputContexts": [{"name": "projects/p/agent/sessions/s/contexts/a", "lifespanCount": 5.0}]}"#,
            r#" {"payload": {"anything": [null, {"speech": 1}]}, "source": null} "#,
        ] {
            assert_eq!(worst(body.as_bytes(), ApiVersion::V2), "", "{body}");
        }
        assert_eq!(worst(br#"{"endInteraction": true}"#, ApiVersion::V2Beta1), "");
    }

    #[test]
    fn what_dialogflow_refuses_is_refused_with_its_place() {
        let page = "the body is a page, not JSON";
        for (body, says) in [
            (&b""[..], "the body is empty"),
            (b"  \n", "the body is empty"),
            (b"\xEF\xBB\xBF{}", "the body begins with a byte order mark"),
            (b"\xFF\xFE{\0}\0", "the body is in UTF-16"),
            (b"{\0}\0", "the body is in UTF-16"),
            (b"{\"source\": \"\xE4\"}", "the body is not in UTF-8"),
            (b"<!doctype html><title>ERR_NGROK_6024</title>", page),
            (b"<br />\n<b>Warning</b>: x {}", page),
            (b"null", "the body is null, not an object"),
            (b"\"hello\"", "the body is a string, not an object"),
            (b"[{}]", "the body is a list, not an object"),
            (b"{\"source\": ", "the body ends in the middle"),
            (b"hello", "the body is not JSON, at line 1 column 1"),
            (b"{} {}", "the body is not JSON, at line 1 column 4"),
            (
                b"{\"success\": true}",
                "`success`: no version of the API has a field of that name",
            ),
            (
                b"{\"speech\": \"hello\", \"displayText\": \"hello\"}",
                "a reply of API v1, with `speech`, `displayText`",
            ),
            (
                b"{\"endInteraction\": true}",
                "`endInteraction`: only v2beta1 knows it",
            ),
            (
                b"{\"fulfillmentMessages\": {}}",
                "`fulfillmentMessages`: expected a list",
            ),
            (
                b"{\"fulfillmentMessages\": [null]}",
                "`fulfillmentMessages[0]`: expected an object",
            ),
            (
                b"{\"fulfillmentMessages\": [{\"text\": {\"text\": \"hi\"}}]}",
                "`fulfillmentMessages[0].text.text`: expected a list",
            ),
            (b"{\"payload\": \"\"}", "`payload`: expected"),
            (
                b"{\"fulfillmentMessages\": [{\"text\": {\"text\": [\"a\"]}, \"card\": {\"title\": \"b\"}}]}",
                "`fulfillmentMessages[0].card`: the message has another kind already",
            ),
            (
                b"{\"fulfillmentMessages\": [{\"text\": {\"text\": [\"a\"], \"ETag\": null}}]}",
                "`fulfillmentMessages[0].text.ETag`: no version",
            ),
            (
                b"{\"fulfillmentMessages\": [{\"text\": {\"text\": [\"a\"]}, \"platform\": \"facebook\"}]}",
                "`fulfillmentMessages[0].platform`: the enum has no value of that name",
            ),
        ] {
            let found = worst(body, ApiVersion::V2);
            assert!(found.starts_with(says), "{found}, not {says}");
        }
    }

    #[test]
    fn what_dialogflow_may_drop_is_a_warning() {
        for (body, says) in [
            (
                r#"{"fulfillmentMessages": [{"text": {"text": [""]}}]}"#,
                "`fulfillmentMessages[0]`: a text has words in it",
            ),
            (
                r#"{"outputContexts": [{"name": "booking", "lifespanCount": 1}]}"#,
                "`outputContexts[0]`: a context's name is `SESSION/contexts/ID`, with the session of the turn",
            ),
        ] {
            assert_eq!(worst(body.as_bytes(), ApiVersion::V2), says);
        }
    }

    #[test]
    fn the_limit_counts_to_the_byte() {
        for (bytes, verdict) in [
            (2, Verdict::Fine),
            (60_000, Verdict::Warning),
            (MAX_BYTES, Verdict::Warning),
            (MAX_BYTES + 1, Verdict::Failed),
        ] {
            assert_eq!(size(bytes).verdict, verdict, "{bytes}");
        }
    }

    #[test]
    fn what_the_user_hears_is_told() {
        for (reply, says) in [
            (
                json!({"fulfillmentMessages": [{"text": {"text": ["a", "b"]}}, {"text": {"text": ["c"]}}]}),
                "\"a c\"",
            ),
            (
                json!({"fulfillmentText": "x", "fulfillmentMessages": [{"text": {"text": ["a"]}}, {"card": {}}]}),
                "\"a\", and 1 message that is no text",
            ),
            (json!({"fulfillmentText": "x"}), "\"x\""),
            (
                json!({"followupEventInput": {"name": "GO"}}),
                "what the intent answers that listens to the event `GO`",
            ),
            (
                json!({"payload": {"google": {}}}),
                "what the payload holds, where the integration knows it",
            ),
            (
                json!({"fulfillmentMessages": [{"card": {}}, {"image": {}}]}),
                "2 messages that are no text",
            ),
        ] {
            assert_eq!(
                heard(&serde_json::from_value(reply).unwrap(), &Secrets::default()),
                says
            );
        }
        assert!(heard(&WebhookResponse::default(), &Secrets::default()).starts_with(CONSOLE));
    }
}
