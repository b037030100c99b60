//! One content on every channel, in both versions, judged as Dialogflow would judge it; and the table in the docs.

use flowhook::messenger::Info;
use flowhook::testing::{Caller, Heard};
use flowhook::webhook::Options;
use flowhook::webhook::reply::Effect;
use flowhook::wire::{ApiVersion, Kind, Platform};
use flowhook::{Card, Intents, List, ListItem, Message, Reply, Result, Source, Turn};
use serde_json::{Value, json};

use crate::program::{FLOWHOOK, Starting, request};
use crate::schema::{Api, judge};

/// Every content that a handler can say without naming a platform.
const CONTENTS: [&str; 5] = ["text", "card", "chips", "image", "list"];

async fn say(turn: Turn) -> Result<Reply> {
    Ok(match turn.action() {
        "text" => Reply::text("Here is the menu."),
        "card" => Reply::message(
            Card::new("Soup")
                .subtitle("of the day")
                .image("https://example.com/soup.png")
                .button("More", "https://example.com/soup")
                .button("Order", "order soup"),
        ),
        "chips" => Reply::message(Message::quick_replies("What else?", ["Drinks", "Dishes"])),
        "image" => Reply::message(Message::image("https://example.com/map.png", "How to find us")),
        _ => Reply::message(menu()),
    })
}

fn menu() -> List {
    List::new(
        "Today",
        [
            ListItem::new("Soup")
                .description("of the day")
                .image("https://example.com/soup.png"),
            ListItem::new("Salad")
                .image("https://example.com/salad.png")
                .says("a green salad"),
        ],
    )
}

fn callers(agent: fn() -> Intents) -> [(Api, Caller); 2] {
    [(Api::V2Beta1, ApiVersion::V2Beta1), (Api::V2, ApiVersion::V2)].map(|(api, api_version)| {
        let options = Options {
            api_version,
            ..Options::default()
        };
        (api, Caller::with_options(agent(), options))
    })
}

/// Asks as that source in both versions, has both replies judged, and gives the one of v2.
async fn ask(agent: fn() -> Intents, action: &str, source: &str) -> Heard {
    let mut last = None;
    for (api, caller) in callers(agent) {
        let heard = caller.ask("say").action(action).source(source).await;
        let body = serde_json::to_vec(heard.json()).unwrap();
        assert_eq!(
            judge::faults_of_reply(&body, api),
            [""; 0],
            "{source}: {}",
            heard.json()
        );
        last = Some(heard);
    }
    last.unwrap()
}

fn agent() -> Intents {
    Intents::new(()).on("say", say)
}

/// What a message is, for people.
fn shape(message: &Value) -> String {
    let kind = message.as_object().unwrap().keys().find(|key| *key != "platform");
    match kind.unwrap().as_str() {
        "text" => "text".to_owned(),
        "quickReplies" => "quick replies".to_owned(),
        "simpleResponses" => "simple response".to_owned(),
        "basicCard" => "basic card".to_owned(),
        "listSelect" => "list".to_owned(),
        "payload" => {
            let (key, content) = message["payload"].as_object().unwrap().iter().next().unwrap();
            match key.as_str() {
                "richContent" => {
                    let elements = content[0].as_array().unwrap().iter();
                    let types: Vec<_> = elements.filter_map(|element| element["type"].as_str()).collect();
                    format!("rich content ({})", types.join(", "))
                }
                "facebook" => "gallery".to_owned(),
                "slack" => "attachments with buttons".to_owned(),
                "telegram" => "text with a keyboard".to_owned(),
                "line" => "carousel".to_owned(),
                "hangouts" => "Chat card".to_owned(),
                other => panic!("no name for a payload of {other}"),
            }
        }
        other => other.to_owned(),
    }
}

/// The table, and below it what is lost.
async fn table() -> String {
    let mut table =
        "| source | text | card | chips | image | list |\n| --- | --- | --- | --- | --- | --- |\n".to_owned();
    let mut losses = String::new();
    for name in [""].iter().chain(&Source::NAMES) {
        let source = Source::named(name);
        let mut cells = Vec::new();
        for content in CONTENTS {
            let heard = ask(agent, content, name).await;
            let mut shapes: Vec<String> = Vec::new();
            for shape in heard.messages().map(shape) {
                match shapes.last_mut() {
                    Some(last) if *last == shape => last.push('s'),
                    Some(last) if last.trim_end_matches('s') == shape => {}
                    _ => shapes.push(shape),
                }
            }
            let mut star = "";
            for finding in &heard.answered().findings {
                assert_eq!(finding.effect, Effect::Degraded, "{name}: {finding}");
                star = " *";
                losses.push_str(&format!("- {}\n", finding.rule));
            }
            assert!(heard.messages().count() > 0, "{name} gets nothing of {content}");
            cells.push(format!("{}{star}", shapes.join(" + ")));
        }
        let who = source.name();
        let code = if name.is_empty() {
            String::new()
        } else {
            format!(" (`{name}`)")
        };
        table.push_str(&format!("| {who}{code} | {} |\n", cells.join(" | ")));
    }
    format!("{table}\n{losses}")
}

