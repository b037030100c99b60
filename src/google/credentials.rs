//! Who we are to Google: access tokens, kept fresh in the background by google-cloud-auth.

use std::error::Error as _;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use google_cloud_auth::credentials::{
    AccessTokenCredentials, Builder, external_account, impersonated, service_account, user_account,
};
use google_cloud_auth::errors::CredentialsError;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::timeout;

use super::{Error, Trouble};

/// How long a token may take to come, where none is at hand.
const PATIENCE: Duration = Duration::from_secs(10);

/// As whom the program calls Google.
#[derive(Clone, Default)]
pub enum Account {
    /// Application default credentials: the file that `GOOGLE_APPLICATION_CREDENTIALS` names, what `gcloud auth
    /// application-default login` wrote, or the service account that the program runs as on Google Cloud.
    #[default]
    Default,
    /// Those in a file: a service account's key, a user's refresh token, or a federation with another cloud.
    File(PathBuf),
    /// A token that somebody else keeps fresh.
    Token(SecretString),
    /// Nobody: calls carry no token.
    Nobody,
}

/// Shows the kind, and no token.
impl fmt::Debug for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Default => "Default",
            Self::File(_) => "File",
            Self::Token(_) => "Token",
            Self::Nobody => "Nobody",
        })
    }
}

/// Tokens of an account for one scope.
pub struct Credentials(Source);

enum Source {
    Kept(AccessTokenCredentials),
    Given(SecretString),
    Nobody,
}

impl Credentials {
    /// Tokens of the account for the scope. A task on the current tokio runtime keeps them fresh; the first token is not waited for.
    ///
    /// # Errors
    ///
    /// When there are no such credentials, or the file with them cannot be read. The text says what is wrong and nothing of what is in
    /// the file.
    pub fn new(account: &Account, scope: &str) -> Result<Self, Error> {
        let kept = match account {
            Account::Default => Builder::default()
                .with_scopes([scope])
                .build_access_token_credentials()
                .map_err(|_| {
                    none(
                        "the application default credentials cannot be used: look at the file that \
                          GOOGLE_APPLICATION_CREDENTIALS names, or set `google.credentials`"
                            .to_owned(),
                    )
                })?,
            Account::File(path) => from_file(path, scope).map_err(none)?,
            Account::Token(token) => return Ok(Self(Source::Given(token.clone()))),
            Account::Nobody => return Ok(Self(Source::Nobody)),
        };
        Ok(Self(Source::Kept(kept)))
    }

    /// What stands in the header `authorization`; nothing for nobody.
    pub(super) async fn bearer(&self, call: &'static str) -> Result<Option<HeaderValue>, Error> {
        let no_token = |why: String, is_transient| Error::new(call, Trouble::NoToken { why, is_transient });
        let token: SecretString = match &self.0 {
            Source::Nobody => return Ok(None),
            Source::Given(token) => token.clone(),
            Source::Kept(kept) => match timeout(PATIENCE, kept.access_token()).await {
                Ok(Ok(token)) => token.token.into(),
                Ok(Err(error)) => return Err(no_token(reason(&error), error.is_transient())),
                Err(_) => return Err(no_token(format!("none came within {PATIENCE:?}"), true)),
            },
        };
        let bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()));
        let mut bearer =
            bearer.map_err(|_| no_token("it has signs that no header takes".to_owned(), false))?;
        bearer.set_sensitive(true);
        Ok(Some(bearer))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Credentials")
    }
}

fn none(why: String) -> Error {
    Error::new(
        "call Google",
        Trouble::NoToken {
            why,
            is_transient: false,
        },
    )
}

fn from_file(path: &Path, scope: &str) -> Result<AccessTokenCredentials, String> {
    let place = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {place}: {error}"))?;
    // The error of serde quotes nothing, but says where: enough for whoever opens the file.
    let json: Value = serde_json::from_str(&text).map_err(|error| format!("{place} is not JSON: {error}"))?;
    let kind = json
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let built = match kind.as_str() {
        "service_account" => service_account::Builder::new(json)
            .with_access_specifier(service_account::AccessSpecifier::from_scopes([scope]))
            .build_access_token_credentials(),
        "authorized_user" => user_account::Builder::new(json)
            .with_scopes([scope])
            .build_access_token_credentials(),
        "external_account" => external_account::Builder::new(json)
            .with_scopes([scope])
            .build_access_token_credentials(),
        "impersonated_service_account" => impersonated::Builder::new(json)
            .with_scopes([scope])
            .build_access_token_credentials(),
        _ => {
            return Err(format!(
                "{place} holds no credentials: expected `type` to be service_account, authorized_user, external_account or \
                 impersonated_service_account"
            ));
        }
    };
    built.map_err(|_| format!("{place} lacks something that credentials of its type have"))
}

/// Why there is no token, in words that the token endpoint knows (RFC 6749, 5.2) and no others: what else it says may quote us.
fn reason(error: &CredentialsError) -> String {
    const KNOWN: [(&str, &str); 5] = [
        (
            "invalid_grant",
            "the key or the refresh token is revoked or expired, or this machine's clock is wrong",
        ),
        ("invalid_client", "the account is not known"),
        (
            "unauthorized_client",
            "the account may not have tokens of this kind",
        ),
        ("invalid_scope", "the account may not have this scope"),
        ("access_denied", "the account may not have this scope"),
    ];
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        told = format!("{told} {inner}");
        source = inner.source();
    }
    match KNOWN.iter().find(|(word, _)| told.contains(word)) {
        Some((word, meaning)) => format!("the token endpoint answers {word}: {meaning}"),
        None if error.is_transient() => {
            "the token endpoint or the metadata server does not answer".to_owned()
        }
        None => "the token endpoint refuses".to_owned(),
    }
}
