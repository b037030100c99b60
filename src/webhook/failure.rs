//! Why a turn has no answer of its handler's.

use std::fmt;

use super::BoxError;
use super::params::ParamsError;
use super::reply::Finding;

/// Why a turn failed, as `on_error` sees it and the log tells it.
#[derive(Debug)]
pub enum Failure {
    /// No line of the table claims the intent, and there is no fallback.
    NoHandler,
    /// The parameters do not fit what the handler reads.
    Parameters(ParamsError),
    /// The handler failed with this error.
    Handler(BoxError),
    /// The handler panicked. Holds where, and what it said if that was fixed text of the program's.
    Panic(String),
    /// The handler was not done at the deadline.
    Late,
    /// The reply breaks rules of Dialogflow's, and nothing of it was left to say.
    Refused(Vec<Finding>),
    /// The program is ending.
    Stopping,
}

impl Failure {
    /// How to mend it, for the log.
    #[must_use]
    pub fn mend(&self) -> &'static str {
        match self {
            Self::NoHandler => {
                "add an `.on` line for it to the table in intents/mod.rs, add a fallback, or switch the webhook off for \
                 the intent"
            }
            Self::Parameters(_) => {
                "give the field a type that holds what the agent collects, make it an `Option`, or make the parameter \
                 required in the console"
            }
            Self::Handler(_) => "handle the error in the handler, or say something better in `on_error`",
            Self::Panic(_) => "return an error instead of panicking",
            Self::Late => "do less before answering, or look at `turn.remaining()` and answer earlier",
            Self::Refused(_) => "change the reply as the rule says",
            Self::Stopping => "nothing to mend: the program was told to stop",
        }
    }

    /// What kind of failure it is, in a word, for the log.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoHandler => "no handler",
            Self::Parameters(_) => "parameters",
            Self::Handler(_) => "error",
            Self::Panic(_) => "panic",
            Self::Late => "late",
            Self::Refused(_) => "refused reply",
            Self::Stopping => "stopping",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHandler => formatter.write_str("no handler and no fallback for this intent"),
            Self::Parameters(error) => error.fmt(formatter),
            Self::Handler(error) => {
                error.fmt(formatter)?;
                let mut cause = error.source();
                while let Some(error) = cause {
                    write!(formatter, ": {error}")?;
                    cause = error.source();
                }
                Ok(())
            }
            Self::Panic(note) => write!(formatter, "the handler panicked {note}"),
            Self::Late => formatter.write_str("the handler was not done at the deadline"),
            Self::Refused(findings) => {
                formatter.write_str("Dialogflow would refuse the reply")?;
                findings
                    .iter()
                    .try_for_each(|finding| write!(formatter, "; {finding}"))
            }
            Self::Stopping => formatter.write_str("the program is ending"),
        }
    }
}
