//! `[rbm]` and `[business_messages]`: which webhooks are open, and with which tokens.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::{Secrets, Settings, SettingsError, value};
use crate::channels::intake::{Endpoint, Intake, Level, Product};

/// How often files with tokens are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// A product that calls us.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its webhooks, by the names that end their paths.
    pub endpoints: BTreeMap<String, Door>,
}

/// One webhook.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Door {
    /// Its tokens, any of which passes.
    client_token: Secrets,
    /// What it covers.
    #[serde(deserialize_with = "level")]
    level: Level,
    /// Whose events are taken.
    #[serde(deserialize_with = "value::list")]
    agents: Vec<String>,
}

impl Channel {
    /// Takes tokens that lie in files into memory, and tells what is wrong.
    fn settle(&mut self, section: &str, faults: &mut Vec<String>) {
        for (name, door) in &mut self.endpoints {
            if !is_name(name) {
                // Not told by its name, which may be a secret in the wrong place.
                faults.push(format!(
                    "`{section}.endpoints`: a name has other signs than letters, digits, `_` and `-`, or more than 64"
                ));
                continue;
            }
            let key = format!("{section}.endpoints.{name}");
            let before = faults.len();
            door.client_token
                .read_files(&format!("{key}.client_token"), faults);
            if faults.len() == before && door.client_token.lines().next().is_none() {
                faults.push(format!(
                    "`{key}.client_token`: expected the token that the webhook has in Google's console; without one anybody could call"
                ));
            }
            if door.level == Level::Agent && door.agents.is_empty() {
                faults.push(format!(
                    "`{key}.agents`: expected the agents whose own webhook this is, since `level` is agent"
                ));
            }
        }
    }

    fn open(&self, product: Product) -> impl Iterator<Item = Endpoint> + '_ {
        self.endpoints.iter().map(move |(name, door)| {
            Endpoint::new(product, name, door.client_token.lines()).covering(door.level, door.agents.clone())
        })
    }

    fn has_files(&self) -> bool {
        self.endpoints.values().any(|door| door.client_token.has_files())
    }

    /// Reads the files that have changed, and gives the intake what they hold. Blocks.
    fn look_again(&mut self, section: &str, product: Product, intake: &Intake) {
        for (name, door) in &mut self.endpoints {
            let key = format!("{section}.endpoints.{name}.client_token");
            if door.client_token.look_again(&key, |_| true)
                && let Some(endpoint) = intake.endpoint(product, name)
            {
                endpoint.replace_tokens(door.client_token.lines());
                tracing::info!("took over the tokens of `{key}`, whose file has changed");
            }
        }
    }
}

impl Settings {
    pub(super) fn settle_channels(&mut self) -> Result<(), SettingsError> {
        self.queue.check()?;
        let mut faults = Vec::new();
        self.rbm.settle("rbm", &mut faults);
        self.business_messages.settle("business_messages", &mut faults);
        if self.has_channels() && self.store.url_beyond_memory().is_none() && !self.store.may_lose_messages {
            faults.push(
                "`store.url`: channels are open, and what `memory:` has acknowledged is lost when the program ends: say \
                 `sqlite:PATH` or `postgres://..`, or set `store.may_lose_messages` to true"
                    .to_owned(),
            );
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(SettingsError(faults))
        }
    }

    /// Whether any webhook of a channel is open.
    #[must_use]
    pub fn has_channels(&self) -> bool {
        !(self.rbm.endpoints.is_empty() && self.business_messages.endpoints.is_empty())
    }

