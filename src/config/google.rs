//! `[google]`: as whom and where Google's APIs are called.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer};

use super::{Settings, SettingsError, value};
use crate::channels::bridge::{self, Bridge};
use crate::channels::rbm::{self, TrafficType};
use crate::channels::{business_messages, chat};
use crate::google::{self, Account, Credentials, Endpoint};
use crate::webhook::BoxError;

/// Calling Google's APIs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Google {
    /// The file with the credentials; none for the application default ones.
    #[serde(deserialize_with = "value::path")]
    credentials: Option<PathBuf>,
    /// Where RCS for Business is.
    #[serde(deserialize_with = "endpoint")]
    rbm: Option<Endpoint>,
    /// What answers in RCS for Business are for, where they do not say.
    #[serde(deserialize_with = "traffic")]
    pub rbm_traffic_type: Option<TrafficType>,
    /// Where Business Messages is.
    #[serde(deserialize_with = "endpoint")]
    business_messages: Option<Endpoint>,
    /// Where Dialogflow is; none: where `bridge.location` is.
    #[serde(deserialize_with = "endpoint")]
    pub(super) dialogflow: Option<Endpoint>,
    /// Where Google Chat is; only for tests another place than Google's.
    #[serde(deserialize_with = "chat")]
    pub(super) chat: Option<Endpoint>,
}

impl Google {
    /// As whom Google is called.
    #[must_use]
    pub fn account(&self) -> Account {
        self.credentials.clone().map_or(Account::Default, Account::File)
    }

    /// Where RCS for Business is.
    #[must_use]
    pub fn rbm(&self) -> Endpoint {
        self.rbm.clone().unwrap_or_else(|| rbm::Region::Global.endpoint())
    }

    /// Where Business Messages is.
    #[must_use]
    pub fn business_messages(&self) -> Endpoint {
        self.business_messages
            .clone()
            .unwrap_or_else(business_messages::endpoint)
    }
}

impl Settings {
    /// A client that writes to users of RCS for Business as that agent, at any time: for the agent's state. What is not essential it
    /// does not send to who has unsubscribed.
    ///
    /// # Errors
    ///
    /// When there are no credentials.
    pub fn rbm_client(&self, agent: &str) -> Result<rbm::Client, google::Error> {
        let credentials = Credentials::new(&self.google.account(), rbm::SCOPE)?;
        let client = rbm::Client::new(google::Client::new(credentials), self.google.rbm(), agent);
        Ok(client.obeying(self.consents.clone()))
    }

    /// Where the Dialogflow agents of a location are; none is the global one.
    ///
    /// # Errors
    ///
    /// When the location has signs that no host has.
    pub fn dialogflow(&self, location: Option<&str>) -> Result<Endpoint, SettingsError> {
        let at = |location| bridge::endpoint(location);
        let set = self.google.dialogflow.clone();
        set.map_or_else(|| at(location), Ok)
            .map_err(|error| SettingsError(vec![format!("the location: {error}")]))
    }

    /// A client that reads and changes Dialogflow agents.
    ///
    /// # Errors
    ///
    /// When there are no credentials.
    pub fn dialogflow_client(&self) -> Result<google::Client, google::Error> {
        let credentials = Credentials::new(&self.google.account(), bridge::SCOPE)?;
        Ok(google::Client::new(credentials))
    }

    /// The project and the location of the agent that `[bridge]` names; empty where it names none.
    #[must_use]
    pub fn bridged_agent(&self) -> (&str, &str) {
        self.bridge.agent()
    }

    /// A client that writes to users of Business Messages.
    ///
    /// # Errors
    ///
    /// When there are no credentials.
    pub fn business_messages_client(&self) -> Result<business_messages::Client, google::Error> {
        let credentials = Credentials::new(&self.google.account(), business_messages::SCOPE)?;
        let google = google::Client::new(credentials);
        Ok(business_messages::Client::new(
            google,
            self.google.business_messages(),
        ))
    }

    /// The bridge to Dialogflow; none where no project is set.
    ///
    /// # Errors
    ///
    /// When there are no credentials, or the location is none.
    pub fn bridge(&self) -> Result<Option<Bridge>, BoxError> {
        let Some(options) = self.bridge_options()? else {
            return Ok(None);
        };
        let credentials = Credentials::new(&self.google.account(), bridge::SCOPE);
        let credentials = credentials.map_err(|error| format!("`google.credentials`: {error}"))?;
        Ok(Some(Bridge::new(google::Client::new(credentials), options)))
    }
}

/// An address, `""` being Google's.
fn endpoint<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Endpoint>, D::Error> {
    let text = String::deserialize(value)?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

/// Where Chat is: its own address is `None`, and beside it only this machine will do, since the URLs of webhooks are secrets.
fn chat<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Endpoint>, D::Error> {
    match endpoint(value)? {
        Some(other) if other.is_here() => Ok(Some(other)),
        Some(other) if other != chat::endpoint() => Err(serde::de::Error::custom(
            "expected Chat's own address, or one on this machine as in `http://127.0.0.1:9000`",
        )),
        _ => Ok(None),
    }
}

/// A type of traffic, `""` being none.
fn traffic<'de, D: Deserializer<'de>>(value: D) -> Result<Option<TrafficType>, D::Error> {
    let text = String::deserialize(value)?;
    match text.trim() {
        "" => Ok(None),
        name => TrafficType::named(name).map(Some).ok_or_else(|| {
            let why = "expected AUTHENTICATION, TRANSACTION, PROMOTION, SERVICEREQUEST or ACKNOWLEDGEMENT";
            serde::de::Error::custom(why)
        }),
    }
}

/// What [`SettingsError`] tells of a part of a resource name that none can have.
pub(super) fn name(key: &str, text: &str) -> Result<(), SettingsError> {
    let is_name = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
    if is_name {
        Ok(())
    } else {
        let fault = format!("`{key}`: expected letters, digits, `-`, `_`, `.` and `:`");
        Err(SettingsError(vec![fault]))
    }
}
