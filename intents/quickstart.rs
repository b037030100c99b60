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
        let heard = Caller::new(agent(App))
            .ask("Default Welcome Intent")
            .said("Hi!")
            .await;
        assert!(!heard.text().is_empty());
        assert_eq!(heard.chips(), ["What is your name?"]);
    }

    #[tokio::test]
    async fn the_agent_tells_its_name() {
        let heard = Caller::new(agent(App)).ask("get-agent-name").await;
        assert_eq!(heard.text(), "My name is Flowhook.");
    }
}
