//! The table of tokens: each is shown to the program on a real socket, and must get its status and its reason in the log.

use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding};
use aws_lc_rs::{hmac, rand, signature};
use serde_json::{Value, json};

use super::key_server::{KeyServer, document};
use super::service::Service;
use super::token::{AUDIENCE, PROJECT, Signer, base64, claims, claims_with, claims_without, now};

const REMOVED: &str = "SIGNATURE_REMOVED_BY_GOOGLE";

/// One of the table: what it is, what is shown, and the status; where it is refused, how the log counts and tells it.
struct Case {
    what: String,
    shown: Vec<Vec<u8>>,
    status: u16,
    kind: &'static str,
    told: &'static str,
}

/// Those who sign in the table.
struct Cast {
    /// Whose key is published.
    google: Signer,
    /// Whose key is published too.
    next: Signer,
    /// Whose key has the id of one that is published.
    thief: Signer,
}

impl Cast {
    fn new() -> Self {
        Self {
            google: Signer::new("0000000000000000000000000000000000000001"),
            next: Signer::with_size("0000000000000000000000000000000000000002", KeySize::Rsa4096),
            thief: Signer::new("0000000000000000000000000000000000000001"),
        }
    }
}

#[derive(Default)]
struct Table(Vec<Case>);

impl Table {
    fn add(
        &mut self,
        what: impl Into<String>,
        shown: Vec<Vec<u8>>,
        status: u16,
        kind: &'static str,
        told: &'static str,
    ) {
        let what = what.into();
        self.0.push(Case {
            what,
            shown,
            status,
            kind,
            told,
        });
    }

    fn passes(&mut self, what: impl Into<String>, token: &str) {
        self.add(
            what,
            vec![format!("Bearer {token}").into_bytes()],
            200,
            "",
            "answered",
        );
    }

    /// Is refused like a call without any token.
    fn fails(&mut self, what: impl Into<String>, token: &str, kind: &'static str, told: &'static str) {
        self.add(
            what,
            vec![format!("Bearer {token}").into_bytes()],
            401,
            kind,
            told,
        );
    }

    /// Is genuine, but not allowed.
    fn is_not_allowed(
        &mut self,
        what: impl Into<String>,
        token: &str,
        kind: &'static str,
        told: &'static str,
    ) {
        self.add(
            what,
            vec![format!("Bearer {token}").into_bytes()],
            403,
            kind,
            told,
        );
    }

    /// Shows them all, to a program that is started anew now and then: the log tells a reason ten times, and then once a second.
    fn run(&self, settings: &[(&str, &str)]) {
        let mut answers: Vec<(u16, String)> = Vec::new();
        for ten in self.0.chunks(10) {
            let service = Service::start(settings);
            for case in ten {
                let what = &case.what;
                let headers: Vec<_> = case
                    .shown
                    .iter()
                    .map(|value| ("Authorization", &value[..]))
                    .collect();
                let answer = service.call(&headers);
                let line = service.line_of(&answer);
                let message = line["message"].as_str().unwrap();
                assert_eq!(answer.status, case.status, "{what}: {message}");
                assert!(message.contains(case.told), "{what}: {message}");
                if case.status != 200 {
                    assert_eq!(line["reason"], case.kind, "{what}");
                    let mut told: Vec<_> = answer
                        .headers
                        .iter()
                        .filter(|(name, _)| name != "x-request-id" && name != "date")
                        .collect();
                    told.sort();
                    answers.push((case.status, format!("{told:?} {}", answer.body)));
                }
            }
            let log = service.log();
            let whole = format!("{log:?}");
            assert!(
                !whole.contains("gserviceaccount") && !whole.contains("eyJ"),
                "something of a token is in {whole}"
            );
        }
        answers.sort();
        answers.dedup();
        let statuses: Vec<_> = answers.iter().map(|(status, _)| *status).collect();
        assert_eq!(statuses, [401, 403], "answers of a status differ: {answers:#?}");
    }
}

