//! What the refused are told, and what the log is.

use std::time::Instant;

use super::key_server::KeyServer;
use super::service::{Answer, Service};
use super::token::{AUDIENCE, PROJECT, Signer, claims, claims_with};

// printf 'user:password' | base64, and so on.
const RIGHT: &str = "Basic dXNlcjpwYXNzd29yZA==";
const NEXT: &str = "Basic dXNlcjpuZXh0";
const WRONG: &str = "Basic dXNlcjp3cm9uZw==";

fn challenges(answer: &Answer) -> Vec<&str> {
    answer.all("www-authenticate").collect()
}

#[test]
fn a_wrong_password_is_answered_like_none_at_all() {
    let service = Service::start(&[("auth.basic", "user:password\nuser:next")]);
    assert_eq!(service.call_with(RIGHT).status, 200);
    assert_eq!(service.call_with(NEXT).status, 200);
    let without_id = |answer: Answer| {
        let Answer {
            status,
            headers,
            body,
        } = answer;
        let plain = |(name, _): &(String, String)| name != "x-request-id" && name != "date";
        let mut headers: Vec<_> = headers.into_iter().filter(plain).collect();
        headers.sort();
        (status, headers, body)
    };
    let refused = service.call(&[]);
    assert_eq!(refused.status, 401);
    assert_eq!(
        challenges(&refused),
        ["Basic realm=\"flowhook\", charset=\"UTF-8\""]
    );
    assert_eq!(
        refused.body,
        r#"{"error":{"code":401,"message":"the call does not carry the credentials that this webhook asks for","status":"UNAUTHENTICATED"}}"#
    );
    let refused = without_id(refused);
    for shown in [WRONG, "Basic", "Basic dXNlcjpwYXNzd29yZCA=", "Bearer x", ""] {
        assert_eq!(without_id(service.call_with(shown)), refused, "{shown}");
    }
    for twice in [[RIGHT, RIGHT], [RIGHT, WRONG], [WRONG, RIGHT]] {
        let headers = twice.map(|value| ("Authorization", value.as_bytes()));
        assert_eq!(without_id(service.call(&headers)), refused, "{twice:?}");
    }
}

#[test]
fn a_body_is_not_looked_at_before_the_caller_is() {
    let service = Service::start(&[("auth.basic", "user:password")]);
    let right: &[(&str, &[u8])] = &[("authorization", RIGHT.as_bytes())];
    for body in [&b"{"[..], b"", b"\xff", &[b' '; 2_000_000]] {
        assert_eq!(service.post(&[], body).status, 401);
        assert_eq!(service.post(right, body).status, 400);
    }
}

#[test]
fn every_way_in_is_named_and_one_is_enough() {
    let google = Signer::new("google");
    let server = KeyServer::of(&[&google]);
    let service = Service::with_file(&format!(
        r#"
        [auth]
        basic = "user:password"
        headers = "x-agent: a"
        id_token.jwks_url = "{}"

        [[auth.or]]
        id_token = {{ audiences = ["{AUDIENCE}"], emails = ["{PROJECT}"] }}

        [[auth.or]]
        headers = "x-partner: secret"
        id_token = {{ audiences = ["https://partner.example/"], emails = ["partner@example.iam.gserviceaccount.com"] }}
        "#,
        server.url()
    ));
    let mine = format!("Bearer {}", google.token(&claims()));
    let mut partner = claims_with("aud", "https://partner.example");
    partner["email"] = "partner@example.iam.gserviceaccount.com".into();
    let partner = format!("Bearer {}", google.token(&partner));
    let [mine, partner] = [&mine, &partner].map(|value| ("authorization", value.as_bytes()));
    let agent: (&str, &[u8]) = ("X-Agent", b"a");
    let secret: (&str, &[u8]) = ("x-partner", b"secret");
    let password: (&str, &[u8]) = ("authorization", RIGHT.as_bytes());

    for passes in [
        vec![password, agent],
        vec![mine],
        vec![mine, agent],
        vec![partner, secret],
    ] {
        assert_eq!(service.call(&passes).status, 200, "{passes:?}");
    }
    for (fails, status, kind) in [
        (vec![password], 401, "token_not_bearer"),
        (vec![agent], 401, "missing"),
        (vec![secret], 401, "missing"),
        // Genuine, but this one's email is not for a call without the header.
        (vec![partner], 403, "token_audience"),
        (vec![partner, ("x-partner", b"wrong")], 403, "token_audience"),
        (vec![mine, partner], 401, "repeated"),
    ] {
        let answer = service.call(&fails);
        assert_eq!(answer.status, status, "{fails:?}");
        let line = service.line_of(&answer);
        assert_eq!(line["outcome"], "not admitted");
        assert!(kind == "token_not_bearer" || line["reason"] == kind, "{line}");
    }
    let refused = service.call(&[]);
    assert_eq!(
        challenges(&refused),
        [
            "Basic realm=\"flowhook\", charset=\"UTF-8\"",
            "Bearer realm=\"flowhook\""
        ]
    );
    let forbidden = service.call(&[partner]);
    assert!(challenges(&forbidden).is_empty());
    assert_eq!(
        forbidden.body,
        r#"{"error":{"code":403,"message":"the caller is not one that this webhook answers","status":"PERMISSION_DENIED"}}"#
    );
}

#[test]
fn whoever_knocks_without_end_does_not_fill_the_log() {
    let service = Service::start(&[("auth.headers", "x-api-key: secret")]);
    let began = Instant::now();
    for _ in 0..500 {
        let refused = service.call(&[("x-api-key", b"guess")]);
        assert_eq!(
            (refused.status, challenges(&refused)),
            (401, vec!["Header realm=\"flowhook\""])
        );
    }
    let seconds = began.elapsed().as_secs() as usize;
    // One of another kind is told all the same, and is the last.
    let other = service.call(&[]);
    assert_eq!(service.line_of(&other)["reason"], "missing");
    let told = service
        .log()
        .iter()
        .filter(|line| line["reason"] == "wrong")
        .count();
    assert!((10..=11 + seconds).contains(&told), "{told} lines in {seconds} s");
}

#[test]
fn to_trust_cloud_run_elsewhere_is_warned_of() {
    let google = Signer::new("google");
    let server = KeyServer::of(&[&google]);
    let settings = [
        ("auth.id_token.jwks_url", server.url()),
        ("auth.id_token.audiences", AUDIENCE.to_owned()),
        ("auth.id_token.emails", PROJECT.to_owned()),
        ("auth.id_token.signature", "removed-by-cloud-run".to_owned()),
    ];
    let service = Service::start(&settings.each_ref().map(|(key, value)| (*key, value.as_str())));
    let is_warning = |line: &serde_json::Value| {
        line["message"]
            .as_str()
            .unwrap()
            .contains("does not look like Cloud Run")
    };
    assert_eq!(service.line(is_warning)["severity"], "WARNING");
}
