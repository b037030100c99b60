//! Session data: values that a session keeps, whatever contexts come and go. All of them travel in one context that
//! handlers do not see.

use std::any::type_name;
use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde::de::{DeserializeOwned, Error};
use serde_json::Value;

use super::Call;
use super::params::{self, Misfit};
use crate::wire::{self, Struct};

/// A type that the session keeps until it is dropped: the user's name, the basket, what was asked before.
///
/// ```
/// use flowhook::{Reply, Result, SessionData, Turn};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Default, Serialize, Deserialize)]
/// struct Basket {
///     dishes: Vec<String>,
/// }
///
/// impl SessionData for Basket {
///     const NAME: &'static str = "basket";
/// }
///
/// async fn one_more(turn: Turn) -> Result<Reply> {
///     let mut basket: Basket = turn.session_data()?.unwrap_or_default();
///     basket.dishes.push("soup".to_owned());
///     Ok(Reply::text(format!("{} dishes.", basket.dishes.len())).session_data(&basket))
/// }
/// ```
///
/// It comes back exactly as it was given, empty strings and large numbers too. Several types stand side by side, and all
/// of them together have at most [`MAX_BYTES`].
///
/// **How long it lasts**: every reply of the webhook renews the context that carries it, for 99 turns. But Dialogflow ends every
/// context that nothing renewed for 20 minutes, and the session with it: what must outlive a pause belongs into a database of
/// the agent's.
///
/// **Who sees it**: Dialogflow keeps it with the session, its logs hold it, and a client of its API can read and write it.
/// Keep no secret in it, and trust it as much as the user's words.
pub trait SessionData {
    /// The name that it is kept under, unlike that of any other type. A change of it loses what sessions keep.
    const NAME: &'static str;
}

/// The most bytes that all data of a session may have, as JSON. Ours: the whole reply may have 64 KiB, and every request
/// of the session brings the data along.
pub const MAX_BYTES: usize = 16 * 1024;

/// The context that carries it.
pub(crate) const CONTEXT: &str = "flowhook-session-data";

/// The one member of that context. Dialogflow adds the parameters of intents beside it.
pub(super) const MEMBER: &str = "sessionData";

/// How many turns the context lives. Google's own libraries use the same for theirs.
const LIFESPAN: i32 = 99;

/// What the session of `call` keeps as a `T`.
pub(super) fn read<T: SessionData + DeserializeOwned>(call: &Call) -> Result<Option<T>, Misfit> {
    typed(member(call))
}

/// What a session keeps as a `T`, whose data is in a context with these parameters.
pub(crate) fn read_from<T: SessionData + DeserializeOwned>(parameters: &Struct) -> Result<Option<T>, Misfit> {
    typed(member_of(parameters))
}

fn typed<T: SessionData + DeserializeOwned>(kept: Option<&Struct>) -> Result<Option<T>, Misfit> {
    let kept = match kept.and_then(|kept| kept.get(T::NAME)) {
        None => return Ok(None),
        Some(Value::String(kept)) => kept,
        Some(_) => return Err(Misfit::custom("")),
    };
    if let Ok(value) = serde_json::from_str(kept) {
        return Ok(Some(value));
    }
    // The reader of parameters tells where it does not fit, and quotes nothing.
    let members: Struct = serde_json::from_str(kept).map_err(Misfit::custom)?;
    params::read(&members).map(Some)
}

/// All values that the session of `call` keeps, of whatever type; what cannot be read is given as it came.
pub(super) fn values(call: &Call) -> impl Iterator<Item = Value> {
    let kept = member(call).into_iter().flat_map(Struct::values);
    kept.map(|value| {
        let text = value.as_str().unwrap_or_default();
        serde_json::from_str(text).unwrap_or_else(|_| value.clone())
    })
}

fn member(call: &Call) -> Option<&Struct> {
    member_of(call.any_context(CONTEXT)?.parameters.as_ref()?)
}

fn member_of(parameters: &Struct) -> Option<&Struct> {
    parameters.get(MEMBER)?.as_object()
}

/// What a reply changes of it, by the names of the types.
#[derive(Clone, Default)]
pub(super) struct Changes(BTreeMap<&'static str, Change>);

#[derive(Clone)]
struct Change {
    type_name: &'static str,
    /// The value as JSON; none drops it. Text, for Dialogflow keeps every number as a float and may add to objects.
    value: Option<String>,
}

impl Changes {
    pub(super) fn keep<T: SessionData + Serialize>(&mut self, value: &T) -> Result<(), String> {
        let value = serde_json::to_string(value).map_err(|_| {
            format!(
                "session data `{}`: its type `{}` cannot be written as JSON",
                T::NAME,
                type_name::<T>()
            )
        })?;
        self.note::<T>(Some(value));
        Ok(())
    }

    pub(super) fn drop<T: SessionData>(&mut self) {
        self.note::<T>(None);
    }

    fn note<T: SessionData>(&mut self, value: Option<String>) {
        let type_name = type_name::<T>();
        self.0.insert(T::NAME, Change { type_name, value });
    }

    /// The context that carries all data of the session from now on; none where there is none. What found no room goes to
    /// `faults`.
    ///
    /// It is renewed though nothing changes: whether its 20 minutes begin when it is set or when it is last heard of, the
    /// guide and the published protos tell differently.
    pub(super) fn on_the_wire(self, call: &Call, faults: &mut Vec<String>) -> Option<wire::Context> {
        let before = member(call);
        if self.0.is_empty() && before.is_none_or(Struct::is_empty) {
            return None;
        }
        let mut kept = before.cloned().unwrap_or_default();
        kept.retain(|_, value| value.is_string());
        let (given, dropped): (Vec<_>, Vec<_>) =
            self.0.into_iter().partition(|(_, change)| change.value.is_some());
        for (name, _) in dropped {
            kept.remove(name);
        }
        let came = size(kept.iter());
        if came > MAX_BYTES {
            // No reply of ours kept that much. A client of the API did, and it would fill every reply from now on.
            faults.push(format!(
                "the session came with {came} bytes of session data, and all may have {MAX_BYTES}; it was put there by \
                 another, and is dropped"
            ));
            kept.clear();
        }
        for (name, Change { type_name, value }) in given {
            let value = value.unwrap_or_default();
            let others = size(kept.iter().filter(|(other, _)| *other != name));
            if others + name.len() + value.len() > MAX_BYTES {
                faults.push(format!(
                    "session data `{name}` of type `{type_name}` has {} bytes beside {others} of other types, and all may \
                     have {MAX_BYTES}; the value before stands. Keep less, or keep it in a database",
                    value.len()
                ));
                continue;
            }
            kept.insert(name.to_owned(), value.into());
        }
        Some(context(call, kept))
    }
}

fn size<'a>(members: impl Iterator<Item = (&'a String, &'a Value)>) -> usize {
    members
        .map(|(name, value)| name.len() + value.as_str().map_or(0, str::len))
        .sum()
}

/// The context that carries `kept`, or ends where nothing is kept.
fn context(call: &Call, kept: Struct) -> wire::Context {
    let lifespan = if kept.is_empty() { 0 } else { LIFESPAN };
    let parameters = (!kept.is_empty()).then(|| Struct::from_iter([(MEMBER.to_owned(), kept.into())]).into());
    wire::Context {
        name: format!("{}/contexts/{CONTEXT}", call.session_name()),
        lifespan_count: lifespan,
        parameters,
        other: Struct::new(),
    }
}

/// Shows what changes, and nothing of the values.
impl fmt::Debug for Changes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}
