//! `[auth.id_token]`: which of Google's ID tokens pass.

use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use crate::auth::id_token::Keys;
use crate::auth::{self, Check};
use crate::config::value;

/// Which ID tokens pass.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IdToken {
    /// The webhook's URL, in every spelling that an agent has.
    #[serde(deserialize_with = "value::list")]
    audiences: Vec<String>,
    /// The service accounts that may call, or the numbers of their projects.
    #[serde(deserialize_with = "value::list")]
    emails: Vec<String>,
    /// Where the keys are that tokens are signed with. In a further way in, empty means those of the first.
    jwks_url: String,
    /// Whether the signature is there to be verified.
    #[serde(deserialize_with = "signature")]
    signature: Signature,
}

/// Whether a token's signature is there to be verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Signature {
    /// It is.
    #[default]
    Verify,
    /// Cloud Run has verified it, and taken it away.
    RemovedByCloudRun,
}

fn signature<'de, D: Deserializer<'de>>(value: D) -> Result<Signature, D::Error> {
    Ok(value::named(value)?.unwrap_or_default())
}

impl IdToken {
    /// Whether Cloud Run is trusted to have verified the tokens.
    pub(super) fn trusts_cloud_run(&self) -> bool {
        self.signature == Signature::RemovedByCloudRun && !self.audiences.is_empty()
    }

    /// The check, if any tokens pass. Its keys are added to `keys` where they are not among them yet; `first` has the
    /// address of those that are not said here.
    pub(super) fn check(
        &self,
        section: &str,
        first: &Self,
        keys: &mut Vec<Arc<Keys>>,
        faults: &mut Vec<String>,
    ) -> Option<Check> {
        if self.audiences.is_empty() && self.emails.is_empty() {
            return None;
        }
        let before = faults.len();
        let mut fault = |name: &str, text: &str| faults.push(format!("`{section}.id_token{name}`: {text}"));
        if self.audiences.is_empty() || self.emails.is_empty() {
            fault(
                "",
                "expected both `audiences` and `emails`: only the email says that it is your agent that calls, and only the \
                 audience that it calls this webhook",
            );
        }
        if self
            .audiences
            .iter()
            .any(|audience| audience.is_empty() || audience.contains(['?', '#']))
        {
            fault(
                ".audiences",
                "expected the webhook's URL as the agent has it, without the part from the `?` on, which no token has",
            );
        }
        if !self.emails.iter().all(|email| is_account(email)) {
            fault(
                ".emails",
                "expected emails of service accounts, or numbers of projects; the agent's project has its number in the \
                 Google Cloud console",
            );
        }
        let url = if self.jwks_url.is_empty() {
            &first.jwks_url
        } else {
            &self.jwks_url
        };
        let known = keys.iter().find(|keys| keys.are_at(url)).cloned();
        let keys = match known.map_or_else(|| Keys::new(url).map(Arc::new), Ok) {
            Ok(these) => {
                if !keys.iter().any(|keys| Arc::ptr_eq(keys, &these)) {
                    keys.push(Arc::clone(&these));
                }
                these
            }
            Err(error) => {
                fault(".jwks_url", &error.to_string());
                return None;
            }
        };
        if faults.len() > before {
            return None;
        }
        let check = auth::IdToken::new(&self.audiences, &self.emails, keys);
        Some(Check::IdToken(match self.signature {
            Signature::Verify => check,
            Signature::RemovedByCloudRun => check.with_signature_removed_by_cloud_run(),
        }))
    }
}

/// Whether it is an email, or the number of a project.
fn is_account(email: &str) -> bool {
    let is_number = !email.is_empty() && email.bytes().all(|byte| byte.is_ascii_digit());
    let has_parts =
        |(user, host): (&str, &str)| !user.is_empty() && host.contains('.') && !host.contains('@');
    is_number || email.split_once('@').is_some_and(has_parts)
}
