//! Slack shows a list as attachments, each with a button.

use serde_json::json;

use super::{Form, payload};
use crate::webhook::reply::List;

pub(super) fn list(list: &List) -> Form {
    let attachments = list.items.iter().map(|item| {
        let mut attachment = json!({
            "title": item.title,
            "fallback": item.title,
            "callback_id": "choice",
            "actions": [{"name": "choice", "type": "button", "text": item.title, "value": item.tap()}],
        });
        if !item.description.is_empty() {
            attachment["text"] = item.description.clone().into();
        }
        if !item.image_uri.is_empty() {
            attachment["thumb_url"] = item.image_uri.clone().into();
        }
        attachment
    });
    Form::whole(vec![payload(
        "slack",
        json!({"text": list.title, "attachments": attachments.collect::<Vec<_>>()}),
    )])
}
