//! The comparison: options, and a round of one server after the other. Below, in the order of a round: `peers` installs them, `server`
//! starts one on its half of the `cores`, `calls` are asked by `load`, `figures` come of it, and a `table` of those. `actix` has
//! the two servers that are in this program.

mod actix;
mod calls;
mod cores;
mod figures;
#[path = "../../grouped.rs"]
mod grouped;
mod load;
mod peers;
mod server;
mod table;

use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand, ValueEnum};

use self::calls::calls;
use self::cores::Cores;
use self::figures::{Round, percentile_us};
use self::load::Pace;
use self::peers::{Installed, Peer, Places, install};
use self::server::{Server, ask, end_when_interrupted};
use self::table::{Measured, Terms, markdown};

/// How long a server is asked before anything is counted.
const WARMING: Duration = Duration::from_secs(1);

/// Measures Flowhook and its peers side by side, and prints a table in Markdown.
#[derive(Parser)]
struct Options {
    /// How often each server is started and measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// For how many seconds it is asked, first as fast as it can, then at the fixed rate.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// The fixed rate, in calls a second; one that all can hold.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: u32,
    /// Who is measured, with commas between. Ratios are to Flowhook.
    #[arg(long, value_delimiter = ',', default_values_t = Peer::value_variants().iter().copied())]
    peers: Vec<Peer>,
    #[command(subcommand)]
    serve: Option<Serve>,
}

/// The servers that are in this program.
#[derive(Subcommand, Clone, Copy)]
enum Serve {
    /// Is bare actix-web.
    #[command(hide = true)]
    ServeBare { port: u16 },
    /// Is actix-web with types.
    #[command(hide = true)]
    ServeTyped { port: u16 },
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    let options = Options::parse();
    let done = match options.serve {
        Some(serve) => answer(serve).map_err(|error| error.to_string()),
        None => compare(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn answer(serve: Serve) -> std::io::Result<()> {
    actix_web::rt::System::new().block_on(async {
        match serve {
            Serve::ServeBare { port } => actix::bare(port).await,
            Serve::ServeTyped { port } => actix::typed(port).await,
        }
    })
}

fn compare(options: &Options) -> Result<(), String> {
    if cfg!(debug_assertions) {
        // The servers on actix-web are in this program, and the load is.
        return Err("this program is built for debugging, and would be slow itself: run it with `cargo run --release --example compare`".into());
    }
    end_when_interrupted().map_err(|error| format!("nothing can be interrupted here: {error}"))?;
    let terms = Terms {
        rounds: options.rounds.into(),
        seconds: options.seconds,
        rate: options.rate,
        cores: Cores::split().map_err(|error| error.to_string())?,
    };
    let places = Places::of_this_program().map_err(|error| error.to_string())?;
    let mut measured = Vec::new();
    let mut skipped = Vec::new();
    for &peer in &options.peers {
        eprintln!("{peer}: installing, or finding it installed");
        match install(peer, &places) {
            Ok(installed) => measured.push(Measured {
                installed,
                rounds: Vec::new(),
            }),
            Err(reason) => skip(&mut skipped, peer, reason)?,
        }
    }
    for number in 1..=terms.rounds {
        let mut held = Vec::new();
        for mut one in measured {
            let peer = one.installed.peer;
            match round(&one.installed, &terms, &places) {
                Ok(round) => {
                    tell(number, peer, &round);
                    one.rounds.push(round);
                    held.push(one);
                }
                Err(reason) => skip(&mut skipped, peer, reason)?,
            }
        }
        measured = held;
    }
    print!("{}", markdown(&terms, &measured, &skipped));
    Ok(())
}

/// Goes on without a peer; but not without Flowhook.
fn skip(skipped: &mut Vec<(Peer, String)>, peer: Peer, reason: String) -> Result<(), String> {
    eprintln!("{peer} is skipped: {reason}");
    if peer == Peer::Flowhook {
        return Err(format!("there is nothing to compare with: {reason}"));
    }
    skipped.push((peer, reason));
    Ok(())
}

/// One server from its start to its end.
fn round(installed: &Installed, terms: &Terms, places: &Places) -> Result<Round, String> {
    let Terms { cores, rate, .. } = terms;
    let lasts = Duration::from_secs(terms.seconds);
    let log = places.log_of(installed.peer);
    let mut calls = calls();
    let command = |port| installed.command(port, cores.servers.len());
    let server = Server::start(command, &cores.servers, &log, &mut calls[0])?;
    if installed.peer != Peer::Actix {
        for (number, call) in calls.iter_mut().enumerate() {
            let answered = ask(server.address, call.bytes(u64::MAX, number as u64));
            let (status, body) = answered.map_err(|error| format!("it does not answer: {error}"))?;
            call.judge(status, &body)?;
        }
    }
    let idle_mib = server.memory_mib();
    let load = |pace, lasts| {
        let seen = load::run(server.address, &calls, &cores.load, pace, lasts);
        seen.map_err(|error| format!("it does not bear the load: {error}"))
    };
    load(Pace::Full, WARMING)?;
    let worked = server.worked();
    let began = Instant::now();
    let full = load(Pace::Full, lasts)?;
    let worked = (server.worked() - worked).as_secs_f64();
    let lasted = began.elapsed().as_secs_f64();
    let loaded_mib = server.memory_mib();
    let fixed = load(Pace::Fixed(*rate), lasts)?;
    let first_answer_ms = server.first_answer.as_secs_f64() * 1e3;
    drop(server);
    // A log of this load is large.
    fs::remove_file(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    Ok(Round {
        throughput: full.answered as f64 / lasts.as_secs_f64(),
        processor_us: worked * 1e6 / (full.answered + full.late + full.errors) as f64,
        p50_us: percentile_us(&fixed.took, 0.5),
        p99_us: percentile_us(&fixed.took, 0.99),
        p999_us: percentile_us(&fixed.took, 0.999),
        idle_mib,
        loaded_mib,
        first_answer_ms,
        errors: full.errors + fixed.errors,
        holds: fixed.late * 100 <= fixed.answered,
        busy: worked / lasted,
        processors: cores.servers.len(),
        load_busy: full.busy,
    })
}

fn tell(number: usize, peer: Peer, round: &Round) {
    eprintln!(
        "round {number}, {peer}: {:.0} requests/s, {:.1} us of the processor each; p99 {:.0} us at the fixed rate; {} errors; the server kept \
         {:.2} of {} processors busy, the load {:.2} of each of its own",
        round.throughput,
        round.processor_us,
        round.p99_us,
        round.errors,
        round.busy,
        round.processors,
        round.load_busy,
    );
}
