//! Spans on their way to a collector: what a turn is made of, in the trace of its caller, and passed on to whom it calls.

use crate::program::{Starting, clumsy};

#[cfg(not(feature = "otlp"))]
#[test]
fn a_program_without_the_feature_says_how_to_get_it() {
    let printed = Starting::new(clumsy())
        .set("traces.endpoint=http://127.0.0.1:4318/v1/traces")
        .fail();
    assert!(
        printed.contains("`traces.endpoint`: this program was built without the feature `otlp`"),
        "{printed}"
    );
}

#[cfg(feature = "otlp")]
mod sent {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::{Starting, clumsy};
    use crate::program::request;

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const CALLER: &str = "00f067aa0ba902b7";

    /// A request that was received.
    struct Received {
        path: String,
        traceparent: Option<String>,
        body: Vec<u8>,
    }

    /// Takes requests, whoever sends them, and answers all of them with an empty object or nothing.
    fn receiver() -> (SocketAddr, Receiver<Received>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, received) = channel();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let sender = sender.clone();
                std::thread::spawn(move || receive(connection.unwrap(), &sender));
            }
        });
        (address, received)
    }

    fn receive(mut connection: TcpStream, sender: &Sender<Received>) -> Option<()> {
        let mut reader = BufReader::new(connection.try_clone().unwrap());
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
            let path = line.split(' ').nth(1)?.to_owned();
            let (mut length, mut traceparent) = (0, None);
            loop {
                line.clear();
                reader.read_line(&mut line).ok()?;
                match line.trim_end().split_once(": ") {
                    Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                        length = value.parse().ok()?;
                    }
                    Some((name, value)) if name.eq_ignore_ascii_case("traceparent") => {
                        traceparent = Some(value.to_owned());
                    }
                    Some(_) => {}
                    None => break,
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).ok()?;
            let is_spans = path == "/v1/traces";
            sender
                .send(Received {
                    path,
                    traceparent,
                    body,
                })
                .ok()?;
            let answer = if is_spans { "" } else { "{}" };
            write!(
                connection,
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{answer}",
                answer.len()
            )
            .ok()?;
        }
    }

    /// A span as OTLP has it.
    #[derive(Debug)]
    struct Span {
        trace: String,
        id: String,
        parent: String,
        name: String,
    }

    /// The members of a protobuf message that have a length, by number. Source: the encoding guide of Protocol Buffers.
    fn members(mut message: &[u8]) -> Vec<(u64, &[u8])> {
        fn number(message: &mut &[u8]) -> u64 {
            let (mut number, mut shift) = (0, 0);
            loop {
                let (first, rest) = message.split_first().unwrap();
                *message = rest;
                number |= u64::from(first & 0x7f) << shift;
                shift += 7;
                if first & 0x80 == 0 {
                    return number;
                }
            }
        }
        let mut members = Vec::new();
        while !message.is_empty() {
            let tag = number(&mut message);
            let length = match tag & 7 {
                0 => {
                    number(&mut message);
                    continue;
                }
                1 => 8,
                5 => 4,
                2 => usize::try_from(number(&mut message)).unwrap(),
                other => panic!("no such wire type: {other}"),
            };
            let (value, rest) = message.split_at(length);
            members.push((tag >> 3, value));
            message = rest;
        }
        members
    }

    fn all<'a>(message: &'a [u8], number: u64) -> impl Iterator<Item = &'a [u8]> {
        members(message)
            .into_iter()
            .filter_map(move |(n, value)| (n == number).then_some(value))
    }

    fn hex(bytes: Option<&[u8]>) -> String {
        bytes
            .unwrap_or_default()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// The spans of an ExportTraceServiceRequest. Source: opentelemetry/proto/trace/v1/trace.proto.
    fn spans(body: &[u8]) -> Vec<Span> {
        let mut spans = Vec::new();
        for resource in all(body, 1) {
            for scope in all(resource, 2) {
                for span in all(scope, 2) {
                    spans.push(Span {
                        trace: hex(all(span, 1).next()),
                        id: hex(all(span, 2).next()),
                        parent: hex(all(span, 4).next()),
                        name: String::from_utf8(all(span, 5).next().unwrap().to_vec()).unwrap(),
                    });
                }
            }
        }
        spans
    }

    #[test]
    fn a_turn_is_sent_in_the_trace_of_its_caller_and_passes_it_on() {
        let (collector, received) = receiver();
        let folder = tempfile::tempdir().unwrap();
        let agent = Starting::new(clumsy())
            .set(&format!("traces.endpoint=http://{collector}/v1/traces"))
            .set(&format!(
                "store.url=sqlite:{}",
                folder.path().join("store.db").display()
            ))
            // So all are sent when the program ends, which must not forget them.
            .env("OTEL_BSP_SCHEDULE_DELAY", "600000")
            .start();
        let mut outgoing = request("outgoing");
        outgoing["queryResult"]["parameters"]["to"] = format!("http://{collector}").into();
        let headers = format!("traceparent: 00-{ID}-{CALLER}-01\r\n");
        let answer = agent.post("/", outgoing.to_string(), &headers);
        assert_eq!(answer.text(), "asked");
        let line = agent.line_of(&answer);
        // Not recorded, since its caller does not record it.
        let headers = format!("traceparent: 00-{ID}-{CALLER}-00\r\n");
        let unsampled = agent.post("/", request("good").to_string(), &headers);
        assert_eq!(agent.line_of(&unsampled)["logging.googleapis.com/spanId"], CALLER);
        agent.terminate();
        let (status, output) = agent.end();
        assert!(status.success(), "{output}");

        let received: Vec<_> = received.try_iter().collect();
        let outgoing = received.iter().find(|request| request.path == "/hello").unwrap();
        let sent: Vec<_> = received
            .iter()
            .filter(|request| request.path == "/v1/traces")
            .collect();
        for body in &sent {
            let text = String::from_utf8_lossy(&body.body).to_lowercase();
            for planted in include_str!("../../fixtures/planted.txt").lines() {
                assert!(!text.contains(&planted.to_lowercase()), "{planted} was sent");
            }
        }
        let spans: Vec<_> = sent.iter().flat_map(|request| spans(&request.body)).collect();
        let named = |name: &str| {
            spans
                .iter()
                .find(|span| span.name == name)
                .unwrap_or_else(|| panic!("no `{name}` in {spans:#?}\n{output}"))
        };
        assert!(spans.iter().all(|span| span.trace == ID), "{spans:#?}");
        assert_eq!(
            spans.iter().filter(|span| span.name == "call").count(),
            1,
            "{spans:#?}"
        );
        let call = named("call");
        assert_eq!(call.parent, CALLER);
        assert_eq!(line["logging.googleapis.com/spanId"], call.id.as_str());
        for inner in ["gate", "parse", "store", "turn"] {
            assert_eq!(named(inner).parent, call.id, "{inner}");
        }
        let google = named("google");
        assert_eq!(google.parent, named("turn").id);
        assert_eq!(
            outgoing.traceparent.as_deref(),
            Some(&*format!("00-{ID}-{}-01", google.id))
        );
    }

    #[test]
    fn a_collector_that_is_not_there_is_told_of_once_and_costs_no_turn() {
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let agent = Starting::new(clumsy())
            .set(&format!("traces.endpoint=http://{gone}/v1/traces"))
            .env("OTEL_BSP_SCHEDULE_DELAY", "50")
            .start();
        assert_eq!(agent.ask(&request("good")).text(), "good");
        agent.logged("spans are lost, since they cannot be sent");
        for _ in 0..20 {
            let answer = agent.ask(&request("good"));
            assert_eq!(answer.text(), "good");
            agent.line_of(&answer);
        }
        agent.terminate();
        let (status, output) = agent.end();
        assert!(status.success(), "{output}");
        assert_eq!(output.matches("spans are lost").count(), 1, "{output}");
    }
}
