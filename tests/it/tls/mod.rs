//! HTTPS and client certificates: the program with real files, real sockets, and clients that are not ours.

mod authority;
mod by_header;
mod client;
mod faults;
mod handshake;
mod mutual;
mod openssl;
mod program;
mod reload;

use tempfile::TempDir;

use authority::{Authority, Shown};

/// A folder with what a server needs.
struct Place {
    folder: TempDir,
    /// Who signed the server's certificate.
    authority: Authority,
    server: Shown,
}

impl Place {
    fn new() -> Self {
        let authority = Authority::root("Root of servers");
        let place = Self {
            folder: TempDir::new().unwrap(),
            server: authority.server(),
            authority,
        };
        place.write("cert.pem", &place.server.chain);
        place.write("key.pem", &place.server.key);
        place
    }

    /// One where client certificates of that root are asked for.
    fn with_clients(roots: &Authority) -> Self {
        let place = Self::new();
        place.write("roots.pem", &roots.pem());
        place
    }

    /// Puts a file in place, all at once.
    fn write(&self, name: &str, text: &str) {
        let whole = self.folder.path().join(format!("{name}.new"));
        std::fs::write(&whole, text).unwrap();
        std::fs::rename(whole, self.folder.path().join(name)).unwrap();
    }

    /// Settings for HTTPS with the files as they are called here.
    const TLS: &str = "[server.tls]\ncert = 'cert.pem'\nkey = 'key.pem'\n";
    /// The same, with client certificates from anybody the roots vouch for.
    const ROOTS: &str = "[server.tls]\ncert = 'cert.pem'\nkey = 'key.pem'\nclient_ca = 'roots.pem'\n";
    /// The same, with client certificates of Dialogflow's.
    const GOOGLE: &str = "[server.tls]\ncert = 'cert.pem'\nkey = 'key.pem'\nclient_ca = 'roots.pem'\n\
                          client_subjects = ['CN=Google LLC', 'DNS:agent.example.com']\n";
}
