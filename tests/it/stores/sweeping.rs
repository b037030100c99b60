//! Bounds: what is past its time is forgotten, in small batches, and a full store says so.

use bytes::Bytes;
use flowhook::store::queue::{End, Filter, Lane, NewJob, Put, Wanted};
use flowhook::store::{Claim, Found, GRACE, Key, Kind, Limits, Memory, Store, StoreError, Terms};
use futures_util::future::join_all;
use sqlx::{AssertSqlSafe, Connection, query};
use std::time::Duration;

use super::places::Place;
use super::{LONG, PATIENCE, key, take};

/// Rows that are past their time: more than two batches of 500.
const OLD: u64 = 1_200;

/// Fills a store with what may go and what may not, lets ten minutes go by, and sweeps.
async fn what_is_past_its_time_goes_in_batches(place: &Place, let_ten_minutes_pass: impl AsyncFn()) {
    let store = place.open().await;
    // Few at a time: who waits too long for one of a busy database's connections is turned away.
    for first in (0..OLD).step_by(40) {
        join_all((first..first + 40).map(async |number| {
            let ticket = take(&*store, &key(Kind::Replay, number), Terms::leased(LONG)).await;
            store.finish(&ticket, Bytes::new(), PATIENCE).await.unwrap();
        }))
        .await;
    }
    let [kept, running, lost] = [1, 2, 3].map(|number| key(Kind::Once, number));
    let ticket = take(&*store, &kept, Terms::once(LONG)).await;
    store.finish(&ticket, Bytes::new(), LONG).await.unwrap();
    take(&*store, &running, Terms::leased(LONG)).await;
    take(&*store, &lost, Terms::once(PATIENCE)).await;
    let_ten_minutes_pass().await;

    let mut batches = Vec::new();
    while batches.last() != Some(&0) {
        batches.push(store.sweep().await.unwrap());
    }
    assert_eq!(batches, [500, 500, 200, 0]);
    assert_eq!(store.look(&kept).await, Ok(Found::Done(Bytes::new())));
    assert!(matches!(store.look(&running).await, Ok(Found::Running(_))));
    assert_eq!(store.look(&lost).await, Ok(Found::Lost));
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_forgets_in_batches() {
    let place = Place::sqlite();
    let url = place.url();
    let pass = async || {
        let mut file = sqlx::SqliteConnection::connect(&url).await.unwrap();
        let pass = "UPDATE claims SET until = until - 600000000";
        query(pass).execute(&mut file).await.unwrap();
    };
    what_is_past_its_time_goes_in_batches(&place, pass).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_forgets_in_batches() {
    let Some(place) = Place::postgres().await else {
        return;
    };
    let Place::Postgres(schema) = &place else {
        unreachable!()
    };
    let pass = async || {
        let pass = "UPDATE flowhook_claims SET until = until - interval '10 minutes'";
        query(pass).execute(&mut schema.connect().await).await.unwrap();
    };
    what_is_past_its_time_goes_in_batches(&place, pass).await;
}

/// Jobs that are done are known for 14 days, those that failed for 30; what waits is never forgotten.
async fn jobs_are_forgotten_when_they_were_kept_for_long_enough(
    place: &Place,
    let_days_pass: impl AsyncFn(u64),
) {
    let queue = place.open().await.queue();
    let job = |number: u8| NewJob::new("test", Lane::new("lane"), [number; 32], vec![number]);
    let put = vec![job(1), job(2).quarantined("unknown"), job(3)];
    queue.put(put).await.unwrap();
    let wanted = Wanted {
        kinds: vec!["test".to_owned()],
        jobs: 1,
        per_lane: 1,
        lease: LONG,
        after: None,
    };
    let leased = queue.lease(wanted).await.unwrap();
    queue
        .end(leased.jobs[0].ticket, End::Done(Vec::new()))
        .await
        .unwrap();
    let left = async || queue.list(Filter::default(), 0, 10).await.unwrap().len();
    let_days_pass(13).await;
    queue.forget().await.unwrap();
    assert_eq!(
        (left().await, queue.put(vec![job(1)]).await),
        (3, Ok(vec![Put::Again]))
    );
    let_days_pass(2).await;
    queue.forget().await.unwrap();
    assert_eq!(left().await, 2);
    assert!(matches!(
        queue.put(vec![job(1)]).await.unwrap()[..],
        [Put::New(_)]
    ));
    let_days_pass(17).await;
    queue.forget().await.unwrap();
    assert_eq!(left().await, 2, "what waits: the third, and the first once more");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_forgets_jobs() {
    let place = Place::sqlite();
    let url = place.url();
    let pass = async |days: u64| {
        let mut file = sqlx::SqliteConnection::connect(&url).await.unwrap();
        let pass = format!("UPDATE jobs SET until = until - {days} * 86400000000");
        query(AssertSqlSafe(pass)).execute(&mut file).await.unwrap();
    };
    jobs_are_forgotten_when_they_were_kept_for_long_enough(&place, pass).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_forgets_jobs() {
    let Some(place) = Place::postgres().await else {
        return;
    };
    let Place::Postgres(schema) = &place else {
        unreachable!()
    };
    let pass = async |days: u64| {
        let pass = format!("UPDATE flowhook_jobs SET until = until - interval '{days} days'");
        query(AssertSqlSafe(pass))
            .execute(&mut schema.connect().await)
            .await
            .unwrap();
    };
    jobs_are_forgotten_when_they_were_kept_for_long_enough(&place, pass).await;
}

#[tokio::test(start_paused = true)]
async fn memory_forgets_jobs() {
    let pass = async |days: u64| tokio::time::sleep(Duration::from_secs(days * 24 * 60 * 60)).await;
    jobs_are_forgotten_when_they_were_kept_for_long_enough(&Place::memory(), pass).await;
}

#[tokio::test(start_paused = true)]
async fn memory_forgets_what_is_past_its_time() {
    let store = Memory::new(Limits::default());
    for number in 0..OLD {
        let ticket = take(&store, &key(Kind::Replay, number), Terms::leased(PATIENCE)).await;
        if number % 2 == 0 {
            store
                .finish(&ticket, Bytes::from_static(b"12"), PATIENCE)
                .await
                .unwrap();
        }
    }
    take(&store, &key(Kind::Once, 1), Terms::once(PATIENCE)).await;
    tokio::time::sleep(PATIENCE + GRACE).await;
    while store.sweep().await.unwrap() > 0 {}
    assert_eq!(store.holds(), Limits { claims: 1, bytes: 0 });
    assert_eq!(store.look(&key(Kind::Once, 1)).await, Ok(Found::Lost));
}

async fn finish(store: &Memory, key: &Key, terms: Terms, result: &'static [u8]) -> Result<(), StoreError> {
    let ticket = take(store, key, terms).await;
    store.finish(&ticket, Bytes::from_static(result), LONG).await
}

#[tokio::test(start_paused = true)]
async fn a_full_memory_forgets_the_oldest_results_and_never_what_runs_or_must_not_repeat() {
    let store = Memory::new(Limits {
        claims: 4,
        bytes: 100,
    });
    let [once, running, older, newer, fifth, sixth, seventh] =
        [1, 2, 3, 4, 5, 6, 7].map(|n| key(Kind::Work, n));
    finish(&store, &once, Terms::once(LONG), b"paid").await.unwrap();
    take(&store, &running, Terms::leased(LONG)).await;
    finish(&store, &older, Terms::leased(LONG), b"older")
        .await
        .unwrap();
    finish(&store, &newer, Terms::leased(LONG), b"newer")
        .await
        .unwrap();

    take(&store, &fifth, Terms::leased(LONG)).await;
    assert_eq!(store.look(&older).await, Ok(Found::Free));
    assert_eq!(
        store.look(&newer).await,
        Ok(Found::Done(Bytes::from_static(b"newer")))
    );
    take(&store, &sixth, Terms::leased(LONG)).await;
    assert_eq!(store.look(&newer).await, Ok(Found::Free));

    let full = store.claim(&seventh, Terms::leased(LONG)).await;
    assert_eq!(full, Err(StoreError::Full));
    assert!(StoreError::Full.is_transient());
    assert!(matches!(
        store.claim(&once, Terms::once(LONG)).await,
        Ok(Claim::Done(_))
    ));
    assert_eq!(
        store.claim(&running, Terms::leased(LONG)).await,
        Ok(Claim::Running)
    );
}

#[tokio::test(start_paused = true)]
async fn a_memory_full_of_bytes_forgets_the_oldest_results() {
    let store = Memory::new(Limits {
        claims: 100,
        bytes: 10,
    });
    for number in 0..10 {
        finish(&store, &key(Kind::Replay, number), Terms::leased(LONG), b"1234")
            .await
            .unwrap();
        assert!(store.holds().bytes <= 10);
    }
    assert_eq!(store.holds(), Limits { claims: 2, bytes: 8 });
    let ticket = take(&store, &key(Kind::Replay, 10), Terms::leased(LONG)).await;
    let too_much = store
        .finish(&ticket, Bytes::from_static(b"12345678901"), LONG)
        .await;
    assert_eq!(too_much, Err(StoreError::Full));
    assert!(matches!(store.look(ticket.key()).await, Ok(Found::Running(_))));
    store
        .finish(&ticket, Bytes::from_static(b"1"), LONG)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sweeping_takes_turns_with_calls() {
    // Twenty thousand rows past their time: no look and no claim waits for all of them.
    let place = Place::sqlite();
    let store = place.open().await;
    let url = place.url();
    let mut file = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
                INSERT INTO claims SELECT 1, randomblob(32), i, 0, 0, zeroblob(1000) FROM n";
    query(AssertSqlSafe(many)).execute(&mut file).await.unwrap();
    let sweeping = {
        let store = std::sync::Arc::clone(&store);
        tokio::spawn(async move { while store.sweep().await.unwrap() > 0 {} })
    };
    let mut longest = Duration::ZERO;
    let mut number = 0;
    while !sweeping.is_finished() {
        let began = std::time::Instant::now();
        take(&*store, &key(Kind::Work, number), Terms::leased(LONG)).await;
        longest = longest.max(began.elapsed());
        number += 1;
    }
    assert!(number >= 5, "only {number} claims between forty batches");
    assert!(longest < Duration::from_secs(5), "{longest:?}");
}
