//! The words in which the user gave a parameter, which the agent made a value of.

use serde_json::Value;

use super::Call;
use super::context::is_reserved;
use crate::wire::Struct;

impl Call {
    /// The words in which the user gave a parameter: `tomorrow at two` for a date. The first ones for a list; none when
    /// nobody gave it, or no context is active. For a part of a composite entity: `moves.steps`.
    ///
    /// ```
    /// use flowhook::{Reply, Result, Turn, sys};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Appointment {
    ///     date: sys::Date,
    /// }
    ///
    /// async fn book(turn: Turn<Appointment>) -> Result<Reply> {
    ///     let words = turn.spoken("date").unwrap_or("then");
    ///     Ok(Reply::text(format!("You said {words}: that is {}.", turn.params.date)))
    /// }
    /// ```
    ///
    /// Source: `NAME.original` beside the parameters in every active context.
    #[must_use]
    pub fn spoken(&self, parameter: &str) -> Option<&str> {
        self.spoken_each(parameter).into_iter().next()
    }

    /// The words in which the user gave each value of a list parameter; empty when nobody gave any.
    #[must_use]
    pub fn spoken_each(&self, parameter: &str) -> Vec<&str> {
        let contexts = &self.query_result().output_contexts;
        // Dialogflow writes them into all contexts alike; its own go on where an agent has none.
        let (own, others): (Vec<_>, Vec<_>) = contexts.iter().partition(|context| is_reserved(context.id()));
        others
            .into_iter()
            .chain(own)
            .filter_map(|context| context.parameters.as_ref())
            .map(|carried| words_in(carried, parameter))
            .find(|words| !words.is_empty())
            .unwrap_or_default()
    }
}

/// The words for a parameter, in a context or within the object of a composite entity.
fn words_in<'a>(carried: &'a Struct, parameter: &str) -> Vec<&'a str> {
    if let Some(original) = carried.get(&format!("{parameter}.original")) {
        return words_of(original);
    }
    let Some((outer, inner)) = parameter.split_once('.') else {
        return Vec::new();
    };
    match carried.get(outer) {
        Some(Value::Object(members)) => words_in(members, inner),
        Some(Value::Array(list)) => {
            let objects = list.iter().filter_map(Value::as_object);
            objects.flat_map(|members| words_in(members, inner)).collect()
        }
        _ => Vec::new(),
    }
}

fn words_of(original: &Value) -> Vec<&str> {
    match original {
        Value::String(words) if !words.is_empty() => vec![words],
        Value::Array(list) => list.iter().flat_map(words_of).collect(),
        _ => Vec::new(),
    }
}
