//! What Google's documentation says of the calls that it takes: methods, paths, queries, fields, limits.
//!
//! Sources: the REST references of RCS for Business (v1), Business Messages (v1) and Dialogflow (v2beta1), and Google's generated models.

use serde_json::Value;

use super::google::{Call, REFRESH_TOKEN};

/// The members of each object, by the name of the member that holds it. Names end in `[]` where a list holds them.
const MEMBERS: [(&str, &[&str]); 24] = [
    (
        "agentMessage",
        &["contentMessage", "messageTrafficType", "ttl", "expireTime"],
    ),
    (
        "contentMessage",
        &[
            "text",
            "richCard",
            "contentInfo",
            "uploadedRbmFile",
            "suggestions",
        ],
    ),
    ("richCard", &["standaloneCard", "carouselCard"]),
    (
        "standaloneCard",
        &["cardOrientation", "thumbnailImageAlignment", "cardContent"],
    ),
    ("carouselCard", &["cardWidth", "cardContents"]),
    ("cardContent", &["title", "description", "media", "suggestions"]),
    (
        "cardContents[]",
        &["title", "description", "media", "suggestions"],
    ),
    (
        "media",
        &["height", "contentInfo", "uploadedRbmFile", "contentDescription"],
    ),
    (
        "contentInfo",
        &["fileUrl", "thumbnailUrl", "forceRefresh", "altText"],
    ),
    ("uploadedRbmFile", &["fileName", "thumbnailName"]),
    ("suggestions[]", &["reply", "action", "liveAgentRequest"]),
    ("reply", &["text", "postbackData"]),
    (
        "action",
        &[
            "text",
            "postbackData",
            "fallbackUrl",
            "openUrlAction",
            "dialAction",
            "viewLocationAction",
            "createCalendarEventAction",
            "shareLocationAction",
        ],
    ),
    (
        "openUrlAction",
        &["url", "application", "webviewViewMode", "description"],
    ),
    ("dialAction", &["phoneNumber"]),
    ("viewLocationAction", &["latLong", "label", "query"]),
    ("latLong", &["latitude", "longitude"]),
    (
        "createCalendarEventAction",
        &["startTime", "endTime", "title", "description"],
    ),
    ("shareLocationAction", &[]),
    ("liveAgentRequest", &[]),
    (
        "conversationMessage",
        &[
            "messageId",
            "text",
            "fallback",
            "richCard",
            "image",
            "containsRichText",
            "suggestions",
            "representative",
        ],
    ),
    ("image", &["contentInfo"]),
    (
        "representative",
        &["representativeType", "displayName", "avatarImage"],
    ),
    ("detectIntent", &["queryInput", "queryParams"]),
];

/// The longest texts, by the member that holds them.
const LENGTHS: [(&str, usize); 7] = [
    ("contentMessage.text", 3_072),
    ("conversationMessage.text", 3_072),
    ("reply.text", 25),
    ("action.text", 25),
    ("title", 200),
    ("description", 2_000),
    ("postbackData", 2_048),
];

