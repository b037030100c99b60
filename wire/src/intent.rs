//! An intent as a request may describe it. Captured requests hold only the names and the fallback flag.

use super::context::Context;
use super::message::{Message, Platform};

message! {
    /// The intent that was matched.
    Intent {
        /// Its resource name, whose last part is the id in an agent export.
        name: String,
        /// Its name in the console: what handlers are registered by.
        display_name: String = "displayName",
        /// 500,000 is normal; a negative one is never matched.
        priority: i32,
        /// Whether it is a fallback intent.
        is_fallback: bool = "isFallback",
        /// When the webhook is called for it.
        webhook_state: WebhookState = "webhookState",
        /// Full names of the contexts that must all be active.
        input_context_names: Vec<String> = "inputContextNames",
        /// Events that trigger it.
        events: Vec<String>,
        /// What users say to reach it.
        training_phrases: Vec<TrainingPhrase> = "trainingPhrases",
        /// Its action.
        action: String,
        /// Contexts it sets.
        output_contexts: Vec<Context> = "outputContexts",
        /// Whether a match ends all contexts.
        reset_contexts: bool = "resetContexts",
        /// What it collects.
        parameters: Vec<Parameter>,
        /// Its responses in the console.
        messages: Vec<Message>,
        /// Platforms whose default responses come first.
        default_response_platforms: Vec<Platform> = "defaultResponsePlatforms",
        /// The first intent of its follow-up chain.
        root_followup_intent_name: String = "rootFollowupIntentName",
        /// The intent it follows.
        parent_followup_intent_name: String = "parentFollowupIntentName",
        /// Intents that follow it.
        followup_intent_info: Vec<FollowupIntentInfo> = "followupIntentInfo",
        /// Whether matching by machine learning is off.
        ml_disabled: bool = "mlDisabled",
        /// Whether a match asks for a human.
        live_agent_handoff: bool = "liveAgentHandoff",
        /// Whether a match ends the interaction.
        end_interaction: bool = "endInteraction",
        /// Deprecated opposite of `mlDisabled`.
        ml_enabled: bool = "mlEnabled" [beta],
    }
}

message! {
    /// A phrase that the intent was trained with.
    TrainingPhrase {
        /// Its id.
        name: String,
        /// Example or template.
        r#type: TrainingPhraseType = "type",
        /// Its words, cut at parameters; the text is all parts together.
        parts: Vec<Part>,
        /// How often it was added.
        times_added_count: i32 = "timesAddedCount",
    }
}

message! {
    /// A piece of a training phrase.
    Part {
        /// The words.
        text: String,
        /// The entity that they stand for, with `@`.
        entity_type: String = "entityType",
        /// The parameter that they fill.
        alias: String,
        /// Whether a person annotated it.
        user_defined: bool = "userDefined",
    }
}

message! {
    /// A parameter of the intent.
    Parameter {
        /// Its id.
        name: String,
        /// Its name, which is the key in `queryResult.parameters`.
        display_name: String = "displayName",
        /// What fills it: `$name`, `#context.name` or a constant.
        value: String,
        /// What fills it otherwise.
        default_value: String = "defaultValue",
        /// Its entity type, with `@`.
        entity_type_display_name: String = "entityTypeDisplayName",
        /// Whether the agent asks until it is filled.
        mandatory: bool,
        /// What the agent asks.
        prompts: Vec<String>,
        /// Whether it takes several values.
        is_list: bool = "isList",
    }
}

message! {
    /// A follow-up intent.
    FollowupIntentInfo {
        /// Its resource name.
        followup_intent_name: String = "followupIntentName",
        /// The intent that it follows.
        parent_followup_intent_name: String = "parentFollowupIntentName",
    }
}

enumeration! {
    /// When an intent calls the webhook.
    WebhookState ("WEBHOOK_STATE_UNSPECIFIED") {
        /// After a match.
        Enabled = 1 "WEBHOOK_STATE_ENABLED",
        /// After a match and on each turn of slot filling.
        EnabledForSlotFilling = 2 "WEBHOOK_STATE_ENABLED_FOR_SLOT_FILLING",
    }
}

enumeration! {
    /// How a training phrase is written.
    TrainingPhraseType ("TYPE_UNSPECIFIED") {
        /// As users say it.
        Example = 1 "EXAMPLE",
        /// With `@entity:parameter` in it; deprecated by Google.
        Template = 2 "TEMPLATE",
    }
}
