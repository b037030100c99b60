//! Parameters as types of the handler's own: "not given" understood, errors that name intent and parameter.

mod fields;
mod misfit;
mod read;
mod shape;

use serde::Deserialize;
use serde_json::Value;

pub use fields::{Field, fields_of, shape_of};
pub use misfit::Misfit;
pub(crate) use read::read;
pub(super) use read::{ONE_OR_MANY, read_value};
pub use shape::{Shape, Unfit};

/// For a handler that needs no parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct NoParams {}

/// Parameters, or what a context carries, that do not fit the type they are read as.
#[derive(Debug, thiserror::Error)]
pub enum ParamsError {
    /// The intent's parameters.
    #[error("intent `{intent}`: parameter {misfit}")]
    Parameter {
        /// The intent's display name.
        intent: String,
        /// Which parameter, and why.
        misfit: Misfit,
    },
    /// What a context carries.
    #[error("intent `{intent}`: context `{context}`: {misfit}")]
    Context {
        /// The intent's display name.
        intent: String,
        /// The context's id.
        context: String,
        /// Where in the context, and why.
        misfit: Misfit,
    },
    /// Session data.
    #[error("intent `{intent}`: session data `{name}`: {misfit}")]
    SessionData {
        /// The intent's display name.
        intent: String,
        /// The name of the type that it is read as.
        name: &'static str,
        /// Where in the data, and why.
        misfit: Misfit,
    },
}

impl ParamsError {
    /// Whether all that is wrong is that nobody gave the parameter.
    #[must_use]
    pub fn is_not_given(&self) -> bool {
        matches!(self, Self::Parameter { misfit, .. } if misfit.is_not_given())
    }
}

/// Whether a value is Dialogflow's way of saying that nobody gave one, or holds nothing else. Source: the slot-filling guide,
/// for every type.
pub(super) fn is_not_given(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.iter().all(is_not_given),
        Value::Object(members) => !members.is_empty() && members.values().all(is_not_given),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
