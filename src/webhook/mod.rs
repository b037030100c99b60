//! One turn, without HTTP: from the bytes of a WebhookRequest to the bytes of a reply that Dialogflow accepts.
//!
//! A handler gets a [`Turn`] and gives a [`Reply`]; [`Intents`] is the table of handlers; [`Webhook`] answers a call
//! with it, in time and whatever the handler does.

mod arrival;
mod call;
mod choice;
mod session;
mod source;
mod trace;
mod turn;

mod language;
pub mod texts;

mod context;
mod memory;
pub mod params;
pub mod reply;
pub mod session_data;
mod slots;
mod spoken;
pub mod sys;

mod declared;
mod digits;
mod handler;
mod intents;

mod answer;
mod answered;
mod failure;
mod isolate;
mod line;
mod options;
mod pace;
mod panics;
mod replay;
mod shared;
mod witness;
mod words;
mod work;
mod workshop;

pub use answer::Webhook;
pub use answered::{Answered, Verdict};
pub use arrival::Arrival;
pub use call::Call;
pub use context::{Context, OutputContext};
pub use declared::Declared;
pub use failure::{Failed, Failure};
pub use handler::{Answer, Awaitable, Outcome, Parameters};
pub(crate) use intents::{Door, Doors};
pub use intents::{Entry, Intents, Route, Table, TableError};
pub use options::Options;
pub use panics::keep_panics_quiet;
pub use params::NoParams;
pub use reply::{Event, Reply};
pub use session::Session;
pub use session_data::SessionData;
pub use slots::{Filled, Slots};
pub use source::{Source, UserId};
pub use texts::{Text, TextError, Texts};
pub use trace::{SpanId, Trace, TraceId};
pub use turn::Turn;
pub use witness::{LateWork, Told, Witness};
pub use work::{Work, WorkError};

/// Any error a handler may fail with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a handler returns: `Result<Reply>`, failing through `?` with any error.
pub type Result<T, E = BoxError> = std::result::Result<T, E>;
