//! The first reply of an intent: what the console says, where it can be said from here.

use super::names::{literal, marked};
use super::types::Types;
use crate::agent_export::{Content, Intent, Message};

/// What a handler says first.
#[derive(Debug, Default)]
pub(super) struct Opening {
    /// An expression for the reply.
    pub(super) reply: String,
    /// Fields of the parameters that it names.
    pub(super) fields: Vec<String>,
    /// What a test asks beside the intent, and what it expects.
    pub(super) asks: Vec<String>,
    pub(super) expects: Vec<String>,
    /// Whether it names `Message`.
    pub(super) names_message: bool,
    /// What is to be said of it.
    pub(super) notes: Vec<String>,
}

impl Opening {
    /// For an intent of which only the name is known.
    pub(super) fn plain(name: &str) -> Self {
        let words = literal(&format!("This is the answer to {name}."));
        Self {
            reply: format!("Reply::text({words})"),
            expects: vec![format!("expect_text({words})")],
            ..Self::default()
        }
    }

    /// For an intent as the export has it.
    pub(super) fn of(intent: &Intent, types: &Types, language: &str) -> Self {
        let Said { texts, chips, notes } = said(intent, language);
        if texts.is_empty() {
            let mut opening = Self::plain(&intent.name);
            opening.chips(&chips);
            opening.notes = notes;
            return opening;
        }
        let wordings = texts.iter().flatten();
        let Some(pieces) = wordings
            .map(|text| pieces(text, types))
            .collect::<Option<Vec<_>>>()
        else {
            // Dialogflow puts the values in, in every form that the console knows.
            return Self {
                reply: "Reply::console()".to_owned(),
                asks: vec![format!("console({})", literal(&texts[0][0]))],
                expects: vec!["expect_console()".to_owned()],
                notes: [
                    vec![
                        "The console's response stands: it holds values that only Dialogflow can put in."
                            .to_owned(),
                    ],
                    notes,
                ]
                .concat(),
                ..Self::default()
            };
        };
        let mut opening = Self {
            notes,
            ..Self::default()
        };
        for field in pieces.iter().flatten().filter_map(Piece::field) {
            if !opening.fields.iter().any(|known| known == field) {
                opening.fields.push(field.to_owned());
            }
        }
        let mut pieces = pieces.into_iter();
        for (place, wordings) in texts.iter().enumerate() {
            let wordings: Vec<_> = pieces.by_ref().take(wordings.len()).collect();
            opening.say(place == 0, &wordings);
            opening.expect(texts.len() == 1, &wordings);
        }
        opening.chips(&chips);
        opening
    }

