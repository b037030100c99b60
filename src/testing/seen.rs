//! What a user sees of messages, whatever form they have on the wire: words, chips, cards, images, lists.
//!
//! A card is a card, be it Dialogflow's own, one of Google Assistant's, an `info` of Dialogflow Messenger's, or in a payload for
//! Facebook, Slack, LINE or Google Chat.

use std::borrow::Cow;

use serde_json::Value;

use super::payloads;

/// One thing that a user sees or hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Part<'a> {
    /// Words, without the marks of speech.
    Text(Cow<'a, str>),
    /// Things to tap, by what they say.
    Chips(Vec<&'a str>),
    /// A card.
    Card(Card<'a>),
    /// A picture.
    Image(Image<'a>),
    /// Things to choose from.
    List(List<'a>),
    /// A sound that is played, by its URI.
    Audio(&'a str),
    /// A call that is handed over to this phone number.
    Transfer(&'a str),
    /// What is none of these, or not known here: the kind of the message, and what it holds.
    Other(&'a str, &'a Value),
}

/// A card. What it does not have is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card<'a> {
    /// Its title.
    pub title: &'a str,
    /// What stands below the title.
    pub subtitle: &'a str,
    /// The URI of its picture.
    pub image: &'a str,
    /// Its buttons, by what they say.
    pub buttons: Vec<&'a str>,
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image<'a> {
    /// Its URI.
    pub uri: &'a str,
    /// What it shows, for who cannot see it.
    pub description: &'a str,
}

/// Things to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List<'a> {
    /// What stands above them.
    pub title: &'a str,
    /// The things, by their titles.
    pub items: Vec<&'a str>,
}

/// What a message shows. Most show one thing.
#[must_use]
pub fn parts(message: &Value) -> Vec<Part<'_>> {
    let Some((kind, content)) = message
        .as_object()
        .and_then(|members| members.iter().find(|(name, _)| *name != "platform"))
    else {
        return Vec::new();
    };
    match kind.as_str() {
        "text" => words(&content["text"][0]).into_iter().collect(),
        "quickReplies" => [words(&content["title"]), chips(&content["quickReplies"], "")]
            .into_iter()
            .flatten()
            .collect(),
        "card" => vec![card(
            content,
            ["title", "subtitle"],
            text(&content["imageUri"]),
            "text",
        )],
        "image" => vec![Part::Image(Image {
            uri: text(&content["imageUri"]),
            description: text(&content["accessibilityText"]),
        })],
        "simpleResponses" => list(&content["simpleResponses"]).filter_map(spoken).collect(),
        "basicCard" => vec![assistant_card(content, text(&content["image"]["imageUri"]))],
        "suggestions" => chips(&content["suggestions"], "title").into_iter().collect(),
        "linkOutSuggestion" => vec![Part::Chips(vec![text(&content["destinationName"])])],
        "listSelect" | "carouselSelect" | "browseCarouselCard" => vec![choice(content, "title")],
        "telephonySynthesizeSpeech" => spoken(content).into_iter().collect(),
        "telephonyPlayAudio" => vec![Part::Audio(text(&content["audioUri"]))],
        "telephonyTransferCall" => vec![Part::Transfer(text(&content["phoneNumber"]))],
        "rbmText" => [words(&content["text"]), suggested(&content["rbmSuggestion"])]
            .into_iter()
            .flatten()
            .collect(),
        "rbmStandaloneRichCard" => vec![rbm_card(&content["cardContent"])],
        "rbmCarouselRichCard" => list(&content["cardContents"]).map(rbm_card).collect(),
        "payload" => payload(content),
        kind => vec![Part::Other(kind, content)],
    }
}

/// What Google Assistant shows of the reply's own payload.
pub(super) fn assistant(payload: &Value) -> Vec<Part<'_>> {
    let response = &payload["google"]["richResponse"];
    let items = list(&response["items"]).flat_map(|item| {
        let card = item["basicCard"]
            .is_object()
            .then(|| assistant_card(&item["basicCard"], text(&item["basicCard"]["image"]["url"])));
        spoken(&item["simpleResponse"]).into_iter().chain(card)
    });
    items.chain(chips(&response["suggestions"], "title")).collect()
}

/// What a payload shows: what is known of each platform's, else the payload as it is.
fn payload(content: &Value) -> Vec<Part<'_>> {
    let platforms = content.as_object().into_iter().flatten();
    let parts: Vec<_> = platforms
        .flat_map(|(platform, content)| match platform.as_str() {
            "richContent" => messenger(content),
            platform => payloads::parts(platform, content),
        })
        .collect();
    if parts.is_empty() {
        return vec![Part::Other("payload", content)];
    }
    parts
}

/// What Dialogflow Messenger draws: cards of elements.
fn messenger(cards: &Value) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for element in list(cards).flat_map(list) {
        let picture = text(&element["image"]["src"]["rawUrl"]);
        match text(&element["type"]) {
            "info" => parts.push(card(element, ["title", "subtitle"], picture, "")),
            "accordion" => parts.push(card(element, ["title", "text"], picture, "")),
            "description" => {
                let lines = list(&element["text"]).filter_map(Value::as_str);
                let lines: Vec<_> = element["title"].as_str().into_iter().chain(lines).collect();
                parts.push(Part::Text(lines.join("\n").into()));
            }
            "image" => parts.push(Part::Image(Image {
                uri: text(&element["rawUrl"]),
                description: text(&element["accessibilityText"]),
            })),
            "chips" => parts.extend(chips(&element["options"], "text")),
            "button" => match parts.last_mut() {
                Some(Part::Card(card)) => card.buttons.push(text(&element["text"])),
                _ => parts.push(Part::Chips(vec![text(&element["text"])])),
            },
            "list" => match parts.last_mut() {
                Some(Part::List(list)) => list.items.push(text(&element["title"])),
                _ => parts.push(Part::List(List {
                    title: "",
                    items: vec![text(&element["title"])],
                })),
            },
            // Between two items it divides, and nothing more.
            "divider" => {}
            _ => parts.push(Part::Other("richContent", element)),
        }
    }
    parts
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn words(value: &Value) -> Option<Part<'_>> {
    let words = value.as_str().filter(|words| !words.is_empty());
    words.map(|words| Part::Text(words.into()))
}

