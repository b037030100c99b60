//! Faults that were seen in other libraries for fulfillment, F1 to F20, each with a test that keeps it out of this one.

use flowhook::testing::{Caller, Heard};
use flowhook::webhook::Options;
use flowhook::wire::ApiVersion;
use flowhook::{
    Answer, Context, Event, Intents, Message, NoParams, OutputContext, Reply, Result, Source, Text, Texts,
    Turn, sys,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::program::{Answer as Response, FLOWHOOK, Starting, clumsy, request, request_with_console};

const APOLOGY: &str = "I have no answer to that.";

/// What a handler says that says this.
async fn said(answer: impl Into<Answer>) -> Heard {
    said_to(answer, |ask| ask).await
}

/// The same, on a turn of which more is known.
async fn said_to(
    answer: impl Into<Answer>,
    more: impl FnOnce(flowhook::testing::Ask<'_>) -> flowhook::testing::Ask<'_>,
) -> Heard {
    async fn say(turn: Turn<NoParams, Answer>) -> Result<Answer> {
        Ok(Answer::clone(&turn.app))
    }
    let caller = Caller::new(Intents::new(answer.into()).on("say", say));
    let heard = more(caller.ask("say")).await;
    heard.expect_sound();
    heard
}

fn program() -> Starting {
    Starting::new(clumsy()).set(&format!("webhook.apologies.en={APOLOGY}"))
}

#[track_caller]
fn is_json(answer: &Response) {
    let kind = &answer.headers["content-type"];
    assert!(kind.starts_with("application/json"), "{kind}");
    assert!(answer.json().is_object());
}

#[test]
fn f01_an_intent_without_a_handler_is_answered() {
    let answer = program().start().ask(&request("nobody's"));
    assert_eq!((answer.status, answer.text().as_str()), (200, APOLOGY));
    let agent = program().set("webhook.apologies.x-fallback=on").start();
    let answer = agent.ask(&request("nobody's"));
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (200, "no handler for nobody's")
    );
}

#[test]
fn f02_a_handler_that_fails_is_answered_and_logged_once() {
    for intent in ["error", "panic"] {
        let agent = program().start();
        let answer = agent.ask(&request(intent));
        assert_eq!((answer.status, answer.text().as_str()), (200, APOLOGY));
        let line = agent.line_of(&answer);
        assert_eq!(line["outcome"], intent);
        let id = answer.headers["x-request-id"].clone();
        agent.terminate();
        let (_, output) = agent.end();
        let lines: Vec<_> = output.lines().filter(|line| line.contains(&id)).collect();
        assert_eq!(lines.len(), 1, "{lines:#?}");
    }
}

#[tokio::test]
async fn f03_a_handler_that_adds_nothing_leaves_it_to_the_console_or_is_apologised_for() {
    let heard = said_to(Reply::console(), |ask| ask.console("from the console")).await;
    heard.expect_console().expect_text("from the console");

    async fn nothing(_: Turn) -> Result<Reply> {
        Ok(Reply::console())
    }
    let options = Options {
        apologies: [("en".to_owned(), APOLOGY.to_owned())].into(),
        ..Options::default()
    };
    let caller = Caller::with_options(Intents::new(()).on("nothing", nothing), options);
    caller.ask("nothing").await.expect_text(APOLOGY);
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Basket {
    dishes: u8,
}

impl Context for Basket {
    const NAME: &'static str = "basket";
}

async fn one_more(turn: Turn) -> Result<Reply> {
    let dishes = turn.recall::<Basket>()?.map_or(1, |Basket { dishes }| dishes + 1);
    Ok(Reply::text(dishes.to_string()).remember(&Basket { dishes }))
}

#[tokio::test]
async fn f04_contexts_are_found_in_sessions_of_every_form() {
    for session in [
        "projects/p/agent/sessions/s",
        "projects/p/locations/global/agent/sessions/s",
        "projects/p/agent/environments/e/users/-/sessions/s",
        "projects/p/locations/us/agent/environments/e/users/u/sessions/s",
    ] {
        let mut talk = Caller::new(Intents::new(()).on("more", one_more))
            .conversation()
            .session(session);
        talk.asks("more").await.expect_text("1");
        talk.asks("more").await.expect_text("2");
    }
}

#[tokio::test]
async fn f05_a_source_that_is_unspecified_is_no_platform() {
    let reply = Reply::text("one").say("two");
    let heard = said_to(reply, |ask| ask.source("PLATFORM_UNSPECIFIED")).await;
    assert_eq!(
        heard.json()["fulfillmentMessages"],
        json!([{"text": {"text": ["one"]}}, {"text": {"text": ["two"]}}])
    );
    assert_eq!(heard.source(), &Source::Api);
}

/// Says all that the console would say.
async fn echo(turn: Turn) -> Result<Reply> {
    let messages = turn.console_messages().iter().cloned();
    Ok(messages.fold(Reply::text("The console says:"), Reply::say))
}

#[tokio::test]
async fn f06_the_consoles_messages_of_every_kind_can_be_said_again() {
    let item = |key: &str| json!({"info": {"key": key}, "title": key});
    let page = |title: &str| json!({"title": title, "openUriAction": {"url": "https://example.com"}});
    let console = json!([
        {"text": {"text": ["words"]}},
        {"image": {"imageUri": "https://example.com/i.png"}},
        {"quickReplies": {"title": "Which?", "quickReplies": ["this", "that"]}, "platform": "FACEBOOK"},
        {"card": {"title": "card", "buttons": [{"text": "tap"}]}, "platform": "SLACK"},
        {"payload": {"line": {"type": "sticker"}}, "platform": "LINE"},
        {"simpleResponses": {"simpleResponses": [{"textToSpeech": "words"}]}, "platform": "ACTIONS_ON_GOOGLE"},
        {"basicCard": {"formattedText": "card"}, "platform": "ACTIONS_ON_GOOGLE"},
        {"suggestions": {"suggestions": [{"title": "this"}]}, "platform": "ACTIONS_ON_GOOGLE"},
        {"linkOutSuggestion": {"destinationName": "site", "uri": "https://example.com"}, "platform": "ACTIONS_ON_GOOGLE"},
        {"listSelect": {"items": [item("a"), item("b")]}, "platform": "ACTIONS_ON_GOOGLE"},
        {"carouselSelect": {"items": [item("a"), item("b")]}, "platform": "ACTIONS_ON_GOOGLE"},
        {"browseCarouselCard": {"items": [page("a"), page("b")]}, "platform": "ACTIONS_ON_GOOGLE"},
        {"tableCard": {"title": "table", "rows": [{"cells": [{"text": "a"}], "dividerAfter": true}]},
            "platform": "ACTIONS_ON_GOOGLE"},
        {"mediaContent": {"mediaType": "AUDIO", "mediaObjects": [{"name": "a", "contentUrl": "https://example.com/a.mp3"}]},
            "platform": "ACTIONS_ON_GOOGLE"},
        {"telephonyPlayAudio": {"audioUri": "gs://bucket/a.wav"}, "platform": "TELEPHONY"},
        {"telephonySynthesizeSpeech": {"text": "words"}, "platform": "TELEPHONY"},
        {"telephonyTransferCall": {"phoneNumber": "+12125550100"}, "platform": "TELEPHONY"},
        {"rbmText": {"text": "words", "rbmSuggestion": [{"reply": {"text": "tap", "postbackData": "tapped"}}]}},
        {"rbmStandaloneRichCard": {"cardOrientation": "VERTICAL", "cardContent": {"title": "card"}}},
        {"rbmCarouselRichCard": {"cardWidth": "SMALL", "cardContents": [{"title": "a"}, {"title": "b"}]}},
    ]);
    let options = Options {
        api_version: ApiVersion::V2Beta1,
        ..Options::default()
    };
    let caller = Caller::with_options(Intents::new(()).on("echo", echo), options);
    let console = console.as_array().unwrap();
    for source in ["", "facebook", "google", "google_telephony", "messenger"] {
        let ask = caller
            .ask("echo")
            .source(source)
            .console_messages(console.clone());
        let heard = ask.await;
        heard.expect_sound();
        let again: Vec<_> = heard.messages().skip(1).cloned().collect();
        assert_eq!(&again, console, "{source}");
    }
}

#[tokio::test]
async fn f07_a_console_text_without_words_disturbs_nobody() {
    let caller = Caller::new(Intents::new(()).on("echo", echo));
    for message in [
        json!({"text": {}}),
        json!({"text": {"text": null}}),
        json!({"text": {"text": []}}),
        json!({"text": null}),
        json!({"quickReplies": {}}),
        json!({"card": {"buttons": null}}),
        json!({}),
    ] {
        let heard = caller.ask("echo").console_messages([message]).await;
        heard.expect_text("The console says:");
        assert!(heard.answered().failure.is_none());
    }
}

#[tokio::test]
async fn f08_a_payload_goes_to_the_one_place_that_its_call_names() {
    let (among, beside) = (json!({"slack": {"text": "a"}}), json!({"shop": {"cart": 3}}));
    let heard = said(Reply::message(Message::payload(&among))).await;
    assert_eq!(
        heard.json(),
        &json!({"fulfillmentMessages": [{"payload": among}]})
    );
    let heard = said(Reply::text("Done.").webhook_payload(&beside)).await;
    assert_eq!(
        heard.json()["fulfillmentMessages"],
        json!([{"text": {"text": ["Done."]}}])
    );
    assert_eq!(heard.json()["payload"], beside);
    let heard = said(Reply::message(Message::payload(&among)).webhook_payload(&beside)).await;
    assert_eq!(
        heard.json(),
        &json!({"fulfillmentMessages": [{"payload": among}], "payload": beside})
    );
}

/// What everything has that has no call of that name itself.
trait Mute: Sized {
    fn say(self, _: &str) -> IsMute {
        IsMute
    }
    fn chips(self, _: [&str; 1]) -> IsMute {
        IsMute
    }
    fn webhook_payload(self, _: Value) -> IsMute {
        IsMute
    }
    fn fulfillment_text(self, _: &str) -> IsMute {
        IsMute
    }
}

#[derive(Debug, PartialEq)]
struct IsMute;

impl Mute for Reply<Event> {}

#[tokio::test]
async fn f09_words_beside_an_event_are_refused_by_the_compiler() {
    // Were there such a call on `Reply<Event>`, it would come before the trait's, and these lines would not compile.
    let _: [IsMute; 4] = [
        Reply::event("GO").say("words"),
        Reply::event("GO").chips(["words"]),
        Reply::event("GO").webhook_payload(json!({})),
        Reply::event("GO").fulfillment_text("words"),
    ];
    let heard = said(Reply::event("GO").parameter("dish", "soup")).await;
    let members: Vec<_> = heard.json().as_object().unwrap().keys().collect();
    assert_eq!(members, ["followupEventInput"]);
}

#[test]
fn f10_a_header_is_checked_whichever_way_it_comes() {
    let service = Starting::new(FLOWHOOK)
        .set("auth.headers=x-api-key: right")
        .start();
    let body = request("get-agent-name").to_string();
    for (headers, status) in [
        ("x-api-key: right\r\n", 200),
        ("X-Api-Key:right\r\n", 200),
        ("x-api-key: wrong\r\n", 401),
        ("x-api-key: Right\r\n", 401),
        ("x-api-key: right right\r\n", 401),
        ("x-api-key:\r\n", 401),
        ("", 401),
        ("authorization: right\r\n", 401),
        ("x-api-key: right\r\nx-api-key: right\r\n", 401),
        ("x-api-key: wrong\r\nx-api-key: right\r\n", 401),
    ] {
        let answer = service.post("/", &body, headers);
        assert_eq!(answer.status, status, "{headers:?}");
        is_json(&answer);
    }
}

#[tokio::test]
async fn f11_console_messages_of_any_kind_reach_the_handler_as_they_came() {
    async fn kinds(turn: Turn) -> Result<Reply> {
        let messages = serde_json::to_string(turn.console_messages())?;
        Ok(Reply::text(messages))
    }
    let console = json!([
        {"telephonySynthesizeSpeech": {"text": "words"}, "platform": "TELEPHONY"},
        {"simpleResponses": {"simpleResponses": [{"textToSpeech": "words"}]}, "platform": "ACTIONS_ON_GOOGLE"},
        {"telephonyTransferCall": {"phoneNumber": "+12125550100", "reason": "asked for"}},
        {"hologram": {"size": [7, null]}, "platform": "HOLODECK"},
        {"platform": 99},
    ]);
    let caller = Caller::new(Intents::new(()).on("kinds", kinds));
    let ask = caller
        .ask("kinds")
        .console_messages(console.as_array().unwrap().clone());
    let told: Value = serde_json::from_str(&ask.await.text()).unwrap();
    assert_eq!(told, console);
}

#[tokio::test]
async fn f12_a_context_is_set_by_its_full_name() {
    for session in [
        "projects/p/agent/sessions/s",
        "projects/p/locations/eu/agent/environments/e/users/-/sessions/s",
    ] {
        let reply = Reply::text("words").context(OutputContext::new("cart"));
        let heard = said_to(reply, |ask| ask.with("/session", session.into())).await;
        assert_eq!(
            heard.json()["outputContexts"],
            json!([{"name": format!("{session}/contexts/cart"), "lifespanCount": 5}])
        );
    }
}

#[tokio::test]
async fn f13_a_context_is_found_by_its_whole_name_in_any_case() {
    async fn carts(turn: Turn) -> Result<Reply> {
        let number = |id| Some(turn.context(id)?.parameters.as_ref()?["number"].clone());
        let found = ["cart", "my-cart", "CART", "art", "my-car"].map(number);
        Ok(Reply::text(json!(found).to_string()))
    }
    let caller = Caller::new(Intents::new(()).on("carts", carts));
    let (mine, other) = (json!({"number": 1}), json!({"number": 2}));
    for ask in [
        caller
            .ask("carts")
            .context("my-cart", 5, mine.clone())
            .context("cart", 5, other.clone()),
        caller
            .ask("carts")
            .context("Cart", 5, other)
            .context("My-Cart", 5, mine),
    ] {
        ask.await.expect_text("[2.0,1.0,2.0,null,null]");
    }
}

#[tokio::test]
async fn f14_ending_a_context_writes_its_lifespan() {
    for reply in [
        Reply::text("words").forget::<Basket>(),
        Reply::text("words").forget_context("basket"),
        Reply::text("words").context(OutputContext::new("basket").lifespan(0)),
        Reply::text("words").remember_for(&Basket { dishes: 1 }, 0),
    ] {
        let heard = said(reply).await;
        assert_eq!(heard.json()["outputContexts"][0]["lifespanCount"], 0);
    }
}

#[tokio::test]
async fn f15_what_a_reply_does_not_say_is_not_written() {
    let heard = said(Reply::text("words")).await;
    assert_eq!(
        heard.json(),
        &json!({"fulfillmentMessages": [{"text": {"text": ["words"]}}]})
    );
    let heard = said_to(Reply::console(), |ask| ask.console("words")).await;
    assert_eq!(heard.json(), &json!({}));
}

#[test]
fn f16_whatever_fails_the_answer_is_json() {
    let agent = program().start();
    for intent in [
        "error",
        "panic",
        "error.display.panics",
        "parameters",
        "refused",
        "nobody's",
    ] {
        let with = agent.ask(&request_with_console(intent));
        assert!(with.status >= 400, "{intent}");
        is_json(&with);
        assert!(with.json()["error"]["message"].is_string());
        let without = agent.ask(&request(intent));
        assert_eq!(
            (without.status, without.text().as_str()),
            (200, APOLOGY),
            "{intent}"
        );
        is_json(&without);
    }
}

#[test]
fn f17_no_framework_carries_the_library_and_nothing_keeps_the_newest_away() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let pinned: Vec<_> = manifest
        .lines()
        .filter(|line| ["\"=", "\"<", "\"~"].iter().any(|pin| line.contains(pin)))
        .collect();
    assert_eq!(
        pinned, [""; 0],
        "a release that is asked for exactly shuts the newer ones out"
    );
    let just = std::fs::read_to_string(root.join(".justfile")).unwrap();
    let (_, newest) = just.split_once("\nnewest:\n").unwrap();
    let steps: Vec<_> = newest.lines().take(2).map(str::trim).collect();
    assert_eq!(steps, ["cargo update", "cargo test"]);
    for (path, text) in crate::tidy::sources("src") {
        let is_server = path.starts_with("src/server/");
        assert!(
            is_server || !text.contains("actix_web::"),
            "{path} leans on the framework"
        );
    }
}

#[tokio::test]
async fn f18_a_region_hears_its_language_and_an_unknown_language_the_default() {
    async fn greet(turn: Turn) -> Result<Reply> {
        Ok(Reply::text(turn.text(Text::of("hello"))?))
    }
    let texts = Texts::new("en")
        .file("en.ftl", "hello = Hello!")
        .file("fr.ftl", "hello = Bonjour !")
        .file("fr-CA.ftl", "hello = Allô !");
    let caller = Caller::new(Intents::new(()).on("greet", greet).texts(texts));
    for (language, words) in [
        ("en-US", "Hello!"),
        ("en_us", "Hello!"),
        ("EN", "Hello!"),
        ("fr-FR", "Bonjour !"),
        ("fr-ca", "Allô !"),
        ("ja", "Hello!"),
        ("", "Hello!"),
    ] {
        let heard = caller.ask("greet").language(language).await;
        assert_eq!(heard.text(), words, "{language:?}");
    }
}

/// What was asked about last, for "and in Kelvin?".
#[derive(Serialize, Deserialize)]
struct Asked {
    celsius: f64,
}

impl Context for Asked {
    const NAME: &'static str = "asked";
}

#[derive(Deserialize)]
struct Unit {
    unit: Option<String>,
}

#[tokio::test]
async fn f19_a_question_that_leans_on_a_context_is_answered_without_it() {
    async fn convert(turn: Turn<Unit>) -> Result<Reply> {
        let Some(Asked { celsius }) = turn.recall()? else {
            return Ok(Reply::text("Which temperature do you mean?"));
        };
        Ok(Reply::text(match turn.params.unit.as_deref() {
            Some("K") => format!("{} K", celsius + 273.15),
            _ => format!("{celsius} °C"),
        }))
    }
    let caller = Caller::new(Intents::new(()).on("convert", convert));
    let ask = || caller.ask("convert").parameter("unit", "K");
    ask().await.expect_text("Which temperature do you mean?");
    ask()
        .context("asked", 5, json!({"celsius": 20.0}))
        .await
        .expect_text("293.15 K");
    // A word where a number was remembered is told apart from one, and no conversion comes of it.
    let heard = ask().context("asked", 5, json!({"celsius": "Celsius"})).await;
    heard.expect_failure("error").expect_no_mention(" K");
}

#[derive(Deserialize)]
struct Repair {
    date: sys::Date,
    time: sys::Time,
}

#[tokio::test]
async fn f20_times_near_midnight_and_summer_time_are_the_agents_zones() {
    async fn book(turn: Turn<Repair>) -> Result<Reply> {
        let Repair { date, time } = &turn.params;
        Ok(Reply::text(match date.at(time, "America/Los_Angeles")? {
            sys::Occurrence::Once(moment) => moment.text().to_owned(),
            sys::Occurrence::Twice { first, second } => format!("{} or {}", first.text(), second.text()),
            sys::Occurrence::Never { .. } => "never".to_owned(),
        }))
    }
    let caller = Caller::new(Intents::new(()).on("book", book));
    for (date, time, booked) in [
        // Winter and summer: the offset is the day's, not the one that came with the time.
        (
            "2026-01-15T12:00:00-08:00",
            "2026-01-10T16:00:00-08:00",
            "2026-01-15T16:00:00-08:00",
        ),
        (
            "2026-07-15T12:00:00-07:00",
            "2026-01-10T16:00:00-08:00",
            "2026-07-15T16:00:00-07:00",
        ),
        // A quarter to and a quarter past midnight stay on the day that was named.
        (
            "2026-07-15T12:00:00-07:00",
            "2026-07-14T23:45:00-07:00",
            "2026-07-15T23:45:00-07:00",
        ),
        (
            "2026-07-15T12:00:00-07:00",
            "2026-07-16T00:15:00-07:00",
            "2026-07-15T00:15:00-07:00",
        ),
        (
            "2026-12-31T12:00:00-08:00",
            "2026-12-30T23:59:59-08:00",
            "2026-12-31T23:59:59-08:00",
        ),
        // The nights in which the clocks are changed.
        ("2026-03-08T12:00:00-07:00", "2026-03-01T02:30:00-08:00", "never"),
        (
            "2026-11-01T12:00:00-08:00",
            "2026-10-31T01:30:00-07:00",
            "2026-11-01T01:30:00-07:00 or 2026-11-01T01:30:00-08:00",
        ),
    ] {
        let ask = caller.ask("book").parameter("date", date).parameter("time", time);
        assert_eq!(ask.await.text(), booked, "{date} {time}");
    }
}
