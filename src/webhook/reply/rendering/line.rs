//! LINE shows a list as a carousel, whose columns are all of one make.

use serde_json::json;

use super::{Form, cut, payload, text, words};
use crate::webhook::reply::List;

/// The most columns, and the most characters of their parts. Source: the Messaging API, "Carousel template".
const MAX_COLUMNS: usize = 10;
const MAX_ALTERNATIVE: usize = 400;
const MAX_TITLE: usize = 40;
const MAX_TEXT: usize = 60;
const MAX_LABEL: usize = 20;
const MAX_SAID: usize = 300;

pub(super) fn list(list: &List) -> Form {
    let title = (!list.title.is_empty()).then(|| text(&list.title));
    let all_have_pictures = list.items.iter().all(|item| !item.image_uri.is_empty());
    let carousels = list.items.chunks(MAX_COLUMNS).map(|items| {
        let columns = items.iter().map(|item| {
            // A column has a text.
            let text = [&item.description, &item.title]
                .into_iter()
                .find(|text| !text.is_empty())
                .map_or("", String::as_str);
            let mut column = json!({
                "title": cut(&item.title, MAX_TITLE),
                "text": cut(text, MAX_TEXT),
                "actions": [{
                    "type": "message",
                    "label": cut(&item.title, MAX_LABEL),
                    "text": cut(item.tap(), MAX_SAID),
                }],
            });
            if all_have_pictures {
                column["thumbnailImageUrl"] = item.image_uri.clone().into();
            }
            column
        });
        payload(
            "line",
            json!({
                "type": "template",
                "altText": cut(&words::written_list(list), MAX_ALTERNATIVE),
                "template": {"type": "carousel", "columns": columns.collect::<Vec<_>>()},
            }),
        )
    });
    let is_cut = list.items.iter().any(|item| {
        cut(&item.title, MAX_TITLE) != item.title || cut(&item.description, MAX_TEXT) != item.description
    });
    let loses_pictures = list.has_pictures() && !all_have_pictures;
    Form::whole(title.into_iter().chain(carousels).collect())
        .losing_if(is_cut, "a list as a carousel, whose long texts are cut")
        .losing_if(
            loses_pictures,
            "a list as a carousel without pictures, for not every item has one",
        )
}
