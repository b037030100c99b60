//! Why a message did not get into a space, and what is to be done about it: the table of Chat's errors.

use std::time::Duration;

use crate::channels::Unfit;
use crate::channels::worker::Failed;
use crate::google::{self, Code, Trouble};
use crate::store::StoreError;

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The settings name no such space.
    #[error("there is no Chat space `{0}`: set `chat.spaces.{0}.url` to the URL of its webhook")]
    NoSuchSpace(String),
    /// Chat would refuse it.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Chat refused it, and would again.
    #[error(transparent)]
    Refused(google::Error),
    /// Chat did not take it now.
    #[error("{error}")]
    NotNow {
        /// What Chat said, if it said something.
        error: google::Error,
        /// When to try again.
        after: Duration,
    },
    /// Chat has refused others of this space, which is therefore left alone for a while.
    #[error("the space is left alone, since Chat has refused what came before")]
    Held {
        /// For how long.
        after: Duration,
    },
    /// The webhook does not work any more, and is not used until the program is started again.
    #[error(
        "the space's webhook is switched off until the program is started again, since Chat answered {0}"
    )]
    Disabled(Code),
    /// It was not to be put into the queue.
    #[error("the message is not in the queue: {0}")]
    Store(#[from] StoreError),
    /// The store did not answer.
    #[error("the message is not in the queue: the store did not answer in time")]
    StoreIsSlow,
    /// Who was sending it was stopped.
    #[error("sending was interrupted")]
    Interrupted,
}

impl Error {
    /// Whether the same may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::NotNow { .. } | Self::Held { .. } | Self::StoreIsSlow | Self::Interrupted => true,
            Self::Store(error) => error.is_transient(),
            Self::NoSuchSpace(_) | Self::Unfit(_) | Self::Refused(_) | Self::Disabled(_) => false,
        }
    }

    /// How long to wait before the same is tried again; none where that is pointless.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::NotNow { after, .. } | Self::Held { after } => Some(*after),
            error => error.is_transient().then_some(Duration::from_secs(1)),
        }
    }

    /// Chat's answer, in the terms of `google.rpc`, where there is one.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(error) | Self::NotNow { error, .. } => error.code(),
            Self::Disabled(code) => Some(*code),
            _ => None,
        }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        match error.retry_after() {
            Some(after) => Self::again_after(after, error.to_string()),
            None => Self::for_good(error.to_string()),
        }
    }
}

/// What is to be done when Chat did not take a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing: it was sent before.
    Sent,
    /// The same again at once: it may have been sent or not, and Chat knows a repetition by its id.
    Repeat,
    /// Wait, and try again.
    Wait,
    /// Wait, and try again a few times.
    WaitAFewTimes,
    /// Leave it: it is never taken.
    Leave,
    /// The webhook or the space is gone, or the thread.
    Gone,
    /// The webhook does not let us in any more.
    Shut,
}

/// The verdict on an error. Source: Chat's error page, and `google.rpc.Code`.
pub(super) fn verdict(error: &google::Error) -> Verdict {
    let code = match &error.trouble {
        // A redirect leads to wherever somebody wants the secret in the URL to go.
        Trouble::Refused { http: 300..=399, .. } => return Verdict::Leave,
        Trouble::Refused { code, .. } => *code,
        Trouble::Unanswered(_) | Trouble::Unreadable(_) | Trouble::NoToken { .. } => return Verdict::Repeat,
    };
    match code {
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange | Code::Unimplemented => {
            Verdict::Leave
        }
        Code::Unauthenticated | Code::PermissionDenied => Verdict::Shut,
        Code::NotFound => Verdict::Gone,
        Code::AlreadyExists => Verdict::Sent,
        Code::Aborted | Code::ResourceExhausted | Code::Cancelled | Code::Unavailable => Verdict::Wait,
        Code::Unknown | Code::Internal | Code::DataLoss => Verdict::WaitAFewTimes,
        Code::DeadlineExceeded => Verdict::Repeat,
    }
}
