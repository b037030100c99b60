//! The doctor and certificates: made here, and thrown away.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, IsCa, KeyPair,
    date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

use super::servers::{Fake, answer, doctor, doctor_in};
use super::{CONSOLE, HELLO, JSON, file};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn params(name: &str, hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<_> = hosts.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(hosts).expect("these are host names");
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("there is randomness")
}

fn authority(name: &str) -> Authority {
    let mut params = params(name, &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, key()).expect("an authority can be made")
}

fn intermediate(name: &str, root: &Authority) -> Authority {
    let mut params = params(name, &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::signed_by(params, key(), root).expect("an authority can be made")
}

/// A certificate and its key.
struct Held {
    chain: Vec<CertificateDer<'static>>,
    pem: String,
    key: KeyPair,
}

fn issued(params: &CertificateParams, by: &Authority) -> Held {
    let key = key();
    let certificate = params.signed_by(&key, by).expect("a certificate can be made");
    Held {
        chain: vec![certificate.der().clone()],
        pem: certificate.pem(),
        key,
    }
}

fn good(by: &Authority) -> Held {
    issued(&params("a webhook", &["127.0.0.1", "localhost"]), by)
}

/// A server that shows a certificate, and asks for one where it is told whom to trust.
fn config(
    held: &Held,
    clients: Option<&Authority>,
    version: &'static SupportedProtocolVersion,
) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[version])
        .expect("the provider speaks it");
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der().clone()).expect("it is a root");
            builder.with_client_cert_verifier(
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                    .build()
                    .expect("there is a root"),
            )
        }
    };
    let key = PrivateKeyDer::try_from(held.key.serialize_der()).expect("the key is PKCS #8");
    builder
        .with_single_cert(held.chain.clone(), key)
        .expect("the key is the certificate's")
}

fn serving(held: &Held) -> Fake {
    Fake::over_tls(
        config(held, None, &rustls::version::TLS13),
        answer("200 OK", JSON, HELLO),
    )
}

#[test]
fn a_good_certificate_of_an_own_authority_needs_to_be_told_of() {
    let root = authority("An Authority");
    let ca = file(&root.pem());
    let ca = ca.path().to_str().expect("a plain path");
    for (version, name) in [(&rustls::version::TLS12, "1.2"), (&rustls::version::TLS13, "1.3")] {
        let fake = Fake::over_tls(config(&good(&root), None, version), answer("200 OK", JSON, HELLO));
        doctor(&fake.https(), &["--ca", ca]).says(
            0,
            &[
                "ok URL https://127.0.0.1:",
                &format!("ok TLS TLS {name}, a chain of 1; the certificate is for 127.0.0.1, localhost, by `An Authority`"),
                "warning TLS only the authority given with --ca vouches for the certificate",
                "ok HTTP 200 from a server that does not name itself",
                "The user hears: \"Hello from here.\"",
                "Nothing failed; there is 1 warning.",
            ],
        );
        doctor(&fake.https(), &["--basic", "a:s3kr1t"]).says(
            1,
            &[
                "failed TLS nobody known vouches for the certificate's issuer `An Authority`",
                "with --ca",
                CONSOLE,
            ],
        );
        let heard = fake.heard();
        assert!(
            heard.iter().all(|request| !request.contains("authorization")),
            "nothing goes to a stranger"
        );
    }
}

#[test]
fn an_authority_that_the_machine_knows_is_enough() {
    let root = authority("An Authority");
    let known = file(&root.pem());
    let known = [("SSL_CERT_FILE", known.path().to_str().expect("a plain path"))];
    let told = doctor_in(&known, "", &serving(&good(&root)).https(), &[]);
    told.says(0, &["by `An Authority`", "Nothing failed."]);
    assert!(!told.text.contains("--ca"), "{}", told.text);
}

#[test]
fn a_machine_without_authorities_cannot_tell() {
    let root = authority("An Authority");
    let nothing = tempfile::tempdir().expect("there is room for a directory");
    let nothing = nothing.path().join("none");
    let nothing = nothing.to_str().expect("a plain path");
    let known = [("SSL_CERT_FILE", nothing), ("SSL_CERT_DIR", nothing)];
    doctor_in(&known, "", &serving(&good(&root)).https(), &[])
        .says(1, &["failed TLS this machine knows no certificate authority"]);
}

#[test]
fn an_incomplete_chain_is_told_from_an_unknown_authority() {
    let root = authority("A Root");
    let between = intermediate("An Intermediate", &root);
    let mut params = params("a webhook", &["127.0.0.1"]);
    // id-pe-authorityInfoAccess with the place of the issuer's certificate, http://a/.
    let place = b"\x30\x17\x30\x15\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02\x86\x09http://a/";
    let access = CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], place.to_vec());
    params.custom_extensions.push(access);
    let mut held = issued(&params, &between);
    let ca = file(&root.pem());
    let ca = ca.path().to_str().expect("a plain path");
    doctor(&serving(&held).https(), &["--ca", ca]).says(
        1,
        &[
            "failed TLS the chain is incomplete: the certificate of `An Intermediate` is missing",
            "fullchain.pem",
        ],
    );
    held.chain.push(between.der().clone());
    doctor(&serving(&held).https(), &["--ca", ca]).says(0, &["a chain of 2"]);
    doctor(&serving(&held).https(), &[]).says(
        1,
        &[
            "nobody known vouches for",
            "the chain ends at a private authority",
        ],
    );
}

