//! Claims keys of a store, says which it got, and holds them until it is killed. A program of its own, for the tests.
//!
//! `holder URL COUNT LEASE_MS`: of each kind, the keys 0 to COUNT. It finishes those of [`Kind::Replay`].

use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use flowhook::store::{Claim, Key, Kind, Terms, open};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("holder URL COUNT LEASE_MS");
    let (url, count, lease) = (next()?, next()?.parse::<u64>()?, next()?.parse()?);
    let lease = Duration::from_millis(lease);
    let store = open(&url).await?;
    let mut out = std::io::stdout();
    for number in 0..count {
        for (kind, terms) in [
            (Kind::Replay, Terms::leased(lease)),
            (Kind::Work, Terms::leased(lease)),
            (Kind::Once, Terms::once(lease)),
        ] {
            let mut hash = [0; 32];
            hash[..8].copy_from_slice(&number.to_le_bytes());
            if let Claim::Mine(ticket) = store.claim(&Key::new(kind, hash), terms).await? {
                if kind == Kind::Replay {
                    let result = Bytes::from(format!("result {number}"));
                    store.finish(&ticket, result, Duration::from_secs(3_600)).await?;
                }
                writeln!(out, "{kind:?} {number}")?;
            }
        }
    }
    writeln!(out, "holding")?;
    std::future::pending().await
}
