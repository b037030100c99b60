//! Cards: what Chat shows in a frame. A webhook's cards can open links and nothing else.
//!
//! Source: Chat's reference of `cardsV2` (`GoogleAppsCardV1Card`).

use serde_json::{Value, json};

use crate::channels::content::{NOT_WEB, is_web};

/// A card.
#[derive(Clone)]
#[must_use = "a card is sent by `Message::card`"]
pub struct Card {
    title: String,
    subtitle: Option<String>,
    picture: Option<Image>,
    sections: Vec<Section>,
}

/// A part of a card, set off by a line.
#[derive(Clone)]
#[must_use]
pub struct Section {
    header: Option<String>,
    shown: Option<usize>,
    widgets: Vec<Widget>,
}

/// Something in a section.
#[derive(Clone)]
#[non_exhaustive]
pub enum Widget {
    /// Words. They may have simple HTML: `<b>`, `<i>`, `<a href="..">`, `<br>`.
    Paragraph(String),
    /// A value with a label.
    Pair(Pair),
    /// A picture.
    Image(Image),
    /// Buttons in a row.
    Buttons(Vec<Button>),
    /// A line.
    Divider,
}

/// A value with a label: Chat's decorated text.
#[derive(Clone)]
#[must_use]
pub struct Pair {
    label: Option<String>,
    text: String,
    below: Option<String>,
    icon: Option<String>,
    link: Option<String>,
    button: Option<Button>,
}

/// A picture.
#[derive(Clone)]
#[must_use]
pub struct Image {
    url: String,
    alternative: String,
    link: Option<String>,
}

/// A button that opens a link.
#[derive(Clone)]
#[must_use]
pub struct Button {
    text: String,
    url: String,
}

hide!(Card, Section, Widget, Pair, Image, Button);

impl Card {
    /// A card with that title.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            subtitle: None,
            picture: None,
            sections: Vec::new(),
        }
    }

    /// With a line below the title.
    pub fn subtitle(mut self, words: impl Into<String>) -> Self {
        self.subtitle = Some(words.into());
        self
    }

    /// With a small round picture beside the title.
    pub fn picture(mut self, image: Image) -> Self {
        self.picture = Some(image);
        self
    }

    /// With a section more.
    pub fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    pub(super) fn json(&self) -> Value {
        let mut header = json!({"title": self.title});
        if let Some(subtitle) = &self.subtitle {
            header["subtitle"] = subtitle.as_str().into();
        }
        if let Some(picture) = &self.picture {
            header["imageUrl"] = picture.url.as_str().into();
            header["imageAltText"] = picture.alternative.as_str().into();
            header["imageType"] = "CIRCLE".into();
        }
        let mut card = json!({"header": header});
        if !self.sections.is_empty() {
            card["sections"] = self.sections.iter().map(Section::json).collect();
        }
        card
    }

    pub(super) fn check(&self, place: &str, faults: &mut Vec<String>) {
        filled(&self.title, place, "title", faults);
        if let Some(picture) = &self.picture {
            picture.check(&format!("{place}.picture"), faults);
        }
        for (number, section) in self.sections.iter().enumerate() {
            section.check(&format!("{place}.sections[{number}]"), faults);
        }
    }
}

impl Section {
    /// A section that begins with that.
    pub fn new(widget: impl Into<Widget>) -> Self {
        Self {
            header: None,
            shown: None,
            widgets: vec![widget.into()],
        }
    }

    /// And that below it.
    pub fn and(mut self, widget: impl Into<Widget>) -> Self {
        self.widgets.push(widget.into());
        self
    }

    /// With a header.
    pub fn header(mut self, words: impl Into<String>) -> Self {
        self.header = Some(words.into());
        self
    }

    /// Folded: so many widgets are shown, the rest when somebody wants it.
    pub fn folded_after(mut self, widgets: usize) -> Self {
        self.shown = Some(widgets);
        self
    }

    fn json(&self) -> Value {
        let widgets: Vec<_> = self.widgets.iter().map(Widget::json).collect();
        let mut section = json!({"widgets": widgets});
        if let Some(header) = &self.header {
            section["header"] = header.as_str().into();
        }
        if let Some(shown) = self.shown {
            section["collapsible"] = true.into();
            section["uncollapsibleWidgetsCount"] = shown.into();
        }
        section
    }

    fn check(&self, place: &str, faults: &mut Vec<String>) {
        for (number, widget) in self.widgets.iter().enumerate() {
            widget.check(&format!("{place}.widgets[{number}]"), faults);
        }
    }
}

