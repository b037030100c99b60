//! Tokens whose signature Cloud Run has verified and taken away.

use serde_json::{Value, json};

use super::table::{Cast, Table};
use super::{REMOVED, settings};
use crate::auth::key_server::{KeyServer, document};
use crate::auth::service::Service;
use crate::auth::token::{PROJECT, Signer, base64, claims, claims_with, claims_without, now};

#[test]
fn behind_cloud_run_the_signature_may_be_gone_and_nothing_else() {
    let cast = Cast::new();
    let server = KeyServer::of(&[&cast.google]);
    let removed = |claims: &Value| {
        let token = cast.thief.token(claims);
        format!("{}.{REMOVED}", token.rsplit_once('.').unwrap().0)
    };
    let unsigned = |header: Value| {
        format!(
            "{}.{}.{REMOVED}",
            base64(header.to_string().as_bytes()),
            base64(claims().to_string().as_bytes())
        )
    };
    let mut table = Table::default();
    table.passes("a removed signature", &removed(&claims()));
    table.passes("a token that is signed", &cast.google.token(&claims()));
    table.passes(
        "a removed signature, of a key that nobody knows",
        &unsigned(json!({"alg": "RS256", "kid": "unknown"})),
    );
    table.fails(
        "a token that is signed by somebody else",
        &cast.thief.token(&claims()),
        "token_signature",
        "is wrong",
    );
    let (message, _) = removed(&claims())
        .rsplit_once('.')
        .map(|(message, mark)| (message.to_owned(), mark.len()))
        .unwrap();
    for (what, signature) in [
        ("no signature", ""),
        ("the mark and more", "SIGNATURE_REMOVED_BY_GOOGLE0"),
        ("half of the mark", "SIGNATURE_REMOVED"),
    ] {
        table.fails(
            what,
            &format!("{message}.{signature}"),
            "token_signature",
            "is wrong",
        );
    }
    table.fails(
        "algorithm `none`",
        &unsigned(json!({"alg": "none"})),
        "token_algorithm",
        "not RS256",
    );
    table.fails(
        "a key in the header",
        &unsigned(json!({"alg": "RS256", "jwk": {}})),
        "token_brings_key",
        "`jwk`",
    );
    table.fails(
        "no email",
        &removed(&claims_without("email")),
        "token_claims",
        "claim `email`",
    );
    table.fails(
        "another issuer",
        &removed(&claims_with("iss", "https://example.net")),
        "token_issuer",
        "not Google",
    );
    table.fails(
        "a token of yesterday",
        &removed(&claims_with("exp", now() - 3_600)),
        "token_expired",
        "has expired",
    );
    table.fails(
        "a token of tomorrow",
        &removed(&claims_with("iat", now() + 3_600)),
        "token_not_yet",
        "not valid yet",
    );
    table.is_not_allowed(
        "another audience",
        &removed(&claims_with("aud", "https://example.net/")),
        "token_audience",
        "audience",
    );
    table.is_not_allowed(
        "an email not verified",
        &removed(&claims_with("email_verified", false)),
        "token_email_not_verified",
        "verified",
    );
    table.is_not_allowed(
        "another email",
        &removed(&claims_with("email", "somebody@example.com")),
        "token_email",
        "email",
    );
    let url = server.url();
    let mut settings = settings(&url, PROJECT);
    settings.push(("auth.id_token.signature", "removed-by-cloud-run"));
    table.run(&settings);

    // A key that is published later is still found.
    let late = Signer::new("late");
    server.says(document(&[&cast.google, &late], 3_600));
    assert_eq!(
        Service::start(&settings)
            .call_with(&format!("Bearer {}", late.token(&claims())))
            .status,
        200
    );
}
