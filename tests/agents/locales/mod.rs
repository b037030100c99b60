//! A shop that speaks English, French, and in one place the French of Canada.

mod conversations;

use flowhook::{Intents, Reply, Result, Text, Texts, Turn};
use serde::Deserialize;

/// "Hello", in any language.
async fn welcome(turn: Turn) -> Result<Reply> {
    Ok(Reply::text(turn.text("welcome")?))
}

#[derive(Deserialize)]
struct Basket {
    count: u32,
}

/// "What is in my basket?"
async fn basket(turn: Turn<Basket>) -> Result<Reply> {
    let text = Text::of("basket").with("count", turn.params.count);
    Ok(Reply::text(turn.text(text)?).chips([turn.text("basket.more")?]))
}

/// "Do you deliver?"
async fn delivery(turn: Turn) -> Result<Reply> {
    Ok(Reply::text(turn.text("only-here")?))
}

/// Whatever is not understood.
async fn fallback(turn: Turn) -> Result<Reply> {
    Ok(Reply::text(turn.text("not-understood")?))
}

fn texts() -> Texts {
    Texts::new("en")
        .file("en.ftl", include_str!("en.ftl"))
        .file("fr.ftl", include_str!("fr.ftl"))
        .file("fr-CA.ftl", include_str!("fr-CA.ftl"))
}

fn agent() -> Intents {
    Intents::new(())
        .texts(texts())
        .on("welcome", welcome)
        .on("basket", basket)
        .on("delivery", delivery)
        .fallback(fallback)
}
