//! A store that is away: nothing is acknowledged, and nothing is lost or doubled when it is back.

use std::time::Duration;

use sqlx::{Connection, SqliteConnection, query};

use super::{deliver, jobs, queue, said, with_endpoints};
use crate::program::{FLOWHOOK, Program, Starting};
use crate::stores::places::Place;
use crate::stores::proxy::{Line, Proxy};

fn event(number: u32) -> String {
    said("a@rbm.goog", "+15550100", &format!("m{number}"), "hi")
}

/// Delivers as Google does, until it is acknowledged.
async fn delivered_at_last(program: &Program, number: u32) {
    crate::stores::until(async || (deliver(program, &event(number)).status == 200).then_some(())).await;
}

async fn t04(place: &Place, program: Program, go: impl AsyncFnOnce(), come_back: impl AsyncFnOnce()) {
    assert_eq!(deliver(&program, &event(1)).status, 200);
    go().await;
    for number in [2, 3, 2, 1] {
        let began = std::time::Instant::now();
        let answer = deliver(&program, &event(number));
        assert_eq!(answer.status, 503);
        assert_eq!(answer.headers["retry-after"], "5");
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    }
    come_back().await;
    for number in [2, 3, 4, 2, 1] {
        delivered_at_last(&program, number).await;
    }
    let jobs = jobs(&*queue(place).await).await;
    assert_eq!(jobs.len(), 4);
    program.logged("refused a call: the store");
}

#[tokio::test(flavor = "multi_thread")]
async fn t04_a_locked_sqlite_file_means_503_and_comes_back() {
    let place = Place::sqlite();
    let program = with_endpoints(FLOWHOOK, &place).start();
    let path = place.url().replacen("sqlite:", "", 1);
    let mut other = SqliteConnection::connect(&format!("sqlite:{path}"))
        .await
        .unwrap();
    let other = tokio::sync::Mutex::new(&mut other);
    let run = async |statement: &'static str| {
        query(statement).execute(&mut **other.lock().await).await.unwrap();
    };
    t04(
        &place,
        program,
        async || run("BEGIN IMMEDIATE").await,
        async || run("ROLLBACK").await,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t04_a_postgres_that_is_cut_off_means_503_and_comes_back() {
    for line in [Line::Cut, Line::Silent] {
        let Some(place) = Place::postgres().await else {
            return;
        };
        let Place::Postgres(schema) = &place else {
            unreachable!()
        };
        let proxy = Proxy::to(schema).await;
        let program = Starting::new(FLOWHOOK)
            .env("FLOWHOOK_STORE__URL", &proxy.address)
            .env("FLOWHOOK_RBM__ENDPOINTS__MAIN__CLIENT_TOKEN", super::TOKEN)
            .start();
        t04(
            &place,
            program,
            async || proxy.set(line),
            async || proxy.set(Line::Whole),
        )
        .await;
    }
}
