//! Handlers that return something else than a reply.

use flowhook::{Intents, Reply, Result, Turn};

async fn bare(_: Turn) -> Reply {
    Reply::text("Hello!")
}

async fn number(_: Turn) -> Result<u32> {
    Ok(7)
}

async fn nothing(_: Turn) {}

fn main() {
    let _ = Intents::new(()).on("bare", bare).on("number", number).on("nothing", nothing);
}
