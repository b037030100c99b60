//! The agent: what it needs, and which function answers which intent.
//!
//! An intent takes one file here and two lines below: its `mod`, and its `.on`.

mod guide;
mod handover;
mod hours;
mod late;
mod quickstart;

use flowhook::channels::chat::Spaces;
use flowhook::config::Settings;
use flowhook::{Intents, Result, Texts};

/// What every handler reaches as `turn.app`: database, clients, texts.
#[derive(Default)]
pub struct App {
    /// The Google Chat spaces that may be told something.
    pub chat: Spaces,
}

/// A turn of this agent.
pub type Turn<P = flowhook::NoParams> = flowhook::Turn<P, App>;

/// Opens what the agent needs. What fails here stops the start-up.
pub async fn start(settings: &Settings) -> Result<Intents<App>> {
    Ok(agent(App {
        chat: settings.spaces(),
    }))
}

/// The table: display name in the console, function here. What stands between the lines is compared with the agent by
/// `flowhook check`, and changes nothing else.
pub fn agent(app: App) -> Intents<App> {
    Intents::new(app)
        .on("Default Welcome Intent", quickstart::welcome)
        .on("get-agent-name", quickstart::name)
        .on("guide.text", guide::text)
        .on("guide.card", guide::card)
        .on("guide.google-assistant", guide::google_assistant)
        .on("guide.context", guide::context)
        .sets_context("context-name")
        .on("guide.event", guide::event)
        .sends_event("event-name")
        .on("guide.session-entities", guide::session_entities)
        .sets_entities("fruit")
        .on("guide.custom-payload", guide::custom_payload)
        .on("handover.human", handover::human)
        .on("hours.open", hours::open)
        .on("late.fare", late::fare)
        .on("late.fare-by-event", late::fare_by_event)
        .reads_context(late::STILL_ASKING)
        .sends_event(late::STILL_ASKING)
        .texts(texts())
}

/// The words that stand in files, by language. A new language is a line for each topic.
pub fn texts() -> Texts {
    Texts::new("en")
        .file("hours.en.ftl", include_str!("hours.en.ftl"))
        .file("hours.de.ftl", include_str!("hours.de.ftl"))
}
