//! What a turn remembers of earlier ones: contexts, typed or by name, what an event brought, session data.

use serde::de::DeserializeOwned;

use super::Call;
use super::context::{self, Context};
use super::params::{self, ParamsError};
use super::session_data::{self, SessionData};
use crate::wire::{self, Struct};

impl Call {
    /// The active contexts, without those that Dialogflow keeps for itself and without session data.
    pub fn contexts(&self) -> impl Iterator<Item = &wire::Context> {
        let contexts = self.query_result().output_contexts.iter();
        contexts.filter(|context| {
            let id = context.id();
            !context::is_reserved(id) && !id.eq_ignore_ascii_case(session_data::CONTEXT)
        })
    }

    /// The active context of that id, upper and lower case being the same; of what [`Self::contexts`] leaves out, none.
    #[must_use]
    pub fn context(&self, id: &str) -> Option<&wire::Context> {
        self.contexts()
            .find(|context| context.id().eq_ignore_ascii_case(id))
    }

    /// The active context of that id, whoever keeps it.
    pub(super) fn any_context(&self, id: &str) -> Option<&wire::Context> {
        let mut contexts = self.query_result().output_contexts.iter();
        contexts.find(|context| context.id().eq_ignore_ascii_case(id))
    }

    /// What was remembered as a `T` on an earlier turn; none when its context has ended.
    ///
    /// # Errors
    ///
    /// When the context is active, but what it carries is no `T`. The text names the context and the place in it.
    pub fn recall<T: Context + DeserializeOwned>(&self) -> Result<Option<T>, ParamsError> {
        self.recall_from(T::NAME)
    }

    /// What the context of that id carries, as a `T`: for contexts that somebody else sets, such as the console or an
    /// integration. None when it is not active.
    ///
    /// # Errors
    ///
    /// As [`Self::recall`].
    pub fn recall_from<T: DeserializeOwned>(&self, id: &str) -> Result<Option<T>, ParamsError> {
        self.context(id).map(|context| self.carried(context)).transpose()
    }

    /// How many turns after this one a `T` is remembered; 0 on the last, none when its context has ended.
    #[must_use]
    pub fn turns_left<T: Context>(&self) -> Option<u32> {
        self.context(T::NAME).map(wire::Context::turns_left)
    }

    /// What the event that led to this turn brought, as a `T`; none when no event did, or it brought nothing. Dialogflow
    /// hands the parameters of an event over in a context with the event's name in lower case, and names the event in place
    /// of the user's words. A user who types the name while that context is active reaches them too. Of an event that the
    /// words do not name, [`Self::recall_from`] reads them by its name.
    ///
    /// Source: the guide, "Events", and recorded requests.
    ///
    /// # Errors
    ///
    /// When the event brought something that is no `T`. The text names the context and the place in it.
    pub fn event_parameters<T: DeserializeOwned>(&self) -> Result<Option<T>, ParamsError> {
        let event = self.said().to_lowercase();
        let mut contexts = self.contexts();
        let brought = contexts.find(|context| context.id().to_lowercase() == event);
        brought.map(|context| self.carried(context)).transpose()
    }

    /// What the session keeps as a `T`, whatever contexts have ended; none until a reply gave it. See [`SessionData`] for
    /// how long it lasts.
    ///
    /// # Errors
    ///
    /// When what is kept under the type's name is no `T`, as after a change of the type. The text names the place in it.
    pub fn session_data<T: SessionData + DeserializeOwned>(&self) -> Result<Option<T>, ParamsError> {
        session_data::read(self).map_err(|misfit| ParamsError::SessionData {
            intent: self.intent().to_owned(),
            name: T::NAME,
            misfit,
        })
    }

    fn carried<T: DeserializeOwned>(&self, context: &wire::Context) -> Result<T, ParamsError> {
        let nothing = Struct::new();
        params::read(context.parameters.as_deref().unwrap_or(&nothing)).map_err(|misfit| {
            ParamsError::Context {
                intent: self.intent().to_owned(),
                // In Dialogflow's spelling, whoever sent it.
                context: context.id().to_ascii_lowercase(),
                misfit,
            }
        })
    }
}
