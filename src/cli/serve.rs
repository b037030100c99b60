//! `flowhook serve`: the webhook itself.

use std::io::IsTerminal;
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::Value;

use super::Agent;
use super::channels::Channels;
use crate::auth::Gate;
use crate::config::{self, Format, Given, Settings};
use crate::server::{self, Inside, ServeError};
use crate::store;
use crate::telemetry::{self, Look, Metrics};
use crate::webhook::{BoxError, Intents, Route, Webhook};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Where to listen, as in 127.0.0.1:9000
    #[arg(long, value_name = "ADDRESS")]
    bind: Option<String>,
}

impl Arguments {
    /// These, and those of `outer` that are not among them: `flowhook --bind ADDRESS serve` binds too.
    pub(super) fn or(self, outer: Self) -> Self {
        Self {
            bind: self.bind.or(outer.bind),
        }
    }
}

pub(super) fn run<App, F>(arguments: Arguments, mut given: Given, start: F) -> Result<ExitCode, BoxError>
where
    App: Send + Sync + 'static,
    F: AsyncFnOnce(&Settings) -> Result<Intents<App>, BoxError>,
{
    given
        .flags
        .extend(arguments.bind.map(|address| format!("server.bind={address}")));
    let Agent {
        settings,
        webhook,
        doors,
        threads,
    } = Agent::start(&given, start)?;
    let store = match settings.store.url_beyond_memory() {
        Some(url) => {
            let store = threads
                .block_on(store::open(url))
                .map_err(|error| format!("`store.url`: {error}"))?;
            Some(store)
        }
        None => None,
    };
    // Counted only where somebody can ask for it.
    let metrics = settings
        .admin
        .address
        .map(|_| Arc::new(Metrics::new(webhook.table())));
    let (webhook, store) = match &metrics {
        Some(metrics) => (
            webhook.told_to(Arc::clone(metrics) as _),
            store.map(|store| metrics.measuring(store)),
        ),
        None => (webhook, store),
    };
    let webhook = match &store {
        Some(store) => webhook.sharing(Arc::clone(store), settings.store.budget),
        None => webhook,
    };
    let gate = gate(&settings)?;
    let address = settings.server.address;
    let only_this_machine = gate.is_open() && !settings.auth.open;
    let stdout = std::io::stdout();
    let look = match settings.log.format() {
        Format::Json => Look::Json {
            project: settings.log.project(),
        },
        Format::Text => Look::Text {
            colour: settings.log.wants_colour(stdout.is_terminal()),
        },
    };
    let logging = telemetry::start(look, &settings.log.level, server::SILENCED, stdout)?;
    if gate.trusts_certificate_alone() {
        tracing::warn!(
            "a client certificate alone lets a caller in; Dialogflow's is Google's and the same for every agent, so any of \
             them could call: set `auth.basic` or `auth.headers` too, and the same in the agent's fulfillment settings"
        );
    }
    if settings.auth.trusts_cloud_run() && !settings.is_on_cloud_run {
        tracing::warn!(
            "`auth.id_token.signature` is removed-by-cloud-run, and this does not look like Cloud Run: unless something in \
             front verifies the tokens, anybody can make one that passes"
        );
    }
    // Only now: what they do in the background is logged.
    let channels = Channels::open(&settings, store, &threads, &doors, &webhook)?;
    let mut inside = Inside::default().levels(logging.levels()).queue(channels.queue());
    if let Some(metrics) = metrics {
        inside = inside.metrics(metrics);
    }
    let banner = Banner::new(&settings, &webhook, only_this_machine);
    let ready = |addresses: &[SocketAddr]| {
        let first = addresses.first().copied().unwrap_or(address);
        if settings.log.format() == Format::Text {
            eprintln!("{}", banner.at(first));
        }
        tracing::info!(address = %first, version = env!("CARGO_PKG_VERSION"), "listening on {first}");
    };
    server::serve(
        &settings,
        webhook,
        channels.intake(),
        gate,
        inside,
        ready,
        server::told_to_stop(),
    )
    .map_err(|error| match error {
        ServeError::Listen(error) => cannot_serve(address, &error),
        other => other.to_string(),
    })?;
    channels.close(&threads);
    // A handler that blocks its thread must not keep the program.
    threads.shutdown_background();
    Ok(ExitCode::SUCCESS)
}

