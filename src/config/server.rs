//! `[server]`: where and how HTTP is served.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;

use super::{SettingsError, Tls, value};

/// The HTTP server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Where to listen, as written; empty for the default.
    bind: String,
    /// Where to listen.
    #[serde(skip, default = "loopback")]
    pub address: SocketAddr,
    /// How many turns may run at a time.
    #[serde(deserialize_with = "value::number")]
    pub max_turns: usize,
    /// How many connections may be open at a time.
    #[serde(deserialize_with = "value::number")]
    pub max_connections: usize,
    /// How many bytes a request may have.
    #[serde(deserialize_with = "value::number")]
    pub max_body: usize,
    /// How long the head of a request may take to arrive, and before it a TLS handshake.
    #[serde(deserialize_with = "value::duration")]
    pub head_timeout: Duration,
    /// How long the body of a request may take to arrive.
    #[serde(deserialize_with = "value::duration")]
    pub body_timeout: Duration,
    /// How long running turns and open connections get when the program is told to stop.
    #[serde(deserialize_with = "value::duration")]
    pub shutdown_grace: Duration,
    /// How many threads read and write HTTP; 0 for as many as there are processors.
    #[serde(deserialize_with = "value::number")]
    pub http_threads: usize,
    /// How many threads run handlers; 0 for as many as there are processors, at least 4.
    #[serde(deserialize_with = "value::number")]
    pub handler_threads: usize,
    /// HTTPS of the server's own.
    pub tls: Tls,
}

impl Server {
    /// Finds the address; `port` is the variable by which platforms such as Cloud Run say where they knock.
    pub(super) fn settle(&mut self, port: Option<&str>) -> Result<(), SettingsError> {
        let fault = |text: &str| Err(SettingsError(vec![text.to_owned()]));
        let bind = self.bind.replacen("localhost:", "127.0.0.1:", 1);
        self.address = match (bind.as_str(), port.filter(|port| !port.is_empty())) {
            ("", None) => loopback(),
            ("", Some(port)) => match port.trim().parse() {
                Ok(port) => SocketAddr::from(([0, 0, 0, 0], port)),
                Err(_) => return fault("environment variable PORT: expected a port number, 0 to 65535"),
            },
            (bind, _) => match bind.parse() {
                Ok(address) => address,
                Err(_) => {
                    return fault(
                        "`server.bind`: expected an IP address and a port, such as 127.0.0.1:8080 or [::]:8080",
                    );
                }
            },
        };
        if self.http_threads > MAX_THREADS || self.handler_threads > MAX_THREADS {
            return fault("`server.http_threads` and `server.handler_threads`: expected 1024 at most");
        }
        if self.head_timeout.is_zero() || self.body_timeout.is_zero() {
            return fault("`server.head_timeout` and `server.body_timeout`: expected more than no time");
        }
        if self.max_connections == 0 {
            return fault("`server.max_connections`: expected 1 or more, else nobody could call");
        }
        if self.max_turns == 0 {
            return fault("`server.max_turns`: expected 1 or more, else no call could be answered");
        }
        Ok(())
    }
}

/// More threads than any machine has processors are a slip of the finger.
const MAX_THREADS: usize = 1024;

impl Server {
    /// How many connections each thread that serves HTTP may have open.
    #[must_use]
    pub fn max_connections_a_thread(&self) -> usize {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if self.http_threads == 0 {
            processors
        } else {
            self.http_threads
        };
        self.max_connections.div_ceil(threads)
    }
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}
