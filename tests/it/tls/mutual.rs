//! Client certificates in the handshake.

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, SanType};
use rustls::AlertDescription::{
    self, AccessDenied, CertificateExpired, CertificateRequired, DecryptError, UnknownCA,
    UnsupportedCertificate,
};
use rustls::HandshakeKind;
use rustls::version::{TLS12, TLS13};

use super::Place;
use super::authority::{Authority, Shown, client, expired, not_yet_valid, self_signed};
use super::client::Client;
use super::program::{fail, start};

fn named(dns: &str) -> CertificateParams {
    let mut params = client("anybody");
    params.subject_alt_names = vec![SanType::DnsName(dns.try_into().unwrap())];
    params
}

#[test]
fn a_certificate_of_the_right_root_and_subject_is_taken() {
    let root = Authority::root("Root of clients");
    let intermediate = root.intermediate("Intermediate of clients");
    let deeper = intermediate.intermediate("Deeper intermediate of clients");
    let place = Place::with_clients(&root);
    let program = start(&place.folder, Place::GOOGLE);
    let mut both_usages = client("Google LLC");
    both_usages
        .extended_key_usages
        .push(ExtendedKeyUsagePurpose::ServerAuth);
    let mut no_usage = client("Google LLC");
    no_usage.extended_key_usages.clear();
    for (case, shown) in [
        ("by the root", root.client("Google LLC")),
        (
            "by an intermediate",
            intermediate.client("Google LLC").with(&intermediate),
        ),
        (
            "by two",
            deeper.client("Google LLC").with(&deeper).with(&intermediate),
        ),
        ("by alternative name", root.sign(named("agent.example.com"))),
        ("for both usages", root.sign(both_usages)),
        ("without usages", root.sign(no_usage)),
    ] {
        for version in [&TLS12, &TLS13] {
            let client = Client::with_versions(&place.authority, Some(&shown), &[version]);
            let status = client.ask(program.address);
            assert!(matches!(status, Ok(200)), "{case}: {status:?}");
        }
    }
}

#[test]
fn any_other_certificate_is_refused_in_the_handshake_and_the_log_says_why() {
    let root = Authority::root("Root of clients");
    let intermediate = root.intermediate("Intermediate of clients");
    let stranger = Authority::root("Another root");
    let pretender = Authority::root("Root of clients");
    let place = Place::with_clients(&root);
    let mut for_servers = client("Google LLC");
    for_servers.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let unknown = "it leads to no root in `server.tls.client_ca`";
    let another = "the client certificate is for none of the configured subjects";
    let cases: [(&str, Option<Shown>, AlertDescription, &str); 13] = [
        ("absent", None, CertificateRequired, ""),
        (
            "of another root",
            Some(stranger.client("Google LLC")),
            UnknownCA,
            unknown,
        ),
        (
            "of a root of the same name",
            Some(pretender.client("Google LLC")),
            DecryptError,
            "that has not signed it",
        ),
        (
            "self-signed",
            Some(self_signed(client("Google LLC"))),
            UnknownCA,
            unknown,
        ),
        (
            "intermediate not sent",
            Some(intermediate.client("Google LLC")),
            UnknownCA,
            unknown,
        ),
        (
            "of another",
            Some(root.client("mallory.example")),
            AccessDenied,
            another,
        ),
        (
            "of the old name, not configured",
            Some(root.client("*.dialogflow.com")),
            AccessDenied,
            another,
        ),
        (
            "of a longer name",
            Some(root.client("Google LLC.")),
            AccessDenied,
            another,
        ),
        (
            "in other letters",
            Some(root.client("google llc")),
            AccessDenied,
            another,
        ),
        (
            "of another alternative name",
            Some(root.sign(named("x.agent.example.com"))),
            AccessDenied,
            another,
        ),
        (
            "expired",
            Some(root.sign(expired(client("Google LLC")))),
            CertificateExpired,
            "has expired",
        ),
        (
            "not yet valid",
            Some(root.sign(not_yet_valid(client("Google LLC")))),
            CertificateExpired,
            "is not yet valid",
        ),
        (
            "for servers",
            Some(root.sign(for_servers)),
            UnsupportedCertificate,
            "it is not meant for clients",
        ),
    ];
    for (case, shown, alert, reason) in cases {
        // One program for each, since the log tells of refusals only now and then.
        let program = start(&place.folder, Place::GOOGLE);
        for version in [&TLS13, &TLS12] {
            let client = Client::with_versions(&place.authority, shown.as_ref(), &[version]);
            assert_eq!(client.refused(program.address), alert, "{case}");
        }
        if !reason.is_empty() {
            program.logged(reason);
        }
        assert!(!program.output().contains("mallory"), "{}", program.output());
    }
}

