//! Payloads under the platforms' own keys, in both places, and what a platform would refuse.

use flowhook::payload::{facebook, line, slack, telegram};
use flowhook::wire::ApiVersion;
use flowhook::{Message, Reply};
use serde_json::{Value, json};

use super::{fault_of, heard, on_the_wire};

/// What stands under the platform's key, in a message for that platform.
async fn body(message: impl Into<Message>, platform: &str, key: &str) -> Value {
    let message = on_the_wire(message).await;
    assert_eq!(message["platform"], platform);
    assert_eq!(message["payload"].as_object().unwrap().len(), 1);
    message["payload"][key].clone()
}

#[tokio::test]
async fn facebook_gets_messages_of_its_send_api() {
    let on_facebook = |message| body(message, "FACEBOOK", "facebook");
    let text = facebook::Message::text("Soup or salad?").quick_replies([
        facebook::QuickReply::new("Soup", "order soup").image("https://example.com/i.png"),
        facebook::QuickReply::phone_number(),
        facebook::QuickReply::email(),
        "Salad".into(),
    ]);
    assert_eq!(
        on_facebook(text).await,
        json!({"text": "Soup or salad?", "quick_replies": [
            {"content_type": "text", "title": "Soup", "payload": "order soup", "image_url": "https://example.com/i.png"},
            {"content_type": "user_phone_number"},
            {"content_type": "user_email"},
            {"content_type": "text", "title": "Salad", "payload": "Salad"},
        ]})
    );
    let buttons = || {
        [
            facebook::Button::postback("Order", "order soup"),
            facebook::Button::link("More", "https://example.com"),
            facebook::Button::call("Call", "+16505550100"),
        ]
    };
    let written = json!([
        {"type": "postback", "title": "Order", "payload": "order soup"},
        {"type": "web_url", "title": "More", "url": "https://example.com"},
        {"type": "phone_number", "title": "Call", "payload": "+16505550100"},
    ]);
    assert_eq!(
        on_facebook(facebook::Message::buttons("What now?", buttons())).await,
        json!({"attachment": {"type": "template", "payload":
            {"template_type": "button", "text": "What now?", "buttons": written}}})
    );
    let card = buttons().into_iter().fold(
        facebook::Card::new("Soup")
            .subtitle("of the day")
            .image("https://example.com/i.png")
            .link("https://example.com/soup"),
        facebook::Card::button,
    );
    assert_eq!(
        on_facebook(facebook::Message::cards([card])).await,
        json!({"attachment": {"type": "template", "payload": {"template_type": "generic", "elements": [{
            "title": "Soup", "subtitle": "of the day", "image_url": "https://example.com/i.png",
            "default_action": {"type": "web_url", "url": "https://example.com/soup"}, "buttons": written,
        }]}}})
    );
    for (file, kind) in [
        (facebook::Message::image("https://example.com/f"), "image"),
        (facebook::Message::audio("https://example.com/f"), "audio"),
        (facebook::Message::video("https://example.com/f"), "video"),
    ] {
        assert_eq!(
            on_facebook(file).await,
            json!({"attachment": {"type": kind, "payload": {"url": "https://example.com/f"}}})
        );
    }
}

