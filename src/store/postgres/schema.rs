//! The tables, brought up to the newest version at start, under a lock that all instances share.

use sqlx::postgres::PgConnection;
use sqlx::{query, query_scalar, raw_sql};

/// What leads from each version of the schema to the next.
const MIGRATIONS: [&str; 3] = [
    include_str!("1.sql"),
    include_str!("2.sql"),
    include_str!("3.sql"),
];

/// The newest version of the schema.
pub(super) const KNOWN: i64 = MIGRATIONS.len() as i64;

/// The advisory lock under which the schema is changed: "Flow" in ASCII.
const LOCK: i64 = 0x466c_6f77;

/// Why the tables cannot be used.
pub(super) enum Refused {
    Newer(i64),
    Sql(sqlx::Error),
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

/// Brings the tables up to the newest version. Where they are, nothing is written, so an instance needs no right to make
/// tables.
pub(super) async fn migrate(connection: &mut PgConnection) -> Result<(), Refused> {
    if version(connection).await? == KNOWN {
        return Ok(());
    }
    query("BEGIN").execute(&mut *connection).await?;
    query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *connection)
        .await?;
    // Another instance may have done it while we waited.
    let version = version(connection).await?;
    if version == 0 {
        let table =
            "CREATE TABLE flowhook_schema (version bigint NOT NULL); INSERT INTO flowhook_schema VALUES (0)";
        raw_sql(table).execute(&mut *connection).await?;
    }
    for (number, migration) in (1_i64..).zip(MIGRATIONS).filter(|(number, _)| *number > version) {
        raw_sql(migration).execute(&mut *connection).await?;
        query("UPDATE flowhook_schema SET version = $1")
            .bind(number)
            .execute(&mut *connection)
            .await?;
    }
    query("COMMIT").execute(connection).await?;
    Ok(())
}

/// The tables' version, 0 where there are none.
async fn version(connection: &mut PgConnection) -> Result<i64, Refused> {
    // Asking by way of `pg_class` makes the server look at what others have just made. `to_regclass` alone may answer
    // from memory, within a transaction that began before.
    let there = "SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('flowhook_schema'))";
    let there = query_scalar::<_, bool>(there);
    if !there.fetch_one(&mut *connection).await? {
        return Ok(0);
    }
    let version = query_scalar::<_, i64>("SELECT version FROM flowhook_schema");
    match version.fetch_one(connection).await? {
        version @ 0..=KNOWN => Ok(version),
        newer => Err(Refused::Newer(newer)),
    }
}
