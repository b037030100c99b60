//! What a token is before its claims are read: how it is shown, its parts, its header, its signature.

use aws_lc_rs::signature::{RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding};
use aws_lc_rs::{hmac, rand, signature};
use serde_json::{Value, json};

use super::REMOVED;
use super::table::{Cast, Table};
use crate::auth::token::{Signer, base64, claims, claims_with};

pub(super) fn how_it_is_shown(table: &mut Table, cast: &Cast) {
    let right = cast.google.token(&claims());
    let shown = |text: String| vec![text.into_bytes()];
    table.passes("a token of Dialogflow's", &right);
    table.add(
        "the scheme in small letters",
        shown(format!("bearer {right}")),
        200,
        "",
        "answered",
    );
    table.add(
        "spaces around it",
        shown(format!("Bearer   {right} ")),
        200,
        "",
        "answered",
    );
    table.add("nothing", vec![], 401, "missing", "no `authorization` header");
    let twice = vec![format!("Bearer {right}").into_bytes(); 2];
    table.add(
        "the same twice",
        twice,
        401,
        "repeated",
        "more than one `authorization` header",
    );
    let beside = vec![
        b"Basic dXNlcjpwYXNzd29yZA==".to_vec(),
        format!("Bearer {right}").into_bytes(),
    ];
    table.add(
        "beside a password",
        beside,
        401,
        "repeated",
        "more than one `authorization` header",
    );
    let (kind, told) = ("not_bearer", "not Bearer with a token");
    for text in [
        "Basic dXNlcjpwYXNzd29yZA==".to_owned(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        String::new(),
        right.clone(),
        format!("Bearer{right}"),
        format!("Bearer\t{right}"),
        format!("JWT {right}"),
    ] {
        let what = format!("`{}...`", text.get(..10).unwrap_or(&text));
        table.add(what, shown(text), 401, kind, told);
    }
    table.add(
        "bytes that are no text",
        vec![b"Bearer \xff\xfe".to_vec()],
        401,
        kind,
        told,
    );
    table.fails(
        "two in one header",
        &format!("{right}, Bearer {right}"),
        "token_parts",
        "three parts",
    );
    let long = claims_with("padding", "x".repeat(13_000));
    table.fails(
        "more than 16 KiB",
        &cast.google.token(&long),
        "token_too_long",
        "more than 16384 bytes",
    );
    let long = claims_with("padding", "x".repeat(11_000));
    table.passes("less than 16 KiB", &cast.google.token(&long));
}

pub(super) fn parts(table: &mut Table, cast: &Cast) {
    let right = cast.google.token(&claims());
    let parts: Vec<_> = right.split('.').collect();
    for (what, token) in [
        ("one part", parts[0].to_owned()),
        ("two parts", parts[..2].join(".")),
        ("four parts", format!("{right}.{}", parts[2])),
        (
            "five parts, as an encrypted token has",
            format!("{right}.{}.{}", parts[1], parts[2]),
        ),
        ("dots", "....".to_owned()),
    ] {
        table.fails(what, &token, "token_parts", "three parts");
    }
    let good = claims().to_string();
    for (what, header) in [
        ("no JSON", "RS256".to_owned()),
        ("a list", "[\"RS256\"]".to_owned()),
        ("null", "null".to_owned()),
        ("something behind it", format!("{} x", cast.google.header())),
        (
            "`alg` twice",
            format!(r#"{{"alg":"none","alg":"RS256","kid":"{}"}}"#, cast.google.id),
        ),
        (
            "`alg` twice, once in disguise",
            format!(
                r#"{{"\u0061lg":"none","alg":"RS256","kid":"{}"}}"#,
                cast.google.id
            ),
        ),
        (
            "`kid` twice",
            format!(r#"{{"alg":"RS256","kid":"x","kid":"{}"}}"#, cast.google.id),
        ),
        (
            "`alg` a number",
            format!(r#"{{"alg":256,"kid":"{}"}}"#, cast.google.id),
        ),
        ("`kid` a number", r#"{"alg":"RS256","kid":1}"#.to_owned()),
    ] {
        let token = cast.google.token_of(header.as_bytes(), good.as_bytes());
        table.fails(
            format!("a header with {what}"),
            &token,
            "token_header",
            "header of the token cannot be read",
        );
    }
    for (what, token) in [
        ("nothing between the dots", "..".to_owned()),
        (
            "padding in the header",
            format!("{}=.{}.{}", parts[0], parts[1], parts[2]),
        ),
        (
            "a header in the other base64",
            format!("+/{}.{}.{}", parts[0], parts[1], parts[2]),
        ),
        (
            "a space in the header",
            format!("e {}.{}.{}", parts[0], parts[1], parts[2]),
        ),
    ] {
        table.fails(what, &token, "token_header", "header of the token cannot be read");
    }
}

pub(super) fn algorithms(table: &mut Table, cast: &Cast) {
    let signed = |alg: &str, sign: &dyn Fn(&str) -> Vec<u8>| {
        let header = json!({"alg": alg, "kid": cast.google.id, "typ": "JWT"}).to_string();
        let message = format!(
            "{}.{}",
            base64(header.as_bytes()),
            base64(claims().to_string().as_bytes())
        );
        let signature = base64(&sign(&message));
        format!("{message}.{signature}")
    };
    let (kind, told) = ("token_algorithm", "not RS256");
    for alg in ["none", "None", "NONE", ""] {
        table.fails(
            format!("algorithm `{alg}`, no signature"),
            &signed(alg, &|_| vec![]),
            kind,
            told,
        );
    }
    for (what, secret) in [
        ("the public key as the secret", cast.google.public_der()),
        (
            "the public key in PEM as the secret",
            pem(&cast.google).into_bytes(),
        ),
        ("no secret", vec![]),
    ] {
        let mac = |message: &str| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
            hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
        };
        table.fails(format!("HS256 with {what}"), &signed("HS256", &mac), kind, told);
    }
    let rsa: [(&str, &'static dyn RsaEncoding); 3] = [
        ("RS384", &RSA_PKCS1_SHA384),
        ("RS512", &RSA_PKCS1_SHA512),
        ("PS256", &RSA_PSS_SHA256),
    ];
    for (alg, encoding) in rsa {
        let token = signed(alg, &|message| cast.google.sign(encoding, message));
        table.fails(format!("{alg}, signed by Google's key"), &token, kind, told);
        let token = signed("RS256", &|message| cast.google.sign(encoding, message));
        table.fails(
            format!("{alg} that says RS256"),
            &token,
            "token_signature",
            "signature of the token is wrong",
        );
    }
    let random = rand::SystemRandom::new();
    let curve = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
    let own = signature::EcdsaKeyPair::generate(curve).unwrap();
    let token = signed("ES256", &|message| {
        own.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec()
    });
    table.fails("ES256", &token, kind, told);
    table.fails(
        "RS256 in small letters",
        &signed("rs256", &|_| vec![1; 256]),
        kind,
        told,
    );
    for kind in ["at+jwt", "JOSE", ""] {
        let mut header = cast.google.header();
        header["typ"] = kind.into();
        let token = cast.google.token_under(&header);
        table.fails(
            format!("type `{kind}`"),
            &token,
            "token_type",
            "type of the token is not JWT",
        );
    }
    let token = cast
        .google
        .token_under(&json!({"alg": "RS256", "kid": cast.google.id}));
    table.passes("no type", &token);
    let token = cast.google.token_under(&json!({"kid": cast.google.id}));
    table.fails("no algorithm", &token, kind, told);
}

fn pem(signer: &Signer) -> String {
    use base64::Engine;
    let der = base64::engine::general_purpose::STANDARD.encode(signer.public_der());
    format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n")
}

pub(super) fn keys_in_the_header(table: &mut Table, cast: &Cast) {
    let own = &cast.thief;
    for (name, value) in [
        ("jwk", own.jwk()),
        ("jwk", Value::Null),
        ("jku", json!("https://example.net/certs")),
        ("x5u", json!("https://example.net/certs")),
        ("x5c", json!([base64(&own.public_der())])),
        ("crit", json!(["exp"])),
    ] {
        for signer in [&cast.google, own] {
            let mut header = signer.header();
            header[name] = value.clone();
            let token = signer.token_under(&header);
            table.fails(
                format!("`{name}` in the header"),
                &token,
                "token_brings_key",
                "which no token of Google's has",
            );
        }
    }
}

pub(super) fn key_ids(table: &mut Table, cast: &Cast) {
    let (kind, told) = ("token_unknown_key", "no key of Google's has the id");
    for id in ["unknown", "", "../../etc/passwd", "' or 1=1", &"x".repeat(2_000)] {
        let mut header = cast.google.header();
        header["kid"] = id.into();
        let token = cast.google.token_under(&header);
        let what = format!("an id that no key has: `{}`", id.get(..10).unwrap_or(id));
        table.fails(what, &token, kind, told);
    }
    let token = cast.google.token_under(&json!({"alg": "RS256"}));
    table.fails("no key id", &token, kind, told);
    let mut header = cast.google.header();
    header["kid"] = cast.next.id.as_str().into();
    let token = cast.google.token_under(&header);
    table.fails(
        "the id of another key",
        &token,
        "token_signature",
        "signature of the token is wrong",
    );
    table.passes("the other key", &cast.next.token(&claims()));
}

pub(super) fn signatures(table: &mut Table, cast: &Cast) {
    let right = cast.google.token(&claims());
    let (message, signature) = right.rsplit_once('.').unwrap();
    let (header, _) = right.split_once('.').unwrap();
    let other = base64(claims_with("sub", "somebody").to_string().as_bytes());
    // The last letter of 256 bytes in base64 carries two bits; those below them must be zero.
    let last = if signature.ends_with('A') { "B" } else { "x" };
    let (kind, told) = ("token_signature", "signature of the token is wrong");
    for (what, token) in [
        ("no signature", format!("{message}.")),
        (
            "a shorter signature",
            format!("{message}.{}", &signature[..signature.len() - 4]),
        ),
        ("a longer signature", format!("{message}.{signature}AAAA")),
        (
            "a signature in base64 that is no base64",
            format!("{message}.{}%%", &signature[..signature.len() - 2]),
        ),
        ("a signature with padding", format!("{message}.{signature}==")),
        (
            "bits beyond the signature",
            format!("{message}.{}{last}", &signature[..signature.len() - 1]),
        ),
        ("a signature of zeros", format!("{message}.{}", base64(&[0; 256]))),
        (
            "a signature without end",
            format!("{message}.{}", base64(&[7; 4_096])),
        ),
        ("other claims", format!("{header}.{other}.{signature}")),
        ("a thief with the right key id", cast.thief.token(&claims())),
        (
            "the mark of Cloud Run in small letters",
            format!("{message}.{}", REMOVED.to_lowercase()),
        ),
    ] {
        table.fails(what, &token, kind, told);
    }
    let removed = format!("{message}.{REMOVED}");
    table.fails(
        "the mark of Cloud Run",
        &removed,
        "token_signature_removed",
        "removed-by-cloud-run",
    );
}