#[tokio::test]
async fn what_facebook_would_refuse_is_told_one_step_beyond_the_limit() {
    let button = || facebook::Button::postback("a", "b");
    let card = || facebook::Card::new("a").subtitle("b");
    let times = |count: usize| 0..count;
    for (fits, rule) in [
        (
            |count| facebook::Message::text("a").quick_replies((0..count).map(|_| "b")),
            ("a message for Facebook has 1 to 13 quick replies", 13),
        ),
        (
            |count| facebook::Message::buttons("a", (0..count).map(|_| facebook::Button::link("a", "b"))),
            ("a message for Facebook has 1 to 3 buttons", 3),
        ),
        (
            |count| facebook::Message::cards((0..count).map(|_| facebook::Card::new("a").subtitle("b"))),
            ("a message for Facebook has 1 to 10 cards", 10),
        ),
    ] as [(fn(usize) -> facebook::Message, _); 3]
    {
        let (rule, most) = rule;
        on_the_wire(fits(1)).await;
        on_the_wire(fits(most)).await;
        assert_eq!(fault_of(fits(0)).await, rule);
        assert_eq!(fault_of(fits(most + 1)).await, rule);
    }
    let crowded = |count| times(count).fold(card(), |card, _| card.button(button()));
    on_the_wire(facebook::Message::cards([crowded(3)])).await;
    assert_eq!(
        fault_of(facebook::Message::cards([card(), crowded(4)])).await,
        "a card for Facebook has at most 3 buttons"
    );
    assert_eq!(
        fault_of(facebook::Message::cards([facebook::Card::new("bare")])).await,
        "a card for Facebook has something beside its title"
    );
    on_the_wire(facebook::Message::buttons("é".repeat(640), [button()])).await;
    assert_eq!(
        fault_of(facebook::Message::buttons("é".repeat(641), [button()])).await,
        "a text above buttons has at most 640 characters on Facebook"
    );
    assert_eq!(
        fault_of(facebook::Message::text("")).await,
        "a text for Facebook has words in it"
    );
    assert_eq!(
        fault_of(facebook::Message::image("")).await,
        "a file for Facebook has a URL"
    );
}

#[tokio::test]
async fn slack_gets_blocks_and_attachments() {
    let markup = format!("*{}*", slack::escape("<fish> & chips"));
    let message = slack::Message::text("Your order")
        .block(slack::Block::header("Order"))
        .block(slack::Block::section(markup.as_str()))
        .block(slack::Block::card(markup, "https://example.com/i.png", "a fish"))
        .block(slack::Block::image("https://example.com/i.png", "a fish"))
        .block(slack::Block::divider())
        .block(slack::Block::buttons([
            slack::Button::new("Confirm", "confirm").primary(),
            slack::Button::new("Cancel", "cancel").danger(),
            slack::Button::link("More", "https://example.com"),
        ]))
        .attachment(
            slack::Attachment::new("a fish")
                .title("Fish")
                .link("https://example.com")
                .text("fresh")
                .image("https://example.com/i.png")
                .color("good"),
        );
    let markup = json!({"type": "mrkdwn", "text": "*&lt;fish&gt; &amp; chips*"});
    let image = json!({"type": "image", "image_url": "https://example.com/i.png", "alt_text": "a fish"});
    assert_eq!(
        body(message, "SLACK", "slack").await,
        json!({
            "text": "Your order",
            "blocks": [
                {"type": "header", "text": {"type": "plain_text", "text": "Order"}},
                {"type": "section", "text": markup},
                {"type": "section", "text": markup, "accessory": image},
                image,
                {"type": "divider"},
                {"type": "actions", "elements": [
                    {"type": "button", "text": {"type": "plain_text", "text": "Confirm"}, "value": "confirm", "style": "primary"},
                    {"type": "button", "text": {"type": "plain_text", "text": "Cancel"}, "value": "cancel", "style": "danger"},
                    {"type": "button", "text": {"type": "plain_text", "text": "More"}, "url": "https://example.com"},
                ]},
            ],
            "attachments": [{
                "fallback": "a fish", "title": "Fish", "title_link": "https://example.com", "text": "fresh",
                "image_url": "https://example.com/i.png", "color": "good",
            }],
        })
    );
}

#[tokio::test]
async fn what_slack_would_refuse_is_told_one_step_beyond_the_limit() {
    let buttons = |count: usize, letters: usize| {
        let button = |_| slack::Button::new("é".repeat(letters), "a");
        slack::Message::text("a").block(slack::Block::buttons((0..count).map(button)))
    };
    on_the_wire(buttons(25, 75)).await;
    for count in [0, 26] {
        assert_eq!(
            fault_of(buttons(count, 1)).await,
            "a row for Slack has 1 to 25 buttons"
        );
    }
    assert_eq!(
        fault_of(buttons(1, 76)).await,
        "a button for Slack says at most 75 characters"
    );
    let blocks = |count: usize| {
        (0..count).fold(slack::Message::text("a"), |message, _| {
            message.block(slack::Block::divider())
        })
    };
    on_the_wire(blocks(50)).await;
    assert_eq!(
        fault_of(blocks(51)).await,
        "a message for Slack has at most 50 blocks"
    );
}

