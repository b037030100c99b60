//! Settings: every default from `defaults.toml`, then flowhook.toml, then the environment, then flags. Nothing else reads
//! the environment.

mod admin;
mod auth;
mod bridge;
mod channel;
mod chat;
mod check;
mod client_cert;
mod google;
mod layers;
mod log;
mod queue;
mod secret_file;
mod secrets;
mod server;
mod store;
mod tls;
mod value;
mod webhook;

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;

use crate::auth::Gate;
use crate::channels::Consents;

pub use admin::Admin;
pub use auth::{Auth, IdToken, Way};
pub use bridge::Bridge;
pub use channel::{Channel, Door};
pub use chat::Chat;
pub use check::{Allowance, Check};
pub use client_cert::ClientCert;
pub use google::Google;
pub use layers::{Layer, Origin};
pub use log::{Format, Log, wants_colour};
pub use queue::Queue;
pub use secrets::Secrets;
pub use server::Server;
pub use store::Store;
pub use tls::Tls;
pub use webhook::Webhook;

/// Every default with its comment, as it is compiled in.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// All settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The HTTP server.
    pub server: Server,
    /// Answering Dialogflow.
    pub webhook: Webhook,
    /// Who may call.
    pub auth: Auth,
    /// What outlives a turn or the process.
    pub store: Store,
    /// Calling Google's APIs.
    pub google: Google,
    /// The bridge from RCS for Business to a Dialogflow agent.
    pub bridge: Bridge,
    /// Running what channels bring.
    pub queue: Queue,
    /// RCS for Business.
    pub rbm: Channel,
    /// Business Messages.
    pub business_messages: Channel,
    /// Google Chat.
    pub chat: Chat,
    /// What is logged.
    pub log: Log,
    /// The address for operators.
    pub admin: Admin,
    /// What `flowhook check` passes over.
    pub check: Check,
    /// Who wants to be written to, once the store is open.
    #[serde(skip)]
    pub consents: Consents,
    /// Whether Cloud Run runs this: it sets `K_SERVICE`.
    #[serde(skip)]
    pub is_on_cloud_run: bool,
}

/// Where settings come from beside the environment.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The settings file. None: `flowhook.toml` in the working directory, if it is there.
    pub file: Option<PathBuf>,
    /// Settings given as flags, `webhook.deadline=2s`; the last ones win.
    pub flags: Vec<String>,
}

/// Settings that cannot be used: each fault with where it stands and how to mend it.
#[derive(Debug, PartialEq, Eq)]
pub struct SettingsError(pub(crate) Vec<String>);

impl fmt::Display for SettingsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for SettingsError {}

impl Settings {
    /// Reads all settings, and the files that hold secrets.
    ///
    /// # Errors
    ///
    /// When a key is unknown, a value does not fit its key, or a file cannot be read. All faults are told at once, and no
    /// value of any setting is.
    pub fn load(given: &Given) -> Result<Self, SettingsError> {
        let environment = environment()?;
        Self::from_layers(&given.layers(&environment)?, &environment)
    }

    /// The defaults, changed by the text of a settings file: for tests.
    ///
    /// # Errors
    ///
    /// As [`Self::load`].
    pub fn from_toml(text: &str) -> Result<Self, SettingsError> {
        Self::from_layers(&[Layer::file("flowhook.toml", text)?], &[])
    }

    /// The gate that lets those in who may call: the checks of `[auth]`, and for whom a client certificate must be.
    ///
    /// # Errors
    ///
    /// As [`Auth::gate`], and when a certificate is wanted that no handshake asks for.
    pub fn gate(&self) -> Result<Gate, SettingsError> {
        let gate = self.auth.gate()?;
        if self.auth.needs_handshake() && self.server.tls.client_ca.is_none() {
            let fault = "`auth.client_cert.subjects`: needs `server.tls.client_ca`, or `auth.client_cert.header` where a \
                         proxy passes the certificate on";
            return Err(SettingsError(vec![fault.to_owned()]));
        }
        Ok(match self.server.tls.client_cert() {
            Some(certificate) => gate.and_certificate(certificate),
            None => gate,
        })
    }

    fn from_layers(layers: &[Layer], environment: &[(String, String)]) -> Result<Self, SettingsError> {
        let mut settings: Self = layers::read(layers)?;
        let variable = |name: &str| {
            environment
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, value)| value.as_str())
        };
        settings.server.settle(variable("PORT"))?;
        let plain = log::is_plain(variable("NO_COLOR"), variable("TERM"));
        settings.is_on_cloud_run = variable("K_SERVICE").is_some();
        let project = variable("GOOGLE_CLOUD_PROJECT");
        settings.log.settle(settings.is_on_cloud_run, plain, project)?;
        settings.admin.settle(settings.server.address)?;
        settings.server.tls.check()?;
        settings.webhook.check()?;
        settings.check.check()?;
        settings.auth.read_files()?;
        settings.bridge.settle()?;
        settings.chat.settle(settings.google.chat.as_ref())?;
        settings.store.read_file()?;
        settings.settle_channels()?;
        Ok(settings)
    }
}

impl Given {
    /// The layers above the defaults, lowest first.
    fn layers(&self, environment: &[(String, String)]) -> Result<Vec<Layer>, SettingsError> {
        let mut layers = Vec::new();
        let path = self
            .file
            .clone()
            .unwrap_or_else(|| PathBuf::from("flowhook.toml"));
        match std::fs::read_to_string(&path) {
            Ok(text) => layers.push(Layer::file(&path.display().to_string(), &text)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.file.is_none() => {}
            Err(error) => {
                let fault = format!("{}: cannot read the settings file: {error}", path.display());
                return Err(SettingsError(vec![fault]));
            }
        }
        layers.extend(Layer::environment(environment)?);
        layers.extend(Layer::flags(&self.flags)?);
        Ok(layers)
    }
}

/// The environment, as far as it is text. A setting that is not is a fault, for a check that nobody reads is no check.
fn environment() -> Result<Vec<(String, String)>, SettingsError> {
    let mut read = Vec::new();
    for (name, value) in std::env::vars_os() {
        match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => read.push((name, value)),
            (Ok(name), Err(_)) if name.starts_with("FLOWHOOK_") => {
                return Err(SettingsError(vec![format!(
                    "environment variable {name}: expected text in UTF-8"
                )]));
            }
            _ => {}
        }
    }
    Ok(read)
}

/// The name that the program was called by: a user's own program has another than ours.
#[must_use]
pub fn program_name() -> String {
    let path = std::env::args_os().next().map(PathBuf::from);
    let name = path.as_deref().and_then(|path| path.file_stem()?.to_str());
    name.unwrap_or("flowhook").to_owned()
}
