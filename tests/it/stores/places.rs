//! Places for stores: each test has its own, and takes it away with it.

use std::io::Write;
use std::sync::Arc;

use flowhook::store::{Limits, Memory, Store, open};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, query};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

/// The server that is tried where `FLOWHOOK_TEST_POSTGRES` is not set.
const LOCAL: &str = "postgres://postgres@127.0.0.1:5432/test";

/// How many tests use PostgreSQL at once: each store may have nine connections, and servers allow a hundred by default.
static SEATS: Semaphore = Semaphore::const_new(4);

/// Where a store is, for one test.
pub enum Place {
    Memory(Arc<dyn Store>),
    Sqlite(tempfile::TempDir),
    Postgres(Schema),
}

impl Place {
    pub fn memory() -> Self {
        Self::Memory(Arc::new(Memory::new(Limits::default())))
    }

    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// An empty schema, if there is a server.
    pub async fn postgres() -> Option<Self> {
        Schema::new().await.map(Self::Postgres)
    }

    pub fn url(&self) -> String {
        match self {
            Self::Memory(_) => "memory:".to_owned(),
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("store.db").display()),
            Self::Postgres(schema) => schema.url(),
        }
    }

    /// The store; opened anew each time, as another process would, where it outlives one.
    pub async fn open(&self) -> Arc<dyn Store> {
        match self {
            Self::Memory(store) => Arc::clone(store),
            _ => open(&self.url()).await.unwrap(),
        }
    }
}

/// A schema of its own in the test database.
pub struct Schema {
    server: String,
    name: String,
    _seat: SemaphorePermit<'static>,
}

impl Schema {
    async fn new() -> Option<Self> {
        let server = server().await?;
        let seat = SEATS.acquire().await.unwrap();
        let name = format!("flowhook_test_{:016x}", fastrand::u64(..));
        execute(&server, &format!("CREATE SCHEMA {name}")).await;
        Some(Self {
            server,
            name,
            _seat: seat,
        })
    }

    pub fn url(&self) -> String {
        self.url_on(&self.server)
    }

    /// The URL of the schema on a server that is reached by another address.
    pub fn url_on(&self, server: &str) -> String {
        let mark = if server.contains('?') { '&' } else { '?' };
        format!("{server}{mark}options[search_path]={}", self.name)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn server(&self) -> PgConnectOptions {
        self.server.parse().unwrap()
    }

    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url()).await.unwrap()
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let (server, drop) = (self.server.clone(), format!("DROP SCHEMA {} CASCADE", self.name));
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(execute(&server, &drop));
        });
        dropping.join().unwrap();
    }
}

async fn execute(server: &str, statement: &str) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    query(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// The URL of the server for tests. Without one, the tests that need it are skipped, and say so; but not where `CI` is set.
async fn server() -> Option<String> {
    static SERVER: OnceCell<Option<String>> = OnceCell::const_new();
    let found = SERVER.get_or_init(async || {
        if let Ok(url) = std::env::var("FLOWHOOK_TEST_POSTGRES") {
            return Some(url);
        }
        let options: PgConnectOptions = LOCAL.parse().unwrap();
        let answer = tokio::time::timeout(std::time::Duration::from_secs(5), options.connect()).await;
        match answer {
            Ok(Ok(connection)) => {
                connection.close().await.unwrap();
                Some(LOCAL.to_owned())
            }
            _ => None,
        }
    });
    let server = found.await.clone();
    if server.is_none() {
        let skipped = "there is no PostgreSQL: set FLOWHOOK_TEST_POSTGRES to the URL of a database";
        assert!(std::env::var_os("CI").is_none(), "{skipped}");
        // Not by eprintln!, which the test harness shows only when a test fails.
        let mut stderr = std::io::stderr();
        let name = std::thread::current().name().unwrap_or("a test").to_owned();
        writeln!(stderr, "SKIPPED {name}: {skipped}").unwrap();
    }
    server
}