    /// The webhooks of all channels.
    #[must_use]
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let rbm = self.rbm.open(Product::Rbm);
        rbm.chain(self.business_messages.open(Product::BusinessMessages))
            .collect()
    }

    /// Gives the intake the tokens that lie in files whenever a file changes, for as long as it is polled.
    pub async fn keep_tokens_fresh(&self, intake: &std::sync::Arc<Intake>) -> Infallible {
        let mut latest = (self.rbm.clone(), self.business_messages.clone());
        while latest.0.has_files() || latest.1.has_files() {
            sleep(LOOK_EVERY).await;
            let intake = std::sync::Arc::clone(intake);
            let looking = spawn_blocking(move || {
                let (rbm, business_messages) = &mut latest;
                rbm.look_again("rbm", Product::Rbm, &intake);
                business_messages.look_again("business_messages", Product::BusinessMessages, &intake);
                latest
            });
            let Ok(looked) = looking.await else {
                break;
            };
            latest = looked;
        }
        pending().await
    }
}

pub(super) fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(is_plain)
}

fn level<'de, D: Deserializer<'de>>(value: D) -> Result<Level, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Written {
        Partner,
        Agent,
    }
    Ok(match value::named::<D, Written>(value)? {
        Some(Written::Agent) => Level::Agent,
        Some(Written::Partner) | None => Level::Partner,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: &str = "store.url = 'sqlite:x.db'\n";

    #[test]
    fn endpoints_are_read_with_tokens_level_and_agents() {
        let toml = "[rbm.endpoints.main]\nclient_token = ['sekrit-1', 'sekrit-2']\n\
                    [business_messages.endpoints.own]\nclient_token = 'sekrit'\nlevel = 'agent'\nagents = 'brands/b/agents/a'";
        let settings = Settings::from_toml(&format!("{OPEN}{toml}")).unwrap();
        let endpoints = settings.endpoints();
        let told: Vec<_> = endpoints
            .iter()
            .map(|endpoint| (endpoint.product(), endpoint.name(), endpoint.level()))
            .collect();
        assert_eq!(
            told,
            [
                (Product::Rbm, "main", Level::Partner),
                (Product::BusinessMessages, "own", Level::Agent)
            ]
        );
        assert!(!format!("{settings:?}").contains("sekrit"));
    }

    #[test]
    fn what_could_not_work_is_told_and_never_quoted() {
        for (toml, fault) in [
            (
                "[rbm.endpoints.main]",
                "`rbm.endpoints.main.client_token`: expected the token",
            ),
            (
                "rbm.endpoints.main.client_token = ' '",
                "`rbm.endpoints.main.client_token`: expected the token",
            ),
            (
                "rbm.endpoints.main.client_token.file = '/no/such/file'",
                "`rbm.endpoints.main.client_token`: cannot read /no/such/file",
            ),
            (
                "rbm.endpoints.main = { client_token = 'sekrit', level = 'agent' }",
                "`rbm.endpoints.main.agents`: expected the agents",
            ),
            (
                "rbm.endpoints.main = { client_token = 'sekrit', level = 'sekrit' }",
                "flowhook.toml: `rbm.endpoints.main.level`: expected `partner` or `agent`",
            ),
            (
                "rbm.endpoints.'sek/rit'.client_token = 'sekrit'",
                "`rbm.endpoints`: a name has other signs",
            ),
            (
                "rbm.endpoints.main = { client_token = 'sekrit', tokens = 1 }",
                "flowhook.toml: `rbm.endpoints.main.tokens`: expected one of `client_token`, `level`, `agents`",
            ),
            (
                "queue.jobs = 0",
                "`queue.inbox`, `.jobs`, `.per_lane` and `.lease`: expected more",
            ),
        ] {
            let found = Settings::from_toml(&format!("{OPEN}{toml}"))
                .map(|_| ())
                .unwrap_err();
            let found = found.to_string();
            assert!(found.starts_with(fault), "{found}");
            assert!(!found.contains("sekrit"), "{found}");
        }
    }

    #[test]
    fn memory_opens_no_channel_unless_messages_may_be_lost() {
        let open = "rbm.endpoints.main.client_token = 'sekrit'";
        let refused = Settings::from_toml(open).map(|_| ()).unwrap_err().to_string();
        assert!(refused.starts_with("`store.url`: channels are open"), "{refused}");
        let told = format!("{open}\nstore.may_lose_messages = true");
        assert!(Settings::from_toml(&told).unwrap().has_channels());
    }
}
