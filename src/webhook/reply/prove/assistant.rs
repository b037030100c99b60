//! The rules for messages of Google Assistant's.

use super::limits::{ADVISED_CAROUSEL, ADVISED_LIST, ADVISED_SUGGESTION, ADVISED_SUGGESTIONS, CAROUSEL};
use super::{Rule, take};
use crate::webhook::Source;
use crate::webhook::reply::Finding;
use crate::webhook::reply::assistant::is_speech;
use crate::wire::{
    BasicCard, BasicCardButton, BrowseCarouselCard, Image, Kind, OpenUriAction, SelectItemInfo,
    SimpleResponses, WebhookResponse,
};

/// A reply without speech fails on Google Assistant. That is told by its users and nowhere documented, so it is advice.
pub(super) fn advise_on_speech(response: &WebhookResponse, source: &Source, findings: &mut Vec<Finding>) {
    let has_own = response
        .payload
        .as_ref()
        .is_some_and(|payload| payload.contains_key("google"));
    let messages = &response.fulfillment_messages;
    if *source != Source::GoogleAssistant || has_own || messages.is_empty() {
        return;
    }
    if !messages.iter().any(is_speech) {
        findings.push(SPEECH.advises("fulfillmentMessages"));
    }
}

/// A message of Google Assistant's without what breaks a rule; nothing when that cannot be.
pub(super) fn proved(mut kind: Kind, place: &str, findings: &mut Vec<Finding>) -> Option<Kind> {
    let rule = match &mut kind {
        Kind::SimpleResponses(responses) => prove_simple(responses, place, findings),
        Kind::BasicCard(card) => prove_card(card, &format!("{place}.basicCard"), findings),
        Kind::Suggestions(suggestions) => {
            let list = &mut suggestions.suggestions;
            let place = format!("{place}.suggestions.suggestions");
            take(list, &place, findings, |suggestion| {
                suggestion.title.is_empty().then_some(SUGGESTION)
            });
            let is_long = list
                .iter()
                .any(|suggestion| suggestion.title.chars().count() > ADVISED_SUGGESTION);
            if is_long || list.len() > ADVISED_SUGGESTIONS {
                findings.push(SHORT_SUGGESTIONS.advises(&place));
            }
            list.is_empty().then_some(SUGGESTIONS)
        }
        Kind::LinkOutSuggestion(link) => {
            (link.destination_name.is_empty() || link.uri.is_empty()).then_some(LINK_OUT)
        }
        Kind::ListSelect(list) => {
            let place = format!("{place}.listSelect.items");
            take(&mut list.items, &place, findings, |item| {
                fault_of_item(item.info.as_ref(), &item.title)
            });
            if !list.items.is_empty() && !ADVISED_LIST.contains(&list.items.len()) {
                findings.push(LIST_LENGTH.advises(&place));
            }
            list.items.is_empty().then_some(ITEMS)
        }
        Kind::CarouselSelect(carousel) => {
            let place = format!("{place}.carouselSelect.items");
            take(&mut carousel.items, &place, findings, |item| {
                fault_of_item(item.info.as_ref(), &item.title)
            });
            for (number, item) in carousel.items.iter_mut().enumerate() {
                let place = format!("{place}[{number}].image");
                name_picture(item.image.as_mut(), &item.title, &place, findings);
            }
            if !carousel.items.is_empty() && !ADVISED_CAROUSEL.contains(&carousel.items.len()) {
                findings.push(CAROUSEL_LENGTH.advises(&place));
            }
            carousel.items.is_empty().then_some(ITEMS)
        }
        Kind::BrowseCarouselCard(carousel) => {
            let place = format!("{place}.browseCarouselCard");
            match prove_browsing(carousel, &place, findings) {
                Ok(None) => None,
                Ok(Some(mut card)) => {
                    let rule = prove_card(&mut card, &place, findings);
                    kind = Kind::BasicCard(Box::new(card));
                    rule
                }
                Err(rule) => Some(rule),
            }
        }
        Kind::TableCard(table) => table.title.is_empty().then_some(TABLE),
        Kind::MediaContent(media) => {
            let place = format!("{place}.mediaContent.mediaObjects");
            take(&mut media.media_objects, &place, findings, |object| {
                (object.name.is_empty() || object.content_url.is_empty()).then_some(MEDIA_OBJECT)
            });
            media.media_objects.is_empty().then_some(MEDIA)
        }
        _ => None,
    };
    if let Some(rule) = rule {
        findings.push(rule.takes_out(place));
        return None;
    }
    Some(kind)
}

