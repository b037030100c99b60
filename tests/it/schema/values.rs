//! Values to draw: text and JSON with everything in them that Unicode and JSON allow.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::LIST;

/// Text that programs like to get wrong.
const AWKWARD: [&str; 24] = [
    "\0",
    "\u{1}",
    "\u{7f}",
    "\n",
    "\r\n",
    "\t",
    "\"",
    "\\",
    "\\u0041",
    "/",
    "</script>",
    "${a}",
    "\u{feff}",
    "\u{202e}abc",
    "שלום",
    "مرحبا",
    "e\u{301}",
    "\u{200d}",
    "👩\u{200d}👩\u{200d}👧",
    "🇩🇪",
    "𝕏",
    "\u{2028}",
    "\u{fffd}",
    "\u{10ffff}",
];

/// Numbers at the edges of what integers and doubles hold; all of them survive being printed.
const EDGES: [f64; 8] = [
    -0.0,
    0.5,
    -1.25,
    1e22,
    1e300,
    -1e-7,
    9007199254740992.0,
    0.8662828,
];

/// A text from all of Unicode, mostly short, sometimes empty.
pub fn text(rng: &mut Rng) -> String {
    let length = rng.usize(..12);
    match rng.u8(..5) {
        0 => String::new(),
        1 => (0..length).map(|_| rng.alphanumeric()).collect(),
        2 => (0..length).map(|_| rng.char(..)).collect(),
        3 => (0..length).map(|_| rng.char('\0'..'\u{800}')).collect(),
        _ => (0..=length / 4).map(|_| one_of(rng, AWKWARD)).collect(),
    }
}

/// An object with any names and any values, at most so many levels deep.
pub fn object(rng: &mut Rng, levels: usize) -> Map<String, Value> {
    (0..rng.usize(..5))
        .map(|_| (text(rng), value(rng, levels - 1)))
        .collect()
}

fn value(rng: &mut Rng, levels: usize) -> Value {
    match rng.u8(..10) {
        0 => Value::Null,
        1 => rng.bool().into(),
        2..=3 => number(rng),
        6..=7 if levels > 0 => (0..rng.usize(..4)).map(|_| value(rng, levels - 1)).collect(),
        8..=9 if levels > 0 => object(rng, levels).into(),
        _ => text(rng).into(),
    }
}

fn number(rng: &mut Rng) -> Value {
    match rng.u8(..6) {
        0 => json!(rng.i32(-9..10)),
        1 => json!(f64::from(rng.i32(-9..10))),
        2 => json!(rng.i64(..)),
        3 => json!(u64::MAX),
        4 => json!(f64::from(rng.i32(..)) / 256.0),
        _ => json!(one_of(rng, EDGES)),
    }
}

/// An int32 in any of its notations.
pub fn int32(rng: &mut Rng) -> Value {
    let edge = one_of(rng, [-1, 0, 1, 5, i32::MAX, i32::MIN]);
    let number = if rng.bool() { rng.i32(..) } else { edge };
    one_of(
        rng,
        [json!(number), json!(f64::from(number)), json!(number.to_string())],
    )
}

/// A small float in any of its notations.
pub fn float(rng: &mut Rng) -> Value {
    let fraction = f64::from(rng.u8(..)) / 256.0;
    one_of(
        rng,
        [
            json!(1),
            json!(1.0),
            json!(0.25),
            json!(-0.5),
            json!(0.8662828),
            json!(fraction),
        ],
    )
}

/// A session name in one of its forms.
pub fn session(rng: &mut Rng) -> String {
    let pattern = &LIST.session_patterns[rng.usize(..LIST.session_patterns.len())];
    let segments = pattern.split('/').map(|segment| match segment.starts_with('{') {
        true => id(rng),
        false => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

/// A segment of a resource name.
pub fn id(rng: &mut Rng) -> String {
    match rng.u8(..4) {
        0 => "-".to_owned(),
        1 => rng.u64(..).to_string(),
        2 => format!(
            "{:08x}-{:04x}-4{:03x}",
            rng.u32(..),
            rng.u16(..),
            rng.u16(..0x1000)
        ),
        _ => (0..rng.usize(1..60))
            .map(|_| rng.alphanumeric())
            .chain(['_'])
            .collect(),
    }
}

/// One of the choices, each as likely as the others.
pub fn one_of<T, const N: usize>(rng: &mut Rng, choices: [T; N]) -> T {
    let index = rng.usize(..N);
    choices
        .into_iter()
        .nth(index)
        .expect("the index is below the length")
}
