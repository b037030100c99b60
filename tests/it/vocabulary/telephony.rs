//! The phone gateway: what is spoken, played and transferred, and what an agent of v2 does without.

use std::time::Duration;

use flowhook::ssml::{SayAs, Speech, escape};
use flowhook::wire::ApiVersion;
use flowhook::{Reply, telephony};
use serde_json::json;

use super::{beta_on_the_wire, fault_of, heard};

#[tokio::test]
async fn the_gateway_speaks_words_and_ssml_plays_and_transfers() {
    for (message, kind) in [
        (
            telephony::speak("hello"),
            json!({"telephonySynthesizeSpeech": {"text": "hello"}, "platform": "TELEPHONY"}),
        ),
        (
            telephony::speak(Speech::of("hello")),
            json!({"telephonySynthesizeSpeech": {"ssml": "<speak>hello</speak>"}, "platform": "TELEPHONY"}),
        ),
        (
            telephony::play("gs://bucket/bell.wav"),
            json!({"telephonyPlayAudio": {"audioUri": "gs://bucket/bell.wav"}, "platform": "TELEPHONY"}),
        ),
        (
            telephony::transfer("+1 (650) 555-0100"),
            json!({"telephonyTransferCall": {"phoneNumber": "+16505550100"}, "platform": "TELEPHONY"}),
        ),
    ] {
        assert_eq!(beta_on_the_wire(message).await, kind);
    }
}

#[tokio::test]
async fn an_agent_of_v2_says_the_rest_and_is_told_why() {
    let reply = Reply::text("I will connect you.").say(telephony::transfer("+16505550100"));
    let heard = heard(reply, ApiVersion::V2).await;
    assert_eq!(heard.text(), "I will connect you.");
    assert_eq!(heard.messages().count(), 1);
    let [finding] = &heard.answered().findings[..] else {
        panic!("{:?}", heard.answered().findings);
    };
    assert!(finding.to_string().contains("only v2beta1"), "{finding}");
}

#[tokio::test]
async fn speech_without_words_is_told() {
    for nothing in [telephony::speak(""), telephony::speak(Speech::default())] {
        assert_eq!(fault_of(nothing).await, "speech has words in it");
    }
}

#[test]
fn every_element_of_ssml_is_written_and_nobodys_words_break_it() {
    let hostile = "</speak><audio src=\"x\"/>&\u{0}\u{b}\u{ffff}'";
    let escaped = "&lt;/speak&gt;&lt;audio src=&quot;x&quot;/&gt;&amp;&apos;";
    assert_eq!(escape(hostile), escaped);
    let speech = Speech::of(hostile)
        .pause(Duration::from_millis(1500))
        .say_as(SayAs::Date, hostile)
        .stress(hostile)
        .pronounce(hostile, hostile)
        .audio(hostile, hostile)
        .markup("<p>as it is</p>");
    assert_eq!(
        speech.to_string(),
        format!(
            "<speak>{escaped}<break time=\"1500ms\"/>\
             <say-as interpret-as=\"date\" format=\"yyyymmdd\" detail=\"1\">{escaped}</say-as>\
             <emphasis level=\"strong\">{escaped}</emphasis><sub alias=\"{escaped}\">{escaped}</sub>\
             <audio src=\"{escaped}\">{escaped}</audio><p>as it is</p></speak>"
        )
    );
}

#[test]
fn plain_words_are_left_alone() {
    for words in ["", "plain words\n\tover two lines", "grüße 🦀"] {
        assert!(matches!(escape(words), std::borrow::Cow::Borrowed(same) if same == words));
    }
}
