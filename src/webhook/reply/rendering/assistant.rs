//! Google Assistant knows kinds of its own, and answers nothing without speech.

use super::{Form, General, buttons, only, sends_another};
use crate::webhook::reply::List;
use crate::wire::{
    self, BasicCard, BasicCardButton, Card, Image, Kind, ListItem, ListSelect, OpenUriAction, Platform,
    SelectItemInfo, SimpleResponse, SimpleResponses, Suggestion, Suggestions,
};

pub(super) fn form(content: &General) -> Form {
    match content {
        General::Words(words) => Form::whole(vec![spoken(words)]),
        General::Card(card) => self::card(card),
        General::Chips(chips) => {
            let title = (!chips.title.is_empty()).then(|| spoken(&chips.title));
            let chips = suggestions(chips.quick_replies.iter().map(String::as_str));
            Form::whole(title.into_iter().chain(chips).collect())
        }
        General::Image(image) => Form::whole(vec![mine(Kind::BasicCard(BasicCard {
            image: Some(image.clone()),
            ..BasicCard::default()
        }))]),
        General::List(list) => self::list(list),
    }
}

/// Puts speech before messages that have none: the first content that can be spoken.
pub(super) fn give_speech(messages: &mut Vec<wire::Message>, speech: impl Iterator<Item = String>) {
    let speaks = |message: &wire::Message| {
        let is_heard = matches!(
            message.platform,
            Platform::Unspecified | Platform::ActionsOnGoogle
        );
        is_heard
            && matches!(
                message.kind,
                Some(Kind::SimpleResponses(_) | Kind::Text(_) | Kind::Payload(_))
            )
    };
    let has_content = messages.iter().any(|message| message.kind.is_some());
    if !has_content || messages.iter().any(speaks) {
        return;
    }
    let first = speech.into_iter().find(|words| !words.is_empty());
    if let Some(words) = first {
        messages.insert(0, spoken(&words));
    }
}

fn card(card: &Card) -> Form {
    let (links, answers) = buttons(card);
    // A basic card has a text, unless it has a picture.
    let text = [&card.subtitle, &card.title]
        .into_iter()
        .find(|text| !text.is_empty());
    let image = (!card.image_uri.is_empty()).then(|| picture(&card.image_uri, &card.title));
    let buttons = links.into_iter().map(|button| BasicCardButton {
        title: button.text.clone(),
        open_uri_action: Some(OpenUriAction {
            uri: button.postback.clone(),
            ..OpenUriAction::default()
        }),
        ..BasicCardButton::default()
    });
    let basic = (text.is_some() || image.is_some()).then(|| {
        mine(Kind::BasicCard(BasicCard {
            title: card.title.clone(),
            formatted_text: text.cloned().unwrap_or_default(),
            image,
            buttons: buttons.collect(),
            ..BasicCard::default()
        }))
    });
    let chips = suggestions(answers.iter().map(|button| &*button.text));
    Form::whole(basic.into_iter().chain(chips).collect()).losing_if(
        sends_another(&answers),
        "a card's buttons as suggestions: each says its text, not what the button sends back",
    )
}

fn list(list: &List) -> Form {
    // A list of one is none: Google Assistant wants two items at least.
    if let [item] = &*list.items {
        let text = [&item.description, &item.title]
            .into_iter()
            .find(|text| !text.is_empty());
        let card = BasicCard {
            title: item.title.clone(),
            formatted_text: text.cloned().unwrap_or_default(),
            image: (!item.image_uri.is_empty()).then(|| picture(&item.image_uri, &item.title)),
            ..BasicCard::default()
        };
        let says = suggestions([item.tap()]);
        return Form::whole([mine(Kind::BasicCard(card))].into_iter().chain(says).collect());
    }
    let items = list.items.iter().map(|item| ListItem {
        info: Some(SelectItemInfo {
            key: item.tap().to_owned(),
            ..SelectItemInfo::default()
        }),
        title: item.title.clone(),
        description: item.description.clone(),
        image: (!item.image_uri.is_empty()).then(|| picture(&item.image_uri, &item.title)),
        ..ListItem::default()
    });
    Form::whole(vec![mine(Kind::ListSelect(ListSelect {
        title: list.title.clone(),
        items: items.collect(),
        ..ListSelect::default()
    }))])
    .losing("a list whose choice arrives as the event actions_intent_OPTION, not as words")
}

fn picture(uri: &str, shows: &str) -> Image {
    Image {
        image_uri: uri.to_owned(),
        accessibility_text: shows.to_owned(),
        ..Image::default()
    }
}

fn spoken(words: &str) -> wire::Message {
    mine(Kind::SimpleResponses(SimpleResponses {
        simple_responses: vec![SimpleResponse {
            text_to_speech: words.to_owned(),
            ..SimpleResponse::default()
        }],
        ..SimpleResponses::default()
    }))
}

fn suggestions<'a>(titles: impl IntoIterator<Item = &'a str>) -> Option<wire::Message> {
    let suggestions: Vec<_> = titles
        .into_iter()
        .map(|title| Suggestion {
            title: title.to_owned(),
            ..Suggestion::default()
        })
        .collect();
    (!suggestions.is_empty()).then(|| {
        mine(Kind::Suggestions(Suggestions {
            suggestions,
            ..Suggestions::default()
        }))
    })
}

/// A message for Google Assistant alone.
fn mine(kind: Kind) -> wire::Message {
    wire::Message {
        platform: Platform::ActionsOnGoogle,
        ..only(kind)
    }
}
