//! One content, every channel: text, card, chips, image and list without a platform, in the best form that the integration
//! of the turn has for them.
//!
//! What an integration draws itself stays as it is. Messages for one platform, payloads, and the console's own messages
//! pass untouched; and where a message for the turn's platform stands for a sort of content, that content keeps its plain
//! form ([`explicit`]). `docs/rendering.md` shows who gets what, and a test compares it with what is rendered here.

mod explicit;

mod assistant;
mod chat;
mod facebook;
mod line;
mod messenger;
mod plain;
mod slack;
mod telegram;

mod words;

use super::message::{Content, Message};
use super::payload::Payload;
use super::{Effect, Finding, List};
use crate::webhook::Source;
use crate::wire::{self, Card, CardButton, Image, Kind, Platform, QuickReplies, Struct, Text};

/// A reply's messages in the form that an integration shows.
pub(super) struct Rendered {
    pub(super) messages: Vec<wire::Message>,
    pub(super) findings: Vec<Finding>,
}

/// Content that no platform is named for.
enum General {
    Words(String),
    Card(Card),
    Chips(QuickReplies),
    Image(Image),
    List(List),
}

/// The form that one content takes: its messages, and what is lost by that.
struct Form {
    messages: Vec<wire::Message>,
    loss: Option<&'static str>,
}

impl Form {
    fn whole(messages: impl IntoIterator<Item = wire::Message>) -> Self {
        Self {
            messages: messages.into_iter().collect(),
            loss: None,
        }
    }

    /// Payloads, each under its platform's key. What breaks a rule of the platform's is not among them.
    fn payloads<P: Payload>(payloads: impl IntoIterator<Item = P>) -> Self {
        let members = payloads.into_iter().filter_map(|payload| payload.members().ok());
        Self::whole(members.map(Kind::Payload).map(only))
    }

    /// The same below words that are empty where there are none.
    fn below(mut self, title: &str) -> Self {
        if !title.is_empty() {
            self.messages.insert(0, text(title));
        }
        self
    }

    /// The other form where nothing came of this one.
    fn or(self, other: impl FnOnce() -> Self) -> Self {
        if self.messages.is_empty() { other() } else { self }
    }

    fn losing(mut self, what: &'static str) -> Self {
        self.loss = Some(what);
        self
    }

    fn losing_if(self, is_lost: bool, what: &'static str) -> Self {
        if is_lost { self.losing(what) } else { self }
    }
}

/// Renders `messages`, which stand beside this webhook payload, for the integration that draws them.
pub(super) fn render(messages: Vec<Message>, payload: &Struct, source: &Source) -> Rendered {
    let stands_for = explicit::stands_for(&messages, payload, source);
    let contents: Vec<_> = messages.iter().map(general).collect();
    let is_on_the_assistant = *source == Source::GoogleAssistant;
    // It speaks plain words itself, unless there is something of its own beside them.
    let speaks_plainly = is_on_the_assistant
        && contents
            .iter()
            .all(|content| matches!(content, Some(General::Words(_))));
    let mut rendered = Rendered {
        messages: Vec::new(),
        findings: Vec::new(),
    };
    for (message, content) in messages.iter().zip(&contents) {
        let place = || format!("fulfillmentMessages[{}]", rendered.messages.len());
        let form = match (content, &message.content) {
            (_, Err(rule)) => {
                rendered.findings.push(Finding::new(&place(), *rule));
                // It leaves its place empty, so that the places of the others stay right.
                Form::whole([wire::Message::default()])
            }
            (Some(content), _) if speaks_plainly || stands_for.covers(content) => plain::form(content),
            (Some(content), _) => form_for(source, content),
            (None, Ok(Content::Kind(kind))) => Form::whole([wire::Message {
                platform: message.platform.clone(),
                ..only(kind.clone())
            }]),
            (None, Ok(Content::List(list))) => list_for(&message.platform, list),
        };
        if let (Some(_), Ok(Content::Kind(kind))) = (content, &message.content)
            && let Some(rule) = blank(kind)
        {
            rendered.findings.push(Finding::new(&place(), rule));
        }
        let loss = form.loss.map(|loss| {
            Finding::new(&place(), format!("{} gets {loss}", source.name()))
                .with(Effect::Degraded)
                .mend("leave it so, or say something of its own there with `Message::on` or a payload")
        });
        rendered.findings.extend(loss);
        rendered.messages.extend(form.messages);
    }
    if is_on_the_assistant && !speaks_plainly && !stands_for.has_words() {
        let speech = contents.iter().flatten().map(words::spoken);
        assistant::give_speech(&mut rendered.messages, speech);
    }
    rendered
}

