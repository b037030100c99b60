//! Files that cannot be used: the program does not start, and says in one sentence what to do.

use rcgen::{CertificateParams, KeyPair};

use super::Place;
use super::authority::{Authority, expired, server};
use super::client::Client;
use super::program::{fail, start};

/// What it says of a place with one file changed; without text the file is gone.
fn fault(name: &str, text: Option<&str>) -> String {
    let place = Place::with_clients(&Authority::root("Root of clients"));
    match text {
        Some(text) => place.write(name, text),
        None => std::fs::remove_file(place.folder.path().join(name)).unwrap(),
    }
    fail(&place.folder, Place::GOOGLE)
}

#[test]
fn each_fault_of_the_files_is_told_with_its_mend() {
    let other = Authority::root("Another root").server();
    let encrypted = other.key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let encrypted_before = other.key.replace("PRIVATE KEY", "RSA PRIVATE KEY").replacen(
        "KEY-----\n",
        "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n",
        1,
    );
    let half = &other.chain[..other.chain.len() / 2];
    let garbled = other.chain.replacen("MII", "!!!", 1);
    let no_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let no_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let pem = "holds no certificate in PEM (`-----BEGIN CERTIFICATE-----`)";
    for (name, text, told) in [
        (
            "cert.pem",
            None,
            "`server.tls.cert`: cannot read cert.pem: No such file or directory",
        ),
        (
            "cert.pem",
            Some(""),
            &format!("`server.tls.cert`: cert.pem {pem}"),
        ),
        (
            "cert.pem",
            Some(other.key.as_str()),
            &format!("`server.tls.cert`: cert.pem {pem}"),
        ),
        (
            "cert.pem",
            Some(half),
            "`server.tls.cert`: certificate 1 in cert.pem cannot be used",
        ),
        (
            "cert.pem",
            Some(&garbled),
            "`server.tls.cert`: certificate 1 in cert.pem cannot be used",
        ),
        (
            "cert.pem",
            Some(no_certificate),
            "`server.tls.cert`: certificate 1 in cert.pem cannot be used: not an X.509",
        ),
        (
            "cert.pem",
            Some(&other.chain),
            "the key in key.pem does not belong to the first certificate in cert.pem",
        ),
        ("key.pem", None, "`server.tls.key`: cannot read key.pem"),
        (
            "key.pem",
            Some("\n"),
            "`server.tls.key`: key.pem holds no private key in PEM",
        ),
        (
            "key.pem",
            Some(&other.chain),
            "`server.tls.key`: key.pem holds no private key in PEM",
        ),
        (
            "key.pem",
            Some(no_key),
            "`server.tls.key`: the key in key.pem cannot be used: expected RSA",
        ),
        (
            "key.pem",
            Some(&other.key),
            "the key in key.pem does not belong to the first certificate in cert.pem",
        ),
        (
            "key.pem",
            Some(&encrypted),
            "`server.tls.key`: the key in key.pem has a passphrase",
        ),
        (
            "key.pem",
            Some(&encrypted_before),
            "`server.tls.key`: the key in key.pem has a passphrase",
        ),
        ("roots.pem", None, "`server.tls.client_ca`: cannot read roots.pem"),
        (
            "roots.pem",
            Some(""),
            &format!("`server.tls.client_ca`: roots.pem {pem}"),
        ),
        (
            "roots.pem",
            Some(no_certificate),
            "`server.tls.client_ca`: certificate 1 in roots.pem cannot be used",
        ),
    ] {
        let said = fault(name, text);
        assert!(said.contains(told), "{name}, {told}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        assert!(said.starts_with("flowhook: `server.tls."), "{said}");
        // No word of what the file holds.
        assert!(!said.contains("MII") && !said.contains("--bind"), "{said}");
    }
}

#[test]
fn a_folder_in_the_place_of_a_file_is_told_as_such() {
    let place = Place::new();
    let folder = place.folder.path().join("folder");
    std::fs::create_dir(folder).unwrap();
    let said = fail(&place.folder, &Place::TLS.replace("key.pem", "folder"));
    assert!(
        said.contains("`server.tls.key`: cannot read folder: Is a directory"),
        "{said}"
    );
}

#[test]
fn a_certificate_that_ends_soon_or_has_ended_or_names_no_host_is_warned_of_and_served() {
    let place = Place::new();
    let end = |params: CertificateParams| {
        let shown = place.authority.sign(params);
        place.write("cert.pem", &shown.chain);
        place.write("key.pem", &shown.key);
        start(&place.folder, Place::TLS)
    };
    let mut soon = server();
    soon.not_after =
        (std::time::SystemTime::now() + std::time::Duration::from_secs(9 * 24 * 60 * 60 + 60)).into();
    let program = end(soon);
    let line = program.logged("`server.tls.cert`: the certificate ends in 9 days, at 2");
    assert!(line.contains("WARNING"), "{line}");
    assert_eq!(
        Client::new(&place.authority, None).ask(program.address).unwrap(),
        200
    );

    let line =
        end(expired(server())).logged("`server.tls.cert`: the certificate ended at 2021-01-01T00:00:00Z");
    assert!(line.contains("ERROR"), "{line}");

    end(super::authority::client("hook.example.com"))
        .logged("the certificate names no host as a subject alternative name");
}

#[test]
fn keys_of_every_usual_kind_are_taken() {
    let place = Place::new();
    for algorithm in [
        &rcgen::PKCS_ECDSA_P256_SHA256,
        &rcgen::PKCS_ECDSA_P384_SHA384,
        &rcgen::PKCS_ED25519,
        &rcgen::PKCS_RSA_SHA256,
    ] {
        let shown = place
            .authority
            .sign_for(server(), KeyPair::generate_for(algorithm).unwrap());
        place.write("cert.pem", &shown.chain);
        place.write("key.pem", &shown.key);
        let program = start(&place.folder, Place::TLS);
        assert_eq!(
            Client::new(&place.authority, None).ask(program.address).unwrap(),
            200
        );
    }
}
