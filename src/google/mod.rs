//! Google's REST APIs: where they are, who we are to them, and what their errors mean.
//!
//! One [`Client`] for each identity and scope makes the [`Call`]s: over HTTPS (plain HTTP reaches this machine alone), without
//! following redirects, bounded in time and bytes. What comes back is JSON or an [`Error`] that knows its `google.rpc` code, whether
//! the same call may work later, and when. Neither a path, a query, a body nor a token is in an error or in `Debug`: phone numbers
//! and words of users stand in them.

mod call;
mod client;
mod code;
mod credentials;
mod endpoint;
mod error;

pub use call::Call;
pub use client::Client;
pub use code::Code;
pub use credentials::{Account, Credentials};
pub use endpoint::{Endpoint, EndpointError};
pub use error::{Error, Trouble};
