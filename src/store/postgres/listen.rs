//! Hearing what other instances finish, so that nobody has to ask all the time.

use std::sync::Arc;
use std::time::Duration;

use sqlx::Executor;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::time::{sleep, timeout};

use crate::store::changes::Changes;
use crate::store::{Key, Kind};

/// How long a listener hears nothing before its connection is looked at: one that a firewall forgot is silent too.
const SILENCE: Duration = Duration::from_secs(30);

/// How long looking, or connecting, may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait before listening again. In between, those who wait poll.
const AGAIN: Duration = Duration::from_secs(1);

/// Wakes those who wait for what other instances finish or give back.
pub(super) async fn tell_what_others_do(options: PgConnectOptions, changes: Arc<Changes>) {
    loop {
        let _broken = listen(&options, &changes).await;
        sleep(AGAIN).await;
    }
}

/// Listens until the connection breaks.
async fn listen(options: &PgConnectOptions, changes: &Changes) -> sqlx::Result<()> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(options.clone());
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    listener.listen("flowhook_claims").await?;
    // What was finished while nobody listened.
    changes.tell_all();
    loop {
        let heard = timeout(SILENCE, listener.try_recv()).await;
        match heard {
            Ok(notice) => match notice? {
                Some(notice) => drop(key_in(notice.payload()).map(|key| changes.tell(&key))),
                None => return Ok(()),
            },
            Err(_silence) => {
                let alive = timeout(PATIENCE, listener.execute("SELECT 1")).await;
                alive.map_err(|_| sqlx::Error::PoolTimedOut)??;
            }
        }
    }
}

/// The key in a notice: the kind's number and the hash in hexadecimal, as `finish` writes it.
fn key_in(payload: &str) -> Option<Key> {
    let (kind, hexadecimal) = payload.split_once(':')?;
    let kind = [Kind::Replay, Kind::Work, Kind::Once]
        .into_iter()
        .find(|known| known.number().to_string() == kind)?;
    let mut hash = [0; 32];
    if hexadecimal.len() != 64 || !hexadecimal.is_ascii() {
        return None;
    }
    for (place, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hexadecimal[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(Key::new(kind, hash))
}
