//! An intent: when it matches, what it collects, what it says, and whether the webhook is asked.

use std::collections::BTreeMap;

use super::message::{self, Message};
use super::node::Node;
use super::phrase::{self, Phrase};

/// For how many turns an output context lives whose lifespan is missing: the console's default.
const LIFESPAN: u32 = 5;

/// An intent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intent {
    /// Its file in the export. The name there is not the intent's: `/`, `:`, `?` and others became `_`.
    pub file: String,
    /// Its id, which ends `intent.name` in requests.
    pub id: String,
    /// Its display name, the key for handlers.
    pub name: String,
    /// The intent that it follows up, by id.
    pub parent_id: Option<String>,
    /// The first of the chain of follow-up intents, by id.
    pub root_parent_id: Option<String>,
    /// Contexts that must all be active for it to match, as they are written there.
    pub input_contexts: Vec<String>,
    /// Contexts that it sets or ends.
    pub output_contexts: Vec<OutputContext>,
    /// Whether a match ends all other contexts.
    pub resets_contexts: bool,
    /// Events that trigger it.
    pub events: Vec<String>,
    /// Its action; empty when there is none. One that begins with `#` is known only when it is matched.
    pub action: String,
    /// What it collects.
    pub parameters: Vec<Parameter>,
    /// What it says when no webhook does, in all languages and for all platforms.
    pub messages: Vec<Message>,
    /// Training phrases by language. Those of a fallback intent are examples of what not to match.
    pub phrases: BTreeMap<String, Vec<Phrase>>,
    /// Whether the webhook is asked after a match.
    pub uses_webhook: bool,
    /// Whether the webhook is asked on every turn of slot filling.
    pub uses_webhook_for_slots: bool,
    /// Whether it is a fallback: it matches when nothing else does.
    pub is_fallback: bool,
    /// 500,000 is normal; a negative one is never matched.
    pub priority: Option<f64>,
    /// Whether matching is learnt from the phrases.
    pub uses_machine_learning: bool,
    /// Whether it ends the conversation.
    pub ends_interaction: bool,
    /// Whether it hands over to a person.
    pub hands_over: bool,
}

impl Intent {
    /// Whether the webhook is asked for it, provided that the agent's fulfillment is switched on.
    #[must_use]
    pub fn calls_webhook(&self) -> bool {
        self.uses_webhook || self.uses_webhook_for_slots
    }

    /// Whether it can match at all.
    #[must_use]
    pub fn can_match(&self) -> bool {
        self.priority.is_none_or(|priority| priority >= 0.0)
    }

    /// The parameter of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Whether the intent itself says something in a language. A response in `en` counts for `en-us`, one without a language
    /// for all.
    #[must_use]
    pub fn says_something_in(&self, language: &str) -> bool {
        let root = language.split('-').next().unwrap_or_default();
        self.messages.iter().any(|message| {
            let fits = message
                .language
                .as_deref()
                .is_none_or(|own| own.eq_ignore_ascii_case(language) || own.eq_ignore_ascii_case(root));
            fits && !message.content.is_empty()
        })
    }

