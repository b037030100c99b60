//! One call of a method.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use serde_json::Value;

use super::Endpoint;

/// How long a call may take, from the connection to the last byte.
const PATIENCE: Duration = Duration::from_secs(20);

/// How large an answer may be; more than those of most methods that we call.
const MOST: usize = 4 * 1024 * 1024;

/// A call of a method of Google's.
#[must_use]
pub struct Call<'a> {
    pub(super) name: &'static str,
    pub(super) method: Method,
    pub(super) endpoint: &'a Endpoint,
    pub(super) path: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Body,
    pub(super) patience: Duration,
    pub(super) most: usize,
}

/// What goes along.
pub(super) enum Body {
    None,
    Json(Value),
    Bytes { kind: String, bytes: Bytes },
}

impl<'a> Call<'a> {
    /// Asks for the resource at the path, whose segments are given one by one. `name` completes "cannot ..".
    pub fn get(
        name: &'static str,
        endpoint: &'a Endpoint,
        path: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self::new(name, Method::GET, endpoint, path)
    }

    /// Posts to the path.
    pub fn post(
        name: &'static str,
        endpoint: &'a Endpoint,
        path: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self::new(name, Method::POST, endpoint, path)
    }

    /// Changes the resource at the path.
    pub fn patch(
        name: &'static str,
        endpoint: &'a Endpoint,
        path: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self::new(name, Method::PATCH, endpoint, path)
    }

    /// Deletes the resource at the path.
    pub fn delete(
        name: &'static str,
        endpoint: &'a Endpoint,
        path: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self::new(name, Method::DELETE, endpoint, path)
    }

    fn new(
        name: &'static str,
        method: Method,
        endpoint: &'a Endpoint,
        path: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            name,
            method,
            endpoint,
            path: path.into_iter().map(Into::into).collect(),
            query: Vec::new(),
            body: Body::None,
            patience: PATIENCE,
            most: MOST,
        }
    }

    /// With a parameter of the query.
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// With JSON.
    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self
    }

    /// With a file of that media type.
    pub fn bytes(mut self, kind: impl Into<String>, bytes: Bytes) -> Self {
        self.body = Body::Bytes {
            kind: kind.into(),
            bytes,
        };
        self
    }

    /// With another time limit than 20 seconds.
    pub fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// With an answer of up to so many bytes, instead of 4 MiB.
    pub fn up_to(mut self, bytes: usize) -> Self {
        self.most = bytes;
        self
    }
}

/// Shows what is wanted of whom, and neither path, query nor body.
impl fmt::Debug for Call<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Call")
            .field("name", &self.name)
            .field("method", &self.method)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
