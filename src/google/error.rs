//! Why a call of Google's failed.

use std::time::Duration;

use serde_json::Value;

use super::Code;

/// A call that failed: which one, why, and whether to try again.
///
/// Google's own words are not in it, since they quote requests. What names the fault without quoting is: the code, the reason, and
/// which fields are wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot {call}: {trouble}")]
pub struct Error {
    /// What was wanted, as in `send the message`.
    pub call: &'static str,
    /// What went wrong.
    pub trouble: Trouble,
    /// How long Google asks us to wait before we try again.
    pub retry_after: Option<Duration>,
}

/// What can go wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Google refused.
    #[error("{code} (HTTP status {http}){}", told(.reason.as_ref(), .fields))]
    Refused {
        /// Why.
        code: Code,
        /// The HTTP status.
        http: u16,
        /// Google's name for the reason (`google.rpc.ErrorInfo`), where it gives one.
        reason: Option<String>,
        /// Paths of the fields that are wrong (`google.rpc.BadRequest`).
        fields: Vec<String>,
    },
    /// There was no whole answer.
    #[error("no answer: {0}")]
    Unanswered(String),
    /// The answer was not what the method gives.
    #[error("the answer cannot be read: {0}")]
    Unreadable(&'static str),
    /// There is no access token.
    #[error("no access token: {why}")]
    NoToken {
        /// What is wrong, and how to mend it.
        why: String,
        /// Whether it may pass.
        is_transient: bool,
    },
}

impl Error {
    pub(crate) fn new(call: &'static str, trouble: Trouble) -> Self {
        Self {
            call,
            trouble,
            retry_after: None,
        }
    }

    /// Whether the same call may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match &self.trouble {
            Trouble::Refused { code, .. } => code.is_transient(),
            Trouble::Unanswered(_) => true,
            Trouble::Unreadable(_) => false,
            Trouble::NoToken { is_transient, .. } => *is_transient,
        }
    }

    /// Google's code, where Google answered.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self.trouble {
            Trouble::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Whether it is for want of credentials that are right: a matter for the operator, after which the call will work.
    #[must_use]
    pub fn is_about_credentials(&self) -> bool {
        matches!(self.trouble, Trouble::NoToken { .. }) || self.code() == Some(Code::Unauthenticated)
    }

    /// The refusal in an answer's body: wrapped in `error`, as the wire has it, or bare, as one of Google's guides prints it.
    pub(super) fn refused(call: &'static str, http: u16, body: &[u8], retry_after: Option<Duration>) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let error = body.get("error").unwrap_or(&body);
        let named = error.get("status").and_then(Value::as_str).and_then(Code::named);
        let details = error.get("details").and_then(Value::as_array);
        let details = details.map_or(&[][..], Vec::as_slice);
        let reason = details
            .iter()
            .find_map(|detail| detail.get("reason")?.as_str())
            .and_then(harmless);
        let fields = details
            .iter()
            .filter_map(|detail| detail.get("fieldViolations")?.as_array())
            .flatten()
            .filter_map(|violation| harmless(violation.get("field")?.as_str()?))
            .take(8)
            .collect();
        Self {
            call,
            trouble: Trouble::Refused {
                code: named.unwrap_or_else(|| Code::of_http(http)),
                http,
                reason,
                fields,
            },
            retry_after,
        }
    }
}

/// A name or a path that cannot be a phone number, a token or words.
fn harmless(text: &str) -> Option<String> {
    let letters = |sign: char| sign.is_ascii_alphanumeric() || "_.[]".contains(sign);
    let is_number = text
        .split(|sign: char| !sign.is_ascii_digit())
        .any(|digits| digits.len() > 3);
    (!text.is_empty() && text.len() <= 120 && text.chars().all(letters) && !is_number)
        .then(|| text.to_owned())
}

fn told(reason: Option<&String>, fields: &[String]) -> String {
    let mut told = String::new();
    if let Some(reason) = reason {
        told = format!(", {reason}");
    }
    if !fields.is_empty() {
        told = format!("{told}, at {}", fields.join(", "));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(http: u16, body: &Value) -> Error {
        Error::refused("send the message", http, body.to_string().as_bytes(), None)
    }

    #[test]
    fn a_refusal_is_read_wrapped_and_bare_and_its_words_are_withheld() {
        let inner = json!({
            "code": 400,
            "message": "+15550100 said hello",
            "status": "INVALID_ARGUMENT",
            "details": [
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "BAD_CARD", "domain": "x"},
                {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [
                    {"field": "content_message.text", "description": "hello"},
                    {"field": "phones/+15550100", "description": "no"},
                    {"field": "p15550100", "description": "no"},
                ]},
            ],
        });
        for body in [json!({"error": inner}), inner] {
            let error = refused(400, &body);
            assert_eq!(
                error.to_string(),
                "cannot send the message: INVALID_ARGUMENT (HTTP status 400), BAD_CARD, at content_message.text"
            );
            assert!(!error.is_transient());
            assert!(!format!("{error:?}").contains("5550100"));
        }
    }

    #[test]
    fn a_status_that_says_more_than_http_wins() {
        let error = refused(409, &json!({"error": {"code": 409, "status": "ALREADY_EXISTS"}}));
        assert_eq!(error.code(), Some(Code::AlreadyExists));
        assert!(!error.is_transient());
        assert!(refused(409, &json!("conflict")).is_transient());
        assert!(refused(503, &Value::Null).is_transient());
        assert!(refused(401, &Value::Null).is_about_credentials());
    }
}
