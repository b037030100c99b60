//! Texts by language: found with fallback, never a silent turn, and faults found before a user hears them.

use flowhook::testing::{Caller, Heard};
use flowhook::webhook::texts::Rule;
use flowhook::{Intents, Reply, Result, Text, TextError, Texts, Turn};

const ENGLISH: &str = "\
hello = Hello!
guests = { $count ->
    [0] Nobody.
    [one] One guest.
   *[other] { $count } guests.
}
booked = Booked for { $name }, { guests }
    .cancel = Cancel
only-here = Only in English.
place = { NUMBER($place, type: \"ordinal\") ->
    [one] { $place }st
    [two] { $place }nd
    [few] { $place }rd
   *[other] { $place }th
}
";

const FRENCH: &str = "\
hello = Bonjour !
guests = { $count ->
    [one] { $count } invité.
   *[other] { $count } invités.
}
booked = Réservé pour { $name } par { $by }.
    .cancel = Annuler
place = { $place }e
";

fn texts() -> Texts {
    Texts::new("en")
        .file("en.ftl", ENGLISH)
        .file("texts/fr.ftl", FRENCH)
        .file("hello.fr-CA.ftl", "hello = Allô !")
        .file("pt_BR.ftl", "hello = Olá!")
}

fn agent() -> Intents {
    async fn hello(turn: Turn) -> Result<Reply> {
        Ok(Reply::text(turn.text("hello")?))
    }
    async fn only_here(turn: Turn) -> Result<Reply> {
        Ok(Reply::text(turn.text("only-here")?))
    }
    async fn booked(turn: Turn) -> Result<Reply> {
        let text = Text::of("booked").with("name", turn.said()).with("count", 2);
        Ok(Reply::text(turn.text(text)?).chips([turn.text("booked.cancel")?]))
    }
    async fn missing(turn: Turn) -> Result<Reply> {
        Ok(Reply::text(turn.text("helo")?))
    }
    async fn lacking(turn: Turn) -> Result<Reply> {
        Ok(Reply::text(turn.text("guests")?))
    }
    Intents::new(())
        .on("hello", hello)
        .on("only here", only_here)
        .on("booked", booked)
        .on("missing", missing)
        .on("lacking", lacking)
        .on_error(|call, _| {
            call.text("hello")
                .ok()
                .map(|hello| Reply::text(format!("{hello} (sorry)")))
        })
        .texts(texts())
}

async fn ask(intent: &str, language: &str) -> Heard {
    Caller::new(agent())
        .ask(intent)
        .said("Ada")
        .language(language)
        .await
}

#[tokio::test]
async fn f18_a_text_is_found_by_region_then_language_then_default() {
    for (language, heard) in [
        ("fr-CA", "Allô !"),
        ("fr-ca", "Allô !"),
        ("FR_CA", "Allô !"),
        ("fr-FR", "Bonjour !"),
        ("fr", "Bonjour !"),
        ("en-us", "Hello!"),
        ("en-US", "Hello!"),
        ("pt-BR", "Olá!"),
        ("pt", "Hello!"),
        ("zh-Hant-TW", "Hello!"),
        ("", "Hello!"),
        ("no language at all", "Hello!"),
    ] {
        assert_eq!(ask("hello", language).await.text(), heard, "{language}");
    }
    assert_eq!(ask("only here", "fr-CA").await.text(), "Only in English.");
}

#[tokio::test]
async fn a_message_that_cannot_be_told_is_told_in_the_default_language() {
    // The French one wants `$by`, which the handler does not give.
    let heard = ask("booked", "fr").await;
    assert_eq!(heard.text(), "Booked for Ada, 2 guests.");
    assert_eq!(heard.chips(), ["Annuler"]);
    assert_eq!(heard.answered().failure, None);
}

#[tokio::test]
async fn without_any_text_the_handler_fails_with_key_and_language_and_somebody_speaks() {
    let heard = ask("missing", "fr-CA").await;
    assert_eq!(heard.text(), "Allô ! (sorry)");
    let failed = heard.answered().failure.as_ref().unwrap();
    for part in ["`helo`", "fr-CA", "`en`", "is `hello` meant?"] {
        assert!(failed.text.contains(part), "{}", failed.text);
    }
    let heard = ask("lacking", "fr").await;
    assert_eq!(heard.text(), "Bonjour ! (sorry)");
    let failed = heard.answered().failure.as_ref().unwrap();
    assert!(
        failed
            .text
            .contains("text `guests` in `fr`: unknown variable: $count"),
        "{}",
        failed.text
    );
    let hostile = ask("missing", "call +15550100").await;
    let failed = hostile.answered().failure.as_ref().unwrap();
    assert!(!failed.text.contains("15550100"), "{}", failed.text);

    async fn hello(turn: Turn) -> Result<Reply> {
        Ok(Reply::text(turn.text("hello")?))
    }
    let heard = Caller::new(Intents::new(()).on("hello", hello))
        .ask("hello")
        .await;
    assert!(heard.text().starts_with("Sorry"), "the apology");
    assert!(
        heard
            .answered()
            .failure
            .as_ref()
            .unwrap()
            .text
            .contains("`Intents::texts`")
    );
}

#[test]
fn plurals_and_variables_are_those_of_the_language() {
    let texts = texts();
    let guests = |language: &str, count: f64| {
        texts
            .text(language, Text::of("guests").with("count", count))
            .unwrap()
    };
    for (count, english, french) in [
        (0.0, "Nobody.", "0 invité."),
        (1.0, "One guest.", "1 invité."),
        (2.0, "2 guests.", "2 invités."),
        (1.5, "1.5 guests.", "1.5 invité."),
    ] {
        assert_eq!(guests("en", count), english);
        assert_eq!(guests("fr", count), french);
    }
    let place = |place: u8| texts.text("en", Text::of("place").with("place", place)).unwrap();
    assert_eq!(
        [1, 2, 3, 4, 11, 21].map(place),
        ["1st", "2nd", "3rd", "4th", "11th", "21st"]
    );
}

#[test]
fn no_number_and_no_words_break_a_text() {
    let texts = texts();
    let odd = [
        f64::NAN,
        f64::INFINITY,
        -0.0,
        1e300,
        1e-300,
        f64::MAX,
        -7.25,
        1e17,
        123_456_789.012_345_67,
    ];
    for number in odd {
        texts
            .text("en", Text::of("guests").with("count", number))
            .unwrap();
    }
    texts
        .text("en", Text::of("guests").with("count", u64::MAX))
        .unwrap();
    let words = "{ $name } \u{5d0}\n { -brand } \" \\ ";
    let booked = Text::of("booked").with("name", words).with("count", "two");
    assert_eq!(
        texts.text("en", booked).unwrap(),
        format!("Booked for {words}, two guests."),
        "as it is: no marks around it, nothing of it is read as Fluent"
    );
    for key in [
        "",
        ".",
        "hello.",
        ".cancel",
        "booked.",
        "-brand",
        "hello.x.y",
        "booked.cancel.x",
    ] {
        assert!(
            matches!(texts.text("en", key), Err(TextError::Missing { .. })),
            "{key}"
        );
    }
}

#[test]
fn debug_shows_no_words() {
    let shown = format!("{:?}", Text::of("booked").with("name", "Quilliams"));
    assert!(
        shown.contains("booked") && shown.contains("name") && !shown.contains("Quilliams"),
        "{shown}"
    );
}

/// The rules and places of all faults, and what they say.
fn told(texts: &Texts) -> Vec<(Rule, String)> {
    let faults = texts.faults();
    faults
        .iter()
        .map(|fault| (fault.rule, fault.to_string()))
        .collect()
}

#[test]
fn a_sound_catalogue_has_no_faults_and_a_region_needs_only_what_differs() {
    let texts = Texts::new("en")
        .file("en.ftl", "a = A\nb = B { $x }\n-brand = Acme\nc = { -brand }")
        .file("fr.ftl", "a = A\nb = B { $x }\nc = C")
        .file("fr-CA.ftl", "a = Ah")
        .file("en-GB.ftl", "b = Bee { $x }");
    assert_eq!(told(&texts), []);
    assert_eq!(
        texts.languages().collect::<Vec<_>>(),
        ["en", "fr", "fr-CA", "en-GB"]
    );
    assert_eq!(texts.default_language(), "en");
    for (code, speaks) in [("fr-BE", true), ("EN_US", true), ("de", false), ("", false)] {
        assert_eq!(texts.speaks(code), speaks, "{code}");
    }
}

#[test]
fn every_fault_is_told_with_file_line_language_and_key() {
    let texts = Texts::new("en")
        .file("en.ftl", "hello = Hello\n\nbye = Bye { $name }\ngone = Gone\nlink = { nowhere } { -nobody }\n    .title = Title")
        .file(
            "de.ftl",
            "hello = Hallo\r\n\r\nbye = Tschüs { $nam }\r\nlink = Verweis\r\n    .title = Titel { $x }\r\nmore = Mehr\r\n",
        );
    assert_eq!(
        told(&texts),
        [
            (
                Rule::MissingKey,
                "en.ftl:4: text `gone`: `de` has none; users of it get the default's".to_owned()
            ),
            (
                Rule::Reference,
                "en.ftl:5: text `link` refers to `-nobody`, which `en` does not have".to_owned()
            ),
            (
                Rule::Reference,
                "en.ftl:5: text `link` refers to `nowhere`, which `en` does not have".to_owned()
            ),
            (
                Rule::Variables,
                "de.ftl:3: text `bye` uses `$nam` in place of `$name` of `en`".to_owned()
            ),
            (
                Rule::Variables,
                "de.ftl:5: text `link.title` uses `$x`, and in `en` it does not".to_owned()
            ),
            (
                Rule::UnknownKey,
                "de.ftl:6: text `more`: the default language `en` has none, so other users would hear nothing; add it there, or \
                 remove it"
                    .to_owned()
            ),
        ]
    );
    let fault = &texts.faults()[0];
    assert_eq!(
        (fault.language.as_str(), fault.key.as_deref()),
        ("de", Some("gone"))
    );
    assert!(!fault.is_fatal());
}

#[test]
fn variables_are_compared_through_references() {
    let texts = Texts::new("en")
        .file(
            "en.ftl",
            "whole = { part } and { other }\npart = { $x }\nother = { whole }",
        )
        .file("de.ftl", "whole = { $x }\npart = { $x }\nother = { $x }");
    assert_eq!(told(&texts), []);
    // A circle is no endless loop, but an error.
    assert!(matches!(
        texts.text("en", Text::of("whole").with("x", 1)),
        Err(TextError::Broken { .. })
    ));
}

#[test]
fn plurals_that_a_language_needs_are_missed() {
    let choice = |categories: &[&str]| {
        let variants = categories.iter().map(|category| format!("    [{category}] x\n"));
        format!(
            "n =\n  {{ $n ->\n{}   *[other] x\n  }}\n",
            variants.collect::<String>()
        )
    };
    for (language, categories, lacking) in [
        ("en", &["one"][..], ""),
        ("en", &["1"], ""),
        ("en", &["two"], "`one`"),
        ("fr", &["one"], ""),
        ("fr", &["1"], "`one`"),
        ("pl", &["one"], "`few`, `many`"),
        ("ru", &["one", "few", "many"], ""),
        ("ru-RU", &["one", "few"], "`many`"),
        ("ar", &["one", "two"], "`few`, `many`, `zero`"),
        ("cy", &["zero", "one", "two", "few", "many"], ""),
        ("ja", &["1"], ""),
        ("pt-BR", &["one"], ""),
        ("en", &["masculine"], ""),
        ("tlh", &["one"], ""),
    ] {
        let texts = Texts::new(language).file(format!("{language}.ftl"), &choice(categories));
        let expected = match lacking {
            "" => Vec::new(),
            _ => vec![(
                Rule::Plurals,
                format!(
                    "{language}.ftl:3: text `n`: `{language}` has the plurals {lacking} too, and they would get the default \
                     variant; add them"
                ),
            )],
        };
        assert_eq!(told(&texts), expected, "{language} {categories:?}");
    }
    let ordinal = "n = { NUMBER($n, type: \"ordinal\") ->\n    [one] x\n   *[other] x\n}";
    let faults = told(&Texts::new("en").file("en.ftl", ordinal));
    assert!(faults[0].1.contains("`few`, `two`"), "{faults:?}");
}

#[test]
fn what_cannot_be_read_stops_the_start_with_its_place() {
    for (texts, place) in [
        (
            Texts::new("en").file("en.ftl", "hello = Hello\n\nbye = { $name\n"),
            "en.ftl:4: this is no Fluent: ",
        ),
        (
            Texts::new("en")
                .file("en.ftl", "hello = Hello\n")
                .file("more.en.ftl", "\nhello = Hi\n"),
            "more.en.ftl:2: text `hello`: `en` has that key already",
        ),
        (
            Texts::new("en")
                .file("en.ftl", "")
                .file("texts/not a language.ftl", ""),
            "texts/not a language.ftl:1: `not a language` is no language",
        ),
        (
            Texts::new("en").file("de.ftl", "hello = Hallo"),
            "the default language `en` has no file",
        ),
    ] {
        let faults = texts.faults();
        assert!(
            faults
                .iter()
                .any(|fault| fault.is_fatal() && fault.to_string().contains(place)),
            "{faults:?}"
        );
        let error = Intents::new(())
            .texts(texts)
            .into_table()
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains(place), "{error}");
    }
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let texts = Texts::new("en").file("en.ftl", "\u{feff}hello = Hello\n");
    assert_eq!(texts.text("en", "hello").unwrap(), "Hello");
}