impl Widget {
    /// Words.
    pub fn paragraph(words: impl Into<String>) -> Self {
        Self::Paragraph(words.into())
    }

    /// A value with a label.
    pub fn pair(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Pair(Pair::new(text).label(label))
    }

    /// Buttons in a row.
    pub fn buttons(buttons: impl IntoIterator<Item = Button>) -> Self {
        Self::Buttons(buttons.into_iter().collect())
    }

    fn json(&self) -> Value {
        match self {
            Self::Paragraph(text) => json!({"textParagraph": {"text": text}}),
            Self::Pair(pair) => json!({"decoratedText": pair.json()}),
            Self::Image(image) => json!({"image": image.json()}),
            Self::Buttons(buttons) => {
                let buttons: Vec<_> = buttons.iter().map(Button::json).collect();
                json!({"buttonList": {"buttons": buttons}})
            }
            Self::Divider => json!({"divider": {}}),
        }
    }

    fn check(&self, place: &str, faults: &mut Vec<String>) {
        match self {
            Self::Paragraph(text) => filled(text, place, "text", faults),
            Self::Pair(pair) => pair.check(place, faults),
            Self::Image(image) => image.check(place, faults),
            Self::Buttons(buttons) if buttons.is_empty() => {
                faults.push(format!("`{place}`: there is no button"))
            }
            Self::Buttons(buttons) => {
                for (number, button) in buttons.iter().enumerate() {
                    button.check(&format!("{place}.buttons[{number}]"), faults);
                }
            }
            Self::Divider => {}
        }
    }
}

impl From<&str> for Widget {
    fn from(words: &str) -> Self {
        Self::paragraph(words)
    }
}

impl From<String> for Widget {
    fn from(words: String) -> Self {
        Self::Paragraph(words)
    }
}

impl From<Pair> for Widget {
    fn from(pair: Pair) -> Self {
        Self::Pair(pair)
    }
}

impl From<Image> for Widget {
    fn from(image: Image) -> Self {
        Self::Image(image)
    }
}

impl From<Button> for Widget {
    fn from(button: Button) -> Self {
        Self::Buttons(vec![button])
    }
}

impl Pair {
    /// A value, which is shown whole, in several lines where it is long.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            label: None,
            text: text.into(),
            below: None,
            icon: None,
            link: None,
            button: None,
        }
    }

    /// With a label above.
    pub fn label(mut self, words: impl Into<String>) -> Self {
        self.label = Some(words.into());
        self
    }

    /// With smaller words below.
    pub fn below(mut self, words: impl Into<String>) -> Self {
        self.below = Some(words.into());
        self
    }

    /// With one of Chat's icons before it, as in `CLOCK`, `PERSON`, `PHONE`, `TICKET`.
    pub fn icon(mut self, name: impl Into<String>) -> Self {
        self.icon = Some(name.into());
        self
    }

    /// A click opens that.
    pub fn link(mut self, url: impl Into<String>) -> Self {
        self.link = Some(url.into());
        self
    }

    /// With a button behind it.
    pub fn button(mut self, button: Button) -> Self {
        self.button = Some(button);
        self
    }

    fn json(&self) -> Value {
        let mut pair = json!({"text": self.text, "wrapText": true});
        for (name, words) in [("topLabel", &self.label), ("bottomLabel", &self.below)] {
            if let Some(words) = words {
                pair[name] = words.as_str().into();
            }
        }
        if let Some(icon) = &self.icon {
            pair["startIcon"] = json!({"knownIcon": icon});
        }
        if let Some(url) = &self.link {
            pair["onClick"] = opening(url);
        }
        if let Some(button) = &self.button {
            pair["button"] = button.json();
        }
        pair
    }

    fn check(&self, place: &str, faults: &mut Vec<String>) {
        filled(&self.text, place, "text", faults);
        if let Some(url) = &self.link {
            web(url, place, "link", faults);
        }
        if let Some(button) = &self.button {
            button.check(&format!("{place}.button"), faults);
        }
    }
}

impl Image {
    /// The picture at that address, which Google must be able to fetch, and words for who does not see it.
    pub fn new(url: impl Into<String>, alternative: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            alternative: alternative.into(),
            link: None,
        }
    }

    /// A click opens that.
    pub fn link(mut self, url: impl Into<String>) -> Self {
        self.link = Some(url.into());
        self
    }

    fn json(&self) -> Value {
        let mut image = json!({"imageUrl": self.url, "altText": self.alternative});
        if let Some(url) = &self.link {
            image["onClick"] = opening(url);
        }
        image
    }

    fn check(&self, place: &str, faults: &mut Vec<String>) {
        web(&self.url, place, "url", faults);
        if let Some(url) = &self.link {
            web(url, place, "link", faults);
        }
    }
}

