//! The catalogue: its files, and how a text is found in the language of a turn.

use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentError, FluentResource};
use unic_langid::LanguageIdentifier;

use super::faults::{self, Fault, Rule};
use super::text::Text;
use crate::webhook::language;

/// The texts of an agent, by language.
///
/// A file holds the texts of one language, named in front of its ending: `de.ftl`, `pt-BR.ftl`, `hours.de.ftl`. A language may
/// have several files.
///
/// A text is looked for in the language of the turn, then in the more general ones, then in the default: `fr-CA`, `fr`, `en`.
/// A message that cannot be told, such as one with a variable that the handler did not give, is passed over in the same way, and
/// logged.
///
/// Variables stand in a text as they are. Fluent would put invisible marks around them, so that a name in Hebrew letters cannot
/// turn the order of an English sentence around; but chat and telephony pass the marks on to screens that draw them as boxes, to
/// voices, and to programs that compare words. Write them into the message where you want them: `{"\u2068"}{ $name }{"\u2069"}`.
///
/// ```
/// use flowhook::{Text, Texts};
///
/// let texts = Texts::new("en")
///     .file("en.ftl", "guests = { $count ->\n    [one] One guest.\n   *[other] { $count } guests.\n}")
///     .file("de.ftl", "guests = { $count ->\n    [one] Ein Gast.\n   *[other] { $count } Gäste.\n}");
///
/// assert_eq!(texts.text("de-AT", Text::of("guests").with("count", 2)).unwrap(), "2 Gäste.");
/// assert_eq!(texts.text("fr", Text::of("guests").with("count", 1)).unwrap(), "One guest.");
/// assert!(texts.faults().is_empty());
/// ```
#[must_use]
pub struct Texts {
    default: String,
    languages: Vec<Language>,
    /// What is wrong with single files.
    broken: Vec<Fault>,
}

/// The texts of one language.
pub(super) struct Language {
    /// As the file's name has it: `pt-BR`.
    pub(super) code: String,
    /// The same in lower case, with `-`.
    pub(super) tag: String,
    pub(super) identifier: LanguageIdentifier,
    pub(super) files: Vec<File>,
    bundle: FluentBundle<Arc<FluentResource>>,
}

/// A file, and what was read of it.
pub(super) struct File {
    pub(super) name: String,
    pub(super) resource: Arc<FluentResource>,
}

/// Why there is no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The agent has no catalogue.
    #[error("text `{key}`: the agent has no texts; give it some by `Intents::texts`")]
    NoTexts {
        /// The text's key.
        key: String,
    },
    /// Neither the turn's language nor the default has a text of that key.
    #[error("text `{key}`: there is none in {language}, nor in the default language `{default}`{}", meant(.like.as_deref()))]
    Missing {
        /// The text's key.
        key: String,
        /// The turn's language.
        language: String,
        /// The language that is fallen back to.
        default: String,
        /// A key of the default language that looks much like it.
        like: Option<String>,
    },
    /// The message cannot be told, in no language that may stand in.
    #[error("text `{key}` in `{language}`: {why}")]
    Broken {
        /// The text's key.
        key: String,
        /// The language of the message.
        language: String,
        /// Why: mostly a variable that was not given.
        why: String,
    },
}

impl TextError {
    pub(in crate::webhook) fn without_texts(text: Text) -> Self {
        Self::NoTexts { key: text.key }
    }
}

fn meant(like: Option<&str>) -> String {
    like.map_or_else(String::new, |like| format!("; is `{like}` meant?"))
}

impl Texts {
    /// A catalogue without texts, which falls back to this language.
    pub fn new(default_language: impl Into<String>) -> Self {
        Self {
            default: default_language.into(),
            languages: Vec::new(),
            broken: Vec::new(),
        }
    }

    /// Adds a file's texts to those of the language in its name. Compile it in:
    /// `.file("hours.de.ftl", include_str!("hours.de.ftl"))`. What is wrong with it stops the program's start with its place.
    pub fn file(mut self, name: impl Into<String>, content: &str) -> Self {
        let name = name.into();
        let code = &language_of(&name).to_owned();
        let Ok(identifier) = code.replace('_', "-").parse::<LanguageIdentifier>() else {
            self.broken.push(Fault {
                rule: Rule::Language,
                language: code.to_owned(),
                key: None,
                text: format!("`{code}` is no language; name the file like `de.ftl` or `hours.de.ftl`"),
                file: name,
                line: 1,
            });
            return self;
        };
        // What an editor of Windows puts in front is no text.
        let content = content.strip_prefix('\u{feff}').unwrap_or(content);
        let (resource, errors) = match FluentResource::try_new(content.to_owned()) {
            Ok(resource) => (resource, Vec::new()),
            Err(broken) => broken,
        };
        let broken = errors.iter().map(|error| Fault {
            rule: Rule::Syntax,
            language: code.to_owned(),
            key: None,
            text: format!("this is no Fluent: {}", faults::in_lower_case(&error.to_string())),
            file: name.clone(),
            line: faults::line_at(content, error.pos.start),
        });
        self.broken.extend(broken);
        let resource = Arc::new(resource);
        let language = self.language(code, identifier);
        let doubles = language.bundle.add_resource(Arc::clone(&resource)).err();
        let file = File { name, resource };
        let doubles = doubles.into_iter().flatten().filter_map(|error| match error {
            FluentError::Overriding { id, .. } => Some(faults::double(code, &file, id)),
            _ => None,
        });
        let doubles: Vec<_> = doubles.collect();
        language.files.push(file);
        self.broken.extend(doubles);
        self
    }