/// Who may call, if the settings that say so go together, and with the address.
pub(super) fn gate(settings: &Settings) -> Result<Gate, BoxError> {
    let gate = settings.gate()?;
    if settings.auth.open && !gate.is_open() {
        return Err("`auth.open` lets anybody in, and there are checks beside it: remove one of them".into());
    }
    let address = settings.server.address;
    if gate.is_open() && !settings.auth.open && !address.ip().is_loopback() {
        return Err(nobody_is_kept_out(address, settings.server.tls.client_ca.is_some()).into());
    }
    Ok(gate)
}

fn nobody_is_kept_out(address: SocketAddr, asks_for_certificates: bool) -> String {
    let also = if asks_for_certificates {
        "; `server.tls.client_ca` without `server.tls.client_subjects` is no check of who may call, since a public root has \
         signed for many"
    } else {
        ""
    };
    format!(
        "no [auth] is set, so anybody who reaches {address} could call{also}; set FLOWHOOK_AUTH__BASIC=user:password \
         and the same in the agent's fulfillment settings, or FLOWHOOK_AUTH__OPEN=true to let anybody in"
    )
}

fn cannot_serve(address: SocketAddr, error: &std::io::Error) -> String {
    let mend = match error.kind() {
        std::io::ErrorKind::AddrInUse => "another program listens there; choose another with --bind",
        std::io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address; choose another with --bind"
        }
        std::io::ErrorKind::PermissionDenied => "ports below 1024 are for root; choose another with --bind",
        _ => "choose another address with --bind",
    };
    format!("cannot serve on {address}: {error}; {mend}")
}

/// What somebody at a terminal wants to know next.
struct Banner {
    who: &'static str,
    curl: &'static str,
    scheme: &'static str,
    path: String,
    intent: String,
}

impl Banner {
    fn new(settings: &Settings, webhook: &Webhook, only_this_machine: bool) -> Self {
        let is_https = settings.server.tls.cert.is_some();
        let named = webhook
            .table()
            .entries()
            .iter()
            .find_map(|entry| match &entry.route {
                Route::Intent(name) => Some(name.clone()),
                _ => None,
            });
        Self {
            who: if only_this_machine {
                "for this machine only, since no [auth] is set"
            } else if settings.auth.open {
                "to anybody, since auth.open is set"
            } else {
                "to whoever shows what [auth] asks for; add it to the curl line"
            },
            // The certificate is seldom for an address.
            curl: if is_https { "curl -sk" } else { "curl -s" },
            scheme: if is_https { "https" } else { "http" },
            path: settings.webhook.paths.first().cloned().unwrap_or_default(),
            intent: named.unwrap_or_else(|| "your intent".to_owned()),
        }
    }

    fn at(&self, mut address: SocketAddr) -> String {
        if address.ip().is_unspecified() {
            address.set_ip(IpAddr::from([127, 0, 0, 1]));
        }
        let Self {
            who,
            curl,
            scheme,
            path,
            intent,
        } = self;
        let program = config::program_name();
        // The intent stands in JSON, within single quotes of the shell.
        let intent = Value::from(intent.as_str()).to_string().replace('\'', "\\u0027");
        format!(
            r#"
Flowhook answers on {scheme}://{address}{path} ({who}).

Ask it something:
  {curl} {scheme}://{address}{path} -H 'content-type: application/json' -d '{{"session":
    "projects/p/agent/sessions/1","queryResult":{{"intent":{{"displayName":{intent}}}}}}}'

Then: `{program} intents` shows what it answers, `{program} ask INTENT` what a user hears (in the repository:
`cargo run -- intents`). README.md says how to add an intent, set a password, and deploy.
"#
        )
    }
}
