//! Where the database is: the URL read without a word of it getting out, and what is wrong there in words.

use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use crate::store::StoreError;

/// What may follow the `?` of the URL.
const PARAMETERS: [&str; 16] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "application_name",
    "options",
];

/// How to connect to what the URL names.
pub(super) fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let (_, parameters) = url.split_once('?').unwrap_or_default();
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let name = parameter.split('=').next().unwrap_or_default();
        let is_option = name.starts_with("options[") || name.starts_with("options%5B");
        if name == "password" {
            let why = "the password belongs before the host, as in `postgres://USER:PASSWORD@HOST/DATABASE`";
            return Err(StoreError::Address(why.into()));
        }
        if !PARAMETERS.contains(&name) && !is_option {
            let why = format!(
                "there is a parameter after the `?` that is none of {}",
                PARAMETERS.join(", ")
            );
            return Err(StoreError::Address(why));
        }
    }
    let options: PgConnectOptions = url.parse().map_err(|_| {
        let why = "it cannot be read: it should be `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, \
                   with `%` codes for special characters in the password, and known values after the `?`";
        StoreError::Address(why.into())
    })?;
    let options = match options.get_application_name() {
        Some(_) => options,
        None => options.application_name("flowhook"),
    };
    Ok(options.disable_statement_logging())
}

/// What is said of the database in errors: where it is, not who asks.
pub(super) fn place(options: &PgConnectOptions) -> String {
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let database = options.get_database().unwrap_or("of the user's name");
    format!("PostgreSQL at {host}, database `{database}`")
}

/// What went wrong. PostgreSQL's own words never hold the password.
pub(super) fn in_words(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(|error| error.code());
    match (error, code.as_deref()) {
        (sqlx::Error::Io(error), _) => format!("it cannot be reached: {error}"),
        (sqlx::Error::Tls(error), _) => {
            format!("it cannot be reached by TLS: {error}; see `sslmode` and `sslrootcert`")
        }
        (_, Some("28P01" | "28000")) => {
            "it does not let us in: see user and password, and the server's pg_hba.conf".into()
        }
        (_, Some("3D000")) => "there is no such database: make it with `createdb`".into(),
        (_, Some("42501" | "3F000")) => {
            format!("the user may not make tables there: grant it CREATE on the schema ({error})")
        }
        _ => error.to_string(),
    }
}
