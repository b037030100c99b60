//! What was measured, as Markdown: the machine, a table of medians, one of ratios, and whatever a reader must know of them.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use super::cores::Cores;
use super::figures::{FIGURES, Round};
use super::grouped::grouped;
use super::peers::{Installed, Peer};

/// One that was measured, round by round.
pub struct Measured {
    /// Who.
    pub installed: Installed,
    /// Its rounds, of which each server has as many.
    pub rounds: Vec<Round>,
}

/// How it was measured.
pub struct Terms {
    /// How many rounds.
    pub rounds: usize,
    /// For how many seconds each server was asked at each pace.
    pub seconds: u64,
    /// The fixed rate, in calls a second.
    pub rate: u32,
    /// Who ran where.
    pub cores: Cores,
}

/// All of it. Skipped ones come with the reason.
pub fn markdown(terms: &Terms, measured: &[Measured], skipped: &[(Peer, String)]) -> String {
    let mut text = format!("{}\n\n{}", machine(terms), medians(measured));
    if let Some(flowhook) = measured.iter().find(|one| one.installed.peer == Peer::Flowhook) {
        text +=
            "\nFlowhook's figure divided by that of the others (median of the ratios within each round):\n\n";
        text += &ratios(flowhook, measured);
    }
    let notes = notes(measured, skipped);
    if !notes.is_empty() {
        let _ = write!(text, "\n{notes}");
    }
    text
}

fn machine(terms: &Terms) -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("an unnamed processor", |line| {
        line.trim_start_matches([' ', '\t', ':'])
    });
    let Terms {
        rounds,
        seconds,
        rate,
        cores,
    } = terms;
    let commit = output("git", &["rev-parse", "--short", "HEAD"]);
    let commit = commit
        .map(|commit| format!(" at commit {commit}"))
        .unwrap_or_default();
    format!(
        "Measured on {}{commit}, {rounds} rounds of {seconds} s at each pace, latencies at {rate} requests/s. {model}, servers on \
         processors {:?}, load on {:?}; Linux {}; {}.",
        jiff::Timestamp::now().strftime("%Y-%m-%d"),
        cores.servers,
        cores.load,
        read("/proc/sys/kernel/osrelease").trim(),
        output("rustc", &["--version"]).unwrap_or_default(),
    )
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    let output = command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

fn medians(measured: &[Measured]) -> String {
    let mut text = head("");
    for Measured { installed, rounds } in measured {
        text += &format!("| {} |", installed.title);
        for figure in &FIGURES {
            let _ = write!(text, " {} |", number(figure.median(rounds)));
        }
        let megabytes = |bytes: u64| number(bytes as f64 / 1e6);
        let _ = match installed.runtime {
            0 => writeln!(text, " {} |", megabytes(installed.size)),
            runtime => writeln!(text, " {} + {} |", megabytes(installed.size), megabytes(runtime)),
        };
    }
    text
}

fn ratios(flowhook: &Measured, measured: &[Measured]) -> String {
    let mut text = head(" ÷");
    for Measured { installed, rounds } in measured.iter().filter(|one| one.installed.peer != Peer::Flowhook) {
        let _ = write!(text, "| {} |", installed.title);
        for figure in &FIGURES {
            let _ = write!(text, " {:.2} |", figure.ratio(&flowhook.rounds, rounds));
        }
        let size = flowhook.installed.size as f64 / (installed.size + installed.runtime) as f64;
        let _ = writeln!(text, " {size:.2} |");
    }
    text
}

fn head(first: &str) -> String {
    let names: Vec<_> = FIGURES.iter().map(|figure| figure.name).collect();
    format!(
        "|{first} | {} | on disk, MB |\n| --- |{}\n",
        names.join(" | "),
        " ---: |".repeat(FIGURES.len() + 1)
    )
}

/// A number that is no more exact than it should look.
fn number(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.1}");
    }
    grouped(&format!("{value:.0}"))
}

fn notes(measured: &[Measured], skipped: &[(Peer, String)]) -> String {
    let mut notes = Vec::new();
    for Measured { installed, rounds } in measured {
        let title = &installed.title;
        let limited = rounds.iter().filter(|round| round.is_limited_by_load()).count();
        if limited * 2 > rounds.len() {
            notes.push(format!(
                "{title}: the load was the limit, not the server, which can do more than is told here."
            ));
        }
        let crowded = rounds.iter().filter(|round| round.is_crowded()).count();
        if crowded > 0 {
            notes.push(format!(
                "{title}: in {crowded} of {} rounds something else ran on these processors; its figures are not to be trusted.",
                rounds.len()
            ));
        }
        let errors: u64 = rounds.iter().map(|round| round.errors).sum();
        if errors > 0 {
            notes.push(format!("{title}: {errors} calls were refused or not answered."));
        }
        let behind = rounds.iter().filter(|round| !round.holds).count();
        if behind > 0 {
            notes.push(format!(
                "{title}: fell behind the fixed rate in {behind} of {} rounds.",
                rounds.len()
            ));
        }
    }
    for (peer, reason) in skipped {
        notes.push(format!("{peer} was skipped: {reason}"));
    }
    notes.iter().map(|note| format!("- {note}\n")).collect()
}
