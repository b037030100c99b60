//! How a handler reads each field of a request that is not of a message.

use flowhook::Call;
use flowhook::wire::Message;
use serde_json::{Value, json};

use super::Read;

/// The one console message of the turn.
pub(super) fn message(turn: &Call) -> Option<&Message> {
    turn.console_messages().first()
}

/// What a call gives, or what stands in one of the variants that it may give.
macro_rules! given {
    ($call:expr) => {
        Some(json!($call))
    };
    ($call:expr => $variant:pat => $inner:expr) => {
        match $call {
            $variant => Some(json!($inner)),
            _ => None,
        }
    };
}

/// The same where the console message must be of a kind.
macro_rules! found {
    ($turn:ident () $($call:tt)+) => {
        given!($($call)+)
    };
    ($turn:ident ($kind:pat) $($call:tt)+) => {
        match &message($turn)?.kind {
            Some($kind) => given!($($call)+),
            _ => None,
        }
    };
}

/// Rows: a message, where a request has one below the place of them all, the kind that a console message must have, and its
/// fields, each with the call that reads it; a value of its own only where not any will do.
macro_rules! reads {
    ($turn:ident in $all:literal; $(
        $message:literal at $place:literal $kind:tt {
            $( $field:ident $(= $example:expr)? => $call:expr $(=> $variant:pat => $inner:expr)? ),* $(,)?
        }
    )*) => {
        vec![$($(
            Read {
                message: $message,
                field: stringify!($field),
                place: concat!($all, $place),
                kind: stringify!($kind),
                call: stringify!($call),
                within: &[$(stringify!($variant), stringify!($inner))?],
                example: None::<Value>$(.or(Some(json!($example))))?,
                read: |$turn: &Call| found!($turn $kind $call $(=> $variant => $inner)?),
            }
        ),*),*]
    };
}

