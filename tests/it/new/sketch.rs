//! An agent of more than fifty intents, with all that intents have.

use flowhook::sys::{ENTITIES, Form};
use serde_json::{Value, json};

use crate::exports::pack::Pack;

/// The agent, and how many of its intents call the webhook.
pub(super) fn agent() -> (Pack, usize) {
    let mut intents = by_entity();
    intents.extend(special());
    let count = intents.len();
    let pack = Pack::new(json!({"displayName": "everything"}));
    let pack = intents.iter().fold(pack, Pack::intent_of);
    (entities(pack), count)
}

impl Pack {
    fn intent_of(self, intent: &Value) -> Self {
        self.intent(intent)
    }
}

/// An intent for each system entity: required, optional and as a list.
fn by_entity() -> Vec<Value> {
    let known = ENTITIES.iter().filter(|entity| entity.comes_as != Form::Nothing);
    known
        .map(|entity| {
            let of = |name: &str, is_required: bool, is_list: bool| {
                json!({"name": name, "dataType": format!("@{}", entity.name), "value": format!("${name}"),
                       "required": is_required, "isList": is_list, "prompts": [{"lang": "en", "value": "Which?"}]})
            };
            intent(
                &format!("take.{}", entity.name),
                &[of("one", true, false), of("perhaps", false, false), of("several", true, true)],
                &json!([{"type": 0, "lang": "en", "speech": "I took $one, $5 and {}."}]),
            )
        })
        .collect()
}

fn special() -> Vec<Value> {
    let text = json!([{"type": "0", "lang": "en", "speech": "Done."}]);
    let pizza = json!({"name": "pizza", "dataType": "@pizza", "value": "$pizza", "isList": true});
    let size = json!({"name": "size", "dataType": "@size", "value": "$size", "defaultValue": "small"});
    let count =
        json!({"name": "count", "dataType": "@sys.number-integer", "value": "$count", "defaultValue": "1"});
    let day = json!({"name": "day", "dataType": "@sys.date", "value": "$day", "defaultValue": "tomorrow"});
    let before = json!({"name": "before", "value": "#order-followup.pizza"});
    let spoken = json!({"name": "size-said", "dataType": "@size", "value": "$size.original"});
    let keyword = json!({"name": "type", "dataType": "@gone", "value": "$type", "required": true});
    let mut order = intent(
        "order",
        &[pizza.clone(), size.clone(), count.clone(), day, spoken],
        &json!([
            {"type": 0, "lang": "en", "speech": ["A $size pizza, $count times.", "$count, $size: \"as {you} like\"\\"]},
            {"type": 0, "lang": "en", "speech": "Anything else?"},
            {"type": 2, "lang": "en", "replies": ["Yes", "\"No\""]},
            {"type": 0, "lang": "de", "speech": "Noch etwas?"},
            {"type": 1, "platform": "facebook", "lang": "en", "title": "Pizza"},
            {"type": "suggestion_chips", "platform": "google", "lang": "en", "suggestions": [{"title": "Yes"}]},
        ]),
    );
    order["responses"][0]["affectedContexts"] =
        json!([{"name": "order-followup", "lifespan": 2}, {"name": "cart", "lifespan": 0}]);
    order["responses"][0]["action"] = "order.go".into();
    let mut change = intent(
        "order - change",
        &[before, size, keyword],
        &json!([{"type": 0, "lang": "en", "speech": "It was #order-followup.pizza."}]),
    );
    change["parentId"] = order["id"].clone();
    change["contexts"] = json!(["order-followup"]);
    let mut slots = intent(
        "slots",
        &[json!({"name": "count", "dataType": "@sys.number", "value": "$count", "required": true})],
        &text,
    );
    slots["webhookForSlotFilling"] = true.into();
    let mut event = intent("event", &[], &text);
    event["events"] = json!([{"name": "WELCOME"}, {"name": "FACEBOOK_WELCOME"}]);
    let mut fallback = intent(
        "Default Fallback Intent",
        &[],
        &json!([{"type": 0, "lang": "en", "speech": ["What?", "Pardon?"]}]),
    );
    fallback["fallbackIntent"] = true.into();
    let wrong = json!({"name": "2 fast", "dataType": "@loop", "value": "$2 fast", "required": true});
    let names = [
        "order change",
        "async",
        "3 wishes",
        "it's `it` \"{}\"\\",
        "予約",
        "取消",
        "Größe",
        "std",
        "self",
    ];
    let named = names
        .iter()
        .map(|name| intent(name, std::slice::from_ref(&wrong), &text));
    [order, change, slots, event, fallback]
        .into_iter()
        .chain(named)
        .collect()
}

fn intent(name: &str, parameters: &[Value], messages: &Value) -> Value {
    json!({"id": format!("id of {name}"), "name": name, "auto": true, "webhookUsed": true,
           "responses": [{"parameters": parameters, "messages": messages}]})
}

fn entities(pack: Pack) -> Pack {
    let composite = |name: &str| json!({"id": name, "name": name, "isEnum": true});
    pack.entity(
        &json!({"id": "size", "name": "size"}),
        "en",
        &json!([{"value": "small", "synonyms": ["small", "tiny"]}, {"value": "large", "synonyms": ["large"]}]),
    )
    .entity(
        &composite("pizza"),
        "en",
        &json!([
            {"value": "@size:size with @topping:topping", "synonyms": ["@size:size with @topping:topping"]},
            {"value": "@sys.number:count @size:size", "synonyms": []},
        ]),
    )
    .entity(&composite("topping"), "en", &json!([{"value": "@sys.color:colour @sys.unit-weight:type", "synonyms": []}]))
    .entity(&composite("loop"), "en", &json!([{"value": "@loop:again @size:size", "synonyms": []}]))
}
