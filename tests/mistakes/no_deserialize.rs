//! Parameters that serde cannot read.

use flowhook::{Intents, Reply, Result, Turn};

struct Party {
    guests: u8,
}

async fn book(turn: Turn<Party>) -> Result<Reply> {
    Ok(Reply::text(format!("A table for {}.", turn.params.guests)))
}

fn main() {
    let _ = Intents::new(()).on("table.book", book);
}
