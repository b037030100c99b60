//! Google's keys over time: they change, Google goes away, and what it says makes no sense.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, RwLock};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::{Instant, advance};

use super::asking::{admits, gate, hold_time, until};
use super::key_server::{KeyServer, Says, answer, document, keys};
use super::service::Service;
use super::token::{AUDIENCE, PROJECT, Signer, claims};

const UNKNOWN: &str = "no key of Google's has the id that the token names";
const NO_KEYS: &str = "the keys of Google are not here yet, so no token can be verified";

/// A gate that has the keys of this server.
async fn gate_with_keys(server: &KeyServer) -> Arc<flowhook::auth::Gate> {
    let gate = gate(&server.url());
    let keeping = Arc::clone(&gate);
    tokio::spawn(async move { keeping.keep_keys_fresh().await });
    let keys = gate.keys();
    until("the first keys", || !keys[0].is_empty()).await;
    gate
}

#[tokio::test(start_paused = true)]
async fn google_may_be_away_for_an_hour_and_no_call_is_lost() {
    let _held = hold_time();
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let server = KeyServer::of(&[&old]);
    server.says(document(&[&old], 300));
    let gate = gate_with_keys(&server).await;
    let token = old.token(&claims());
    assert_eq!(server.asked(), 1);

    server.says(Says::Goodbye);
    for second in 0..3_600 {
        advance(Duration::from_secs(1)).await;
        // A call that waited would not be done at once.
        let decided = admits(&gate, &token).now_or_never();
        assert_eq!(decided, Some(Ok(())), "after {second} s");
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
    assert!(
        server.asked() >= 10,
        "asked again {} times in that hour",
        server.asked()
    );

    server.says(document(&[&old, &new], 300));
    let asked = server.asked();
    let back = std::time::Instant::now();
    while server.asked() == asked {
        assert!(back.elapsed() < Duration::from_secs(20), "nobody asks any more");
        advance(Duration::from_secs(1)).await;
        tokio::task::yield_now().await;
    }
    let token = new.token(&claims());
    until("the new key", || admits_at_once(&gate, &token).is_some()).await;
}

/// Whether it passes without waiting.
fn admits_at_once(gate: &flowhook::auth::Gate, token: &str) -> Option<()> {
    admits(gate, token).now_or_never()?.ok()
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_announced_is_here_before_its_first_token() {
    let _held = hold_time();
    let mut signers = vec![Signer::new("0")];
    let server = KeyServer::of(&[&signers[0]]);
    let gate = gate_with_keys(&server).await;
    for rotation in 1..=6 {
        let next = Signer::new(&rotation.to_string());
        server.says(document(&[signers.last().unwrap(), &next], 3_600));
        let asked = server.asked();
        // Keys that are good for an hour are asked for anew when four fifths of it are over.
        advance(Duration::from_secs(2_879)).await;
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(server.asked(), asked);
        advance(Duration::from_secs(2)).await;
        until("another look", || server.asked() > asked).await;
        let keys = gate.keys();
        until("the announced key", || keys[0].has(&next.id)).await;
        assert_eq!(admits(&gate, &next.token(&claims())).now_or_never(), Some(Ok(())));
        assert_eq!(server.asked(), asked + 1);
        signers.push(next);
    }
}

#[tokio::test(start_paused = true)]
async fn tokens_of_fancy_make_us_ask_google_once_a_minute() {
    let _held = hold_time();
    let (google, thief) = (Signer::new("google"), Signer::new("thief"));
    let server = KeyServer::of(&[&google]);
    let gate = gate_with_keys(&server).await;
    for minute in 1..=3 {
        for _ in 0..200 {
            assert_eq!(
                admits(&gate, &thief.token(&claims())).await,
                Err(UNKNOWN.to_owned())
            );
        }
        assert_eq!(server.asked(), 1 + minute);
        advance(Duration::from_secs(60)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_nobody_announced_costs_one_look_and_no_call() {
    let _held = hold_time();
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let server = KeyServer::of(&[&old]);
    let gate = gate_with_keys(&server).await;
    server.says(document(&[&old, &new], 3_600));
    let tokens = [old.token(&claims()), new.token(&claims())];
    let calls = tokens.iter().cycle().take(200).map(|token| admits(&gate, token));
    for passed in join_all(calls).await {
        assert_eq!(passed, Ok(()));
    }
    assert_eq!(server.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_two_seconds_for_keys_and_only_so_many_wait() {
    let google = Signer::new("google");
    let server = KeyServer::of(&[&google]);
    server.says(Says::Nothing);
    let gate = gate(&server.url());
    let keeping = Arc::clone(&gate);
    tokio::spawn(async move { keeping.keep_keys_fresh().await });
    let token = google.token(&claims());
    let began = Instant::now();
    let timed = |_| async {
        assert_eq!(admits(&gate, &token).await, Err(NO_KEYS.to_owned()));
        began.elapsed()
    };
    let waited = join_all((0..1_000).map(timed)).await;
    assert_eq!(
        waited
            .iter()
            .filter(|waited| **waited >= Duration::from_secs(2))
            .count(),
        256
    );
    assert!(waited.iter().all(|waited| *waited < Duration::from_millis(2_100)));
}

#[tokio::test]
async fn whatever_google_says_harms_nothing() {
    let (google, next) = (Signer::new("google"), Signer::new("next"));
    let elsewhere = KeyServer::of(&[&google, &next]);
    let both = |more: Value| json!([google.jwk(), next.jwk(), more]);
    let Says::Bytes(whole) = document(&[&google, &next], 3_600) else {
        unreachable!("a document is bytes")
    };
    let padded =
        |bytes: usize| json!({"keys": [google.jwk(), next.jwk()], "padding": "x".repeat(bytes)}).to_string();
    let with = |name: &str, value: Value| {
        let mut jwk = next.jwk();
        jwk[name] = value;
        keys(&json!([google.jwk(), jwk]))
    };
    let small = "w".repeat(171);
    let cases = [
        ("nothing", Says::Nothing, false),
        ("goodbye", Says::Goodbye, false),
        ("half, and then nothing", Says::Half(whole.clone()), false),
        (
            "half, and then goodbye",
            Says::Bytes(whole[..whole.len() / 2].to_vec()),
            false,
        ),
        ("no HTTP", Says::Bytes(b"keys".to_vec()), false),
        (
            "too much",
            answer("200 OK", "", padded(1_100_000).as_bytes()),
            false,
        ),
        ("much", answer("200 OK", "", padded(900_000).as_bytes()), true),
        (
            "elsewhere",
            answer("302 Found", &format!("location: {}\r\n", elsewhere.url()), b""),
            false,
        ),
        (
            "an error",
            answer("500 Internal Server Error", "", padded(0).as_bytes()),
            false,
        ),
        ("a page", answer("200 OK", "", b"<!DOCTYPE html>"), false),
        ("a list", answer("200 OK", "", b"[]"), false),
        ("no keys", keys(&json!([])), false),
        (
            "keys that are none",
            keys(&json!([1, null, {}, {"kty": "RSA"}])),
            false,
        ),
        (
            "keys with others beside them",
            keys(&both(
                json!({"kty": "EC", "crv": "P-256", "kid": "ec", "x": "eA", "y": "eQ"}),
            )),
            true,
        ),
        (
            "keys with nonsense beside them",
            keys(&both(json!({"kty": "?", "kid": 7, "n": []}))),
            true,
        ),
        ("an announced key without an id", with("kid", Value::Null), false),
        (
            "an announced key for encryption",
            with("use", json!("enc")),
            false,
        ),
        (
            "an announced key for another algorithm",
            with("alg", json!("RS512")),
            false,
        ),
        (
            "an announced key that is too small",
            with("n", json!(small)),
            false,
        ),
        (
            "an announced key that is no number",
            with("n", json!("%%")),
            false,
        ),
        (
            "an announced key with an exponent of nothing",
            with("e", json!("")),
            false,
        ),
    ];
    let tried = cases.into_iter().map(|(what, says, is_good)| {
        let (google, next) = (&google, &next);
        async move {
            let server = KeyServer::of(&[google]);
            let gate = gate_with_keys(&server).await;
            server.says(says);
            let passed = admits(&gate, &next.token(&claims())).await;
            assert_eq!(passed.is_ok(), is_good, "{what}: {passed:?}");
            assert_eq!(
                admits(&gate, &google.token(&claims())).now_or_never(),
                Some(Ok(())),
                "{what}"
            );
        }
    });
    join_all(tried).await;
    assert_eq!(elsewhere.asked(), 0);
}

#[test]
fn a_key_changes_under_load_and_no_call_is_lost() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let server = KeyServer::of(&[&old]);
    let service = Service::start(&[
        ("auth.id_token.jwks_url", &server.url()),
        ("auth.id_token.audiences", AUDIENCE),
        ("auth.id_token.emails", PROJECT),
    ]);
    let token = RwLock::new(old.token(&claims()));
    let (done, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let callers = 8;
    let begin = Barrier::new(callers + 1);
    std::thread::scope(|scope| {
        for _ in 0..callers {
            scope.spawn(|| {
                begin.wait();
                while !stop.load(Ordering::SeqCst) {
                    let shown = format!("Bearer {}", token.read().unwrap());
                    let answer = service.call_with(&shown);
                    if answer.status != 200 {
                        stop.store(true, Ordering::SeqCst);
                        panic!("{} {}", answer.status, answer.body);
                    }
                    done.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        begin.wait();
        let after = |calls: usize| {
            let aim = done.load(Ordering::SeqCst) + calls;
            while done.load(Ordering::SeqCst) < aim && !stop.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
        };
        after(500);
        server.says(document(&[&old, &new], 3_600));
        *token.write().unwrap() = new.token(&claims());
        after(1_000);
        stop.store(true, Ordering::SeqCst);
    });
    assert!(done.load(Ordering::SeqCst) >= 1_500);
    assert_eq!(
        server.asked(),
        2,
        "the keys were asked for at the start and for the new one"
    );
}
