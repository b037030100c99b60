//! The rules, each with its id. `docs/check.md` has a section for each.

use std::fmt;

/// How bad it is to break a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// It may be as it should be.
    Warning,
    /// Some turn would go wrong.
    Error,
}

impl Level {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

macro_rules! rules {
    ($($rule:ident $id:literal $level:ident $about:literal;)*) => {
        /// A rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Rule {
            $(#[doc = $about] $rule,)*
        }

        impl Rule {
            pub(super) const ALL: &[Self] = &[$(Self::$rule),*];

            /// Its name in settings and reports.
            pub(super) fn id(self) -> &'static str {
                match self {
                    $(Self::$rule => $id,)*
                }
            }

            /// How bad it is to break it, unless a finding says less.
            pub(super) fn level(self) -> Level {
                match self {
                    $(Self::$rule => Level::$level,)*
                }
            }

            /// What must be so, in a sentence.
            pub(super) fn about(self) -> &'static str {
                match self {
                    $(Self::$rule => $about,)*
                }
            }
        }
    };
}

rules! {
    Settings "settings-fault" Error "The settings can be used.";
    Start "start-fault" Error "The agent's state can be opened.";
    Table "table-fault" Error "Each line of the table has a name that no other line has.";
    Texts "text-fault" Error "Each text can be said in each language of the catalogue.";
    Allowance "unused-allowance" Warning "Each `[[check.allow]]` names a rule and passes something over.";
    Note "export-oddity" Warning "Every value in the export is of the kind that Dialogflow writes.";
    Disabled "webhook-disabled" Error "Fulfillment is switched on for the agent and goes to a URL.";
    ApiVersion "api-version" Error "The agent and `webhook.api_version` are of one API version.";
    DuplicateName "duplicate-name" Error "Each intent and each entity type has a name of its own.";
    NoFallback "no-default-fallback" Warning "Some fallback intent matches whatever the contexts are.";
    Apology "language-without-apology" Warning "There is an apology in each language of the agent.";
    LanguageTexts "language-without-texts" Warning "The catalogue has texts in each language of the agent.";
    MissingHandler "missing-handler" Error "Each intent whose webhook is on has a handler.";
    UnknownIntent "unknown-intent" Error "Each line of the table answers something that the agent has.";
    WebhookOff "webhook-off" Error "Each intent that has a handler has its webhook on.";
    NoResponse "no-console-response" Warning "Each intent that calls the webhook says something itself, for the case that the call fails.";
    SlotFilling "slot-filling" Error "A handler that is called during slot filling is ready for parameters that are not there yet.";
    UnknownParameter "unknown-parameter" Error "The intent has each parameter that its handler reads.";
    ParameterType "parameter-type" Error "The handler's type holds what the parameter's entity sends.";
    OptionalParameter "optional-parameter" Error "A parameter that may be missing is optional in the handler.";
    UnsetContext "unset-context" Error "Somebody sets each context that a handler reads.";
    ContextCase "context-case" Warning "A context is spelt one way.";
    UnsetInputContext "unset-input-context" Warning "Somebody sets each context that an intent needs or refers to.";
    UnknownEvent "unknown-event" Error "Some intent listens to each event that a handler sends.";
    EventChain "event-chain" Error "Events lead through three intents at most.";
    UnknownEntity "unknown-entity" Error "The agent has each entity type that a handler changes for a session.";
}

impl Rule {
    /// The rule of that id.
    pub(super) fn named(id: &str) -> Option<Self> {
        Self::ALL.iter().find(|rule| rule.id() == id).copied()
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCS: &str = include_str!("../../../docs/check.md");

    #[test]
    fn the_docs_have_a_section_for_each_rule_and_no_other() {
        let sections: Vec<_> = DOCS
            .lines()
            .filter_map(|line| line.strip_prefix("### "))
            .collect();
        let ids: Vec<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert_eq!(sections, ids);
        for rule in Rule::ALL {
            let section = DOCS.split(&format!("### {rule}\n")).nth(1).unwrap();
            let begins = format!(
                "\n**{}.** {}",
                if rule.level() == Level::Error {
                    "Error"
                } else {
                    "Warning"
                },
                rule.about()
            );
            assert!(section.starts_with(&begins), "### {rule}\n{begins}");
            let section = section.split("\n#").next().unwrap();
            assert!(section.contains("*Mend:* "), "{rule} has no mend");
        }
    }

    #[test]
    fn a_rule_is_found_by_its_id() {
        for rule in Rule::ALL {
            assert_eq!(Rule::named(rule.id()), Some(*rule));
        }
        assert_eq!(Rule::named("no-such-rule"), None);
    }
}
