//! `[auth]`: who may call.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{ClientCert, SettingsError, value};
use crate::auth::{Basic, Check, Gate, Header, Secret};

/// Who may call: this way, or any of those in `or`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Whether anybody may call, on any address.
    #[serde(deserialize_with = "value::switch")]
    pub open: bool,
    /// User names and passwords of the first way.
    basic: Secrets,
    /// Headers of the first way.
    headers: Secrets,
    /// The client certificate of the first way.
    client_cert: ClientCert,
    /// Further ways in.
    or: Vec<Way>,
}

/// One way in: all its checks must pass.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Way {
    /// User names and passwords, any of which passes.
    basic: Secrets,
    /// Headers, every name of which must be there.
    headers: Secrets,
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

    /// Whether a client certificate is wanted from the handshake.
    pub(super) fn needs_handshake(&self) -> bool {
        self.client_cert.needs_handshake() || self.or.iter().any(|way| way.client_cert.needs_handshake())
    }

    /// The gate that lets those in who may call.
    ///
    /// # Errors
    ///
    /// When a user name has no password, a header no value, or a way no check.
    pub fn gate(&self) -> Result<Gate, SettingsError> {
        let mut faults = Vec::new();
        let mut first = checks("auth", &self.basic, &self.headers, &mut faults);
        first.extend(self.client_cert.check("auth", &mut faults).map(Check::ClientCert));
        let mut sets = vec![first];
        for way in &self.or {
            let mut checks = checks("auth.or", &way.basic, &way.headers, &mut faults);
            checks.extend(
                way.client_cert
                    .check("auth.or", &mut faults)
                    .map(Check::ClientCert),
            );
            if checks.is_empty() {
                faults.push(
                    "`auth.or`: expected at least one check in each way, else anybody would pass".into(),
                );
            }
            sets.push(checks);
        }
        if faults.is_empty() {
            Ok(Gate::new(sets))
        } else {
            Err(SettingsError(faults))
        }
    }
}

/// The checks of one way.
fn checks(section: &str, basic: &Secrets, headers: &Secrets, faults: &mut Vec<String>) -> Vec<Check> {
    let mut checks = Vec::new();
    let credentials: Vec<_> = basic.lines().collect();
    let is_whole = |line: &&str| {
        line.split_once(':')
            .is_some_and(|(user, password)| !user.is_empty() && !password.is_empty())
    };
    if !credentials.iter().all(is_whole) {
        faults.push(format!(
            "`{section}.basic`: expected `user:password`, neither of them empty"
        ));
    }
    for (key, secrets) in [("basic", basic), ("headers", headers)] {
        if secrets.is_blank() {
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
        match line
            .split_once(':')
            .map(|(name, value)| (name.trim(), value.trim()))
        {
            Some((name, value)) if value::is_header_name(name) && !value.is_empty() => {
                by_name
                    .entry(name.to_ascii_lowercase())
                    .or_default()
                    .push(Secret::new(value));
            }
            _ => faults.push(format!("`{section}.headers`: expected `name: value`, one a line")),
        }
    }
    checks.extend(
        by_name
            .into_iter()
            .map(|(name, values)| Check::Header(Header::new(name, values))),
    );
    checks
}

/// Secrets: one, a list, or a file that holds one a line.
#[derive(Default)]
pub struct Secrets {
    inline: Vec<SecretString>,
    files: Vec<PathBuf>,
}

impl Secrets {
    fn read_files(&mut self, key: &str, faults: &mut Vec<String>) {
        for path in std::mem::take(&mut self.files) {
            match std::fs::read_to_string(&path) {
                Ok(text) if text.trim().is_empty() => {
                    faults.push(format!("`{key}`: the file {} is empty", path.display()));
                }
                Ok(text) => self.inline.push(text.into()),
                Err(error) => faults.push(format!("`{key}`: cannot read {}: {error}", path.display())),
            }
        }
    }

    /// Whether something was given, and nothing is in it: a variable that was never filled.
    fn is_blank(&self) -> bool {
        !self.inline.is_empty() && self.lines().next().is_none()
    }

    /// The secrets, one a line.
    fn lines(&self) -> impl Iterator<Item = &str> {
        let lines = self.inline.iter().flat_map(|text| text.expose_secret().lines());
        lines
            .map(|line| line.trim_end_matches('\r'))
            .filter(|line| !line.trim().is_empty())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} secrets", self.inline.len() + self.files.len())
    }
}

impl<'de> Deserialize<'de> for Secrets {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_any(Written)
    }
}

struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = Secrets;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a secret, a list of them, or { file = \"PATH\" }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Secrets, E> {
        Ok(Secrets {
            inline: vec![text.into()],
            files: Vec::new(),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Secrets, A::Error> {
        let mut all = Secrets::default();
        while let Some(secrets) = elements.next_element::<Secrets>()? {
            all.inline.extend(secrets.inline);
            all.files.extend(secrets.files);
        }
        Ok(all)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Secrets, A::Error> {
        let mut files = Vec::new();
        while let Some((key, path)) = members.next_entry::<String, PathBuf>()? {
            if key != "file" {
                return Err(A::Error::custom(format!(
                    "expected {{ file = \"PATH\" }}, not `{key}`"
                )));
            }
            files.push(path);
        }
        Ok(Secrets {
            inline: Vec::new(),
            files,
        })
    }
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
                "[[auth.or]]",
                "`auth.or`: expected at least one check in each way, else anybody would pass",
            ),
        ] {
            let settings = Settings::from_toml(toml).unwrap();
            assert_eq!(settings.auth.gate().unwrap_err().to_string(), fault);
        }
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
