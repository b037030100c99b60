//! The table of answers row by row, and what Dialogflow is asked.

use serde_json::{Value, json};

use super::*;

fn options() -> Options {
    Options {
        endpoint: endpoint(None).unwrap(),
        project: "p".to_owned(),
        location: None,
        environment: None,
        language: "en".to_owned(),
        session_key: Arc::from(*b"a key for tests"),
        event_prefix: "event:".to_owned(),
        intent_prefix: "intent:".to_owned(),
        location_event: "RBM_LOCATION".to_owned(),
        file_event: "RBM_FILE".to_owned(),
        shares_phone_number: false,
        apologies: BTreeMap::from([("fr".to_owned(), "Pardon".to_owned())]),
    }
}

fn bridge(options: Options) -> Bridge {
    let nobody = google::Credentials::new(&google::Account::Nobody, SCOPE).unwrap();
    Bridge::new(google::Client::new(nobody), options)
}

/// What RBM is sent for these fulfillment messages.
fn sent(messages: Value) -> Vec<Value> {
    let result = serde_json::from_value(json!({"fulfillmentMessages": messages})).unwrap();
    let messages = answer::messages(&result);
    let sent = messages.iter().map(|message| message.to_json().unwrap());
    sent.map(|mut json| json["contentMessage"].take()).collect()
}