#[tokio::test]
async fn telegram_gets_the_body_of_a_message() {
    let on_telegram = |message| body(message, "TELEGRAM", "telegram");
    let message = telegram::Message::html(format!("<b>{}</b>", telegram::escape("<fish> & chips")))
        .buttons([
            vec![telegram::Button::says("Order", "order fish")],
            vec![telegram::Button::link("More", "https://example.com")],
        ])
        .without_preview()
        .silent();
    assert_eq!(
        on_telegram(message).await,
        json!({
            "text": "<b>&lt;fish&gt; &amp; chips</b>", "parse_mode": "HTML",
            "reply_markup": {"inline_keyboard": [
                [{"text": "Order", "callback_data": "order fish"}],
                [{"text": "More", "url": "https://example.com"}],
            ]},
            "disable_web_page_preview": true, "disable_notification": true,
        })
    );
    assert_eq!(
        on_telegram(telegram::Message::text("Soup or salad?").keyboard([["Soup", "Salad"]])).await,
        json!({"text": "Soup or salad?", "reply_markup": {
            "keyboard": [[{"text": "Soup"}, {"text": "Salad"}]], "resize_keyboard": true, "one_time_keyboard": true,
        }})
    );
    assert_eq!(
        on_telegram(telegram::Message::text("Thanks.").without_keyboard()).await,
        json!({"text": "Thanks.", "reply_markup": {"remove_keyboard": true}})
    );
}

#[tokio::test]
async fn what_telegram_would_refuse_is_told_one_step_beyond_the_limit() {
    on_the_wire(telegram::Message::text("é".repeat(4096))).await;
    let rule = "a message for Telegram has 1 to 4096 characters";
    for words in [String::new(), "é".repeat(4097)] {
        assert_eq!(fault_of(telegram::Message::text(words)).await, rule);
    }
    assert_eq!(fault_of(telegram::Message::html("")).await, rule);
    let says = |bytes: usize| {
        telegram::Message::text("a").buttons([[telegram::Button::says("b", "x".repeat(bytes))]])
    };
    on_the_wire(says(64)).await;
    for bytes in [0, 65] {
        assert_eq!(
            fault_of(says(bytes)).await,
            "a button for Telegram says 1 to 64 bytes"
        );
    }
    assert_eq!(
        fault_of(telegram::Message::text("a").buttons([[]])).await,
        "buttons for Telegram are at least one"
    );
    assert_eq!(
        fault_of(telegram::Message::text("a").keyboard([[]; 0] as [[&str; 0]; 0])).await,
        "a keyboard for Telegram has at least one key"
    );
}

