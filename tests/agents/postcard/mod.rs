//! A postcard from three slots, which the agent and the handler ask for by turns.

mod conversations;

use flowhook::{Intents, Reply, Result, Turn};
use serde::Deserialize;

/// What the agent collects before it is done.
#[derive(Deserialize)]
struct Details {
    country: Option<String>,
    days: Option<u32>,
    colour: Option<String>,
}

/// "Write a postcard." Called on each turn of slot filling.
async fn write(turn: Turn<Details>) -> Result<Reply> {
    let slots = turn.slots();
    if slots.is_cancelled() {
        return Ok(Reply::text("No postcard, then."));
    }
    let Details {
        country,
        days,
        colour,
    } = &turn.params;
    if let (Some(country), Some(days), Some(colour)) = (country, days, colour) {
        let postcard = format!("Greetings from {country}! {} The sea is {colour}.", stay(*days));
        return Ok(Reply::text(postcard).chips(["Write another one"]));
    }
    Ok(match slots.asked() {
        Some("country") if slots.given().next().is_none() => {
            Reply::text("A postcard! From which country?").chips(["Peru", "Iceland"])
        }
        Some("colour") => Reply::text("And what colour is the sea?").chips(["blue", "green"]),
        _ => Reply::prompt(),
    })
}

fn stay(days: u32) -> String {
    match days {
        0 => "I leave again today.".to_owned(),
        1 => "One day to go.".to_owned(),
        days => format!("{days} days to go."),
    }
}

/// "Where are you?"
async fn place(_: Turn) -> Result<Reply> {
    Ok(Reply::text("At the post office."))
}

fn agent() -> Intents {
    Intents::new(()).on("postcard", write).on("place", place)
}
