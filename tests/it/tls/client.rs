//! A client that speaks TLS, and shows a certificate where it has one.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::ResolvesClientCert;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{
    AlertDescription, ClientConfig, ClientConnection, HandshakeKind, RootCertStore, StreamOwned,
    SupportedProtocolVersion,
};

use super::authority::{Authority, Shown};

/// A call that the intent `get-agent-name` of the program's agent answers.
const CALL: &str = r#"{"session": "projects/p/agent/sessions/1", "queryResult": {"intent": {"displayName": "get-agent-name"}}}"#;

/// The request that posts it, with further headers.
pub fn request(headers: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\n{headers}content-length: {}\r\n\r\n{CALL}",
        CALL.len()
    )
}

/// One who trusts an authority.
pub struct Client(Arc<ClientConfig>);

/// A connection of its.
pub struct Connection(StreamOwned<ClientConnection, TcpStream>);

impl Client {
    pub fn new(trusted: &Authority, shown: Option<&Shown>) -> Self {
        Self::with_versions(trusted, shown, rustls::ALL_VERSIONS)
    }

    pub fn with_versions(
        trusted: &Authority,
        shown: Option<&Shown>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Self {
        let mut roots = RootCertStore::empty();
        let trusted = Shown {
            chain: trusted.pem(),
            key: String::new(),
        };
        roots.add(trusted.certificates().remove(0)).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots);
        Self(Arc::new(match shown {
            Some(shown) => builder
                .with_client_auth_cert(shown.certificates(), shown.private_key())
                .unwrap(),
            None => builder.with_no_client_auth(),
        }))
    }

    /// One that shows whatever the resolver gives it.
    pub fn showing(trusted: &Authority, resolver: Arc<dyn ResolvesClientCert>) -> Self {
        let mut client = Self::new(trusted, None);
        Arc::get_mut(&mut client.0).unwrap().client_auth_cert_resolver = resolver;
        client
    }

    /// One that asks for these protocols.
    pub fn speaking(mut self, protocols: &[&str]) -> Self {
        let protocols = protocols.iter().map(|name| name.as_bytes().to_vec());
        Arc::get_mut(&mut self.0).unwrap().alpn_protocols = protocols.collect();
        self
    }

    /// A connection whose handshake is done as far as the client can tell. With TLS 1.3 it learns that its certificate
    /// is refused only when it reads.
    pub fn connect(&self, address: SocketAddr) -> io::Result<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let name = ServerName::from(address.ip());
        let mut session = ClientConnection::new(Arc::clone(&self.0), name).unwrap();
        let mut stream_to_end = stream;
        while session.is_handshaking() {
            session.complete_io(&mut stream_to_end)?;
        }
        Ok(Connection(StreamOwned::new(session, stream_to_end)))
    }

    /// Asks on a connection of its own: the status of the answer.
    pub fn ask(&self, address: SocketAddr) -> io::Result<u16> {
        self.connect(address)?.ask()
    }

    /// The alert that the server refuses the connection with.
    pub fn refused(&self, address: SocketAddr) -> AlertDescription {
        alert(self.ask(address).expect_err("the call is answered"))
    }
}

/// The alert in an error.
pub fn alert(error: io::Error) -> AlertDescription {
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(rustls::Error::AlertReceived(alert)) => *alert,
        _ => panic!("no alert, but: {error}"),
    }
}

impl Connection {
    /// Asks, and leaves the connection open.
    pub fn ask(&mut self) -> io::Result<u16> {
        self.send(&request(""))
    }

    /// Sends a request; the status of its answer.
    pub fn send(&mut self, request: &str) -> io::Result<u16> {
        // A server that refuses may have closed already; what it said before is still there to read.
        let sent = self.0.write_all(request.as_bytes()).and_then(|()| self.0.flush());
        if let Err(error) = sent
            && error.kind() == io::ErrorKind::InvalidData
        {
            return Err(error);
        }
        read_answer(&mut self.0)
    }

    /// The server's certificate.
    pub fn server(&self) -> CertificateDer<'static> {
        self.0.conn.peer_certificates().unwrap()[0].clone().into_owned()
    }

    pub fn protocol(&self) -> Option<&[u8]> {
        self.0.conn.alpn_protocol()
    }

    pub fn handshake(&self) -> Option<HandshakeKind> {
        self.0.conn.handshake_kind()
    }
}

/// Reads one answer; its status.
pub fn read_answer(stream: &mut impl Read) -> io::Result<u16> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.split("\r\n").next());
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body)?;
    Ok(head.split(' ').nth(1).unwrap().parse().unwrap())
}
