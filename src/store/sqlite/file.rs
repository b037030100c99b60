//! The file: made for its owner alone, brought up to the newest schema, and what is wrong with it in words.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, query, query_scalar, raw_sql};
use tokio::time::{Instant, sleep};

use crate::store::StoreError;

/// How long to wait while another process writes.
const BUSY: Duration = Duration::from_secs(2);

/// How long to try when the file is being opened by others too: the change to WAL cannot wait by itself.
const OPENING: Duration = Duration::from_secs(10);

/// What marks a file as ours, in SQLite's `application_id`: "Flow" in ASCII.
const MARK: i64 = 0x466c_6f77;

/// The largest that the write-ahead log stays after a burst, in bytes.
const LOG_SIZE: &str = "67108864";

/// What leads from each version of the schema to the next. The version is in SQLite's `user_version`.
const MIGRATIONS: [&str; 3] = [
    include_str!("1.sql"),
    include_str!("2.sql"),
    include_str!("3.sql"),
];

/// The newest version of the schema.
const KNOWN: i64 = MIGRATIONS.len() as i64;

/// Where the store is.
#[derive(Clone, Debug)]
pub(super) struct File(PathBuf);

/// Why a file is not opened.
enum Refused {
    Newer(i64),
    Foreign,
    Sql(sqlx::Error),
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl File {
    pub(super) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// How to connect. The mode of the file is as it was found.
    pub(super) fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(&self.0)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .pragma("journal_size_limit", LOG_SIZE)
            .disable_statement_logging()
    }

    pub(super) async fn connect(&self) -> sqlx::Result<SqliteConnection> {
        let options = self.options().journal_mode(SqliteJournalMode::Wal);
        options.connect().await
    }

    /// A connection to the file, which is there and has the newest schema.
    pub(super) async fn prepare(&self) -> Result<SqliteConnection, StoreError> {
        let path = self.0.clone();
        let made = tokio::task::spawn_blocking(move || make(&path)).await;
        made.expect("opening a file does not panic")
            .map_err(|why| self.cannot_open(why))?;
        let give_up = Instant::now() + OPENING;
        loop {
            match self.migrated().await {
                Ok(connection) => return Ok(connection),
                Err(Refused::Newer(found)) => {
                    return Err(StoreError::Newer {
                        place: self.place(),
                        found,
                        known: KNOWN,
                    });
                }
                Err(Refused::Foreign) => {
                    let why = "it is the database of another program: name a file that is not there yet";
                    return Err(self.cannot_open(why.into()));
                }
                Err(Refused::Sql(error)) if is_busy(&error) && Instant::now() < give_up => {
                    sleep(Duration::from_millis(20)).await;
                }
                Err(Refused::Sql(error)) => return Err(self.cannot_open(in_words(&error))),
            }
        }
    }

    async fn migrated(&self) -> Result<SqliteConnection, Refused> {
        // Looked at before it is touched: WAL mode would be written into another program's file.
        let mut connection = self.options().connect().await?;
        // SQLite begins a transaction's view with its first reading of a table, not with a pragma.
        query("BEGIN").execute(&mut connection).await?;
        query("SELECT count(*) FROM sqlite_schema")
            .execute(&mut connection)
            .await?;
        known_version(&mut connection).await?;
        connection.close().await?;

        let mut connection = self.connect().await?;
        // The lock: whoever comes second finds the work done.
        query("BEGIN IMMEDIATE").execute(&mut connection).await?;
        let version = known_version(&mut connection).await?;
        for (number, migration) in (1_i64..).zip(MIGRATIONS).filter(|(number, _)| *number > version) {
            raw_sql(migration).execute(&mut connection).await?;
            let versions = format!("PRAGMA user_version = {number}; PRAGMA application_id = {MARK}");
            raw_sql(sqlx::AssertSqlSafe(versions))
                .execute(&mut connection)
                .await?;
        }
        query("COMMIT").execute(&mut connection).await?;
        Ok(connection)
    }

