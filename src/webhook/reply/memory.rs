//! What a reply lets the conversation remember. Only what is named here is sent: a context that no call names goes on as it
//! is, one turn nearer to its end.

use serde::Serialize;

use super::{Finding, Reply};
use crate::webhook::{Context, OutputContext, SessionData};

impl<Form> Reply<Form> {
    /// Remembers a value for the turns that its type says. What is remembered already gets its full lifespan anew, even if
    /// nothing in it has changed.
    pub fn remember<T: Context + Serialize>(self, value: &T) -> Self {
        self.remember_for(value, T::LIFESPAN)
    }

    /// Remembers a value for so many turns.
    pub fn remember_for<T: Context + Serialize>(mut self, value: &T, turns: u32) -> Self {
        match OutputContext::carrying(value) {
            Ok(context) => self.context(context.lifespan(turns)),
            Err(rule) => {
                self.faults.push(Finding::new("outputContexts", rule));
                self
            }
        }
    }

    /// Keeps what is remembered as a `T` for its full lifespan once more, as it is. Where nothing is, nothing happens.
    pub fn keep<T: Context>(self) -> Self {
        self.keep_context(T::NAME, T::LIFESPAN)
    }

    /// Forgets what was remembered as a `T`.
    pub fn forget<T: Context>(self) -> Self {
        self.forget_context(T::NAME)
    }

    /// Sets a context by name. The last word on a context counts.
    pub fn context(mut self, context: OutputContext) -> Self {
        self.contexts.retain(|earlier| !earlier.is(context.id()));
        self.contexts.push(context);
        self
    }

    /// Keeps a context by name for so many turns more, with what it carries. Where it is not active, nothing happens.
    pub fn keep_context(mut self, id: impl Into<String>, turns: u32) -> Self {
        let id = id.into();
        // What this reply says that the context shall carry stands.
        let set = self
            .contexts
            .iter()
            .position(|earlier| earlier.is(&id) && earlier.is_set());
        let context = match set {
            Some(place) => self.contexts.remove(place).lifespan(turns),
            None => OutputContext::kept(id, turns),
        };
        self.context(context)
    }

    /// Ends a context by name.
    pub fn forget_context(self, id: impl Into<String>) -> Self {
        self.context(OutputContext::new(id).lifespan(0))
    }

    /// Keeps a value for the rest of the session, in place of the one that was kept under the type's name. A value that
    /// would make the session's data larger than [`MAX_BYTES`](crate::webhook::session_data::MAX_BYTES) is left out and
    /// logged with the type and the sizes; the one before stands.
    pub fn session_data<T: SessionData + Serialize>(mut self, value: &T) -> Self {
        if let Err(rule) = self.session_data.keep(value) {
            self.faults.push(Finding::new("outputContexts", rule));
        }
        self
    }

    /// Drops what the session keeps as a `T`.
    pub fn forget_session_data<T: SessionData>(mut self) -> Self {
        self.session_data.drop::<T>();
        self
    }
}
