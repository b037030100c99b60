//! A line to the database that can be cut.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::places::Schema;

/// How the line between the store and the database is.
#[derive(Clone, Copy, PartialEq)]
pub enum Line {
    Whole,
    /// Connections are broken, and new ones refused or closed.
    Cut,
    /// Nothing is broken, and nothing comes through.
    Silent,
}

/// A line to the database that can be cut.
pub struct Proxy {
    pub address: String,
    line: watch::Sender<Line>,
}

impl Proxy {
    pub async fn to(schema: &Schema) -> Self {
        let server = schema.server();
        let target = format!("{}:{}", server.get_host(), server.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (line, state) = watch::channel(Line::Whole);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (target, mut state) = (target.clone(), state.clone());
                tokio::spawn(async move {
                    let line = state.wait_for(|line| *line != Line::Silent).await;
                    if line.is_ok_and(|line| *line == Line::Whole) {
                        forward(client, &target, state).await;
                    }
                });
            }
        });
        let mut address_of_proxy = sqlx::ConnectOptions::to_url_lossy(&server);
        address_of_proxy.set_host(Some("127.0.0.1")).unwrap();
        address_of_proxy.set_port(Some(address.port())).unwrap();
        let without_parameters = address_of_proxy.as_str().split('?').next().unwrap();
        Self {
            address: schema.url_on(without_parameters),
            line,
        }
    }

    pub fn set(&self, line: Line) {
        self.line.send_replace(line);
    }
}

/// Passes bytes on while the line is whole, until it is cut.
async fn forward(mut client: TcpStream, target: &str, mut line: watch::Receiver<Line>) {
    let mut server = TcpStream::connect(target).await.unwrap();
    loop {
        tokio::select! {
            _ = copy_bidirectional(&mut client, &mut server) => return,
            changed = line.wait_for(|line| *line != Line::Whole) => {
                if changed.is_err() { return }
            }
        }
        if line
            .wait_for(|line| *line != Line::Silent)
            .await
            .is_ok_and(|line| *line == Line::Cut)
        {
            return;
        }
    }
}
