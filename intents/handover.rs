//! "I want to talk to a human." People who sit in a Google Chat space are told, where the settings name one.

use flowhook::channels::chat::{Message, plain};
use flowhook::{Reply, Result};

use super::Turn;

/// The space that is told: `chat.spaces.desk.url`.
const DESK: &str = "desk";

/// "Give me a human!"
pub async fn human(turn: Turn) -> Result<Reply> {
    let words = if tell_the_desk(&turn).await {
        "I have called somebody, who will be here soon."
    } else {
        "I will get somebody."
    };
    Ok(Reply::text(words).hand_off("asks for a human"))
}

/// Whether the people at the desk are told. All that they are told of one session stands in one thread.
async fn tell_the_desk(turn: &Turn) -> bool {
    let chat = &turn.app.chat;
    if !chat.has(DESK) {
        return false;
    }
    let words = plain(turn.said());
    let message = Message::text(format!("*Somebody asks for a human*: {words}"))
        .thread_of(turn.session().name)
        .once(turn.response_id())
        .shortened();
    match chat.send(DESK, message).await {
        Ok(()) => true,
        // The user gets an answer even so.
        Err(error) => {
            tracing::error!("the desk is not told: {error}");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use flowhook::testing::Caller;

    use crate::intents::{App, agent};

    #[tokio::test]
    async fn where_no_space_is_set_up_the_caller_is_handed_over_all_the_same() {
        let heard = Caller::new(agent(App::default())).ask("handover.human").await;
        assert_eq!(heard.text(), "I will get somebody.");
        assert_eq!(
            heard.webhook_payload("handoff").unwrap()["reason"],
            "asks for a human"
        );
    }
}
