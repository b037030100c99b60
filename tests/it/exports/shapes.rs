//! Exports in all the forms that are known: of several years, packed again by several hands, with whatever may be missing.

use serde_json::{Value, json};

use super::pack::Pack;

/// What reading a form must give.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) pack: Pack,
    /// Numbers of intents, phrases, entity types and entries.
    pub(crate) counts: [usize; 4],
}

pub(crate) fn all() -> Vec<Shape> {
    let shape = |name, pack, counts| Shape { name, pack, counts };
    vec![
        shape(
            "settings alone",
            Pack::default().json("agent.json", &json!({})),
            [0, 0, 0, 0],
        ),
        shape("of the first years", oldest(), [2, 3, 1, 2]),
        shape("of 2018", boat_hire(), [4, 3, 1, 2]),
        shape("of 2020", front_desk(), [3, 2, 0, 0]),
        shape(
            "below a folder",
            boat_hire().moved(|path| format!("boat-agent/{path}")),
            [4, 3, 1, 2],
        ),
        shape(
            "below two folders",
            boat_hire().moved(|path| format!("a b/c/{path}")),
            [4, 3, 1, 2],
        ),
        shape("packed again on a Mac", packed_on_a_mac(), [4, 3, 1, 2]),
        shape(
            "packed again on Windows",
            boat_hire().moved(|path| path.replace('/', "\\")),
            [4, 3, 1, 2],
        ),
        shape("with a mark of byte order", with_byte_order_mark(), [4, 3, 1, 2]),
        shape("in two languages", two_languages(), [2, 3, 1, 4]),
        shape("with slot filling", slot_filling(), [1, 1, 0, 0]),
        shape("on the phone", telephony(), [2, 1, 0, 0]),
        shape("with contexts as memory", memory(), [2, 1, 0, 0]),
        shape("with every kind of entity", entities(), [0, 0, 5, 1007]),
        shape("with names that mislead", misleading_names(), [5, 4, 0, 0]),
        shape("with nothing as it should be", wrong_kinds(), [2, 2, 2, 0]),
    ]
}

/// Phrases in the intent, entries in the entity type, words in `speech`, no package.json.
fn oldest() -> Pack {
    Pack::default()
        .json("agent.json", &json!({"language": "de", "webhook": {"available": true}}))
        .json("intents/Ask for tea.json", &json!({
            "userSays": [
                {"id": "1", "data": [{"text": "a cup of "}, {"text": "green tea", "alias": "tea", "meta": "@tea", "userDefined": true}], "isTemplate": false, "count": 2},
                {"id": "2", "data": [{"text": "tea please"}], "isTemplate": false, "count": 0},
                "just tea",
            ],
            "id": "t-1", "name": "Ask for tea", "auto": true, "contexts": [], "templates": [],
            "responses": [{"resetContexts": false, "action": "tea", "affectedContexts": [],
                "parameters": [{"dataType": "@tea", "name": "tea", "value": "$tea"}],
                "speech": ["Here you are.", "One tea."]}],
            "priority": 500000, "webhookUsed": true, "fallbackIntent": false, "events": [], "lastUpdate": 1_500_000_000,
        }))
        .json("intents/Fallback.json", &json!({"name": "Fallback", "fallbackIntent": true, "auto": false,
            "responses": [{"action": "input.unknown", "speech": "I only have tea."}]}))
        .json("entities/tea.json", &json!({"id": "e-1", "name": "tea", "isEnum": false, "entries": [
            {"value": "green", "synonyms": ["green tea"]}, {"value": "black", "synonyms": ["black tea", "black"]}]}))
}

