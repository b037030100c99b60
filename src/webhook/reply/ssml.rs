//! Speech in SSML, in which nobody's words can be taken for markup.
//!
//! ```
//! use std::time::Duration;
//!
//! use flowhook::ssml::{SayAs, Speech};
//!
//! let dish = "fish & chips";
//! let speech = Speech::of("You ordered ").say(dish).pause(Duration::from_millis(300)).say_as(SayAs::Ordinal, "1");
//! assert_eq!(
//!     speech.to_string(),
//!     "<speak>You ordered fish &amp; chips<break time=\"300ms\"/><say-as interpret-as=\"ordinal\">1</say-as></speak>"
//! );
//! ```

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::webhook::reply::withheld::withheld;

/// What is spoken. Written out it is one `<speak>` element.
#[derive(Clone, Default, PartialEq, Eq)]
#[must_use = "speech is heard once a message carries it"]
pub struct Speech {
    markup: String,
}

/// How the words of a `<say-as>` are read. Source: the SSML page of Google's Text-to-Speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SayAs {
    /// As a number: twelve.
    Cardinal,
    /// As a place in an order: twelfth.
    Ordinal,
    /// Letter by letter, digit by digit.
    Characters,
    /// As a fraction: one half.
    Fraction,
    /// As a measure: ten feet.
    Unit,
    /// As an amount of money in US dollars: `$42.01`.
    Currency,
    /// As a telephone number.
    Telephone,
    /// As a date of year, month and day: `2026-11-27`.
    Date,
    /// As a time of day: `2:30pm`.
    Time,
    /// Not at all: a bleep in its place.
    Expletive,
}

impl SayAs {
    fn attributes(self) -> &'static str {
        match self {
            Self::Cardinal => r#"interpret-as="cardinal""#,
            Self::Ordinal => r#"interpret-as="ordinal""#,
            Self::Characters => r#"interpret-as="characters""#,
            Self::Fraction => r#"interpret-as="fraction""#,
            Self::Unit => r#"interpret-as="unit""#,
            Self::Currency => r#"interpret-as="currency" language="en-US""#,
            Self::Telephone => r#"interpret-as="telephone""#,
            Self::Date => r#"interpret-as="date" format="yyyymmdd" detail="1""#,
            Self::Time => r#"interpret-as="time" format="hms12""#,
            Self::Expletive => r#"interpret-as="expletive""#,
        }
    }
}

impl Speech {
    /// Speech that begins with these words.
    pub fn of(words: impl AsRef<str>) -> Self {
        Self::default().say(words)
    }

    /// More words.
    pub fn say(mut self, words: impl AsRef<str>) -> Self {
        self.markup.push_str(&escape(words.as_ref()));
        self
    }

    /// Silence, to the millisecond.
    pub fn pause(self, length: Duration) -> Self {
        let milliseconds = length.as_millis();
        self.markup(format!(r#"<break time="{milliseconds}ms"/>"#))
    }

    /// Words that are read in a certain way.
    pub fn say_as(self, way: SayAs, words: impl AsRef<str>) -> Self {
        let words = escape(words.as_ref());
        self.markup(format!("<say-as {}>{words}</say-as>", way.attributes()))
    }

    /// Words with weight on them.
    pub fn stress(self, words: impl AsRef<str>) -> Self {
        let words = escape(words.as_ref());
        self.markup(format!(r#"<emphasis level="strong">{words}</emphasis>"#))
    }

    /// Words that are spoken otherwise than they are written, such as an abbreviation.
    pub fn pronounce(self, written: impl AsRef<str>, spoken: impl AsRef<str>) -> Self {
        let (written, spoken) = (escape(written.as_ref()), escape(spoken.as_ref()));
        self.markup(format!(r#"<sub alias="{spoken}">{written}</sub>"#))
    }

    /// A recording by its `https` URL, and the words to speak where it cannot be played.
    pub fn audio(self, url: impl AsRef<str>, otherwise: impl AsRef<str>) -> Self {
        let (url, otherwise) = (escape(url.as_ref()), escape(otherwise.as_ref()));
        self.markup(format!(r#"<audio src="{url}">{otherwise}</audio>"#))
    }

    /// Markup as it is, for elements that have no call here. It must be well formed; put a user's words through
    /// [`escape`] first.
    pub fn markup(mut self, markup: impl AsRef<str>) -> Self {
        self.markup.push_str(markup.as_ref());
        self
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.markup.is_empty()
    }
}

impl fmt::Display for Speech {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<speak>{}</speak>", self.markup)
    }
}

/// Words as SSML writes them: what would be markup is escaped, and letters that XML 1.0 does not allow are left out.
#[must_use]
pub fn escape(words: &str) -> Cow<'_, str> {
    if words.chars().all(|letter| written(letter) == Written::AsItIs) {
        return Cow::Borrowed(words);
    }
    let mut escaped = String::with_capacity(words.len() + 16);
    for letter in words.chars() {
        match written(letter) {
            Written::AsItIs => escaped.push(letter),
            Written::As(entity) => escaped.push_str(entity),
            Written::Never => {}
        }
    }
    Cow::Owned(escaped)
}

#[derive(PartialEq)]
enum Written {
    AsItIs,
    As(&'static str),
    Never,
}

fn written(letter: char) -> Written {
    match letter {
        '&' => Written::As("&amp;"),
        '<' => Written::As("&lt;"),
        '>' => Written::As("&gt;"),
        '"' => Written::As("&quot;"),
        '\'' => Written::As("&apos;"),
        '\t' | '\n' | '\r' => Written::AsItIs,
        '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => Written::Never,
        _ => Written::AsItIs,
    }
}

withheld!(Speech);