    pub(super) fn read(file: &str, node: &Node<'_>, default_language: &str) -> Self {
        let responses = node.list("responses");
        let response = responses.first();
        let in_response = |name| response.map_or_else(Vec::new, |response| response.list(name));
        let mut messages: Vec<_> = in_response("messages").iter().map(message::read).collect();
        // The oldest exports have words only.
        if messages.iter().all(|message| message.content.is_empty()) {
            let words = response.map_or_else(Vec::new, |response| response.texts("speech"));
            if !words.is_empty() {
                messages.push(Message::words(words));
            }
        }
        let name = node.some_text("name").unwrap_or_else(|| {
            node.passed_over("an intent's `name`");
            let file = file.strip_prefix("intents/").unwrap_or(file);
            file.trim_end_matches(".json").to_owned()
        });
        Self {
            file: file.to_owned(),
            id: node.text("id"),
            name,
            parent_id: node.some_text("parentId"),
            root_parent_id: node.some_text("rootParentId"),
            input_contexts: node.names("contexts"),
            output_contexts: in_response("affectedContexts")
                .iter()
                .map(OutputContext::read)
                .collect(),
            resets_contexts: response.is_some_and(|response| response.flag("resetContexts")),
            events: node.names("events"),
            action: response.map_or_else(String::new, |response| response.text("action")),
            parameters: in_response("parameters").iter().map(Parameter::read).collect(),
            messages,
            phrases: phrase::by_language(node.list("userSays"), default_language),
            uses_webhook: node.flag("webhookUsed"),
            uses_webhook_for_slots: node.flag("webhookForSlotFilling"),
            is_fallback: node.flag("fallbackIntent"),
            priority: node.number("priority"),
            uses_machine_learning: node.some_flag("auto").unwrap_or(true),
            ends_interaction: node.flag("endInteraction"),
            hands_over: node.flag("liveAgentHandoff"),
        }
    }
}

/// A context that an intent sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputContext {
    /// Its id, as it is written there.
    pub name: String,
    /// For how many turns it lives; 0 ends it.
    pub lifespan: u32,
}

impl OutputContext {
    fn read(node: &Node<'_>) -> Self {
        Self {
            name: node.text("name"),
            lifespan: node.count("lifespan").unwrap_or(LIFESPAN),
        }
    }
}

/// A parameter that an intent collects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, the key in requests.
    pub name: String,
    /// Its entity type with `@`; empty when its value comes from elsewhere.
    pub entity: String,
    /// Where the value comes from: `$name`, `#context.name`, or a constant.
    pub value: String,
    /// The value when the user gave none; empty when there is none.
    pub default: String,
    /// Whether the agent asks until it is given.
    pub is_required: bool,
    /// Whether it is a list, also of one.
    pub is_list: bool,
    /// What the agent asks then.
    pub prompts: Vec<Prompt>,
}

impl Parameter {
    /// Whether the value is what its entity matched in the user's words, and no constant and nothing out of a context.
    #[must_use]
    pub fn is_as_spoken(&self) -> bool {
        let name = self.value.strip_prefix('$');
        self.value.is_empty() || name.is_some_and(|name| name == self.name)
    }

    /// Whether a handler always gets a value, once the agent has collected what it asks for.
    #[must_use]
    pub fn is_always_given(&self) -> bool {
        let is_constant = !self.value.is_empty() && !self.value.starts_with(['$', '#']);
        self.is_required || !self.default.is_empty() || is_constant
    }

    fn read(node: &Node<'_>) -> Self {
        let entity = node.text("dataType");
        let has_sign = entity.is_empty() || entity.starts_with('@');
        let mut prompts: Vec<_> = node.list("prompts").iter().map(Prompt::read).collect();
        for message in node.list("promptMessages").iter().map(message::read) {
            for text in message.texts() {
                let text = text.to_owned();
                prompts.push(Prompt {
                    language: message.language.clone(),
                    text,
                });
            }
        }
        prompts.retain(|prompt| !prompt.text.is_empty());
        Self {
            name: node.text("name"),
            entity: if has_sign { entity } else { format!("@{entity}") },
            value: node.text("value"),
            default: node.text("defaultValue"),
            is_required: node.flag("required"),
            is_list: node.flag("isList"),
            prompts,
        }
    }
}

/// What the agent asks for a parameter that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// In which language; none means in any.
    pub language: Option<String>,
    /// The words.
    pub text: String,
}

impl Prompt {
    fn read(node: &Node<'_>) -> Self {
        if node.value().is_string() {
            return Self {
                language: None,
                text: node.as_text(),
            };
        }
        Self {
            language: node.some_text("lang"),
            text: node.text("value"),
        }
    }
}
