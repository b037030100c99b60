//! Messages of every kind, by every builder.

use std::time::Duration;

use flowhook::ssml::{SayAs, Speech};
use flowhook::wire::{
    CardWidth, Height, HorizontalAlignment, ImageDisplayOptions, Platform, ThumbnailImageAlignment,
    UrlTypeHint,
};
use flowhook::{Card, List, ListItem, Message, assistant, rbm, telephony};
use proptest::prelude::*;

use super::builders::{joined, list, made, maybe, one_of, pair, several};
use super::words::{link, number, payload, words};

/// Any message, for all platforms or for one.
pub(super) fn message() -> BoxedStrategy<Message> {
    let any = prop_oneof![
        6 => general(),
        3 => assistants(),
        1 => phones(),
        2 => rbms(),
        2 => super::platforms::message(),
    ];
    prop_oneof![3 => any.boxed(), 1 => joined(general(), platform(), Message::on)].boxed()
}

fn platform() -> BoxedStrategy<Platform> {
    one_of(vec![
        Platform::Unspecified,
        Platform::Facebook,
        Platform::Slack,
        Platform::Telegram,
        Platform::Kik,
        Platform::Skype,
        Platform::Line,
        Platform::Viber,
        Platform::ActionsOnGoogle,
        Platform::Telephony,
        Platform::GoogleHangouts,
        Platform::UnknownName("HOLODECK".into()),
        Platform::UnknownNumber(99),
    ])
}

fn general() -> BoxedStrategy<Message> {
    prop_oneof![
        4 => made(words(), Message::text),
        1 => made(list(words(), 3), Message::one_of),
        1 => joined(link(), words(), Message::image),
        2 => joined(words(), list(words(), 14), Message::quick_replies),
        2 => made(card(), Message::from),
        2 => made(menu(), Message::from),
        1 => made(payload(), Message::payload),
    ]
    .boxed()
}

fn card() -> BoxedStrategy<Card> {
    let card = maybe(made(words(), Card::new), words(), Card::subtitle);
    let card = maybe(card, link(), Card::image);
    let button = pair(words(), prop_oneof![link(), words()].boxed());
    several(card, button, 4, |card, (text, postback)| {
        card.button(text, postback)
    })
}

fn menu() -> BoxedStrategy<List> {
    let item = maybe(made(words(), ListItem::new), words(), ListItem::description);
    let item = maybe(maybe(item, link(), ListItem::image), words(), ListItem::says);
    joined(words(), list(item, 12), List::new)
}

pub(super) fn speech() -> BoxedStrategy<Speech> {
    let parts = prop_oneof![
        4 => made(words(), |words| Speech::default().say(words)),
        1 => made(words(), |words| Speech::default().stress(words).pause(Duration::from_millis(300))),
        1 => made(words(), |words| Speech::default().say_as(SayAs::Telephone, words)),
        1 => joined(words(), words(), |written, spoken| Speech::of("So ").pronounce(written, spoken)),
        1 => joined(link(), words(), |url, otherwise| Speech::of("Listen: ").audio(url, otherwise)),
    ];
    parts.boxed()
}

pub(super) fn simple_response() -> BoxedStrategy<assistant::SimpleResponse> {
    let spoken = prop_oneof![
        made(words(), assistant::SimpleResponse::text),
        made(speech(), |speech| assistant::SimpleResponse::ssml(&speech)),
    ];
    maybe(spoken.boxed(), words(), assistant::SimpleResponse::display)
}

fn picture() -> BoxedStrategy<(String, String)> {
    pair(link(), words())
}

pub(super) fn basic_card() -> BoxedStrategy<assistant::BasicCard> {
    let card = prop_oneof![
        made(words(), assistant::BasicCard::text),
        made(picture(), |(uri, text)| assistant::BasicCard::picture(uri, text)),
    ];
    let card = maybe(card.boxed(), words(), assistant::BasicCard::title);
    let card = maybe(card, words(), assistant::BasicCard::subtitle);
    several(card, pair(words(), link()), 2, |card, (title, uri)| {
        card.button(title, uri)
    })
}

fn item() -> BoxedStrategy<assistant::Item> {
    let item = joined(words(), words(), assistant::Item::new);
    let item = maybe(item, list(words(), 3), assistant::Item::synonyms);
    let item = maybe(item, words(), assistant::Item::description);
    maybe(item, picture(), |item, (uri, text)| item.image(uri, text))
}

pub(super) fn choices() -> BoxedStrategy<assistant::List> {
    let choices = made(list(item(), 6), assistant::List::new);
    maybe(
        maybe(choices, words(), assistant::List::title),
        words(),
        assistant::List::subtitle,
    )
}

pub(super) fn carousel() -> BoxedStrategy<assistant::Carousel> {
    made(list(item(), 11), assistant::Carousel::new)
}

