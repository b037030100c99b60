//! What a token says, read strictly: every claim must be there, once, and of its type.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};
use serde_json::{Map, Value};

use super::Fault;

/// How far our clock and Google's may be apart. Google's Node library takes the same 300 s. Dialogflow mints a token for
/// the call at hand, so a clock that is a minute slow would refuse every call; a token that was stolen lives an hour anyway.
pub const SKEW: Duration = Duration::from_secs(300);

/// The longest life of a token. Google's live for an hour; its Node library refuses above a day.
const MAX_LIFE: u64 = 24 * 60 * 60;

/// How Google's libraries spell the issuer of Google's ID tokens.
const ISSUERS: [&str; 2] = ["https://accounts.google.com", "accounts.google.com"];

/// The header of a token.
#[derive(Deserialize)]
pub(super) struct Header<'a> {
    #[serde(borrow, default)]
    alg: Cow<'a, str>,
    /// Which key signed it.
    #[serde(borrow, default)]
    pub(super) kid: Cow<'a, str>,
    #[serde(borrow, default = "jwt")]
    typ: Cow<'a, str>,
    #[serde(default)]
    jwk: Present,
    #[serde(default)]
    jku: Present,
    #[serde(default)]
    x5u: Present,
    #[serde(default)]
    x5c: Present,
    #[serde(default)]
    crit: Present,
}

fn jwt() -> Cow<'static, str> {
    "JWT".into()
}

/// Whether a member is there, whatever it holds.
#[derive(Default)]
struct Present(bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(value).map(|_| Self(true))
    }
}

impl<'a> Header<'a> {
    /// Reads a header that is fit for a token of Google's: RS256, and no key but by its id.
    pub(super) fn read(json: &'a [u8]) -> Result<Self, Fault> {
        let header: Self = object(json).ok_or(Fault::Header)?;
        if header.alg != "RS256" {
            return Err(Fault::Algorithm);
        }
        if !header.typ.eq_ignore_ascii_case("JWT") {
            return Err(Fault::Type);
        }
        let brought = [
            (header.jwk.0, "jwk"),
            (header.jku.0, "jku"),
            (header.x5u.0, "x5u"),
            (header.x5c.0, "x5c"),
            (header.crit.0, "crit"),
        ];
        match brought.into_iter().find(|(is_there, _)| *is_there) {
            Some((_, name)) => Err(Fault::Brought(name)),
            None => Ok(header),
        }
    }
}

/// The claims of a token. Source: a token that Dialogflow ES sent.
#[derive(Deserialize)]
pub(super) struct Claims<'a> {
    #[serde(borrow)]
    iss: Cow<'a, str>,
    /// The webhook's URL, as the agent has it.
    #[serde(borrow)]
    pub(super) aud: Cow<'a, str>,
    #[serde(borrow, rename = "sub")]
    _sub: Cow<'a, str>,
    /// The agent's service account.
    #[serde(borrow)]
    pub(super) email: Cow<'a, str>,
    /// Whether Google vouches for the email.
    pub(super) email_verified: bool,
    iat: u64,
    exp: u64,
    #[serde(default)]
    nbf: u64,
}

impl<'a> Claims<'a> {
    /// Reads the claims, all of them.
    pub(super) fn read(json: &'a [u8]) -> Result<Self, Fault> {
        object(json).ok_or_else(|| which_is_wrong(json))
    }

    /// Whether Google issued the token, and it is its time.
    pub(super) fn hold_at(&self, now: SystemTime) -> Result<(), Fault> {
        if !ISSUERS.contains(&&*self.iss) {
            return Err(Fault::Issuer);
        }
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let skew = SKEW.as_secs();
        if now >= self.exp.saturating_add(skew) {
            return Err(Fault::Expired);
        }
        let soon = now.saturating_add(skew);
        if self.iat > soon || self.nbf > soon {
            return Err(Fault::NotYet);
        }
        match self.exp.checked_sub(self.iat) {
            Some(1..=MAX_LIFE) => Ok(()),
            _ => Err(Fault::Life),
        }
    }
}

/// What a JSON object says. A list would be read too, its elements in the order of our members; and what is no text would
/// pass unseen in members that are not ours.
fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    let json = str::from_utf8(json).ok()?;
    let is_object = json.trim_ascii_start().starts_with('{');
    is_object.then(|| serde_json::from_str(json).ok()).flatten()
}

/// Which of the claims that could not be read is the wrong one.
fn which_is_wrong(json: &[u8]) -> Fault {
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(json) else {
        return Fault::Claims;
    };
    let is_text = |name: &&str| !claims.get(*name).is_some_and(Value::is_string);
    let is_time = |name: &&str| !claims.get(*name).is_some_and(Value::is_u64);
    let wrong = ["iss", "aud", "sub", "email"].into_iter().find(is_text);
    let wrong = wrong.or_else(|| {
        (!claims.get("email_verified").is_some_and(Value::is_boolean)).then_some("email_verified")
    });
    let wrong = wrong.or_else(|| ["iat", "exp"].into_iter().find(is_time));
    let wrong = wrong.or_else(|| {
        claims
            .get("nbf")
            .is_some_and(|nbf| !nbf.is_u64())
            .then_some("nbf")
    });
    wrong.map_or(Fault::Claims, Fault::Claim)
}