/// Phrase files, a follow-up intent, events for several platforms, chips for Google Assistant.
pub(crate) fn boat_hire() -> Pack {
    let chips =
        json!({"type": "suggestion_chips", "platform": "google", "suggestions": [{"title": "Hire a boat"}]});
    let words = json!({"type": 0, "lang": "en", "speech": ["Ahoy!", "Welcome aboard."]});
    Pack::new(json!({"mlMinConfidence": 0.3, "customClassifierMode": "use.after", "isPrivate": true,
        "googleAssistant": {"googleAssistantCompatible": true, "startIntents": [], "endIntentIds": []}}))
    .intent(&json!({"id": "w", "name": "Default Welcome Intent", "auto": true, "contexts": [],
        "responses": [{"resetContexts": false, "action": "input.welcome", "affectedContexts": [], "parameters": [],
            "messages": [chips, words], "defaultResponsePlatforms": {"google": true}, "speech": []}],
        "priority": 500000, "webhookUsed": false, "webhookForSlotFilling": false, "fallbackIntent": false,
        "events": [{"name": "WELCOME"}, {"name": "GOOGLE_ASSISTANT_WELCOME"}, {"name": "FACEBOOK_WELCOME"}]}))
    .phrases("Default Welcome Intent", "en", &[json!("hello")])
    .intent(&json!({"id": "f", "name": "Default Fallback Intent", "auto": false, "contexts": [],
        "responses": [{"action": "input.unknown", "messages": [{"type": 0, "lang": "en", "speech": "Say again?"}]}],
        "webhookUsed": false, "fallbackIntent": true, "events": []}))
    .intent(&json!({"id": "h", "name": "Hire a boat", "auto": true, "contexts": [],
        "responses": [{"action": "hire",
            "affectedContexts": [{"name": "Hireaboat-followup", "parameters": {}, "lifespan": 2}],
            "parameters": [
                {"id": "1", "required": true, "dataType": "@sys.date", "name": "date", "value": "$date", "isList": false,
                    "prompts": [{"lang": "en", "value": "On which day?"}]},
                {"id": "2", "required": true, "dataType": "@sys.time", "name": "time", "value": "$time", "isList": false,
                    "prompts": [{"lang": "en", "value": "At what time?"}]},
                {"id": "3", "required": false, "dataType": "@Boat", "name": "Boat", "value": "$Boat", "isList": false}],
            "messages": [{"type": 0, "lang": "en", "speech": []}], "defaultResponsePlatforms": {}, "speech": []}],
        "webhookUsed": true, "webhookForSlotFilling": false, "fallbackIntent": false, "events": []}))
    .phrases("Hire a boat", "en", &[json!([
        {"text": "a ", "meta": "@sys.ignore", "userDefined": false},
        {"text": "rowing boat", "meta": "@Boat", "alias": "Boat", "userDefined": true},
        {"text": " for ", "userDefined": false},
        {"text": "tomorrow", "meta": "@sys.date", "alias": "date", "userDefined": true}])])
    .intent(&json!({"id": "y", "name": "Hire a boat - yes", "parentId": "h", "rootParentId": "h",
        "contexts": ["Hireaboat-followup"],
        "responses": [{"action": "Hireaboat.Hireaboat-yes", "messages": [{"type": 0, "lang": "en", "speech": "Done."}]}],
        "webhookUsed": true, "events": []}))
    .phrases("Hire a boat - yes", "en", &[json!("yes")])
    .entity(
        &json!({"id": "b", "name": "Boat", "isOverridable": true, "isEnum": false, "automatedExpansion": false}),
        "en",
        &json!([{"value": "rowing", "synonyms": ["rowing boat"]}, {"value": "sailing", "synonyms": ["sailing boat", "yacht"]}]),
    )
}

/// Types of messages as text, prompts as messages, a secondary key, names that no file can have, an intent called after a
/// person to talk to.
pub(crate) fn front_desk() -> Pack {
    Pack::new(json!({"displayName": "Front desk", "supportedLanguages": [], "secondaryKey": "sekrit-key",
        "enableOnePlatformApi": true, "analyzeQueryTextSentiment": true, "dialogBuilderMode": false,
        "webhook": {"available": true, "url": "https://user:sekrit-url@example.com/?key=sekrit-query",
            "username": "sekrit-user", "password": "sekrit-password", "headers": {"x-api-key": "sekrit-header"},
            "useForDomains": false, "cloudFunctionsEnabled": false, "cloudFunctionsInitialized": false}}))
    .intent(&json!({"id": "l", "name": "live agent", "liveAgentHandoff": true, "endInteraction": true,
        "responses": [{"messages": [{"type": "4", "title": "", "payload": {"handoff": "desk"}, "textToSpeech": "", "lang": "en", "condition": ""}],
            "parameters": [], "speech": []}],
        "webhookUsed": true, "conditionalResponses": [], "condition": "", "conditionalFollowupEvents": []}))
    .phrases("live agent", "en", &[json!("a person please")])
    .intent(&json!({"id": "q", "name": "Where's the pool?", "responses": [{
        "messages": [{"type": "0", "title": "", "textToSpeech": "", "lang": "en", "speech": ["On the roof."], "condition": ""}],
        "parameters": [{"name": "floor", "required": true, "dataType": "@sys.number-integer", "value": "$floor", "isList": false,
            "prompts": [], "promptMessages": [{"type": "0", "lang": "en", "speech": ["Which floor?"]}],
            "noMatchPromptMessages": [], "noInputPromptMessages": [], "outputDialogContexts": []}]}]}))
    .phrases("Where's the pool?", "en", &[json!("where's the pool")])
    .intent(&json!({"name": "rich", "responses": [{"messages": [
        {"type": 1, "title": "A room", "subtitle": "with a view", "imageUrl": "https://example.com/a.png",
            "buttons": [{"text": "Take it", "postback": "take"}], "platform": "FACEBOOK"},
        {"type": 2, "title": "Choose", "replies": ["One", "Two"], "platform": "facebook"},
        {"type": 3, "imageUrl": "https://example.com/b.png"},
        {"type": "basic_card", "platform": "google", "title": "A card", "image": {"url": "https://example.com/c.png"}},
        {"type": "simple_response", "platform": "google", "textToSpeech": "Hello", "displayText": "Hello!"},
        {"type": "simple_response", "platform": "google", "items": [{"ssml": "<speak>Hi</speak>"}]}]}]}))
}

