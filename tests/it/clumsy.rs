//! An agent that does everything wrong that a handler can do wrong. A program of its own, for the tests.

use std::collections::HashMap;
use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use flowhook::config::Settings;
use flowhook::google::{Account, Call, Client, Credentials};
use flowhook::wire::Platform;
use flowhook::{Event, Intents, Message, OutputContext, Reply, Result, Texts, Turn};
use serde::Deserialize;
use serde_json::json;

const AN_HOUR: Duration = Duration::from_secs(3_600);

fn main() -> ExitCode {
    flowhook::main(start)
}

async fn start(settings: &Settings) -> Result<Intents> {
    if settings.webhook.apologies.contains_key("x-start-fails") {
        return Err("the ledger is not there".into());
    }
    for (part, start) in [
        ("x-start-panics", Misstart::Panics),
        ("x-start-hangs", Misstart::Hangs),
        ("x-start-blocks", Misstart::Blocks),
        ("x-start-prints", Misstart::Prints),
    ] {
        if settings.webhook.apologies.contains_key(part) {
            misstarting(start).await?;
        }
    }
    let agent = Intents::new(())
        .on("good", good)
        .on("logging", logging)
        .on("outgoing", outgoing)
        .on("error", error)
        .on("panic", panics)
        .on("panic.fixed", panics_with_fixed_text)
        .on("slow", slow)
        .on("blocking", blocking)
        .on("blocking.briefly", blocking_briefly)
        .on("parameters", parameters)
        .on("long", long)
        .on("long.contexts", long_contexts)
        .on("refused", refused)
        .on("mixed", mixed)
        .on("console", console)
        .on("end", end)
        .on("hand over", hand_over)
        .on("error.display.panics", |_: Turn| {
            misbehaving(Misbehaviour::Panics)
        })
        .on("error.display.fails", |_: Turn| misbehaving(Misbehaviour::Fails))
        .on("error.display.blocks", |_: Turn| {
            misbehaving(Misbehaviour::Blocks)
        })
        .on("error.drop.panics", |_: Turn| {
            misbehaving(Misbehaviour::PanicsWhenDropped)
        })
        .on("count", count)
        .on("count.and.fail", count_and_fail)
        .on("pay", pay)
        .on("late", late)
        .on("pay.unwritable", pay_unwritable)
        .on("late.panics", |turn: Turn| late_badly(turn, LateWork::Panics))
        .on("late.blocks", |turn: Turn| late_badly(turn, LateWork::Blocks))
        .on("late.huge", |turn: Turn| late_badly(turn, LateWork::Huge))
        .on("late.error", |turn: Turn| {
            let words = turn.said().to_owned();
            late_badly(turn, LateWork::Fails(words))
        })
        .on("block.in.place", block_in_place)
        .on("quick.then.blocking", quick_then_blocking)
        .on_action("by.action", good)
        .on_event("BY_EVENT", good);
    // The server has its own settings; which agent it serves is told by the apology, the only free text among them.
    let wants = |part: &str| settings.webhook.apologies.contains_key(part);
    let agent = if wants("x-fallback") {
        agent.fallback(fallback)
    } else {
        agent
    };
    let agent = if wants("x-on-error") {
        agent.on_error(|_, failure| Some(Reply::text(format!("sorry: {}", failure.kind()))))
    } else {
        agent
    };
    let agent = if wants("x-on-error-blocks") {
        agent.on_error(|_, _| {
            std::thread::sleep(AN_HOUR);
            None
        })
    } else {
        agent
    };
    let agent = match ["x-texts", "x-texts-broken"].map(wants) {
        [true, _] => agent.texts(texts("bye = Adiós")),
        [_, true] => agent.texts(texts("hello = { $name")),
        _ => agent,
    };
    Ok(if wants("x-twice") {
        agent.on("good", good)
    } else {
        agent
    })
}

#[derive(Clone, Copy)]
enum Misstart {
    Panics,
    Hangs,
    Blocks,
    Prints,
}

