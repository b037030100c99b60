//! The layers of settings, laid over one another, with what is wrong in each.

use std::collections::BTreeMap;
use std::fmt;

use toml::{Table, Value};

use super::{DEFAULTS, Settings, SettingsError};

/// Sections whose keys are the user's own.
const OPEN_SECTIONS: [&str; 4] = [
    "webhook.apologies",
    "rbm.endpoints",
    "business_messages.endpoints",
    "chat.spaces",
];

/// Keys that hold secrets, and may be a section with `file` in it instead.
const SECRET_KEYS: [&str; 4] = ["auth.basic", "auth.headers", "bridge.session_key", "store.url"];

/// Where a setting was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a file of that name.
    File(String),
    /// In the environment variable of that name.
    Environment(String),
    /// In a `--set` flag.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(name) => formatter.write_str(name),
            Self::Environment(name) => write!(formatter, "environment variable {name}"),
            Self::Flag => formatter.write_str("--set"),
        }
    }
}

/// Settings from one place.
#[derive(Debug)]
pub struct Layer {
    origin: Origin,
    table: Table,
}

impl Layer {
    /// The settings in the text of a file.
    ///
    /// # Errors
    ///
    /// When the text is not TOML.
    pub fn file(name: &str, text: &str) -> Result<Self, SettingsError> {
        let table = text.parse::<Table>().map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            SettingsError(vec![format!(
                "{name}, line {line}: not TOML: {}",
                error.message()
            )])
        })?;
        Ok(Self {
            origin: Origin::File(name.to_owned()),
            table,
        })
    }

    /// The settings in the environment: variables with `FLOWHOOK_` in front and `__` between the parts of the path.
    ///
    /// # Errors
    ///
    /// When a variable is a setting but for its underscores.
    pub(super) fn environment(variables: &[(String, String)]) -> Result<Vec<Self>, SettingsError> {
        let known = known_keys();
        let mut layers = Vec::new();
        let mut faults = Vec::new();
        for (name, value) in variables {
            let Some(path) = name.strip_prefix("FLOWHOOK_") else {
                continue;
            };
            if path.contains("__") {
                let path = path.to_ascii_lowercase().replace("__", ".");
                let origin = Origin::Environment(name.clone());
                layers.push(Self {
                    origin,
                    table: nested(&path, value),
                });
            } else if !is_of_others(path) {
                let near = |key: &&String| nearness(&key.replace('.', "_"), &path.to_ascii_lowercase());
                let nearest = known
                    .iter()
                    .max_by(|one, other| near(one).total_cmp(&near(other)));
                let right = nearest
                    .map(|key| key.to_ascii_uppercase().replace('.', "__"))
                    .unwrap_or_default();
                faults.push(format!(
                    "environment variable {name}: no such setting; did you mean FLOWHOOK_{right}, with two underscores?"
                ));
            }
        }
        if faults.is_empty() {
            Ok(layers)
        } else {
            Err(SettingsError(faults))
        }
    }

    /// The settings in flags, `path=value`.
    ///
    /// # Errors
    ///
    /// When a flag has no `=`.
    pub(super) fn flags(flags: &[String]) -> Result<Vec<Self>, SettingsError> {
        let layer = |flag: &String| match flag.split_once('=') {
            Some((path, value)) => Ok(Self {
                origin: Origin::Flag,
                table: nested(path.trim(), value),
            }),
            None => Err(SettingsError(vec![
                "--set: expected a setting and its value, as in `webhook.deadline=2s`".to_owned(),
            ])),
        };
        flags.iter().map(layer).collect()
    }
}

/// Whether a variable, without `FLOWHOOK_`, is set by others: by Kubernetes for a service called flowhook, or for tests.
fn is_of_others(variable: &str) -> bool {
    ["SERVICE_HOST", "SERVICE_PORT", "PORT", "TEST_"]
        .iter()
        .any(|prefix| variable.starts_with(prefix))
}

/// How near a name is to a path, from 0 to 1; the last part alone counts too, for who leaves out the section.
fn nearness(known: &str, path: &str) -> f64 {
    let last = known.rsplit_once(['.', '_']).map_or(known, |(_, last)| last);
    let whole = strsim::normalized_damerau_levenshtein(known, path);
    whole.max(strsim::normalized_damerau_levenshtein(last, path) * 0.9)
}