#[test]
fn each_bad_certificate_is_named_for_its_fault() {
    let root = authority("An Authority");
    let mut expired = params("a webhook", &["127.0.0.1"]);
    (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2020, 3, 1));
    let mut early = params("a webhook", &["127.0.0.1"]);
    early.not_before = date_time_ymd(2999, 1, 1);
    let mut both = params("a webhook", &["example.com"]);
    both.not_after = date_time_ymd(2020, 3, 1);
    for (params, says) in [
        (expired, &["failed TLS the certificate expired on 2020-03-01"][..]),
        (
            early,
            &["failed TLS the certificate is not valid before 2999-01-01T00:00:00Z"],
        ),
        (
            params("a webhook", &["example.com", "www.example.com"]),
            &["failed TLS the certificate is for example.com, www.example.com, not for `127.0.0.1`"],
        ),
        (
            params("127.0.0.1", &[]),
            &[
                "the certificate is for no name, not for `127.0.0.1`",
                "subject alternative name",
            ],
        ),
        (
            both,
            &[
                "expired on 2020-03-01",
                "is for example.com, not for `127.0.0.1`",
                "2 things failed",
            ],
        ),
    ] {
        let ca = file(&root.pem());
        let fake = serving(&issued(&params, &root));
        let told = doctor(
            &fake.https(),
            &["--ca", ca.path().to_str().expect("a plain path")],
        );
        told.says(1, says);
        assert!(fake.heard().iter().all(String::is_empty), "nothing is sent");
    }
}

#[test]
fn a_self_signed_certificate_is_known_as_one() {
    let key = key();
    let certificate = params("a webhook", &["127.0.0.1"])
        .self_signed(&key)
        .expect("a certificate can be made");
    let held = Held {
        chain: vec![certificate.der().clone()],
        pem: certificate.pem(),
        key,
    };
    doctor(&serving(&held).https(), &[]).says(1, &["failed TLS the certificate is self-signed", CONSOLE]);
}

#[test]
fn a_certificate_that_ends_soon_is_a_warning() {
    let root = authority("An Authority");
    let ca = file(&root.pem());
    let mut params = params("a webhook", &["127.0.0.1"]);
    params.not_after =
        (std::time::SystemTime::now() + std::time::Duration::from_secs(5 * 86_400 + 600)).into();
    doctor(
        &serving(&issued(&params, &root)).https(),
        &["--ca", ca.path().to_str().expect("a plain path")],
    )
    .says(
        0,
        &[
            "warning TLS the certificate ends in 5 days",
            "there are 2 warnings",
        ],
    );
}

#[test]
fn a_server_that_asks_for_a_client_certificate_is_shown_the_one_given() {
    let (root, stranger) = (authority("An Authority"), authority("Another Authority"));
    let ca = file(&root.pem());
    let ca = ca.path().to_str().expect("a plain path");
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let fake = Fake::over_tls(
            config(&good(&root), Some(&root), version),
            answer("200 OK", JSON, HELLO),
        );
        doctor(&fake.https(), &["--ca", ca]).says(
            1,
            &[
                "failed TLS the server wants a client certificate, and was shown none",
                "note TLS the server asks for a client certificate, and was shown none",
                CONSOLE,
            ],
        );
        for (issuer, code, says) in [
            (
                &root,
                0,
                "ok door closed: without a client certificate the connection ends",
            ),
            (
                &stranger,
                1,
                "failed TLS the server refuses the client certificate",
            ),
        ] {
            let client = issued(&params("Google LLC", &[]), issuer);
            let (certificate, key) = (file(&client.pem), file(&client.key.serialize_pem()));
            let told = doctor(
                &fake.https(),
                &[
                    "--ca",
                    ca,
                    "--client-cert",
                    certificate.path().to_str().expect("a plain path"),
                    "--client-key",
                    key.path().to_str().expect("a plain path"),
                ],
            );
            told.says(
                code,
                &[
                    "note TLS the server asks for a client certificate, and was shown the one given",
                    says,
                ],
            );
        }
    }
}

#[test]
fn a_key_that_is_not_the_certificates_is_wrong_usage() {
    let root = authority("An Authority");
    let (one, other) = (good(&root), good(&root));
    let (certificate, key) = (file(&one.pem), file(&other.key.serialize_pem()));
    let told = doctor(
        "https://127.0.0.1:9/",
        &[
            "--client-cert",
            certificate.path().to_str().expect("a plain path"),
            "--client-key",
            key.path().to_str().expect("a plain path"),
        ],
    );
    assert_eq!(told.code, 2);
    assert!(
        told.stderr.contains("it is not the key of the certificate"),
        "{}",
        told.stderr
    );
}

#[test]
fn plain_http_behind_an_https_url_is_known() {
    let fake = Fake::sending("400 Bad Request", "", "");
    doctor(&fake.https(), &["--timeout", "3s"]).says(1, &["failed TLS", CONSOLE]);
    let flowhook = super::Flowhook::start(&[]);
    doctor(&flowhook.url.replace("http:", "https:"), &[]).says(
        1,
        &["failed TLS what answers on that port does not speak TLS", CONSOLE],
    );
}