async fn misstarting(how: Misstart) -> Result<()> {
    match how {
        Misstart::Panics => panic!("the ledger is torn"),
        Misstart::Hangs => std::future::pending().await,
        Misstart::Blocks => std::thread::sleep(AN_HOUR),
        Misstart::Prints => write!(std::io::stdout(), "good morning\ngood ledger: open")?,
    }
    Ok(())
}

fn texts(spanish: &str) -> Texts {
    let english = "hello = Hello\nbye = Goodbye\n";
    Texts::new("en").file("en.ftl", english).file("es.ftl", spanish)
}

async fn good(_: Turn) -> Result<Reply> {
    Ok(Reply::text("good"))
}

async fn logging(_: Turn) -> Result<Reply> {
    tracing::info!(shelf = 7, "from the handler");
    Ok(Reply::text("logged"))
}

#[derive(Deserialize)]
struct Outgoing {
    to: String,
}

async fn outgoing(turn: Turn<Outgoing>) -> Result<Reply> {
    let endpoint = turn.params.to.parse()?;
    let client = Client::new(Credentials::new(&Account::Nobody, "")?);
    client.call(Call::get("say hello", &endpoint, ["hello"])).await?;
    Ok(Reply::text("asked"))
}

async fn fallback(turn: Turn) -> Result<Reply> {
    Ok(Reply::text(format!("no handler for {}", turn.intent())))
}

async fn error(turn: Turn) -> Result<Reply> {
    Err(format!("the database has no row for {}", turn.said()).into())
}

async fn panics(turn: Turn) -> Result<Reply> {
    panic!("no row for {}", turn.said());
}

async fn panics_with_fixed_text(_: Turn) -> Result<Reply> {
    panic!("a fixed text");
}

async fn slow(_: Turn) -> Result<Reply> {
    tracing::info!("waiting");
    std::future::pending().await
}

async fn blocking(_: Turn) -> Result<Reply> {
    tracing::info!("blocking");
    std::thread::sleep(AN_HOUR);
    Ok(Reply::text("an hour later"))
}

async fn blocking_briefly(_: Turn) -> Result<Reply> {
    std::thread::sleep(Duration::from_millis(300));
    Ok(Reply::text("a moment later"))
}

#[derive(Deserialize)]
struct Party {
    guests: u8,
}

async fn parameters(turn: Turn<Party>) -> Result<Reply> {
    Ok(Reply::text(format!("{} guests", turn.params.guests)))
}

async fn long(_: Turn) -> Result<Reply> {
    Ok(Reply::text("first").say("é".repeat(70_000)).say("last"))
}

async fn long_contexts(_: Turn) -> Result<Reply> {
    let context = OutputContext::new("cart").parameter("all", "x".repeat(70_000));
    Ok(Reply::text("words").context(context))
}

async fn refused(_: Turn) -> Result<Reply<Event>> {
    Ok(Reply::event(""))
}

async fn mixed(_: Turn) -> Result<Reply> {
    Ok(Reply::text("kept")
        .say(Message::text("on the phone").on(Platform::Telephony))
        .say(Message::payload(json!(["not", "an", "object"])))
        .context(OutputContext::new("has spaces")))
}

async fn console(_: Turn) -> Result<Reply> {
    Ok(Reply::console())
}

async fn hand_over(turn: Turn) -> Result<Reply> {
    Ok(Reply::text("one moment").hand_off(format!("says: {}", turn.said())))
}

async fn end(_: Turn) -> Result<Reply> {
    Ok(Reply::text("bye").end_interaction().live_agent_handoff())
}

/// What an error does when somebody wants to know what it says.
#[derive(Debug)]
enum Misbehaviour {
    Panics,
    Fails,
    Blocks,
    PanicsWhenDropped,
}

async fn misbehaving(how: Misbehaviour) -> Result<Reply> {
    Err(Box::new(how))
}

impl fmt::Display for Misbehaviour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panics => panic!("an error that panics when it is told"),
            Self::Fails => Err(fmt::Error),
            Self::Blocks => {
                std::thread::sleep(AN_HOUR);
                Ok(())
            }
            Self::PanicsWhenDropped => formatter.write_str("an error that panics when it goes"),
        }
    }
}

