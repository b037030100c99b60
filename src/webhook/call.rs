//! One call of Dialogflow's: everything that a turn tells, whoever answers it.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use super::params::{self, ParamsError};
use super::texts::{Text, TextError, Texts};
use super::workshop::Workshop;
use super::{Session, Source, UserId};
use crate::wire;
use crate::wire::{
    Intent, KnowledgeAnswer, Message, OriginalDetectIntentRequest, QueryResult, Sentiment, Struct,
    WebhookRequest,
};

/// A WebhookRequest, and until when it must be answered.
pub struct Call {
    request: WebhookRequest,
    query: Box<QueryResult>,
    body: Bytes,
    source: Source,
    /// Where a request comes from that names no known source.
    unnamed: Source,
    deadline: Instant,
    seed: Option<u64>,
    workshop: Option<Arc<Workshop>>,
    texts: Option<Arc<Texts>>,
}

impl Call {
    pub(super) fn new(mut request: WebhookRequest, body: Bytes) -> Self {
        let query = request.query_result.take().unwrap_or_default();
        let source = request
            .original_detect_intent_request
            .as_ref()
            .map_or(Source::Api, Source::of);
        Self {
            request,
            query,
            body,
            source,
            unnamed: Source::Api,
            deadline: Instant::now(),
            seed: None,
            workshop: None,
            texts: None,
        }
    }

    pub(super) fn is_due(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    /// Its choices go by this number, where there is one.
    pub(super) fn chooses_by(&mut self, seed: Option<u64>) {
        self.seed = seed;
    }

    pub(super) fn seed(&self) -> Option<u64> {
        self.seed
    }

    pub(super) fn is_unnamed_from(&mut self, source: Source) {
        self.unnamed = source;
    }

    pub(super) fn works_in(&mut self, workshop: Arc<Workshop>) {
        self.workshop = Some(workshop);
    }

    pub(super) fn speaks(&mut self, texts: Option<Arc<Texts>>) {
        self.texts = texts;
    }

    /// Where work goes on that takes longer than the turn.
    pub(super) fn workshop(&self) -> &Arc<Workshop> {
        self.workshop
            .as_ref()
            .expect("a call that a handler gets has a workshop")
    }

    /// The integration that shows the reply: the request's source; where that is none that is known, what the setting
    /// `webhook.unnamed_source` says.
    #[must_use]
    pub fn drawn_by(&self) -> &Source {
        match self.source {
            Source::Api | Source::Other(_) => &self.unnamed,
            _ => &self.source,
        }
    }

    /// The user's words; for an event, the event's name.
    #[must_use]
    pub fn said(&self) -> &str {
        &self.query.query_text
    }

    /// The language of the turn, as it came: `en`, `en-us`, `pt-BR`. Empty when none was sent.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.query.language_code
    }

    /// The text of that key in the language of the turn, else in a more general one, else in the default of the agent's
    /// [`Texts`]. A key alone is a `&str`; one whose message has variables is a [`Text`].
    ///
    /// # Errors
    ///
    /// When there is no text that could stand in. The error names key and language.
    pub fn text(&self, text: impl Into<Text>) -> Result<String, TextError> {
        let text = text.into();
        match &self.texts {
            Some(texts) => texts.text(self.language(), text),
            None => Err(TextError::without_texts(text)),
        }
    }

