//! Callers with bad manners: slow, huge, half gone, in a hurry. They harm nobody but themselves.

use std::io::{BufReader, Read, Write};
use std::net::Shutdown;

use crate::program::{Answer, Program, Starting, clumsy, post, request};

fn agent() -> Program {
    Starting::new(clumsy())
        .set("server.head_timeout=500ms")
        .set("server.body_timeout=500ms")
        .start()
}

fn good() -> Vec<u8> {
    post("/", request("good").to_string().as_bytes(), "")
}

/// What the server says before it ends the connection.
fn rest(mut connection: impl Read) -> String {
    let mut said = Vec::new();
    let _ = connection.read_to_end(&mut said);
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn a_head_that_never_ends_loses_its_connection_and_nobody_else_waits() {
    let agent = agent();
    let slow: Vec<_> = (0..200)
        .map(|_| {
            let mut connection = agent.connect();
            connection
                .write_all(b"POST / HTTP/1.1\r\nhost: localhost\r\nx-a: ")
                .unwrap();
            connection
        })
        .collect();
    assert_eq!(agent.ask(&request("good")).text(), "good");
    for connection in slow {
        assert!(rest(connection).starts_with("HTTP/1.1 408"));
    }
}

#[test]
fn bodies_that_never_end_take_no_seat_from_others() {
    let agent = Starting::new(clumsy())
        .set("server.max_turns=1")
        .set("server.body_timeout=2s")
        .start();
    let slow: Vec<_> = (0..50)
        .map(|_| {
            let mut connection = agent.connect();
            let whole = good();
            connection.write_all(&whole[..whole.len() - 5]).unwrap();
            connection
        })
        .collect();
    assert_eq!(agent.ask(&request("good")).text(), "good");
    for connection in slow {
        assert!(
            rest(connection.try_clone().unwrap()).starts_with("HTTP/1.1 400"),
            "the body did not arrive"
        );
    }
}

#[test]
fn headers_without_end_are_refused() {
    let agent = agent();
    for headers in [
        "x-a: ".to_owned() + &"a".repeat(300_000) + "\r\n",
        "x-a: a\r\n".repeat(5_000),
    ] {
        let mut connection = agent.connect();
        let _ = connection.write_all(&post("/", b"{}", &headers));
        let said = rest(connection);
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said}");
    }
    assert_eq!(agent.ask(&request("good")).text(), "good");
}

#[test]
fn a_caller_who_says_no_more_still_hears_the_answer() {
    let agent = agent();
    let mut connection = agent.connect();
    connection.write_all(&good()).unwrap();
    connection.shutdown(Shutdown::Write).unwrap();
    assert_eq!(
        Answer::read(&mut BufReader::new(connection)).unwrap().text(),
        "good"
    );
}

#[test]
fn calls_that_come_all_at_once_on_one_connection_are_answered_in_their_order() {
    let agent = agent();
    let mut connection = agent.connect();
    let calls: Vec<u8> = (0..50)
        .flat_map(|number| {
            let intent = if number % 2 == 0 { "good" } else { "long" };
            post("/", request(intent).to_string().as_bytes(), "")
        })
        .collect();
    connection.write_all(&calls).unwrap();
    let mut connection = BufReader::new(connection);
    for number in 0..50 {
        let heard = Answer::read(&mut connection).unwrap().text();
        assert_eq!(heard, if number % 2 == 0 { "good" } else { "first" });
    }
}

#[test]
fn what_is_no_http_is_not_answered_as_if_it_were_and_harms_nobody() {
    let agent = agent();
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"\0\0\0\0",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET\r\n\r\n",
    ] {
        let mut connection = agent.connect();
        connection.write_all(bytes).unwrap();
        connection.shutdown(Shutdown::Write).unwrap();
        let said = rest(connection);
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said}");
    }
    assert_eq!(agent.ask(&request("good")).text(), "good");
}

#[test]
fn more_connections_than_are_allowed_wait_until_others_end() {
    let agent = Starting::new(clumsy())
        .set("server.max_connections=2")
        .set("server.http_threads=1")
        .start();
    let idle = [agent.connect(), agent.connect()];
    let mut waiting = agent.connect();
    waiting.write_all(&good()).unwrap();
    drop(idle);
    assert_eq!(Answer::read(&mut BufReader::new(waiting)).unwrap().text(), "good");
}
