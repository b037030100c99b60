//! Every form of reply, in both versions, judged as Dialogflow would judge it.

use flowhook::testing::{Caller, Heard};
use flowhook::webhook::Options;
use flowhook::wire::{ApiVersion, Platform};
use flowhook::{
    Answer, Card, Context, Event, Intents, Message, OutputContext, Reply, Result, SessionEntities, Turn,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::schema::{Api, judge};

/// Asks `agent` in both versions, judges both replies, and gives the one of v2.
async fn ask(agent: fn() -> Intents, intent: &str) -> Heard {
    let mut heard = Vec::new();
    for (api, api_version) in [(Api::V2Beta1, ApiVersion::V2Beta1), (Api::V2, ApiVersion::V2)] {
        let caller = Caller::with_options(
            agent(),
            Options {
                api_version,
                ..Options::default()
            },
        );
        let answer = caller
            .ask(intent)
            .context("booking", 3, json!({"guests": 4.0, "name": ""}))
            .await;
        let body = serde_json::to_vec(answer.json()).unwrap();
        assert_eq!(judge::faults_of_reply(&body, api), [""; 0], "{}", answer.json());
        heard.push(answer);
    }
    heard.pop().unwrap()
}

#[derive(Debug, Serialize, Deserialize, PartialEq)]
struct Booking {
    guests: u8,
    name: Option<String>,
}

impl Context for Booking {
    const NAME: &'static str = "booking";
}

#[derive(Serialize)]
struct Lonely(u8);

impl Context for Lonely {
    const NAME: &'static str = "lonely";
}

fn agent() -> Intents {
    async fn every_message(_: Turn) -> Result<Reply> {
        Ok(Reply::text("words")
            .say(
                Card::new("title")
                    .subtitle("subtitle")
                    .image("https://example.com/i.png")
                    .button("a", "b"),
            )
            .say(Message::image("https://example.com/i.png", "a picture"))
            .say(Message::quick_replies("choose", ["one", "two"]))
            .chips(["three"])
            .say(Message::payload(json!({"telegram": {"text": "hi"}})).on(Platform::Telegram))
            .webhook_payload(json!({"own": [1, null, {"deep": true}]})))
    }
    async fn contexts(turn: Turn) -> Result<Reply> {
        let booking = turn.recall::<Booking>()?;
        assert_eq!(
            booking,
            Some(Booking {
                guests: 4,
                name: None
            })
        );
        Ok(Reply::text("words")
            .remember(&Booking {
                guests: 5,
                name: None,
            })
            .context(OutputContext::new("Cart").lifespan(2).parameter("n", 1))
            .context(OutputContext::new("cart").lifespan(9))
            .forget_context("old"))
    }
    async fn forget(_: Turn) -> Result<Reply> {
        Ok(Reply::console().forget::<Booking>().say("forgotten"))
    }
    async fn event(_: Turn) -> Result<Reply<Event>> {
        Ok(Reply::event("GO")
            .parameter("n", 1.5)
            .context(OutputContext::new("cart")))
    }
    async fn either(turn: Turn) -> Result<Answer> {
        if turn.language() == "en" {
            Ok(Reply::event("GO").into())
        } else {
            Ok(Reply::text("no").into())
        }
    }
    async fn entities(_: Turn) -> Result<Reply> {
        Ok(Reply::text("words")
            .session_entities(SessionEntities::overriding("fruit").entity("apple", ["apple"]))
            .session_entities(SessionEntities::supplementing("nut").entity("hazel", ["hazel", "filbert"])))
    }
    async fn broken(_: Turn) -> Result<Reply> {
        Ok(Reply::text("kept")
            .remember(&Lonely(1))
            .webhook_payload(json!([1]))
            .session_entities(SessionEntities::overriding("empty"))
            .session_entities(SessionEntities::overriding("").entity("a", ["a"]))
            .context(OutputContext::new("__system_counters__"))
            .chips::<String>([])
            .say(Message::image("", "nothing"))
            .say(""))
    }
    Intents::new(())
        .on("every message", every_message)
        .on("contexts", contexts)
        .on("forget", forget)
        .on("event", event)
        .on("either", either)
        .on("entities", entities)
        .on("broken", broken)
}

#[tokio::test]
async fn every_kind_of_message_is_written_as_the_protocol_has_it() {
    let heard = ask(agent, "every message").await;
    assert_eq!(
        heard.json(),
        &json!({
            "fulfillmentMessages": [
                {"text": {"text": ["words"]}},
                {"card": {"title": "title", "subtitle": "subtitle", "imageUri": "https://example.com/i.png",
                    "buttons": [{"text": "a", "postback": "b"}]}},
                {"image": {"imageUri": "https://example.com/i.png", "accessibilityText": "a picture"}},
                {"quickReplies": {"title": "choose", "quickReplies": ["one", "two"]}},
                {"quickReplies": {"quickReplies": ["three"]}},
                {"payload": {"telegram": {"text": "hi"}}, "platform": "TELEGRAM"},
            ],
            "payload": {"own": [1, null, {"deep": true}]},
        })
    );
    assert_eq!(
        heard.answered().heard,
        "text+card+image+chips+chips+payload+webhook payload"
    );
}

#[tokio::test]
async fn contexts_have_full_names_and_lifespans_and_the_last_word_counts() {
    let heard = ask(agent, "contexts").await;
    let full = |id: &str| format!("projects/demo/agent/sessions/test/contexts/{id}");
    assert_eq!(
        heard.json()["outputContexts"],
        json!([
            {"name": full("booking"), "lifespanCount": 5, "parameters": {"guests": 5, "name": null}},
            {"name": full("cart"), "lifespanCount": 9},
            {"name": full("old"), "lifespanCount": 0},
        ])
    );
    assert_eq!(
        ask(agent, "forget").await.context("booking").unwrap()["lifespanCount"],
        0
    );
}

#[tokio::test]
async fn an_event_carries_parameters_and_contexts_and_no_words() {
    let heard = ask(agent, "event").await;
    assert_eq!(
        heard.json()["followupEventInput"],
        json!({"name": "GO", "parameters": {"n": 1.5}, "languageCode": "en"})
    );
    assert_eq!(heard.messages().count(), 0);
    assert!(heard.context("cart").is_some());
    assert_eq!(ask(agent, "either").await.event(), Some("GO"));
}

#[tokio::test]
async fn session_entities_have_full_names_and_a_mode() {
    let types = &ask(agent, "entities").await.json()["sessionEntityTypes"].clone();
    assert_eq!(
        types[0]["name"],
        "projects/demo/agent/sessions/test/entityTypes/fruit"
    );
    assert_eq!(types[0]["entityOverrideMode"], "ENTITY_OVERRIDE_MODE_OVERRIDE");
    assert_eq!(types[1]["entityOverrideMode"], "ENTITY_OVERRIDE_MODE_SUPPLEMENT");
    assert_eq!(
        types[1]["entities"],
        json!([{"value": "hazel", "synonyms": ["hazel", "filbert"]}])
    );
}

#[tokio::test]
async fn what_is_broken_is_left_out_and_the_rest_is_said() {
    let heard = ask(agent, "broken").await;
    assert_eq!(
        heard.json(),
        &json!({"fulfillmentMessages": [{"text": {"text": ["kept"]}}]})
    );
    assert_eq!(
        heard.answered().findings.len(),
        8,
        "{:#?}",
        heard.answered().findings
    );
}

#[tokio::test]
async fn the_console_messages_can_be_said_again_whatever_their_kind() {
    async fn repeat(turn: Turn) -> Result<Reply> {
        let mut reply = Reply::text("first");
        for message in turn.console_messages() {
            reply = reply.say(message.clone());
        }
        Ok(reply)
    }
    let console = json!([
        {"text": {"text": ["one", "two"]}},
        {"quickReplies": {"quickReplies": ["a"]}},
        {"basicCard": {"title": "t", "image": {"imageUri": "u"}}, "platform": "ACTIONS_ON_GOOGLE"},
        {"text": {}},
        {"hologram": {}},
    ]);
    let caller = Caller::new(Intents::new(()).on("repeat", repeat));
    let mut request = caller.ask("repeat").request();
    request["queryResult"]["fulfillmentMessages"] = console.clone();
    let heard = caller.send(&request).await;
    let messages: Vec<_> = heard.messages().cloned().collect();
    assert_eq!(messages.len(), 4);
    assert_eq!(messages[2..], console.as_array().unwrap()[1..3]);
    assert!(["one", "two"].contains(&messages[1]["text"]["text"][0].as_str().unwrap()));
}

#[tokio::test]
async fn a_choice_of_wordings_is_the_same_for_the_same_call_and_not_for_all() {
    async fn greet(_: Turn) -> Result<Reply> {
        Ok(Reply::one_of(["hello", "hi", "good day"]))
    }
    let caller = Caller::new(Intents::new(()).on("greet", greet));
    let mut heard = std::collections::BTreeSet::new();
    for call in 0..50 {
        let mut request = caller.ask("greet").request();
        request["responseId"] = Value::from(format!("call-{call}"));
        let first = caller.send(&request).await.text();
        assert_eq!(first, caller.send(&request).await.text());
        heard.insert(first);
    }
    assert_eq!(heard.len(), 3, "all wordings are used");
}

#[tokio::test]
async fn hooks_run_around_each_handler() {
    async fn hello(_: Turn) -> Result<Reply> {
        Ok(Reply::text("hello"))
    }
    async fn closed(turn: Turn) -> Result<Option<Answer>> {
        Ok((turn.said() == "closed?").then(|| Reply::text("we are closed").into()))
    }
    let agent = Intents::new(())
        .on("hello", hello)
        .before(closed)
        .after(|call, answer| match answer {
            Answer::Reply(reply) => reply.say(format!("({})", call.language())).into(),
            event => event,
        });
    let caller = Caller::new(agent);
    assert_eq!(caller.ask("hello").await.text(), "hello\n(en)");
    assert_eq!(caller.ask("hello").said("closed?").await.text(), "we are closed");
}

#[test]
fn debug_shows_no_word_of_what_is_said() {
    use flowhook::payload::{facebook, google, line, slack, telegram};
    use flowhook::{List, ListItem, messenger, rbm, ssml, telephony};

    let word = "Quilliams";
    let reply = Reply::text(word)
        .say(Card::new(word).subtitle(word).image(word).button(word, word))
        .chips([word])
        .say(List::new(
            word,
            [ListItem::new(word).description(word).says(word)],
        ))
        .say(Message::payload(json!({word: word})))
        .say(messenger::Card::new(messenger::Info::new(word)).with(messenger::Button::link(word, word)))
        .say(facebook::Message::text(word).quick_replies([word]))
        .say(slack::Message::text(word))
        .say(line::Message::text(word))
        .say(telegram::Message::text(word).keyboard([[word]]))
        .say(rbm::Text::new(word))
        .say(telephony::speak(ssml::Speech::of(word)))
        .webhook_payload(json!({"shop": word}))
        .session_entities(SessionEntities::overriding("fruit").entity(word, [word]))
        .context(OutputContext::new("seen").parameter("who", word))
        .hand_off(word);
    let event = Reply::event("GO").parameter("who", word);
    for shown in [
        format!("{reply:?}"),
        format!("{event:?}"),
        format!("{:?}", google::Response::from(word)),
        format!("{:?}", messenger::Chips::new([word])),
        format!("{:?}", telephony::Spoken::from(word)),
        format!("{:?}", flowhook::webhook::Verdict::Reply(word.into())),
        format!(
            "{:?}",
            serde_json::from_value::<flowhook::wire::WebhookRequest>(
                json!({"session": word, "queryResult": {"queryText": word, "fulfillmentMessages": [{"text": {"text": [word]}}]}})
            )
        ),
    ] {
        assert!(!shown.contains(word), "{shown}");
    }
    assert!(format!("{reply:?}").contains("Card"), "the kinds are shown");
}
