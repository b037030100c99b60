//! `[auth]`: who may call. `secrets` are written out or lie in a `file`, `id_token` says which tokens of Google's pass.

mod id_token;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

pub use id_token::IdToken;

use super::{ClientCert, Secrets, SettingsError, value};
use crate::auth::id_token::Keys;
use crate::auth::{Basic, Check, Gate, Header, Secret};

/// How often files with secrets are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Who may call: this way, or any of those in `or`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Whether anybody may call, on any address.
    #[serde(deserialize_with = "value::switch")]
    pub open: bool,
    /// User names and passwords of the first way.
    basic: Secrets,
    /// Headers of the first way.
    headers: Secrets,
    /// ID tokens of the first way.
    id_token: IdToken,
    /// The client certificate of the first way.
    client_cert: ClientCert,
    /// Further ways in.
    or: Vec<Way>,
}

/// One way in: all its checks must pass.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Way {
    /// User names and passwords, any of which passes.
    basic: Secrets,
    /// Headers, every name of which must be there.
    headers: Secrets,
    /// Which ID tokens pass.
    id_token: IdToken,
    /// The client certificate.
    client_cert: ClientCert,
}

impl Auth {
    /// Takes the secrets that lie in files of their own into memory.
    pub(super) fn read_files(&mut self) -> Result<(), SettingsError> {
        let mut faults = Vec::new();
        self.basic.read_files("auth.basic", &mut faults);
        self.headers.read_files("auth.headers", &mut faults);
        for way in &mut self.or {
            way.basic.read_files("auth.or.basic", &mut faults);
            way.headers.read_files("auth.or.headers", &mut faults);
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(SettingsError(faults))
        }
    }

    /// The gate that lets those in who may call.
    ///
    /// # Errors
    ///
    /// When a user name has no password, a header no value, or a way no check; when ID tokens are not described in full.
    pub fn gate(&self) -> Result<Gate, SettingsError> {
        self.sets(Vec::new()).map(Gate::new)
    }

    /// The checks of every way. `keys` are those that are there already.
    fn sets(&self, mut keys: Vec<Arc<Keys>>) -> Result<Vec<Vec<Check>>, SettingsError> {
        let mut faults = Vec::new();
        let mut sets = vec![secrets_of("auth", &self.basic, &self.headers, &mut faults)];
        sets[0].extend(
            self.id_token
                .check("auth", &self.id_token, &mut keys, &mut faults),
        );
        sets[0].extend(self.client_cert.check("auth", &mut faults).map(Check::ClientCert));
        check_authorization("auth", &sets[0], &mut faults);
        for way in &self.or {
            let before = faults.len();
            let mut checks = secrets_of("auth.or", &way.basic, &way.headers, &mut faults);
            checks.extend(
                way.id_token
                    .check("auth.or", &self.id_token, &mut keys, &mut faults),
            );
            checks.extend(
                way.client_cert
                    .check("auth.or", &mut faults)
                    .map(Check::ClientCert),
            );
            check_authorization("auth.or", &checks, &mut faults);
            if checks.is_empty() && faults.len() == before {
                faults.push(
                    "`auth.or`: expected at least one check in each way, else anybody would pass".into(),
                );
            }
            sets.push(checks);
        }
        if faults.is_empty() {
            Ok(sets)
        } else {
            Err(SettingsError(faults))
        }
    }

    /// Whether a client certificate is wanted from the handshake.
    pub(super) fn needs_handshake(&self) -> bool {
        self.client_cert.needs_handshake() || self.or.iter().any(|way| way.client_cert.needs_handshake())
    }

    /// Whether Cloud Run is trusted to have verified tokens.
    #[must_use]
    pub fn trusts_cloud_run(&self) -> bool {
        self.id_token.trusts_cloud_run() || self.or.iter().any(|way| way.id_token.trusts_cloud_run())
    }

    /// Gives the gate the secrets that lie in files whenever a file changes, for as long as it is polled. One task does,
    /// beside those that serve.
    pub async fn keep_secrets_fresh(&self, gate: &Gate) -> Infallible {
        let mut latest = self.clone();
        while latest.has_files() {
            sleep(LOOK_EVERY).await;
            let looking = spawn_blocking(move || {
                let is_other = latest.look_again();
                (latest, is_other)
            });
            let Ok((looked, is_other)) = looking.await else {
                break;
            };
            latest = looked;
            if is_other {
                match latest.sets(gate.keys()) {
                    Ok(sets) => {
                        gate.replace(sets);
                        tracing::info!("took over the secrets of a file that has changed");
                    }
                    Err(error) => tracing::error!("the secrets stay as they were: {error}"),
                }
            }
        }
        pending().await
    }

    fn has_files(&self) -> bool {
        let further = self.or.iter().flat_map(|way| [&way.basic, &way.headers]);
        let mut all = [&self.basic, &self.headers].into_iter().chain(further);
        all.any(Secrets::has_files)
    }

    /// Reads the files that have changed, and says whether there are other secrets now. Blocks.
    fn look_again(&mut self) -> bool {
        let mut is_other = self.basic.look_again("auth.basic", is_credentials);
        is_other |= self.headers.look_again("auth.headers", is_header);
        for way in &mut self.or {
            is_other |= way.basic.look_again("auth.or.basic", is_credentials);
            is_other |= way.headers.look_again("auth.or.headers", is_header);
        }
        is_other
    }
}

