//! Asking a gate without HTTP, at a time of our own.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use flowhook::auth::id_token::Keys;
use flowhook::auth::{Check, Evidence, Gate, Headers, IdToken};

use super::token::{AUDIENCE, PROJECT};

/// The headers of a call.
pub(super) struct Sent<'a>(pub(super) &'a [(&'a str, &'a [u8])]);

impl Headers for Sent<'_> {
    fn all<'a>(&'a self, name: &str) -> Box<dyn Iterator<Item = &'a [u8]> + 'a> {
        let name = name.to_owned();
        let named = self
            .0
            .iter()
            .filter(move |(sent, _)| sent.eq_ignore_ascii_case(&name));
        Box::new(named.map(|(_, value)| *value))
    }
}

/// A gate for Dialogflow's tokens, with the keys at this address.
pub(super) fn gate(url: &str) -> Arc<Gate> {
    Arc::new(Gate::new(vec![vec![Check::IdToken(id_token(url))]]))
}

pub(super) fn id_token(url: &str) -> IdToken {
    let keys = Arc::new(Keys::new(url).unwrap());
    IdToken::new(&[AUDIENCE.to_owned()], &[PROJECT.to_owned()], keys)
}

/// Whether a call passes that shows this token now; else why not.
pub(super) async fn admits(gate: &Gate, token: &str) -> Result<(), String> {
    let value = format!("Bearer {token}");
    let headers = [("authorization", value.as_bytes())];
    let evidence = Evidence {
        headers: &Sent(&headers),
        certificate: None,
        peer: None,
        now: SystemTime::now(),
    };
    gate.admits(&evidence)
        .await
        .map_err(|refusal| refusal.to_string())
}

/// Keeps virtual time from running ahead by itself while real sockets are waited for, as long as it lives.
pub(super) struct Held(
    #[expect(dead_code, reason = "dropping it ends the hold")] std::sync::mpsc::Sender<()>,
);

pub(super) fn hold_time() -> Held {
    let (held, until) = std::sync::mpsc::channel();
    // Tokio's paused clock stands still while something blocks.
    tokio::task::spawn_blocking(move || until.recv());
    Held(held)
}

/// Lets other tasks run until it is so.
pub(super) async fn until(what: &str, is_so: impl Fn() -> bool) {
    let patience = std::time::Instant::now();
    while !is_so() {
        assert!(patience.elapsed() < Duration::from_secs(20), "in vain: {what}");
        tokio::task::yield_now().await;
    }
}