#[tokio::test]
async fn line_gets_one_message_object() {
    let on_line = |message| body(message, "LINE", "line");
    let order = || line::Action::message("Order", "order soup");
    let order_written = json!({"type": "message", "label": "Order", "text": "order soup"});
    let text = line::Message::text("What now?").quick_replies([
        order(),
        line::Action::postback("Later", "later"),
        line::Action::uri("More", "https://example.com"),
    ]);
    assert_eq!(
        on_line(text).await,
        json!({"type": "text", "text": "What now?", "quickReply": {"items": [
            {"type": "action", "action": order_written},
            {"type": "action", "action": {"type": "postback", "label": "Later", "data": "later"}},
            {"type": "action", "action": {"type": "uri", "label": "More", "uri": "https://example.com"}},
        ]}})
    );
    assert_eq!(
        on_line(line::Message::image(
            "https://example.com/i.png",
            "https://example.com/s.png"
        ))
        .await,
        json!({"type": "image", "originalContentUrl": "https://example.com/i.png", "previewImageUrl": "https://example.com/s.png"})
    );
    assert_eq!(
        on_line(line::Message::sticker("1", "2")).await,
        json!({"type": "sticker", "packageId": "1", "stickerId": "2"})
    );
    let card = || {
        line::Card::new("of the day")
            .title("Soup")
            .image("https://example.com/i.png")
            .action(order())
    };
    let column = json!({"text": "of the day", "title": "Soup", "thumbnailImageUrl": "https://example.com/i.png", "actions": [order_written]});
    let mut buttons = column.clone();
    buttons["type"] = "buttons".into();
    assert_eq!(
        on_line(line::Message::card("Soup", card())).await,
        json!({"type": "template", "altText": "Soup", "template": buttons})
    );
    assert_eq!(
        on_line(line::Message::cards("Soups", [card(), card()])).await,
        json!({"type": "template", "altText": "Soups", "template": {"type": "carousel", "columns": [column, column]}})
    );
    assert_eq!(
        on_line(line::Message::confirm(
            "Soup?",
            order(),
            line::Action::postback("No", "no")
        ))
        .await,
        json!({"type": "template", "altText": "Soup?", "template": {"type": "confirm", "text": "Soup?", "actions": [
            order_written, {"type": "postback", "label": "No", "data": "no"},
        ]}})
    );
}

#[tokio::test]
async fn what_line_would_refuse_is_told_one_step_beyond_the_limit() {
    let card = |actions: usize| {
        (0..actions).fold(line::Card::new("a"), |card, _| {
            card.action(line::Action::message("a", "b"))
        })
    };
    let row = |cards: usize, actions: usize| line::Message::cards("a", (0..cards).map(|_| card(actions)));
    let replies = |count: usize| {
        line::Message::text("a").quick_replies((0..count).map(|_| line::Action::message("a", "b")))
    };
    for (fits, beyond, rule) in [
        (
            vec![
                line::Message::card("a", card(1)),
                line::Message::card("a", card(4)),
            ],
            vec![
                line::Message::card("a", card(0)),
                line::Message::card("a", card(5)),
            ],
            "a card for LINE has 1 to 4 actions",
        ),
        (
            vec![row(1, 1), row(10, 3)],
            vec![row(1, 0), row(10, 4)],
            "a card in a row for LINE has 1 to 3 actions",
        ),
        (
            vec![],
            vec![row(0, 1), row(11, 1)],
            "a row for LINE has 1 to 10 cards",
        ),
        (
            vec![],
            vec![line::Message::cards("a", [card(1), card(2)])],
            "all cards in a row for LINE have as many actions",
        ),
        (
            vec![replies(1), replies(13)],
            vec![replies(0), replies(14)],
            "a message for LINE has 1 to 13 quick replies",
        ),
        (
            vec![line::Message::text("é".repeat(5000))],
            vec![line::Message::text(""), line::Message::text("é".repeat(5001))],
            "a text for LINE has 1 to 5000 characters",
        ),
        (
            vec![],
            vec![line::Message::card("", card(1))],
            "a template for LINE says what is shown in its place",
        ),
    ] {
        for message in fits {
            on_the_wire(message).await;
        }
        for message in beyond {
            assert_eq!(fault_of(message).await, rule);
        }
    }
}

#[tokio::test]
async fn each_goes_into_either_place() {
    let reply = Reply::text("hello")
        .webhook_payload(facebook::Message::text("hello"))
        .webhook_payload(line::Message::sticker("1", "2"))
        .webhook_payload(json!({"shop": {"cart": 3}}))
        .webhook_payload(slack::Message::text("a").block(slack::Block::buttons([])));
    for version in [ApiVersion::V2, ApiVersion::V2Beta1] {
        let heard = heard(reply.clone(), version).await;
        assert_eq!(
            heard.json()["payload"],
            json!({
                "facebook": {"text": "hello"},
                "line": {"type": "sticker", "packageId": "1", "stickerId": "2"},
                "shop": {"cart": 3},
            })
        );
        let findings: Vec<_> = heard
            .answered()
            .findings
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(findings, ["`payload`: a row for Slack has 1 to 25 buttons"]);
    }
}
