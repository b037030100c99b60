//! Slack shows a list as attachments, each with a button. What stands there is plain words, so that nothing in it calls a whole
//! channel: Slack reads `<!channel>` as markup. Source: Slack's page "Formatting text for app surfaces".

use serde_json::json;

use super::Form;
use crate::webhook::reply::List;
use crate::webhook::reply::payload::escape;

pub(super) fn list(list: &List) -> Form {
    let attachments = list.items.iter().map(|item| {
        let mut attachment = json!({
            "title": escape(&item.title),
            "fallback": escape(&item.title),
            "callback_id": "choice",
            "actions": [{"name": "choice", "type": "button", "text": item.title, "value": item.tap()}],
        });
        if !item.description.is_empty() {
            attachment["text"] = escape(&item.description).into();
        }
        if !item.image_uri.is_empty() {
            attachment["thumb_url"] = item.image_uri.clone().into();
        }
        attachment
    });
    let attachments: Vec<_> = attachments.collect();
    let message = json!({"slack": {"text": escape(&list.title), "attachments": attachments}});
    Form::payloads([message])
}
