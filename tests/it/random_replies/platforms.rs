//! What single platforms know: Dialogflow Messenger's rich content, and the payloads.

use flowhook::payload::{facebook, google, line, slack, telegram};
use flowhook::{Message, messenger};
use proptest::prelude::*;

use super::builders::{joined, list, made, maybe, one_of, pair, several};
use super::messages::{basic_card, carousel, choices, media, pages, simple_response, table};
use super::words::{json, link, number, words};

/// A message for one platform, in the platform's own form.
pub(super) fn message() -> BoxedStrategy<Message> {
    prop_oneof![
        3 => rich_content(),
        1 => made(on_facebook(), Message::from),
        1 => made(on_slack(), Message::from),
        1 => made(on_telegram(), Message::from),
        1 => made(on_line(), Message::from),
        1 => made(on_the_assistant(), Message::from),
    ]
    .boxed()
}

fn event() -> BoxedStrategy<messenger::Event> {
    let event = maybe(
        made(words(), messenger::Event::new),
        words(),
        messenger::Event::language,
    );
    maybe(event, pair(words(), json()), |event, (name, value)| {
        event.parameter(name, value)
    })
}

fn info() -> BoxedStrategy<messenger::Info> {
    let info = maybe(
        made(words(), messenger::Info::new),
        words(),
        messenger::Info::subtitle,
    );
    let info = maybe(
        maybe(info, link(), messenger::Info::image),
        link(),
        messenger::Info::link,
    );
    maybe(info, event(), messenger::Info::event)
}

fn item() -> BoxedStrategy<messenger::ListItem> {
    let item = maybe(
        made(words(), messenger::ListItem::new),
        words(),
        messenger::ListItem::subtitle,
    );
    maybe(item, event(), messenger::ListItem::event)
}

fn element() -> BoxedStrategy<messenger::Element> {
    use messenger::{Accordion, Button, Chip, Chips, Description, Element, Image};
    let button = prop_oneof![
        joined(words(), link(), Button::link),
        joined(words(), event(), Button::event),
    ];
    let button = maybe(button.boxed(), pair(words(), words()), |button, (icon, color)| {
        button.icon(icon, color)
    });
    let accordion = joined(words(), words(), Accordion::new);
    let accordion = maybe(
        maybe(accordion, words(), Accordion::subtitle),
        link(),
        Accordion::image,
    );
    let chip = maybe(
        maybe(made(words(), Chip::new), link(), Chip::image),
        link(),
        Chip::link,
    );
    prop_oneof![
        made(info(), Element::from),
        made(button, Element::from),
        made(item(), Element::from),
        made(accordion, Element::from),
        made(list(chip, 4), |chips| Chips::new(chips).into()),
        joined(words(), list(words(), 3), |title, lines| Description::new(
            title, lines
        )
        .into()),
        joined(link(), words(), |url, text| Image::new(url, text).into()),
        Just(Element::Divider),
    ]
    .boxed()
}

fn rich_content() -> BoxedStrategy<Message> {
    use messenger::{Card, RichContent};
    let card = prop_oneof![
        several(made(element(), Card::new), element(), 4, Card::with),
        made(list(item(), 4), Card::list),
    ]
    .boxed();
    prop_oneof![
        made(card.clone(), Message::from),
        made(list(card, 3), |cards| RichContent::of(cards).into()),
    ]
    .boxed()
}

pub(super) fn on_facebook() -> BoxedStrategy<facebook::Message> {
    use facebook::{Button, Card, Message, QuickReply};
    let button = prop_oneof![
        joined(words(), words(), Button::postback),
        joined(words(), link(), Button::link),
        joined(words(), number(), Button::call),
    ]
    .boxed();
    let card = maybe(
        maybe(made(words(), Card::new), words(), Card::subtitle),
        link(),
        Card::image,
    );
    let card = several(maybe(card, link(), Card::link), button.clone(), 4, Card::button);
    let reply = joined(words(), words(), QuickReply::new);
    let reply = maybe(reply, link(), QuickReply::image);
    let reply =
        prop_oneof![4 => reply, 1 => Just(QuickReply::phone_number()), 1 => Just(QuickReply::email())];
    let message = prop_oneof![
        made(words(), Message::text),
        joined(words(), list(button, 4), Message::buttons),
        made(list(card, 11), Message::cards),
        made(link(), Message::image),
        made(link(), Message::audio),
        made(link(), Message::video),
    ];
    maybe(message.boxed(), list(reply.boxed(), 14), Message::quick_replies)
}