    fn say(&mut self, is_first: bool, wordings: &[Vec<Piece<'_>>]) {
        let are_plain = wordings.iter().all(|wording| plain(wording).is_some());
        let each = wordings.iter().map(|wording| match plain(wording) {
            Some(text) if are_plain => literal(&text),
            Some(text) => format!("{}.to_owned()", literal(&text)),
            None => format!("format!({})", literal(&with_fields(wording))),
        });
        let each: Vec<_> = each.collect();
        let call = match (is_first, each.as_slice()) {
            (true, [one]) => format!("Reply::text({one})"),
            (true, all) => format!("Reply::one_of([{}])", all.join(", ")),
            (false, [one]) => format!(".say({one})"),
            (false, all) => {
                self.names_message = true;
                format!(".say(Message::one_of([{}]))", all.join(", "))
            }
        };
        self.reply.push_str(&call);
    }

    fn expect(&mut self, is_all: bool, wordings: &[Vec<Piece<'_>>]) {
        let texts: Option<Vec<_>> = wordings.iter().map(|wording| plain(wording)).collect();
        let expected = match (texts.as_deref(), wordings) {
            (Some([text]), _) if is_all => format!("expect_text({})", literal(text)),
            (Some([text]), _) => format!("expect_mention({})", literal(text)),
            (Some(texts), _) if is_all => {
                let texts: Vec<_> = texts.iter().map(|text| literal(text)).collect();
                format!("expect_one_of([{}])", texts.join(", "))
            }
            // What surrounds the values is the same whatever they are.
            (None, [wording]) => match longest(wording) {
                Some(text) => format!("expect_mention({})", literal(text)),
                None => "expect_sound()".to_owned(),
            },
            _ => "expect_sound()".to_owned(),
        };
        if !self.expects.contains(&expected) {
            self.expects.push(expected);
        }
    }

    fn chips(&mut self, chips: &[String]) {
        if chips.is_empty() {
            return;
        }
        let chips: Vec<_> = chips.iter().map(|chip| literal(chip)).collect();
        let chips = chips.join(", ");
        self.reply.push_str(&format!(".chips([{chips}])"));
        self.expects.push(format!("expect_chips([{chips}])"));
    }
}

/// What the console says for every platform, in one language.
struct Said {
    /// The wordings of each message.
    texts: Vec<Vec<String>>,
    chips: Vec<String>,
    notes: Vec<String>,
}

fn said(intent: &Intent, language: &str) -> Said {
    let mut said = Said {
        texts: Vec::new(),
        chips: Vec::new(),
        notes: Vec::new(),
    };
    let mut others = Vec::new();
    let mut languages = Vec::new();
    for message in intent
        .messages
        .iter()
        .filter(|message| !message.content.is_empty())
    {
        if let Some(other) = message
            .language
            .as_deref()
            .filter(|other| !other.eq_ignore_ascii_case(language))
        {
            if !languages.contains(&other) {
                languages.push(other);
            }
            continue;
        }
        match (&message.platform, &message.content) {
            (None, Content::Text(wordings)) => said.texts.push(wordings.clone()),
            (None, Content::QuickReplies { title, replies }) if said.chips.is_empty() => {
                if !title.is_empty() {
                    said.texts.push(vec![title.clone()]);
                }
                said.chips.clone_from(replies);
            }
            _ => others.push(in_words(message)),
        }
    }
    others.dedup();
    if !others.is_empty() {
        said.notes
            .push(format!("In the console it also has {}.", others.join(", ")));
    }
    if !languages.is_empty() {
        let languages: Vec<_> = languages.into_iter().map(marked).collect();
        said.notes
            .push(format!("In the console it also speaks {}.", languages.join(", ")));
    }
    said
}

/// What a message is, and for whom.
fn in_words(message: &Message) -> String {
    let what = match &message.content {
        Content::Text(_) => "words".to_owned(),
        Content::Card { .. } => "a card".to_owned(),
        Content::QuickReplies { .. } => "quick replies".to_owned(),
        Content::Image(_) => "a picture".to_owned(),
        Content::Payload(_) => "a payload".to_owned(),
        Content::Speech { .. } => "speech".to_owned(),
        Content::Audio(_) => "a sound".to_owned(),
        Content::Transfer(_) => "a transfer".to_owned(),
        Content::Other { kind, .. } => marked(kind),
    };
    match &message.platform {
        Some(platform) => format!("{what} for {}", marked(platform)),
        None => what,
    }
}

/// A piece of a console's text.
#[derive(Debug)]
enum Piece<'a> {
    Words(&'a str),
    /// A field of the parameters.
    Field(&'a str),
}

impl<'a> Piece<'a> {
    fn field(&self) -> Option<&'a str> {
        match self {
            Self::Field(name) => Some(name),
            Self::Words(_) => None,
        }
    }
}

/// A text in pieces; none where it holds a value that cannot be put in from here.
fn pieces<'a>(text: &'a str, types: &'a Types) -> Option<Vec<Piece<'a>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(found) = rest[from..].find(['$', '#']) {
        let place = from + found;
        let after = &rest[place + 1..];
        let is_part = |sign: char| sign.is_alphanumeric() || "_-.".contains(sign);
        let end = after.find(|sign| !is_part(sign)).unwrap_or(after.len());
        let name = after[..end].trim_end_matches(['.', '-']);
        // A price, or a number of the house.
        if !name.starts_with(|first: char| first.is_alphabetic() || first == '_') {
            from = place + 1;
            continue;
        }
        if rest[place..].starts_with('#') {
            // `#context.parameter` holds a value, `#1` and `#hashtag` do not.
            if name.contains('.') {
                return None;
            }
            from = place + 1;
            continue;
        }
        let field = types
            .fields
            .iter()
            .find(|field| field.of == name && field.is_shown)?;
        pieces.push(Piece::Words(&rest[..place]));
        pieces.push(Piece::Field(&field.name));
        rest = &after[name.len()..];
        from = 0;
    }
    pieces.push(Piece::Words(rest));
    Some(pieces)
}

/// The text, where nothing is put in.
fn plain(wording: &[Piece<'_>]) -> Option<String> {
    match wording {
        [Piece::Words(text)] => Some((*text).to_owned()),
        _ => None,
    }
}

/// As `format!` reads it.
fn with_fields(wording: &[Piece<'_>]) -> String {
    let pieces = wording.iter().map(|piece| match piece {
        Piece::Words(text) => text.replace('{', "{{").replace('}', "}}"),
        Piece::Field(name) => format!("{{{name}}}"),
    });
    pieces.collect()
}

/// The longest piece of words, if there are any.
fn longest<'a>(wording: &[Piece<'a>]) -> Option<&'a str> {
    let words = wording.iter().filter_map(|piece| match piece {
        Piece::Words(text) => Some(*text),
        Piece::Field(_) => None,
    });
    words
        .max_by_key(|text| text.len())
        .filter(|text| !text.trim().is_empty())
}
