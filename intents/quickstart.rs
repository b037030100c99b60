//! The two intents of Google's quickstart: a welcome, and the agent's name.

use flowhook::{Reply, Result};

use super::Turn;

/// "Hi!"
pub async fn welcome(_: Turn) -> Result<Reply> {
    Ok(
        Reply::one_of(["Hello! What can I do for you?", "Hi there! How can I help?"])
            .chips(["What is your name?"]),
    )
}

/// "What is your name?"
pub async fn name(_: Turn) -> Result<Reply> {
    Ok(Reply::text("My name is Flowhook."))
}

#[cfg(test)]
mod tests {
    use flowhook::testing::Caller;

    use crate::intents::{App, agent};

    #[tokio::test]
    async fn a_greeting_is_returned_with_something_to_ask() {
        let mut talk = Caller::new(agent(App::default())).conversation();
        talk.asks("Default Welcome Intent")
            .said("Hi!")
            .await
            .expect_one_of(["Hello! What can I do for you?", "Hi there! How can I help?"])
            .expect_chips(["What is your name?"]);
        talk.asks("get-agent-name")
            .said("What is your name?")
            .await
            .expect_text("My name is Flowhook.");
    }
}
