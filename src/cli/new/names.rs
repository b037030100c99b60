//! Names for Rust out of names for people, and words for Rust's literals and comments.

use aws_lc_rs::digest::{SHA256, digest};
use icu_normalizer::DecomposingNormalizerBorrowed;

/// Names that a module must not have: crates that its neighbours name, and what Windows does not take for a file.
const NOT_FOR_MODULES: [&str; 18] = [
    "alloc",
    "aux",
    "com1",
    "con",
    "core",
    "flowhook",
    "lib",
    "lpt1",
    "main",
    "mod",
    "nul",
    "prn",
    "serde",
    "serde_json",
    "std",
    "test",
    "tests",
    "tokio",
];

/// Types that a generated file names, beside those of `sys`, which it names by that path.
const NOT_FOR_TYPES: [&str; 13] = [
    "Caller",
    "Deserialize",
    "Err",
    "Message",
    "None",
    "Ok",
    "Option",
    "Parameters",
    "Reply",
    "Result",
    "String",
    "Turn",
    "Vec",
];

/// The longest name of a module.
const LONGEST: usize = 60;

/// A module's name for an intent: letters, digits and `_`, and no word of Rust's.
pub(super) fn of_module(intent: &str) -> String {
    let mut name = snake(intent);
    name.truncate(LONGEST);
    let name = name.trim_end_matches('_');
    if name.is_empty() {
        // Nothing of the name can be written in ASCII. What stands for it is the same each time.
        let hash = digest(&SHA256, intent.as_bytes());
        let hash: String = hash.as_ref()[..4]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        return format!("intent_{hash}");
    }
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("intent_{name}");
    }
    if NOT_FOR_MODULES.contains(&name) || !is_identifier(name) {
        return format!("{name}_intent");
    }
    name.to_owned()
}

/// A field's name for a parameter; `place` tells it apart when nothing of its name can be written.
pub(super) fn of_field(parameter: &str, place: usize) -> String {
    let name = snake(parameter);
    match name.chars().next() {
        None => format!("parameter_{}", place + 1),
        Some(first) if first.is_ascii_digit() => format!("parameter_{name}"),
        // A handler calls its turn so.
        Some(_) if name == "turn" || !is_identifier(&name) => format!("{name}_"),
        Some(_) => name,
    }
}

/// A struct's name for an entity type.
pub(super) fn of_type(entity: &str) -> String {
    let name: String = words(entity)
        .iter()
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_ascii_uppercase() + rest
        })
        .collect();
    match name.chars().next() {
        None => "Entity".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("Entity{name}"),
        Some(_) if NOT_FOR_TYPES.contains(&name.as_str()) || !is_identifier(&name) => format!("{name}Entity"),
        Some(_) => name,
    }
}

/// The name itself, or with a number where it is taken.
pub(super) fn unique(name: String, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(&name) {
        return name;
    }
    let base = name.trim_end_matches('_');
    (2..)
        .map(|number| format!("{base}_{number}"))
        .find(|name| !is_taken(name))
        .expect("not every number is taken")
}

/// Whether Rust takes it for a name.
pub(super) fn is_identifier(name: &str) -> bool {
    // Reserved since the edition of 2024, of which syn does not know.
    name != "gen" && syn::parse_str::<syn::Ident>(name).is_ok()
}

/// As a string of Rust, with its quotes.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// As what stands in code marks in a comment, on one line.
pub(super) fn marked(text: &str) -> String {
    format!("`{}`", on_one_line(text).replace('`', "'"))
}

/// Without anything that would end a comment, or turn the direction of what is read.
pub(super) fn on_one_line(text: &str) -> String {
    // What `Debug` escapes is not there to be read.
    let is_shown = |sign: char| sign == '\'' || sign == '"' || sign == '\\' || sign.escape_debug().len() == 1;
    text.chars()
        .map(|sign| if is_shown(sign) { sign } else { ' ' })
        .collect()
}

fn snake(name: &str) -> String {
    words(name).join("_")
}

/// The words of a name in lower case: letters and digits that ASCII has, or has without their accents.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for sign in DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(name.chars()) {
        let plain = match sign {
            'ß' => "ss",
            'æ' | 'Æ' => "ae",
            'œ' | 'Œ' => "oe",
            'ø' | 'Ø' => "o",
            'ł' | 'Ł' => "l",
            'đ' | 'Đ' | 'ð' | 'Ð' => "d",
            'þ' | 'Þ' => "th",
            'ı' => "i",
            _ => "",
        };
        let ends_word = if sign.is_ascii() {
            !sign.is_ascii_alphanumeric()
        } else {
            sign.is_whitespace()
        };
        if ends_word || (was_lower && sign.is_uppercase()) {
            words.push(String::new());
        }
        was_lower = sign.is_lowercase();
        let word = words.last_mut().expect("there is one from the start");
        if sign.is_ascii_alphanumeric() {
            word.push(sign.to_ascii_lowercase());
        } else {
            word.push_str(plain);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_display_name_gives_a_module() {
        for (intent, module) in [
            ("table.book", "table_book"),
            ("Default Welcome Intent", "default_welcome_intent"),
            ("bookTable", "book_table"),
            ("Where/When is Next?", "where_when_is_next"),
            ("3 days", "intent_3_days"),
            ("type", "type_intent"),
            ("Self", "self_intent"),
            ("async", "async_intent"),
            ("Gen", "gen_intent"),
            ("std", "std_intent"),
            ("CON", "con_intent"),
            ("Größe ändern", "grosse_andern"),
            ("Œuvre – été", "oeuvre_ete"),
            ("ﬁne²", "fine2"),
        ] {
            assert_eq!(of_module(intent), module, "{intent}");
        }
        for intent in ["__", "予約", "🍕"] {
            let name = of_module(intent);
            assert!(
                is_identifier(&name) && name.len() == "intent_".len() + 8,
                "{intent}: {name}"
            );
        }
        let long = of_module(&"very ".repeat(40));
        assert!(long.len() <= LONGEST && !long.ends_with('_'), "{long}");
        assert_ne!(of_module("予約"), of_module("取消"));
    }

    #[test]
    fn fields_and_types_are_names_too() {
        assert_eq!(of_field("date-time", 0), "date_time");
        assert_eq!(of_field("type", 0), "type_");
        assert_eq!(of_field("turn", 0), "turn_");
        assert_eq!(of_field("gen", 0), "gen_");
        assert_eq!(of_field("2nd", 0), "parameter_2nd");
        assert_eq!(of_field("色", 2), "parameter_3");
        assert_eq!(of_type("pizza-size"), "PizzaSize");
        assert_eq!(of_type("result"), "ResultEntity");
        assert_eq!(of_type("self"), "SelfEntity");
        assert_eq!(of_type("色"), "Entity");
        assert_eq!(unique("a_".to_owned(), |name| name != "a_3"), "a_3");
    }

    #[test]
    fn comments_stay_comments() {
        assert_eq!(on_one_line("a\n//! b\u{2028}c\u{202e}d"), "a //! b c d");
        assert_eq!(marked("it's `x` \"y\""), "`it's 'x' \"y\"`");
    }
}
