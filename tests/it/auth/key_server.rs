//! A server of keys on a real socket, which can misbehave in every way that we fear of Google's.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::token::Signer;

/// What it does when asked.
#[derive(Clone)]
pub(super) enum Says {
    /// Answers with these bytes.
    Bytes(Vec<u8>),
    /// Answers with the first half of them after so long, and then with no more for a while.
    Half(Vec<u8>),
    /// Says nothing.
    Nothing,
    /// Hangs up.
    Goodbye,
}

pub(super) struct KeyServer {
    address: SocketAddr,
    says: Arc<Mutex<Says>>,
    asked: Arc<AtomicUsize>,
}

impl KeyServer {
    /// A server that publishes the keys of these signers.
    pub(super) fn of(signers: &[&Signer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            says: Arc::new(Mutex::new(document(signers, 3_600))),
            asked: Arc::default(),
        };
        let (says, asked) = (Arc::clone(&server.says), Arc::clone(&server.asked));
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (says, asked) = (Arc::clone(&says), Arc::clone(&asked));
                std::thread::spawn(move || serve(connection.unwrap(), &says, &asked));
            }
        });
        server
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/certs", self.address)
    }

    /// What it says from now on.
    pub(super) fn says(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    /// How often it was asked.
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// The keys of these signers, to be kept for so many seconds.
pub(super) fn document(signers: &[&Signer], max_age: u64) -> Says {
    let keys: Vec<_> = signers.iter().map(|signer| signer.jwk()).collect();
    let cache = format!("cache-control: public, max-age={max_age}, must-revalidate, no-transform\r\n");
    answer("200 OK", &cache, json!({"keys": keys}).to_string().as_bytes())
}

/// These keys, as they are.
pub(super) fn keys(keys: &Value) -> Says {
    answer("200 OK", "", json!({"keys": keys}).to_string().as_bytes())
}

pub(super) fn answer(status: &str, headers: &str, body: &[u8]) -> Says {
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    Says::Bytes([head.as_bytes(), body].concat())
}

fn serve(mut connection: TcpStream, says: &Mutex<Says>, asked: &AtomicUsize) {
    let mut lines = BufReader::new(connection.try_clone().unwrap()).lines();
    while lines
        .next()
        .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
    {}
    asked.fetch_add(1, Ordering::SeqCst);
    let says = says.lock().unwrap().clone();
    // Whoever asked may have gone away, which is theirs to do.
    let _ = match says {
        Says::Bytes(bytes) => connection.write_all(&bytes),
        Says::Half(bytes) => {
            let sent = connection.write_all(&bytes[..bytes.len() / 2]);
            std::thread::sleep(Duration::from_secs(30));
            sent
        }
        Says::Nothing => {
            std::thread::sleep(Duration::from_secs(30));
            Ok(())
        }
        Says::Goodbye => Ok(()),
    };
}
