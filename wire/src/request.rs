//! The call itself: WebhookRequest.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

use super::prune::{self, Dropped};
use super::query::QueryResult;
use super::{ApiVersion, LazyStruct};

message! {
    /// What Dialogflow posts to a webhook.
    WebhookRequest {
        /// The id of the detectIntent response that this call becomes part of.
        response_id: String = "responseId",
        /// What the user's words were matched to, before the webhook's changes. Every request has it.
        query_result: Option<Box<QueryResult>> = "queryResult",
        /// What the integration or the API caller sent. The console and API clients may leave it out or empty.
        original_detect_intent_request: Option<OriginalDetectIntentRequest> = "originalDetectIntentRequest",
        /// The session's resource name, in one of four forms. Every request has it.
        session: String,
        /// Further results, from knowledge connectors.
        alternative_query_results: Vec<QueryResult> = "alternativeQueryResults" [beta],
    }
}

message! {
    /// The request as the integration received it.
    OriginalDetectIntentRequest {
        /// Which integration it is, in Google's spelling: `DIALOGFLOW_CONSOLE`, `google`, `facebook`, ... Set by Google.
        source: String,
        /// The integration's own API version; Google Assistant sends `2`.
        version: String,
        /// The integration's own request. A direct API client puts into it whatever it likes: no proof of identity.
        payload: Option<LazyStruct>,
    }
}

/// A body that is no WebhookRequest. The text says what and where, and quotes nothing of the body.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The body is not JSON at all.
    #[error("the body is not JSON: {problem} at line {line} column {column}")]
    NotJson {
        /// What stopped the parser.
        problem: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// The body is JSON, but a value has another type than the protocol gives it.
    #[error("`{path}`: expected {expected}, at line {line} column {column}")]
    WrongType {
        /// The way to the value, as in `queryResult.intent.displayName`; `.` is the body itself.
        path: String,
        /// What should stand there.
        expected: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// `queryResult` or `session` is missing.
    #[error("`{0}` is missing: a WebhookRequest has `session` and `queryResult`")]
    Missing(&'static str),
    /// The agent still speaks API v1.
    #[error(
        "this is a request of Dialogflow API v1 (it has `result`); set the agent's API version to V2 in the console's \
         settings"
    )]
    ApiV1,
}

impl WebhookRequest {
    /// Reads a request's body, UTF-8 with or without a byte order mark.
    ///
    /// # Errors
    ///
    /// When the body is not JSON, a value has the wrong type, or the members that every request has are missing.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        // Text that is checked as a whole need not be checked string by string, which takes longer.
        let read = match std::str::from_utf8(body) {
            Ok(body) => serde_json::from_str(body),
            Err(_) => serde_json::from_slice(body),
        };
        let request: Self = read.map_err(|error| explain(&error, body))?;
        if request.query_result.is_none() && request.other.get("result").is_some_and(|v| v.is_object()) {
            return Err(RequestError::ApiV1);
        }
        if request.query_result.is_none() {
            return Err(RequestError::Missing("queryResult"));
        }
        if request.session.is_empty() {
            return Err(RequestError::Missing("session"));
        }
        Ok(request)
    }

    /// Takes out whatever `version` does not know, and says what was taken: for those who send requests themselves.
    pub fn restrict_to(&mut self, version: ApiVersion) -> Vec<Dropped> {
        prune::prune(self, version)
    }
}

/// Parses once more, only to learn where the value stands: the way there costs time that good requests need not pay.
fn explain(error: &serde_json::Error, body: &[u8]) -> RequestError {
    // Inside an object that is only looked at the parser does not tell where it was: reading all of it does.
    let whole = serde_json::from_slice::<Value>(body).err();
    let error = whole.as_ref().unwrap_or(error);
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let text = text
        .strip_suffix(&format!(" at line {line} column {column}"))
        .unwrap_or(&text);
    if error.classify() != Category::Data {
        return RequestError::NotJson {
            problem: text.to_owned(),
            line,
            column,
        };
    }
    // serde's text is `invalid type: string "what the user said", expected a number`: only its end may be shown.
    let expected = text
        .rsplit_once(", expected ")
        .map_or("another value", |(_, expected)| expected);
    RequestError::WrongType {
        path: path_of_failure::<WebhookRequest>(body),
        expected: expected.to_owned(),
        line,
        column,
    }
}

fn path_of_failure<T: DeserializeOwned>(body: &[u8]) -> String {
    let mut json = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize::<_, T>(&mut json)
        .err()
        .map_or_else(|| ".".to_owned(), |error| error.path().to_string())
}
