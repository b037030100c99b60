//! What a program tells of itself: log lines, and what operators are answered on an address of their own.

mod admin;
mod logs;
mod metrics;

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::program::{Answer, Program};

/// Where the program answers operators.
fn admin_address(program: &Program) -> SocketAddr {
    let line = program.log_line(|line| line["message"] == "operators are answered on `admin.bind`");
    line["address"].as_str().unwrap().parse().unwrap()
}

/// Asks the program what only operators may.
fn ask(program: &Program, method: &str, path: &str, body: &str) -> Answer {
    let mut connection = TcpStream::connect(admin_address(program)).unwrap();
    connection
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let length = body.len();
    write!(
        connection,
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    Answer::read(&mut BufReader::new(connection)).expect("operators get an answer")
}

/// The body of the answer as text.
fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}
