//! What one decision of the gate costs, for each kind of credential, beside the bare check of an RS256 signature.
//!
//! `cargo bench --bench gate`. All are measured in turns, so that whatever else the machine does falls on each of them; the
//! least of the rounds is told. The aim for a token is at most a tenth above the bare check.

#![expect(clippy::unwrap_used, reason = "a benchmark stops where something is wrong")]
#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

use std::hint::black_box;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flowhook::auth::client_cert::Forwarded;
use flowhook::auth::{
    Basic, Certificate, Check, ClientCert, Evidence, Gate, Header, Headers, Secret, Subject,
};
use futures_util::FutureExt;

#[path = "../tests/it/auth/asking.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod asking;
#[path = "../tests/it/auth/key_server.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod key_server;
#[path = "../tests/it/auth/token.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod token;

use self::asking::{Sent, gate, id_token};
use self::key_server::KeyServer;
use self::token::{Signer, claims};

const ROUNDS: usize = 400;
const CALLS: u32 = 250;

/// What is measured, and the least time that it took so far.
struct Measured<'a> {
    name: &'static str,
    work: Box<dyn Fn() + 'a>,
    least: Duration,
}

fn measured<'a>(name: &'static str, work: impl Fn() + 'a) -> Measured<'a> {
    Measured {
        name,
        work: Box::new(work),
        least: Duration::MAX,
    }
}

fn decision<'a>(name: &'static str, gate: &'a Gate, headers: &'a Sent<'a>, passes: bool) -> Measured<'a> {
    measured(name, move || {
        let evidence = Evidence {
            headers: black_box(headers) as &dyn Headers,
            certificate: None,
            peer: None,
            now: SystemTime::now(),
        };
        let decided = gate.admits(&evidence).now_or_never().unwrap();
        assert_eq!(decided.is_ok(), passes);
    })
}

/// A certificate from the handshake, and a proxy that passes one on.
fn by_certificate<'a>(
    name: &'static str,
    gate: &'a Gate,
    headers: &'a Sent<'a>,
    shown: &'a Certificate,
) -> Measured<'a> {
    measured(name, move || {
        let evidence = Evidence {
            headers: black_box(headers) as &dyn Headers,
            certificate: Some(black_box(shown)),
            peer: Some(IpAddr::from([127, 0, 0, 1])),
            now: SystemTime::now(),
        };
        gate.admits(&evidence).now_or_never().unwrap().unwrap();
    })
}

/// A certificate of Dialogflow's name, as large as one with an RSA key is.
fn google_certificate() -> rcgen::Certificate {
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "Google LLC");
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    params.self_signed(&key).unwrap()
}

