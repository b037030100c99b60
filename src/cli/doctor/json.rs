//! Whether the body of an answer is what Dialogflow's parser calls a message object: a JSON object in UTF-8.
//!
//! Sources: recorded refusals, from which the texts in quotes are.

use serde_json::Value;
use serde_json::error::Category;

use super::report::{Finding, Layer};

/// How much of a page is looked at to know what kind it is, in bytes.
const START: usize = 4096;

/// The object in a body; or what is there in its place, and why.
pub(super) fn object(body: &[u8]) -> Result<Value, Finding> {
    let failed = |says: &str| Finding::failed(Layer::Json, says);
    let text = body.trim_ascii();
    if text.is_empty() {
        return Err(
            failed("the body is empty (Dialogflow: \"Expect message object but got: null\")")
                .because("the answer was sent before the handler was done, or by a program that has nothing to say")
                .mend("answer with a WebhookResponse; `{}` lets the console's response stand"),
        );
    }
    if body.starts_with(b"\xEF\xBB\xBF") {
        return Err(
            failed("the body begins with a byte order mark, which Dialogflow cannot read")
                .because("the program writes UTF-8 as text files have it on Windows")
                .mend("write UTF-8 without a byte order mark"),
        );
    }
    let is_wide = body.starts_with(b"\xFF\xFE") || body.starts_with(b"\xFE\xFF");
    if is_wide || text.iter().take(64).any(|byte| *byte == 0) {
        return Err(failed("the body is in UTF-16, which Dialogflow cannot read")
            .because("the program writes its text as it has it in memory")
            .mend("write UTF-8"));
    }
    if std::str::from_utf8(body).is_err() {
        return Err(failed("the body is not in UTF-8")
            .because("the program writes an older encoding, or compresses without saying so")
            .mend("write UTF-8"));
    }
    if text.starts_with(b"<") {
        return Err(page(
            failed("the body is a page, not JSON (Dialogflow: \"Expect message object but got: \"<..\")"),
            text,
        ));
    }
    match serde_json::from_slice(body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(other) => Err(failed(&format!(
            "the body is {}, not an object (Dialogflow: \"Expect message object but got: ..\")",
            kind(&other)
        ))
        .because("the program writes a part of the reply alone, or JSON within a string")
        .mend("write the WebhookResponse itself, once")),
        Err(error) => {
            let says = match error.classify() {
                Category::Eof => "the body ends in the middle of its JSON".to_owned(),
                _ => format!(
                    "the body is not JSON, at line {} column {}",
                    error.line(),
                    error.column()
                ),
            };
            Err(failed(&says)
                .because("something is printed before, within or after the reply, such as a warning, or it is cut off")
                .mend("write nothing but the WebhookResponse"))
        }
    }
}

/// What kind of page came in place of a reply.
fn page(finding: Finding, text: &[u8]) -> Finding {
    let start = text[..text.len().min(START)].to_ascii_lowercase();
    let has = |mark: &[u8]| start.windows(mark.len()).any(|part| part == mark);
    if has(b"ngrok") || has(b"localtunnel") || has(b"loca.lt") {
        finding
            .because("the tunnel shows a warning page in place of the program's answer")
            .mend("use a tunnel without one, or an account of which calls pass through")
    } else if start.starts_with(b"<br") || has(b"<b>warning</b>") || has(b"<b>notice</b>") {
        finding
            .because("PHP prints a warning before the reply")
            .mend("switch display_errors off, and mend what it warns of")
    } else if has(b"sign in") || has(b"log in") || has(b"password") {
        finding
            .because("a login page answers in place of the webhook")
            .mend("take the webhook's path out of what asks people to log in")
    } else {
        finding
            .because("the URL leads to a website, or to an error page that is sent with 200")
            .mend("compare the path with the webhook's")
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_known_by_what_stands_in_it() {
        for (page, cause) in [
            ("<html>ngrok", "the tunnel shows a warning page"),
            ("<br />", "PHP prints a warning"),
            ("<html>Sign in", "a login page"),
            ("<html>", "the URL leads to a website"),
        ] {
            let finding = object(page.as_bytes()).unwrap_err();
            assert!(finding.cause.unwrap().starts_with(cause), "{page}");
        }
    }
}
