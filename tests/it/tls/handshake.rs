//! TLS alone: versions, protocols, and callers who do not behave.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use rustls::AlertDescription;
use rustls::version::{TLS12, TLS13};

use super::Place;
use super::client::{Client, alert, request};
use super::program::start;

#[test]
fn calls_and_health_are_answered_over_tls_1_2_and_1_3() {
    let place = Place::new();
    let program = start(&place.folder, Place::TLS);
    for version in [&TLS12, &TLS13] {
        let client = Client::with_versions(&place.authority, None, &[version]);
        let mut connection = client.connect(program.address).unwrap();
        assert_eq!(connection.ask().unwrap(), 200);
        assert_eq!(
            connection
                .send("GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n")
                .unwrap(),
            200
        );
    }
}

#[test]
fn http_1_1_is_offered_and_http_2_is_not() {
    let place = Place::new();
    let program = start(&place.folder, Place::TLS);
    let client = |protocols| Client::new(&place.authority, None).speaking(protocols);
    let both = client(&["h2", "http/1.1"]).connect(program.address).unwrap();
    assert_eq!(both.protocol(), Some(&b"http/1.1"[..]));
    let none = client(&[]).ask(program.address).unwrap();
    assert_eq!(none, 200);
    let only_2 = client(&["h2"]).connect(program.address).err().unwrap();
    assert_eq!(alert(only_2), AlertDescription::NoApplicationProtocol);
}

#[test]
fn tls_1_1_is_refused() {
    let place = Place::new();
    let program = start(&place.folder, Place::TLS);
    // A ClientHello (RFC 4346, 7.4.1.2): version 3.2, a random, no session, one cipher suite, no compression.
    let mut hello = vec![0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0xC0, 0x13, 1, 0]);
    let mut stream = TcpStream::connect(program.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(&hello).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    // An alert, fatal, and nothing else. It is of handshake_failure, since 1.1 names no signature algorithms.
    assert_eq!(answer, [0x15, 3, 3, 0, 2, 2, 40]);
}

#[test]
fn plain_http_is_not_answered_and_harms_nobody() {
    let place = Place::new();
    let program = start(&place.folder, Place::TLS);
    let mut plain = TcpStream::connect(program.address).unwrap();
    plain.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    plain.write_all(request("").as_bytes()).unwrap();
    let mut answer = Vec::new();
    // It ends, by an alert or a reset.
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    assert_eq!(
        Client::new(&place.authority, None).ask(program.address).unwrap(),
        200
    );
}

#[test]
fn callers_who_never_say_hello_keep_nobody_waiting() {
    let place = Place::new();
    // One thread, and a time that nobody would wait for.
    let settings = format!(
        "server.http_threads = 1\nserver.head_timeout = '10m'\n{}",
        Place::TLS
    );
    let program = start(&place.folder, &settings);
    // More than the 256 handshakes that actix-web lets a thread have under way by default.
    let silent: Vec<_> = (0..400)
        .map(|_| TcpStream::connect(program.address).unwrap())
        .collect();
    assert_eq!(
        Client::new(&place.authority, None).ask(program.address).unwrap(),
        200
    );
    drop(silent);
}

#[test]
fn a_handshake_that_never_ends_is_ended() {
    let place = Place::new();
    let program = start(
        &place.folder,
        &format!("server.head_timeout = '100ms'\n{}", Place::TLS),
    );
    let mut silent = TcpStream::connect(program.address).unwrap();
    silent.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    assert_eq!(silent.read(&mut [0]).unwrap(), 0);
}
