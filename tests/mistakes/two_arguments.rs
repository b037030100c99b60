//! A handler that takes one argument too many.

use flowhook::{Intents, Reply, Result, Turn};

async fn welcome(_: Turn, name: String) -> Result<Reply> {
    Ok(Reply::text(format!("Hello, {name}!")))
}

fn main() {
    let _ = Intents::new(()).on("Default Welcome Intent", welcome);
}