#[tokio::test]
async fn the_table_in_the_docs_is_what_is_rendered() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rendering.md")).unwrap();
    let (_, written) = page
        .split_once("`the_table_in_the_docs_is_what_is_rendered` -->\n")
        .unwrap();
    let (written, _) = written.split_once("<!-- until here -->").unwrap();
    let rendered = table().await;
    assert!(
        written.trim() == rendered.trim(),
        "docs/rendering.md tells another story than what is rendered:\n{rendered}"
    );
}

#[test]
fn what_is_degraded_stands_in_the_turns_line_and_is_no_warning() {
    let program = Starting::new(FLOWHOOK).start();
    let mut request = request("guide.card");
    for (source, degraded) in [
        ("slack", None),
        (
            "twilio",
            Some("`fulfillmentMessages[0]`: Twilio gets a card as text"),
        ),
    ] {
        request["originalDetectIntentRequest"]["source"] = source.into();
        request["responseId"] = source.into();
        let line = program.line_of(&program.ask(&request));
        assert_eq!(line["severity"], "INFO");
        match degraded {
            None => assert_eq!(line["degraded"], Value::Null),
            Some(told) => assert!(line["degraded"].as_str().unwrap().starts_with(told), "{line}"),
        }
    }
}

#[tokio::test]
async fn what_an_integration_draws_itself_stays_as_it_is() {
    for source in [
        "",
        "dialogflow_console",
        "facebook",
        "slack",
        "telegram",
        "line",
        "viber",
        "kik",
        "skype",
    ] {
        let card = ask(agent, "card", source).await;
        assert_eq!(card.json()["fulfillmentMessages"][0]["card"]["title"], "Soup");
        assert_eq!(ask(agent, "chips", source).await.chips(), ["Drinks", "Dishes"]);
        assert_eq!(ask(agent, "card", source).await.answered().findings, []);
    }
}

#[tokio::test]
async fn a_card_is_spoken_on_the_phone_and_written_in_a_text_message() {
    let phone = ask(agent, "card", "google_telephony").await;
    assert_eq!(phone.text(), "Soup. of the day. Order.");
    let message = ask(agent, "card", "twilio").await;
    assert_eq!(
        message.text(),
        "Soup\nof the day\nhttps://example.com/soup.png\nMore: https://example.com/soup\n• Order"
    );
    assert_eq!(
        ask(agent, "chips", "twilio").await.text(),
        "What else?\n• Drinks\n• Dishes"
    );
    assert_eq!(
        ask(agent, "list", "google_telephony").await.text(),
        "Today. Soup, of the day. Salad."
    );
}

#[tokio::test]
async fn a_list_takes_each_platforms_own_form_and_a_tap_says_what_it_should() {
    let facebook = ask(agent, "list", "facebook").await;
    assert_eq!(
        facebook.json()["fulfillmentMessages"][1]["payload"]["facebook"]["attachment"]["payload"]["elements"]
            [1],
        json!({
            "title": "Salad",
            "image_url": "https://example.com/salad.png",
            "buttons": [{"type": "postback", "title": "Salad", "payload": "a green salad"}],
        })
    );
    let line = ask(agent, "list", "line").await;
    assert_eq!(
        line.json()["fulfillmentMessages"][1]["payload"]["line"]["template"]["columns"][1]["actions"][0]["text"],
        "a green salad"
    );
    let slack = ask(agent, "list", "slack").await;
    assert_eq!(
        slack.json()["fulfillmentMessages"][0]["payload"]["slack"]["attachments"][1]["actions"][0]["value"],
        "a green salad"
    );
    let telegram = ask(agent, "list", "telegram").await;
    assert_eq!(
        telegram.json()["fulfillmentMessages"][0]["payload"]["telegram"]["reply_markup"]["inline_keyboard"]
            [1][0],
        json!({"text": "Salad", "callback_data": "a green salad"})
    );
    let assistant = ask(agent, "list", "google").await;
    assert_eq!(
        assistant.json()["fulfillmentMessages"][1]["listSelect"]["items"][1]["info"]["key"],
        "a green salad"
    );
    let messenger = ask(agent, "list", "messenger").await;
    assert_eq!(
        messenger.json()["fulfillmentMessages"][1]["payload"]["richContent"][0][0]["options"][1]["text"],
        "a green salad"
    );
    assert_eq!(ask(agent, "list", "").await.chips(), ["Soup", "a green salad"]);
}

