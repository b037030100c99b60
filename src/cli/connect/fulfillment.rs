//! A fulfillment: where the agent calls, as whom, and whether at all.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// What is set at an agent or an environment. No `Debug`: there are secrets in it.
#[derive(Clone, Default)]
pub(super) struct Fulfillment {
    pub(super) display_name: String,
    pub(super) url: String,
    pub(super) user: Secret,
    pub(super) password: Secret,
    /// By name, spelt as they were given.
    pub(super) headers: BTreeMap<String, Secret>,
    pub(super) is_enabled: bool,
    /// Whether small talk asks the webhook too.
    pub(super) is_for_small_talk: bool,
    /// Whether it is a function of the console's editor.
    pub(super) is_inline: bool,
}

/// A text that is compared and sent, and never shown.
#[derive(Clone, Default)]
pub(super) struct Secret(SecretString);

impl Secret {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.expose_secret().is_empty()
    }

    fn is(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }

    fn text(&self) -> &str {
        self.0.expose_secret()
    }

    fn told(&self) -> &'static str {
        if self.is_empty() { "not set" } else { "set" }
    }
}

impl Fulfillment {
    pub(super) fn read(json: &Value) -> Self {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let service = json.get("genericWebService").unwrap_or(&Value::Null);
        let headers = service.get("requestHeaders").and_then(Value::as_object);
        let headers = headers.into_iter().flatten().filter(|(name, _)| !name.is_empty());
        let features = json.get("features").and_then(Value::as_array);
        Self {
            display_name: text(json.get("displayName")),
            url: text(service.get("uri")),
            user: Secret::new(text(service.get("username"))),
            password: Secret::new(text(service.get("password"))),
            headers: headers
                .map(|(name, value)| (name.clone(), Secret::new(text(Some(value)))))
                .collect(),
            is_enabled: json.get("enabled") == Some(&Value::Bool(true)),
            is_for_small_talk: features.is_some_and(|all| all.iter().any(|one| one.get("type").is_some())),
            is_inline: service.get("isCloudFunction") == Some(&Value::Bool(true)),
        }
    }

    /// What can be changed of it, whole: the mask says which of it counts.
    pub(super) fn as_json(&self) -> Value {
        let headers: BTreeMap<_, _> = self
            .headers
            .iter()
            .map(|(name, value)| (name, value.text()))
            .collect();
        json!({
            "genericWebService": {
                "uri": self.url,
                "username": self.user.text(),
                "password": self.password.text(),
                "requestHeaders": headers,
            },
            "enabled": self.is_enabled,
        })
    }

    /// Paths of the fields that differ, as a mask has them.
    pub(super) fn differences(&self, other: &Self) -> Vec<&'static str> {
        let has_same_headers = self.headers.len() == other.headers.len()
            && self
                .headers
                .iter()
                .all(|(name, value)| other.headers.get(name).is_some_and(|there| there.is(value)));
        [
            (self.url != other.url, "genericWebService.uri"),
            (!self.user.is(&other.user), "genericWebService.username"),
            (!self.password.is(&other.password), "genericWebService.password"),
            (!has_same_headers, "genericWebService.requestHeaders"),
            (self.is_enabled != other.is_enabled, "enabled"),
        ]
        .into_iter()
        .filter_map(|(differs, field)| differs.then_some(field))
        .collect()
    }

    /// What changes on the way to `after`, a line each, without a secret.
    pub(super) fn told_difference(&self, after: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.url != after.url {
            lines.push(format!(
                "url       {} -> {}",
                or_none(&self.url),
                or_none(&after.url)
            ));
        }
        for (what, before, now) in [
            ("user     ", &self.user, &after.user),
            ("password ", &self.password, &after.password),
        ] {
            if !before.is(now) {
                let to = if now.is_empty() {
                    "taken away"
                } else if before.is_empty() {
                    "set"
                } else {
                    "changed"
                };
                lines.push(format!("{what} {to}"));
            }
        }
        for (name, value) in &after.headers {
            match self.headers.get(name) {
                None => lines.push(format!("header    `{name}` set")),
                Some(before) if !before.is(value) => lines.push(format!("header    `{name}` changed")),
                Some(_) => {}
            }
        }
        let gone = self
            .headers
            .keys()
            .filter(|name| !after.headers.contains_key(*name));
        lines.extend(gone.map(|name| format!("header    `{name}` taken away")));
        if self.is_enabled != after.is_enabled {
            let word = |on: bool| if on { "on" } else { "off" };
            lines.push(format!(
                "webhook   {} -> {}",
                word(self.is_enabled),
                word(after.is_enabled)
            ));
        }
        lines
    }

    /// What it is, a line each, without a secret.
    pub(super) fn told(&self) -> Vec<String> {
        let mut lines = vec![
            format!("webhook   {}", if self.is_enabled { "on" } else { "off" }),
            format!("url       {}", or_none(&self.url)),
            format!("user      {}", self.user.told()),
            format!("password  {}", self.password.told()),
        ];
        if !self.display_name.is_empty() {
            lines.insert(0, format!("name      {}", self.display_name));
        }
        lines.extend(self.headers.keys().map(|name| format!("header    `{name}` set")));
        if self.is_for_small_talk {
            lines.push("features  small talk".to_owned());
        }
        if self.is_inline {
            lines.push("inline    it is a function of the console's editor".to_owned());
        }
        lines
    }

    /// For other programs: what is set, and no secret.
    pub(super) fn for_programs(&self) -> Value {
        json!({
            "enabled": self.is_enabled,
            "url": shown(&self.url),
            "user": !self.user.is_empty(),
            "password": !self.password.is_empty(),
            "headers": self.headers.keys().collect::<Vec<_>>(),
            "smallTalk": self.is_for_small_talk,
            "inline": self.is_inline,
        })
    }
}

/// The URL for people, or that there is none.
fn or_none(url: &str) -> String {
    if url.is_empty() {
        return "none".to_owned();
    }
    shown(url)
}

/// A URL without the user and the password that the console lets one write into it.
fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://..{}", &rest[at..]),
        None => url.to_owned(),
    }
}
