//! Opening a store: what its URL may be, what it makes, and what it refuses in a sentence.

use std::path::Path;

use bytes::Bytes;
use flowhook::store::{Found, Kind, StoreError, Terms, open};
use futures_util::future::join_all;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, query};

use super::places::Place;
use super::{LONG, key, take};

/// Why a URL is refused.
async fn refused(url: &str) -> String {
    let error = open(url).await.expect_err("it was opened");
    assert!(!error.is_transient(), "{error}");
    error.to_string()
}

#[tokio::test]
async fn a_url_of_nothing_known_is_refused_without_repeating_it() {
    for url in [
        "",
        "tmp/hunter2.db",
        "mysql://root:hunter2@localhost/x",
        "redis:hunter2",
        "memory:hunter2",
    ] {
        let why = refused(url).await;
        assert!(!why.contains("hunter2"), "{why}");
        assert!(why.contains("memory:"), "{why}");
    }
    for url in ["memory:", "memory://", " memory: "] {
        assert!(open(url).await.is_ok(), "{url}");
    }
}

#[tokio::test]
async fn a_password_is_in_no_error_and_no_debug_output() {
    for url in [
        "postgres://hunter1:hunter2@127.0.0.1:1/hunted",
        "postgres://hunter1:hunter2@127.0.0.1:99999/hunted",
        "postgres://hunter1:hunter2@[::/hunted",
        "postgres://hunter1@127.0.0.1:1/hunted?password=hunter2",
        "postgres://hunter1@127.0.0.1:1/hunted?hunter2",
        "postgres://hunter1@127.0.0.1:1/hunted?sslmode=hunter2",
        "postgresql://hunter1:hun%ter2@127.0.0.1:1/hunted?port=hunter2",
    ] {
        let error = open(url).await.expect_err("it was opened");
        for told in [error.to_string(), format!("{error:?}")] {
            assert!(!told.contains("hunter"), "{told}");
        }
    }
    let why = refused("postgres://hunter1:hunter2@127.0.0.1:1/hunted").await;
    assert!(
        why.starts_with(
            "cannot open the store, PostgreSQL at 127.0.0.1:1, database `hunted`: it cannot be reached:"
        ),
        "{why}"
    );
    if let Some(place) = Place::postgres().await {
        let debug = format!("{:?}", place.open().await);
        assert!(
            !debug.contains("password") && debug.contains("PostgreSQL at"),
            "{debug}"
        );
    }
}

#[tokio::test]
async fn a_postgres_database_that_is_not_there_is_named() {
    let Some(Place::Postgres(schema)) = Place::postgres().await else {
        return;
    };
    let url = schema.url().replace('?', "?dbname=flowhook_is_not_there&");
    let why = refused(&url).await;
    assert!(
        why.ends_with("database `flowhook_is_not_there`: there is no such database: make it with `createdb`"),
        "{why}"
    );
}

#[tokio::test]
async fn an_sqlite_path_that_cannot_be_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    std::fs::write(folder.path().join("letter.txt"), "Dear reader, ".repeat(1_000)).unwrap();
    for (url, words) in [
        (path("no/store.db"), "there is no folder"),
        (path(""), "it is a folder: name a file in it"),
        (
            path("letter.txt"),
            "it is not an SQLite database: name another file",
        ),
        ("sqlite:".to_owned(), "needs the path of a file"),
        ("sqlite::memory:".to_owned(), "say `memory:`"),
    ] {
        let why = refused(&url).await;
        assert!(why.contains(words), "{why}");
    }
    let letter = std::fs::read_to_string(folder.path().join("letter.txt")).unwrap();
    assert!(letter.starts_with("Dear reader"), "it was left as it was");
}

