//! What Dialogflow understood: QueryResult, sentiment and knowledge answers.

use super::LazyStruct;
use super::context::Context;
use super::intent::Intent;
use super::message::Message;

message! {
    /// What the user's words were matched to.
    QueryResult {
        /// The user's words, or for an event its name. After spell correction, where that is switched on.
        query_text: String = "queryText",
        /// How sure the speech recogniser was, 0 to 1; 0 where there was no speech.
        speech_recognition_confidence: f64 = "speechRecognitionConfidence",
        /// The action of the matched intent; empty when it has none.
        action: String,
        /// The parameters collected so far. One that nobody filled holds `""`, a list parameter `[]`.
        parameters: Option<LazyStruct>,
        /// False, and so absent, while slot filling goes on.
        all_required_params_present: bool = "allRequiredParamsPresent",
        /// The console's text response; legacy.
        fulfillment_text: String = "fulfillmentText",
        /// The console's responses: what the user hears when the webhook fails.
        fulfillment_messages: Vec<Message> = "fulfillmentMessages",
        /// Filled from a response's `source`.
        webhook_source: String = "webhookSource",
        /// Filled from a response's `payload`.
        webhook_payload: Option<LazyStruct> = "webhookPayload",
        /// All contexts that are active after the match.
        output_contexts: Vec<Context> = "outputContexts",
        /// The matched intent, with few of its fields: name, display name, fallback flag.
        intent: Option<Intent>,
        /// How sure the match is, 0 to 1.
        intent_detection_confidence: f64 = "intentDetectionConfidence",
        /// Free form, such as `webhook_latency_ms`; not to be relied on.
        diagnostic_info: Option<LazyStruct> = "diagnosticInfo",
        /// The language of the turn, such as `en`, `en-us` or `pt-BR`.
        language_code: String = "languageCode",
        /// The mood of the words, where the caller or the agent asks for it.
        sentiment_analysis_result: Option<SentimentAnalysisResult> = "sentimentAnalysisResult",
        /// The user left slot filling.
        cancels_slot_filling: bool = "cancelsSlotFilling",
        /// Answers from knowledge connectors.
        knowledge_answers: Option<KnowledgeAnswers> = "knowledgeAnswers" [beta],
    }
}

message! {
    /// The mood of the user's words.
    SentimentAnalysisResult {
        /// The mood of the whole text.
        query_text_sentiment: Option<Sentiment> = "queryTextSentiment",
        /// How the analysis went. In the v2 descriptor and in both discovery documents, but not in v2beta1's descriptor.
        status: Option<Status>,
    }
}

message! {
    /// A mood.
    Sentiment {
        /// From -1 (negative) to 1 (positive).
        score: f64,
        /// How much feeling there is, whatever its direction: 0 and up.
        magnitude: f64,
    }
}

message! {
    /// `google.rpc.Status`.
    Status {
        /// A `google.rpc.Code`; 0 is fine.
        code: i32,
        /// What went wrong, for developers.
        message: String,
        /// Any further objects.
        details: Vec<serde_json::Value>,
    }
}

message! {
    /// What the knowledge connectors found, best first.
    KnowledgeAnswers {
        /// The answers.
        answers: Vec<KnowledgeAnswer>,
    }
}

message! {
    /// An answer from a knowledge document.
    KnowledgeAnswer {
        /// The document's resource name.
        source: String,
        /// The question in the document, for a FAQ.
        faq_question: String = "faqQuestion",
        /// The answer's text.
        answer: String,
        /// How well it fits, in three steps.
        match_confidence_level: Confidence = "matchConfidenceLevel",
        /// How well it fits, 0 to 1.
        match_confidence: f64 = "matchConfidence",
    }
}

enumeration! {
    /// How well a knowledge answer fits.
    Confidence ("MATCH_CONFIDENCE_LEVEL_UNSPECIFIED") {
        /// Probably not what was asked.
        Low = 1 "LOW",
        /// Perhaps what was asked.
        Medium = 2 "MEDIUM",
        /// Very likely what was asked.
        High = 3 "HIGH",
    }
}