#[test]
fn each_kind_of_answer_becomes_what_rbm_has_for_it() {
    let image = "https://example.com/a.png";
    let reply = |text: &str, postback: &str| json!({"reply": {"text": text, "postbackData": postback}});
    let card = |content: Value| json!({"richCard": {"standaloneCard": {"cardOrientation": "VERTICAL", "cardContent": content}}});
    let media = |height: &str| json!({"height": height, "contentInfo": {"fileUrl": image}});
    for (from, to) in [
        (
            json!([{"text": {"text": ["Hello", "Hi"]}}]),
            json!([{"text": "Hello"}]),
        ),
        (json!([{"text": {"text": [""]}}]), json!([])),
        (
            json!([{"platform": "FACEBOOK", "text": {"text": ["Hello"]}}]),
            json!([]),
        ),
        (
            json!([{"quickReplies": {"title": "Which?", "quickReplies": ["One", "A reply with too long a label"]}}]),
            json!([{"text": "Which?", "suggestions": [
                reply("One", "One"), reply("A reply with too long a\u{2026}", "A reply with too long a label"),
            ]}]),
        ),
        (
            json!([{"text": {"text": ["Which?"]}}, {"quickReplies": {"quickReplies": ["One"]}}]),
            json!([{"text": "Which?", "suggestions": [reply("One", "One")]}]),
        ),
        (
            json!([{"card": {"title": "Soup", "subtitle": "Hot", "imageUri": image, "buttons": [
                {"text": "Menu", "postback": "https://example.com"}, {"text": "Order", "postback": "order soup"}, {"text": "More"},
            ]}}]),
            json!([card(
                json!({"title": "Soup", "description": "Hot", "media": media("MEDIUM"), "suggestions": [
                    {"action": {"text": "Menu", "postbackData": "Menu", "openUrlAction": {"url": "https://example.com"}}},
                    reply("Order", "order soup"), reply("More", "More"),
                ]})
            )]),
        ),
        (
            json!([{"image": {"imageUri": image}}]),
            json!([{"contentInfo": {"fileUrl": image}}]),
        ),
        (
            json!([{"payload": {"rbm": {"type": "fileTransfer", "params": {"fileUrl": image}}}}]),
            json!([{"contentInfo": {"fileUrl": image}}]),
        ),
        (
            json!([{"payload": {"rbm": {"type": "richCard", "params": {
                "messageText": "Soup", "messageDescription": "Hot", "imageUrl": image, "height": "TALL", "suggestions": [reply("a", "b")],
            }}}}]),
            json!([card(json!({
                "title": "Soup", "description": "Hot", "media": media("TALL"), "suggestions": [reply("a", "b")],
            }))]),
        ),
        (
            json!([{"payload": {"rbm": {"type": "suggestedReplies", "params": {
                "messageText": "Which?", "suggestions": [reply("a", "b")],
            }}}}]),
            json!([{"text": "Which?", "suggestions": [reply("a", "b")]}]),
        ),
        (
            json!([{"payload": {"rbm": {"text": "raw"}}}]),
            json!([{"text": "raw"}]),
        ),
        (json!([{"payload": {"slack": {"text": "not for us"}}}]), json!([])),
        (
            json!([{"rbmText": {"text": "Where?", "rbmSuggestion": [
                {"reply": {"text": "Here", "postbackData": "here"}},
                {"action": {"text": "Call", "postbackData": "call", "dial": {"phoneNumber": "+15550100"}}},
                {"action": {"text": "Look", "postbackData": "look", "openUrl": {"uri": "https://example.com"}}},
                {"action": {"text": "Share", "postbackData": "share", "shareLocation": {}}},
            ]}}]),
            json!([{"text": "Where?", "suggestions": [
                reply("Here", "here"),
                {"action": {"text": "Call", "postbackData": "call", "dialAction": {"phoneNumber": "+15550100"}}},
                {"action": {"text": "Look", "postbackData": "look", "openUrlAction": {"url": "https://example.com"}}},
                {"action": {"text": "Share", "postbackData": "share", "shareLocationAction": {}}},
            ]}]),
        ),
        (
            json!([{"rbmStandaloneRichCard": {"cardOrientation": "HORIZONTAL", "thumbnailImageAlignment": "RIGHT", "cardContent": {
                "title": "Soup", "media": {"fileUri": image, "thumbnailUri": image, "height": "SHORT"},
            }}}]),
            json!([{"richCard": {"standaloneCard": {
                "cardOrientation": "HORIZONTAL", "thumbnailImageAlignment": "RIGHT", "cardContent": {
                    "title": "Soup", "media": {"height": "SHORT", "contentInfo": {"fileUrl": image, "thumbnailUrl": image}},
                },
            }}}]),
        ),
        (
            json!([{"rbmCarouselRichCard": {"cardWidth": "SMALL", "cardContents": [{"title": "a"}, {"description": "b"}]}}]),
            json!([{"richCard": {"carouselCard": {"cardWidth": "SMALL", "cardContents": [{"title": "a"}, {"description": "b"}]}}}]),
        ),
        // One card is no carousel.
        (
            json!([{"rbmCarouselRichCard": {"cardWidth": "SMALL", "cardContents": [{"title": "a"}]}}]),
            json!([card(json!({"title": "a"}))]),
        ),
        // As numbers, which Google's clients ask for.
        (
            json!([{"rbmCarouselRichCard": {"cardWidth": 1, "cardContents": [
                {"title": "a", "media": {"fileUri": image, "height": 3}}, {"title": "b"},
            ]}}]),
            json!([{"richCard": {"carouselCard": {"cardWidth": "MEDIUM", "cardContents": [
                {"title": "a", "media": media("TALL")}, {"title": "b"},
            ]}}}]),
        ),
        // What RBM would refuse is said in words.
        (
            json!([{"card": {"title": "Soup", "imageUri": "gs://bucket/a.png"}}]),
            json!([{"text": "Soup"}]),
        ),
    ] {
        assert_eq!(Value::from(sent(from.clone())), to, "{from}");
    }
}

#[test]
fn an_answer_without_messages_is_its_text_and_a_long_one_comes_in_pieces() {
    let result = serde_json::from_value(json!({"fulfillmentText": "Hello"})).unwrap();
    assert_eq!(answer::messages(&result), [Message::text("Hello")]);

    let long = sent(
        json!([{"rbmText": {"text": "word ".repeat(1_000), "rbmSuggestion": [{"reply": {"text": "a", "postbackData": "b"}}]}}]),
    );
    assert_eq!(long.len(), 2);
    assert!(long[0].get("suggestions").is_none());
    assert_eq!(long[1]["suggestions"][0]["reply"]["text"], "a");

    let many: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    let chips = sent(json!([{"quickReplies": {"title": "Which?", "quickReplies": many}}]));
    assert_eq!(chips[0]["suggestions"].as_array().unwrap().len(), 11);
}

