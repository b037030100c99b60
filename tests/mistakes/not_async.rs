//! A handler that is not async.

use flowhook::{Intents, Reply, Result, Turn};

fn welcome(_: Turn) -> Result<Reply> {
    Ok(Reply::text("Hello!"))
}

fn main() {
    let _ = Intents::new(()).on("Default Welcome Intent", welcome);
}