    fn language(&mut self, code: &str, identifier: LanguageIdentifier) -> &mut Language {
        let tag = language::tags(code).next().unwrap_or_default();
        let known = self.languages.iter().position(|known| known.tag == tag);
        let place = known.unwrap_or_else(|| {
            let mut bundle = FluentBundle::new_concurrent(vec![identifier.clone()]);
            bundle.set_use_isolating(false);
            bundle
                .add_builtins()
                .expect("a new bundle has no function of the same name");
            self.languages.push(Language {
                code: code.to_owned(),
                tag,
                identifier,
                files: Vec::new(),
                bundle,
            });
            self.languages.len() - 1
        });
        &mut self.languages[place]
    }

    /// The text in that language, else in a more general one, else in the default.
    ///
    /// # Errors
    ///
    /// When none of those has the key, or every message that could be told lacks something. The error names key and language.
    pub fn text(&self, code: &str, text: impl Into<Text>) -> Result<String, TextError> {
        let text = text.into();
        let mut broken = None;
        for language in self.languages_for(code) {
            match language.tell(&text) {
                Some(Ok(words)) => {
                    if let Some(error) = &broken {
                        tracing::warn!(
                            mend = "give what the message lacks, or change the message; `flowhook check` finds such",
                            "{error}; the user reads `{}`",
                            language.code
                        );
                    }
                    return Ok(words);
                }
                Some(Err(why)) => {
                    broken.get_or_insert(TextError::Broken {
                        key: text.key.clone(),
                        language: language.code.clone(),
                        why,
                    });
                }
                None => {}
            }
        }
        Err(broken.unwrap_or_else(|| TextError::Missing {
            like: self.like(&text.key),
            key: text.key,
            language: language::plain(code).to_owned(),
            default: self.default.clone(),
        }))
    }

    /// The language that every other falls back to.
    #[must_use]
    pub fn default_language(&self) -> &str {
        &self.default
    }

    /// The languages that have texts, as the names of the files have them, in the order they were given.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.iter().map(|language| language.code.as_str())
    }

    /// Whether turns in that language find texts without falling back to the default: `fr-CA` does where there is `fr`.
    #[must_use]
    pub fn speaks(&self, code: &str) -> bool {
        language::tags(code).any(|tag| self.with_tag(&tag).is_some())
    }

    /// All that is wrong with the catalogue: files that cannot be read, in which case start-up stops; keys that are missing or
    /// unknown, variables that differ from language to language, plurals that a language needs and a message lacks, references to
    /// nothing. In the order of the files.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let default = self.default_texts();
        let mut faults = self.broken.clone();
        if default.is_none() {
            faults.push(Fault::without_default(&self.default));
        }
        faults.extend(faults::between(&self.languages, default));
        faults
    }

    /// What stops the program's start.
    pub(in crate::webhook) fn fatal_faults(&self) -> impl Iterator<Item = Fault> {
        let lacking = self.default_texts().is_none();
        let lacking = lacking.then(|| Fault::without_default(&self.default));
        self.broken.iter().cloned().chain(lacking)
    }

    fn default_texts(&self) -> Option<&Language> {
        self.with_tag(&language::tags(&self.default).next()?)
    }

    fn with_tag(&self, tag: &str) -> Option<&Language> {
        self.languages.iter().find(|language| language.tag == tag)
    }

    /// The languages in which a text for turns in `code` is looked for.
    fn languages_for(&self, code: &str) -> impl Iterator<Item = &Language> {
        let own = language::tags(code).filter_map(|tag| self.with_tag(&tag));
        own.chain(self.default_texts())
    }

    /// The key of the default language that looks most like `key`, if one looks much like it.
    fn like(&self, key: &str) -> Option<String> {
        let keys = self.default_texts().into_iter().flat_map(Language::keys);
        let alike = keys.map(|other| (strsim::jaro_winkler(key, &other), other));
        let best = alike.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
        (best.0 > 0.85).then_some(best.1)
    }
}

impl Language {
    /// The text, or why its message cannot be told; none where there is no such key.
    fn tell(&self, text: &Text) -> Option<Result<String, String>> {
        let (id, attribute) = match text.key.split_once('.') {
            Some((id, attribute)) => (id, Some(attribute)),
            None => (text.key.as_str(), None),
        };
        let message = self.bundle.get_message(id)?;
        let pattern = match attribute {
            Some(attribute) => message.get_attribute(attribute)?.value(),
            None => message.value()?,
        };
        let mut errors = Vec::new();
        let words = self
            .bundle
            .format_pattern(pattern, Some(&text.arguments()), &mut errors);
        Some(match errors.first() {
            Some(FluentError::ResolverError(error)) => Err(faults::in_lower_case(&error.to_string())),
            Some(error) => Err(faults::in_lower_case(&error.to_string())),
            None => Ok(words.into_owned()),
        })
    }
}

/// The language in a file's name: `texts/hours.pt-BR.ftl` has `pt-BR`.
fn language_of(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = file.strip_suffix(".ftl").unwrap_or(file);
    stem.rsplit('.').next().unwrap_or(stem)
}
