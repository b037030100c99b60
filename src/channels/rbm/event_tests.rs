//! Every kind of the documentation, as it comes and as it must not come.

use super::*;
use proptest::prelude::*;
use serde_json::json;

const USER: &str = "+15550100";

/// A user's message with these members.
fn message(members: Value) -> Event {
    let mut json = json!({
        "senderPhoneNumber": USER,
        "messageId": "MxInbound",
        "sendTime": "2026-01-02T03:04:05.678901234Z",
        "agentId": "demo@rbm.goog",
    });
    json.as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    Event::read(&json)
}

/// A user's event.
fn event(event_type: &str) -> Event {
    Event::read(&json!({
        "senderPhoneNumber": USER, "eventType": event_type, "eventId": "Ev1", "messageId": "agent-1", "agentId": "demo@rbm.goog",
    }))
}

#[test]
fn messages_are_told_apart_by_what_they_hold() {
    let text = message(json!({"text": "Hello", "carrier": "x", "richMessageClassification": {"a": 1}}));
    assert_eq!(text.kind, Kind::Text("Hello".into()));
    assert_eq!(
        (text.id.as_str(), text.agent.as_str()),
        ("MxInbound", "demo@rbm.goog")
    );
    assert_eq!(text.user.as_ref().unwrap().as_str(), USER);
    assert_eq!(
        text.sent_at.unwrap().to_string(),
        "2026-01-02T03:04:05.678901234Z"
    );
    assert_eq!(text.json()["carrier"], "x");

    let file = message(json!({"userFile": {
        "payload": {"fileUri": "https://example.com/f", "mimeType": "image/png", "fileSizeBytes": "12"},
        "thumbnail": {"fileUri": "https://example.com/t"},
    }}));
    let Kind::File(file) = file.kind else {
        panic!("a file is a file")
    };
    assert_eq!(file.uri, "https://example.com/f");
    assert_eq!((file.bytes, file.name), (Some(12), None));
    assert_eq!(file.thumbnail_uri.as_deref(), Some("https://example.com/t"));

    let place = message(json!({"location": {"latitude": 52.5}}));
    assert_eq!(
        place.kind,
        Kind::Location(Location {
            latitude: 52.5,
            longitude: 0.0
        })
    );
}

#[test]
fn a_tap_is_known_with_either_id_and_without_label_and_type() {
    let tap = |id: &str, response: Value| {
        Event::read(&json!({
            "senderPhoneNumber": USER, "agentId": "demo@rbm.goog", id: "T1", "suggestionResponse": response,
        }))
    };
    let bare = tap("eventId", json!({"postbackData": "more"}));
    assert_eq!(bare.id, "T1");
    assert_eq!(
        bare.kind,
        Kind::Tap(Tap {
            postback: "more".into(),
            label: None,
            kind: None
        })
    );
    let whole = tap(
        "messageId",
        json!({"postbackData": "more", "text": "More", "type": "ACTION"}),
    );
    assert_eq!(
        whole.kind,
        Kind::Tap(Tap {
            postback: "more".into(),
            label: Some("More".into()),
            kind: Some(TapKind::Action)
        })
    );
}

#[test]
fn events_are_told_apart_by_their_type_and_known_by_their_own_id() {
    let message = || "agent-1".to_owned();
    for (name, kind) in [
        ("DELIVERED", Kind::Delivered { message: message() }),
        ("READ", Kind::Read { message: message() }),
        ("IS_TYPING", Kind::Typing),
        ("SUBSCRIBE", Kind::Subscribed),
        ("UNSUBSCRIBE", Kind::Unsubscribed),
        ("EVENT_TYPE_UNSPECIFIED", Kind::Unknown),
        ("SOMETHING_NEW", Kind::Unknown),
    ] {
        let event = event(name);
        assert_eq!(event.kind, kind, "{name}");
        assert_eq!(event.id, "Ev1");
    }
    for (name, is_revoked) in [
        ("TTL_EXPIRATION_REVOKED", true),
        ("TTL_EXPIRATION_REVOKE_FAILED", false),
    ] {
        let event = Event::read(&json!({
            "phoneNumber": USER, "agentId": "demo@rbm.goog", "messageId": "agent-1", "eventType": name, "eventId": "S1",
        }));
        assert_eq!(
            event.kind,
            Kind::Expired {
                message: message(),
                is_revoked
            }
        );
        assert!(event.user.is_some());
    }
}