fn main() {
    let google = Signer::new("0123456789012345678901234567890123456789");
    let server = KeyServer::of(&[&google]);
    let by_token = gate(&server.url());
    let behind_cloud_run = Gate::new(vec![vec![Check::IdToken(
        id_token(&server.url()).with_signature_removed_by_cloud_run(),
    )]]);
    let secrets = |texts: &[&str]| texts.iter().map(|text| Secret::new(text)).collect::<Vec<_>>();
    let basic = || Check::Basic(Basic::new(secrets(&["user:password", "user:next"])));
    let header = || {
        Check::Header(Header::new(
            "x-api-key",
            secrets(&["a long secret of thirty-two bytes"]),
        ))
    };
    let by_password = Gate::new(vec![vec![basic()]]);
    let by_header = Gate::new(vec![vec![header()]]);
    let by_both = Gate::new(vec![vec![basic(), header()]]);
    let google_only = || ClientCert::new(vec![Subject::of_dialogflow()]);
    let by_handshake = Gate::new(vec![vec![Check::ClientCert(google_only())]]);
    let by_proxy = Gate::new(vec![vec![Check::ClientCert(google_only().forwarded(
        Forwarded {
            header: "client-cert".to_owned(),
            proxies: vec!["127.0.0.0/8".parse().unwrap()],
            verified: None,
        },
    ))]]);
    let open = Gate::new(vec![]);

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let keeping = Arc::clone(&by_token);
    runtime.spawn(async move { keeping.keep_keys_fresh().await });
    let keys = by_token.keys();
    while keys[0].is_empty() {
        std::thread::yield_now();
    }

    let right = google.token(&claims());
    let (message, signature) = right.rsplit_once('.').unwrap();
    let removed = format!("Bearer {message}.SIGNATURE_REMOVED_BY_GOOGLE");
    let wrong = format!("Bearer {message}.{}", token::base64(&[1; 256]));
    let bearer = format!("Bearer {right}");
    let certificate = google_certificate();
    let shown = Certificate::from_der(certificate.der()).unwrap();
    let in_colons = format!(":{}:", STANDARD.encode(certificate.der()));
    let escaped = certificate
        .pem()
        .replace(' ', "%20")
        .replace('\n', "%0A")
        .replace('+', "%2B");
    let password: (&str, &[u8]) = ("authorization", b"Basic dXNlcjpwYXNzd29yZA==");
    let key: (&str, &[u8]) = ("x-api-key", b"a long secret of thirty-two bytes");
    // As many headers as Dialogflow sends, with the one in question at the end.
    let others: [(&str, &[u8]); 5] = [
        ("host", b"example.com"),
        ("content-type", b"application/json"),
        ("content-length", b"2048"),
        ("accept", b"*/*"),
        ("user-agent", b"Google-Dialogflow"),
    ];
    let with = |more: &[(&'static str, &[u8])]| -> Vec<(&str, Vec<u8>)> {
        let all = others.iter().chain(more);
        all.map(|(name, value)| (*name, value.to_vec())).collect()
    };
    let sent = [
        with(&[]),
        with(&[password]),
        with(&[key]),
        with(&[password, key]),
        with(&[("authorization", bearer.as_bytes())]),
        with(&[("authorization", wrong.as_bytes())]),
        with(&[("authorization", removed.as_bytes())]),
        with(&[("client-cert", in_colons.as_bytes())]),
        with(&[("client-cert", escaped.as_bytes())]),
    ];
    let borrowed: Vec<Vec<(&str, &[u8])>> = sent
        .iter()
        .map(|headers| headers.iter().map(|(name, value)| (*name, &value[..])).collect())
        .collect();
    let sent: Vec<Sent<'_>> = borrowed.iter().map(|headers| Sent(headers)).collect();

    let der = google.public_der();
    let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &der).unwrap();
    let unparsed = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &der);
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut all = vec![
        measured("bare RS256, key parsed before", || {
            key.verify_sig(black_box(message.as_bytes()), &bytes).unwrap();
        }),
        measured("bare RS256, key parsed each time", || {
            unparsed.verify(black_box(message.as_bytes()), &bytes).unwrap();
        }),
        decision("ID token", &by_token, &sent[4], true),
        decision("ID token, wrong signature", &by_token, &sent[5], false),
        decision("ID token, signature removed", &behind_cloud_run, &sent[6], true),
        decision("Basic, two passwords", &by_password, &sent[1], true),
        decision("header", &by_header, &sent[2], true),
        decision("Basic and header", &by_both, &sent[3], true),
        by_certificate("client certificate", &by_handshake, &sent[0], &shown),
        by_certificate("client certificate, RFC 9440", &by_proxy, &sent[7], &shown),
        by_certificate("client certificate, escaped PEM", &by_proxy, &sent[8], &shown),
        decision("nothing shown", &by_both, &sent[0], false),
        decision("open", &open, &sent[0], true),
    ];
    for _ in 0..ROUNDS {
        for one in &mut all {
            let began = Instant::now();
            for _ in 0..CALLS {
                (one.work)();
            }
            one.least = one.least.min(began.elapsed() / CALLS);
        }
    }
    let bare = all[0].least;
    for one in &all {
        println!("{:34} {:>8.3} us", one.name, one.least.as_nanos() as f64 / 1e3);
    }
    let above = (all[2].least.as_secs_f64() / bare.as_secs_f64() - 1.0) * 100.0;
    println!("an ID token costs {above:.1} % above the bare check");
}
