//! Taking out of a reply what the agent's API version would refuse, and saying what was taken.

use std::fmt;

use super::field::Field;
use super::{ApiVersion, Struct};

/// Something that was taken out of a message before it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Where it stood, as in `fulfillmentMessages[2].telephonyTransferCall`.
    pub path: String,
    /// Why Dialogflow would have refused it.
    pub reason: Reason,
}

/// Why a part of a reply cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The agent speaks v2, and only v2beta1 has the field.
    #[error("only v2beta1 knows it, the agent is set to v2")]
    OnlyInV2Beta1,
    /// Neither version has a field of that name.
    #[error("no version of the API has a field of that name")]
    UnknownField,
    /// The enum has no value of that name.
    #[error("the enum has no value of that name")]
    UnknownName,
}

impl fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.reason)
    }
}

/// Prunes `message` to `version` and says what went.
pub(crate) fn prune(message: &mut impl Field, version: ApiVersion) -> Vec<Dropped> {
    let mut cut = Cut {
        version,
        dropped: Vec::new(),
    };
    message.prune(&Path::Root, &mut cut);
    cut.dropped
}

/// A pruning under way.
pub(crate) struct Cut {
    version: ApiVersion,
    dropped: Vec<Dropped>,
}

impl Cut {
    pub(crate) fn is_v2(&self) -> bool {
        self.version == ApiVersion::V2
    }

    pub(crate) fn record(&mut self, path: &Path<'_>, reason: Reason) {
        self.dropped.push(Dropped {
            path: path.to_string(),
            reason,
        });
    }

    pub(crate) fn take_unknown(&mut self, path: &Path<'_>, other: &mut Struct) {
        for (name, _) in std::mem::take(other) {
            self.record(&path.member(&name), Reason::UnknownField);
        }
    }
}

/// The way from the message to one of its values; costs nothing until it is written out.
pub(crate) enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'a str),
    Element(&'a Path<'a>, usize),
}

impl Path<'_> {
    pub(crate) fn member<'a>(&'a self, name: &'a str) -> Path<'a> {
        Path::Member(self, name)
    }

    pub(crate) fn element(&self, index: usize) -> Path<'_> {
        Path::Element(self, index)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Path::Root, name) => formatter.write_str(name),
            Self::Member(parent, name) => write!(formatter, "{parent}.{name}"),
            Self::Element(parent, index) => write!(formatter, "{parent}[{index}]"),
        }
    }
}
