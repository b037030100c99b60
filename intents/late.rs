//! What takes longer than Dialogflow waits: a fare that is picked up by a later turn, and the event that wins a little time.

use std::time::Duration;

use flowhook::{Answer, Reply, Result};

use super::Turn;

/// "How much is the ferry?"
///
/// The harbour is asked once. If it takes longer than Dialogflow waits, the user is told so, the asking goes on, and
/// whichever turn asks next gets the fare.
pub async fn fare(turn: Turn) -> Result<Reply> {
    let fare = turn
        .keep_working("fare", ask_the_harbour(Duration::from_secs(8)))
        .before_deadline()
        .await?;
    Ok(match fare {
        Some(euros) => Reply::text(format!("The ferry is {euros} euros.")),
        None => Reply::text("The harbour is slow today. Shall I look again?").chips(["Look again"]),
    })
}

/// "How much is the ferry, and don't send me away!"
///
/// The same without the user having to ask again: while the fare is not there, the reply is an event that leads back to this
/// intent, and Dialogflow calls once more, with a deadline of its own. It follows at most three matches in a turn, the first
/// among them, so the event is sent twice at most: after that there have to be words. Two more calls win about nine seconds.
pub async fn fare_by_event(turn: Turn) -> Result<Answer> {
    let fare = turn
        .keep_working("fare", ask_the_harbour(Duration::from_secs(8)))
        .before_deadline()
        .await?;
    if let Some(euros) = fare {
        return Ok(Reply::text(format!("The ferry is {euros} euros.")).into());
    }
    let sent = events_sent(&turn);
    if sent == EVENTS_IN_A_TURN {
        return Ok(Reply::text("The harbour does not answer. Please ask me later.").into());
    }
    Ok(Reply::event(STILL_ASKING).parameter("sent", sent + 1).into())
}

/// Dialogflow follows three matches in a turn; the user's own words made the first.
const EVENTS_IN_A_TURN: u64 = 2;

/// The event that the intent listens to.
pub const STILL_ASKING: &str = "STILL_ASKING_THE_HARBOUR";

/// How many events have led here in this turn. What an event hands over arrives in a context named like it.
fn events_sent(turn: &Turn) -> u64 {
    let handed_over = turn
        .context(STILL_ASKING)
        .and_then(|context| context.parameters.as_ref());
    let sent = handed_over.and_then(|parameters| parameters.get("sent")?.as_f64());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small count of our own"
    )]
    sent.map_or(0, |sent| sent as u64)
}

/// Stands for a slow service. What goes over the network goes here.
async fn ask_the_harbour(takes: Duration) -> Result<u32> {
    tokio::time::sleep(takes).await;
    Ok(42)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use flowhook::testing::{Caller, Conversation};
    use serde_json::json;

    use super::STILL_ASKING;
    use crate::intents::{App, agent};

    fn conversation() -> Conversation {
        Caller::new(agent(App::default()))
            .conversation()
            .listens(STILL_ASKING, "late.fare-by-event")
    }

    #[tokio::test(start_paused = true)]
    async fn a_fare_that_takes_too_long_is_picked_up_by_the_next_turn() {
        let mut talk = conversation();
        talk.asks("late.fare")
            .await
            .expect_text("The harbour is slow today. Shall I look again?")
            .expect_chips(["Look again"]);
        talk.asks("late.fare").await.expect_text("The ferry is 42 euros.");
    }

    #[tokio::test(start_paused = true)]
    async fn the_fare_is_known_for_twenty_minutes_and_then_asked_for_anew() {
        let mut talk = conversation();
        talk.asks("late.fare").await;
        talk.asks("late.fare").await.expect_mention("42 euros");
        talk.idle(Duration::from_secs(20 * 60)).await;
        talk.asks("late.fare").await.expect_mention("slow today");
    }

    #[tokio::test(start_paused = true)]
    async fn the_event_leads_back_until_the_fare_is_there() {
        conversation()
            .asks("late.fare-by-event")
            .await
            .expect_sound()
            .expect_followed([STILL_ASKING])
            .expect_text("The ferry is 42 euros.");
    }

    #[tokio::test(start_paused = true)]
    async fn after_two_events_there_are_words() {
        let heard = Caller::new(agent(App::default()))
            .ask("late.fare-by-event")
            .context(STILL_ASKING, 1, json!({"sent": 2.0}))
            .await;
        heard
            .expect_no_event()
            .expect_text("The harbour does not answer. Please ask me later.");
    }
}