#[test]
fn a_certificate_without_its_key_is_refused() {
    let root = Authority::root("Root of clients");
    let place = Place::with_clients(&root);
    let program = start(&place.folder, Place::GOOGLE);
    let stolen = Shown {
        key: root.client("Google LLC").key,
        ..root.client("Google LLC")
    };
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let key = provider
        .key_provider
        .load_private_key(stolen.private_key())
        .unwrap();
    let resolver =
        rustls::sign::SingleCertAndKey::from(rustls::sign::CertifiedKey::new(stolen.certificates(), key));
    let client = Client::showing(&place.authority, std::sync::Arc::new(resolver));
    assert_eq!(client.refused(program.address), DecryptError);
}

#[test]
fn the_old_subject_is_taken_when_it_is_configured() {
    let root = Authority::root("Root of clients");
    let place = Place::with_clients(&root);
    let settings = format!("{}client_subjects = 'CN=*.dialogflow.com'\n", Place::ROOTS);
    let program = start(&place.folder, &settings);
    program.logged(
        "`CN=*.dialogflow.com` is what Dialogflow shows until 2026-12-01 and no longer: add `CN=Google LLC`",
    );
    let ask = |name| Client::new(&place.authority, Some(&root.client(name))).ask(program.address);
    assert_eq!(ask("*.dialogflow.com").unwrap(), 200);
    assert!(ask("x.dialogflow.com").is_err());
    assert!(ask("Google LLC").is_err());
}

#[test]
fn roots_without_subjects_close_no_gate() {
    let root = Authority::root("Root of clients");
    let place = Place::with_clients(&root);
    let program = start(&place.folder, Place::ROOTS);
    let shown = root.client("anybody");
    assert_eq!(
        Client::new(&place.authority, Some(&shown))
            .ask(program.address)
            .unwrap(),
        200
    );
    assert_eq!(
        Client::new(&place.authority, None).refused(program.address),
        CertificateRequired
    );
    let health = "GET /health/ready HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut connection = Client::new(&place.authority, Some(&shown))
        .connect(program.address)
        .unwrap();
    assert_eq!(connection.send(health).unwrap(), 200);
    let to_all = format!("server.bind = '0.0.0.0:0'\n{}", Place::ROOTS);
    let refused = fail(&place.folder, &to_all);
    assert!(
        refused.contains("without `server.tls.client_subjects` is no check of who may call"),
        "{refused}"
    );
}

#[test]
fn a_password_may_be_asked_for_beside_the_certificate() {
    let root = Authority::root("Root of clients");
    let place = Place::with_clients(&root);
    let program = start(
        &place.folder,
        &format!("{}[auth]\nbasic = 'user:password'\n", Place::GOOGLE),
    );
    let client = Client::new(&place.authority, Some(&root.client("Google LLC")));
    let mut connection = client.connect(program.address).unwrap();
    assert_eq!(connection.ask().unwrap(), 401);
    program.logged("no `authorization` header");
    // printf 'user:password' | base64
    let with_password = super::client::request("authorization: Basic dXNlcjpwYXNzd29yZA==\r\n");
    assert_eq!(connection.send(&with_password).unwrap(), 200);
    assert!(!program.output().contains("a client certificate alone"));
}

#[test]
fn one_way_in_may_ask_for_a_subject_that_others_do_not() {
    let root = Authority::root("Root of clients");
    let place = Place::with_clients(&root);
    let ways = "[auth]\nbasic = 'user:password'\n[[auth.or]]\nclient_cert.subjects = 'CN=Google LLC'\n";
    let program = start(&place.folder, &format!("{}{ways}", Place::ROOTS));
    let ask = |name: &str| Client::new(&place.authority, Some(&root.client(name))).ask(program.address);
    assert_eq!(ask("Google LLC").unwrap(), 200);
    assert_eq!(ask("mallory.example").unwrap(), 401);
    program.logged(
        "no `authorization` header; or the client certificate is for none of the configured subjects",
    );
}

#[test]
fn no_session_is_taken_up_again_past_the_certificate() {
    let root = Authority::root("Root of clients");
    let place = Place::with_clients(&root);
    let program = start(&place.folder, Place::GOOGLE);
    for version in [&TLS12, &TLS13] {
        let client = Client::with_versions(&place.authority, Some(&root.client("Google LLC")), &[version]);
        for _ in 0..3 {
            let mut connection = client.connect(program.address).unwrap();
            assert_eq!(connection.ask().unwrap(), 200);
            assert_ne!(connection.handshake(), Some(HandshakeKind::Resumed));
        }
    }
}

#[test]
fn the_log_warns_of_what_the_certificate_does_not_prove_and_of_a_missing_root() {
    let root = Authority::root("Root of clients");
    let place = Place::with_clients(&root);
    let program = start(&place.folder, Place::GOOGLE);
    program.logged("a client certificate alone lets a caller in");
    program.logged("SSL.com Root Certification Authority RSA is not in it");
}