/// What is wrong with a call.
pub fn of(call: &Call, kind: &str, body: &[u8]) -> Vec<String> {
    let mut faults = Vec::new();
    let parts: Vec<_> = call.path.trim_start_matches('/').split('/').collect();
    let query: Vec<_> = call.query.keys().map(String::as_str).collect();
    let mut wants = |is: bool, what: &str| {
        if !is {
            faults.push(format!("{} {}: {what}", call.method, call.path));
        }
    };
    let is_json = kind.starts_with("application/json");
    match (call.method.as_str(), parts.as_slice()) {
        ("POST", ["v1", "phones", user, "agentMessages"]) => {
            wants(is_number(user), "E.164");
            wants(query == ["agentId", "messageId"], "agentId and messageId");
            wants(is_uuid(call.query.get("messageId")), "a UUID");
            wants(is_json, "JSON");
            wants(body.len() <= 250_000, "250 KB");
            let content = &call.body["contentMessage"];
            let kinds = ["text", "richCard", "contentInfo", "uploadedRbmFile"];
            wants(
                kinds.iter().filter(|kind| content.get(kind).is_some()).count() == 1,
                "one content",
            );
            wants(count(&content["suggestions"]) <= 11, "11 suggestions");
            faults.extend(members("agentMessage", &call.body, ""));
        }
        ("DELETE", ["v1", "phones", user, "agentMessages", id]) => {
            wants(
                is_number(user) && is_uuid(Some(&(*id).to_owned())),
                "E.164 and a UUID",
            );
            wants(query == ["agentId"] && body.is_empty(), "agentId and no body");
        }
        ("POST", ["v1", "phones", user, "agentEvents"]) => {
            wants(is_number(user), "E.164");
            wants(
                query == ["agentId", "eventId"] && is_uuid(call.query.get("eventId")),
                "agentId and eventId",
            );
            let read = call.body["eventType"] == "READ"
                && call.body["messageId"].is_string()
                && count(&call.body) == 2;
            let typing = call.body["eventType"] == "IS_TYPING" && count(&call.body) == 1;
            wants(is_json && (read || typing), "READ with a messageId, or IS_TYPING");
        }
        ("GET", ["v1", "phones", user, "capabilities"]) => {
            wants(is_number(user), "E.164");
            wants(
                query == ["agentId", "requestId"] && body.is_empty(),
                "agentId and requestId",
            );
        }
        ("POST", ["v1", "users:batchGet"]) => {
            let users = call.body["users"].as_array();
            wants(
                users.is_some_and(|users| (1..=10_000).contains(&users.len())),
                "1 to 10,000 users",
            );
            wants(
                call.body["agentId"].is_string() && count(&call.body) == 2 && query.is_empty(),
                "agentId and users",
            );
        }
        ("POST", ["v1", "files"]) => {
            wants(
                query == ["agentId"] && is_json && call.body["fileUrl"].is_string(),
                "a file's URL",
            );
        }
        ("POST", ["upload", "v1", "files"]) => {
            wants(
                query == ["agentId"] && kind == "image/png" && !body.is_empty(),
                "a file",
            );
        }
        ("POST", ["v1", "conversations", _, "messages"]) => {
            wants(query.is_empty() && is_json, "JSON and no query");
            wants(
                is_uuid(call.body["messageId"].as_str().map(str::to_owned).as_ref()),
                "a UUID",
            );
            let kinds = ["text", "richCard", "image"];
            wants(
                kinds.iter().filter(|kind| call.body.get(kind).is_some()).count() == 1,
                "one content",
            );
            wants(count(&call.body["suggestions"]) <= 13, "13 suggestions");
            faults.extend(members("conversationMessage", &call.body, ""));
        }
        ("POST", ["v1", "conversations", _, "events"]) => {
            let known = [
                "TYPING_STARTED",
                "TYPING_STOPPED",
                "REPRESENTATIVE_JOINED",
                "REPRESENTATIVE_LEFT",
            ];
            wants(query == ["eventId"], "eventId");
            wants(
                known.iter().any(|known| call.body["eventType"] == *known),
                "an event",
            );
        }
        ("POST", ["v1", "conversations", _, "surveys"]) => wants(query == ["surveyId"], "surveyId"),
        ("PATCH", ["v1", "conversations", _, "messages", _, "receipt"]) => {
            wants(call.body["receiptType"] == "READ" && query.is_empty(), "READ");
        }
        ("POST", ["v2beta1", session @ ..]) => {
            wants(is_json && query.is_empty(), "JSON and no query");
            let session = session.join("/");
            let id = session
                .strip_suffix(":detectIntent")
                .and_then(|name| name.rsplit_once("/sessions/"));
            let (place, id) = id.unwrap_or_default();
            wants(
                (1..=36).contains(&id.chars().count()),
                "a session id of at most 36 characters",
            );
            wants(
                place.starts_with("projects/") && place.contains("/agent"),
                "an agent",
            );
            let input = &call.body["queryInput"];
            let text = input["text"]["text"].as_str().unwrap_or_default();
            let is_text = (1..=256).contains(&text.chars().count());
            let is_event = input["event"]["name"]
                .as_str()
                .is_some_and(|name| !name.is_empty());
            wants(
                is_text != is_event && count(input) == 1,
                "a text of 256 characters at most, or an event",
            );
            let said = if is_text { &input["text"] } else { &input["event"] };
            wants(said["languageCode"].is_string(), "a language");
            wants(
                call.body["queryParams"]["payload"].is_object() && count(&call.body["queryParams"]) == 1,
                "a payload",
            );
            faults.extend(members("detectIntent", &call.body, ""));
        }
        _ => wants(false, "no such method"),
    }
    faults
}

/// What is wrong with a question for a token.
pub fn token(body: &Value) -> Vec<String> {
    let is_right = body["grant_type"] == "refresh_token"
        && body["refresh_token"] == REFRESH_TOKEN
        && body["client_id"] == "client"
        && body["client_secret"] == "client-sekrit"
        && body["scope"]
            .as_str()
            .is_some_and(|scopes| scopes.starts_with("https://www.googleapis.com/auth/"));
    if is_right {
        Vec::new()
    } else {
        vec![format!("no refresh: {body}")]
    }
}

/// Members that no reference has, and texts that are too long.
fn members(name: &str, json: &Value, place: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some((_, known)) = MEMBERS.iter().find(|(known, _)| *known == name) {
        for member in json.as_object().into_iter().flat_map(|object| object.keys()) {
            if !known.contains(&member.as_str()) {
                faults.push(format!("{place}: `{name}` has no `{member}`"));
            }
        }
    }
    if name == "carouselCard" && !(2..=10).contains(&count(&json["cardContents"])) {
        faults.push(format!("{place}: 2 to 10 cards"));
    }
    if ["cardContent", "cardContents[]"].contains(&name) && count(&json["suggestions"]) > 4 {
        faults.push(format!("{place}: 4 suggestions"));
    }
    match json {
        Value::Object(object) => {
            for (member, value) in object {
                if member == "payload" || member == "queryInput" {
                    continue;
                }
                let here = format!("{name}.{member}");
                let length = value.as_str().map_or(0, |text| text.chars().count());
                let limit = LENGTHS
                    .iter()
                    .find(|(limited, _)| here == *limited || *limited == member);
                if limit.is_some_and(|(_, max)| length > *max) {
                    faults.push(format!("{place}.{here}: {length} characters"));
                }
                faults.extend(members(member, value, &here));
            }
        }
        Value::Array(values) => {
            for value in values {
                faults.extend(members(&format!("{name}[]"), value, place));
            }
        }
        _ => {}
    }
    faults
}

fn count(json: &Value) -> usize {
    json.as_array()
        .map(Vec::len)
        .or(json.as_object().map(serde_json::Map::len))
        .unwrap_or(0)
}

fn is_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

fn is_uuid(text: Option<&String>) -> bool {
    text.is_some_and(|text| {
        let parts: Vec<_> = text.split('-').map(str::len).collect();
        parts == [8, 4, 4, 4, 12] && text.chars().all(|sign| sign.is_ascii_hexdigit() || sign == '-')
    })
}
