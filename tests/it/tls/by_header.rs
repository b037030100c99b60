//! Client certificates that a proxy passes on, behind which the program speaks plain HTTP.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use super::authority::{Authority, Shown, client, expired, not_yet_valid};
use super::client::{read_answer, request};
use super::program::start;
use crate::program::Program;

/// The proxy is whoever calls from this machine.
const PROXY: &str = "[auth.client_cert]\nsubjects = 'CN=Google LLC'\nheader = 'X-Client-Cert-Leaf'\nproxies = '127.0.0.0/8'\n";

fn ask(program: &Program, headers: &str) -> u16 {
    let mut stream = TcpStream::connect(program.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request(headers).as_bytes()).unwrap();
    read_answer(&mut stream).unwrap()
}

fn colons(shown: &Shown) -> String {
    format!(
        "x-client-cert-leaf: :{}:\r\n",
        STANDARD.encode(&shown.certificates()[0])
    )
}

fn escaped(shown: &Shown) -> String {
    let pem = shown
        .chain
        .replace("\r\n", "\n")
        .replace(' ', "%20")
        .replace('\n', "%0A")
        .replace('+', "%2B");
    format!("x-client-cert-leaf: {pem}\r\n")
}

#[test]
fn the_proxy_is_believed_and_what_it_passes_on_is_checked() {
    let folder = TempDir::new().unwrap();
    let program = start(&folder, PROXY);
    let root = Authority::root("Root of clients");
    let google = root.client("Google LLC");
    assert_eq!(ask(&program, &colons(&google)), 200);
    assert_eq!(ask(&program, &escaped(&google)), 200);

    for (headers, reason) in [
        (String::new(), "no `x-client-cert-leaf` header"),
        (
            colons(&google).repeat(2),
            "more than one `x-client-cert-leaf` header",
        ),
        (
            "x-client-cert-leaf: :!!!:\r\n".to_owned(),
            "the `x-client-cert-leaf` header is neither base64",
        ),
        (
            colons(&root.client("mallory.example")),
            "the client certificate is for none of the configured subjects",
        ),
        (
            colons(&root.sign(expired(client("Google LLC")))),
            "the client certificate has expired",
        ),
        (
            colons(&root.sign(not_yet_valid(client("Google LLC")))),
            "the client certificate is not yet valid",
        ),
    ] {
        assert_eq!(ask(&program, &headers), 401, "{reason}");
        program.logged(reason);
    }
}

#[test]
fn from_anywhere_else_the_header_is_not_believed() {
    let folder = TempDir::new().unwrap();
    let program = start(&folder, &PROXY.replace("127.0.0.0/8", "192.0.2.7, 2001:db8::/32"));
    let google = Authority::root("Root of clients").client("Google LLC");
    assert_eq!(ask(&program, &colons(&google)), 401);
    // Nor does a caller become a proxy by saying so.
    assert_eq!(
        ask(
            &program,
            &format!("{}x-forwarded-for: 192.0.2.7\r\n", colons(&google))
        ),
        401
    );
    program
        .logged("the call does not come from a proxy that may pass a certificate on in `x-client-cert-leaf`");
}

#[test]
fn a_proxy_that_lets_bad_certificates_through_must_call_this_one_good() {
    let folder = TempDir::new().unwrap();
    let settings = format!("{PROXY}verified = 'X-Client-Cert-Chain-Verified: true'\n");
    let program = start(&folder, &settings);
    let google = colons(&Authority::root("Root of clients").client("Google LLC"));
    assert_eq!(
        ask(
            &program,
            &format!("{google}x-client-cert-chain-verified: true\r\n")
        ),
        200
    );
    assert_eq!(
        ask(
            &program,
            &format!("{google}x-client-cert-chain-verified: false\r\n")
        ),
        401
    );
    program.logged("the proxy does not say in `x-client-cert-chain-verified`");
    assert_eq!(ask(&program, &google), 401);
}
