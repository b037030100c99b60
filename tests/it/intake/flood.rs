//! Ten thousand calls at once at an inbox of sixty-four places.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use sqlx::{Connection, PgConnection, SqliteConnection, query};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::{jobs, queue, rbm, said, with_endpoints};
use crate::program::{FLOWHOOK, Program};
use crate::stores::places::Place;

const CALLERS: usize = 400;
const EACH: usize = 25;

/// The status of the next answer; none when the connection has ended.
async fn status(connection: &mut BufReader<TcpStream>) -> Option<u16> {
    let (mut status, mut length, mut line) = (None, 0, String::new());
    loop {
        line.clear();
        if connection.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if let Some(first) = line.strip_prefix("HTTP/1.1 ") {
            status = first[..3].parse().ok();
        } else if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim().parse().ok()?;
        } else if line == "\r\n" {
            connection.read_exact(&mut vec![0; length]).await.ok()?;
            return status;
        }
    }
}

/// Sends all calls without waiting for answers, and on a new connection what one that was closed has not answered.
async fn call(address: SocketAddr, caller: usize) -> Vec<u16> {
    let calls = (0..EACH).map(|number| {
        let event = said(
            "a@rbm.goog",
            &format!("+1555{caller:04}"),
            &format!("{caller}.{number}"),
            "hi",
        );
        rbm(&event, number as u64)
    });
    let calls: Vec<_> = calls.collect();
    let mut answers = Vec::new();
    while answers.len() < EACH {
        let mut connection = BufReader::new(TcpStream::connect(address).await.unwrap());
        // It may be closed before all is sent.
        let _ = connection
            .get_mut()
            .write_all(&calls[answers.len()..].concat())
            .await;
        while let Some(status) = status(&mut connection).await {
            answers.push(status);
        }
    }
    answers
}

/// The most that the process has held, in kilobytes.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Somebody else who writes to the store, so that nobody can until they are done.
enum Writer {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Writer {
    async fn begin(place: &Place) -> Self {
        match place {
            Place::Postgres(schema) => {
                let mut connection = schema.connect().await;
                query("BEGIN").execute(&mut connection).await.unwrap();
                let lock = "LOCK TABLE flowhook_jobs IN EXCLUSIVE MODE";
                query(lock).execute(&mut connection).await.unwrap();
                Self::Postgres(connection)
            }
            _ => {
                let mut connection = SqliteConnection::connect(&place.url()).await.unwrap();
                query("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
                Self::Sqlite(connection)
            }
        }
    }

    async fn end(self) {
        match self {
            Self::Sqlite(mut connection) => query("ROLLBACK").execute(&mut connection).await.map(drop),
            Self::Postgres(mut connection) => query("ROLLBACK").execute(&mut connection).await.map(drop),
        }
        .unwrap();
    }
}

/// How many calls were answered with 200 and with 503, while the disk is slow until the inbox has been full.
async fn flood(program: &Program, place: &Place, round: usize) -> (usize, usize) {
    let other = Writer::begin(place).await;
    let callers = (0..CALLERS).map(|caller| tokio::spawn(call(program.address, round * CALLERS + caller)));
    let callers: Vec<_> = callers.collect();
    let logged = tokio::task::block_in_place(|| program.logged("too much waits to be stored"));
    assert!(logged.contains("refused"), "{logged}");
    other.end().await;
    let mut statuses = BTreeMap::<u16, usize>::new();
    for caller in callers {
        for status in caller.await.unwrap() {
            *statuses.entry(status).or_default() += 1;
        }
    }
    assert_eq!(statuses.values().sum::<usize>(), CALLERS * EACH);
    let of = |status| statuses.get(&status).copied().unwrap_or_default();
    assert_eq!(of(200) + of(503), CALLERS * EACH, "{statuses:?}");
    (of(200), of(503))
}

async fn t08_of_ten_thousand_calls_at_once_each_is_stored_or_refused_and_memory_stays_flat(place: &Place) {
    let program = with_endpoints(FLOWHOOK, place).set("queue.inbox=64").start();
    let (mut stored, mut refused) = (0, 0);
    let mut peaks = Vec::new();
    for round in 0..3 {
        let (more_stored, more_refused) = flood(&program, place, round).await;
        (stored, refused) = (stored + more_stored, refused + more_refused);
        peaks.push(peak(program.id()));
    }
    assert!(stored > 0 && refused > 0, "{stored} stored, {refused} refused");
    // The first two grow what connections and the allocator keep for next time; from then on nothing is added.
    assert!(
        peaks[2] < 192 * 1024 && peaks[2] < peaks[1] + 16 * 1024,
        "{peaks:?} kB"
    );
    // What was told that it was too late may have been stored after all; never less than was acknowledged.
    let kept = jobs(&*queue(place).await).await.len();
    assert!(
        (stored..=3 * CALLERS * EACH).contains(&kept),
        "{kept} kept, {stored} acknowledged"
    );
}

on_both!(t08_of_ten_thousand_calls_at_once_each_is_stored_or_refused_and_memory_stays_flat);