/// Things to tap, by the member that says what they say; an empty one where they are plain strings.
pub(super) fn chips<'a>(options: &'a Value, member: &str) -> Option<Part<'a>> {
    let label = |option: &'a Value| match member {
        "" => option.as_str(),
        member => option[member].as_str(),
    };
    let labels: Vec<_> = list(options).filter_map(label).collect();
    (!labels.is_empty()).then_some(Part::Chips(labels))
}

fn card<'a>(content: &'a Value, [title, subtitle]: [&str; 2], image: &'a str, button: &str) -> Part<'a> {
    Part::Card(Card {
        title: text(&content[title]),
        subtitle: text(&content[subtitle]),
        image,
        buttons: list(&content["buttons"]).map(|one| text(&one[button])).collect(),
    })
}

fn assistant_card<'a>(content: &'a Value, image: &'a str) -> Part<'a> {
    let below = if content["subtitle"].is_string() {
        "subtitle"
    } else {
        "formattedText"
    };
    card(content, ["title", below], image, "title")
}

fn rbm_card(content: &Value) -> Part<'_> {
    Part::Card(Card {
        title: text(&content["title"]),
        subtitle: text(&content["description"]),
        image: text(&content["media"]["fileUri"]),
        buttons: list(&content["suggestions"]).map(rbm_label).collect(),
    })
}

fn rbm_label(suggestion: &Value) -> &str {
    let reply = text(&suggestion["reply"]["text"]);
    if reply.is_empty() {
        text(&suggestion["action"]["text"])
    } else {
        reply
    }
}

fn suggested(suggestions: &Value) -> Option<Part<'_>> {
    let labels: Vec<_> = list(suggestions).map(rbm_label).collect();
    (!labels.is_empty()).then_some(Part::Chips(labels))
}

fn choice<'a>(content: &'a Value, item: &str) -> Part<'a> {
    Part::List(List {
        title: text(&content["title"]),
        items: list(&content["items"]).map(|one| text(&one[item])).collect(),
    })
}

/// What is spoken: as text, or as SSML without its marks.
fn spoken(speech: &Value) -> Option<Part<'_>> {
    if let Some(part) = words(&speech["textToSpeech"]).or_else(|| words(&speech["text"])) {
        return Some(part);
    }
    // What follows a `<` up to its `>` is a mark.
    let mut plain = String::new();
    for part in speech["ssml"].as_str()?.split_inclusive('>') {
        let (words, mark) = part.split_once('<').unwrap_or((part, ""));
        plain.push_str(words);
        let parts_words = ["break", "p>", "/p>", "s>", "/s>", "audio"];
        if parts_words.iter().any(|name| mark.starts_with(name)) {
            plain.push(' ');
        }
    }
    // The ampersand last, else an escaped escape would be undone twice.
    for (escaped, letter) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(escaped, letter);
    }
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(Part::Text(plain.into()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_thing_is_seen_whatever_its_form() {
        let card = |title| {
            Part::Card(Card {
                title,
                subtitle: "Soup",
                image: "https://example.com/soup.png",
                buttons: vec!["Order"],
            })
        };
        for message in [
            json!({"card": {"title": "Today", "subtitle": "Soup", "imageUri": "https://example.com/soup.png",
                "buttons": [{"text": "Order", "postback": "order"}]}}),
            json!({"basicCard": {"title": "Today", "formattedText": "Soup", "image": {"imageUri": "https://example.com/soup.png"},
                "buttons": [{"title": "Order", "openUriAction": {"uri": "https://example.com"}}]}, "platform": "ACTIONS_ON_GOOGLE"}),
            json!({"payload": {"richContent": [[
                {"type": "info", "title": "Today", "subtitle": "Soup", "image": {"src": {"rawUrl": "https://example.com/soup.png"}}},
                {"type": "button", "text": "Order", "link": "https://example.com"},
            ]]}}),
            json!({"rbmStandaloneRichCard": {"cardContent": {"title": "Today", "description": "Soup",
                "media": {"fileUri": "https://example.com/soup.png"}, "suggestions": [{"reply": {"text": "Order"}}]}}}),
        ] {
            assert_eq!(parts(&message), [card("Today")], "{message}");
        }
    }

    #[test]
    fn speech_is_heard_without_its_marks() {
        let message = json!({"telephonySynthesizeSpeech": {"ssml": "<speak>Fish &amp;amp; <emphasis level=\"strong\">chips</emphasis><break time=\"1s\"/>for 2 &lt; 3</speak>"}});
        assert_eq!(parts(&message), [Part::Text("Fish &amp; chips for 2 < 3".into())]);
    }

    #[test]
    fn items_of_a_messenger_list_are_one_list() {
        let item = |title: &str| json!({"type": "list", "title": title, "subtitle": "x"});
        let message = json!({"payload": {"richContent": [[item("One"), {"type": "divider"}, item("Two")]]}});
        let list = List {
            title: "",
            items: vec!["One", "Two"],
        };
        assert_eq!(parts(&message), [Part::List(list)]);
    }
}