pub(super) fn on_slack() -> BoxedStrategy<slack::Message> {
    use slack::{Attachment, Block, Button, Message};
    let button = prop_oneof![
        joined(words(), words(), Button::new),
        joined(words(), link(), |text, url| Button::link(text, url).primary()),
        joined(words(), words(), |text, value| Button::new(text, value).danger()),
    ];
    let block = prop_oneof![
        made(words(), Block::header),
        made(words(), Block::section),
        joined(words(), link(), |markup, url| Block::card(markup, url, "a bowl")),
        joined(link(), words(), Block::image),
        made(list(button.boxed(), 26), Block::buttons),
        Just(Block::divider()),
    ];
    let attachment = maybe(made(words(), Attachment::new), words(), Attachment::title);
    let attachment = maybe(
        maybe(attachment, link(), Attachment::link),
        words(),
        Attachment::text,
    );
    let attachment = maybe(
        maybe(attachment, link(), Attachment::image),
        words(),
        Attachment::color,
    );
    let message = several(made(words(), Message::text), block.boxed(), 4, Message::block);
    several(message, attachment, 2, Message::attachment)
}

pub(super) fn on_telegram() -> BoxedStrategy<telegram::Message> {
    use telegram::{Button, Message};
    let button = prop_oneof![
        joined(words(), words(), Button::says),
        joined(words(), link(), Button::link),
    ]
    .boxed();
    let message = prop_oneof![made(words(), Message::text), made(words(), Message::html)].boxed();
    prop_oneof![
        message.clone(),
        joined(message.clone(), list(list(button, 3), 3), |message, rows| message
            .buttons(rows)),
        joined(message.clone(), list(list(words(), 3), 3), |message, rows| {
            message.keyboard(rows).silent()
        }),
        made(message, |message| message.without_keyboard().without_preview()),
    ]
    .boxed()
}

pub(super) fn on_line() -> BoxedStrategy<line::Message> {
    use line::{Action, Card, Message};
    let action = prop_oneof![
        joined(words(), words(), Action::message),
        joined(words(), words(), Action::postback),
        joined(words(), link(), Action::uri),
    ]
    .boxed();
    let card = maybe(
        maybe(made(words(), Card::new), words(), Card::title),
        link(),
        Card::image,
    );
    let card = several(card, action.clone(), 5, Card::action);
    let message = prop_oneof![
        made(words(), Message::text),
        joined(link(), link(), Message::image),
        Just(Message::sticker("1", "2")),
        joined(words(), card.clone(), Message::card),
        joined(words(), list(card, 11), Message::cards),
        joined(
            words(),
            pair(action.clone(), action.clone()),
            |question, (yes, no)| Message::confirm(question, yes, no)
        ),
    ];
    maybe(message.boxed(), list(action, 14), Message::quick_replies)
}

pub(super) fn on_the_assistant() -> BoxedStrategy<google::Response> {
    use google::{Helper, Item, Permission, Response};
    let item = prop_oneof![
        made(simple_response(), Item::from),
        made(basic_card(), Item::from),
        made(pages(), Item::from),
        made(table(), Item::from),
        made(media(), Item::from),
    ];
    let permissions = one_of(vec![
        Permission::Name,
        Permission::PreciseLocation,
        Permission::Update,
    ]);
    let helper = prop_oneof![
        made(choices(), Helper::list),
        made(carousel(), Helper::carousel),
        joined(words(), list(permissions, 3), |reason, permissions| {
            Helper::permission(reason, permissions)
        }),
        made(words(), Helper::confirmation),
        joined(words(), words(), |both, date| Helper::date_time(
            both, date, "When?"
        )),
        made(words(), Helper::sign_in),
        made(words(), Helper::delivery_address),
    ];
    let response = several(
        made(simple_response(), Response::new),
        item.boxed(),
        3,
        Response::with,
    );
    let response = maybe(response, list(words(), 9), Response::suggestions);
    let response = maybe(response, helper.boxed(), Response::ask);
    let response = maybe(response, list(simple_response(), 3), Response::when_silent);
    let response = maybe(response, list(words(), 3), Response::listen_for);
    let response = maybe(response, json(), |response, storage| {
        response.user_storage(&storage)
    });
    maybe(response, any::<bool>().boxed(), |response, _| response.closing())
}
