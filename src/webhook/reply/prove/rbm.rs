//! The rules for messages of RCS for Business.

use super::limits::{ADVISED_RBM_SUGGESTION, CAROUSEL, MAX_RBM_DESCRIPTION, MAX_RBM_TITLE};
use super::{Rule, cut_bytes, take};
use crate::webhook::reply::Finding;
use crate::wire::{
    CardOrientation, Height, Kind, RbmActionKind, RbmCardContent, RbmStandaloneCard, RbmSuggestion,
    RbmSuggestionKind,
};

/// A message of RBM's without what breaks a rule; nothing when that cannot be.
pub(super) fn proved(kind: Kind, place: &str, findings: &mut Vec<Finding>) -> Option<Kind> {
    match kind {
        Kind::RbmText(mut text) => {
            let place = format!("{place}.rbmText");
            prove_suggestions(
                &mut text.rbm_suggestion,
                &format!("{place}.rbmSuggestion"),
                findings,
            );
            if text.text.is_empty() {
                findings.push(TEXT.takes_out(&place));
                return None;
            }
            Some(Kind::RbmText(text))
        }
        Kind::RbmStandaloneRichCard(mut card) => {
            let place = format!("{place}.rbmStandaloneRichCard");
            let is_vertical = card.card_orientation == CardOrientation::Vertical;
            let content = card.card_content.take().unwrap_or_default();
            card.card_content = Some(prove_content(
                content,
                &format!("{place}.cardContent"),
                is_vertical,
                findings,
            )?);
            Some(Kind::RbmStandaloneRichCard(card))
        }
        Kind::RbmCarouselRichCard(mut carousel) => {
            let place = format!("{place}.rbmCarouselRichCard");
            let cards = std::mem::take(&mut carousel.card_contents);
            let cards = cards.into_iter().enumerate();
            carousel.card_contents = cards
                .filter_map(|(number, card)| {
                    prove_content(card, &format!("{place}.cardContents[{number}]"), true, findings)
                })
                .collect();
            if carousel.card_contents.len() > *CAROUSEL.end() {
                findings.push(CARDS.changes(&place));
                carousel.card_contents.truncate(*CAROUSEL.end());
            }
            if carousel.card_contents.len() >= *CAROUSEL.start() {
                return Some(Kind::RbmCarouselRichCard(carousel));
            }
            let Some(card) = carousel.card_contents.pop() else {
                findings.push(CARDS.takes_out(&place));
                return None;
            };
            findings.push(CARDS.changes(&place));
            let card = RbmStandaloneCard {
                card_orientation: CardOrientation::Vertical,
                card_content: Some(card),
                ..RbmStandaloneCard::default()
            };
            Some(Kind::RbmStandaloneRichCard(Box::new(card)))
        }
        other => Some(other),
    }
}

fn prove_content(
    mut card: RbmCardContent,
    place: &str,
    has_height: bool,
    findings: &mut Vec<Finding>,
) -> Option<RbmCardContent> {
    if card.media.as_ref().is_some_and(|media| media.file_uri.is_empty()) {
        findings.push(MEDIA.takes_out(&format!("{place}.media")));
        card.media = None;
    }
    if card.title.is_empty() && card.description.is_empty() && card.media.is_none() {
        findings.push(CONTENT.takes_out(place));
        return None;
    }
    if let Some(media) = card
        .media
        .as_mut()
        .filter(|media| has_height && media.height == Height::Unspecified)
    {
        findings.push(HEIGHT.changes(&format!("{place}.media.height")));
        media.height = Height::Medium;
    }
    if cut_bytes(&mut card.title, MAX_RBM_TITLE) {
        findings.push(TITLE.changes(&format!("{place}.title")));
    }
    if cut_bytes(&mut card.description, MAX_RBM_DESCRIPTION) {
        findings.push(DESCRIPTION.changes(&format!("{place}.description")));
    }
    prove_suggestions(&mut card.suggestions, &format!("{place}.suggestions"), findings);
    Some(card)
}

fn prove_suggestions(suggestions: &mut Vec<RbmSuggestion>, place: &str, findings: &mut Vec<Finding>) {
    let too_long: Vec<_> = suggestions
        .iter()
        .enumerate()
        .filter(|(_, suggestion)| text_of(suggestion).chars().count() > ADVISED_RBM_SUGGESTION)
        .map(|(number, _)| SUGGESTION_TEXT.advises(&format!("{place}[{number}]")))
        .collect();
    findings.extend(too_long);
    take(suggestions, place, findings, |suggestion| {
        if text_of(suggestion).is_empty() {
            return Some(SUGGESTION);
        }
        match &suggestion.suggestion {
            Some(RbmSuggestionKind::Action(action)) => match &action.action {
                Some(RbmActionKind::Dial(dial)) => dial.phone_number.is_empty().then_some(DIAL),
                Some(RbmActionKind::OpenUrl(open)) => open.uri.is_empty().then_some(OPEN_URL),
                Some(RbmActionKind::ShareLocation(_)) => None,
                None => Some(ACTION),
            },
            _ => None,
        }
    });
}

fn text_of(suggestion: &RbmSuggestion) -> &str {
    match &suggestion.suggestion {
        Some(RbmSuggestionKind::Reply(reply)) => &reply.text,
        Some(RbmSuggestionKind::Action(action)) => &action.text,
        None => "",
    }
}

const TEXT: Rule = Rule {
    says: "a text of RBM's has words in it",
    mend: "say something, or leave the message out",
};
const CARDS: Rule = Rule {
    says: "a carousel of RBM's has 2 to 10 cards; one card is sent as a card, and those above ten are left out",
    mend: "send 2 to 10 cards, or a standalone card",
};
const CONTENT: Rule = Rule {
    says: "a card of RBM's has a title, a description or media",
    mend: "put something on it, or leave it out",
};
const MEDIA: Rule = Rule {
    says: "media of RBM's have the URI of their file",
    mend: "say where the file lies",
};
const HEIGHT: Rule = Rule {
    says: "media on a vertical card of RBM's have a height; medium was set",
    mend: "choose short, medium or tall",
};
const TITLE: Rule = Rule {
    says: "a title of RBM's has at most 200 bytes; the rest was cut",
    mend: "write a shorter title",
};
const DESCRIPTION: Rule = Rule {
    says: "a description of RBM's has at most 2,000 bytes; the rest was cut",
    mend: "write a shorter description, or send a text after the card",
};
const SUGGESTION: Rule = Rule {
    says: "a suggestion of RBM's is a reply or an action, and has a text",
    mend: "give it a text, or leave it out",
};
const SUGGESTION_TEXT: Rule = Rule {
    says: "RCS for Business shows 25 characters of a suggestion's text",
    mend: "write a shorter text, and the rest into the postback",
};
const DIAL: Rule = Rule {
    says: "an action of RBM's that dials has a phone number",
    mend: "give the number in E.164",
};
const OPEN_URL: Rule = Rule {
    says: "an action of RBM's that opens a page has its URI",
    mend: "say which page",
};
const ACTION: Rule = Rule {
    says: "an action of RBM's dials, opens a page or shares the location",
    mend: "say what it does, or make it a reply",
};
