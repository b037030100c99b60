//! A handler that holds something over an await which cannot move between threads.

use std::rc::Rc;

use flowhook::{Intents, Reply, Result, Turn};

async fn welcome(_: Turn) -> Result<Reply> {
    let words = Rc::new("Hello!");
    std::future::ready(()).await;
    Ok(Reply::text(*words))
}

fn main() {
    let _ = Intents::new(()).on("Default Welcome Intent", welcome);
}
