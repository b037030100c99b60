//! An agent with handlers for RCS for Business and Business Messages: it echoes, hangs, fails, says goodbye, and asks Dialogflow.

use std::process::ExitCode;

use flowhook::channels::rbm::{Answer, Inbound, Kind, Message, Question};
use flowhook::channels::{business_messages, rbm};
use flowhook::{Intents, Reply, Result, Turn};

fn main() -> ExitCode {
    flowhook::main(async |_| {
        let agent = Intents::new(())
            .on("order.soup", soup)
            .rbm(rbm)
            .business_messages(business_messages);
        Ok(agent)
    })
}

async fn soup(turn: Turn) -> Result<Reply> {
    let kind = turn.payload().and_then(|payload| payload.get("kind")?.as_str());
    let text = format!("Soup, by {}.", kind.unwrap_or("nothing"));
    Ok(Reply::message(
        flowhook::rbm::Text::new(text).suggest(flowhook::rbm::Suggestion::reply("More", "more")),
    ))
}

async fn rbm(inbound: Inbound) -> Result<Answer> {
    if inbound.agent.starts_with("hang") {
        std::future::pending::<()>().await;
    }
    Ok(match &inbound.kind {
        Kind::Unsubscribed => Message::text("Goodbye.").into(),
        Kind::Subscribed => Message::text("Welcome back.").into(),
        Kind::Text(text) if text.starts_with("echo ") => [
            Message::text(format!("1 {text}")),
            Message::text(format!("2 {text}")),
        ]
        .into(),
        Kind::Text(text) if text.starts_with("fail ") => {
            let user = inbound.user.as_ref().map_or("", rbm::PhoneNumber::as_str);
            return Err(format!("{user} wanted {text}").into());
        }
        Kind::Text(_) | Kind::Tap(_) | Kind::Location(_) | Kind::File(_) => Question::as_said().into(),
        _ => ().into(),
    })
}

async fn business_messages(inbound: business_messages::Inbound) -> Result<business_messages::Answer> {
    Ok(match &inbound.kind {
        business_messages::Kind::Text(text) => {
            business_messages::Message::text(format!("You wrote {text}.")).into()
        }
        _ => ().into(),
    })
}
