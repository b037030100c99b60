//! A message as it is stored and sent: checked, and of a known size.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::MAX_BYTES;
use crate::channels::Id;
use crate::channels::id::hex;

/// A message that fits.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Letter {
    /// Chat's `Message`.
    pub(super) body: Map<String, Value>,
    /// Whether it is only for a thread that is there.
    #[serde(default)]
    pub(super) only_in_thread: bool,
}

impl Letter {
    /// The same in a thread that is begun where it is not there.
    pub(super) fn anywhere(self) -> Self {
        Self {
            only_in_thread: false,
            ..self
        }
    }

    /// `messageReplyOption`. Without a thread key there is none: Chat refuses an option that has no thread to be about. With a key there
    /// must be one, since by default Chat passes the key by.
    pub(super) fn reply_option(&self) -> Option<&'static str> {
        self.body
            .contains_key("thread")
            .then_some(if self.only_in_thread {
                "REPLY_MESSAGE_OR_FAIL"
            } else {
                "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"
            })
    }

    /// This text and the next in one message, if both are nothing but texts for the same thread and fit together.
    pub(super) fn and(&self, next: &Self) -> Option<Self> {
        let is_text = |letter: &Self| {
            letter
                .body
                .keys()
                .all(|key| ["text", "thread"].contains(&key.as_str()))
        };
        let is_same =
            self.body.get("thread") == next.body.get("thread") && self.only_in_thread == next.only_in_thread;
        if !(is_same && is_text(self) && is_text(next)) {
            return None;
        }
        let text = |letter: &Self| letter.body.get("text")?.as_str().map(str::to_owned);
        let mut both = self.clone();
        both.body.insert(
            "text".to_owned(),
            format!("{}\n{}", text(self)?, text(next)?).into(),
        );
        (both.bytes() < MAX_BYTES).then_some(both)
    }

    /// How large it is on the wire.
    pub(super) fn bytes(&self) -> usize {
        serde_json::to_vec(&self.body).map_or(usize::MAX, |body| body.len())
    }
}

/// `requestId`: by it Chat knows a repetition. The same for the same letters, and another for another form of them.
pub(super) fn request_id(keys: &[[u8; 32]], form: u32) -> String {
    let keys: Vec<_> = keys.iter().map(|key| hex(key)).collect();
    let mut parts = vec!["chat"];
    parts.extend(keys.iter().map(String::as_str));
    Id::derived(&parts, form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::chat::{Card, Message, Target};

    fn letter(message: impl Into<Message>) -> Letter {
        let url = "https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t";
        message.into().letter(&Target::new(url, None).unwrap()).unwrap()
    }

    #[test]
    fn an_option_stands_with_a_thread_and_never_without() {
        assert_eq!(letter("a").reply_option(), None);
        let threaded = letter(Message::text("a").thread("k"));
        assert_eq!(
            threaded.reply_option(),
            Some("REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD")
        );
        let only = letter(Message::text("a").only_in_thread("k"));
        assert_eq!(only.reply_option(), Some("REPLY_MESSAGE_OR_FAIL"));
        assert_eq!(only.anywhere().reply_option(), threaded.reply_option());
    }

    #[test]
    fn only_texts_for_the_same_thread_that_fit_go_together() {
        let both = letter("a").and(&letter("b")).unwrap();
        assert_eq!(both.body["text"], "a\nb");
        assert!(letter("a").and(&letter(Message::text("b").thread("k"))).is_none());
        assert!(letter("a").and(&letter(Card::new("b"))).is_none());
        let half = "\u{e4}".repeat(7_995);
        let almost = letter(half.as_str()).and(&letter(half.as_str())).unwrap();
        assert!(almost.bytes() < MAX_BYTES);
        assert!(almost.and(&letter("and much more than that")).is_none());
    }

    #[test]
    fn a_request_id_is_the_same_for_the_same_letters_in_the_same_form() {
        assert_eq!(
            request_id(&[[1; 32], [2; 32]], 0),
            request_id(&[[1; 32], [2; 32]], 0)
        );
        for other in [
            request_id(&[[1; 32]], 0),
            request_id(&[[2; 32], [1; 32]], 0),
            request_id(&[[1; 32], [2; 32]], 1),
        ] {
            assert_ne!(other, request_id(&[[1; 32], [2; 32]], 0));
        }
    }
}
