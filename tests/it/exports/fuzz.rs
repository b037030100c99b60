//! Exports that were mutilated at random: they are read or refused, never more.

use std::sync::LazyLock;

use flowhook::agent_export::Export;
use proptest::prelude::*;
use serde_json::{Value, json};
use zip::CompressionMethod;

use super::pack::Pack;
use super::shapes::{all, boat_hire};

static ZIPS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let of = |shape: super::shapes::Shape| {
        [CompressionMethod::Stored, CompressionMethod::Deflated].map(|method| shape.pack.zipped(method, true))
    };
    all()
        .into_iter()
        .filter(|shape| shape.name != "with every kind of entity")
        .flat_map(of)
        .collect()
});

/// One way to hurt a file: places come as a share of its length.
#[derive(Clone, Debug)]
enum Hurt {
    Set(f64, u8),
    Cut(f64, f64),
    Insert(f64, Vec<u8>),
    Repeat(f64, f64),
}

fn hurt() -> impl Strategy<Value = Hurt> {
    let place = 0.0..1.0;
    prop_oneof![
        4 => (place.clone(), any::<u8>()).prop_map(|(place, byte)| Hurt::Set(place, byte)),
        1 => (place.clone(), place.clone()).prop_map(|(from, to)| Hurt::Cut(from, to)),
        1 => (place.clone(), prop::collection::vec(any::<u8>(), 1..40)).prop_map(|(place, bytes)| Hurt::Insert(place, bytes)),
        1 => (place.clone(), place).prop_map(|(from, to)| Hurt::Repeat(from, to)),
    ]
}

fn apply(bytes: &mut Vec<u8>, hurt: &Hurt) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a small file"
    )]
    let at = |share: f64, bytes: &[u8]| (share * bytes.len() as f64) as usize;
    match hurt {
        Hurt::Set(place, byte) => {
            let place = at(*place, bytes);
            if let Some(there) = bytes.get_mut(place) {
                *there = *byte;
            }
        }
        Hurt::Cut(one, other) => {
            let (one, other) = (at(*one, bytes), at(*other, bytes));
            bytes.drain(one.min(other)..one.max(other));
        }
        Hurt::Insert(place, what) => {
            let place = at(*place, bytes);
            bytes.splice(place..place, what.iter().copied());
        }
        Hurt::Repeat(one, other) => {
            let (one, other) = (at(*one, bytes), at(*other, bytes));
            let part = bytes[one.min(other)..one.max(other)].to_vec();
            bytes.extend(part);
        }
    }
}

/// Any JSON of the size of a few lines, with the words of an export in it.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "name",
        "responses",
        "parameters",
        "messages",
        "type",
        "speech",
        "contexts",
        "events",
        "webhookUsed",
        "affectedContexts",
        "lifespan",
        "data",
        "text",
        "entries",
        "value",
        "synonyms",
        "language",
        "webhook",
        "headers",
        "prompts",
        "suggestions",
        "items",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[@$#a-z0-9.: é\\PC]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutilated_zip_is_read_or_refused(which in any::<prop::sample::Index>(), hurts in prop::collection::vec(hurt(), 1..6)) {
        let mut bytes = which.get(&ZIPS).clone();
        for hurt in &hurts {
            apply(&mut bytes, hurt);
        }
        if let Err(error) = Export::from_zip(&bytes) {
            let text = error.to_string();
            prop_assert!(!text.contains(char::is_control) && text.len() < 1_000, "{text:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_json_is_in_it_an_export_is_read(agent in any_json(), intent in any_json(), phrases in any_json(), entity in any_json()) {
        let object = |value: Value| if value.is_object() { value } else { json!({"responses": [value]}) };
        let list = |value: Value| if value.is_array() { value } else { json!([value]) };
        let pack = Pack::default()
            .json("agent.json", &object(agent))
            .json("intents/a.json", &object(intent))
            .json("intents/a_usersays_en.json", &list(phrases))
            .json("entities/e.json", &object(entity.clone()))
            .json("entities/e_entries_en.json", &list(entity));
        let export = pack.read();
        prop_assert!(export.is_ok(), "{:?}", export.unwrap_err());
        let export = export.unwrap();
        // Every question has an answer.
        for intent in &export.intents {
            let _ = (intent.calls_webhook(), intent.can_match(), intent.says_something_in("en"), export.parent_of(intent));
        }
        for entity in &export.entities {
            let _ = entity.kind();
        }
        prop_assert!(export.notes.len() <= 100);
    }
}

#[test]
fn a_zip_that_ends_anywhere_is_refused() {
    let bytes = boat_hire().zip();
    for length in 0..bytes.len() {
        assert!(Export::from_zip(&bytes[..length]).is_err(), "cut at {length}");
    }
}