impl std::error::Error for Misbehaviour {}

impl Drop for Misbehaviour {
    fn drop(&mut self) {
        assert!(
            !matches!(self, Self::PanicsWhenDropped),
            "an error that panics when it goes"
        );
    }
}

/// An effect that can be counted: a line in a file, after a while.
#[derive(Clone, Deserialize)]
struct Effect {
    file: PathBuf,
    #[serde(default)]
    after_ms: u64,
    #[serde(default)]
    fails: bool,
}

impl Effect {
    /// Adds a line to the file, and says how many there are then.
    async fn happen(self) -> Result<usize> {
        tracing::info!("waiting");
        tokio::time::sleep(Duration::from_millis(self.after_ms)).await;
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.file)?;
        file.write_all(b"x\n")?;
        if self.fails {
            return Err("the effect failed".into());
        }
        Ok(std::fs::read_to_string(&self.file)?.lines().count())
    }
}

async fn count(turn: Turn<Effect>) -> Result<Reply> {
    Ok(Reply::text(turn.params.clone().happen().await?.to_string()))
}

async fn count_and_fail(turn: Turn<Effect>) -> Result<Reply> {
    turn.params.clone().happen().await?;
    Err("counted, and then failed".into())
}

/// Says how many payments there were by then, or why there is none to tell of.
async fn pay(turn: Turn<Effect>) -> Result<Reply> {
    Ok(Reply::text(
        match turn.once("pay", turn.params.clone().happen()).await {
            Ok(payments) => payments.to_string(),
            Err(error) => error.to_string(),
        },
    ))
}

async fn late(turn: Turn<Effect>) -> Result<Reply> {
    Ok(Reply::text(
        match turn
            .keep_working("late", turn.params.clone().happen())
            .before_deadline()
            .await
        {
            Ok(Some(lines)) => lines.to_string(),
            Ok(None) => "not yet".to_owned(),
            Err(error) => error.to_string(),
        },
    ))
}

/// An effect whose result is no JSON: its keys are lists.
async fn pay_unwritable(turn: Turn<Effect>) -> Result<Reply> {
    let effect = turn.params.clone();
    let paid = async move { Ok(HashMap::from([(vec![1_u8], effect.happen().await?)])) };
    Ok(Reply::text(match turn.once("pay", paid).await {
        Ok(_) => "paid".to_owned(),
        Err(error) => error.to_string(),
    }))
}

enum LateWork {
    Fails(String),
    Panics,
    Blocks,
    Huge,
}

async fn late_badly(turn: Turn, how: LateWork) -> Result<Reply> {
    let work = async move {
        match how {
            LateWork::Fails(words) => Err(format!("no fare for {words}").into()),
            LateWork::Panics => panic!("late work that panics"),
            LateWork::Blocks => {
                std::thread::sleep(AN_HOUR);
                Ok(String::new())
            }
            LateWork::Huge => Ok("x".repeat(2 * 1024 * 1024)),
        }
    };
    let done = turn.keep_working("late", work).before_deadline().await;
    if turn.intent() == "late.error" {
        done.clone()?;
    }
    Ok(Reply::text(match done {
        Ok(Some(_)) => "done".to_owned(),
        Ok(None) => "not yet".to_owned(),
        Err(error) => error.to_string(),
    }))
}

/// Works on the threads for handlers, and panics on one that serves HTTP.
async fn block_in_place(_: Turn) -> Result<Reply> {
    Ok(Reply::text(tokio::task::block_in_place(|| "good")))
}

/// Quick, until it is told to block for so long.
async fn quick_then_blocking(turn: Turn<Effect>) -> Result<Reply> {
    let Effect { file, after_ms, .. } = turn.params.clone();
    if after_ms > 0 {
        std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(file)?
            .write_all(b"x\n")?;
        std::thread::sleep(Duration::from_millis(after_ms));
    }
    Ok(Reply::text("quick"))
}
