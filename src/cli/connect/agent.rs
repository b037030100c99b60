//! An agent at Google: its fulfillment, its intents and its export, by REST.
//!
//! Source: the published descriptors of Dialogflow v2 (`Fulfillments`, `Intents`, `Environments`, `Agents`) and their HTTP rules.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::fulfillment::Fulfillment;
use crate::google::{Call, Client, Code, Endpoint, Error, Trouble};

/// How many intents are asked for at a time; an answer may be of 4 MiB.
const PAGE: &str = "200";

/// More pages than an agent has.
const MOST_PAGES: usize = 1_000;

/// The largest answer with an export in it: base64 of what the reader takes, with room.
const LARGEST_EXPORT: usize = 96 * 1024 * 1024;

/// How long an export may take.
const TO_EXPORT: Duration = Duration::from_secs(120);

/// How long between looks at an operation.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Seconds to wait before a call is made again that Google was too busy for, where Google does not say. An agent's design may be
/// called some 60 times a minute.
const WAITS: [u64; 6] = [1, 2, 4, 8, 16, 32];

/// The longest that Google may make us wait.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// Which agent it is.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Name {
    pub(in crate::cli) project: String,
    pub(in crate::cli) location: Option<String>,
    pub(in crate::cli) environment: Option<String>,
}

impl Name {
    /// The segments of a resource of the agent's, the version of the API first.
    fn at(&self, last: &[&str]) -> Vec<String> {
        let mut path = vec!["v2", "projects", &self.project];
        if let Some(location) = &self.location {
            path.extend(["locations", location]);
        }
        path.extend(last);
        path.into_iter().map(str::to_owned).collect()
    }

    /// The segments of the fulfillment, or of the environment that holds one of its own.
    fn fulfillment(&self) -> Vec<String> {
        match &self.environment {
            None => self.at(&["agent", "fulfillment"]),
            Some(environment) => self.at(&["agent", "environments", environment]),
        }
    }

    /// In words.
    pub(in crate::cli) fn told(&self) -> String {
        let place = self
            .location
            .as_deref()
            .map_or_else(String::new, |place| format!(" in {place}"));
        let environment = self.environment.as_deref();
        let environment = environment.map_or_else(String::new, |name| format!(", environment {name}"));
        format!("{}{place}{environment}", self.project)
    }
}

/// An agent, and a client that may change it.
pub(in crate::cli) struct Agent {
    pub(in crate::cli) name: Name,
    pub(in crate::cli) client: Client,
    pub(in crate::cli) endpoint: Endpoint,
}

/// An intent, as far as the webhook is concerned.
#[derive(Clone, Debug)]
pub(super) struct Intent {
    /// Its resource name.
    name: String,
    pub(super) display_name: String,
    pub(super) state: State,
}

/// When an intent calls the webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Off,
    On,
    OnForSlots,
}

impl State {
    fn read(value: Option<&Value>) -> Self {
        let name = value.and_then(Value::as_str);
        match (name, value.and_then(Value::as_i64)) {
            (Some("WEBHOOK_STATE_ENABLED"), _) | (_, Some(1)) => Self::On,
            (Some("WEBHOOK_STATE_ENABLED_FOR_SLOT_FILLING"), _) | (_, Some(2)) => Self::OnForSlots,
            _ => Self::Off,
        }
    }

    fn on_the_wire(self) -> &'static str {
        match self {
            Self::Off => "WEBHOOK_STATE_UNSPECIFIED",
            Self::On => "WEBHOOK_STATE_ENABLED",
            Self::OnForSlots => "WEBHOOK_STATE_ENABLED_FOR_SLOT_FILLING",
        }
    }

    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::OnForSlots => "on, for slot filling too",
        }
    }
}

impl Agent {
    /// Makes a call that may be made twice, and makes it again while Google is too busy for it.
    async fn call<'a>(&'a self, call: impl Fn() -> Call<'a>) -> Result<Value, Error> {
        for seconds in WAITS {
            let error = match self.client.call(call()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let wait = error.retry_after.unwrap_or(Duration::from_secs(seconds));
            let is_busy = matches!(error.code(), Some(Code::ResourceExhausted | Code::Unavailable));
            if !is_busy || wait > LONGEST_WAIT {
                return Err(error);
            }
            eprintln!("{error}; again in {} s", wait.as_secs());
            sleep(wait).await;
        }
        self.client.call(call()).await
    }

    /// The fulfillment as it is.
    pub(super) async fn fulfillment(&self) -> Result<Fulfillment, Error> {
        let read = || Call::get("read the fulfillment", &self.endpoint, self.name.fulfillment());
        let answer = self.call(read).await?;
        let answer = match &self.name.environment {
            None => &answer,
            Some(_) => answer.get("fulfillment").unwrap_or(&Value::Null),
        };
        Ok(Fulfillment::read(answer))
    }

