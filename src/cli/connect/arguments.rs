//! What is asked of `flowhook connect`: which agent, what is to change, and how it is agreed to.

use std::path::PathBuf;

use super::fulfillment::Secret;
use crate::cli::completions::Takes;

// Which agent it is. A doc comment would take the place of the command's own.
#[derive(Debug, clap::Args)]
pub(super) struct Which {
    /// The project of the agent [default: the setting bridge.project]
    #[arg(long, value_name = "PROJECT", value_parser = part)]
    pub(super) project: Option<String>,
    /// The location of the agent, as in europe-west1 [default: the setting bridge.location, else global]
    #[arg(long, value_name = "LOCATION", value_parser = part)]
    pub(super) location: Option<String>,
    /// An environment of the agent, which has a fulfillment of its own [default: the draft]
    #[arg(long, value_name = "ENVIRONMENT", value_parser = part)]
    pub(super) environment: Option<String>,
}

// How it is agreed to.
#[derive(Debug, clap::Args)]
pub(super) struct Agreeing {
    /// Change it without asking, for scripts
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) yes: bool,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Show {
    #[command(flatten)]
    pub(super) which: Which,
    /// As JSON, for other programs
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Set {
    #[command(flatten)]
    pub(super) which: Which,
    /// The webhook's address
    #[arg(long, value_name = "URL", value_parser = address)]
    pub(super) url: Option<String>,
    /// A file with `user:password`; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(super) basic_file: Option<PathBuf>,
    /// Take user and password away
    #[arg(long, conflicts_with = "basic_file")]
    pub(super) no_basic: bool,
    /// A file with headers that go along, `name: value` a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(super) headers_file: Option<PathBuf>,
    /// A header that goes along; one with a secret is better in a file. May be given several times
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    pub(super) header: Vec<Header>,
    /// Take a header away; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(super) no_header: Vec<String>,
    #[command(flatten)]
    pub(super) agreeing: Agreeing,
}

#[derive(Debug, clap::Args)]
pub(super) struct Switch {
    #[command(flatten)]
    pub(super) which: Which,
    /// Intents by display name
    #[arg(value_name = "INTENT", add = Takes::Intents.here())]
    pub(super) intents: Vec<String>,
    #[command(flatten)]
    pub(super) agreeing: Agreeing,
}

/// A header with its value.
#[derive(Clone)]
pub(super) struct Header {
    pub(super) name: String,
    pub(super) value: Secret,
}

/// Shows the name alone.
impl std::fmt::Debug for Header {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.name)
    }
}

pub(super) fn part(argument: &str) -> Result<String, String> {
    let is_part = !argument.is_empty()
        && argument != "."
        && argument != ".."
        && argument
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
    if is_part {
        Ok(argument.to_owned())
    } else {
        Err("expected letters, digits, `-`, `_`, `.` and `:`".to_owned())
    }
}

pub(super) fn address(argument: &str) -> Result<String, String> {
    let rest = argument.strip_prefix("https://").unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty()
        || argument
            .chars()
            .any(|sign| sign.is_whitespace() || sign.is_control())
    {
        return Err("expected an https URL, which is all that Dialogflow calls".to_owned());
    }
    if host.contains('@') {
        return Err("expected a URL without a user; see --basic-file".to_owned());
    }
    Ok(argument.to_owned())
}

pub(super) fn header(argument: &str) -> Result<Header, String> {
    let (name, value) = argument.split_once(':').ok_or("expected NAME: VALUE")?;
    let (name, value) = (name.trim(), value.trim());
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    if !is_name || value.chars().any(char::is_control) {
        return Err("expected NAME: VALUE, as HTTP has headers".to_owned());
    }
    Ok(Header {
        name: name.to_owned(),
        value: Secret::new(value),
    })
}
