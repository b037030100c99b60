//! Parameters as types of the handler's own: "not given" understood, errors that name intent and parameter.

mod fields;
mod read;

use serde::Deserialize;
use serde_json::Value;

pub use fields::{Field, fields_of};
pub use read::Misfit;
pub(super) use read::read;

/// For a handler that needs no parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct NoParams {}

/// Parameters, or what a context carries, that do not fit the type they are read as.
#[derive(Debug, thiserror::Error)]
#[error("intent `{intent}`: {whole} {misfit}")]
pub struct ParamsError {
    pub(super) intent: String,
    pub(super) whole: &'static str,
    pub(super) misfit: Misfit,
}

/// Whether a value is Dialogflow's way of saying that nobody gave one. Source: the slot-filling guide, for every type.
pub(super) fn is_not_given(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}
