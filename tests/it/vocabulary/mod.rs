//! Everything that a reply can say, through the builders, in both versions, judged as Dialogflow would judge it.

mod assistant;
mod choosing;
mod google;
mod handing_over;
mod messenger;
mod platforms;
mod rbm;
mod telephony;

use flowhook::testing::{Caller, Heard};
use flowhook::webhook::Options;
use flowhook::wire::ApiVersion;
use flowhook::{Intents, Message, NoParams, Reply, Result, Turn};
use serde_json::Value;

use crate::schema::{Api, judge};

/// What becomes of a reply for an agent of that version; Dialogflow accepts it.
async fn heard(reply: Reply, api_version: ApiVersion) -> Heard {
    async fn say(turn: Turn<NoParams, Reply>) -> Result<Reply> {
        Ok(Reply::clone(&turn.app))
    }
    let options = Options {
        api_version,
        ..Options::default()
    };
    let caller = Caller::with_options(Intents::new(reply).on("say", say), options);
    let heard = caller.ask("say").await;
    let api = match api_version {
        ApiVersion::V2 => Api::V2,
        ApiVersion::V2Beta1 => Api::V2Beta1,
    };
    let body = serde_json::to_vec(heard.json()).unwrap();
    assert_eq!(judge::faults_of_reply(&body, api), [""; 0], "{}", heard.json());
    heard
}

/// A message as it goes on the wire, the same in both versions.
async fn on_the_wire(message: impl Into<Message>) -> Value {
    let reply = Reply::message(message);
    let beta = heard(reply.clone(), ApiVersion::V2Beta1).await;
    let stable = heard(reply, ApiVersion::V2).await;
    for heard in [&beta, &stable] {
        assert_eq!(heard.answered().findings, []);
        assert_eq!(heard.messages().count(), 1, "{}", heard.json());
    }
    assert_eq!(beta.json(), stable.json());
    stable.json()["fulfillmentMessages"][0].clone()
}

/// A message as it goes on the wire of an agent that speaks v2beta1.
async fn beta_on_the_wire(message: impl Into<Message>) -> Value {
    let heard = heard(Reply::message(message), ApiVersion::V2Beta1).await;
    assert_eq!(heard.answered().findings, []);
    assert_eq!(heard.messages().count(), 1, "{}", heard.json());
    heard.json()["fulfillmentMessages"][0].clone()
}

/// Why a message is not said; beside it other words are, in both versions.
async fn fault_of(message: impl Into<Message>) -> String {
    let message = message.into();
    let mut faults = Vec::new();
    for version in [ApiVersion::V2Beta1, ApiVersion::V2] {
        let heard = heard(Reply::text("kept").say(message.clone()), version).await;
        assert_eq!(heard.messages().count(), 1, "{}", heard.json());
        assert_eq!(heard.text(), "kept");
        let [finding] = &heard.answered().findings[..] else {
            panic!("{:?}", heard.answered().findings);
        };
        assert!(finding.place.starts_with("fulfillmentMessages[1]"), "{finding}");
        faults.push(finding.rule.to_string());
    }
    faults.dedup();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}