async fn sqlite(path: &Path) -> SqliteConnection {
    let url = format!("sqlite:{}?mode=rwc", path.display());
    SqliteConnection::connect(&url).await.unwrap()
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("songs.db");
    let mut songs = sqlite(&path).await;
    query("CREATE TABLE songs (name TEXT)")
        .execute(&mut songs)
        .await
        .unwrap();
    songs.close().await.unwrap();
    let before = std::fs::read(&path).unwrap();
    let why = refused(&format!("sqlite:{}", path.display())).await;
    assert!(why.contains("it is the database of another program"), "{why}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_newer_than_the_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let url = format!("sqlite:{}", path.display());
    drop(open(&url).await.unwrap());
    let newer = query("PRAGMA user_version = 99");
    newer.execute(&mut sqlite(&path).await).await.unwrap();
    let mut urls = vec![url];
    let place = Place::postgres().await;
    if let Some(Place::Postgres(schema)) = &place {
        drop(open(&schema.url()).await.unwrap());
        let newer = query("UPDATE flowhook_schema SET version = 99");
        newer.execute(&mut schema.connect().await).await.unwrap();
        urls.push(schema.url());
    }
    for url in urls {
        let error = open(&url).await.expect_err("it was opened");
        assert!(
            matches!(
                error,
                StoreError::Newer {
                    found: 99,
                    known: 3,
                    ..
                }
            ),
            "{error:?}"
        );
        let why =
            "was written by a newer version (its schema is 99, this program knows up to 3): run that version";
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn an_sqlite_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let store = open(&format!("sqlite:{}", folder.path().join("store.db").display()))
        .await
        .unwrap();
    take(&*store, &key(Kind::Work, 1), Terms::leased(LONG)).await;
    let mut modes = std::fs::read_dir(folder.path()).unwrap().map(|file| {
        let file = file.unwrap();
        (
            file.file_name(),
            file.metadata().unwrap().permissions().mode() & 0o777,
        )
    });
    assert!(modes.all(|(_, mode)| mode == 0o600));
}

#[tokio::test]
async fn an_sqlite_file_keeps_a_write_ahead_log() {
    let place = Place::sqlite();
    drop(place.open().await);
    let path = place.url().replacen("sqlite:", "", 1);
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut sqlite(Path::new(&path)).await)
        .await
        .unwrap();
    assert_eq!(mode, "wal");
}

async fn opened_twenty_times_at_once_and_once_more(place: &Place) {
    let url = place.url();
    let stores = join_all((0..20).map(|_| open(&url))).await;
    let stores: Vec<_> = stores.into_iter().map(Result::unwrap).collect();
    let key = key(Kind::Work, 1);
    let ticket = take(&*stores[0], &key, Terms::leased(LONG)).await;
    stores[19]
        .finish(&ticket, Bytes::from_static(b"kept"), LONG)
        .await
        .unwrap();
    drop(stores);
    let again = open(&url).await.unwrap();
    assert_eq!(
        again.look(&key).await,
        Ok(Found::Done(Bytes::from_static(b"kept")))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_opens_many_times_at_once() {
    opened_twenty_times_at_once_and_once_more(&Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_opens_many_times_at_once() {
    if let Some(place) = Place::postgres().await {
        opened_twenty_times_at_once_and_once_more(&place).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_needs_no_right_to_make_tables_that_are_there() {
    let Some(Place::Postgres(schema)) = Place::postgres().await else {
        return;
    };
    drop(open(&schema.url()).await.unwrap());
    let role = format!("flowhook_test_{:016x}", fastrand::u64(..));
    let mut admin = schema.connect().await;
    let mut run = async |statement: String| {
        query(AssertSqlSafe(statement)).execute(&mut admin).await.unwrap();
    };
    run(format!("CREATE ROLE {role}")).await;
    run(format!("GRANT USAGE ON SCHEMA {} TO {role}", schema.name())).await;
    let tables = format!("ALL TABLES IN SCHEMA {}", schema.name());
    run(format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {role}"
    ))
    .await;
    let store = open(&format!("{}&options[role]={role}", schema.url()))
        .await
        .unwrap();
    take(&*store, &key(Kind::Work, 1), Terms::leased(LONG)).await;
    drop(store);
    run(format!("DROP OWNED BY {role}")).await;
    run(format!("DROP ROLE {role}")).await;
}
