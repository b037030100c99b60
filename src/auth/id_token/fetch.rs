//! One look at Google's keys: a document that is bounded in size and time, and how long it may be kept.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, PublicKeyUse};
use reqwest::header::{AGE, CACHE_CONTROL, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use serde_json::Value;

/// Google's document has about 2 KB.
const MAX_BYTES: usize = 1024 * 1024;

/// How long the document may take to arrive.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keys are kept at least so long, whatever the document says, so that it cannot make us ask without end.
const SHORTEST: Duration = Duration::from_secs(60);

/// Keys are kept at most so long, so that one that Google gave up goes.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How long keys are kept when the document does not say.
const UNSAID: Duration = Duration::from_secs(60 * 60);

/// Keys by their ids.
pub(super) type Ring = HashMap<String, Arc<ParsedPublicKey>>;

/// Why there are no new keys.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{}", innermost(.0))]
    Http(#[from] reqwest::Error),
    #[error("the answer has status {0}")]
    Status(StatusCode),
    #[error("the document has more than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("the document is not a JWK set: {0}")]
    NotASet(#[from] serde_json::Error),
    #[error("the document has no RSA key for RS256")]
    NoKeys,
}

/// The message that says most: reqwest's own is only that sending failed.
fn innermost(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    if error.is_timeout() {
        format!("no whole answer within {PATIENCE:?}")
    } else {
        source.to_string()
    }
}

/// A client that goes nowhere but to the address it is given.
pub(super) fn client(url: &Url) -> reqwest::Result<Client> {
    Client::builder()
        .https_only(url.scheme() == "https")
        .redirect(Policy::none())
        .referer(false)
        .timeout(PATIENCE)
        .user_agent(concat!("flowhook/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// The keys at `url`, and how long they may be kept.
pub(super) async fn fetch(client: &Client, url: &Url) -> Result<(Ring, Duration), FetchError> {
    let asking = client.get(url.clone()).send().await;
    let mut answer = asking.map_err(reqwest::Error::without_url)?;
    if answer.status() != StatusCode::OK {
        return Err(FetchError::Status(answer.status()));
    }
    let fresh_for = fresh_for(answer.headers());
    let mut document = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        if document.len() + chunk.len() > MAX_BYTES {
            return Err(FetchError::TooLarge);
        }
        document.extend_from_slice(&chunk);
    }
    Ok((read(&document)?, fresh_for))
}

/// The keys in a JWK set (RFC 7517) that can verify RS256. Others are passed over: Google may add some.
fn read(document: &[u8]) -> Result<Ring, FetchError> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let set: Set = serde_json::from_slice(document)?;
    let mut ring = Ring::new();
    for (id, key) in set.keys.into_iter().filter_map(usable) {
        ring.entry(id).or_insert_with(|| Arc::new(key));
    }
    if ring.is_empty() {
        return Err(FetchError::NoKeys);
    }
    Ok(ring)
}

fn usable(jwk: Value) -> Option<(String, ParsedPublicKey)> {
    let jwk: Jwk = serde_json::from_value(jwk).ok()?;
    let is_for_signatures = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let is_for_rs256 = matches!(jwk.common.key_algorithm, None | Some(KeyAlgorithm::RS256));
    let AlgorithmParameters::RSA(rsa) = jwk.algorithm else {
        return None;
    };
    let number = |text: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        Some(bytes[zeros..].to_vec())
    };
    let key = RsaPublicKeyComponents {
        n: number(&rsa.n)?,
        e: number(&rsa.e)?,
    };
    // 2048 to 8192 bits, as the check of a signature has it.
    if !is_for_signatures || !is_for_rs256 || !(256..=1024).contains(&key.n.len()) {
        return None;
    }
    let id = jwk.common.key_id.filter(|id| !id.is_empty())?;
    Some((id, key.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()?))
}

/// How long an answer may be kept: `max-age` of `Cache-Control` less `Age` (RFC 9111), within bounds.
fn fresh_for(headers: &HeaderMap) -> Duration {
    let directives = headers.get_all(CACHE_CONTROL).iter();
    let directives = directives
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let mut max_age = None;
    for directive in directives {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => max_age = Some(0),
            "max-age" => max_age = max_age.or_else(|| value.trim().trim_matches('"').parse().ok()),
            _ => {}
        }
    }
    let age = headers
        .get(AGE)
        .and_then(|age| age.to_str().ok()?.trim().parse::<u64>().ok());
    let left = |max_age: u64| Duration::from_secs(max_age.saturating_sub(age.unwrap_or(0)));
    max_age.map_or(UNSAID, left).clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_kept_as_long_as_the_answer_says_within_bounds() {
        for (cache_control, age, seconds) in [
            (
                Some("public, max-age=19641, must-revalidate, no-transform"),
                None,
                19_641,
            ),
            (Some("public, Max-Age=19641"), Some("9641"), 10_000),
            (Some("max-age=\"300\""), None, 300),
            (Some("max-age=5"), None, 60),
            (Some("max-age=100"), Some("1000"), 60),
            (Some("no-store, max-age=1000"), None, 60),
            (Some("max-age=1000, no-cache"), None, 60),
            (Some("max-age=99999999999"), None, 86_400),
            (Some("max-age=-1"), None, 3_600),
            (Some("max-age"), None, 3_600),
            (None, None, 3_600),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(value) = cache_control {
                headers.insert(CACHE_CONTROL, value.parse().unwrap());
            }
            if let Some(value) = age {
                headers.insert(AGE, value.parse().unwrap());
            }
            assert_eq!(
                fresh_for(&headers).as_secs(),
                seconds,
                "{cache_control:?} {age:?}"
            );
        }
    }
}