fn prove_simple(responses: &mut SimpleResponses, place: &str, findings: &mut Vec<Finding>) -> Option<Rule> {
    let list = &mut responses.simple_responses;
    let place = format!("{place}.simpleResponses.simpleResponses");
    take(list, &place, findings, |response| {
        (response.text_to_speech.is_empty() && response.ssml.is_empty()).then_some(SIMPLE)
    });
    if list.len() > 1 {
        findings.push(ONE_SIMPLE.changes(&place));
        list.truncate(1);
    }
    for response in list.iter_mut() {
        if !response.text_to_speech.is_empty() && !response.ssml.is_empty() {
            findings.push(SSML_OR_TEXT.changes(&format!("{place}[0].textToSpeech")));
            let words = std::mem::take(&mut response.text_to_speech);
            if response.display_text.is_empty() {
                response.display_text = words;
            }
        }
    }
    list.is_empty().then_some(SIMPLE)
}

fn prove_card(card: &mut BasicCard, place: &str, findings: &mut Vec<Finding>) -> Option<Rule> {
    take(
        &mut card.buttons,
        &format!("{place}.buttons"),
        findings,
        fault_of_button,
    );
    if card
        .image
        .as_ref()
        .is_some_and(|image| image.image_uri.is_empty())
    {
        findings.push(PICTURE.takes_out(&format!("{place}.image")));
        card.image = None;
    }
    if !card.formatted_text.is_empty() || card.image.is_some() {
        return None;
    }
    // A subtitle says the same at nearly the same place; a title is said twice rather than not at all.
    let text = if card.subtitle.is_empty() {
        card.title.clone()
    } else {
        std::mem::take(&mut card.subtitle)
    };
    if text.is_empty() {
        return Some(CARD_TEXT);
    }
    findings.push(CARD_TEXT.changes(&format!("{place}.formattedText")));
    card.formatted_text = text;
    None
}

fn fault_of_button(button: &mut BasicCardButton) -> Option<Rule> {
    let opens = button
        .open_uri_action
        .as_ref()
        .is_some_and(|action| !action.uri.is_empty());
    (button.title.is_empty() || !opens).then_some(BUTTON)
}

fn fault_of_item(info: Option<&SelectItemInfo>, title: &str) -> Option<Rule> {
    let has_key = info.is_some_and(|info| !info.key.is_empty());
    (title.is_empty() || !has_key).then_some(ITEM)
}

fn name_picture(image: Option<&mut Image>, title: &str, place: &str, findings: &mut Vec<Finding>) {
    let Some(image) =
        image.filter(|image| !image.image_uri.is_empty() && image.accessibility_text.is_empty())
    else {
        return;
    };
    findings.push(PICTURE_TEXT.changes(&format!("{place}.accessibilityText")));
    image.accessibility_text = title.to_owned();
}

