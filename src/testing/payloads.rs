//! What a user sees of a payload in a platform's own form: the parts that other platforms have too.

use serde_json::Value;

use super::seen::{Card, Image, Part, chips, list, text, words};

/// What the payload under a platform's name shows; empty where nothing of it is known.
pub(super) fn parts<'a>(platform: &str, content: &'a Value) -> Vec<Part<'a>> {
    match platform {
        "facebook" => facebook(content),
        "slack" => slack(content),
        "telegram" => telegram(content),
        "line" => line(content),
        "hangouts" => vec![chat(content)],
        _ => Vec::new(),
    }
}

fn facebook(content: &Value) -> Vec<Part<'_>> {
    let attached = &content["attachment"]["payload"];
    let elements = list(&attached["elements"]).map(|element| {
        card(
            element,
            ["title", "subtitle", "image_url"],
            labels(&element["buttons"], "title"),
        )
    });
    let said = words(&content["text"])
        .into_iter()
        .chain(words(&attached["text"]));
    said.chain(chips(&attached["buttons"], "title"))
        .chain((content["attachment"]["type"] == "image").then(|| image(&attached["url"], &Value::Null)))
        .chain(elements)
        .chain(chips(&content["quick_replies"], "title"))
        .collect()
}

fn slack(content: &Value) -> Vec<Part<'_>> {
    let attachments = list(&content["attachments"]).map(|attached| {
        let picture = if attached["image_url"].is_string() {
            "image_url"
        } else {
            "thumb_url"
        };
        card(
            attached,
            ["title", "text", picture],
            labels(&attached["actions"], "text"),
        )
    });
    let blocks = list(&content["blocks"]).flat_map(|block| {
        let elements = list(&block["elements"]).map(|element| text(&element["text"]["text"]));
        let elements: Vec<_> = elements.filter(|label| !label.is_empty()).collect();
        let picture = [block, &block["accessory"]]
            .into_iter()
            .find(|part| part["image_url"].is_string());
        words(&block["text"]["text"])
            .into_iter()
            .chain(picture.map(|part| image(&part["image_url"], &part["alt_text"])))
            .chain((!elements.is_empty()).then_some(Part::Chips(elements)))
    });
    words(&content["text"])
        .into_iter()
        .chain(attachments)
        .chain(blocks)
        .collect()
}

fn telegram(content: &Value) -> Vec<Part<'_>> {
    let markup = &content["reply_markup"];
    let buttons = list(&markup["inline_keyboard"])
        .chain(list(&markup["keyboard"]))
        .flat_map(list);
    let buttons: Vec<_> = buttons
        .map(|button| text(button.get("text").unwrap_or(button)))
        .collect();
    words(&content["text"])
        .into_iter()
        .chain(
            content["photo"]
                .is_string()
                .then(|| image(&content["photo"], &content["caption"])),
        )
        .chain((!buttons.is_empty()).then_some(Part::Chips(buttons)))
        .collect()
}

fn line(content: &Value) -> Vec<Part<'_>> {
    let template = &content["template"];
    let single = (template["text"].is_string()).then_some(template);
    let cards = single
        .into_iter()
        .chain(list(&template["columns"]))
        .map(|column| {
            card(
                column,
                ["title", "text", "thumbnailImageUrl"],
                labels(&column["actions"], "label"),
            )
        });
    let offered = list(&content["quickReply"]["items"]).map(|item| text(&item["action"]["label"]));
    let offered: Vec<_> = offered.collect();
    words(&content["text"])
        .into_iter()
        .chain((content["type"] == "image").then(|| image(&content["originalContentUrl"], &Value::Null)))
        .chain(cards)
        .chain((!offered.is_empty()).then_some(Part::Chips(offered)))
        .collect()
}

/// Google Chat shows one card, whatever is on it.
fn chat(content: &Value) -> Part<'_> {
    let widgets = || list(&content["sections"]).flat_map(|section| list(&section["widgets"]));
    let buttons = widgets().flat_map(|widget| list(&widget["buttons"]));
    Part::Card(Card {
        title: text(&content["header"]["title"]),
        subtitle: text(&content["header"]["subtitle"]),
        image: widgets()
            .map(|widget| text(&widget["image"]["imageUrl"]))
            .find(|uri| !uri.is_empty())
            .unwrap_or_default(),
        buttons: buttons
            .map(|button| text(&button["textButton"]["text"]))
            .collect(),
    })
}

fn card<'a>(content: &'a Value, [title, below, image]: [&str; 3], buttons: Vec<&'a str>) -> Part<'a> {
    Part::Card(Card {
        title: text(&content[title]),
        subtitle: text(&content[below]),
        image: text(&content[image]),
        buttons,
    })
}

fn image<'a>(uri: &'a Value, description: &'a Value) -> Part<'a> {
    Part::Image(Image {
        uri: text(uri),
        description: text(description),
    })
}

fn labels<'a>(buttons: &'a Value, member: &str) -> Vec<&'a str> {
    list(buttons).map(|button| text(&button[member])).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_card_is_seen_on_each_platform() {
        for (platform, content) in [
            (
                "facebook",
                json!({"attachment": {"type": "template", "payload": {"template_type": "generic", "elements": [
                    {"title": "Soup", "subtitle": "Hot", "image_url": "https://example.com/s.png", "buttons": [{"title": "Order"}]},
                ]}}}),
            ),
            (
                "slack",
                json!({"attachments": [{"title": "Soup", "text": "Hot", "thumb_url": "https://example.com/s.png",
                    "actions": [{"type": "button", "text": "Order"}]}]}),
            ),
            (
                "line",
                json!({"type": "template", "template": {"type": "carousel", "columns": [
                    {"title": "Soup", "text": "Hot", "thumbnailImageUrl": "https://example.com/s.png", "actions": [{"label": "Order"}]},
                ]}}),
            ),
            (
                "hangouts",
                json!({"header": {"title": "Soup", "subtitle": "Hot"}, "sections": [{"widgets": [
                    {"image": {"imageUrl": "https://example.com/s.png"}}, {"buttons": [{"textButton": {"text": "Order"}}]},
                ]}]}),
            ),
        ] {
            let card = Card {
                title: "Soup",
                subtitle: "Hot",
                image: "https://example.com/s.png",
                buttons: vec!["Order"],
            };
            assert_eq!(parts(platform, &content), [Part::Card(card)], "{platform}");
        }
    }

    #[test]
    fn words_and_what_can_be_tapped_are_seen_on_each_platform() {
        for (platform, content) in [
            (
                "facebook",
                json!({"text": "Which?", "quick_replies": [{"title": "A"}, {"title": "B"}]}),
            ),
            (
                "slack",
                json!({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Which?"}},
                    {"type": "actions", "elements": [{"text": {"text": "A"}}, {"text": {"text": "B"}}]}]}),
            ),
            (
                "telegram",
                json!({"text": "Which?", "reply_markup": {"inline_keyboard": [[{"text": "A"}], [{"text": "B"}]]}}),
            ),
            (
                "telegram",
                json!({"text": "Which?", "reply_markup": {"keyboard": [["A", "B"]]}}),
            ),
            (
                "line",
                json!({"type": "text", "text": "Which?", "quickReply": {"items": [{"action": {"label": "A"}}, {"action": {"label": "B"}}]}}),
            ),
        ] {
            let seen = [Part::Text("Which?".into()), Part::Chips(vec!["A", "B"])];
            assert_eq!(parts(platform, &content), seen, "{platform}");
        }
    }
}