impl Button {
    /// A button with that on it, which opens that address.
    pub fn link(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            url: url.into(),
        }
    }

    fn json(&self) -> Value {
        json!({"text": self.text, "onClick": opening(&self.url)})
    }

    fn check(&self, place: &str, faults: &mut Vec<String>) {
        filled(&self.text, place, "text", faults);
        web(&self.url, place, "url", faults);
    }
}

fn opening(url: &str) -> Value {
    json!({"openLink": {"url": url}})
}

fn filled(text: &str, place: &str, member: &str, faults: &mut Vec<String>) {
    if text.trim().is_empty() {
        faults.push(format!("`{place}.{member}`: it is empty"));
    }
}

fn web(url: &str, place: &str, member: &str, faults: &mut Vec<String>) {
    if !is_web(url) {
        faults.push(format!("`{place}.{member}`: {NOT_WEB}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_has_the_members_of_chats_reference() {
        let card = Card::new("Oven 3")
            .subtitle("bakery")
            .picture(Image::new("https://example.com/oven.png", "an oven"))
            .section(
                Section::new("It is <b>cold</b>.")
                    .and(Widget::pair("Since", "12:03"))
                    .and(
                        Pair::new("Nobody")
                            .icon("PERSON")
                            .below("on duty")
                            .link("https://example.com/duty"),
                    )
                    .and(Widget::Divider)
                    .and(
                        Image::new("https://example.com/plot.png", "a plot").link("https://example.com/plot"),
                    )
                    .and(Widget::buttons([
                        Button::link("Open", "https://example.com/3"),
                        Button::link("All", "https://example.com"),
                    ]))
                    .header("State")
                    .folded_after(2),
            );
        assert_eq!(
            card.json(),
            json!({
                "header": {
                    "title": "Oven 3", "subtitle": "bakery",
                    "imageUrl": "https://example.com/oven.png", "imageAltText": "an oven", "imageType": "CIRCLE",
                },
                "sections": [{
                    "header": "State", "collapsible": true, "uncollapsibleWidgetsCount": 2,
                    "widgets": [
                        {"textParagraph": {"text": "It is <b>cold</b>."}},
                        {"decoratedText": {"topLabel": "Since", "text": "12:03", "wrapText": true}},
                        {"decoratedText": {
                            "text": "Nobody", "bottomLabel": "on duty", "wrapText": true, "startIcon": {"knownIcon": "PERSON"},
                            "onClick": {"openLink": {"url": "https://example.com/duty"}},
                        }},
                        {"divider": {}},
                        {"image": {
                            "imageUrl": "https://example.com/plot.png", "altText": "a plot",
                            "onClick": {"openLink": {"url": "https://example.com/plot"}},
                        }},
                        {"buttonList": {"buttons": [
                            {"text": "Open", "onClick": {"openLink": {"url": "https://example.com/3"}}},
                            {"text": "All", "onClick": {"openLink": {"url": "https://example.com"}}},
                        ]}},
                    ],
                }],
            })
        );
        let mut faults = Vec::new();
        card.check("cards[0]", &mut faults);
        assert_eq!(faults, [""; 0]);
    }

    #[test]
    fn what_does_not_fit_is_told_by_its_place() {
        let card = Card::new("").section(
            Section::new(" ")
                .and(Button::link("", "javascript:sekrit"))
                .and(Widget::Buttons(Vec::new()))
                .and(Pair::new("x").link("sekrit")),
        );
        let mut faults = Vec::new();
        card.check("cards[0]", &mut faults);
        let address = "expected an address that begins with https:// or http://";
        assert_eq!(
            faults,
            [
                "`cards[0].title`: it is empty".to_owned(),
                "`cards[0].sections[0].widgets[0].text`: it is empty".to_owned(),
                "`cards[0].sections[0].widgets[1].buttons[0].text`: it is empty".to_owned(),
                format!("`cards[0].sections[0].widgets[1].buttons[0].url`: {address}"),
                "`cards[0].sections[0].widgets[2]`: there is no button".to_owned(),
                format!("`cards[0].sections[0].widgets[3].link`: {address}"),
            ]
        );
    }
}
