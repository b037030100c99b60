//! The mutual-TLS cases once more with a client that shares no code with the server: `openssl s_client`.

use std::io::Write;
use std::process::{Command, Stdio};

use super::Place;
use super::authority::{Authority, Shown, client, expired, self_signed};
use super::client::request;
use super::program::start;
use crate::program::Program;

/// What `openssl s_client` prints when it asks, or none where there is no openssl. In CI there must be one.
#[expect(clippy::print_stderr, reason = "a test that does not run says so")]
fn s_client(place: &Place, program: &Program, shown: Option<&Shown>, options: &[&str]) -> Option<String> {
    place.write("trusted.pem", &place.authority.pem());
    let mut command = Command::new("openssl");
    command
        .current_dir(&place.folder)
        .args([
            "s_client",
            "-connect",
            &program.address.to_string(),
            "-CAfile",
            "trusted.pem",
        ])
        .args(["-verify_return_error", "-verify_ip", "127.0.0.1", "-ign_eof"])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(shown) = shown {
        place.write("client.pem", &shown.chain);
        place.write("client-key.pem", &shown.key);
        command.args([
            "-cert",
            "client.pem",
            "-cert_chain",
            "client.pem",
            "-key",
            "client-key.pem",
        ]);
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && std::env::var_os("CI").is_none() => {
            eprintln!("skipped: there is no openssl here");
            return None;
        }
        Err(error) => panic!("cannot run openssl: {error}"),
    };
    // It may be refused before it has read all of this.
    let _ = child
        .stdin
        .take()
        .unwrap()
        .write_all(request("connection: close\r\n").as_bytes());
    let output = child.wait_with_output().unwrap();
    Some(format!(
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    ))
}

#[test]
fn openssl_is_answered_with_the_right_certificate_and_refused_with_any_other() {
    let root = Authority::root("Root of clients");
    let intermediate = root.intermediate("Intermediate of clients");
    let place = Place::with_clients(&root);
    let program = start(&place.folder, Place::GOOGLE);
    let answer = "HTTP/1.1 200 OK";
    for (case, shown, told) in [
        ("good", Some(root.client("Google LLC")), answer),
        (
            "intermediate sent",
            Some(intermediate.client("Google LLC").with(&intermediate)),
            answer,
        ),
        (
            "intermediate not sent",
            Some(intermediate.client("Google LLC")),
            "alert unknown ca",
        ),
        (
            "another root",
            Some(Authority::root("Another root").client("Google LLC")),
            "alert unknown ca",
        ),
        (
            "self-signed",
            Some(self_signed(client("Google LLC"))),
            "alert unknown ca",
        ),
        (
            "another subject",
            Some(root.client("mallory.example")),
            "alert access denied",
        ),
        (
            "expired",
            Some(root.sign(expired(client("Google LLC")))),
            "alert certificate expired",
        ),
        ("absent", None, "alert certificate required"),
    ] {
        for version in ["-tls1_3", "-tls1_2"] {
            let Some(printed) = s_client(&place, &program, shown.as_ref(), &[version]) else {
                return;
            };
            assert!(printed.contains(told), "{case} {version}: {printed}");
            assert_eq!(
                printed.contains(answer),
                told == answer,
                "{case} {version}: {printed}"
            );
        }
    }
}

#[test]
fn openssl_gets_http_1_1_and_no_tls_1_1() {
    let place = Place::new();
    let program = start(&place.folder, Place::TLS);
    let Some(both) = s_client(&place, &program, None, &["-alpn", "h2,http/1.1"]) else {
        return;
    };
    assert!(
        both.contains("ALPN protocol: http/1.1") && both.contains("HTTP/1.1 200 OK"),
        "{both}"
    );
    let old = s_client(
        &place,
        &program,
        None,
        &["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"],
    )
    .unwrap();
    assert!(
        old.contains("alert handshake failure") && !old.contains("HTTP/1.1 200 OK"),
        "{old}"
    );
}