fn packed_on_a_mac() -> Pack {
    let leftover = *b"\0\x05\x16\x07\0\x02\0\0Mac OS X";
    let pack = boat_hire();
    let paths: Vec<_> = pack.files.iter().map(|(path, _)| path.clone()).collect();
    let pack = paths.iter().fold(pack, |pack, path| {
        let (folder, name) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
        pack.raw(&format!("__MACOSX/{folder}._{name}"), leftover)
            .raw(&format!("{folder}._{name}"), leftover)
    });
    pack.raw(".DS_Store", *b"\0\0\0\x01Bud1")
        .raw("intents/.DS_Store", *b"\0\0\0\x01Bud1")
}

fn with_byte_order_mark() -> Pack {
    let mut pack = boat_hire();
    for (_, content) in &mut pack.files {
        content.splice(0..0, *b"\xef\xbb\xbf");
    }
    pack
}

fn two_languages() -> Pack {
    Pack::new(json!({"language": "en", "supportedLanguages": ["pt-br", "en"]}))
        .intent(&json!({"name": "hours", "responses": [{"messages": [
            {"type": 0, "lang": "en", "speech": "From nine."}, {"type": 0, "lang": "pt-br", "speech": ["A partir das nove."]}]}]}))
        .phrases("hours", "en", &[json!("when are you open"), json!("\u{201c}hours\u{201d}")])
        .phrases("hours", "pt-br", &[json!("quando abrem")])
        .intent(&json!({"name": "only english", "webhookUsed": true, "responses": [{"messages": [
            {"type": 0, "lang": "en", "speech": "Yes."}, {"type": 0, "lang": "pt-br", "speech": []}]}]}))
        .entity(&json!({"name": "day"}), "en", &json!([{"value": "weekday", "synonyms": []}, {"value": "weekend", "synonyms": []}]))
        .json("entities/day_entries_pt-br.json", &json!([{"value": "weekday", "synonyms": ["dia útil"]}, {"value": "weekend", "synonyms": []}]))
}

fn slot_filling() -> Pack {
    Pack::new(json!({}))
        .intent(&json!({"name": "book", "webhookUsed": true, "webhookForSlotFilling": true, "responses": [{"parameters": [
            {"name": "guests", "dataType": "@sys.number-integer", "value": "$guests", "required": true, "isList": false,
                "prompts": [{"lang": "en", "value": "How many?"}, "How many of you?"]},
            {"name": "dishes", "dataType": "@sys.any", "value": "$dishes", "required": "false", "isList": "true"}]}]}))
        .phrases("book", "en", &[json!("a table")])
}

fn telephony() -> Pack {
    Pack::new(json!({"onePlatformApiVersion": "v2beta1"}))
        .intent(
            &json!({"name": "call", "webhookUsed": true, "events": [{"name": "TELEPHONY_WELCOME"}, "CALL"],
            "responses": [{"messages": [
                {"type": "13", "platform": "telephony", "audioUri": "gs://example/hold.wav"},
                {"type": 14, "platform": "telephony", "ssml": "<speak>One moment</speak>"},
                {"type": "14", "platform": "telephony", "text": "One moment"},
                {"type": 15.0, "platform": "telephony", "phoneNumber": "+15550100"}]}]}),
        )
        .phrases("call", "en", &[json!("call me")])
        .intent(&json!({"name": "hang up", "endInteraction": true, "responses": []}))
}

