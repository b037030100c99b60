//! What `flowhook connect set` makes of a fulfillment: from arguments, and from files with secrets.

use std::io::Read;
use std::path::Path;

use super::Stopped;
use super::arguments::{Header, Set, header};
use super::fulfillment::{Fulfillment, Secret};
use crate::telemetry::Shown;
use crate::webhook::BoxError;

/// What `set` is to make of a fulfillment.
pub(super) struct Wanted {
    pub(super) basic: Option<(Secret, Secret)>,
    pub(super) headers: Vec<Header>,
}

impl Wanted {
    pub(super) fn read(asked: &Set) -> Result<Self, BoxError> {
        let basic = match &asked.basic_file {
            None if asked.no_basic => Some((Secret::default(), Secret::default())),
            None => None,
            Some(path) => {
                let text = text_of(path)?;
                let line = text.lines().next().unwrap_or_default();
                let (user, password) = line
                    .split_once(':')
                    .filter(|(user, _)| !user.is_empty())
                    .ok_or_else(|| format!("{}: expected user:password in its first line", path.display()))?;
                Some((Secret::new(user), Secret::new(password)))
            }
        };
        let mut headers = asked.header.clone();
        if let Some(path) = &asked.headers_file {
            let text = text_of(path)?;
            let lines = text
                .lines()
                .enumerate()
                .filter(|(_, line)| !line.trim().is_empty());
            for (place, line) in lines {
                let read = header(line).map_err(|why| format!("{}:{}: {why}", path.display(), place + 1))?;
                headers.push(read);
            }
        }
        let is_nothing =
            asked.url.is_none() && basic.is_none() && headers.is_empty() && asked.no_header.is_empty();
        if is_nothing {
            return Err(
                "nothing to set: give --url, --basic-file, --header or what is to be taken away".into(),
            );
        }
        Ok(Self { basic, headers })
    }

    /// The fulfillment as it is to be.
    pub(super) fn of(&self, before: &Fulfillment, asked: &Set) -> Result<Fulfillment, Stopped> {
        let mut after = before.clone();
        if let Some(url) = &asked.url {
            after.url.clone_from(url);
        }
        if after.url.is_empty() {
            return Err(Stopped::Told(
                "the agent has no URL yet; give --url too".to_owned(),
            ));
        }
        if let Some((user, password)) = &self.basic {
            after.user = user.clone();
            after.password = password.clone();
        }
        for name in &asked.no_header {
            let known = after.headers.len();
            after.headers.retain(|there, _| !there.eq_ignore_ascii_case(name));
            if after.headers.len() == known {
                eprintln!("there is no header `{}` to take away", Shown(name));
            }
        }
        for header in &self.headers {
            after
                .headers
                .retain(|there, _| !there.eq_ignore_ascii_case(&header.name));
            after.headers.insert(header.name.clone(), header.value.clone());
        }
        Ok(after)
    }
}

/// A file with a secret, or standard input.
fn text_of(path: &Path) -> Result<String, BoxError> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    let text = std::fs::read_to_string(path);
    Ok(text.map_err(|error| format!("cannot read {}: {error}", path.display()))?)
}