/// Proves a carousel of pages; one page alone becomes a card that opens it.
fn prove_browsing(
    carousel: &mut BrowseCarouselCard,
    place: &str,
    findings: &mut Vec<Finding>,
) -> Result<Option<BasicCard>, Rule> {
    take(&mut carousel.items, &format!("{place}.items"), findings, |page| {
        let opens = page
            .open_uri_action
            .as_ref()
            .is_some_and(|action| !action.url.is_empty());
        (page.title.is_empty() || !opens).then_some(PAGE)
    });
    if carousel.items.len() > *CAROUSEL.end() {
        findings.push(PAGES.changes(place));
        carousel.items.truncate(*CAROUSEL.end());
    }
    if carousel.items.len() >= *CAROUSEL.start() {
        return Ok(None);
    }
    let page = carousel.items.pop().ok_or(PAGES)?;
    findings.push(PAGES.changes(place));
    let text = if page.description.is_empty() {
        page.title.clone()
    } else {
        page.description
    };
    Ok(Some(BasicCard {
        buttons: vec![BasicCardButton {
            title: page.title.clone(),
            open_uri_action: page.open_uri_action.map(|action| OpenUriAction {
                uri: action.url,
                ..OpenUriAction::default()
            }),
            ..BasicCardButton::default()
        }],
        title: page.title,
        formatted_text: text,
        image: page.image,
        ..BasicCard::default()
    }))
}

const SPEECH: Rule = Rule {
    says: "Google Assistant is said to answer nothing (\"empty speech response\") to a reply without speech",
    mend: "say some words too",
};
const SIMPLE: Rule = Rule {
    says: "a simple response has words or SSML to speak",
    mend: "say something, or leave it out",
};
const ONE_SIMPLE: Rule = Rule {
    says: "a webhook's `simpleResponses` holds one response; the first was kept",
    mend: "send a message for each, or one of them",
};
const SSML_OR_TEXT: Rule = Rule {
    says: "a simple response speaks from words or from SSML, not from both; the SSML was kept, the words are shown",
    mend: "give one of them",
};
const CARD_TEXT: Rule = Rule {
    says: "a basic card has a formatted text, unless it has an image",
    mend: "give it a text or an image",
};
const BUTTON: Rule = Rule {
    says: "a button of Google Assistant's has a title, and a URI that it opens",
    mend: "give both; what sends words back is a suggestion",
};
const PICTURE: Rule = Rule {
    says: "an image has a URI",
    mend: "say where the picture lies, or leave it out",
};
const PICTURE_TEXT: Rule = Rule {
    says: "a picture in a carousel has an accessibility text; the item's title was set",
    mend: "say what the picture shows",
};
const SUGGESTION: Rule = Rule {
    says: "a suggestion has a title",
    mend: "give it one, or leave it out",
};
const SUGGESTIONS: Rule = Rule {
    says: "suggestions have at least one suggestion",
    mend: "offer something, or leave the message out",
};
const SHORT_SUGGESTIONS: Rule = Rule {
    says: "Google Assistant is remembered to show 8 suggestions of 25 characters at most",
    mend: "offer fewer, with shorter titles",
};
const LINK_OUT: Rule = Rule {
    says: "a link-out suggestion has the name of its destination and a URI",
    mend: "give both",
};
const ITEM: Rule = Rule {
    says: "an item to choose has a title, and a key in its `info`",
    mend: "give both",
};
const ITEMS: Rule = Rule {
    says: "a list or carousel to choose from has at least one item",
    mend: "offer something, or leave the message out",
};
const LIST_LENGTH: Rule = Rule {
    says: "Google Assistant is remembered to want 2 to 30 items in a list",
    mend: "offer 2 to 30",
};
const CAROUSEL_LENGTH: Rule = Rule {
    says: "Google Assistant is remembered to want 2 to 10 items in a carousel",
    mend: "offer 2 to 10, or a list",
};
const PAGE: Rule = Rule {
    says: "a page of a carousel has a title, and a URL that it opens",
    mend: "give both",
};
const PAGES: Rule = Rule {
    says: "a carousel of pages has 2 to 10; one is sent as a card, and those above ten are left out",
    mend: "send 2 to 10 pages, or a basic card",
};
const TABLE: Rule = Rule {
    says: "a table has a title",
    mend: "give it one",
};
const MEDIA_OBJECT: Rule = Rule {
    says: "a medium has a name, and a URL where it lies",
    mend: "give both",
};
const MEDIA: Rule = Rule {
    says: "media content has at least one medium",
    mend: "play something, or leave the message out",
};
