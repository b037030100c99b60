//! Google's ID token, which Dialogflow shows where neither a password nor an `authorization` header is configured.
//!
//! `claims` reads what the token says, `keys` holds the keys that it may be signed with, and `fetch` gets them from Google;
//! `fault` says what is wrong. Nothing is remembered of a token: it costs less to verify it than to keep it, and Dialogflow
//! seems to mint one for each call.

mod claims;
mod fault;
mod fetch;
mod keys;

use std::sync::Arc;
use std::time::SystemTime;

use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub use claims::SKEW;
pub use fault::{Fault, Near};
pub use keys::{GOOGLE, Keys, KeysError};

use self::claims::{Claims, Header};
use super::{Evidence, Reason, only};

/// More than any token of Google's has; one with the claims of Dialogflow's has about 800.
pub const MAX_BYTES: usize = 16 * 1024;

/// Room for a signature by a key of 8192 bits. Google's keys have 2048.
const MAX_SIGNATURE: usize = 1030;

/// What Cloud Run puts in the place of the signature when it has checked the caller itself.
const REMOVED: &str = "SIGNATURE_REMOVED_BY_GOOGLE";

/// An ID token of Google's, in `Authorization: Bearer`.
#[derive(Debug)]
pub struct IdToken {
    audiences: Vec<String>,
    emails: Vec<String>,
    keys: Arc<Keys>,
    takes_removed: bool,
}

impl IdToken {
    /// Takes tokens for one of these audiences, the webhook's URL in the spellings that the agent may have, and of one of
    /// these service accounts. An account may be given by the number of its project, which then means Dialogflow's.
    ///
    /// The email is what binds: any agent of anybody can be told to call any URL, and its token then has that audience. The
    /// audience keeps a token that another webhook of the project was shown from being shown here.
    #[must_use]
    pub fn new(audiences: &[String], emails: &[String], keys: Arc<Keys>) -> Self {
        Self {
            audiences: audiences.to_vec(),
            emails: emails.iter().map(|email| account(email)).collect(),
            keys,
            takes_removed: false,
        }
    }

    /// Also takes tokens whose signature Cloud Run has removed, and then trusts Cloud Run to have checked it. Where it does
    /// not, because the service allows unauthenticated calls or runs elsewhere, this lets anybody in.
    #[must_use]
    pub fn with_signature_removed_by_cloud_run(self) -> Self {
        Self {
            takes_removed: true,
            ..self
        }
    }

    /// The keys that signatures are checked with.
    #[must_use]
    pub fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    pub(super) async fn admits(&self, evidence: &Evidence<'_>) -> Result<(), Reason> {
        let token = bearer(only(evidence.headers, "authorization")?)?;
        Ok(self.judge(token, evidence.now).await?)
    }

    /// Whether the token may pass, looked at in the order in which [`Fault`] lists what can be wrong.
    async fn judge(&self, token: &str, now: SystemTime) -> Result<(), Fault> {
        if token.len() > MAX_BYTES {
            return Err(Fault::TooLong);
        }
        let (header, rest) = token.split_once('.').ok_or(Fault::NotThreeParts)?;
        let (claims, signature) = rest.split_once('.').ok_or(Fault::NotThreeParts)?;
        if signature.contains('.') {
            return Err(Fault::NotThreeParts);
        }
        let signed = &token[..token.len() - signature.len() - 1];

        let mut json = Vec::with_capacity(token.len());
        URL_SAFE_NO_PAD
            .decode_vec(header, &mut json)
            .map_err(|_| Fault::Header)?;
        let header = Header::read(&json)?;
        if signature != REMOVED {
            let key = self.keys.find(&header.kid).await?;
            verify(&key, signed, signature)?;
        } else if !self.takes_removed {
            return Err(Fault::SignatureRemoved);
        }

        json.clear();
        URL_SAFE_NO_PAD
            .decode_vec(claims, &mut json)
            .map_err(|_| Fault::Claims)?;
        let claims = Claims::read(&json)?;
        claims.hold_at(now)?;
        if !self.audiences.iter().any(|one| is_same_url(one, &claims.aud)) {
            return Err(Fault::Audience(Near::of(&claims.aud, &self.audiences)));
        }
        if !claims.email_verified {
            return Err(Fault::EmailNotVerified);
        }
        if !self.emails.iter().any(|email| *email == claims.email) {
            return Err(Fault::Email);
        }
        Ok(())
    }
}

/// The token in the value of an `Authorization` header (RFC 6750).
fn bearer(value: &[u8]) -> Result<&str, Fault> {
    let value = str::from_utf8(value).map_err(|_| Fault::NotBearer)?;
    let (scheme, token) = value.split_once(' ').ok_or(Fault::NotBearer)?;
    let token = token.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(Fault::NotBearer);
    }
    Ok(token)
}

/// Checks the signature with a key that was parsed when it came, which spares a seventh of the cost of jsonwebtoken's own
/// check: that one makes the key anew for each token.
fn verify(key: &ParsedPublicKey, signed: &str, signature: &str) -> Result<(), Fault> {
    let mut bytes = [0; MAX_SIGNATURE];
    let length = URL_SAFE_NO_PAD
        .decode_slice(signature, &mut bytes)
        .map_err(|_| Fault::Signature)?;
    key.verify_sig(signed.as_bytes(), &bytes[..length])
        .map_err(|_| Fault::Signature)
}

/// Whether two spellings mean the same audience: `https://host` and `https://host/` do.
fn is_same_url(one: &str, other: &str) -> bool {
    let (shorter, longer) = if one.len() < other.len() {
        (one, other)
    } else {
        (other, one)
    };
    one == other || (longer.strip_suffix('/') == Some(shorter) && has_no_path(shorter))
}

fn has_no_path(url: &str) -> bool {
    url.split_once("://")
        .is_some_and(|(_, rest)| !rest.is_empty() && !rest.contains(['/', '?', '#']))
}

/// The email of a service account: as it is, or of the agent of Dialogflow in the project of that number.
fn account(email: &str) -> String {
    if email.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("service-{email}@gcp-sa-dialogflow.iam.gserviceaccount.com")
    } else {
        email.to_owned()
    }
}
