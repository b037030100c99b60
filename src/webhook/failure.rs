//! Why a turn has no answer of its handler's.

use std::fmt::{self, Write};

use super::params::ParamsError;
use super::reply::Finding;
use super::{BoxError, Call, Verdict, words};

/// Why a turn failed, as `on_error` sees it.
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

/// What is kept of a failure once nobody needs the error itself any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// What kind of failure it is, in a word: `error`, `panic`, `late`, `no handler`, ...
    pub kind: &'static str,
    /// What happened. Of a handler's own error its text, without what the user said.
    pub text: String,
    /// How to mend it.
    pub mend: &'static str,
    /// Whether it is a fault of the program's: it is none where a turn was late or an intent has no handler.
    pub is_fault: bool,
}

impl Failure {
    /// How to mend it.
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

    /// What kind of failure it is, in a word.
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

    /// What is kept of it. An error's text is the handler's code and may do anything, so this is called where handlers run.
    pub(super) fn told(&self, call: &Call) -> Failed {
        let mut bounded = Bounded {
            text: String::new(),
            room: MAX_TEXT,
        };
        // A text that fails half-way is told as far as it came.
        let _ = write!(bounded, "{self}");
        let text = match self {
            Self::Handler(_) => words::withhold(&bounded.text, call),
            _ => bounded.text,
        };
        let is_fault = !matches!(self, Self::NoHandler | Self::Late | Self::Stopping);
        Failed {
            kind: self.kind(),
            text,
            mend: self.mend(),
            is_fault,
        }
    }

    /// The column of the failure table for turns whose console response can stand in.
    pub(super) fn verdict(&self) -> Verdict {
        match self {
            Self::NoHandler => Verdict::NoHandler,
            Self::Late | Self::Stopping => Verdict::Unavailable,
            Self::Parameters(_) | Self::Handler(_) | Self::Panic(_) | Self::Refused(_) => Verdict::Failed,
        }
    }
}

/// The most bytes that are kept of a failure's text.
const MAX_TEXT: usize = 2_000;

/// The most causes that are told of an error; a chain may be a circle.
const MAX_CAUSES: usize = 16;

/// A text that takes no more than there is room for. It is cut before a word that does not fit, never within: half a word of
/// a user's would not be known as one.
struct Bounded {
    text: String,
    room: usize,
}

impl Write for Bounded {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        if more.len() <= self.room {
            self.text.push_str(more);
            self.room -= more.len();
            return Ok(());
        }
        let fitting = &more[..more.floor_char_boundary(self.room)];
        let whole = fitting
            .rfind(|letter: char| !letter.is_alphanumeric() && letter != '%')
            .unwrap_or(0);
        self.text.push_str(&fitting[..whole]);
        self.room = 0;
        Err(fmt::Error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHandler => formatter.write_str("no handler and no fallback for this intent"),
            Self::Parameters(error) => error.fmt(formatter),
            Self::Handler(error) => {
                write!(formatter, "{error}")?;
                let mut cause = error.source();
                for _ in 0..MAX_CAUSES {
                    let Some(error) = cause else { break };
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

#[cfg(test)]
mod tests {
    use std::error::Error;

    use bytes::Bytes;

    use super::*;
    use crate::wire::WebhookRequest;

    #[derive(Debug)]
    struct Circle;

    impl fmt::Display for Circle {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("round")
        }
    }

    impl Error for Circle {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&Circle)
        }
    }

    #[derive(Debug)]
    struct Broken;

    impl fmt::Display for Broken {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("half")?;
            Err(fmt::Error)
        }
    }

    impl Error for Broken {}

    fn told(error: BoxError) -> String {
        let body = br#"{"session": "s", "queryResult": {"queryText": "Quilliams"}}"#;
        let request = WebhookRequest::parse(body).unwrap();
        Failure::Handler(error)
            .told(&Call::new(request, Bytes::from_static(body)))
            .text
    }

    #[test]
    fn an_errors_text_ends_whatever_the_error_does() {
        assert_eq!(told(Box::new(Circle)).matches("round").count(), 1 + MAX_CAUSES);
        assert_eq!(told(Box::new(Broken)), "half");
        assert!(told("a few words ".repeat(5_000).into()).len() > MAX_TEXT - 10);
    }

    #[test]
    fn no_half_word_is_left_where_the_text_is_cut() {
        for filler in MAX_TEXT - 12..MAX_TEXT + 2 {
            let text = told(format!("{} Quilliams", ".".repeat(filler)).into());
            assert!(!text.contains("Qu"), "{}", &text[filler..]);
        }
    }
}
