//! What a line of the table says of its handler beyond what its types tell: the contexts that it reads and sets, the events that
//! it sends, the session entities that it gives, whether it fills slots. Nothing at run time depends on it; `flowhook check`
//! compares it with the agent.

use std::panic::Location;

use super::{Context, Intents};

/// What a line declares, names as they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Contexts that the handler reads.
    pub reads: Vec<String>,
    /// Contexts that it sets or renews.
    pub sets: Vec<String>,
    /// Events that it sends.
    pub sends: Vec<String>,
    /// Entity types that it changes for the session.
    pub entities: Vec<String>,
    /// Whether it knows what to do while the agent still asks for parameters.
    pub fills_slots: bool,
}

/// Each of these tells something of the line before it, for `flowhook check`. A handler works the same without them.
///
/// ```
/// use flowhook::{Context, Intents, Reply, Result, Turn};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Booking {
///     guests: u8,
/// }
///
/// impl Context for Booking {
///     const NAME: &'static str = "booking";
/// }
///
/// async fn book(_: Turn) -> Result<Reply> {
///     Ok(Reply::text("A table for two.").remember(&Booking { guests: 2 }))
/// }
///
/// async fn how_many(turn: Turn) -> Result<Reply> {
///     let booking: Option<Booking> = turn.recall()?;
///     Ok(Reply::text(booking.map_or("None yet.".to_owned(), |booking| format!("For {}.", booking.guests))))
/// }
///
/// let table = Intents::new(())
///     .on("table.book", book)
///     .sets::<Booking>()
///     .on("table.how-many", how_many)
///     .reads::<Booking>()
///     .into_table()?;
/// assert_eq!(table.entries()[1].declared.reads, ["booking"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl<App: Send + Sync + 'static> Intents<App> {
    /// The handler reads that context.
    #[track_caller]
    pub fn reads<T: Context>(self) -> Self {
        self.reads_context(T::NAME)
    }

    /// The handler reads the context of that name.
    #[track_caller]
    pub fn reads_context(self, id: &str) -> Self {
        self.declaring(|declared| declared.reads.push(id.to_owned()))
    }

    /// The handler sets that context.
    #[track_caller]
    pub fn sets<T: Context>(self) -> Self {
        self.sets_context(T::NAME)
    }

    /// The handler sets the context of that name.
    #[track_caller]
    pub fn sets_context(self, id: &str) -> Self {
        self.declaring(|declared| declared.sets.push(id.to_owned()))
    }

    /// The handler sends that event.
    #[track_caller]
    pub fn sends_event(self, event: &str) -> Self {
        self.declaring(|declared| declared.sends.push(event.to_owned()))
    }

    /// The handler changes that entity type for the session.
    #[track_caller]
    pub fn sets_entities(self, entity_type: &str) -> Self {
        self.declaring(|declared| declared.entities.push(entity_type.to_owned()))
    }

    /// The handler is ready for turns in which the agent still asks for parameters.
    #[track_caller]
    pub fn fills_slots(self) -> Self {
        self.declaring(|declared| declared.fills_slots = true)
    }

    #[track_caller]
    fn declaring(mut self, tell: impl FnOnce(&mut Declared)) -> Self {
        match self.entries.last_mut() {
            Some(entry) => tell(&mut entry.declared),
            None => self.misplaced.push(Location::caller()),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::{Reply, Turn};

    async fn hello(_: Turn) -> crate::Result<Reply> {
        Ok(Reply::text("Hello!"))
    }

    #[test]
    fn what_is_declared_belongs_to_the_line_before_it() {
        let table = Intents::new(())
            .on("first", hello)
            .reads_context("cart")
            .sends_event("PAID")
            .on("second", hello)
            .sets_context("cart")
            .sets_entities("fruit")
            .fills_slots()
            .into_table()
            .unwrap();
        let [first, second] = table.entries() else {
            panic!("two lines make two entries")
        };
        assert_eq!(
            (&first.declared.reads[..], &first.declared.sends[..]),
            (&["cart".to_owned()][..], &["PAID".to_owned()][..])
        );
        assert!(first.declared.sets.is_empty() && second.declared.fills_slots);
        assert_eq!(
            (&second.declared.sets[..], &second.declared.entities[..]),
            (&["cart".to_owned()][..], &["fruit".to_owned()][..])
        );
    }

    #[test]
    fn what_is_declared_of_no_line_is_refused_with_its_place() {
        let error = Intents::new(())
            .reads_context("cart")
            .on("hello", hello)
            .into_table();
        let error = error.err().unwrap().to_string();
        assert!(error.starts_with("src/webhook/declared.rs:"), "{error}");
        assert!(
            error.ends_with("stands before the first line; write it after the line that it tells of"),
            "{error}"
        );
    }
}
