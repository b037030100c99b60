//! What is told in a space: a text, cards, and in which thread.

use serde_json::{Map, Value, json};

use super::letter::Letter;
use super::{Card, Target};
use crate::channels::Unfit;

/// A message must have fewer bytes than this, as JSON and whole. Source: Chat's reference of messages.
pub const MAX_BYTES: usize = 32_000;

/// The longest thread key, in characters. Source: Chat's reference of threads.
const MAX_THREAD_KEY: usize = 4_000;

/// A message to a space.
///
/// A text may have Chat's marks: `*bold*`, `_italic_`, `~struck~`, `` `code` ``, `<https://example.com|a link>`, `<users/all>`. What
/// somebody else wrote goes through [`plain`].
#[derive(Clone, Default)]
#[must_use = "a message is sent by `Spaces::send`"]
pub struct Message {
    text: Option<String>,
    cards: Vec<Card>,
    notice: Option<String>,
    thread: Option<Thread>,
    only_in_thread: bool,
    once: Option<String>,
    is_shortened: bool,
}

#[derive(Clone)]
enum Thread {
    Key(String),
    Of(String),
}

hide!(Message);

impl Message {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::default()
        }
    }

    /// A card.
    pub fn card(card: Card) -> Self {
        Self::default().and_card(card)
    }

    /// And another card.
    pub fn and_card(mut self, card: Card) -> Self {
        self.cards.push(card);
        self
    }

    /// What is shown of cards where only words can be, as in a phone's notification. Without it, Chat says that there is a card.
    pub fn notice(mut self, words: impl Into<String>) -> Self {
        self.notice = Some(words.into());
        self
    }

    /// In the thread of that key, which is begun if it is not there. A key belongs to the webhook: another webhook of the same space has
    /// another thread for it. In a space that has no threads it changes nothing.
    pub fn thread(mut self, key: impl Into<String>) -> Self {
        self.thread = Some(Thread::Key(key.into()));
        self
    }

    /// In the thread for what that names, such as a session or a user: Chat is told a keyed hash of it and nothing else.
    pub fn thread_of(mut self, name: impl Into<String>) -> Self {
        self.thread = Some(Thread::Of(name.into()));
        self
    }

    /// In the thread of that key; Chat may refuse it where the thread is not there, and then it begins one. Of Google's two descriptions
    /// of this option one says that it always begins one, so [`thread`](Self::thread) is the better choice where both would do.
    pub fn only_in_thread(mut self, key: impl Into<String>) -> Self {
        self.only_in_thread = true;
        self.thread(key)
    }

    /// Not a second time within 14 days, however often it is sent to the queue: a handler may run twice for one turn. The key is anything
    /// that tells this message from all others, such as the turn's response id; an empty one tells it from none, and changes nothing.
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.once = Some(key.into());
        self
    }

    /// With its text cut at the end to what a message may have, where it has more. The end of the text then says how much is missing. Cards
    /// are not cut.
    pub fn shortened(mut self) -> Self {
        self.is_shortened = true;
        self
    }

    /// What makes it this message and no other, if it was told.
    pub(super) fn once_key(&self) -> Option<&str> {
        self.once.as_deref().filter(|key| !key.is_empty())
    }

    /// Checks it, as a whole.
    pub(super) fn letter(&self, target: &Target) -> Result<Letter, Unfit> {
        let mut faults = Vec::new();
        let text = self.text.clone();
        if text.as_deref().is_some_and(|text| text.trim().is_empty()) {
            faults.push("`text`: it is empty".to_owned());
        }
        if text.is_none() && self.cards.is_empty() {
            faults.push("there is neither a text nor a card".to_owned());
        }
        for (number, card) in self.cards.iter().enumerate() {
            card.check(&format!("cards[{number}]"), &mut faults);
        }
        let key = match &self.thread {
            Some(Thread::Key(key)) => key.clone(),
            Some(Thread::Of(name)) => target.thread_of(name),
            None => String::new(),
        };
        if self.thread.is_some() && !(1..=MAX_THREAD_KEY).contains(&key.chars().count()) {
            faults.push(format!(
                "`thread`: expected a key of 1 to {MAX_THREAD_KEY} characters"
            ));
        }
        let text = match text {
            Some(text) if self.is_shortened => {
                let around = self.body(Some(String::new()), key.clone()).to_string().len();
                Some(fitting(text, (MAX_BYTES - 1).saturating_sub(around)))
            }
            text => text,
        };
        let body = self.body(text, key);
        let bytes = body.to_string().len();
        if bytes >= MAX_BYTES {
            faults.push(format!("{bytes} bytes, and fewer than {MAX_BYTES} are taken"));
        }
        match (body, faults.is_empty()) {
            (Value::Object(body), true) => Ok(Letter {
                body,
                only_in_thread: self.only_in_thread,
            }),
            _ => Err(Unfit::of(faults)),
        }
    }

    fn body(&self, text: Option<String>, thread_key: String) -> Value {
        let mut body = Map::new();
        if let Some(text) = text {
            body.insert("text".to_owned(), text.into());
        }
        if !self.cards.is_empty() {
            let cards = self.cards.iter().enumerate();
            let cards =
                cards.map(|(number, card)| json!({"cardId": format!("card-{number}"), "card": card.json()}));
            body.insert("cardsV2".to_owned(), cards.collect());
        }
        if let Some(notice) = &self.notice {
            body.insert("fallbackText".to_owned(), notice.as_str().into());
        }
        if self.thread.is_some() {
            body.insert("thread".to_owned(), json!({"threadKey": thread_key}));
        }
        Value::Object(body)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<Card> for Message {
    fn from(card: Card) -> Self {
        Self::card(card)
    }
}

/// Words that somebody else wrote, so that they mention nobody and link nowhere: without the angle brackets that Chat reads such from.
///
/// ```
/// use flowhook::channels::chat::plain;
///
/// assert_eq!(plain("<users/all> look!"), "\u{2039}users/all\u{203a} look!");
/// ```
#[must_use]
pub fn plain(words: &str) -> String {
    words.replace('<', "\u{2039}").replace('>', "\u{203a}")
}

/// How many bytes a text has in JSON, without its quotes.
fn escaped(text: &str) -> usize {
    Value::from(text).to_string().len() - 2
}

/// A text in so many bytes of JSON: its beginning, with how much is missing, where it has more.
fn fitting(text: String, room: usize) -> String {
    if escaped(&text) <= room {
        return text;
    }
    let mut kept = text.len().min(room);
    loop {
        while !text.is_char_boundary(kept) {
            kept -= 1;
        }
        let missing = text.len() - kept;
        let shorter = format!("{}\n… ({missing} bytes more)", &text[..kept]);
        let over = escaped(&shorter).saturating_sub(room);
        if over == 0 || kept == 0 {
            return shorter;
        }
        // A byte is six in JSON at most, as in \u0000.
        kept = kept.saturating_sub(over.div_ceil(6));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        Target::new(
            "https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t",
            None,
        )
        .unwrap()
    }

    #[test]
    fn what_chat_would_refuse_is_told_by_place_and_not_quoted() {
        for (message, fault) in [
            (Message::text(" "), "`text`: it is empty"),
            (Message::default(), "there is neither a text nor a card"),
            (
                Message::text("sekrit").thread(""),
                "`thread`: expected a key of 1 to 4000 characters",
            ),
            (
                Message::text("sekrit").thread("k".repeat(4_001)),
                "`thread`: expected a key of 1 to 4000 characters",
            ),
            (
                Message::text("s".repeat(31_989)),
                "32000 bytes, and fewer than 32000 are taken",
            ),
        ] {
            let error = message.letter(&target()).err().unwrap().to_string();
            assert_eq!(error, format!("the message would be refused: {fault}"));
        }
        assert!(Message::text("s".repeat(31_988)).letter(&target()).is_ok());
        assert_eq!(format!("{:?}", Message::text("sekrit")), "Message");
    }

    #[test]
    fn a_long_text_is_cut_to_what_fits_and_says_what_is_missing() {
        for text in ["a", "\u{e4}\u{1f600}", "x\n", "\u{1}"] {
            let long = Message::text(text.repeat(40_000)).thread("key").shortened();
            let letter = long.letter(&target()).unwrap();
            assert!(
                (31_900..MAX_BYTES).contains(&letter.bytes()),
                "{}",
                letter.bytes()
            );
            let text = letter.body["text"].as_str().unwrap();
            assert!(text.ends_with(" bytes more)"), "{}", &text[text.len() - 30..]);
        }
        let short = Message::text("short").shortened().letter(&target()).unwrap();
        assert_eq!(short.body["text"], "short");
    }

    #[test]
    fn a_thread_for_a_session_does_not_name_it() {
        let letter = Message::text("a")
            .thread_of("sessions/15550100")
            .letter(&target())
            .unwrap();
        let key = letter.body["thread"]["threadKey"].as_str().unwrap();
        assert_eq!(key.len(), 32);
        assert!(!key.contains("5550100"));
        let same = Message::text("b")
            .thread_of("sessions/15550100")
            .letter(&target())
            .unwrap();
        assert_eq!(same.body["thread"], letter.body["thread"]);
    }
}
