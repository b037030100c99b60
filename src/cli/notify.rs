//! `flowhook notify`: one message to a Chat space, for scripts.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime::Builder;

use super::nearest;
use crate::channels::chat::{Button, Card, Error, MAX_BYTES, Message, Receipt, Section, Spaces, Widget};
use crate::config::{self, Given, Settings};
use crate::webhook::BoxError;

/// More than this is not read: what is told is the beginning.
const MAX_INPUT: u64 = 1024 * 1024;

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = "Examples:
  flowhook notify oncall 'The backup has *failed*.'
  tail -n 50 backup.log | flowhook notify oncall --stdin --thread backup
  flowhook notify oncall 'It is cold.' --card 'Oven 3' --field Since=12:03 --button Open=https://example.com/ovens/3

SPACE is a name of the settings: chat.spaces.NAME.url has the URL of the space's incoming webhook. A text that is too long is
cut, and says so. What Chat does not take at once is tried again until --wait is over, at the pace that Chat allows.
Exit codes: 0 Chat has taken it, 1 it has not, 2 wrong usage.")]
pub(super) struct Arguments {
    /// The space's name in the settings
    space: String,
    /// What to tell. Chat knows *bold*, _italic_, `code` and <https://example.com|links>
    #[arg(required_unless_present_any = ["stdin", "card"], conflicts_with = "stdin")]
    text: Option<String>,
    /// Read what to tell from the standard input
    #[arg(long)]
    stdin: bool,
    /// Tell it in the thread of this key, which is begun if it is not there
    #[arg(long, value_name = "KEY", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    thread: Option<String>,
    /// Show it as a card with this title
    #[arg(long, value_name = "TITLE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    card: Option<String>,
    /// A value with its label on the card; may be given several times
    #[arg(long, value_name = "LABEL=VALUE", value_parser = super::pair, requires = "card")]
    field: Vec<String>,
    /// A button with its link on the card; may be given several times
    #[arg(long, value_name = "LABEL=URL", value_parser = super::pair, requires = "card")]
    button: Vec<String>,
    /// How long to try, as in 30s or 15m
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = time)]
    wait: Duration,
    /// Print nothing when all is well
    #[arg(long, short)]
    quiet: bool,
}

fn time(argument: &str) -> Result<Duration, String> {
    let time = argument.parse::<jiff::SignedDuration>().ok();
    let time = time.and_then(|time| Duration::try_from(time).ok());
    time.filter(|time| *time <= Duration::from_secs(24 * 60 * 60))
        .ok_or_else(|| "expected a time such as 30s or 15m, at most a day".to_owned())
}

pub(super) fn run(arguments: &Arguments, given: &Given) -> Result<ExitCode, BoxError> {
    let settings = Settings::load(given)?;
    let spaces = settings.spaces();
    if !spaces.has(&arguments.space) {
        return Ok(wrong(&no_such_space(&arguments.space, &spaces)));
    }
    let text = match (&arguments.text, arguments.stdin) {
        (Some(text), _) => text.clone(),
        (None, true) => read_all(std::io::stdin())?,
        (None, false) => String::new(),
    };
    let message = message(arguments, text.trim_end());
    let runtime = Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(spaces.deliver(&arguments.space, message, arguments.wait)) {
        Ok(receipt) if !arguments.quiet => {
            writeln!(std::io::stdout(), "{}", told(&arguments.space, &receipt))?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(error @ Error::Unfit(_)) => Ok(wrong(&error.to_string())),
        Err(error) => {
            let space = &arguments.space;
            let target = spaces.target(space).map(ToString::to_string).unwrap_or_default();
            Err(format!(
                "nothing was told in `{space}` ({target}): {error}{}",
                mend(&error, space)
            )
            .into())
        }
    }
}

fn wrong(why: &str) -> ExitCode {
    eprintln!("{}: {why}", config::program_name());
    ExitCode::from(2)
}

fn no_such_space(space: &str, spaces: &Spaces) -> String {
    if spaces.is_empty() {
        let variable = "FLOWHOOK_CHAT__SPACES__NAME__URL";
        return format!(
            "the settings name no Chat space: set `chat.spaces.NAME.url`, or {variable} in the environment, to the URL of a space's webhook"
        );
    }
    match nearest(space, spaces.names()) {
        Some(name) => format!("the settings name no such Chat space; did you mean `{name}`?"),
        None => {
            let names: Vec<_> = spaces.names().collect();
            format!(
                "the settings name no such Chat space; there is {}",
                names.join(", ")
            )
        }
    }
}

/// Text, of which a megabyte is read. What is not UTF-8 is shown as such.
fn read_all(from: impl Read) -> Result<String, BoxError> {
    let mut bytes = Vec::new();
    from.take(MAX_INPUT)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot read the standard input: {error}"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn message(arguments: &Arguments, text: &str) -> Message {
    let message = match &arguments.card {
        Some(title) => Message::card(card(arguments, title, text)),
        None => {
            let message = Message::text(text).shortened();
            if text.len() > MAX_BYTES {
                eprintln!("the text is too long for one message: its end is left out");
            }
            message
        }
    };
    match &arguments.thread {
        Some(key) => message.thread(key),
        None => message,
    }
}

fn card(arguments: &Arguments, title: &str, text: &str) -> Card {
    let pairs = |list: &[String]| -> Vec<(String, String)> {
        let pairs = list.iter().filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(one, other)| (one.trim().to_owned(), other.trim().to_owned()))
            .collect()
    };
    let mut widgets = Vec::new();
    if !text.is_empty() {
        widgets.push(Widget::paragraph(text));
    }
    let fields = pairs(&arguments.field).into_iter();
    widgets.extend(fields.map(|(label, value)| Widget::pair(label, value)));
    let buttons = pairs(&arguments.button);
    if !buttons.is_empty() {
        let buttons = buttons.into_iter().map(|(label, url)| Button::link(label, url));
        widgets.push(Widget::buttons(buttons));
    }
    let mut widgets = widgets.into_iter();
    match widgets.next() {
        Some(first) => Card::new(title).section(widgets.fold(Section::new(first), Section::and)),
        None => Card::new(title),
    }
}

fn told(space: &str, receipt: &Receipt) -> String {
    match &receipt.message {
        Some(name) => format!("told in {space}: {name}"),
        None => format!("told in {space}"),
    }
}

fn mend(error: &Error, space: &str) -> String {
    match error {
        Error::Disabled(_) => format!(
            "; the webhook is gone or not allowed: make a new one in the space, and put its URL into `chat.spaces.{space}.url`"
        ),
        error if error.is_transient() => "; to try for longer, say --wait 15m".to_owned(),
        _ => String::new(),
    }
}
