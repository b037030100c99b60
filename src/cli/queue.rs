//! `flowhook queue`: what waits, failed or is in quarantine, and what is to become of it.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::config::{Given, Settings};
use crate::store;
use crate::store::queue::{Action, Depth, Entry, Filter, Lane, Queue, State};
use crate::webhook::BoxError;

/// How many jobs are read or changed at a time.
const PAGE: usize = 500;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show how much there is in each lane, and the jobs that fit
    List(List),
    /// Show one job
    Show(Show),
    /// Run jobs anew: those that are dead or in quarantine, and at once those that wait for their next attempt
    Retry(Change),
    /// Never run jobs; what they were to do is deleted
    Drop(Change),
}

#[derive(Debug, clap::Args)]
struct Fitting {
    /// Of this lane: an agent or a chat space
    #[arg(long)]
    lane: Option<String>,
    /// In this state; may be given several times
    #[arg(long, value_enum)]
    state: Vec<Named>,
    /// Put so long ago or longer, as in 90s, 15m or 2d
    #[arg(long, value_name = "TIME", value_parser = time)]
    older_than: Option<Duration>,
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    fitting: Fitting,
    /// How many jobs at most
    #[arg(long, default_value_t = 100)]
    limit: usize,
    /// As JSON, for other programs
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Show {
    /// Its number
    id: i64,
    /// Show what it holds too: a person's words, and their phone number
    #[arg(long)]
    reveal: bool,
    /// As JSON, for other programs
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Change {
    /// Their numbers
    ids: Vec<i64>,
    /// All that fit, instead of numbers
    #[arg(long, conflicts_with = "ids", required_unless_present = "ids")]
    all: bool,
    #[command(flatten)]
    fitting: Fitting,
}

/// A state by its name.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Named {
    Waiting,
    Running,
    Done,
    Dead,
    Quarantined,
}

impl From<Named> for State {
    fn from(named: Named) -> Self {
        match named {
            Named::Waiting => Self::Waiting,
            Named::Running => Self::Running,
            Named::Done => Self::Done,
            Named::Dead => Self::Dead,
            Named::Quarantined => Self::Quarantined,
        }
    }
}

fn time(text: &str) -> Result<Duration, String> {
    let parsed = text.parse::<jiff::SignedDuration>().ok();
    // Days are no part of a duration to jiff: they may have 23 hours. Here they have 24.
    let days = || text.strip_suffix('d')?.trim().parse::<u64>().ok();
    parsed
        .and_then(|time| time.try_into().ok())
        .or_else(|| Some(Duration::from_secs(days()?.checked_mul(24 * 60 * 60)?)))
        .ok_or_else(|| "expected a time such as 90s, 15m, 12h or 2d".to_owned())
}

impl Fitting {
    fn filter(&self) -> Filter {
        Filter {
            lane: self.lane.as_deref().map(Lane::new),
            states: self.state.iter().map(|state| State::from(*state)).collect(),
            older_than: self.older_than,
        }
    }
}

pub(super) fn run(arguments: &Arguments, given: &Given) -> Result<ExitCode, BoxError> {
    let settings = Settings::load(given)?;
    let url = settings.store.url_beyond_memory().ok_or(
        "`store.url` is memory:, whose jobs are the serving program's alone; only those of sqlite: and postgres: can be seen from here",
    )?;
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    threads.block_on(async {
        let store = store::open(url)
            .await
            .map_err(|error| format!("`store.url`: {error}"))?;
        let queue = store.queue();
        match &arguments.command {
            Command::List(list) => self::list(&*queue, list).await,
            Command::Show(show) => self::show(&*queue, show).await,
            Command::Retry(change) => self::change(queue, change, Action::Retry).await,
            Command::Drop(change) => self::change(queue, change, Action::Drop).await,
        }
    })
}

async fn list(queue: &dyn Queue, list: &List) -> Result<ExitCode, BoxError> {
    let mut out = std::io::stdout();
    let (mut entries, mut after) = (Vec::new(), 0);
    while entries.len() < list.limit {
        let page = PAGE.min(list.limit - entries.len());
        let found = queue.list(list.fitting.filter(), after, page).await?;
        let is_last = found.len() < page;
        after = found.last().map_or(after, |entry| entry.id);
        entries.extend(found);
        if is_last {
            break;
        }
    }
    let mut lanes = queue.depth().await?;
    if let Some(lane) = &list.fitting.lane {
        lanes.retain(|depth| depth.lane.as_str() == lane);
    }
    if list.json {
        let lanes: Vec<_> = lanes.iter().map(depth_as_json).collect();
        let jobs: Vec<_> = entries.iter().map(as_json).collect();
        writeln!(out, "{:#}", json!({"lanes": lanes, "jobs": jobs}))?;
        return Ok(ExitCode::SUCCESS);
    }
    let heads = ["LANE", "WAITING", "RUNNING", "DEAD", "QUARANTINED", "OLDEST"];
    table(&mut out, &heads, lanes.iter().map(depth_row).collect())?;
    writeln!(out)?;
    let heads = [
        "JOB", "STATE", "LANE", "KIND", "FROM", "AGE", "ATTEMPTS", "NEXT", "WHY",
    ];
    table(&mut out, &heads, entries.iter().map(row).collect())?;
    if entries.len() == list.limit {
        writeln!(out, "There may be more: say --limit.")?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(queue: &dyn Queue, show: &Show) -> Result<ExitCode, BoxError> {
    let mut out = std::io::stdout();
    let (entry, payload) = queue
        .show(show.id)
        .await?
        .ok_or_else(|| format!("there is no job {}", show.id))?;
    let mut told = as_json(&entry);
    if show.reveal {
        // JSON where it is JSON, as all that Google sends is.
        let text = || Value::from(String::from_utf8_lossy(&payload));
        told["payload"] = serde_json::from_slice(&payload).unwrap_or_else(|_| text());
    }
    if show.json {
        writeln!(out, "{told:#}")?;
        return Ok(ExitCode::SUCCESS);
    }
    for (name, value) in told.as_object().into_iter().flatten() {
        match value {
            Value::Null => {}
            Value::String(text) => writeln!(out, "{name:12} {text}")?,
            other => writeln!(out, "{name:12} {other:#}")?,
        }
    }
    if !show.reveal && entry.bytes > 0 {
        writeln!(out, "What it holds is a person's: --reveal shows it.")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Changes jobs, and says how many. One that was named and could not be changed is a failure.
async fn change(queue: Arc<dyn Queue>, change: &Change, action: Action) -> Result<ExitCode, BoxError> {
    let done = match action {
        Action::Retry => "to be run anew",
        Action::Drop => "dropped",
    };
    let mut out = std::io::stdout();
    if !change.all {
        let mut changed = 0;
        for id in &change.ids {
            let one = queue.act(vec![*id], action).await?;
            changed += one;
            if one == 0 {
                eprintln!("job {id} is left as it is: it is running, done, or not there");
            }
        }
        writeln!(out, "{changed} {done}")?;
        let all = changed == change.ids.len() as u64;
        return Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let mut filter = change.fitting.filter();
    if filter.states.is_empty() {
        // What waits needs no help unless it is named.
        filter.states = vec![State::Dead, State::Quarantined];
    }
    let shows_progress = std::io::stderr().is_terminal();
    let (mut after, mut changed) = (0, 0);
    loop {
        let page = queue.list(filter.clone(), after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        changed += queue
            .act(page.iter().map(|entry| entry.id).collect(), action)
            .await?;
        if shows_progress {
            eprint!("\r{changed} {done}");
        }
    }
    if shows_progress && changed > 0 {
        eprintln!();
    }
    writeln!(out, "{changed} {done}")?;
    Ok(ExitCode::SUCCESS)
}

fn row(entry: &Entry) -> Vec<String> {
    let now = SystemTime::now();
    let next = match entry.state {
        State::Waiting => entry
            .until
            .duration_since(now)
            .map_or("now".to_owned(), |left| format!("in {}", about(left))),
        _ => "-".to_owned(),
    };
    vec![
        entry.id.to_string(),
        entry.state.name().to_owned(),
        entry.lane.to_string(),
        entry.kind.clone(),
        or_dash(&entry.origin),
        about(now.duration_since(entry.put_at).unwrap_or_default()),
        entry.attempts.to_string(),
        next,
        or_dash(entry.why.as_deref().unwrap_or_default()),
    ]
}

fn depth_row(depth: &Depth) -> Vec<String> {
    let counts = [depth.waiting, depth.running, depth.dead, depth.quarantined];
    let mut row = vec![depth.lane.to_string()];
    row.extend(counts.map(|count| count.to_string()));
    row.push(depth.oldest.map_or("-".to_owned(), about));
    row
}

fn or_dash(text: &str) -> String {
    if text.is_empty() {
        "-".to_owned()
    } else {
        text.to_owned()
    }
}

/// A time in its largest unit.
fn about(time: Duration) -> String {
    match time.as_secs() {
        0..=119 => format!("{} s", time.as_secs()),
        seconds @ 120..=7_199 => format!("{} min", seconds / 60),
        seconds @ 7_200..=172_799 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

fn table(out: &mut impl Write, heads: &[&str], rows: Vec<Vec<String>>) -> std::io::Result<()> {
    let heads: Vec<_> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rows: Vec<_> = std::iter::once(heads).chain(rows).collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<_> = (0..rows[0].len()).map(width).collect();
    for row in &rows {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

fn as_json(entry: &Entry) -> Value {
    json!({
        "id": entry.id,
        "state": entry.state.name(),
        "lane": entry.lane.as_str(),
        "kind": entry.kind,
        "from": entry.origin,
        "attempts": entry.attempts,
        "put_at": at(entry.put_at),
        "until": at(entry.until),
        "why": entry.why,
        "bytes": entry.bytes,
    })
}

fn depth_as_json(depth: &Depth) -> Value {
    json!({
        "lane": depth.lane.as_str(),
        "waiting": depth.waiting,
        "running": depth.running,
        "dead": depth.dead,
        "quarantined": depth.quarantined,
        "oldest_s": depth.oldest.map(|age| age.as_secs()),
    })
}

fn at(time: SystemTime) -> Option<String> {
    Some(jiff::Timestamp::try_from(time).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("90s", 90),
            ("15m", 900),
            ("12h", 43_200),
            ("2d", 172_800),
            ("1h 30m", 5_400),
        ] {
            assert_eq!(time(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "2", "d", "-2d", "-90s", "99999999999999999999d"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