    /// Changes what differs from `before`, and gives what the fulfillment is then.
    pub(super) async fn change(
        &self,
        before: &Fulfillment,
        after: &Fulfillment,
    ) -> Result<Fulfillment, Error> {
        let path = self.name.fulfillment();
        let mut body = after.as_json();
        let in_environment = self.name.environment.is_some();
        // Inside an environment a fulfillment has no name of its own.
        let name = path[1..].join("/");
        let mask: Vec<_> = before
            .differences(after)
            .iter()
            .map(|field| {
                if in_environment {
                    format!("fulfillment.{field}")
                } else {
                    (*field).to_owned()
                }
            })
            .collect();
        if in_environment {
            body = json!({"fulfillment": body});
        }
        body["name"] = name.into();
        let mask = mask.join(",");
        let change = || {
            let call = Call::patch("change the fulfillment", &self.endpoint, path.clone());
            call.query("updateMask", mask.clone()).json(body.clone())
        };
        let answer = self.call(change).await?;
        let changed = if in_environment {
            answer.get("fulfillment").unwrap_or(&Value::Null)
        } else {
            &answer
        };
        Ok(Fulfillment::read(changed))
    }

    /// All intents, page by page.
    pub(super) async fn intents(&self) -> Result<Vec<Intent>, Error> {
        let mut intents = Vec::new();
        let mut token = String::new();
        let mut tokens = BTreeSet::new();
        let list = "list the intents";
        // A token that comes again would lead in a circle.
        while tokens.len() < MOST_PAGES && tokens.insert(token.clone()) {
            let page = || {
                let call = Call::get(list, &self.endpoint, self.name.at(&["agent", "intents"]));
                let call = call.query("pageSize", PAGE);
                if token.is_empty() {
                    call
                } else {
                    call.query("pageToken", token.clone())
                }
            };
            let answer = self.call(page).await?;
            let page = answer.get("intents").and_then(Value::as_array);
            intents.extend(page.into_iter().flatten().filter_map(|intent| {
                Some(Intent {
                    name: intent.get("name")?.as_str()?.to_owned(),
                    display_name: intent.get("displayName")?.as_str()?.to_owned(),
                    state: State::read(intent.get("webhookState")),
                })
            }));
            token = answer
                .get("nextPageToken")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            if token.is_empty() {
                return Ok(intents);
            }
        }
        Err(Error::new(list, Trouble::Unreadable("its pages do not end")))
    }

    /// Switches an intent's webhook.
    pub(super) async fn switch(&self, intent: &Intent, state: State) -> Result<(), Error> {
        let body = json!({
            "name": intent.name,
            "displayName": intent.display_name,
            "webhookState": state.on_the_wire(),
        });
        let switch = || {
            let path = std::iter::once("v2").chain(intent.name.split('/'));
            let call = Call::patch("switch the webhook of an intent", &self.endpoint, path);
            call.query("updateMask", "webhookState").json(body.clone())
        };
        self.call(switch).await?;
        Ok(())
    }

    /// The agent's export: the bytes of a ZIP. It is made while we wait.
    pub(in crate::cli) async fn export(&self) -> Result<Vec<u8>, String> {
        let said = |error: Error| error.to_string();
        let call = Call::post(
            "export the agent",
            &self.endpoint,
            self.name.at(&["agent:export"]),
        );
        let mut operation = self
            .client
            .call(call.json(json!({})).up_to(LARGEST_EXPORT))
            .await
            .map_err(said)?;
        let end = Instant::now() + TO_EXPORT;
        loop {
            if let Some(error) = operation.get("error") {
                // Its words may quote the agent; its code does not.
                let code = error.get("code").and_then(Value::as_i64).unwrap_or_default();
                return Err(format!(
                    "cannot export the agent: the operation failed with the code {code} of google.rpc.Code"
                ));
            }
            if operation.get("done") == Some(&Value::Bool(true)) {
                let content = operation
                    .pointer("/response/agentContent")
                    .and_then(Value::as_str);
                let content = content.ok_or("cannot export the agent: the answer holds no export")?;
                let decoded = STANDARD.decode(content).or_else(|_| URL_SAFE.decode(content));
                return decoded.map_err(|_| "cannot export the agent: the export is not base64".to_owned());
            }
            let name = operation
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            if name.is_empty() {
                return Err("cannot export the agent: the answer names no operation".to_owned());
            }
            if Instant::now() >= end {
                return Err(format!(
                    "cannot export the agent: it was not done within {TO_EXPORT:?}"
                ));
            }
            sleep(BETWEEN_LOOKS).await;
            let path = std::iter::once("v2").chain(name.split('/'));
            let call = Call::get("look at the export", &self.endpoint, path).up_to(LARGEST_EXPORT);
            operation = self.client.call(call).await.map_err(said)?;
        }
    }
}