pub(super) fn of_calls() -> Vec<Read> {
    reads! { turn in "";
        "WebhookRequest" at "" () {
            responseId => turn.response_id(),
            session = "projects/p/agent/sessions/s" => turn.session().name,
            queryResult => turn.query_result(),
            originalDetectIntentRequest => turn.original_request(),
            alternativeQueryResults => turn.alternative_query_results(),
        }
        "OriginalDetectIntentRequest" at "/originalDetectIntentRequest" () {
            source = "facebook" => turn.source().payload_key(),
            version => turn.original_request()?.version,
            payload => turn.payload(),
        }
        "QueryResult" at "/queryResult" () {
            queryText => turn.said(),
            languageCode => turn.language(),
            intent => turn.matched(),
            intentDetectionConfidence => turn.confidence(),
            action => turn.action(),
            parameters => turn.parameters(),
            allRequiredParamsPresent => turn.query_result().all_required_params_present,
            cancelsSlotFilling => turn.slots().is_cancelled(),
            outputContexts => turn.contexts().collect::<Vec<_>>(),
            fulfillmentText => turn.query_result().fulfillment_text,
            fulfillmentMessages => turn.console_messages(),
            webhookSource => turn.query_result().webhook_source,
            webhookPayload => turn.query_result().webhook_payload,
            speechRecognitionConfidence => turn.query_result().speech_recognition_confidence,
            diagnosticInfo => turn.query_result().diagnostic_info,
            sentimentAnalysisResult => turn.query_result().sentiment_analysis_result,
            knowledgeAnswers => turn.query_result().knowledge_answers,
        }
        "Intent" at "/queryResult/intent" () {
            displayName => turn.intent(),
            name => turn.matched()?.name,
            isFallback => turn.is_fallback(),
            action => turn.matched()?.action,
            priority => turn.matched()?.priority,
            webhookState => turn.matched()?.webhook_state,
            inputContextNames => turn.matched()?.input_context_names,
            outputContexts => turn.matched()?.output_contexts,
            resetContexts => turn.matched()?.reset_contexts,
            events => turn.matched()?.events,
            trainingPhrases => turn.matched()?.training_phrases,
            parameters => turn.matched()?.parameters,
            messages => turn.matched()?.messages,
            defaultResponsePlatforms => turn.matched()?.default_response_platforms,
            rootFollowupIntentName => turn.matched()?.root_followup_intent_name,
            parentFollowupIntentName => turn.matched()?.parent_followup_intent_name,
            followupIntentInfo => turn.matched()?.followup_intent_info,
            mlEnabled => turn.matched()?.ml_enabled,
            mlDisabled => turn.matched()?.ml_disabled,
            liveAgentHandoff => turn.matched()?.live_agent_handoff,
            endInteraction => turn.matched()?.end_interaction,
        }
        "Intent.TrainingPhrase" at "/queryResult/intent/trainingPhrases/0" () {
            name => turn.matched()?.training_phrases.first()?.name,
            type => turn.matched()?.training_phrases.first()?.r#type,
            parts => turn.matched()?.training_phrases.first()?.parts,
            timesAddedCount => turn.matched()?.training_phrases.first()?.times_added_count,
        }
        "Intent.TrainingPhrase.Part" at "/queryResult/intent/trainingPhrases/0/parts/0" () {
            text => turn.matched()?.training_phrases.first()?.parts.first()?.text,
            entityType => turn.matched()?.training_phrases.first()?.parts.first()?.entity_type,
            alias => turn.matched()?.training_phrases.first()?.parts.first()?.alias,
            userDefined => turn.matched()?.training_phrases.first()?.parts.first()?.user_defined,
        }
        "Intent.Parameter" at "/queryResult/intent/parameters/0" () {
            name => turn.matched()?.parameters.first()?.name,
            displayName => turn.matched()?.parameters.first()?.display_name,
            value => turn.matched()?.parameters.first()?.value,
            defaultValue => turn.matched()?.parameters.first()?.default_value,
            entityTypeDisplayName => turn.matched()?.parameters.first()?.entity_type_display_name,
            mandatory => turn.matched()?.parameters.first()?.mandatory,
            prompts => turn.matched()?.parameters.first()?.prompts,
            isList => turn.matched()?.parameters.first()?.is_list,
        }
        "Intent.FollowupIntentInfo" at "/queryResult/intent/followupIntentInfo/0" () {
            followupIntentName => turn.matched()?.followup_intent_info.first()?.followup_intent_name,
            parentFollowupIntentName => turn.matched()?.followup_intent_info.first()?.parent_followup_intent_name,
        }
        "SentimentAnalysisResult" at "/queryResult/sentimentAnalysisResult" () {
            queryTextSentiment => turn.sentiment(),
            status => turn.query_result().sentiment_analysis_result.as_ref()?.status,
        }
        "Sentiment" at "/queryResult/sentimentAnalysisResult/queryTextSentiment" () {
            score => turn.sentiment()?.score,
            magnitude => turn.sentiment()?.magnitude,
        }
        "google.rpc.Status" at "/queryResult/sentimentAnalysisResult/status" () {
            code => turn.query_result().sentiment_analysis_result.as_ref()?.status.as_ref()?.code,
            message => turn.query_result().sentiment_analysis_result.as_ref()?.status.as_ref()?.message,
            details => turn.query_result().sentiment_analysis_result.as_ref()?.status.as_ref()?.details,
        }
        "KnowledgeAnswers" at "/queryResult/knowledgeAnswers" () {
            answers => turn.knowledge_answers(),
        }
        "KnowledgeAnswers.Answer" at "/queryResult/knowledgeAnswers/answers/0" () {
            source => turn.knowledge_answers().first()?.source,
            faqQuestion => turn.knowledge_answers().first()?.faq_question,
            answer => turn.knowledge_answers().first()?.answer,
            matchConfidenceLevel => turn.knowledge_answers().first()?.match_confidence_level,
            matchConfidence => turn.knowledge_answers().first()?.match_confidence,
        }
        "Context" at "/queryResult/outputContexts/0" () {
            name => turn.contexts().next()?.name,
            lifespanCount => turn.contexts().next()?.turns_left(),
            parameters => turn.contexts().next()?.parameters,
        }
    }
}
