//! The same conversation in each language that a user may come with.

use flowhook::testing::{Caller, Conversation, Design};
use serde_json::json;

use super::{agent, texts};

fn conversation(language: &str) -> Conversation {
    Caller::new(agent())
        .conversation()
        .language(language)
        .designed(Design::of("welcome").listens("WELCOME"))
        .designed(Design::of("not understood").fallback())
}

#[tokio::test]
async fn f18_each_language_is_answered_in_the_nearest_that_there_is() {
    let english = ["Hello! How can I help?", "Sorry, I did not get that."];
    let french = [
        "Bonjour ! Que puis-je faire pour vous ?",
        "Pardon, je n'ai pas compris.",
    ];
    let canadian = ["Bonjour, bienvenue ! Que puis-je faire pour vous ?", french[1]];
    for (language, [welcome, not_understood]) in [
        ("en", english),
        ("en-US", english),
        ("en-us", english),
        ("fr", french),
        ("fr-FR", french),
        ("fr_fr", french),
        ("fr-CA", canadian),
        ("fr-ca", canadian),
        ("tlh", english),
        ("zh-Hant-HK", english),
        ("", english),
    ] {
        let mut talk = conversation(language);
        talk.event("WELCOME", json!({}))
            .await
            .expect_text(welcome)
            .expect_sound();
        talk.asks("not understood")
            .said("?")
            .await
            .expect_text(not_understood)
            .expect_sound();
    }
}

#[tokio::test]
async fn each_language_counts_in_its_own_way() {
    for (language, count, words) in [
        ("en", 0, "Your basket is empty."),
        ("en", 1, "There is one thing in your basket."),
        ("en", 2, "There are 2 things in your basket."),
        ("fr", 0, "Votre panier est vide."),
        ("fr-CA", 1, "Il y a 1 article dans votre panier."),
        ("fr", 2, "Il y a 2 articles dans votre panier."),
    ] {
        conversation(language)
            .asks("basket")
            .parameter("count", count)
            .await
            .expect_text(words)
            .expect_sound();
    }
}

#[tokio::test]
async fn who_changes_the_language_is_answered_in_the_new_one() {
    let mut talk = conversation("en-US");
    talk.asks("welcome").await.expect_text("Hello! How can I help?");
    talk.asks("basket")
        .language("fr-CA")
        .parameter("count", 3)
        .await
        .expect_text("Il y a 3 articles dans votre panier.")
        .expect_chips(["Autre chose"]);
    talk.asks("basket")
        .parameter("count", 3)
        .await
        .expect_chips(["Something else"]);
}

#[tokio::test]
async fn what_one_language_lacks_is_said_in_the_default_and_told_beforehand() {
    conversation("fr-CA")
        .asks("delivery")
        .await
        .expect_text("We deliver within the city.")
        .expect_sound();
    let faults: Vec<_> = texts().faults().iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "en.ftl:9: text `only-here`: `fr` has none; users of it get the default's",
            "en.ftl:9: text `only-here`: `fr-CA` has none; users of it get the default's",
        ]
    );
}
