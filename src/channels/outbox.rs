//! Answers on their way: jobs of their own, put in the transaction that ends the job of what is answered.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Id;
use super::id::hex;
use super::worker::{Failed, Patience};
use crate::google;
use crate::store::queue::{Job, NewJob, fingerprint};

/// How long an event is tried to be answered: a user who has waited for longer has asked again, and what the user sends meanwhile waits.
pub(super) fn patience() -> Patience {
    Patience {
        attempts: 10,
        age: Duration::from_secs(15 * 60),
        first: Duration::from_secs(1),
        longest: Duration::from_secs(2 * 60),
        attempt: Duration::from_secs(30),
    }
}

/// An answer, as its job holds it.
#[derive(Serialize, Deserialize)]
pub(super) struct Letter {
    /// As whom it is sent.
    pub(super) agent: String,
    /// To whom: a phone number, a conversation.
    pub(super) to: String,
    /// The id by which the platform knows a repetition.
    pub(super) id: String,
    /// The message as the platform takes it.
    pub(super) message: Value,
}

impl Letter {
    /// The answer of that number to what the job holds.
    pub(super) fn answering(job: &Job, agent: &str, to: &str, number: u32, message: Value) -> Self {
        Self {
            agent: agent.to_owned(),
            to: to.to_owned(),
            id: Id::derived(&[&job.kind, &hex(&job.key)], number).to_string(),
            message,
        }
    }

    /// The job that sends it, after those that were put before it for the same user.
    pub(super) fn job(&self, kind: &'static str, of: &Job) -> NewJob {
        let key = fingerprint(&[kind.as_bytes(), self.agent.as_bytes(), self.id.as_bytes()]);
        let order = fingerprint(&[kind.as_bytes(), self.agent.as_bytes(), self.to.as_bytes()]);
        let payload = serde_json::to_vec(self).expect("texts and JSON are JSON");
        NewJob::new(kind, of.lane.clone(), key, payload)
            .in_order(order)
            .from(&of.origin)
    }

    pub(super) fn open(job: &Job) -> Result<Self, Failed> {
        serde_json::from_slice(&job.payload)
            .map_err(|_| Failed::not_understood("no answer of this version's"))
    }

    pub(super) fn id(&self) -> Result<Id, Failed> {
        self.id
            .parse()
            .map_err(|_| Failed::not_understood("an id that is no UUID"))
    }
}

/// What becomes of a job for which Google was asked in vain. Credentials are mended by the operator, so they are waited for.
pub(super) fn failed(error: &google::Error) -> Failed {
    let why = error.to_string();
    if error.is_transient() || error.is_about_credentials() {
        Failed::again_after(error.retry_after.unwrap_or_default(), why)
    } else {
        Failed::for_good(why)
    }
}

/// What may be told of the error of a handler for what came in: all of it, unless it quotes from there.
pub(super) fn told(error: &dyn std::fmt::Display, came_in: &Value) -> String {
    let told = error.to_string();
    if quotes(&told.to_lowercase(), came_in) {
        "its text is withheld, since it quotes what came in".to_owned()
    } else {
        told
    }
}

fn quotes(text: &str, json: &Value) -> bool {
    match json {
        Value::String(said) => said.chars().count() > 2 && text.contains(&said.to_lowercase()),
        Value::Number(number) => {
            let number = number.to_string();
            number.len() > 3 && text.contains(&number)
        }
        Value::Array(values) => values.iter().any(|value| quotes(text, value)),
        Value::Object(members) => members.values().any(|value| quotes(text, value)),
        Value::Null | Value::Bool(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_error_that_quotes_what_came_in_is_withheld() {
        let came_in = json!({"senderPhoneNumber": "+15550100", "text": "My Name", "location": {"latitude": 52.1234}, "n": [1]});
        for (text, is_told) in [
            ("the harbour is closed", true),
            ("no such user: +15550100", false),
            ("cannot read `my name`", false),
            ("no map for 52.1234", false),
            ("1 thing is missing", true),
        ] {
            assert_eq!(told(&text, &came_in) == text, is_told, "{text}");
        }
    }
}