/// The checks of one way that compare secrets.
fn secrets_of(section: &str, basic: &Secrets, headers: &Secrets, faults: &mut Vec<String>) -> Vec<Check> {
    let mut checks = Vec::new();
    let credentials: Vec<_> = basic.lines().collect();
    if !credentials.iter().all(|line| is_credentials(line)) {
        faults.push(format!(
            "`{section}.basic`: expected `user:password`, neither of them empty"
        ));
    }
    for (key, secrets) in [("basic", basic), ("headers", headers)] {
        if secrets.are_blank() {
            faults.push(format!(
                "`{section}.{key}` is set but empty, and an empty secret would let anybody in"
            ));
        }
    }
    if !credentials.is_empty() {
        checks.push(Check::Basic(Basic::new(
            credentials.into_iter().map(Secret::new).collect(),
        )));
    }
    let mut by_name: BTreeMap<String, Vec<Secret>> = BTreeMap::new();
    for line in headers.lines() {
        match name_and_value(line) {
            Some((name, value)) => by_name
                .entry(name.to_ascii_lowercase())
                .or_default()
                .push(Secret::new(value)),
            None => faults.push(format!("`{section}.headers`: expected `name: value`, one a line")),
        }
    }
    checks.extend(
        by_name
            .into_iter()
            .map(|(name, values)| Check::Header(Header::new(name, values))),
    );
    checks
}

/// A call has one `Authorization` header, so a way can ask for one thing in it.
fn check_authorization(section: &str, checks: &[Check], faults: &mut Vec<String>) {
    let in_authorization = checks.iter().filter(|check| match check {
        Check::Basic(_) | Check::IdToken(_) => true,
        Check::Header(header) => header.name() == "authorization",
        Check::ClientCert(_) => false,
    });
    if in_authorization.count() > 1 {
        faults.push(format!(
            "`{section}`: expected one of `basic`, `id_token` and the header `authorization`: all three stand in that \
             header, so nobody could pass; for a choice between them, put one under [[auth.or]]"
        ));
    }
}

/// Whether it is `user:password`, neither of them empty.
fn is_credentials(line: &str) -> bool {
    line.split_once(':')
        .is_some_and(|(user, password)| !user.is_empty() && !password.is_empty())
}

/// Whether it is `name: value`.
fn is_header(line: &str) -> bool {
    name_and_value(line).is_some()
}

fn name_and_value(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let (name, value) = (name.trim(), value.trim());
    (value::is_header_name(name) && !value.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use crate::config::Settings;

    #[test]
    fn a_secret_may_lie_in_a_file_with_one_a_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "user:old\nuser:new\n").unwrap();
        let path = file.path().display();
        for toml in [
            format!("auth.basic = {{ file = '{path}' }}"),
            format!("auth.basic.file = '{path}'"),
        ] {
            let settings = Settings::from_toml(&toml).unwrap();
            assert_eq!(
                settings.auth.basic.lines().collect::<Vec<_>>(),
                ["user:old", "user:new"]
            );
        }
    }

    #[test]
    fn what_no_caller_could_show_is_refused() {
        for (toml, fault) in [
            (
                "auth.basic = 'sekrit'",
                "`auth.basic`: expected `user:password`, neither of them empty",
            ),
            (
                "auth.basic = 'user:'",
                "`auth.basic`: expected `user:password`, neither of them empty",
            ),
            (
                "auth.basic = ''",
                "`auth.basic` is set but empty, and an empty secret would let anybody in",
            ),
            (
                "auth.headers = [' ']",
                "`auth.headers` is set but empty, and an empty secret would let anybody in",
            ),
            (
                "auth.headers = 'sekrit'",
                "`auth.headers`: expected `name: value`, one a line",
            ),
            (
                "auth.headers = 'x-api-key:'",
                "`auth.headers`: expected `name: value`, one a line",
            ),
            (
                "auth.id_token.audiences = 'https://example.com/'",
                "`auth.id_token`: expected both `audiences` and `emails`: only the email says that it is your agent that \
                 calls, and only the audience that it calls this webhook",
            ),
            (
                "auth.id_token = { audiences = 'https://example.com/?a=b', emails = '1' }",
                "`auth.id_token.audiences`: expected the webhook's URL as the agent has it, without the part from the `?` \
                 on, which no token has",
            ),
            (
                "auth.id_token = { audiences = 'https://example.com/', emails = 'sekrit' }",
                "`auth.id_token.emails`: expected emails of service accounts, or numbers of projects; the agent's project \
                 has its number in the Google Cloud console",
            ),
            (
                "auth.id_token = { audiences = 'https://example.com/', emails = '1', jwks_url = 'http://example.com/' }",
                "`auth.id_token.jwks_url`: expected https, or http on this machine only: whoever changes the keys on their \
                 way lets anybody in",
            ),
            (
                "auth.basic = 'a:b'\nauth.id_token = { audiences = 'https://example.com/', emails = '1' }",
                "`auth`: expected one of `basic`, `id_token` and the header `authorization`: all three stand in that \
                 header, so nobody could pass; for a choice between them, put one under [[auth.or]]",
            ),
            (
                "[[auth.or]]",
                "`auth.or`: expected at least one check in each way, else anybody would pass",
            ),
        ] {
            let settings = Settings::from_toml(toml).unwrap();
            assert_eq!(settings.auth.gate().unwrap_err().to_string(), fault);
        }
        let unknown = Settings::from_toml("auth.id_token.signature = 'sekrit'").unwrap_err();
        assert_eq!(
            unknown.to_string(),
            "flowhook.toml: `auth.id_token.signature`: expected `verify` or `removed-by-cloud-run`"
        );
        let missing = Settings::from_toml("auth.basic.file = '/no/such/file'")
            .unwrap_err()
            .to_string();
        assert!(
            missing.starts_with("`auth.basic`: cannot read /no/such/file"),
            "{missing}"
        );
    }

    #[test]
    fn no_secret_shows_when_settings_are_printed() {
        let settings = Settings::from_toml("auth.basic = 'user:sekrit'").unwrap();
        assert!(!format!("{settings:?}").contains("sekrit"));
    }
}