#[test]
fn taps_places_and_files_are_asked_as_words_or_events() {
    let read = |members: Value| {
        let mut json = json!({"senderPhoneNumber": "+15550100", "messageId": "m", "agentId": "a@rbm.goog"});
        json.as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        Event::read(&json)
    };
    let asked = |event: &Event, question: &Question| {
        Query::of(event, question, &options()).map(|query| query.input("en"))
    };
    let text = |text: &str| json!({"text": {"text": text, "languageCode": "en"}});
    let event = |name: &str, parameters: Value| json!({"event": {"name": name, "parameters": parameters, "languageCode": "en"}});
    for (members, input) in [
        (json!({"text": " Hello "}), text("Hello")),
        (
            json!({"suggestionResponse": {"postbackData": "order soup"}}),
            text("order soup"),
        ),
        (
            json!({"suggestionResponse": {"postbackData": "event:ORDER"}}),
            event("ORDER", json!({})),
        ),
        (
            json!({"suggestionResponse": {"postbackData": "event:"}}),
            text("event:"),
        ),
        (
            json!({"location": {"latitude": 1.5, "longitude": 2.5}}),
            event("RBM_LOCATION", json!({"latitude": 1.5, "longitude": 2.5})),
        ),
        (
            json!({"userFile": {"payload": {"fileUri": "https://example.com/f", "mimeType": "image/png"}}}),
            event(
                "RBM_FILE",
                json!({"uri": "https://example.com/f", "mimeType": "image/png"}),
            ),
        ),
    ] {
        assert_eq!(
            asked(&read(members.clone()), &Question::as_said()),
            Some(input),
            "{members}"
        );
    }
    let hello = read(json!({"text": "Hello"}));
    assert_eq!(asked(&hello, &Question::text("Bye")), Some(text("Bye")));
    assert_eq!(
        asked(&hello, &Question::event("GO", json!({"a": 1}))),
        Some(event("GO", json!({"a": 1})))
    );
    let typing =
        Event::read(&json!({"senderPhoneNumber": "+15550100", "eventType": "IS_TYPING", "eventId": "e"}));
    assert_eq!(asked(&typing, &Question::as_said()), None);

    let long = read(json!({"text": "word ".repeat(100)}));
    let query = Query::of(&long, &Question::as_said(), &options()).unwrap();
    assert!(query.is_cut());
    let Query::Text { text, .. } = &query else {
        panic!("words are asked as words")
    };
    assert!(text.chars().count() <= 256 && text.ends_with("word"), "{text}");
    let payload = bridge(options()).payload(&long, &query, "s", Duration::from_secs(7));
    assert_eq!(payload["isCut"], true);
    assert_eq!(payload["text"].as_str().unwrap().matches("word").count(), 100);
    assert!(!payload.to_string().contains("5550100"));
}

#[test]
fn a_session_tells_nobodys_number_and_is_the_same_each_time() {
    let bridge_with = |key: &[u8]| {
        bridge(Options {
            session_key: Arc::from(key),
            ..options()
        })
    };
    let one = bridge_with(b"one");
    let session = one.session("a@rbm.goog", "+15550100");
    assert_eq!(session.len(), 36);
    assert_eq!(session, one.session("a@rbm.goog", "+15550100"));
    for other in [
        one.session("a@rbm.goog", "+15550101"),
        one.session("b@rbm.goog", "+15550100"),
        bridge_with(b"two").session("a@rbm.goog", "+15550100"),
    ] {
        assert_ne!(session, other);
    }
}

#[test]
fn the_session_is_in_the_agents_place_and_environment() {
    let with = |location: Option<&str>, environment: Option<&str>| {
        let options = Options {
            location: location.map(str::to_owned),
            environment: environment.map(str::to_owned),
            ..options()
        };
        bridge(options).resource("s")
    };
    assert_eq!(with(None, None), "projects/p/agent/sessions/s");
    assert_eq!(
        with(Some("europe-west1"), None),
        "projects/p/locations/europe-west1/agent/sessions/s"
    );
    assert_eq!(
        with(Some("europe-west1"), Some("live")),
        "projects/p/locations/europe-west1/agent/environments/live/users/-/sessions/s"
    );
    assert_eq!(
        with(None, Some("live")),
        "projects/p/agent/environments/live/users/-/sessions/s"
    );
    assert_eq!(
        endpoint(Some("europe-west1")).unwrap().to_string(),
        "https://europe-west1-dialogflow.googleapis.com"
    );
    assert_eq!(bridge(options()).apology("fr-CA"), "Pardon");
    assert_eq!(bridge(options()).apology("de"), APOLOGY);
}
