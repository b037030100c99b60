//! Cutting words to a length.

/// As much of the text as has at most `max` characters, cut after a word where there is one.
pub(super) fn cut(text: &str, max: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(max) else {
        return text;
    };
    let head = &text[..end];
    // A word that ends just there is whole.
    if text[end..].starts_with(char::is_whitespace) {
        return head.trim_end();
    }
    match head.rfind(char::is_whitespace) {
        // Not for the sake of one word that is longer than half of it.
        Some(space) if space >= end / 2 => head[..space].trim_end(),
        _ => head,
    }
}

/// The text in pieces of at most `max` characters, cut after words.
pub(super) fn pieces(text: &str, max: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let piece = cut(rest, max);
        pieces.push(piece);
        rest = rest[piece.len()..].trim_start();
    }
    pieces
}

/// A text of at most `max` characters, which ends in `…` where something was left out.
pub(super) fn shortened(text: &str, max: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= max {
        return text.to_owned();
    }
    format!("{}\u{2026}", cut(text, max - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_after_a_word_and_never_within_a_letter() {
        for (text, max, kept) in [
            ("one two three", 20, "one two three"),
            ("one two three", 13, "one two three"),
            ("one two three", 12, "one two"),
            ("one two three", 7, "one two"),
            ("one two three", 8, "one two"),
            ("unbreakable", 5, "unbre"),
            ("a unbreakable", 8, "a unbrea"),
            ("\u{e9}\u{e9}\u{e9}", 2, "\u{e9}\u{e9}"),
            ("", 5, ""),
        ] {
            assert_eq!(cut(text, max), kept, "{text}");
        }
    }

    #[test]
    fn pieces_hold_all_words() {
        let text = "word ".repeat(1_000);
        let pieces = pieces(&text, 3_072);
        assert_eq!(pieces.len(), 2);
        assert!(pieces.iter().all(|piece| piece.chars().count() <= 3_072));
        assert_eq!(pieces.concat().matches("word").count(), 1_000);
        assert_eq!(shortened("one two three", 8), "one two\u{2026}");
        assert_eq!(shortened("one", 8), "one");
    }
}
