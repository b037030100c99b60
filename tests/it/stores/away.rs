//! PostgreSQL away and back: the store says so at once, and finds it again by itself.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flowhook::store::{Found, Kind, Store, StoreError, Terms, open};
use sqlx::query_scalar;
use tokio::time::{Instant, timeout};

use super::places::Place;
use super::proxy::{Line, Proxy};
use super::{LONG, PATIENCE, SHORT, key, take, until};

async fn away(line: Line) {
    let Some(Place::Postgres(schema)) = Place::postgres().await else {
        return;
    };
    let proxy = Proxy::to(&schema).await;
    let store = open(&proxy.address).await.unwrap();
    let (held, waited) = (key(Kind::Work, 1), key(Kind::Work, 2));
    let ticket = take(&*store, &held, Terms::leased(LONG)).await;
    let other = take(&*store, &waited, Terms::leased(LONG)).await;

    proxy.set(line);
    // As many calls as a pool has connections, and more.
    let calls = (0..30).map(|number| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.claim(&key(Kind::Replay, number), Terms::leased(LONG)).await })
    });
    for call in futures_util::future::join_all(calls).await {
        let error = call.unwrap().unwrap_err();
        assert!(error.is_transient(), "{error}");
        assert!(matches!(error, StoreError::Away { .. }), "{error}");
    }
    // By now it is known, and nobody waits for it any more.
    let began = Instant::now();
    for _ in 0..100 {
        assert!(store.look(&held).await.unwrap_err().is_transient());
    }
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());

    proxy.set(Line::Whole);
    until(async || store.look(&held).await.ok()).await;
    store
        .finish(&ticket, Bytes::from_static(b"done"), LONG)
        .await
        .unwrap();
    let direct = open(&schema.url()).await.unwrap();
    let found = direct.look(&held).await;
    assert_eq!(found, Ok(Found::Done(Bytes::from_static(b"done"))));
    // It hears of others again, too.
    let waiting = tokio::spawn(async move { store.wait(&waited).await });
    direct.release(&other).await.unwrap();
    assert_eq!(
        timeout(PATIENCE, waiting).await.unwrap().unwrap(),
        Ok(Found::Free)
    );
    // What was claimed while nobody could answer is not left claimed.
    for number in 0..30 {
        let key = key(Kind::Replay, number);
        until(async || (direct.look(&key).await == Ok(Found::Free)).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_whose_connections_break_says_so_at_once_and_recovers() {
    away(Line::Cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_hears_nothing_any_more_says_so_and_recovers() {
    away(Line::Silent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_the_server_ended_cost_no_call_an_error() {
    let Some(Place::Postgres(schema)) = Place::postgres().await else {
        return;
    };
    let name = format!("{:016x}", fastrand::u64(..));
    let store = open(&format!("{}&application_name={name}", schema.url()))
        .await
        .unwrap();
    let mut admin = schema.connect().await;
    for number in 0..10 {
        take(&*store, &key(Kind::Work, number), Terms::leased(LONG)).await;
        let ended =
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1";
        let ended = query_scalar::<_, i64>(ended).bind(&name);
        assert!(ended.fetch_one(&mut admin).await.unwrap() > 0);
    }
    take(&*store, &key(Kind::Work, 10), Terms::leased(LONG)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_is_told_by_another_instance_and_need_not_look() {
    let Some(Place::Postgres(schema)) = Place::postgres().await else {
        return;
    };
    let (owner, waiter) = (
        open(&schema.url()).await.unwrap(),
        open(&schema.url()).await.unwrap(),
    );
    let mut admin = schema.connect().await;
    let mut shortest = Duration::MAX;
    for number in 0..10 {
        let key = key(Kind::Work, number);
        let ticket = take(&*owner, &key, Terms::leased(LONG)).await;
        let waiting = {
            let waiter: Arc<dyn Store> = Arc::clone(&waiter);
            tokio::spawn(async move { (waiter.wait(&key).await, Instant::now()) })
        };
        until(async || {
            let waited =
                query_scalar::<_, bool>("SELECT bool_or(waited) FROM flowhook_claims WHERE result IS NULL");
            waited.fetch_one(&mut admin).await.unwrap().then_some(())
        })
        .await;
        let began = Instant::now();
        owner.finish(&ticket, Bytes::new(), LONG).await.unwrap();
        let (found, ended) = timeout(PATIENCE, waiting).await.unwrap().unwrap();
        assert_eq!(found, Ok(Found::Done(Bytes::new())));
        shortest = shortest.min(ended - began);
    }
    // Looking happens every second, and the last look was just before.
    assert!(shortest < SHORT, "{shortest:?}");
}