fn settings<'a>(url: &'a str, emails: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("auth.id_token.jwks_url", url),
        (
            "auth.id_token.audiences",
            "https://example.com/webhook, https://bare.example, https://root.example/",
        ),
        ("auth.id_token.emails", emails),
    ]
}

#[test]
fn every_token_gets_its_status_and_its_reason() {
    let cast = Cast::new();
    let server = KeyServer::of(&[&cast.google, &cast.next]);
    let mut table = Table::default();
    how_it_is_shown(&mut table, &cast);
    parts(&mut table, &cast);
    algorithms(&mut table, &cast);
    keys_in_the_header(&mut table, &cast);
    key_ids(&mut table, &cast);
    signatures(&mut table, &cast);
    what_claims_are(&mut table, &cast);
    issuers_and_times(&mut table, &cast);
    audiences_and_emails(&mut table, &cast);
    assert!(table.0.len() >= 60);
    eprintln!("{} cases", table.0.len());
    let url = server.url();
    table.run(&settings(
        &url,
        &format!("{PROJECT}, other@example-project.iam.gserviceaccount.com"),
    ));
}

fn how_it_is_shown(table: &mut Table, cast: &Cast) {
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

fn parts(table: &mut Table, cast: &Cast) {
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

fn algorithms(table: &mut Table, cast: &Cast) {
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
        let token = cast
            .google
            .token_of(header.to_string().as_bytes(), claims().to_string().as_bytes());
        table.fails(
            format!("type `{kind}`"),
            &token,
            "token_type",
            "type of the token is not JWT",
        );
    }
    let header = json!({"alg": "RS256", "kid": cast.google.id}).to_string();
    let token = cast
        .google
        .token_of(header.as_bytes(), claims().to_string().as_bytes());
    table.passes("no type", &token);
    let header = json!({"kid": cast.google.id}).to_string();
    let token = cast
        .google
        .token_of(header.as_bytes(), claims().to_string().as_bytes());
    table.fails("no algorithm", &token, kind, told);
}

fn pem(signer: &Signer) -> String {
    use base64::Engine;
    let der = base64::engine::general_purpose::STANDARD.encode(signer.public_der());
    format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n")
}

fn keys_in_the_header(table: &mut Table, cast: &Cast) {
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
            let token = signer.token_of(header.to_string().as_bytes(), claims().to_string().as_bytes());
            table.fails(
                format!("`{name}` in the header"),
                &token,
                "token_brings_key",
                "which no token of Google's has",
            );
        }
    }
}

fn key_ids(table: &mut Table, cast: &Cast) {
    let (kind, told) = ("token_unknown_key", "no key of Google's has the id");
    for id in ["unknown", "", "../../etc/passwd", "' or 1=1", &"x".repeat(2_000)] {
        let mut header = cast.google.header();
        header["kid"] = id.into();
        let token = cast
            .google
            .token_of(header.to_string().as_bytes(), claims().to_string().as_bytes());
        let what = format!("an id that no key has: `{}`", id.get(..10).unwrap_or(id));
        table.fails(what, &token, kind, told);
    }
    let token = cast
        .google
        .token_of(br#"{"alg":"RS256"}"#, claims().to_string().as_bytes());
    table.fails("no key id", &token, kind, told);
    let mut header = cast.google.header();
    header["kid"] = cast.next.id.as_str().into();
    let token = cast
        .google
        .token_of(header.to_string().as_bytes(), claims().to_string().as_bytes());
    table.fails(
        "the id of another key",
        &token,
        "token_signature",
        "signature of the token is wrong",
    );
    table.passes("the other key", &cast.next.token(&claims()));
}

fn signatures(table: &mut Table, cast: &Cast) {
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

fn what_claims_are(table: &mut Table, cast: &Cast) {
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

fn issuers_and_times(table: &mut Table, cast: &Cast) {
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

fn audiences_and_emails(table: &mut Table, cast: &Cast) {
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
