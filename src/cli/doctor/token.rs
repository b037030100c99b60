//! The ID token that the doctor was given: whether it is one that a webhook could accept from Dialogflow.
//!
//! The claims of Dialogflow's own token: a recorded one, and Google's page on webhook authentication.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;

use super::report::{Finding, Layer};

/// What ends the address of Dialogflow's service agent; before it stands `service-PROJECT_NUMBER`.
const SERVICE_AGENT: &str = "@gcp-sa-dialogflow.iam.gserviceaccount.com";

/// Looks into a token without verifying it; `audience` is the webhook's URL without its query.
pub(super) fn look_into(token: &str, audience: &str, now: Timestamp) -> Vec<Finding> {
    let take_another = "take one with `gcloud auth print-identity-token --audiences=URL`";
    let Some((header, claims)) = parts(token) else {
        let says = if token.starts_with("ya29.") {
            "this is an access token, and Dialogflow sends an identity token"
        } else {
            "this is no JWT of three parts in base64url"
        };
        return vec![Finding::warning(Layer::Token, says).mend(take_another)];
    };
    let mut findings = Vec::new();
    if header["alg"] != "RS256" {
        findings.push(
            Finding::warning(
                Layer::Token,
                "it is not signed with RS256, as Google's tokens are",
            )
            .mend(take_another),
        );
    }
    if !["https://accounts.google.com", "accounts.google.com"].contains(&claims["iss"].as_str().unwrap_or(""))
    {
        findings.push(
            Finding::warning(Layer::Token, "its issuer is not https://accounts.google.com")
                .mend(take_another),
        );
    }
    if let Some(said) = claims["aud"].as_str().filter(|said| !is_same(said, audience)) {
        findings.push(
            Finding::warning(
                Layer::Token,
                format!("its audience is `{said}`, Dialogflow's token for this webhook has `{audience}`"),
            )
            .because("a webhook, or Cloud Run in front of it, refuses an audience that it does not know")
            .mend("take one for this URL, or add the audience to what the webhook accepts"),
        );
    }
    match claims["exp"]
        .as_i64()
        .and_then(|at| Timestamp::from_second(at).ok())
    {
        Some(end) if end <= now => findings.push(
            Finding::warning(Layer::Token, format!("it has been invalid since {end}"))
                .because("an ID token lives an hour")
                .mend(take_another),
        ),
        Some(_) => {}
        None => findings
            .push(Finding::warning(Layer::Token, "it does not say when it expires").mend(take_another)),
    }
    if !claims["email"]
        .as_str()
        .is_some_and(|email| email.ends_with(SERVICE_AGENT))
    {
        let says = format!("it is not of Dialogflow's service agent, service-PROJECT_NUMBER{SERVICE_AGENT}");
        findings.push(
            Finding::note(Layer::Token, says).because(
                "a webhook that checks the caller's address refuses it, and would accept Dialogflow's",
            ),
        );
    }
    if findings.is_empty() {
        findings.push(Finding::fine(
            Layer::Token,
            "of Dialogflow's service agent, for this URL, and not expired",
        ));
    }
    findings
}

fn parts(token: &str) -> Option<(Value, Value)> {
    let mut parts = token.split('.');
    let mut json = || {
        let bytes = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        serde_json::from_slice::<Value>(&bytes)
            .ok()
            .filter(Value::is_object)
    };
    let (header, claims) = (json()?, json()?);
    parts.next()?;
    parts.next().is_none().then_some((header, claims))
}

/// An empty path and `/` are the same place.
fn is_same(one: &str, other: &str) -> bool {
    one.strip_suffix('/').unwrap_or(one) == other.strip_suffix('/').unwrap_or(other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn token(alg: &str, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2ln", part(&json!({"alg": alg})), part(claims))
    }

    fn claims(changed: &[(&str, Value)]) -> Value {
        let mut claims = json!({
            "iss": "https://accounts.google.com",
            "aud": "https://example.com",
            "email": format!("service-123{SERVICE_AGENT}"),
            "exp": 2_000,
        });
        for (name, value) in changed {
            claims[*name] = value.clone();
        }
        claims
    }

    #[test]
    fn a_token_is_looked_into() {
        let now = Timestamp::from_second(1_000).unwrap();
        for (token, says) in [
            (
                token("RS256", &claims(&[])),
                "of Dialogflow's service agent, for this URL, and not expired",
            ),
            ("ya29.abc".into(), "this is an access token"),
            ("abc".into(), "this is no JWT"),
            (format!("{}.x", token("RS256", &claims(&[]))), "this is no JWT"),
            (
                token("HS256", &claims(&[])),
                "it is not signed with RS256, as Google's tokens are",
            ),
            (
                token("RS256", &claims(&[("iss", json!("me"))])),
                "its issuer is not",
            ),
            (
                token("RS256", &claims(&[("aud", json!("https://example.com/webhook"))])),
                "its audience is `https://example.com/webhook`",
            ),
            (
                token("RS256", &claims(&[("exp", json!(1_000))])),
                "it has been invalid since 1970-01-01T00:16:40Z",
            ),
            (
                token("RS256", &claims(&[("exp", Value::Null)])),
                "it does not say when it expires",
            ),
            (
                token("RS256", &claims(&[("email", json!("a@example.com"))])),
                "it is not of Dialogflow's",
            ),
        ] {
            let findings = look_into(&token, "https://example.com/", now);
            assert_eq!(findings.len(), 1, "{findings:?}");
            assert!(findings[0].says.starts_with(says), "{findings:?}");
        }
    }
}
