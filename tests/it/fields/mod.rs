//! Every field of the protocol has a public call that reads or writes it, and `docs/fields.md` says which.
//!
//! The rows are calls that are made here. Each is run: a request with the field in it is read by the row's call, a reply made by
//! the row's call has the field on the wire. The page is written from the same rows.

#[macro_use]
mod reads;
mod messages_read;

mod writes;

mod page;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use flowhook::testing::Caller;
use flowhook::webhook::Options;
use flowhook::wire::ApiVersion;
use flowhook::{Answer, Call, Intents, NoParams, Reply, Result, Turn};
use serde_json::{Value, json};

use crate::schema::{Api, canonical, judge, known};

/// A field of a request, and the call that reads it.
struct Read {
    message: &'static str,
    field: &'static str,
    /// Where a request has the message, as a JSON pointer.
    place: &'static str,
    /// The kind that the console message must have, in brackets.
    kind: &'static str,
    call: &'static str,
    /// The variant that the call must give, and what is read from it; nothing where the call itself reads.
    within: &'static [&'static str],
    /// What to read, where not any value will do.
    example: Option<Value>,
    read: fn(&Call) -> Option<Value>,
}

/// A field of a reply, and the call that writes it.
struct Write {
    message: &'static str,
    field: &'static str,
    /// Where the reply has the message, as a JSON pointer.
    place: &'static str,
    call: &'static str,
    /// What stands in the field then.
    written: Option<Value>,
    answer: fn() -> Answer,
}

fn reads() -> Vec<Read> {
    let mut rows = reads::of_calls();
    rows.extend(messages_read::of_messages());
    rows.extend(messages_read::of_the_assistants_messages());
    rows.extend(messages_read::of_the_phones_messages());
    rows
}

fn writes() -> Vec<Write> {
    let mut rows = writes::of_replies();
    rows.extend(writes::of_messages());
    rows.extend(writes::of_the_assistants_messages());
    rows.extend(writes::of_the_phones_messages());
    rows
}

fn apis(message: &str, field: &str) -> &'static [Api] {
    let known = known::fields().into_iter();
    let mut of_name = known.filter(|known| known.message == message && known.field == field);
    of_name.next().map_or(&[], |known| known.apis)
}

type Cell<T> = Arc<Mutex<T>>;

/// Callers of both versions, whose handler does what is in the cell.
fn callers<T: Copy + Send + 'static>(
    first: T,
    handler: fn(T, &Call) -> Answer,
) -> (Cell<T>, [(Api, Caller); 2]) {
    let cell = Arc::new(Mutex::new(first));
    let callers =
        [(Api::V2, ApiVersion::V2), (Api::V2Beta1, ApiVersion::V2Beta1)].map(|(api, api_version)| {
            let options = Options {
                api_version,
                ..Options::default()
            };
            let handle = move |turn: Turn<NoParams, Cell<T>>| async move {
                let what = *turn.app.lock().unwrap();
                Ok(handler(what, &turn)) as Result<Answer>
            };
            let agent = Intents::new(Arc::clone(&cell)).fallback(handle);
            (api, Caller::with_options(agent, options))
        });
    (cell, callers)
}

/// Puts a value into JSON; what is missing on the way to it is made.
fn put(json: &mut Value, place: &str, value: Value) {
    let mut here = json;
    for step in place.split('/').skip(1) {
        here = match step.parse::<usize>() {
            Ok(0) => {
                if !here.is_array() {
                    *here = json!([{}]);
                }
                &mut here[0]
            }
            _ => &mut here[step],
        };
    }
    *here = value;
}

/// Every field on one side of the list.
fn listed(is_on_side: impl Fn(&known::Known) -> bool) -> BTreeSet<(&'static str, &'static str)> {
    let known = known::fields().into_iter().filter(is_on_side);
    known.map(|known| (known.message, known.field)).collect()
}

#[track_caller]
fn each_once(rows: &[(&'static str, &'static str)], listed: &BTreeSet<(&'static str, &'static str)>) {
    let named: BTreeSet<_> = rows.iter().copied().collect();
    assert_eq!(named.len(), rows.len(), "a field has two rows");
    let missing: Vec<_> = listed.difference(&named).collect();
    let unknown: Vec<_> = named.difference(listed).collect();
    assert!(missing.is_empty(), "fields without a row: {missing:?}");
    assert!(unknown.is_empty(), "rows without a field: {unknown:?}");
}

#[test]
fn every_field_has_its_row() {
    let rows: Vec<_> = reads().iter().map(|row| (row.message, row.field)).collect();
    each_once(&rows, &listed(|known| known.is_asked));
    let rows: Vec<_> = writes().iter().map(|row| (row.message, row.field)).collect();
    each_once(&rows, &listed(|known| known.is_answered));
}

#[tokio::test]
async fn every_field_of_a_request_is_read_by_its_call() {
    let nothing: fn(&Call) -> Option<Value> = |_| None;
    let (cell, callers) = callers(nothing, |read, turn| {
        Reply::text(json!(read(turn)).to_string()).into()
    });
    for row in reads() {
        let known = apis(row.message, row.field);
        *cell.lock().unwrap() = row.read;
        for (api, caller) in callers.iter().filter(|(api, _)| known.contains(api)) {
            let example = row.example.clone();
            let example = example.unwrap_or_else(|| known::example(row.message, row.field, *api));
            let mut request = json!({"session": "projects/p/agent/sessions/s", "queryResult": {}});
            let place = format!("{}/{}", row.place, row.field);
            put(&mut request, &place, example.clone());
            assert_eq!(judge::faults("WebhookRequest", &request, *api), [""; 0]);

            let read: Value = serde_json::from_str(&caller.send(&request).await.text()).unwrap();
            let meaning = |value: Value| canonical::canonical(row.message, &json!({row.field: value}), *api);
            let (read, sent) = (meaning(read), meaning(example));
            assert_ne!(sent, json!({}), "{place}");
            assert_eq!(read, sent, "{place} is not what `{}` reads", row.call);
        }
    }
}

#[tokio::test]
async fn every_field_of_a_reply_is_written_by_its_call() {
    let first: fn() -> Answer = || Reply::console().into();
    let (cell, callers) = callers(first, |answer, _| answer());
    let messages = known::fields();
    for row in writes() {
        let place = format!("{}/{}", row.place, row.field);
        let is_message = messages
            .iter()
            .any(|known| (known.message, known.field) == (row.message, row.field) && known.is_message);
        assert!(
            row.written.is_some() || is_message,
            "{place}: say what is written"
        );
        *cell.lock().unwrap() = row.answer;
        for (api, caller) in &callers {
            let heard = caller.ask("any").await;
            let found = heard.json().pointer(&place);
            if !apis(row.message, row.field).contains(api) {
                assert_eq!(found, None, "{place} is sent to an agent of {}", api.name());
                continue;
            }
            heard.expect_sound();
            let body = heard.json().to_string();
            assert_eq!(judge::faults_of_reply(body.as_bytes(), *api), [""; 0], "{body}");
            assert!(
                found.is_some(),
                "{place} is not what `{}` writes: {body}",
                row.call
            );
            if let Some(written) = &row.written {
                assert_eq!(found, Some(written), "{place}");
            }
        }
    }
}
