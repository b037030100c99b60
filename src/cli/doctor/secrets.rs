//! Showing what the other side sent, and never a secret that the doctor was given.

/// The most that is shown of something that the other side sent, in characters.
const MAX_QUOTE: usize = 300;

/// What must not be shown, not even where the other side sends it back.
#[derive(Clone, Default)]
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    pub(super) fn new(mut secrets: Vec<String>) -> Self {
        // What is shorter stands in any text by chance.
        secrets.retain(|secret| secret.len() > 2);
        // The longest first, for one may be a part of another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self(secrets)
    }

    /// The text without the secrets in it, and without a hold on the terminal.
    pub(super) fn withheld(&self, text: &str) -> String {
        let text = self
            .0
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret, "***"));
        if !text.contains(char::is_control) {
            return text;
        }
        text.chars()
            .flat_map(|letter| {
                let escaped = letter.is_control().then(|| letter.escape_default());
                let plain = (!letter.is_control()).then_some(letter);
                escaped.into_iter().flatten().chain(plain)
            })
            .collect()
    }

    /// What the other side sent, in one line and not too long.
    pub(super) fn quoted(&self, text: &str) -> String {
        // Withheld before anything is cut: half a secret is a secret.
        let text = self.withheld(&text.replace(char::is_whitespace, " "));
        let mut words = text.split(' ').filter(|word| !word.is_empty());
        let mut quote = words.next().unwrap_or_default().to_owned();
        for word in words {
            quote.push(' ');
            quote.push_str(word);
        }
        if let Some((end, _)) = quote.char_indices().nth(MAX_QUOTE) {
            quote.truncate(end);
            quote.push('…');
        }
        quote
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_withheld_wherever_it_stands() {
        let secrets = Secrets::new(vec!["ab".into(), "hunter2".into(), "user:hunter2".into()]);
        assert_eq!(secrets.withheld("abc user:hunter2 hunter2!"), "abc *** ***!");
        let long = format!("{}hunter2", "x".repeat(MAX_QUOTE - 3));
        assert_eq!(secrets.quoted(&long), format!("{}***", "x".repeat(MAX_QUOTE - 3)));
    }

    #[test]
    fn what_the_other_side_sent_cannot_play_with_the_terminal() {
        let secrets = Secrets::default();
        assert_eq!(
            secrets.quoted("<title>\n  Sign\tin\x1b[2J </title>"),
            "<title> Sign in\\u{1b}[2J </title>"
        );
        assert_eq!(secrets.quoted(&"é".repeat(1000)).chars().count(), MAX_QUOTE + 1);
    }
}
