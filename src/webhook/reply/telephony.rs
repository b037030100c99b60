//! The phone gateway: what a caller hears, and where the call goes. v2beta1 only.
//!
//! Each message is for the platform `TELEPHONY`, so other integrations do not show it. An agent that speaks v2 cannot send
//! them: they are left out there, and the log says so.
//!
//! ```
//! use flowhook::{Reply, ssml::Speech, telephony};
//!
//! let reply = Reply::text("I will connect you.")
//!     .say(telephony::speak(Speech::of("I will connect you. ").stress("One moment.")))
//!     .say(telephony::transfer("+1 650 555 0100"));
//! ```

use super::Message;
use super::ssml::Speech;
use crate::webhook::reply::withheld::withheld;
use crate::wire::{
    Kind, Platform, Speech as Source, TelephonyPlayAudio, TelephonySynthesizeSpeech, TelephonyTransferCall,
};

/// What the phone gateway speaks: plain words, or SSML.
#[derive(Clone, PartialEq, Eq)]
pub enum Spoken {
    /// Plain words.
    Words(String),
    /// SSML.
    Speech(Speech),
}

impl From<&str> for Spoken {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<String> for Spoken {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl From<Speech> for Spoken {
    fn from(speech: Speech) -> Self {
        Self::Speech(speech)
    }
}

/// Speaks words, or SSML.
#[must_use]
pub fn speak(what: impl Into<Spoken>) -> Message {
    let source = match what.into() {
        Spoken::Words(words) if words.is_empty() => return Message::broken("speech has words in it"),
        Spoken::Speech(speech) if speech.is_empty() => return Message::broken("speech has words in it"),
        Spoken::Words(words) => Source::Text(words),
        Spoken::Speech(speech) => Source::Ssml(speech.to_string()),
    };
    on_the_phone(Kind::TelephonySynthesizeSpeech(TelephonySynthesizeSpeech {
        source: Some(source),
        ..TelephonySynthesizeSpeech::default()
    }))
}

/// Plays a recording: the `gs://` URI of an object that Dialogflow's service agent can read, with one channel of 16-bit
/// linear PCM at 8 kHz. Source: the comments of the published intent proto.
#[must_use]
pub fn play(uri: impl Into<String>) -> Message {
    on_the_phone(Kind::TelephonyPlayAudio(TelephonyPlayAudio {
        audio_uri: uri.into(),
        ..TelephonyPlayAudio::default()
    }))
}

/// Transfers the call to a number in E.164, which may be written with spaces, hyphens, dots and brackets. The gateway
/// dials US numbers only. Source: the comments of the published intent proto.
#[must_use]
pub fn transfer(number: impl Into<String>) -> Message {
    let mut number: String = number.into();
    number.retain(|letter| !" -.()\u{a0}".contains(letter));
    on_the_phone(Kind::TelephonyTransferCall(TelephonyTransferCall {
        phone_number: number,
        ..TelephonyTransferCall::default()
    }))
}

fn on_the_phone(kind: Kind) -> Message {
    Message::from(kind).on(Platform::Telephony)
}

withheld!(Spoken);
