//! What a token says: its claims, by whom it was issued and when, for whom and of whom.

use serde_json::{Value, json};

use super::table::{Cast, Table};
use crate::auth::token::{AUDIENCE, PROJECT, claims, claims_with, claims_without, now};

pub(super) fn what_claims_are(table: &mut Table, cast: &Cast) {
    let kind = "token_claims";
    let said = |name: &'static str| -> &'static str { Box::leak(format!("claim `{name}`").into_boxed_str()) };
    for name in ["iss", "aud", "sub", "email", "email_verified", "iat", "exp"] {
        table.fails(
            format!("no `{name}`"),
            &cast.google.token(&claims_without(name)),
            kind,
            said(name),
        );
    }
    for (name, value) in [
        ("iss", json!(1)),
        ("aud", json!([AUDIENCE])),
        ("aud", Value::Null),
        ("sub", json!(100_000_000_001_u64)),
        ("email", json!({"is": "mine"})),
        ("email_verified", json!("true")),
        ("email_verified", json!(1)),
        ("iat", json!("1")),
        ("exp", json!((now() + 3_600).to_string())),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("exp", Value::Null),
        ("nbf", json!("0")),
        ("nbf", Value::Null),
    ] {
        let token = cast.google.token(&claims_with(name, value.clone()));
        table.fails(format!("`{name}` is {value}"), &token, kind, said(name));
    }
    let good = claims().to_string();
    let doubled = |more: &str| format!("{{{more},{}", &good[1..]).into_bytes();
    for (what, json) in [
        ("no JSON", b"claims".to_vec()),
        ("a list", b"[]".to_vec()),
        (
            "a list of what each should be",
            format!(r#"["https://accounts.google.com","{AUDIENCE}","1","service-{PROJECT}@gcp-sa-dialogflow.iam.gserviceaccount.com",true,{now},{end}]"#, now = now(), end = now() + 60).into_bytes(),
        ),
        ("nothing", vec![]),
        ("something behind them", format!("{good}{good}").into_bytes()),
        ("bytes that are no text", [good.as_bytes(), b"\xff"].concat()),
        (
            "bytes that are no text where nobody looks",
            [b"{\"azp\":\"\xff\",", &good.as_bytes()[1..]].concat(),
        ),
        ("`email` twice", doubled(r#""email":"somebody@example.com""#)),
        (
            "`aud` twice, once in disguise",
            doubled(r#""\u0061ud":"https://example.net/""#),
        ),
        ("`exp` twice", doubled(r#""exp":99999999999"#)),
    ] {
        let token = cast
            .google
            .token_of(cast.google.header().to_string().as_bytes(), &json);
        let told = "claims of the token cannot be read";
        table.fails(format!("claims with {what}"), &token, kind, told);
    }
}

pub(super) fn issuers_and_times(table: &mut Table, cast: &Cast) {
    let token = |changes: &[(&str, Value)]| {
        let mut claims = claims();
        for (name, value) in changes {
            claims[*name] = value.clone();
        }
        cast.google.token(&claims)
    };
    table.passes(
        "the issuer without https",
        &token(&[("iss", json!("accounts.google.com"))]),
    );
    for issuer in [
        "https://accounts.google.com/",
        "http://accounts.google.com",
        "https://accounts.google.com.example.net",
        "https://securetoken.google.com/p",
        "",
    ] {
        let told = "issuer of the token is not Google";
        table.fails(
            format!("issuer `{issuer}`"),
            &token(&[("iss", json!(issuer))]),
            "token_issuer",
            told,
        );
    }
    let at = |iat: u64, exp: u64| token(&[("iat", json!(iat)), ("exp", json!(exp))]);
    let now = now();
    let day = 24 * 60 * 60;
    table.passes(
        "ended a little ago, as clocks differ",
        &at(now - 3_600, now - 100),
    );
    table.passes(
        "from a little later, as clocks differ",
        &at(now + 100, now + 3_600),
    );
    table.passes("a life of a day", &at(now - 60, now - 60 + day));
    table.passes("`nbf` in the past", &token(&[("nbf", json!(now - 60))]));
    for (what, token) in [
        ("yesterday", at(now - day, now - day + 3_600)),
        ("ended six minutes ago", at(now - 3_960, now - 360)),
        ("1970", at(0, 0)),
    ] {
        table.fails(what, &token, "token_expired", "has expired");
    }
    for (what, token) in [
        ("tomorrow", at(now + day, now + day + 3_600)),
        ("in ten minutes", at(now + 600, now + 3_600)),
        ("at the end of time", at(u64::MAX, u64::MAX)),
        ("not before tomorrow", token(&[("nbf", json!(now + day))])),
    ] {
        table.fails(what, &token, "token_not_yet", "not valid yet");
    }
    for (what, token) in [
        ("ends before it begins", at(now + 60, now)),
        ("begins and ends at once", at(now, now)),
        ("lives for more than a day", at(now - 60, now + day)),
        ("lives for ever", at(now, u64::MAX)),
    ] {
        table.fails(what, &token, "token_life", "more than a day");
    }
}

pub(super) fn audiences_and_emails(table: &mut Table, cast: &Cast) {
    let with = |name: &str, value: Value| cast.google.token(&claims_with(name, value));
    for audience in [
        "https://bare.example",
        "https://bare.example/",
        "https://root.example",
        "https://root.example/",
    ] {
        table.passes(format!("audience `{audience}`"), &with("aud", json!(audience)));
    }
    for (audience, told) in [
        ("https://example.com/webhook/", "differs only in a `/`"),
        ("https://EXAMPLE.com/webhook", "differs only in a `/`"),
        ("https://example.com/webhook?a=b", "has the same host"),
        ("https://example.com/", "has the same host"),
        ("https://example.com", "has the same host"),
        ("https://bare.example//", "differs only in a `/`"),
        ("https://example.net/webhook", "audiences"),
        ("example.com", "audiences"),
        ("", "audiences"),
        ("/", "audiences"),
    ] {
        table.is_not_allowed(
            format!("audience `{audience}`"),
            &with("aud", json!(audience)),
            "token_audience",
            told,
        );
    }
    table.passes(
        "the other email",
        &with("email", json!("other@example-project.iam.gserviceaccount.com")),
    );
    for email in [
        "service-123456789013@gcp-sa-dialogflow.iam.gserviceaccount.com",
        "service-123456789012@gcp-sa-dialogflow.iam.gserviceaccount.com.example.net",
        "Service-123456789012@gcp-sa-dialogflow.iam.gserviceaccount.com",
        " service-123456789012@gcp-sa-dialogflow.iam.gserviceaccount.com",
        "somebody@example.com",
        PROJECT,
        "",
    ] {
        table.is_not_allowed(
            format!("email `{email}`"),
            &with("email", json!(email)),
            "token_email",
            "email of the token is not in",
        );
    }
    let told = "email of the token is not verified";
    table.is_not_allowed(
        "an email that is not verified",
        &with("email_verified", json!(false)),
        "token_email_not_verified",
        told,
    );
}
