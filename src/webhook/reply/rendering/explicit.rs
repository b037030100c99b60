//! Explicit messages win: what a reply says for the turn's own platform stands for the general content of the same sort.
//!
//! A message is explicit when it is for the turn's platform, or is a payload with that platform's key (for Dialogflow
//! Messenger, `richContent`). Words stand for words, chips for chips, a card of any kind for cards, a picture for pictures, a list
//! or a carousel for lists. A payload may show anything, so it stands for all but words; Google Assistant's own rich response
//! beside the messages stands for all. General content that is stood for keeps its plain form, and is never taken out: which of
//! the two an integration shows is the integration's choice.

use super::General;
use crate::webhook::Source;
use crate::webhook::reply::message::{Content, Message};
use crate::wire::{Kind, Platform, Struct};

/// The sorts of content that a reply's explicit messages stand for.
#[derive(Default)]
pub(super) struct StandsFor {
    words: bool,
    card: bool,
    chips: bool,
    image: bool,
    list: bool,
}

impl StandsFor {
    pub(super) fn covers(&self, content: &General) -> bool {
        match content {
            General::Words(_) => self.words,
            General::Card(_) => self.card,
            General::Chips(_) => self.chips,
            General::Image(_) => self.image,
            General::List(_) => self.list,
        }
    }

    pub(super) fn has_words(&self) -> bool {
        self.words
    }

    fn all_but_words(&mut self) {
        self.card = true;
        self.chips = true;
        self.image = true;
        self.list = true;
    }

    fn add(&mut self, content: &Content) {
        match content {
            Content::List(_) => self.list = true,
            Content::Kind(kind) => match kind {
                Kind::Text(_)
                | Kind::SimpleResponses(_)
                | Kind::TelephonyPlayAudio(_)
                | Kind::TelephonySynthesizeSpeech(_)
                | Kind::RbmText(_) => self.words = true,
                Kind::QuickReplies(_) | Kind::Suggestions(_) | Kind::LinkOutSuggestion(_) => {
                    self.chips = true
                }
                Kind::Card(_)
                | Kind::BasicCard(_)
                | Kind::TableCard(_)
                | Kind::MediaContent(_)
                | Kind::RbmStandaloneRichCard(_) => self.card = true,
                Kind::Image(_) => self.image = true,
                Kind::ListSelect(_)
                | Kind::CarouselSelect(_)
                | Kind::BrowseCarouselCard(_)
                | Kind::RbmCarouselRichCard(_) => self.list = true,
                Kind::Payload(_) => self.all_but_words(),
                Kind::TelephonyTransferCall(_) => {}
            },
        }
    }
}

/// What the explicit messages of a reply stand for on this integration.
pub(super) fn stands_for(messages: &[Message], payload: &Struct, source: &Source) -> StandsFor {
    let mut stands_for = StandsFor::default();
    let platform = source.platform();
    let key = source.payload_key();
    for message in messages {
        let Ok(content) = &message.content else { continue };
        let is_named =
            message.platform != Platform::Unspecified && platform.as_ref() == Some(&message.platform);
        let is_its_payload = matches!(
            (content, key),
            (Content::Kind(Kind::Payload(members)), Some(key))
                if message.platform == Platform::Unspecified && members.contains_key(key)
        );
        if is_named || is_its_payload {
            stands_for.add(content);
        }
    }
    if *source == Source::GoogleAssistant && payload.contains_key("google") {
        stands_for.all_but_words();
        stands_for.words = true;
    }
    stands_for
}