pub(super) fn pages() -> BoxedStrategy<assistant::BrowseCarousel> {
    let page = joined(words(), link(), assistant::Page::new);
    let page = maybe(
        maybe(page, words(), assistant::Page::description),
        words(),
        assistant::Page::footer,
    );
    let page = maybe(page, picture(), |page, (uri, text)| page.image(uri, text));
    let hints = vec![
        UrlTypeHint::AmpAction,
        UrlTypeHint::UnknownName("NEW".into()),
        UrlTypeHint::UnknownNumber(9),
    ];
    let page = maybe(page, one_of(hints), assistant::Page::hint);
    let options = vec![
        ImageDisplayOptions::White,
        ImageDisplayOptions::UnknownName("NEW".into()),
    ];
    maybe(
        made(list(page, 11), assistant::BrowseCarousel::new),
        one_of(options),
        assistant::BrowseCarousel::images,
    )
}

pub(super) fn table() -> BoxedStrategy<assistant::Table> {
    let alignments = vec![
        HorizontalAlignment::Center,
        HorizontalAlignment::UnknownName("NEW".into()),
    ];
    let column = maybe(
        made(words(), assistant::Column::new),
        one_of(alignments),
        assistant::Column::aligned,
    );
    let row = joined(list(words(), 3), any::<bool>().boxed(), |cells, is_divided| {
        let row = assistant::Row::new(cells);
        if is_divided { row.divided() } else { row }
    });
    let table = joined(words(), list(column, 3), |title, columns| {
        assistant::Table::new(title, columns)
    });
    let table = maybe(table, words(), assistant::Table::subtitle);
    let table = maybe(table, picture(), |table, (uri, text)| table.image(uri, text));
    let table = several(table, row, 3, assistant::Table::row);
    several(table, pair(words(), link()), 2, |table, (title, uri)| {
        table.button(title, uri)
    })
}

pub(super) fn media() -> BoxedStrategy<assistant::Media> {
    let track = joined(words(), link(), assistant::Track::new);
    let track = maybe(track, words(), assistant::Track::description);
    let track = maybe(track, picture(), |track, (uri, text)| {
        track.large_image(uri, text)
    });
    let track = maybe(track, picture(), |track, (uri, text)| track.icon(uri, text));
    made(list(track, 3), assistant::Media::audio)
}

fn assistants() -> BoxedStrategy<Message> {
    prop_oneof![
        made(simple_response(), Message::from),
        made(basic_card(), Message::from),
        made(list(words(), 9), |chips| assistant::Suggestions::new(chips)
            .into()),
        joined(words(), link(), |name, uri| assistant::LinkOut::new(name, uri)
            .into()),
        made(choices(), Message::from),
        made(carousel(), Message::from),
        made(pages(), Message::from),
        made(table(), Message::from),
        made(media(), Message::from),
    ]
    .boxed()
}

fn phones() -> BoxedStrategy<Message> {
    prop_oneof![
        made(words(), telephony::speak),
        made(speech(), telephony::speak),
        made(link(), telephony::play),
        made(number(), telephony::transfer),
    ]
    .boxed()
}

fn suggestion() -> BoxedStrategy<rbm::Suggestion> {
    prop_oneof![
        joined(words(), words(), rbm::Suggestion::reply),
        joined(words(), words(), rbm::Suggestion::share_location),
        joined(words(), number(), |text, number| rbm::Suggestion::dial(
            text, "dial", number
        )),
        joined(words(), link(), |text, url| rbm::Suggestion::open_url(
            text, "open", url
        )),
    ]
    .boxed()
}

fn content() -> BoxedStrategy<rbm::Content> {
    let height = one_of(vec![
        Height::Tall,
        Height::Unspecified,
        Height::UnknownName("NEW".into()),
    ]);
    let media = joined(link(), height, rbm::Media::new);
    let media = maybe(media, link(), rbm::Media::thumbnail);
    let content = prop_oneof![
        made(words(), rbm::Content::titled),
        made(words(), rbm::Content::describing),
        made(media.clone(), rbm::Content::showing),
    ];
    let content = maybe(content.boxed(), words(), rbm::Content::description);
    several(
        maybe(content, media, rbm::Content::media),
        suggestion(),
        5,
        rbm::Content::suggest,
    )
}

fn rbms() -> BoxedStrategy<Message> {
    let text = several(
        made(words(), rbm::Text::new),
        suggestion(),
        12,
        rbm::Text::suggest,
    );
    let sides = one_of(vec![
        ThumbnailImageAlignment::Left,
        ThumbnailImageAlignment::Unspecified,
        ThumbnailImageAlignment::UnknownName("NEW".into()),
    ]);
    let widths = one_of(vec![
        CardWidth::Small,
        CardWidth::Unspecified,
        CardWidth::UnknownNumber(9),
    ]);
    prop_oneof![
        made(text, Message::from),
        made(content(), |content| rbm::Card::vertical(content).into()),
        joined(content(), sides, |content, side| rbm::Card::horizontal(
            content, side
        )
        .into()),
        joined(widths, list(content(), 11), |width, cards| rbm::Carousel::new(
            width, cards
        )
        .into()),
    ]
    .boxed()
}
