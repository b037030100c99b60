//! DNS and TCP: where the host is, and whether anybody listens there.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};

use super::report::{Finding, Layer};
use super::target::Target;

/// The addresses of the host. None without any.
pub(super) async fn resolve(target: &Target, until: Instant) -> (Finding, Vec<SocketAddr>) {
    let host = &target.host;
    let is_address = host.parse::<IpAddr>().is_ok();
    let looked_up = timeout_at(until, lookup_host((host.as_str(), target.port))).await;
    let addresses: Vec<_> = match looked_up {
        Ok(Ok(found)) => found.collect(),
        Ok(Err(error)) => {
            let finding = Finding::failed(Layer::Dns, format!("nobody knows `{host}`: {error}"))
                .because("the name is misspelt, has no address record yet, or only an inside name server knows it")
                .mend("compare it with the service's own URL; a new record may take an hour to be seen everywhere");
            return (finding, Vec::new());
        }
        Err(_) => {
            let finding = Finding::failed(
                Layer::Dns,
                format!("no name server answered for `{host}` in time"),
            )
            .because("this machine reaches no name server, or the domain's own are down")
            .mend("try another name of which you know that it works, to see which of the two it is");
            return (finding, Vec::new());
        }
    };
    let Some(first) = addresses.first() else {
        let finding = Finding::failed(Layer::Dns, format!("`{host}` has no address"))
            .because("the name has no A or AAAA record")
            .mend("add the record that the service's provider asks for");
        return (finding, addresses);
    };
    let says = match addresses.len() {
        _ if is_address => format!("{host} is an address"),
        1 => format!("{host} is {}", first.ip()),
        count => format!("{host} is {} and {} more", first.ip(), count - 1),
    };
    let finding = if target.is_this_machine() {
        Finding::note(Layer::Dns, format!("{says}: this machine"))
            .because("Dialogflow cannot call it; this tries the webhook, and not the way to it")
    } else if addresses.iter().all(|address| is_inside(address.ip())) {
        Finding::warning(Layer::Dns, format!("{says}: an address of an inside network"))
            .because("Dialogflow calls from the internet, and cannot reach it")
            .mend("give the webhook a public address, or ask DNS from outside if this network has its own answer")
    } else {
        Finding::fine(Layer::Dns, says)
    };
    (finding, addresses)
}

/// Whether only machines of the same network reach the address.
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let is_shared = first == 100 && (64..128).contains(&second);
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || is_shared
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// A connection to the first address that takes one.
pub(super) async fn connect(addresses: &[SocketAddr], until: Instant) -> (Finding, Option<TcpStream>) {
    let mut failures = Vec::new();
    for (place, address) in addresses.iter().enumerate() {
        let left = u32::try_from(addresses.len() - place).unwrap_or(1);
        let patience = until.saturating_duration_since(Instant::now()) / left;
        match attempt(*address, patience).await {
            Ok(stream) => {
                // The call is one small write; it must not wait for more. Where that cannot be set it waits.
                let _ = stream.set_nodelay(true);
                let tried: Vec<_> = failures
                    .iter()
                    .map(|(address, error): &(SocketAddr, Error)| format!("{address} did not: {error}"))
                    .collect();
                let says = format!("{address} takes connections");
                let finding = if tried.is_empty() {
                    Finding::fine(Layer::Tcp, says)
                } else {
                    Finding::note(Layer::Tcp, format!("{says}; {}", tried.join("; "))).because(
                        "this machine may have no way to addresses of that kind, or that server is down",
                    )
                };
                return (finding, Some(stream));
            }
            Err(error) => failures.push((*address, error)),
        }
    }
    let Some((address, error)) = failures.first() else {
        return (
            Finding::failed(Layer::Tcp, "there is no address to connect to"),
            None,
        );
    };
    (failure(*address, error), None)
}

async fn attempt(address: SocketAddr, patience: Duration) -> Result<TcpStream, Error> {
    match timeout_at(Instant::now() + patience, TcpStream::connect(address)).await {
        Ok(done) => done,
        Err(_) => Err(ErrorKind::TimedOut.into()),
    }
}

fn failure(address: SocketAddr, error: &Error) -> Finding {
    match error.kind() {
        ErrorKind::ConnectionRefused => Finding::failed(Layer::Tcp, format!("{address} refuses connections"))
            .because(
                "nothing listens on that port: the program is not running, listens on another port, or only on 127.0.0.1",
            )
            .mend("start it; in a container let it listen on 0.0.0.0 and the port that PORT names"),
        ErrorKind::TimedOut => Finding::failed(Layer::Tcp, format!("{address} does not answer"))
            .because("a firewall drops the packets, or the machine is off")
            .mend(
                "open the port to the internet; Google publishes no fixed addresses for Dialogflow, so do not filter by \
                 address but ask for credentials",
            ),
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => {
            Finding::failed(Layer::Tcp, format!("there is no way to {address}: {error}"))
                .because("this machine has no route there, which says nothing about Dialogflow's")
                .mend("try from another network")
        }
        _ => Finding::failed(Layer::Tcp, format!("cannot connect to {address}: {error}"))
            .mend("try from another network, to see on which side it fails"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inside_address_is_known_from_a_public_one() {
        for (address, inside) in [
            ("10.1.2.3", true),
            ("192.168.0.1", true),
            ("172.16.0.1", true),
            ("172.32.0.1", false),
            ("169.254.1.1", true),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("203.0.113.7", false),
            ("fd00::1", true),
            ("fe80::1", true),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_inside(address.parse().unwrap()), inside, "{address}");
        }
    }

    #[test]
    fn every_way_not_to_connect_has_its_mend() {
        let address = "203.0.113.7:443".parse().unwrap();
        for (kind, says) in [
            (
                ErrorKind::ConnectionRefused,
                "203.0.113.7:443 refuses connections",
            ),
            (ErrorKind::TimedOut, "203.0.113.7:443 does not answer"),
            (ErrorKind::HostUnreachable, "there is no way to 203.0.113.7:443"),
            (ErrorKind::PermissionDenied, "cannot connect to 203.0.113.7:443"),
        ] {
            let finding = failure(address, &kind.into());
            assert!(finding.says.starts_with(says), "{finding:?}");
            assert!(finding.mend.is_some());
        }
    }
}