    /// Whose conversation it is.
    #[must_use]
    pub fn session(&self) -> Session<'_> {
        Session::of(self.session_name())
    }

    /// The session's whole name, as it came.
    pub(super) fn session_name(&self) -> &str {
        &self.request.session
    }

    /// The display name of the matched intent; empty when none was matched.
    #[must_use]
    pub fn intent(&self) -> &str {
        self.query
            .intent
            .as_ref()
            .map_or("", |intent| &intent.display_name)
    }

    /// The matched intent with all that was sent of it.
    #[must_use]
    pub fn matched(&self) -> Option<&Intent> {
        self.query.intent.as_ref()
    }

    /// Whether a fallback intent was matched.
    #[must_use]
    pub fn is_fallback(&self) -> bool {
        self.query
            .intent
            .as_ref()
            .is_some_and(|intent| intent.is_fallback)
    }

    /// How sure the match is, from 0 to 1.
    #[must_use]
    pub fn confidence(&self) -> f64 {
        self.query.intent_detection_confidence
    }

    /// The action of the matched intent; empty when it has none.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.query.action
    }

    /// The parameters as they came: a parameter that nobody filled holds `""`.
    #[must_use]
    pub fn parameters(&self) -> &Struct {
        static NONE: LazyLock<Struct> = LazyLock::new(Struct::new);
        self.query.parameters.as_deref().unwrap_or(&NONE)
    }

    /// The parameters as a type of the handler's.
    pub(super) fn typed<P: DeserializeOwned>(&self) -> Result<P, ParamsError> {
        params::read(self.parameters()).map_err(|misfit| ParamsError::Parameter {
            intent: self.intent().to_owned(),
            misfit,
        })
    }

    /// Parameters that hold no value while slot filling goes on: [`Slots::missing`](super::Slots::missing).
    #[must_use]
    pub fn missing_slots(&self) -> Vec<&str> {
        self.slots().missing()
    }

    /// Whether the user left slot filling on this turn.
    #[must_use]
    pub fn cancels_slot_filling(&self) -> bool {
        self.query.cancels_slot_filling
    }

    /// How many times in a row the agent did not understand.
    #[must_use]
    pub fn no_match_count(&self) -> u32 {
        self.counter("no-match")
    }

    /// How many times in a row the user said nothing.
    #[must_use]
    pub fn no_input_count(&self) -> u32 {
        self.counter("no-input")
    }

    fn counter(&self, name: &str) -> u32 {
        let count = self
            .any_context("__system_counters__")
            .and_then(|context| context.parameters.as_ref()?.get(name)?.as_f64());
        #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
        #[expect(clippy::cast_sign_loss, reason = "a float cast saturates at 0")]
        count.map_or(0, |count| count as u32)
    }

    /// The mood of the user's words, where the agent or the caller asked for it.
    #[must_use]
    pub fn sentiment(&self) -> Option<&Sentiment> {
        self.query
            .sentiment_analysis_result
            .as_ref()?
            .query_text_sentiment
            .as_ref()
    }

    /// What knowledge connectors found, best first. v2beta1 only.
    #[must_use]
    pub fn knowledge_answers(&self) -> &[KnowledgeAnswer] {
        self.query
            .knowledge_answers
            .as_ref()
            .map_or(&[], |found| &found.answers)
    }

    /// The integration that the turn comes from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What the integration said of itself: its name as it came, its version (Google Assistant's only), its own request.
    #[must_use]
    pub fn original_request(&self) -> Option<&OriginalDetectIntentRequest> {
        self.request.original_detect_intent_request.as_ref()
    }

    /// The integration's own request. A direct API client can put anything into it.
    #[must_use]
    pub fn payload(&self) -> Option<&Struct> {
        self.original_request()?.payload.as_deref()
    }

    /// Who the user is in the integration, where its payload says so. No proof of identity: see [`Self::payload`].
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        self.source.user_id(self.payload()?)
    }

    /// The console's own responses, which [`Reply::console`](super::Reply::console) lets stand.
    #[must_use]
    pub fn console_messages(&self) -> &[Message] {
        &self.query.fulfillment_messages
    }

    /// Whether the user hears something if the webhook says nothing. An intent without responses comes with one text
    /// message that holds an empty string.
    #[must_use]
    pub fn has_console_response(&self) -> bool {
        let speaks = |message: &Message| match &message.kind {
            Some(wire::Kind::Text(text)) => text.text.iter().any(|variant| !variant.is_empty()),
            Some(_) => true,
            None => !message.other.is_empty(),
        };
        !self.query.fulfillment_text.is_empty() || self.console_messages().iter().any(speaks)
    }

    /// The id that Dialogflow gives to the answer of this turn.
    #[must_use]
    pub fn response_id(&self) -> &str {
        &self.request.response_id
    }

    /// Time left for the handler: until the deadline, less what writing and sending the answer takes.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// The query result, field by field.
    #[must_use]
    pub fn query_result(&self) -> &QueryResult {
        &self.query
    }

    /// Further query results, from knowledge connectors. v2beta1 only.
    #[must_use]
    pub fn alternative_query_results(&self) -> &[QueryResult] {
        &self.request.alternative_query_results
    }

    /// The whole request as it came, for what nothing else here gives.
    #[must_use]
    pub fn json(&self) -> Value {
        let body = self.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.body);
        serde_json::from_slice(body).expect("the body was read as JSON before")
    }

    /// The request's body as it came.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

/// Shows which intent it is, and nothing that the user said.
impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Call")
            .field("intent", &self.intent())
            .finish_non_exhaustive()
    }
}