/// What a message says to all platforms, if it does and is whole; what is not is left to the proof.
fn general(message: &Message) -> Option<General> {
    if message.platform != Platform::Unspecified || message.is_as_it_came {
        return None;
    }
    match message.content.as_ref().ok()? {
        Content::List(list) => Some(General::List(list.clone())),
        Content::Kind(Kind::Text(text)) => {
            let words = text.text.first().filter(|words| !words.is_empty())?;
            Some(General::Words(words.clone()))
        }
        Content::Kind(Kind::Card(card)) => {
            let mut card = card.clone();
            card.buttons.retain(|button| !button.text.trim().is_empty());
            (card != Card::default()).then_some(General::Card(card))
        }
        Content::Kind(Kind::QuickReplies(chips)) => {
            let mut chips = chips.clone();
            chips.quick_replies.retain(|reply| !reply.trim().is_empty());
            (!chips.quick_replies.is_empty()).then_some(General::Chips(chips))
        }
        Content::Kind(Kind::Image(image)) => {
            (!image.image_uri.is_empty()).then(|| General::Image(image.clone()))
        }
        Content::Kind(_) => None,
    }
}

/// What is left out of general content because nobody could read it: where an integration has a form of its own for it, the proof
/// would not know it again.
fn blank(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Card(card) => {
            let is_blank = card.buttons.iter().any(|button| button.text.trim().is_empty());
            is_blank.then_some("a card's button has a text; one without was left out")
        }
        Kind::QuickReplies(chips) => {
            let is_blank = chips.quick_replies.iter().any(|reply| reply.trim().is_empty());
            is_blank.then_some("a quick reply has words in it; one without was left out")
        }
        _ => None,
    }
}

/// The best form that an integration has for a content.
fn form_for(source: &Source, content: &General) -> Form {
    match source {
        Source::Messenger => messenger::form(content),
        Source::GoogleAssistant => assistant::form(content),
        Source::GoogleChat => chat::form(content),
        Source::Twilio => words::written_form(content),
        Source::Telephony => words::spoken_form(content),
        Source::Api | Source::Console | Source::Other(_) => plain::form(content),
        // These draw cards, pictures and quick replies themselves.
        Source::Facebook
        | Source::Slack
        | Source::Telegram
        | Source::Line
        | Source::Viber
        | Source::Kik
        | Source::Skype => match content {
            General::List(list) => match source {
                Source::Facebook => facebook::list(list),
                Source::Slack => slack::list(list),
                Source::Telegram => telegram::list(list),
                Source::Line => line::list(list),
                _ => plain::cards(list),
            },
            _ => plain::form(content),
        },
    }
}

/// A list that is for one platform only, in that platform's form.
fn list_for(platform: &Platform, list: &List) -> Form {
    let content = General::List(list.clone());
    let source = match platform {
        Platform::Facebook => Source::Facebook,
        Platform::Slack => Source::Slack,
        Platform::Telegram => Source::Telegram,
        Platform::Kik => Source::Kik,
        Platform::Skype => Source::Skype,
        Platform::Line => Source::Line,
        Platform::Viber => Source::Viber,
        Platform::ActionsOnGoogle => Source::GoogleAssistant,
        Platform::Telephony => Source::Telephony,
        Platform::GoogleHangouts => Source::GoogleChat,
        Platform::Unspecified | Platform::UnknownName(_) | Platform::UnknownNumber(_) => Source::Api,
    };
    let mut form = form_for(&source, &content);
    for message in &mut form.messages {
        message.platform = platform.clone();
    }
    form.loss = None;
    form
}

/// A platform's own message as it is sent; none where it breaks a rule of its own.
fn own(message: impl Into<Message>) -> Option<wire::Message> {
    let message = message.into();
    match message.content {
        Ok(Content::Kind(kind)) => Some(wire::Message {
            platform: message.platform,
            ..only(kind)
        }),
        Ok(Content::List(_)) | Err(_) => None,
    }
}

/// A message of that kind, for all platforms.
fn only(kind: Kind) -> wire::Message {
    wire::Message {
        kind: Some(kind),
        ..wire::Message::default()
    }
}

fn text(words: impl Into<String>) -> wire::Message {
    only(Kind::Text(Text {
        text: vec![words.into()],
        ..Text::default()
    }))
}

/// A card's buttons: those that open a link, and those that send something back.
fn buttons(card: &Card) -> (Vec<&CardButton>, Vec<&CardButton>) {
    card.buttons.iter().partition(|button| is_link(&button.postback))
}

/// Whether a button sends back something else than it says, which a chip cannot.
fn sends_another(buttons: &[&CardButton]) -> bool {
    buttons
        .iter()
        .any(|button| !button.postback.is_empty() && button.postback != button.text)
}

/// Whether a button's postback is a link to open, and not something to send back.
fn is_link(postback: &str) -> bool {
    postback.contains("://") || postback.starts_with("tel:") || postback.starts_with("mailto:")
}

/// At most `most` characters of a text.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let shorter: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", shorter.trim_end())
}