/// The one setting at `path`, as a table of tables.
fn nested(path: &str, value: &str) -> Table {
    match path.split_once('.') {
        Some((first, rest)) => Table::from_iter([(first.to_owned(), Value::Table(nested(rest, value)))]),
        None => Table::from_iter([(path.to_owned(), Value::String(value.to_owned()))]),
    }
}

/// Lays all layers over the defaults and reads them.
pub(super) fn read(layers: &[Layer]) -> Result<Settings, SettingsError> {
    let defaults = defaults();
    let mut faults = Vec::new();
    let mut merged = defaults.clone();
    let mut origins = BTreeMap::new();
    for layer in layers {
        check(&layer.table, &defaults, "", &layer.origin, &mut faults);
        lay_over(&mut merged, &layer.table, "", &layer.origin, &mut origins);
    }
    if !faults.is_empty() {
        return Err(SettingsError(faults));
    }
    serde_path_to_error::deserialize::<_, Settings>(Value::Table(merged)).map_err(|error| {
        let path = error.path().to_string();
        let origin = origins
            .iter()
            .rev()
            .find(|(key, _)| path.starts_with(key.as_str()));
        let origin = origin.map_or_else(String::new, |(_, origin)| format!("{origin}: "));
        // The text begins with the value that was found, which may be a secret; its end says what is expected.
        let text = error.inner().message().to_owned();
        let expected = text
            .rsplit_once("expected ")
            .map_or("another value", |(_, expected)| expected);
        SettingsError(vec![format!(
            "{origin}`{path}`: expected {}",
            expected.trim_end()
        )])
    })
}

fn defaults() -> Table {
    DEFAULTS.parse().expect("defaults.toml is TOML, a test reads it")
}

/// Every key that has a default, as a path.
fn known_keys() -> Vec<String> {
    fn collect(table: &Table, prefix: &str, keys: &mut Vec<String>) {
        for (name, value) in table {
            let path = join(prefix, name);
            match value {
                Value::Table(section) => collect(section, &path, keys),
                _ => keys.push(path),
            }
        }
    }
    let mut keys = Vec::new();
    collect(&defaults(), "", &mut keys);
    keys
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}.{name}")
    }
}

