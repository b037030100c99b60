//! "When are you open?", answered in the user's language. The words are in `hours.en.ftl` and `hours.de.ftl`.

use flowhook::{Reply, Result, Text};
use serde::Deserialize;

use super::Turn;

/// What the agent collects: on which day, when it was said.
#[derive(Deserialize)]
pub struct Question {
    weekday: Option<String>,
}

/// "When are you open?"
pub async fn open(turn: Turn<Question>) -> Result<Reply> {
    if turn.params.weekday.as_deref() == Some("sunday") {
        return Ok(Reply::text(turn.text("closed")?).chips([turn.text("closed.chip")?]));
    }
    let open = turn.text(Text::of("open").with("until", 18))?;
    let seats = turn.text(Text::of("seats").with("free", 1))?;
    Ok(Reply::text(open).say(seats))
}

#[cfg(test)]
mod tests {
    use flowhook::testing::Caller;

    use crate::intents::{App, agent, texts};

    #[tokio::test]
    async fn the_hours_are_told_in_the_users_language_or_in_english() {
        let caller = Caller::new(agent(App::default()));
        for (language, heard) in [
            ("en-us", "We are open until 18.\nOne seat is free."),
            ("de-AT", "Wir haben bis 18 Uhr offen.\nEin Platz ist frei."),
            ("fr", "We are open until 18.\nOne seat is free."),
        ] {
            let answer = caller.ask("hours.open").language(language).await;
            assert_eq!(answer.text(), heard, "{language}");
        }
    }

    #[tokio::test]
    async fn on_sunday_it_is_closed_and_the_chip_is_in_the_same_language() {
        let heard = Caller::new(agent(App::default()))
            .ask("hours.open")
            .parameter("weekday", "sunday")
            .language("de")
            .await;
        assert_eq!(heard.text(), "Heute haben wir geschlossen.");
        assert_eq!(heard.chips(), ["Und morgen?"]);
    }

    #[test]
    fn every_language_has_every_text() {
        assert_eq!(texts().faults(), []);
    }
}
