//! What the proof and the rendering find in a reply: where, which rule, what became of it, and how to mend it.

use std::borrow::Cow;
use std::fmt;

/// Something that was found in a reply before it left. None of its texts holds a word of the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Where in the reply, as in `outputContexts[0]`.
    pub place: String,
    /// What the rule says.
    pub rule: String,
    /// How to mend it.
    pub mend: Cow<'static, str>,
    /// What Dialogflow would have said to it, in its own words, where they are known.
    pub refusal: Option<String>,
    /// What became of the place.
    pub effect: Effect,
}

/// What became of the place that a [`Finding`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It was left out of what is sent.
    TakenOut,
    /// It is sent in another form, which keeps the rule.
    Changed,
    /// The user's integration cannot show it as it is, and gets the best form that it has.
    Degraded,
    /// It is sent as it is, and may not do what is meant.
    Advice,
}

impl Finding {
    /// A rule that a place breaks, so that it was taken out.
    pub(super) fn new(place: &str, rule: impl Into<String>) -> Self {
        Self {
            place: place.to_owned(),
            rule: rule.into(),
            mend: Cow::Borrowed("do as the rule says, or leave it out"),
            refusal: None,
            effect: Effect::TakenOut,
        }
    }

    /// The same with another effect.
    pub(super) fn with(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// The same with another mend.
    pub(super) fn mend(mut self, mend: impl Into<Cow<'static, str>>) -> Self {
        self.mend = mend.into();
        self
    }

    /// The same with what Dialogflow would have said, if that is known.
    pub(super) fn refused(mut self, refusal: Option<String>) -> Self {
        self.refusal = refusal;
        self
    }

    /// The user would hear nothing at all.
    pub(in crate::webhook) fn silence() -> Self {
        Self::new(
            "fulfillmentMessages",
            "the reply leaves the answer to the console, which has none",
        )
        .with(Effect::Changed)
        .mend("say something, or give the intent a response in the console")
    }

    /// Whether it is about something that was to be said as a message.
    pub(super) fn is_about_messages(&self) -> bool {
        self.place.starts_with("fulfillmentMessages")
    }

    /// Whether it is about something that was to be said, and not about what is only remembered.
    pub(in crate::webhook) fn is_about_words(&self) -> bool {
        self.is_about_messages() || self.place == "payload"
    }

    /// Whether the reply that was sent is another than the one that was meant. What is shown in another form is not.
    #[must_use]
    pub fn changes_the_reply(&self) -> bool {
        matches!(self.effect, Effect::TakenOut | Effect::Changed)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}`: {}", self.place, self.rule)
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::TakenOut => "taken out",
            Self::Changed => "changed",
            Self::Degraded => "degraded",
            Self::Advice => "advice",
        })
    }
}
