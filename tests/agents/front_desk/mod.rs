//! A restaurant's front desk on the phone: takes reservations, and hands the call over when it cannot go on.

mod conversations;

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use flowhook::ssml::{SayAs, Speech};
use flowhook::{Answer, Context, Intents, NoParams, Reply, Result, Source, telephony};
use serde::{Deserialize, Serialize};

/// The reservation book: which tables are taken, by day and hour.
#[derive(Default)]
struct Desk {
    taken: Mutex<HashSet<(String, String)>>,
}

type Turn<P = NoParams> = flowhook::Turn<P, Desk>;

/// What the agent collects.
#[derive(Clone, Serialize, Deserialize)]
struct Reservation {
    guests: u8,
    day: String,
    hour: String,
    name: String,
    /// Who calls may leave it out: then it is the number that they call from.
    phone: Option<String>,
}

/// A reservation that waits for a yes.
#[derive(Serialize, Deserialize)]
struct Wanted {
    reservation: Reservation,
}

impl Context for Wanted {
    const NAME: &'static str = "reserve-followup";
    const LIFESPAN: u32 = 2;
}

/// The event that hands the call over.
const TRANSFER: &str = "TRANSFER";

/// Where it goes.
const COLLEAGUE: &str = "+1 650 555 0100";

/// "A table for two, tomorrow at seven."
async fn reserve(turn: Turn<Reservation>) -> Result<Answer> {
    let mut reservation = turn.params.clone();
    if reservation.phone.is_none() {
        let calls_from = turn.user_id().filter(|_| *turn.source() == Source::Telephony);
        let Some(caller) = calls_from else {
            return Ok(spoken(
                "By which number can we reach you?",
                Speech::of("By which number can we reach you?"),
            )
            .into());
        };
        reservation.phone = Some(caller.id);
    }
    if reservation.guests > 12 {
        return Ok(Reply::event(TRANSFER).parameter("why", "a large party").into());
    }
    let Reservation {
        guests,
        day,
        hour,
        name,
        ..
    } = &reservation;
    let words = format!("A table for {guests}, {day} at {hour}, for {name}. Is that right?");
    let speech = Speech::of(format!("A table for {guests}, "))
        .say(day)
        .say(" at ")
        .say_as(SayAs::Time, hour)
        .say(", for ")
        .say(name)
        .pause(Duration::from_millis(300))
        .say("Is that right?");
    Ok(spoken(&words, speech).remember(&Wanted { reservation }).into())
}

/// "Yes."
async fn confirm(turn: Turn) -> Result<Answer> {
    let Some(Wanted { reservation }) = turn.recall()? else {
        return Ok(Reply::text("What may I reserve for you?").into());
    };
    let seat = (reservation.day.clone(), reservation.hour.clone());
    let is_free = turn
        .app
        .taken
        .lock()
        .map_err(|_| "the book is lost")?
        .insert(seat);
    if !is_free {
        return Ok(Reply::event(TRANSFER)
            .parameter("why", "no table")
            .forget::<Wanted>()
            .into());
    }
    let goodbye = format!("It is reserved, {}. Goodbye.", reservation.name);
    Ok(spoken(&goodbye, Speech::of(&goodbye))
        .forget::<Wanted>()
        .end_interaction()
        .into())
}

/// "No."
async fn refuse(_: Turn) -> Result<Reply> {
    Ok(spoken("What shall I change?", Speech::of("What shall I change?")).forget::<Wanted>())
}

#[derive(Deserialize)]
struct Why {
    why: Option<String>,
}

/// Reached by the event only.
async fn transfer(turn: Turn) -> Result<Reply> {
    let brought = turn.event_parameters::<Why>()?;
    let why = brought.and_then(|brought| brought.why);
    let words = match why {
        Some(why) => format!("For {why} I connect you to a colleague."),
        None => "I connect you to a colleague.".to_owned(),
    };
    Ok(spoken(&words, Speech::of(&words))
        .say(telephony::play("gs://example-restaurant/please-hold.wav"))
        .say(telephony::transfer(COLLEAGUE))
        .live_agent_handoff())
}

/// Whatever is not understood: at the third time a person takes over.
async fn fallback(turn: Turn) -> Result<Answer> {
    if turn.no_match_count() >= 3 {
        return Ok(Reply::event(TRANSFER).into());
    }
    Ok(spoken(
        "Say that again, please?",
        Speech::of("Say that again, ").stress("please?"),
    )
    .into())
}

/// The same words for who reads and who listens.
fn spoken(words: &str, speech: Speech) -> Reply {
    Reply::text(words).say(telephony::speak(speech))
}

fn agent() -> Intents<Desk> {
    Intents::new(Desk::default())
        .on("reserve", reserve)
        .on("reserve - yes", confirm)
        .on("reserve - no", refuse)
        .on("transfer", transfer)
        .fallback(fallback)
}
