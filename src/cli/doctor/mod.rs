//! `flowhook doctor`: calls a live webhook the way Dialogflow does, and says which layer refuses.
//!
//! `examine` goes from layer to layer: `connect` (DNS, TCP), `tls` (with `trust` and `certificate`), `call` (HTTP), `who`
//! (who sent the answer) and `status` (what it means), `json` and `reply` (schema, size). `report` prints what they find. What is sent comes
//! from `target`, `credentials` (with `token`) and `request`; `secrets` keeps them out of the report.

mod report;
mod secrets;
mod wait;

mod credentials;
mod request;
mod target;
mod token;

mod examine;

mod connect;

mod certificate;
mod tls;
mod trust;

mod call;
mod json;
mod reply;
mod status;
mod who;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;

use self::credentials::certificates;
use self::examine::Examination;
use self::report::{Form, Report};
use self::request::{NOBODYS_INTENT, Request};
use self::target::Target;
use self::trust::Roots;
use crate::cli::completions::{Takes, sources};
use crate::config;
use crate::webhook::BoxError;
use crate::wire::ApiVersion;

/// The exit code of wrong usage, as clap has it.
const WRONG_USAGE: u8 = 2;

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = "Examples:
  flowhook doctor https://webhook.example.com/
  flowhook doctor https://webhook.example.com/ --basic-file password.txt --intent table.book
  gcloud auth print-identity-token | flowhook doctor https://webhook.example.com/ --id-token - --json

Without --intent it asks for an intent that nobody has, so that no handler of yours runs: the fallback's reply, an
apology, or Flowhook's own 404 are then as good an answer as any. A webhook that was shown credentials is asked once
more without, to see that it is closed.

Exit codes: 0 fine (there may be warnings), 1 something failed, 2 wrong usage.")]
pub(super) struct Arguments {
    /// The webhook's URL, as in the agent's fulfillment settings
    url: String,
    /// One JSON object in place of text, for other programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    credentials: credentials::Arguments,
    /// A certificate authority to trust beside those of this machine
    #[arg(long, value_name = "PEM", help_heading = "How it is asked")]
    ca: Option<PathBuf>,
    /// The intent to ask for: its handler runs, with all its effects
    #[arg(long, value_name = "NAME", help_heading = "How it is asked", default_value = NOBODYS_INTENT, hide_default_value = true, add = Takes::Intents.here())]
    intent: String,
    /// The language of the turn
    #[arg(
        long,
        value_name = "CODE",
        help_heading = "How it is asked",
        default_value = "en",
        add = Takes::Languages.here()
    )]
    language: String,
    /// The integration that it comes from: google, facebook, slack, ... (google has 10 s, all others 5 s)
    #[arg(long, value_name = "SOURCE", help_heading = "How it is asked", add = sources())]
    source: Option<String>,
    /// A file with the WebhookRequest to send; a handler may run, with all its effects
    #[arg(long, value_name = "FILE", help_heading = "How it is asked", conflicts_with_all = ["intent", "language", "source"])]
    request: Option<PathBuf>,
    /// The agent's API version
    #[arg(long, value_name = "VERSION", help_heading = "How it is asked", default_value = "v2", value_parser = ["v2", "v2beta1"])]
    api_version: String,
    /// How long to wait for a call to be done
    #[arg(long, value_name = "TIME", help_heading = "How it is asked", default_value = "15s", value_parser = time)]
    timeout: Duration,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, BoxError> {
    let examination = match prepare(arguments) {
        Ok(examination) => examination,
        Err(fault) => {
            eprintln!("{}: {fault}", crate::config::program_name());
            return Ok(ExitCode::from(WRONG_USAGE));
        }
    };
    let form = if arguments.json {
        Form::Json
    } else {
        Form::Text {
            colour: config::wants_colour() && std::io::stdout().is_terminal(),
        }
    };
    let url = examination.target.shown();
    let mut report = Report::new(form, examination.secrets.clone());
    report.open(&url);
    let threads = Builder::new_current_thread().enable_all().build()?;
    let heard = threads.block_on(examination.run(&mut report));
    report.close(&url, &heard);
    // A look-up that hangs must not keep the program.
    threads.shutdown_background();
    Ok(if report.has_failed() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Reads everything that was given.
fn prepare(arguments: &Arguments) -> Result<Examination, String> {
    let target = Target::parse(&arguments.url)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let (credentials, mut secrets) = arguments.credentials.gather(&provider)?;
    secrets.extend(target.query.clone());
    let own = arguments
        .ca
        .as_deref()
        .map(|path| certificates("--ca", path))
        .transpose()?;
    let request = match &arguments.request {
        Some(path) => {
            let body = std::fs::read(path)
                .map_err(|error| format!("--request: cannot read {}: {error}", path.display()))?;
            Request::read(body).map_err(|error| format!("--request: {error}"))?
        }
        None => Request::asking(
            &arguments.intent,
            &arguments.language,
            arguments.source.as_deref(),
        ),
    };
    Ok(Examination {
        target,
        credentials,
        secrets: secrets::Secrets::new(secrets),
        request,
        api_version: if arguments.api_version == "v2beta1" {
            ApiVersion::V2Beta1
        } else {
            ApiVersion::V2
        },
        roots: Roots::load(&provider, own.unwrap_or_default())?,
        patience: arguments.timeout,
    })
}

fn time(text: &str) -> Result<Duration, String> {
    let parsed = text
        .parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|time| Duration::try_from(time).ok());
    parsed
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "expected a time such as 15s or 500ms".to_owned())
}