/// Parameters without an entity, values out of contexts, an action that is known only at run time.
fn memory() -> Pack {
    Pack::new(json!({}))
        .intent(&json!({"name": "translate: text", "webhookUsed": true, "contexts": [], "responses": [{
            "action": "#translate-text.action",
            "affectedContexts": [{"name": "translate-text", "lifespan": "5"}, {"name": "old", "lifespan": 0}, {"name": "plain"}],
            "parameters": [{"name": "text", "dataType": "@sys.any", "value": "$text"}, {"name": "lang", "value": "#translate-text.lang"}]}]}))
        .phrases("translate: text", "en", &[json!("translate this")])
        .intent(&json!({"name": "translate: again", "contexts": ["translate-text"], "priority": -1, "responses": [{}]}))
}

fn entities() -> Pack {
    let many: Vec<Value> = (0..1_000)
        .map(|number| json!({"value": format!("v{number}"), "synonyms": [format!("v{number}")]}))
        .collect();
    Pack::new(json!({}))
        .entity(&json!({"name": "size", "isEnum": false}), "en", &json!([{"value": "S", "synonyms": ["small"]}]))
        .entity(&json!({"name": "colour", "isEnum": true}), "en", &json!([{"value": "red", "synonyms": ["red"]}]))
        .entity(&json!({"name": "order-id", "isRegexp": true}), "en", &json!([{"value": "[A-Z]{2}[0-9]+", "synonyms": ["[A-Z]{2}[0-9]+"]}]))
        .entity(&json!({"name": "move", "isEnum": true, "automatedExpansion": true, "allowFuzzyExtraction": true}), "en", &json!([
            {"value": "@sys.number:steps steps @direction:direction", "synonyms": ["@sys.number:steps steps @direction:direction"]},
            {"value": "@direction:direction", "synonyms": []},
            "@direction:direction by @sys.unit-length:length",
            {"value": "12:30", "synonyms": []}]))
        .entity(&json!({"name": "many", "isOverridable": true}), "en", &many.into())
}

/// Files that look like another's: an intent called like the settings, like a package, like a phrase file; one that ends in `_`.
fn misleading_names() -> Pack {
    let intent = |name: &str| json!({"name": name, "responses": []});
    Pack::new(json!({}))
        .intent(&intent("agent"))
        .intent(&intent("package"))
        .intent(&intent("greeting_usersays_en"))
        .phrases("greeting_usersays_en", "en", &[json!("hello")])
        .intent(&intent("What do you have?"))
        .phrases(
            "What do you have?",
            "en",
            &[json!("what do you have"), json!("do you have")],
        )
        .intent(&intent("Grüße/你好"))
        .phrases("Grüße/你好", "zh-cn", &[json!("你好")])
}

/// Missing, null, of another kind: nothing of it stops the reading.
fn wrong_kinds() -> Pack {
    Pack::default()
        .json("agent.json", &json!({"language": null, "supportedLanguages": "de", "webhook": "none", "mlMinConfidence": "high",
            "onePlatformApiVersion": 2, "unknown": {"key": []}}))
        .json("intents/a.json", &json!({"name": ["a"], "webhookUsed": "maybe", "priority": {}, "contexts": "one",
            "events": {"name": "EVENT"}, "responses": {"action": {}, "messages": [null, 7, "text", {"type": null}, {"type": "99"}],
            "parameters": [null, {}, {"name": "n", "dataType": "sys.number", "required": 1}], "affectedContexts": [{"lifespan": "soon"}]}}))
        .json("intents/a_usersays_en.json", &json!([null, {"data": [null, 3]}]))
        .json("intents/nobody_usersays_en.json", &json!([]))
        .json("intents/list.json", &json!([]))
        .json("intents/empty.json", &json!({}))
        .json("entities/e.json", &json!({"name": {}}))
        .json("entities/e_entries_en.json", &json!({"value": "not in a list"}))
        .json("entities/f_entries_en.json", &json!([{"value": 7}]))
        .json("entities/f.json", &json!([]))
        .raw("intents/readme.txt", *b"\xff\xfe")
}
