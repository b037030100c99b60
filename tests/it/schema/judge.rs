//! What Dialogflow refuses, judged as strictly as its parser judges, with a reason for each refusal.

use serde_json::Value;

use super::{Api, LIST, reply, twice, types};

/// Why Dialogflow would refuse this JSON as the given message, one sentence for each fault.
pub fn faults(message: &str, json: &Value, api: Api) -> Vec<String> {
    types::faults(super::message(message), json, api)
}

/// Why Dialogflow would refuse, or not follow, this body of a webhook's answer.
pub fn faults_of_reply(body: &[u8], api: Api) -> Vec<String> {
    let mut faults = Vec::new();
    if body.len() > LIST.max_reply_bytes {
        faults.push(format!(
            "`$` has {} bytes, {} at most.",
            body.len(),
            LIST.max_reply_bytes
        ));
    }
    let Ok(text) = str::from_utf8(body) else {
        faults.push("`$` is not UTF-8.".to_owned());
        return faults;
    };
    if text.starts_with('\u{feff}') {
        faults.push("`$` begins with a byte order mark.".to_owned());
        return faults;
    }
    let json: Value = match serde_json::from_str(text) {
        Ok(json) => json,
        Err(error) => {
            faults.push(format!("`$` is not JSON: {error}."));
            return faults;
        }
    };
    faults.extend(twice::faults(text));
    faults.extend(self::faults("WebhookResponse", &json, api));
    faults.extend(reply::faults(&json, api));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BOTH: [Api; 2] = [Api::V2, Api::V2Beta1];

    #[track_caller]
    fn refuses(place: &str, body: &[u8]) {
        for api in BOTH {
            let faults = faults_of_reply(body, api);
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].starts_with(&format!("`{place}` ")), "{faults:?}");
        }
    }

    #[track_caller]
    fn accepts(body: &[u8]) {
        for api in BOTH {
            assert_eq!(faults_of_reply(body, api), [""; 0]);
        }
    }

    fn bytes(reply: Value) -> Vec<u8> {
        reply.to_string().into_bytes()
    }

    #[test]
    fn every_documented_reply_is_accepted() {
        accepts(fixture!("dialogflow/response-card.json").as_bytes());
        accepts(fixture!("dialogflow/response-context.json").as_bytes());
        accepts(fixture!("dialogflow/response-custom-payload.json").as_bytes());
        accepts(fixture!("dialogflow/response-event.json").as_bytes());
        accepts(fixture!("dialogflow/response-google-assistant.json").as_bytes());
        accepts(fixture!("dialogflow/response-session-entities.json").as_bytes());
        accepts(fixture!("dialogflow/response-text.json").as_bytes());
        accepts(b"{}");
    }

    #[test]
    fn a_reply_of_one_byte_too_many_is_refused() {
        let empty = bytes(json!({"source": ""})).len();
        let reply = |length: usize| bytes(json!({"source": "x".repeat(length - empty)}));
        accepts(&reply(65_536));
        refuses("$", &reply(65_537));
    }

    #[test]
    fn a_byte_order_mark_is_refused() {
        refuses("$", b"\xef\xbb\xbf{}");
        refuses("$", b"\xff\xfe{\0}\0");
    }

    #[test]
    fn a_reply_that_is_no_json_object_is_refused() {
        for body in [
            "[]",
            "null",
            "\"<br\"",
            "<br />",
            "",
            "{} {}",
            "{\"source\":\"a\",}",
        ] {
            refuses("$", body.as_bytes());
        }
    }

    #[test]
    fn a_field_written_twice_is_refused() {
        refuses("$.source", br#"{"source":"a","source":"a"}"#);
    }

    #[test]
    fn the_rules_for_fields_hold_for_a_reply() {
        refuses("$.speech", br#"{"speech":"hi"}"#);
    }
}
