//! Words, links, numbers and JSON: ordinary, hostile, and at the limits.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

const ORDINARY: [&str; 6] = [
    "Soup",
    "of the day",
    "What else?",
    "order soup",
    "Yes",
    "Ada Lovelace",
];

const HOSTILE: [&str; 30] = [
    "",
    " ",
    "\0",
    "\n\r\t",
    "\u{7f}",
    "\u{202e}reversed",
    "\u{feff}",
    "\u{fffd}",
    "\u{200d}",
    "\u{2028}",
    "\"",
    "\\",
    "\\u0000",
    "</speak><audio src='x'/>",
    "<script>alert(1)</script>",
    "&amp;<>&'\"",
    "{{7*7}}${7*7}",
    "%00%2f",
    "../../etc",
    "a/b/c",
    "null",
    "👩‍👩‍👧‍👦",
    "ÀÉÎõü ß",
    "日本語のテキスト",
    "مرحبا بالعالم",
    "e\u{301}\u{301}\u{301}",
    "𝕏𝕐",
    "__system_counters__",
    "flowhook-session-data",
    "projects/p/agent/sessions/s/contexts/x",
];

/// Lengths at which a rule begins or ends, somewhere in Dialogflow or on a platform.
const LENGTHS: [usize; 30] = [
    0, 1, 19, 20, 21, 24, 25, 26, 30, 40, 60, 64, 79, 80, 81, 100, 149, 150, 151, 160, 199, 200, 201, 250,
    251, 640, 641, 1_000, 2_000, 2_001,
];

/// Lengths at which a whole reply is too large.
const HUGE: [usize; 4] = [10_000, 21_000, 65_000, 66_000];

const PIECES: [&str; 5] = ["x", "é", "\"", "\0", "👩"];

/// Mostly ordinary words, some hostile ones, some as long as a limit, a few as long as a reply.
pub(super) fn words() -> BoxedStrategy<String> {
    (0_u16..400, any::<u16>())
        .prop_map(|(sort, choice)| {
            let choice = usize::from(choice);
            let piece = || of(&PIECES, choice);
            match sort {
                0..240 => (*of(&ORDINARY, choice)).to_owned(),
                240..340 => (*of(&HOSTILE, choice)).to_owned(),
                340..360 => format!("{}{}", of(&HOSTILE, choice), of(&HOSTILE, choice / HOSTILE.len())),
                360..399 => piece().repeat(*of(&LENGTHS, choice / PIECES.len())),
                _ => piece().repeat(of(&HUGE, choice / PIECES.len()) / piece().len()),
            }
        })
        .boxed()
}

fn of<T>(list: &[T], choice: usize) -> &T {
    &list[choice % list.len()]
}

/// Words by which things are named: contexts, events, entity types.
pub(super) fn name() -> BoxedStrategy<String> {
    let names = ["cart", "booking", "My-Cart_2", "100%25", "ORDER"];
    prop_oneof![3 => select(names.to_vec()).prop_map(str::to_owned), 1 => words()].boxed()
}

pub(super) fn link() -> BoxedStrategy<String> {
    let links = [
        "https://example.com/soup.png",
        "https://example.com/soup?a=b&c=%22",
        "gs://bucket/soup.wav",
        "tel:+12125550100",
        "mailto:kitchen@example.com",
        "javascript:alert(1)",
        "nowhere",
        "",
    ];
    prop_oneof![7 => select(links.to_vec()).prop_map(str::to_owned), 1 => words()].boxed()
}

pub(super) fn number() -> BoxedStrategy<String> {
    let numbers = [
        "+12125550100",
        "+442079460100",
        "+0125550100",
        "212 555 0100",
        "+1234567890123456",
        "",
    ];
    select(numbers.to_vec()).prop_map(str::to_owned).boxed()
}

/// Any JSON, now and then nested deeper than is accepted.
pub(super) fn json() -> BoxedStrategy<Value> {
    let plain = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words().prop_map(Value::from),
    ]
    .boxed();
    let deep = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    let member = || (words(), plain.clone());
    prop_oneof![
        4 => plain.clone(),
        2 => proptest::collection::vec(plain.clone(), 0..4).prop_map(Value::from),
        4 => proptest::collection::vec(member(), 0..4).prop_map(|members| members.into_iter().collect()),
        1 => select(vec![2_usize, 85, 88, 89, 90, 91, 95, 120]).prop_map(deep),
    ]
    .boxed()
}

/// A JSON object whose names are those of platforms.
pub(super) fn payload() -> BoxedStrategy<Value> {
    let keys = [
        "facebook",
        "slack",
        "line",
        "google",
        "richContent",
        "hangouts",
        "shop",
    ];
    let member = (select(keys.to_vec()), json());
    let members = proptest::collection::vec(member, 0..3);
    let object = members.prop_map(|members| {
        let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
        Value::Object(members.collect())
    });
    prop_oneof![9 => object, 1 => json()].boxed()
}
