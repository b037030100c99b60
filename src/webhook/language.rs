//! Languages as Dialogflow names them: `en`, `en-us`, `pt-BR`, `zh-Hant-TW`; `_` for `-` is understood too.

/// A longer code is none. The caller chooses it, and each `-` in it is one more to look for. Source: RFC 5646, section 4.4.1,
/// which asks for room for so many letters.
const LONGEST: usize = 35;

/// The language itself and then the more general ones, in lower case: `fr-ca`, `fr`. Of an empty code none.
pub(super) fn tags(code: &str) -> impl Iterator<Item = String> {
    let whole = code.trim().to_lowercase().replace('_', "-");
    let whole = Some(whole).filter(|tag| !tag.is_empty() && tag.len() <= LONGEST);
    std::iter::successors(whole, |tag| {
        tag.rsplit_once('-').map(|(shorter, _)| shorter.to_owned())
    })
}

/// The code for a log line, if it looks like one: it comes with the request and may be anything.
pub(super) fn plain(code: &str) -> &str {
    let looks_right = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_';
    match code {
        "" => "no language",
        _ if code.len() <= LONGEST && code.bytes().all(looks_right) => code,
        _ => "an unknown language",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_falls_back_to_the_more_general_ones() {
        for (code, expected) in [
            ("fr-CA", &["fr-ca", "fr"][..]),
            ("en_us", &["en-us", "en"]),
            ("zh-Hant-TW", &["zh-hant-tw", "zh-hant", "zh"]),
            ("de", &["de"]),
            (" ", &[]),
            ("", &[]),
        ] {
            assert_eq!(tags(code).collect::<Vec<_>>(), expected, "{code}");
        }
    }

    #[test]
    fn a_code_that_never_ends_costs_nothing() {
        assert_eq!(tags(&"a-".repeat(500_000)).count(), 0);
    }

    #[test]
    fn what_is_no_code_is_not_logged() {
        assert_eq!(plain("pt-BR"), "pt-BR");
        assert_eq!(plain(""), "no language");
        assert_eq!(plain("call +1 555 0100"), "an unknown language");
        assert_eq!(plain(&"x".repeat(36)), "an unknown language");
    }
}
