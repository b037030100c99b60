//! Fields written twice in one object, which a parsed JSON no longer shows.

use std::collections::BTreeSet;

/// An object that is not closed yet.
#[derive(Default)]
struct Open {
    names: BTreeSet<String>,
    latest: String,
}

/// A fault for each repetition, its place without numbers; the text must be JSON.
pub fn faults(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['{', '}', '"']) {
        let mark = rest.as_bytes()[start];
        rest = &rest[start + 1..];
        match mark {
            b'{' => open.push(Open::default()),
            b'}' => drop(open.pop()),
            _ => {
                let (content, after) = string(rest);
                rest = after;
                // Only a name has a colon behind it.
                if !rest.trim_start().starts_with(':') {
                    continue;
                }
                if let Some(object) = open.last_mut() {
                    object.latest = unescaped(content);
                    if !object.names.insert(object.latest.clone()) {
                        faults.push(format!("`{}` is written twice.", place(&open)));
                    }
                }
            }
        }
    }
    faults
}

fn place(open: &[Open]) -> String {
    open.iter().fold("$".to_owned(), |place, object| {
        format!("{place}.{}", object.latest)
    })
}

/// The inside of the string that begins here, and what follows its closing quote.
fn string(text: &str) -> (&str, &str) {
    let mut escaped = false;
    let end = text.find(|character| {
        let closes = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        closes
    });
    end.map_or((text, ""), |end| (&text[..end], &text[end + 1..]))
}

fn unescaped(content: &str) -> String {
    serde_json::from_str(&format!("\"{content}\"")).unwrap_or_else(|_| content.to_owned())
}

#[cfg(test)]
mod tests {
    use super::faults;

    #[test]
    fn a_name_written_twice_is_found_at_any_depth() {
        assert_eq!(faults(r#"{"a":1,"a":2}"#), ["`$.a` is written twice."]);
        assert_eq!(
            faults(r#"{"b":[{"a":1 , "a" : {}}]}"#),
            ["`$.b.a` is written twice."]
        );
        assert_eq!(faults(r#"{"a":{"a":1},"\u0061":2}"#), ["`$.a` is written twice."]);
    }

    #[test]
    fn names_in_different_objects_and_texts_are_not_names_written_twice() {
        assert_eq!(
            faults(r#"{"a":{"a":[{"a":1},{"a":2}]},"b":"a","c":"a"}"#),
            [""; 0]
        );
        assert_eq!(
            faults(r#"{"a":"{\"a\":1,\"a\":2}","b":"\\","c":["c","c"]}"#),
            [""; 0]
        );
    }
}
