//! `[chat]`: the Google Chat spaces that may be told something.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::channel::is_name;
use super::{Secrets, Settings, SettingsError};
use crate::channels::chat::{Spaces, Target};
use crate::google::Endpoint;

/// Google Chat.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chat {
    /// Its spaces, by the names that handlers say.
    spaces: BTreeMap<String, Space>,
    /// The same, ready to be told something.
    #[serde(skip)]
    ready: Spaces,
}

/// A space.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Space {
    /// The URL of its webhook.
    url: Secrets,
}

impl Chat {
    /// Takes URLs that lie in files into memory, and reads them.
    pub(super) fn settle(&mut self, test: Option<&Endpoint>) -> Result<(), SettingsError> {
        let mut faults = Vec::new();
        let mut targets = Vec::new();
        for (name, space) in &mut self.spaces {
            if !is_name(name) {
                // Not told by its name, which may be a secret in the wrong place.
                faults.push(
                    "`chat.spaces`: a name has other signs than letters, digits, `_` and `-`, or more than 64"
                        .to_owned(),
                );
                continue;
            }
            let key = format!("chat.spaces.{name}.url");
            let before = faults.len();
            space.url.read_files(&key, &mut faults);
            if faults.len() > before {
                continue;
            }
            let mut lines = space.url.lines();
            match (lines.next().map(|url| Target::new(url, test)), lines.next()) {
                (Some(Ok(target)), None) => targets.push((name.clone(), target)),
                (Some(Err(error)), None) => faults.push(format!("`{key}`: {error}")),
                (Some(_), Some(_)) => faults.push(format!("`{key}`: one URL is wanted, there are several")),
                (None, _) => faults.push(format!(
                    "`{key}`: expected the URL of the space's incoming webhook; a space that is not to be told anything is left out"
                )),
            }
        }
        if !faults.is_empty() {
            return Err(SettingsError(faults));
        }
        self.ready = Spaces::new(targets);
        Ok(())
    }
}

impl Settings {
    /// The Chat spaces of the settings, for the agent's state. Where there are none, there are none in it either.
    #[must_use]
    pub fn spaces(&self) -> Spaces {
        self.chat.ready.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://chat.googleapis.com/v1/spaces/AAAA/messages?key=sekrit-key&token=sekrit-token";

    #[test]
    fn spaces_are_read_by_name_from_the_setting_or_a_file() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, format!("{URL}\n").as_bytes()).unwrap();
        let file = file.path().display();
        let toml = format!("chat.spaces.oncall.url = '{URL}'\nchat.spaces.desk.url = {{ file = '{file}' }}");
        let settings = Settings::from_toml(&toml).unwrap();
        assert_eq!(settings.spaces().names().collect::<Vec<_>>(), ["desk", "oncall"]);
        let shown = format!("{settings:?}");
        assert!(
            shown.contains("spaces/AAAA") && !shown.contains("sekrit"),
            "{shown}"
        );
        assert!(Settings::from_toml("").unwrap().spaces().is_empty());
    }

    #[test]
    fn what_could_not_work_is_told_and_never_quoted() {
        for (toml, fault) in [
            (
                "[chat.spaces.oncall]".to_owned(),
                "`chat.spaces.oncall.url`: expected the URL",
            ),
            (
                "chat.spaces.oncall.url = ''".to_owned(),
                "`chat.spaces.oncall.url`: expected the URL",
            ),
            (
                format!("chat.spaces.oncall.url = ['{URL}', '{URL}']"),
                "`chat.spaces.oncall.url`: one URL",
            ),
            (
                "chat.spaces.oncall.url = 'sekrit'".to_owned(),
                "`chat.spaces.oncall.url`: expected the URL that Chat shows",
            ),
            (format!("chat.spaces.'{URL}'.url = 'x'"), "`chat.spaces`: a name"),
            (
                format!("chat.spaces.oncall = '{URL}'"),
                "flowhook.toml: `chat.spaces.oncall`: expected ",
            ),
            (
                format!("chat.spaces.oncall.uri = '{URL}'"),
                "flowhook.toml: `chat.spaces.oncall.uri`: expected ",
            ),
            (
                "google.chat = 'https://example.com'".to_owned(),
                "flowhook.toml: `google.chat`: expected Chat's own address, or one on this machine as in `http://127.0.0.1:9000`",
            ),
        ] {
            let error = Settings::from_toml(&toml).map(|_| ()).unwrap_err().to_string();
            assert!(error.starts_with(fault), "{toml}: {error}");
            assert!(!error.contains("sekrit"), "{error}");
        }
    }
}