#[tokio::test]
async fn long_lists_are_dealt_out_as_the_platforms_limits_want_it() {
    async fn long(_: Turn) -> Result<Reply> {
        let items = (0..11).map(|number| ListItem::new(format!("{number} {}", "x".repeat(100))));
        Ok(Reply::message(List::new("", items)))
    }
    fn agent() -> Intents {
        Intents::new(()).on("say", long)
    }
    let facebook = ask(agent, "", "facebook").await;
    let sizes: Vec<_> = facebook
        .messages()
        .map(|message| &message["payload"]["facebook"]["attachment"]["payload"]["elements"])
        .map(|elements| elements.as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [10, 1]);
    let title = facebook
        .json()
        .pointer("/fulfillmentMessages/0/payload/facebook/attachment/payload/elements/0/title");
    assert_eq!(title.unwrap().as_str().unwrap().chars().count(), 80);
    assert_eq!(
        facebook.answered().findings.len(),
        1,
        "that texts are cut is told"
    );
    // Telegram takes 64 bytes back from a button; longer ones become cards.
    let telegram = ask(agent, "", "telegram").await;
    assert!(telegram.messages().all(|message| message["card"].is_object()));
}

#[tokio::test]
async fn google_assistant_is_never_given_a_reply_without_speech() {
    for content in ["card", "list", "image", "chips"] {
        let heard = ask(agent, content, "google").await;
        let first = heard.messages().next().unwrap();
        assert!(first["simpleResponses"].is_object(), "{content}: {first}");
    }
    let words = ask(agent, "text", "google").await;
    assert_eq!(
        words.text(),
        "Here is the menu.",
        "plain words need no form of their own"
    );
}

/// A reply with a general content of each sort, and an explicit message for Slack, Messenger and Google Assistant.
async fn both(turn: Turn) -> Result<Reply> {
    let reply = Reply::text("words")
        .say(Card::new("general").button("Order", "order"))
        .say(menu());
    Ok(match turn.action() {
        "card" => reply
            .say(Message::from(Card::new("for Slack")).on(Platform::Slack))
            .say(
                Message::from(Kind::BasicCard(serde_json::from_value(
                    json!({"title": "for Google Assistant", "formattedText": "text"}),
                )?))
                .on(Platform::ActionsOnGoogle),
            ),
        "payload" => reply
            .say(Message::payload(json!({"slack": {"text": "own"}})))
            .say(Info::new("for Messenger")),
        _ => reply.webhook_payload(json!({"google": {"expectUserResponse": true}})),
    })
}

#[tokio::test]
async fn explicit_messages_win_and_other_content_still_gets_its_best_form() {
    fn agent() -> Intents {
        Intents::new(()).on("say", both)
    }
    let shapes = async |action: &str, source: &str| {
        let heard = ask(agent, action, source).await;
        heard.messages().map(shape).collect::<Vec<_>>()
    };
    // A card for Slack stands for the general card, which stays as it is; the list still becomes attachments.
    assert_eq!(
        shapes("card", "slack").await,
        ["text", "card", "attachments with buttons", "card", "basic card"]
    );
    // On Google Assistant the general card keeps its plain form, words and list take theirs.
    assert_eq!(
        shapes("card", "google").await,
        ["simple response", "card", "list", "card", "basic card"]
    );
    // Where the explicit ones are for others, all is rendered.
    let telegram = shapes("card", "telegram").await;
    assert_eq!(telegram[2], "text with a keyboard");
    // A payload stands for all but words.
    assert_eq!(
        shapes("payload", "slack").await[..4],
        ["text", "card", "text", "quick replies"]
    );
    assert_eq!(
        shapes("payload", "messenger").await[..4],
        ["text", "card", "text", "quick replies"]
    );
    // The rich response of Google Assistant stands for everything.
    assert_eq!(
        shapes("", "google").await,
        ["text", "card", "text", "quick replies"]
    );
}

