//! The answer: WebhookResponse.

use super::context::Context;
use super::message::Message;
use super::prune::{self, Dropped};
use super::{ApiVersion, Struct};

/// How many bytes most answers fit in.
const EXPECTED: usize = 512;

message! {
    /// What a webhook answers. An empty one lets the console's responses stand.
    WebhookResponse {
        /// Text; becomes the result's `fulfillmentText`. Google recommends the messages instead.
        fulfillment_text: String = "fulfillmentText",
        /// What the user hears and sees.
        fulfillment_messages: Vec<Message> = "fulfillmentMessages",
        /// Free text; becomes the result's `webhookSource`.
        source: String,
        /// Becomes the result's `webhookPayload`; the place for Google Assistant's rich responses.
        payload: Option<Struct>,
        /// Contexts to set, renew or (lifespan 0) delete. Those not named stay as they are.
        output_contexts: Vec<Context> = "outputContexts",
        /// An event to trigger at once. Text, messages and payload beside it are ignored.
        followup_event_input: Option<EventInput> = "followupEventInput",
        /// Entities for this session, in place of those set through the API.
        session_entity_types: Vec<SessionEntityType> = "sessionEntityTypes",
        /// Asks for a human; usually together with `endInteraction`.
        live_agent_handoff: bool = "liveAgentHandoff" [beta],
        /// Ends the interaction, where the integration honours it.
        end_interaction: bool = "endInteraction" [beta],
    }
}

impl WebhookResponse {
    /// Takes out whatever `version` does not know, for Dialogflow refuses a whole reply for one unknown field, and says
    /// what was taken.
    pub fn restrict_to(&mut self, version: ApiVersion) -> Vec<Dropped> {
        prune::prune(self, version)
    }

    /// The bytes that are sent.
    ///
    /// # Panics
    ///
    /// Never: the names of all members are text, and so is whatever they hold.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(EXPECTED);
        serde_json::to_writer(&mut bytes, self).expect("text is written to memory without fail");
        bytes
    }
}

message! {
    /// An event that triggers an intent.
    EventInput {
        /// Its name.
        name: String,
        /// What it hands over; arrives in a context named like the event.
        parameters: Option<Struct>,
        /// Marked as required, ignored in a webhook's answer: the turn's own language is used.
        language_code: String = "languageCode",
    }
}

message! {
    /// Entities that hold for one session.
    SessionEntityType {
        /// The full resource name, `SESSION/entityTypes/DISPLAY_NAME`, of a custom entity type of the agent.
        name: String,
        /// Whether they replace or supplement the agent's own.
        entity_override_mode: EntityOverrideMode = "entityOverrideMode" [written],
        /// The entities.
        entities: Vec<Entity> [written],
    }
}

message! {
    /// An entity: a value and the words for it.
    Entity {
        /// What the parameter will hold.
        value: String [written],
        /// What users say for it. A list entity has exactly its value here.
        synonyms: Vec<String> [written],
    }
}

enumeration! {
    /// How session entities stand to the agent's own. Unspecified is never valid.
    EntityOverrideMode ("ENTITY_OVERRIDE_MODE_UNSPECIFIED") {
        /// In their place.
        Override = 1 "ENTITY_OVERRIDE_MODE_OVERRIDE",
        /// Beside them.
        Supplement = 2 "ENTITY_OVERRIDE_MODE_SUPPLEMENT",
    }
}