    /// What is said of the file in errors.
    fn place(&self) -> String {
        format!("SQLite file `{}`", self.0.display())
    }

    fn cannot_open(&self, why: String) -> StoreError {
        StoreError::Open {
            place: self.place(),
            why,
        }
    }

    pub(super) fn away(&self, error: &sqlx::Error) -> StoreError {
        self.away_because(&in_words(error))
    }

    pub(super) fn away_because(&self, why: &str) -> StoreError {
        StoreError::Away {
            place: self.place(),
            why: why.to_owned(),
        }
    }
}

/// The schema's version in the file, which is ours or empty. To be asked within a transaction, so that all is of one
/// moment.
async fn known_version(connection: &mut SqliteConnection) -> Result<i64, Refused> {
    let number = |pragma: &'static str| query_scalar::<_, i64>(pragma);
    let mark = number("PRAGMA application_id")
        .fetch_one(&mut *connection)
        .await?;
    let tables = number("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&mut *connection)
        .await?;
    if mark != MARK && (mark != 0 || tables > 0) {
        return Err(Refused::Foreign);
    }
    match number("PRAGMA user_version").fetch_one(connection).await? {
        version @ 0..=KNOWN => Ok(version),
        newer => Err(Refused::Newer(newer)),
    }
}

/// Makes the file if it is not there, readable to its owner alone. SQLite gives its side files the same mode.
fn make(path: &Path) -> Result<(), String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(_) if path.is_dir() => Err("it is a folder: name a file in it".into()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(format!(
            "there is no folder `{}`: make it first",
            folder.display()
        )),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(format!(
            "no file may be made in `{}`: give this program's user the right to, or name another place",
            folder.display()
        )),
        Err(error) => Err(error.to_string()),
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    primary_code(error).is_some_and(|code| [5, 6].contains(&code))
}

/// SQLite's own code, without the extension in the upper bits: <https://sqlite.org/rescode.html>.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?.parse::<i32>().ok()?;
    Some(code & 0xff)
}

fn in_words(error: &sqlx::Error) -> String {
    match primary_code(error) {
        Some(5 | 6) => "another process keeps it locked".into(),
        Some(8) => "it is read-only: give this program's user the right to write it and its folder".into(),
        Some(10) => format!("the disk fails: {error}"),
        Some(11) => "it is damaged: restore it from a copy, or name a new file".into(),
        Some(13) => "the disk is full".into(),
        Some(14) => {
            "it cannot be opened: see whether this program's user may read and write it and its folder".into()
        }
        Some(26) => "it is not an SQLite database: name another file".into(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a statement that fails on an opened store's file says.
    async fn failing(options: impl Fn(SqliteConnectOptions) -> SqliteConnectOptions) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = File::at(&folder.path().join("store.db"));
        drop(file.prepare().await);
        let mut connection = options(file.options()).connect().await.unwrap();
        let large = "INSERT INTO claims VALUES (1, x'00', 1, 1, 1, zeroblob(1000000))";
        let error = query(large).execute(&mut connection).await.unwrap_err();
        in_words(&error)
    }

    #[tokio::test]
    async fn a_full_disk_is_told_as_such() {
        let words = failing(|options| options.pragma("max_page_count", "20")).await;
        assert_eq!(words, "the disk is full");
    }

    #[tokio::test]
    async fn a_read_only_file_is_told_as_such() {
        let words = failing(|options| options.read_only(true)).await;
        assert!(words.starts_with("it is read-only"), "{words}");
    }

    #[tokio::test]
    async fn every_connection_flushes_at_each_commit() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = File::at(&folder.path().join("store.db")).prepare().await.unwrap();
        let synchronous = query_scalar::<_, i64>("PRAGMA synchronous");
        const FULL: i64 = 2;
        assert_eq!(synchronous.fetch_one(&mut connection).await.unwrap(), FULL);
    }
}