#[tokio::test]
async fn the_consoles_own_messages_pass_untouched_on_every_channel() {
    async fn repeat(turn: Turn) -> Result<Reply> {
        let messages = turn.console_messages().iter().cloned();
        Ok(messages.fold(Reply::console(), |reply, message| reply.say(message)))
    }
    let console = json!([
        {"card": {"title": "from the console"}},
        {"quickReplies": {"quickReplies": ["a"]}},
        {"image": {"imageUri": "https://example.com/i.png"}},
    ]);
    let caller = Caller::new(Intents::new(()).on("say", repeat));
    for source in Source::NAMES {
        let mut request = caller.ask("say").source(source).request();
        request["queryResult"]["fulfillmentMessages"] = console.clone();
        let heard = caller.send(&request).await;
        assert_eq!(heard.json()["fulfillmentMessages"], console, "{source}");
    }
}

#[tokio::test]
async fn a_setting_says_where_requests_come_from_that_name_no_source() {
    let options = Options {
        unnamed_source: Source::Messenger,
        ..Options::default()
    };
    let caller = Caller::with_options(agent(), options);
    for (source, is_messenger) in [("", true), ("carrier-pigeon", true), ("facebook", false)] {
        let heard = caller.ask("say").action("card").source(source).await;
        let message = heard.messages().next().unwrap();
        assert_eq!(
            message["payload"]["richContent"].is_array(),
            is_messenger,
            "{source}"
        );
    }
}

#[tokio::test]
async fn a_list_of_nothing_is_told_as_what_it_is() {
    async fn nothing(_: Turn) -> Result<Reply> {
        Ok(Reply::text("kept")
            .say(List::new::<&str>("empty", []))
            .say(List::new("unnamed", [""])))
    }
    fn agent() -> Intents {
        Intents::new(()).on("say", nothing)
    }
    let heard = ask(agent, "", "facebook").await;
    assert_eq!(heard.text(), "kept");
    let findings: Vec<_> = heard
        .answered()
        .findings
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        findings,
        [
            "`fulfillmentMessages[1]`: a list has at least one item",
            "`fulfillmentMessages[2]`: an item of a list has a title",
        ]
    );
}

#[tokio::test]
async fn a_blank_chip_or_button_goes_alone_whatever_form_the_rest_takes() {
    async fn blank(_: Turn) -> Result<Reply> {
        Ok(Reply::message(
            Card::new("Soup")
                .button(" ", "https://example.com")
                .button("Order", "Order"),
        )
        .chips(["", "Drinks"]))
    }
    fn agent() -> Intents {
        Intents::new(()).on("say", blank)
    }
    for source in ["", "messenger", "google", "twilio", "hangouts", "slack"] {
        let heard = ask(agent, "", source).await;
        let left_out = |place: &str| {
            let mut findings = heard.answered().findings.iter();
            findings.any(|finding| finding.changes_the_reply() && finding.place.contains(place))
        };
        assert!(left_out("fulfillmentMessages"), "{source}");
        let shown = heard.json().to_string();
        assert!(
            shown.contains("Order") && shown.contains("Drinks"),
            "{source}: {shown}"
        );
        for empty in ["\"\"", "\" \"", "• \\n"] {
            assert!(!shown.contains(empty), "{source}: {shown}");
        }
    }
}

#[tokio::test]
async fn words_in_a_list_call_nobody_on_slack_and_draw_nothing_on_google_chat() {
    async fn hostile(_: Turn) -> Result<Reply> {
        let item = ListItem::new("<!channel>").description("<a href='x'>fish & chips</a>");
        Ok(Reply::message(List::new("<@U123>", [item])))
    }
    fn agent() -> Intents {
        Intents::new(()).on("say", hostile)
    }
    let slack = ask(agent, "", "slack").await;
    let payload = slack.payload("slack").unwrap();
    assert_eq!(payload["text"], "&lt;@U123&gt;");
    assert_eq!(payload["attachments"][0]["title"], "&lt;!channel&gt;");
    assert_eq!(
        payload["attachments"][0]["text"],
        "&lt;a href='x'&gt;fish &amp; chips&lt;/a&gt;"
    );
    assert_eq!(payload["attachments"][0]["actions"][0]["value"], "<!channel>");
    let chat = ask(agent, "", "hangouts").await;
    let widget = &chat.payload("hangouts").unwrap()["sections"][0]["widgets"][0];
    assert_eq!(
        widget["textParagraph"]["text"],
        "<b>&lt;!channel&gt;</b><br>&lt;a href='x'&gt;fish &amp; chips&lt;/a&gt;"
    );
}
