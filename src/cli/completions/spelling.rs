//! How shells spell words: what a typed one means, and how to go on with it so that the shell reads the whole of a name.

/// Whose rules of quoting hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// Those of zsh, which are bash's too.
    Zsh,
    /// Those of fish: between single quotes `\'` and `\\` are escapes.
    Fish,
}

/// Word breaks that bash leaves in the word that it completes.
const KEPT: [char; 2] = ['@', '$'];

/// What a typed word means, also where its quotes are open yet.
pub(super) fn plain(word: &str, rules: Rules) -> String {
    let mut reader = Reader::new(rules);
    word.chars().filter_map(|sign| reader.read(sign)).collect()
}

/// Reads sign by sign.
struct Reader {
    rules: Rules,
    /// The quote that is open.
    quote: Option<char>,
    /// Whether the sign before was a backslash that quotes this one.
    is_escaped: bool,
}

impl Reader {
    fn new(rules: Rules) -> Self {
        Self {
            rules,
            quote: None,
            is_escaped: false,
        }
    }

    /// Whether the next sign stands for itself, whatever it is.
    fn is_quoting(&self) -> bool {
        self.quote.is_some() || self.is_escaped
    }

    /// What the sign means: itself, or nothing.
    fn read(&mut self, sign: char) -> Option<char> {
        if std::mem::take(&mut self.is_escaped) {
            return Some(sign);
        }
        let escapes = self.quote != Some('\'') || self.rules == Rules::Fish;
        match (self.quote, sign) {
            (_, '\\') if escapes => self.is_escaped = true,
            (Some(open), _) if open == sign => self.quote = None,
            (None, '\'' | '"') => self.quote = Some(sign),
            _ => return Some(sign),
        }
        None
    }
}

/// A line of bash up to the cursor. Bash cuts words at more signs than at blanks (`=` and `:` among them), replaces only what comes
/// after the last of them, and inserts what it is given without quoting it.
pub(super) struct BashLine {
    /// What each word means; the last one is not finished.
    pub(super) words: Vec<String>,
    /// What was typed of what bash will replace.
    replaced: String,
    /// The quote that is open at the cursor.
    quote: Option<char>,
}

impl BashLine {
    /// `breaks` are bash's `COMP_WORDBREAKS`.
    pub(super) fn read(line: &str, breaks: &str) -> Self {
        let mut reader = Reader::new(Rules::Zsh);
        let mut words = Vec::new();
        let mut word: Option<String> = None;
        let mut replaced = String::new();
        // What stands in front of an open quote, in case that it is closed again.
        let mut outside = String::new();
        for sign in line.chars() {
            let was_quoting = reader.is_quoting();
            let was_open = reader.quote;
            if sign.is_whitespace() && !was_quoting {
                words.extend(word.take());
                replaced.clear();
                continue;
            }
            let word = word.get_or_insert_default();
            word.extend(reader.read(sign));
            match (was_open, reader.quote) {
                (None, Some(_)) => {
                    replaced.push(sign);
                    outside = std::mem::take(&mut replaced);
                }
                (Some(_), None) => {
                    replaced.insert_str(0, &outside);
                    replaced.push(sign);
                }
                _ if !was_quoting && breaks.contains(sign) => {
                    replaced.clear();
                    replaced.extend(KEPT.contains(&sign).then_some(sign));
                }
                _ => replaced.push(sign),
            }
        }
        // A backslash that quotes nothing yet is set anew with what it will quote.
        if reader.is_escaped {
            replaced.pop();
        }
        words.push(word.unwrap_or_default());
        Self {
            words,
            replaced,
            quote: reader.quote,
        }
    }

    /// What bash is to put in place of what it replaces, so that the word will mean `value`; none if the word is not its beginning.
    /// What was typed stays as it was typed.
    pub(super) fn completed(&self, value: &str) -> Option<String> {
        let rest = value.strip_prefix(self.words.last()?)?;
        let mut text = self.replaced.clone();
        for sign in rest.chars() {
            match (self.quote, sign) {
                (Some('\''), '\'') => text.push_str(r"'\''"),
                // History is expanded between double quotes, and a backslash would not be taken away.
                (Some('"'), '!') => text.push_str(r#""'!'""#),
                (Some('"'), '"' | '\\' | '$' | '`') => text.extend(['\\', sign]),
                (None, _) if !is_plain(sign) => text.extend(['\\', sign]),
                _ => text.push(sign),
            }
        }
        Some(text)
    }
}

/// Whether a sign means itself to bash without quotes.
fn is_plain(sign: char) -> bool {
    sign.is_alphanumeric() || "_-./,+%@:=".contains(sign) || (!sign.is_ascii() && !sign.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: &str = " \t\n\"'@><=;|&(:";

    #[test]
    fn bash_replaces_what_comes_after_its_last_break_and_keeps_what_was_typed() {
        for (line, value, put) in [
            ("f ask ", "a b", r"a\ b"),
            ("f ask a", "a b", r"a\ b"),
            (r"f ask a\ ", "a b", r"a\ b"),
            (r"f ask a\", "a b", r"a\ b"),
            ("f ask 'a", "a b", "a b"),
            ("f ask \"a", "a b", "a b"),
            ("f ask 'i", "it's", r"it'\''s"),
            ("f ask \"s", "s\"$`\\!", r#"s\"\$\`\\"'!'""#),
            ("f ask ", "it's", r"it\'s"),
            ("f ask x g", "g=2", "g=2"),
            ("f ask x g=", "g=2 b", r"2\ b"),
            ("f ask x 'g=", "g=2 b", "g=2 b"),
            ("f ask x g='2", "g=2 b", "2 b"),
            ("f ask x 'g'=", "g=2", "2"),
            ("f ask x 'g=2", "g=2", "g=2"),
            ("f ask 'a 'b", "a bc", "'a 'bc"),
            ("f ask n:", "n:a", "a"),
            ("f ask x@", "x@y", "@y"),
            ("f --as=", "--as=line", "line"),
            ("f ask ☕", "☕ 🍰", "☕\\ 🍰"),
        ] {
            let line_read = BashLine::read(line, BREAKS);
            assert_eq!(line_read.completed(value).as_deref(), Some(put), "{line}");
        }
        assert_eq!(BashLine::read("f ask 'x y", BREAKS).completed("x z"), None);
        assert_eq!(
            BashLine::read("f  'a b' c\\ d ", BREAKS).words,
            ["f", "a b", "c d", ""]
        );
    }

    #[test]
    fn words_mean_what_the_shell_means_by_them() {
        for (word, zsh, fish) in [
            ("'a b'", "a b", "a b"),
            (r"a\ b", "a b", "a b"),
            (r"'it\'", r"it\", "it'"),
            ("\"a\\\"b", "a\"b", "a\"b"),
            ("g='2", "g=2", "g=2"),
        ] {
            assert_eq!(plain(word, Rules::Zsh), zsh, "{word}");
            assert_eq!(plain(word, Rules::Fish), fish, "{word}");
        }
    }
}
