//! Dialogflow Messenger: every element, as ES has it.

use flowhook::messenger::{
    Accordion, Button, Card, Chip, Chips, Description, Element, Event, Image, Info, ListItem, RichContent,
};
use serde_json::{Value, json};

use super::{fault_of, on_the_wire};

/// The elements of a lone card.
async fn elements(card: Card) -> Value {
    let message = on_the_wire(card).await;
    assert!(
        message.get("platform").is_none(),
        "no platform is named Messenger"
    );
    message["payload"]["richContent"][0].clone()
}

#[tokio::test]
async fn every_element_is_written_as_es_has_it() {
    let order = Event::new("ORDER").language("en").parameter("dish", "soup");
    let card = Card::new(
        Info::new("Soup")
            .subtitle("of the day")
            .image("https://example.com/i.png")
            .link("https://example.com/soup"),
    )
    .with(Info::new("Salad").event(order.clone()))
    .with(Description::new("In it", ["leek", "salt"]))
    .with(Image::new("https://example.com/w.png", "a bowl"))
    .with(Button::link("More", "https://example.com/more").icon("chevron_right", "#FF9800"))
    .with(Button::event("Order", order))
    .with(Element::Divider)
    .with(ListItem::new("Small").subtitle("a cup"))
    .with(ListItem::new("Large").event(Event::new("LARGE")))
    .with(
        Accordion::new("Allergens", "celery")
            .subtitle("all of them")
            .image("https://example.com/a.png"),
    )
    .with(Accordion::new("Origin", "here"))
    .with(Chips::new([
        Chip::new("Drinks").image("https://example.com/d.png"),
        Chip::new("Map").link("https://example.com/map"),
    ]))
    .with(Chips::new(["Dishes"]));
    let order = json!({"name": "ORDER", "languageCode": "en", "parameters": {"dish": "soup"}});
    assert_eq!(
        elements(card).await,
        json!([
            {"type": "info", "title": "Soup", "subtitle": "of the day",
                "image": {"src": {"rawUrl": "https://example.com/i.png"}}, "actionLink": "https://example.com/soup"},
            {"type": "info", "title": "Salad", "event": order},
            {"type": "description", "title": "In it", "text": ["leek", "salt"]},
            {"type": "image", "rawUrl": "https://example.com/w.png", "accessibilityText": "a bowl"},
            {"type": "button", "text": "More", "link": "https://example.com/more",
                "icon": {"type": "chevron_right", "color": "#FF9800"}},
            {"type": "button", "text": "Order", "event": order},
            {"type": "divider"},
            {"type": "list", "title": "Small", "subtitle": "a cup"},
            {"type": "list", "title": "Large", "event": {"name": "LARGE", "languageCode": "", "parameters": {}}},
            {"type": "accordion", "title": "Allergens", "subtitle": "all of them",
                "image": {"src": {"rawUrl": "https://example.com/a.png"}}, "text": "celery"},
            {"type": "accordion", "title": "Origin", "text": "here"},
            {"type": "chips", "options": [
                {"text": "Drinks", "image": {"src": {"rawUrl": "https://example.com/d.png"}}},
                {"text": "Map", "link": "https://example.com/map"},
            ]},
            {"type": "chips", "options": [{"text": "Dishes"}]},
        ])
    );
}

#[tokio::test]
async fn several_cards_are_one_message_and_a_lone_element_is_a_card() {
    let cards = RichContent::of([
        Card::new(Info::new("one")).with(Element::Divider),
        Card::new(Info::new("two")),
    ]);
    assert_eq!(
        on_the_wire(cards).await["payload"],
        json!({"richContent": [
            [{"type": "info", "title": "one"}, {"type": "divider"}],
            [{"type": "info", "title": "two"}],
        ]})
    );
    assert_eq!(
        on_the_wire(Chips::new(["one"])).await["payload"],
        json!({"richContent": [[{"type": "chips", "options": [{"text": "one"}]}]]})
    );
}

#[tokio::test]
async fn a_list_has_a_line_between_each_two_items() {
    let card = Card::list([ListItem::new("a"), ListItem::new("b"), ListItem::new("c")]);
    let types = elements(card).await;
    let types: Vec<_> = types
        .as_array()
        .unwrap()
        .iter()
        .map(|element| &element["type"])
        .collect();
    assert_eq!(types, ["list", "divider", "list", "divider", "list"]);
}

#[tokio::test]
async fn what_would_draw_nothing_is_told() {
    assert_eq!(
        fault_of(RichContent::of([])).await,
        "rich content has at least one card"
    );
    assert_eq!(
        fault_of(Card::list([])).await,
        "a card of rich content has at least one element"
    );
    assert_eq!(
        fault_of(Chips::new::<&str>([])).await,
        "chips have at least one chip"
    );
    for nowhere in [
        Element::from(Image::new("", "a bowl")),
        Info::new("Soup").image("").into(),
        Accordion::new("Soup", "leek").image("").into(),
        Chips::new([Chip::new("Soup").image("")]).into(),
    ] {
        assert_eq!(fault_of(nowhere).await, "an image has a URL");
    }
}