#[test]
fn a_launch_is_news_of_the_agent_and_of_no_user() {
    let event = Event::read(&json!({
        "eventId": "demo@rbm.goog/1", "agentId": "demo@rbm.goog", "botDisplayName": "Demo", "brandId": "b", "brandDisplayName": "B",
        "regionId": "some-network", "oldLaunchState": "PENDING", "newLaunchState": "REJECTED", "actingParty": "", "comment": "",
        "sendTime": "2026-01-02T03:04:05+02:00",
    }));
    let Kind::Launch(launch) = &event.kind else {
        panic!("a launch is a launch")
    };
    assert_eq!(
        (launch.before, launch.now),
        (LaunchState::Pending, LaunchState::Rejected)
    );
    assert_eq!(launch.region, "some-network");
    assert_eq!((event.id.as_str(), event.user), ("demo@rbm.goog/1", None));
}

#[test]
fn what_is_not_understood_is_kept_as_it_came() {
    for json in [
        json!(null),
        json!([]),
        json!("text"),
        json!({}),
        json!({"text": "no user"}),
        json!({"senderPhoneNumber": USER, "text": "no id"}),
        json!({"senderPhoneNumber": "not a number", "messageId": "m", "text": "Hello"}),
        json!({"senderPhoneNumber": USER, "messageId": "m"}),
        json!({"senderPhoneNumber": USER, "messageId": "m", "text": 7}),
        json!({"senderPhoneNumber": USER, "messageId": "m", "suggestionResponse": null}),
        json!({"eventType": "READ", "eventId": "e"}),
        json!({"senderPhoneNumber": USER, "messageId": "m", "somethingNew": {"deep": [1, 2, 3]}}),
    ] {
        let event = Event::read(&json);
        assert_eq!(event.kind, Kind::Unknown, "{json}");
        assert_eq!(event.json(), &json);
    }
}

#[test]
fn nothing_of_the_user_shows() {
    let secret = message(json!({"text": "sekrit words"}));
    let file = message(json!({"userFile": {"payload": {"fileUri": "https://example.com/sekrit"}}}));
    let place = message(json!({"location": {"latitude": 52.123, "longitude": 13.456}}));
    let tap = message(json!({"suggestionResponse": {"postbackData": "sekrit"}}));
    for event in [secret, file, place, tap] {
        let shown = format!("{event:?} {:?} {:?}", event.kind, event.user);
        for word in ["sekrit", USER, "5550100", "52.1", "13.4", "MxInbound"] {
            assert!(!shown.contains(word), "{shown}");
        }
    }
}

/// JSON of members that RBM has and of some that it has not, at any place.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            USER,
            "READ",
            "IS_TYPING",
            "LAUNCHED",
            "2026-01-02T03:04:05Z"
        ])
        .prop_map(Value::from),
    ];
    let names = [
        "senderPhoneNumber",
        "phoneNumber",
        "messageId",
        "eventId",
        "eventType",
        "agentId",
        "sendTime",
        "text",
        "userFile",
        "payload",
        "fileUri",
        "location",
        "latitude",
        "suggestionResponse",
        "postbackData",
        "newLaunchState",
        "somethingNew",
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        let name = prop::sample::select(names.to_vec());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..8).prop_map(|members| {
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_comes_is_read_and_kept_and_shows_nothing(json in anything()) {
        let event = Event::read(&json);
        prop_assert_eq!(event.json(), &json);
        let _ = event.consent();
        let has_user = event.user.is_some();
        prop_assert!(has_user || matches!(event.kind, Kind::Launch(_) | Kind::Unknown));
        let shown = format!("{event:?}");
        prop_assert!(!shown.contains("5550100") || event.agent.contains("5550100"));
    }
}