fn is_plain_key(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// Finds keys that no default has.
fn check(table: &Table, defaults: &Table, prefix: &str, origin: &Origin, faults: &mut Vec<String>) {
    for (name, value) in table {
        let path = join(prefix, name);
        match (defaults.get(name), value) {
            (Some(Value::Table(section)), Value::Table(table)) => {
                if !OPEN_SECTIONS.contains(&path.as_str()) {
                    check(table, section, &path, origin, faults);
                }
            }
            (Some(Value::Table(_)), _) => {
                faults.push(format!(
                    "{origin}: `{path}` is a section: write [{path}] and its keys below it"
                ));
            }
            (Some(_), Value::Table(_)) if !SECRET_KEYS.contains(&path.as_str()) => {
                faults.push(format!("{origin}: `{path}` is a single setting, not a section"));
            }
            (Some(_), _) => {}
            // A key that cannot be one may be a secret in the wrong place.
            (None, _) if !is_plain_key(name) => {
                faults.push(format!(
                    "{origin}: a key below `{prefix}` has other signs than letters, digits, `_` and `-`"
                ));
            }
            (None, _) => faults.push(format!("{origin}: unknown setting `{path}`{}", suggestion(&path))),
        }
    }
}

/// The nearest known key, if one is near.
fn suggestion(path: &str) -> String {
    let mut keys = known_keys();
    keys.extend(defaults().keys().cloned());
    let near = |key: &String| nearness(key, path);
    let nearest = keys
        .into_iter()
        .max_by(|one, other| near(one).total_cmp(&near(other)));
    match nearest {
        Some(key) if near(&key) > 0.6 => format!("; did you mean `{key}`?"),
        _ => "; `flowhook settings` shows all there are".to_owned(),
    }
}

fn lay_over(
    under: &mut Table,
    over: &Table,
    prefix: &str,
    origin: &Origin,
    origins: &mut BTreeMap<String, Origin>,
) {
    for (name, value) in over {
        let path = join(prefix, name);
        match (under.get_mut(name), value) {
            (Some(Value::Table(under)), Value::Table(over)) => lay_over(under, over, &path, origin, origins),
            _ => {
                origins.insert(path, origin.clone());
                under.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(toml: &str) -> String {
        Settings::from_toml(toml).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_are_complete_and_name_no_key_that_settings_lack() {
        read(&[]).unwrap();
    }

    #[test]
    fn an_unknown_key_is_named_with_the_nearest_known_one() {
        for (toml, fault) in [
            (
                "webhook.dedline = '2s'",
                "flowhook.toml: unknown setting `webhook.dedline`; did you mean `webhook.deadline`?",
            ),
            (
                "[webook]\npaths = []",
                "flowhook.toml: unknown setting `webook`; did you mean `webhook`?",
            ),
            (
                "auht.basic = 'user:password'",
                "flowhook.toml: unknown setting `auht`; did you mean `auth`?",
            ),
            (
                "weather = 1",
                "flowhook.toml: unknown setting `weather`; `flowhook settings` shows all there are",
            ),
        ] {
            assert_eq!(faults(toml), fault);
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_told_by_place_and_never_quoted() {
        for (toml, fault) in [
            (
                "webhook.deadline = 'sekrit'",
                "flowhook.toml: `webhook.deadline`: expected a time such as `5s`, `500ms` or `1m 30s`",
            ),
            (
                "server.max_turns = -1",
                "flowhook.toml: `server.max_turns`: expected a whole number from 0 up",
            ),
            (
                "auth = 'sekrit'",
                "flowhook.toml: `auth` is a section: write [auth] and its keys below it",
            ),
            (
                "auth.open = 'sekrit'",
                "flowhook.toml: `auth.open`: expected `true` or `false`",
            ),
            (
                "webhook.api_version = 'sekrit'",
                "flowhook.toml: `webhook.api_version`: expected `v2` or `v2beta1`",
            ),
            (
                "auth.basic = 7",
                "flowhook.toml: `auth.basic`: expected a secret, a list of them, or { file = \"PATH\" }",
            ),
            ("auth.basic = 'sekrit", "flowhook.toml, line 1: not TOML: "),
        ] {
            let found = faults(toml);
            assert!(found.starts_with(fault), "{found}");
            assert!(!found.contains("sekrit"), "{found}");
        }
    }

    #[test]
    fn the_environment_wins_over_the_file_and_flags_over_both() {
        let environment = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let variables = [
            environment("FLOWHOOK_WEBHOOK__DEADLINE", "2s"),
            environment("FLOWHOOK_WEBHOOK__MARGIN", "1s"),
            environment("FLOWHOOK_WEBHOOK__PATHS", "/a, /b"),
            environment("FLOWHOOK_AUTH__HEADERS", "x-api-key: one\nx-other: two"),
            environment("FLOWHOOK_SERVER__MAX_TURNS", "7"),
            environment("FLOWHOOK_PORT_8080_TCP", "of Kubernetes"),
            environment("HOME", "/"),
        ];
        let mut layers = vec![Layer::file("flowhook.toml", "webhook.deadline = '1s'").unwrap()];
        layers.extend(Layer::environment(&variables).unwrap());
        layers.extend(Layer::flags(&["webhook.margin=100ms".to_owned()]).unwrap());
        let settings = read(&layers).unwrap();
        assert_eq!(settings.webhook.deadline.as_secs(), 2);
        assert_eq!(settings.webhook.margin.as_millis(), 100);
        assert_eq!(settings.webhook.paths, ["/a", "/b"]);
        assert_eq!(settings.server.max_turns, 7);
        assert!(!settings.auth.gate().unwrap().is_open());
    }

    #[test]
    fn a_variable_that_lacks_an_underscore_is_told() {
        let variables = [("FLOWHOOK_AUTH_BASIC".to_owned(), "sekrit".to_owned())];
        assert_eq!(
            Layer::environment(&variables).unwrap_err().to_string(),
            "environment variable FLOWHOOK_AUTH_BASIC: no such setting; did you mean FLOWHOOK_AUTH__BASIC, with two \
             underscores?"
        );
    }
}
