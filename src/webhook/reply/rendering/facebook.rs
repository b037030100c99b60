//! Facebook Messenger shows a list as a gallery: a generic template, whose elements can be tapped.

use serde_json::json;

use super::{Form, cut, payload, text};
use crate::webhook::reply::List;

/// The most elements of a gallery, and the most characters of its parts. Source: the Send API's page "Generic Template".
const MAX_ELEMENTS: usize = 10;
const MAX_TITLE: usize = 80;
const MAX_BUTTON: usize = 20;

pub(super) fn list(list: &List) -> Form {
    let title = (!list.title.is_empty()).then(|| text(&list.title));
    let galleries = list.items.chunks(MAX_ELEMENTS).map(|items| {
        let elements = items.iter().map(|item| {
            let mut element = json!({
                "title": cut(&item.title, MAX_TITLE),
                "buttons": [{"type": "postback", "title": cut(&item.title, MAX_BUTTON), "payload": item.tap()}],
            });
            if !item.description.is_empty() {
                element["subtitle"] = cut(&item.description, MAX_TITLE).into();
            }
            if !item.image_uri.is_empty() {
                element["image_url"] = item.image_uri.clone().into();
            }
            element
        });
        let gallery = json!({"template_type": "generic", "elements": elements.collect::<Vec<_>>()});
        payload(
            "facebook",
            json!({"attachment": {"type": "template", "payload": gallery}}),
        )
    });
    let is_cut = list.items.iter().any(|item| {
        cut(&item.title, MAX_TITLE) != item.title || cut(&item.description, MAX_TITLE) != item.description
    });
    Form::whole(title.into_iter().chain(galleries).collect())
        .losing_if(is_cut, "a list as a gallery, whose long texts are cut")
}
